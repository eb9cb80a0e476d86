"""How does each dialect say what the query builder asks?"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from covet import JSONField, NotSupportedError, expressions, query_builder
from covet.query_builder import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Query,
    RawExpression,
    RowNumber,
    Value,
    Window,
)
from covet.sql.dialects import Server, dialect_for

DIALECTS = ("sqlite", "postgresql", "mysql")
P = Query("posts", "p")

CASES: dict[str, tuple[Query, str, str, str, tuple[Any, ...]]] = {
    "columns": (
        P.select("title", "p.id", seen="views"),
        'SELECT "p"."title", "p"."id", "p"."views" AS "seen" FROM "posts" AS "p"',
        'SELECT "p"."title", "p"."id", "p"."views" AS "seen" FROM "posts" AS "p"',
        "SELECT `p`.`title`, `p`.`id`, `p`.`views` AS `seen` FROM `posts` AS `p`",
        (),
    ),
    "a schema": (
        Query("blog.posts").where(F("posts.id") == 1).for_update(nowait=True),
        'SELECT * FROM "blog"."posts" WHERE "posts"."id" = ?',
        'SELECT * FROM "blog"."posts" WHERE "posts"."id" = %s FOR UPDATE NOWAIT',
        "SELECT * FROM `blog`.`posts` WHERE `posts`.`id` = %s FOR UPDATE NOWAIT",
        (1,),
    ),
    "conditions": (
        Query("posts").where((F("views") > 3) | ~Q(day=None), id__in=[1, 2]).where(x=None),
        'SELECT * FROM "posts" WHERE ("posts"."views" > ? OR "posts"."day" IS NOT NULL) '
        'AND "posts"."id" IN (?, ?) AND "posts"."x" IS NULL',
        'SELECT * FROM "posts" WHERE ("posts"."views" > %s OR "posts"."day" IS NOT NULL) '
        'AND "posts"."id" IN (%s, %s) AND "posts"."x" IS NULL',
        "SELECT * FROM `posts` WHERE (`posts`.`views` > %s OR `posts`.`day` IS NOT NULL) "
        "AND `posts`.`id` IN (%s, %s) AND `posts`.`x` IS NULL",
        (3, 1, 2),
    ),
    "groups": (
        P.select("author_id", n=Count("*")).group_by("author_id").having(n__gt=3).order_by("-n"),
        'SELECT "p"."author_id", COUNT(*) AS "n" FROM "posts" AS "p" '
        'GROUP BY "p"."author_id" HAVING COUNT(*) > ? ORDER BY "n" DESC',
        'SELECT "p"."author_id", COUNT(*) AS "n" FROM "posts" AS "p" '
        'GROUP BY "p"."author_id" HAVING COUNT(*) > %s ORDER BY "n" DESC',
        "SELECT `p`.`author_id`, COUNT(*) AS `n` FROM `posts` AS `p` "
        "GROUP BY `p`.`author_id` HAVING COUNT(*) > %s ORDER BY `n` DESC",
        (3,),
    ),
    "joins": (
        P.join("authors", "a", on=F("p.author_id") == F("a.id"))
        .left_join("tags", on=F("tags.post") == F("p.id"))
        .right_join("u", on=RawExpression("u.x = %s", 1))
        .cross_join("v")
        .select("a.*"),
        'SELECT "a".* FROM "posts" AS "p" INNER JOIN "authors" AS "a" ON "p"."author_id" = '
        '"a"."id" LEFT JOIN "tags" ON "tags"."post" = "p"."id" RIGHT JOIN "u" ON (u.x = ?) '
        'CROSS JOIN "v"',
        'SELECT "a".* FROM "posts" AS "p" INNER JOIN "authors" AS "a" ON "p"."author_id" = '
        '"a"."id" LEFT JOIN "tags" ON "tags"."post" = "p"."id" RIGHT JOIN "u" ON (u.x = %s) '
        'CROSS JOIN "v"',
        "SELECT `a`.* FROM `posts` AS `p` INNER JOIN `authors` AS `a` ON `p`.`author_id` = "
        "`a`.`id` LEFT JOIN `tags` ON `tags`.`post` = `p`.`id` RIGHT JOIN `u` ON (u.x = %s) "
        "CROSS JOIN `v`",
        (1,),
    ),
    "a query as a table": (
        Query(P.select("id", r=Window(RowNumber(), partition_by=F("author_id"))), "q").where(r=1),
        'SELECT * FROM (SELECT "p"."id" AS "id", ROW_NUMBER() OVER (PARTITION BY "p"."author_id") '
        'AS "r" FROM "posts" AS "p") AS "q" WHERE "q"."r" = ?',
        'SELECT * FROM (SELECT "p"."id" AS "id", ROW_NUMBER() OVER (PARTITION BY "p"."author_id") '
        'AS "r" FROM "posts" AS "p") AS "q" WHERE "q"."r" = %s',
        "SELECT * FROM (SELECT `p`.`id` AS `id`, ROW_NUMBER() OVER (PARTITION BY `p`.`author_id`) "
        "AS `r` FROM `posts` AS `p`) AS `q` WHERE `q`.`r` = %s",
        (1,),
    ),
    "a union": (
        P.select("id").limit(1).union_all(Query("q").select("id")).order_by("id").limit(3),
        'SELECT * FROM (SELECT * FROM (SELECT "p"."id" AS "id" FROM "posts" AS "p" LIMIT ?) AS '
        '"part" UNION ALL SELECT "q"."id" AS "id" FROM "q") AS "rows" ORDER BY "rows"."id" ASC '
        "LIMIT ?",
        'SELECT * FROM (SELECT * FROM (SELECT "p"."id" AS "id" FROM "posts" AS "p" LIMIT %s) AS '
        '"part" UNION ALL SELECT "q"."id" AS "id" FROM "q") AS "rows" ORDER BY "rows"."id" ASC '
        "NULLS FIRST LIMIT %s",
        "SELECT * FROM (SELECT * FROM (SELECT `p`.`id` AS `id` FROM `posts` AS `p` LIMIT %s) AS "
        "`part` UNION ALL SELECT `q`.`id` AS `id` FROM `q`) AS `rows` ORDER BY `rows`.`id` ASC "
        "LIMIT %s",
        (1, 3),
    ),
    "its own table in a subquery": (
        P.where(~Exists(Query("posts", "p").where(parent=OuterRef("id")))),
        'SELECT * FROM "posts" AS "p" WHERE NOT EXISTS (SELECT 1 FROM "posts" AS "p_2" '
        'WHERE "p_2"."parent" = "p"."id")',
        'SELECT * FROM "posts" AS "p" WHERE NOT EXISTS (SELECT 1 FROM "posts" AS "p_2" '
        'WHERE "p_2"."parent" = "p"."id")',
        "SELECT * FROM `posts` AS `p` WHERE NOT EXISTS (SELECT 1 FROM `posts` AS `p_2` "
        "WHERE `p_2`.`parent` = `p`.`id`)",
        (),
    ),
    "arithmetic of unknown types": (
        Query("t").select(a=F("x") / 2, b=F("x") % F("y"), c=F("z") + "!"),
        'SELECT ("t"."x" / NULLIF(?, 0)) AS "a", ("t"."x" % NULLIF("t"."y", 0)) AS "b", '
        '("t"."z" || ?) AS "c" FROM "t"',
        'SELECT ("t"."x" / NULLIF(%s, 0)) AS "a", ("t"."x" %% NULLIF("t"."y", 0)) AS "b", '
        '("t"."z" || %s::text) AS "c" FROM "t"',
        "SELECT (`t`.`x` / NULLIF(%s, 0)) AS `a`, (`t`.`x` %% NULLIF(`t`.`y`, 0)) AS `b`, "
        "CONCAT(`t`.`z`, %s) AS `c` FROM `t`",
        (2, "!"),
    ),
    "a query that others name": (
        Query("n").with_cte("n", Query("t").select("a", x=Value(1)), columns=("a", "b")),
        'WITH "n" ("a", "b") AS (SELECT "t"."a" AS "a", ? AS "x" FROM "t") SELECT * FROM "n"',
        'WITH "n" ("a", "b") AS (SELECT "t"."a" AS "a", %s::bigint AS "x" FROM "t") '
        'SELECT * FROM "n"',
        "WITH `n` (`a`, `b`) AS (SELECT `t`.`a` AS `a`, %s AS `x` FROM `t`) SELECT * FROM `n`",
        (1,),
    ),
    "a recursive query": (
        Query("tree").with_cte(
            "tree",
            Query("t")
            .select("id")
            .where(up=None)
            .union_all(Query("t").join("tree", on=F("t.up") == F("tree.id")).select("id")),
            recursive=True,
        ),
        'WITH RECURSIVE "tree" AS (SELECT "t"."id" AS "id" FROM "t" WHERE "t"."up" IS NULL UNION '
        'ALL SELECT "t"."id" AS "id" FROM "t" INNER JOIN "tree" ON "t"."up" = "tree"."id") '
        'SELECT * FROM "tree"',
        'WITH RECURSIVE "tree" AS (SELECT "t"."id" AS "id" FROM "t" WHERE "t"."up" IS NULL UNION '
        'ALL SELECT "t"."id" AS "id" FROM "t" INNER JOIN "tree" ON "t"."up" = "tree"."id") '
        'SELECT * FROM "tree"',
        "WITH RECURSIVE `tree` AS (SELECT `t`.`id` AS `id` FROM `t` WHERE `t`.`up` IS NULL UNION "
        "ALL SELECT `t`.`id` AS `id` FROM `t` INNER JOIN `tree` ON `t`.`up` = `tree`.`id`) "
        "SELECT * FROM `tree`",
        (),
    ),
    "insert": (
        Query("t").insert([{"a": 1, "b": None}, {"a": 2, "b": RawExpression("f(%s)", 3)}]),
        'INSERT INTO "t" ("a", "b") VALUES (?, NULL), (?, (f(?)))',
        'INSERT INTO "t" ("a", "b") VALUES (%s, NULL), (%s, (f(%s)))',
        "INSERT INTO `t` (`a`, `b`) VALUES (%s, NULL), (%s, (f(%s)))",
        (1, 2, 3),
    ),
    "insert or pass over": (
        Query("t").insert(a=1).on_conflict().returning("a"),
        'INSERT INTO "t" ("a") VALUES (?) ON CONFLICT DO NOTHING RETURNING "t"."a"',
        'INSERT INTO "t" ("a") VALUES (%s) ON CONFLICT DO NOTHING RETURNING "t"."a"',
        "INSERT INTO `t` (`a`) VALUES (%s) ON DUPLICATE KEY UPDATE `a` = `t`.`a` RETURNING `t`.`a`",
        (1,),
    ),
    "insert the rows of a query": (
        Query("t").insert(P.select("a", b="c").where(x=1)).on_conflict("a", update=["b"]),
        'INSERT INTO "t" ("a", "b") SELECT * FROM (SELECT "p"."a" AS "c0", "p"."c" AS "c1" '
        'FROM "posts" AS "p" WHERE "p"."x" = ?) AS "rows" WHERE 1 = 1 '
        'ON CONFLICT ("a") DO UPDATE SET "b" = EXCLUDED."b"',
        'INSERT INTO "t" ("a", "b") SELECT * FROM (SELECT "p"."a" AS "c0", "p"."c" AS "c1" '
        'FROM "posts" AS "p" WHERE "p"."x" = %s) AS "rows" WHERE 1 = 1 '
        'ON CONFLICT ("a") DO UPDATE SET "b" = EXCLUDED."b"',
        "INSERT INTO `t` (`a`, `b`) SELECT * FROM (SELECT `p`.`a` AS `c0`, `p`.`c` AS `c1` "
        "FROM `posts` AS `p` WHERE `p`.`x` = %s) AS `rows` WHERE 1 = 1 "
        "ON DUPLICATE KEY UPDATE `a` = IF(`t`.`a` = VALUES(`a`), `t`.`a`, "
        "(SELECT 1 UNION SELECT 2)), `b` = VALUES(`b`)",
        (1,),
    ),
    "update": (
        Query("t", "x").update(a=F("x.b") * 2).where(F("x.id").in_([1])),
        'UPDATE "t" SET "a" = ("t"."b" * ?) WHERE "t"."id" IN (?)',
        'UPDATE "t" SET "a" = ("t"."b" * %s) WHERE "t"."id" IN (%s)',
        "UPDATE `t` SET `a` = (`t`.`b` * %s) WHERE `t`.`id` IN (%s)",
        (2, 1),
    ),
    "delete": (
        Query("t").delete().where(id__in=Query("u").select("x").limit(2)),
        'DELETE FROM "t" WHERE "t"."id" IN (SELECT "u"."x" FROM "u" LIMIT ?)',
        'DELETE FROM "t" WHERE "t"."id" IN (SELECT "u"."x" FROM "u" LIMIT %s)',
        "DELETE FROM `t` WHERE `t`.`id` IN (SELECT `c0` FROM (SELECT `u`.`x` AS `c0` FROM `u` "
        "LIMIT %s) AS `found`)",
        (2,),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_dialect_says_it(case: str) -> None:
    query, *texts, params = CASES[case]
    for dialect, text in zip(DIALECTS, texts, strict=True):
        assert query.sql(dialect) == (text, params)


def test_a_parameter_in_several_places_is_one_on_postgresql_also_beside_lists() -> None:
    query = Query("t").select(y=RawExpression("v %% %s", 2), n=Count("*")).group_by("y")
    assert query.where(id__in=[7, 8]).sql("postgresql") == (
        'SELECT (v %% %(p0)s) AS "y", COUNT(*) AS "n" FROM "t" WHERE "t"."id" IN (%(m1)s, %(m2)s) '
        "GROUP BY (v %% %(p0)s)",
        {"p0": 2, "m1": 7, "m2": 8},
    )


def test_a_query_stays_as_it_is() -> None:
    query = Query("t").select("a")
    query.where(a=1).order_by("a").limit(3)
    assert query.sql() == ('SELECT "t"."a" FROM "t"', ())


def test_what_is_said_later_adds_to_it_or_takes_its_place() -> None:
    query = Query("t").select("a").select("b").where(a=1).where(b=2)
    query = query.order_by("a").order_by("-b").limit(3).limit(4).offset(1).offset(None)
    assert query.sql() == (
        'SELECT "t"."a", "t"."b" FROM "t" WHERE "t"."a" = ? AND "t"."b" = ? '
        'ORDER BY "t"."b" DESC LIMIT ?',
        (1, 2, 4),
    )


def test_the_order_in_which_it_was_said_does_not_matter() -> None:
    one = Query("t").select("a").where(a=1).limit(2)
    other = Query("t").limit(2).where(a=1).select("a")
    assert one.sql() == other.sql()


def test_two_queries_of_one_shape_differ_in_their_parameters() -> None:
    assert [Query("t").where(a=n).sql()[1] for n in (1, "x", None)] == [(1,), ("x",), ()]
    assert Query("t").where(a=None).sql()[0].endswith("IS NULL")


def test_outputs_without_names_are_called_alike_on_all_databases() -> None:
    query = Query("t").select(Count("*"), Count("a"), F("a") + 1)
    assert query.sql() == (
        'SELECT COUNT(*) AS "count", COUNT("t"."a") AS "count_2", ("t"."a" + ?) AS "expr" FROM "t"',
        (1,),
    )


def test_a_value_can_say_its_type() -> None:
    query = Query("t").insert(a=Value({"x": [1]}, JSONField()), b=Value(None))
    assert query.sql() == ('INSERT INTO "t" ("a", "b") VALUES (?, NULL)', ('{"x":[1]}',))


def test_random_order() -> None:
    assert Query("t").order_by("?").sql("mysql")[0] == "SELECT * FROM `t` ORDER BY RAND()"


def test_joins_that_a_server_does_not_have() -> None:
    on = F("a.x") == F("b.x")
    old = dialect_for("sqlite", Server("sqlite", (3, 38, 0)))
    with pytest.raises(NotSupportedError) as full:
        Query("a").full_join("b", on=on).sql("mysql")
    with pytest.raises(NotSupportedError) as right:
        Query("a").right_join("b", on=on).sql(old)
    assert str(full.value) == (
        "mysql has no FULL JOIN. Put together with union_all() what left_join() gives, and the "
        "rows of the other table for which ~Exists(…) is true."
    )
    assert str(right.value) == (
        "sqlite has no RIGHT JOIN. Begin with the other table, and use left_join()."
    )


def test_returning_where_a_server_does_not_have_it() -> None:
    with pytest.raises(NotSupportedError) as caught:
        Query("t").update(a=1).all_rows().returning("a").sql("mysql")
    assert str(caught.value) == (
        "mysql has no RETURNING for UPDATE. Select the rows by their key, in the same transaction."
    )


def test_mysql_has_no_alias_for_the_new_row_of_a_query() -> None:
    new = dialect_for("mysql", Server("mysql", (8, 0, 40)))
    query = Query("t").insert(Query("u").select("a")).on_conflict("a", update="a")
    assert query.sql(new)[0].endswith("VALUES(`a`), (SELECT 1 UNION SELECT 2))")


def test_all_expressions_can_be_imported_from_the_query_builder() -> None:
    assert set(query_builder.__all__) == {"Query", *expressions.__all__}


def test_the_path_of_earlier_versions_leads_here() -> None:
    old = importlib.import_module("covet.database.query_builder")
    assert old.Query is Query
    assert old.RawExpression is RawExpression
    assert set(old.__all__) == set(query_builder.__all__)
