"""How does each dialect say queries in queries: subqueries, groups, windows, unions and WITH?

The texts are SQLite's way; ``said`` turns them into the others' quotes and placeholders.
"""

from __future__ import annotations

from typing import Any

import pytest

from covet import (
    Case,
    Count,
    Exists,
    F,
    Lateral,
    NotSupportedError,
    OuterRef,
    Q,
    Rank,
    Subquery,
    Sum,
    Value,
    When,
    Window,
    With,
)
from covet.aio import CharField, ForeignKey, IntegerField, Model
from covet.sql.dialects import DIALECTS

from .test_compile import check


class Author(Model):
    name = CharField(max_length=100)
    age = IntegerField(null=True)


class Post(Model):
    title = CharField(max_length=200)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")


class Place(Model):
    name = CharField(max_length=100)
    parent = ForeignKey("self", null=True, related_name="parts")


AUTHORS: Any = Author.objects.values_list("name", flat=True)
POSTS: Any = Post.objects.values_list("title", flat=True)
OWN: Any = Post.objects.filter(author=OuterRef("pk"))
TOTALS = With(Post.objects.values("author").annotate(total=Sum("views")), name="totals")


def below(tree: With) -> Any:
    roots = Place.objects.filter(parent=None).values("id", "name")
    return roots.union(tree.join(Place, parent=tree.col.id).values("id", "name"), all=True)


TREE = With.recursive(below, name="tree")

QUERIES: dict[str, tuple[Any, str | dict[str, str], tuple[Any, ...]]] = {
    "in a queryset": (
        POSTS.filter(author__in=Author.objects.filter(age__gt=30)),
        'SELECT "post"."title" FROM "post" WHERE "post"."author_id" IN (SELECT '
        '"author"."id" FROM "author" WHERE "author"."age" > ?)',
        (30,),
    ),
    "exists": (
        AUTHORS.filter(Exists(OWN.filter(views__gt=9)), age=1),
        'SELECT "author"."name" FROM "author" WHERE EXISTS (SELECT 1 FROM "post" WHERE '
        '"post"."author_id" = "author"."id" AND "post"."views" > ?) AND "author"."age" '
        "= ?",
        (9, 1),
    ),
    "not exists": (
        AUTHORS.filter(~Exists(OWN)),
        'SELECT "author"."name" FROM "author" WHERE NOT EXISTS (SELECT 1 FROM "post" '
        'WHERE "post"."author_id" = "author"."id")',
        (),
    ),
    "a value of a subquery": (
        AUTHORS.filter(age__gt=Subquery(OWN.order_by("-views").values("views")[:1])),
        'SELECT "author"."name" FROM "author" WHERE "author"."age" > (SELECT '
        '"post"."views" FROM "post" WHERE "post"."author_id" = "author"."id" ORDER BY '
        '"post"."views" DESC LIMIT ?)',
        (1,),
    ),
    "case": (
        POSTS.order_by(Case(When(views__gt=9, then=Value(1)), default=Value(2))),
        {
            "sqlite": 'SELECT "post"."title" FROM "post" ORDER BY CASE WHEN "post"."views" > '
            "? THEN "
            "? ELSE ? END ASC",
            "postgresql": 'SELECT "post"."title" FROM "post" ORDER BY CASE WHEN '
            '"post"."views" > %s THEN '
            "%s::bigint ELSE %s::bigint END ASC",
        },
        (9, 1, 2),
    ),
    "groups": (
        AUTHORS.annotate(n=Count("posts", filter=Q(posts__views__gt=9))).filter(n__gt=1, age=1),
        {
            "sqlite": 'SELECT "author"."name" FROM "author" LEFT JOIN "post" ON "author"."id" = '
            '"post"."author_id" WHERE "author"."age" = ? GROUP BY "author"."name" HAVING '
            'COUNT("post"."id") FILTER (WHERE "post"."views" > ?) > ?',
            "mysql": "SELECT `author`.`name` FROM `author` LEFT JOIN `post` ON `author`.`id` = "
            "`post`.`author_id` WHERE `author`.`age` = %s GROUP BY `author`.`name` HAVING "
            "COUNT(CASE WHEN `post`.`views` > %s THEN `post`.`id` END) > %s",
        },
        (1, 9, 1),
    ),
    "groups of values": (
        Post.objects.values("author").annotate(total=Sum("views")).filter(total__gt=9),
        {
            "sqlite": 'SELECT "post"."author_id", SUM("post"."views") AS "total" FROM "post" GROUP '
            'BY "post"."author_id" HAVING SUM("post"."views") > ?',
            "postgresql": 'SELECT "post"."author_id", (SUM("post"."views"))::bigint AS '
            '"total" FROM '
            '"post" GROUP BY "post"."author_id" HAVING (SUM("post"."views"))::bigint > %s',
            "mysql": "SELECT `post`.`author_id`, (SUM(`post`.`views`) DIV 1) AS `total` FROM "
            "`post` "
            "GROUP BY `post`.`author_id` HAVING (SUM(`post`.`views`) DIV 1) > %s",
        },
        (9,),
    ),
    "groups of an expression": (
        Post.objects.values(double=F("views") * 2).annotate(n=Count("*")),
        {
            "sqlite": 'SELECT covet_whole(("post"."views" * ?), 1) AS "double", '
            'COUNT(*) AS "n" FROM "post" GROUP BY '
            'covet_whole(("post"."views" * ?), 1)',
            "mysql": "SELECT (`post`.`views` * %s) AS `double`, COUNT(*) AS `n` FROM `post` "
            "GROUP BY (`post`.`views` * %s)",
            "postgresql": 'SELECT ("post"."views"::bigint * %(p0)s::bigint) AS "double", '
            'COUNT(*) AS "n" '
            'FROM "post" GROUP BY ("post"."views"::bigint * %(p0)s::bigint)',
        },
        (2, 2),
    ),
    "a window": (
        POSTS.alias(place=Window(Rank(), partition_by="author", order_by="-views")).filter(place=1),
        'SELECT "rows"."c0" FROM (SELECT "post"."title" AS "c0", RANK() OVER '
        '(PARTITION BY "post"."author_id" ORDER BY "post"."views" DESC) AS "c1" FROM '
        '"post") AS "rows" WHERE "rows"."c1" = ?',
        (1,),
    ),
    "a union": (
        POSTS.filter(views=1).union(POSTS.filter(views=2)).order_by("-title")[:3],
        'SELECT "rows"."c0" FROM (SELECT "post"."title" AS "c0" FROM "post" WHERE '
        '"post"."views" = ? UNION SELECT "post"."title" AS "c0" FROM "post" WHERE '
        '"post"."views" = ?) AS "rows" ORDER BY "rows"."c0" DESC LIMIT ?',
        (1, 2, 3),
    ),
    "a union of slices": (
        POSTS[:1].union(POSTS.order_by("-title")[:2], all=True),
        'SELECT "rows"."c0" FROM (SELECT "c0" FROM (SELECT "post"."title" AS "c0" FROM '
        '"post" LIMIT ?) AS "part" UNION ALL SELECT "c0" FROM (SELECT "post"."title" '
        'AS "c0" FROM "post" ORDER BY "post"."title" DESC LIMIT ?) AS "part") AS "rows"',
        (1, 2),
    ),
    "a difference": (
        POSTS.difference(POSTS.filter(views=1)),
        'SELECT "rows"."c0" FROM (SELECT "post"."title" AS "c0" FROM "post" EXCEPT '
        'SELECT "post"."title" AS "c0" FROM "post" WHERE "post"."views" = ?) AS "rows"',
        (1,),
    ),
    "with": (
        TOTALS.join(Author, id=TOTALS.col.author)
        .with_cte(TOTALS)
        .filter(TOTALS.col.total > 9)
        .values_list("name", flat=True),
        {
            "sqlite": 'WITH "totals" ("author", "total") AS (SELECT "post"."author_id" AS "c0", '
            'SUM("post"."views") AS "c1" FROM "post" GROUP BY "post"."author_id") SELECT '
            '"author"."name" FROM "author" INNER JOIN "totals" ON "author"."id" = '
            '"totals"."author" WHERE "totals"."total" > ?',
            "postgresql": 'WITH "totals" ("author", "total") AS (SELECT "post"."author_id" AS '
            '"c0", '
            '(SUM("post"."views"))::bigint AS "c1" FROM "post" GROUP BY '
            '"post"."author_id") SELECT "author"."name" FROM "author" INNER JOIN "totals" '
            'ON "author"."id" = "totals"."author" WHERE "totals"."total" > %s',
            "mysql": "WITH `totals` (`author`, `total`) AS (SELECT `post`.`author_id` AS `c0`, "
            "(SUM(`post`.`views`) DIV 1) AS `c1` FROM `post` GROUP BY `post`.`author_id`) "
            "SELECT `author`.`name` FROM `author` INNER JOIN `totals` ON `author`.`id` = "
            "`totals`.`author` WHERE `totals`.`total` > %s",
        },
        (9,),
    ),
    "rows of with": (
        TOTALS.queryset().with_cte(TOTALS).filter(total__gt=9),
        {
            "sqlite": 'WITH "totals" ("author", "total") AS (SELECT "post"."author_id" AS "c0", '
            'SUM("post"."views") AS "c1" FROM "post" GROUP BY "post"."author_id") SELECT '
            '"totals"."author", "totals"."total" FROM "totals" WHERE "totals"."total" > ?',
            "postgresql": 'WITH "totals" ("author", "total") AS (SELECT "post"."author_id" AS '
            '"c0", '
            '(SUM("post"."views"))::bigint AS "c1" FROM "post" GROUP BY '
            '"post"."author_id") SELECT "totals"."author", "totals"."total" FROM "totals" '
            'WHERE "totals"."total" > %s',
            "mysql": "WITH `totals` (`author`, `total`) AS (SELECT `post`.`author_id` AS `c0`, "
            "(SUM(`post`.`views`) DIV 1) AS `c1` FROM `post` GROUP BY `post`.`author_id`) "
            "SELECT `totals`.`author`, `totals`.`total` FROM `totals` WHERE "
            "`totals`.`total` > %s",
        },
        (9,),
    ),
    "recursive": (
        TREE.queryset().with_cte(TREE).order_by("name"),
        {
            "sqlite": 'WITH RECURSIVE "tree" ("id", "name") AS (SELECT "place"."id" AS "c0", '
            '"place"."name" AS "c1" FROM "place" WHERE "place"."parent_id" IS NULL UNION '
            'ALL SELECT "place"."id" AS "c0", "place"."name" AS "c1" FROM "place" INNER '
            'JOIN "tree" AS "tree_2" ON "place"."parent_id" = "tree_2"."id") SELECT '
            '"tree"."id", "tree"."name" FROM "tree" ORDER BY "tree"."name" ASC',
            "postgresql": 'WITH RECURSIVE "tree" ("id", "name") AS (SELECT '
            '("place"."id")::bigint AS '
            '"c0", ("place"."name")::text COLLATE "C" AS "c1" FROM "place" WHERE '
            '"place"."parent_id" IS NULL UNION ALL SELECT ("place"."id")::bigint AS "c0", '
            '("place"."name")::text COLLATE "C" AS "c1" FROM "place" INNER JOIN "tree" AS '
            '"tree_2" ON "place"."parent_id" = "tree_2"."id") SELECT "tree"."id", '
            '"tree"."name" FROM "tree" ORDER BY "tree"."name" ASC',
            "mysql": "WITH RECURSIVE `tree` (`id`, `name`) AS (SELECT CAST(`place`.`id` AS SIGNED) "
            "AS `c0`, CAST(`place`.`name` AS CHAR(20000)) COLLATE utf8mb4_nopad_bin AS "
            "`c1` FROM `place` WHERE `place`.`parent_id` IS NULL UNION ALL SELECT "
            "CAST(`place`.`id` AS SIGNED) AS `c0`, CAST(`place`.`name` AS CHAR(20000)) "
            "COLLATE utf8mb4_nopad_bin AS `c1` FROM `place` INNER JOIN `tree` AS `tree_2` "
            "ON `place`.`parent_id` = `tree_2`.`id`) SELECT `tree`.`id`, `tree`.`name` "
            "FROM `tree` ORDER BY `tree`.`name` ASC",
        },
        (),
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", QUERIES)
def test_queries_in_queries(name: str, dialect: str) -> None:
    query, expected, params = QUERIES[name]
    sql, bound = query.sql(dialect)
    check(sql, expected, dialect)
    if isinstance(bound, dict):  # what is grouped by has the same parameter wherever it stands
        assert tuple(bound.values()) == tuple(dict.fromkeys(params))
    else:
        assert bound == params


def test_lateral_where_there_is_such_a_thing() -> None:
    best = Lateral(OWN.order_by("-views").values("title")[:1], name="best")
    query = best.join(Author).annotate(title=best.col.title).values_list("title", flat=True)

    assert query.sql("postgresql")[0] == (
        'SELECT "best"."title" AS "title" FROM "author" INNER JOIN LATERAL (SELECT '
        '"post"."title" AS "c0" FROM "post" WHERE "post"."author_id" = "author"."id" ORDER BY '
        '"post"."views" DESC LIMIT %s) AS "best" ("title") ON 1 = 1'
    )
    for dialect in ("sqlite", "mysql"):
        with pytest.raises(NotSupportedError):
            query.sql(dialect)
