"""How does each dialect say aggregates, windows and the first row of each? Side by side."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covet import (
    ArrayAgg,
    Avg,
    BoolOr,
    Count,
    CumeDist,
    F,
    FilteredRelation,
    Lag,
    Max,
    NotSupportedError,
    Q,
    RowNumber,
    RowRange,
    StringAgg,
    Sum,
    ValueRange,
    Variance,
    Window,
    WindowFrameExclusion,
)
from covet.aio import (
    BooleanField,
    CharField,
    CompositePrimaryKey,
    DecimalField,
    DurationField,
    ForeignKey,
    IntegerField,
    Model,
    UUIDField,
)
from covet.query import resolve
from covet.sql.compiler import compiled
from covet.sql.dialects import Server, dialect_for


class Author(Model):
    name = CharField(max_length=100)


class Post(Model):
    title = CharField(max_length=200)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    took = DurationField(null=True)
    key = UUIDField(null=True)
    is_new = BooleanField(default=False)
    author = ForeignKey(Author, null=True, related_name="posts")


class Seat(Model):
    pk = CompositePrimaryKey("row", "number")
    row = CharField(max_length=5)
    number = IntegerField()


DIALECTS = ("sqlite", "postgresql", "mysql")


def said(query: Any) -> dict[str, str]:
    """A query as each dialect says it."""
    select = resolve.select(query._spec)
    return {name: compiled(select, dialect_for(name)).text for name in DIALECTS}


def value(expression: Any) -> dict[str, str]:
    """An expression as each dialect says it, over all rows of a table."""
    query: Any = Post.objects.values("author").annotate(x=expression).values("x")
    found = {}
    for name, text in said(query).items():
        text = text.replace("`", '"').replace('"post".', "")
        found[name] = text.removeprefix("SELECT ").partition(' AS "x" FROM')[0]
    return found


@pytest.mark.parametrize(
    ("expression", "sqlite", "postgresql", "mysql"),
    [
        (Sum("views"), 'SUM("views")', '(SUM("views"))::bigint', '(SUM("views") DIV 1)'),
        (Sum("took"), 'SUM("took")', 'SUM("took")', '(SUM("took") DIV 1)'),
        (
            Avg("took"),
            'AVG("took")',
            'AVG("took")',
            '(CAST(SUM("took") AS DOUBLE) / NULLIF(COUNT("took"), 0))',
        ),
        (
            Count("price", distinct=True),
            'COUNT(DISTINCT "price" COLLATE covet_decimal)',
            'COUNT(DISTINCT "price")',
            'COUNT(DISTINCT "price")',
        ),
        (
            Sum("views", filter=Q(is_new=True)),
            'SUM("views") FILTER (WHERE "is_new" = ?)',
            '(SUM("views") FILTER (WHERE "is_new" = %s))::bigint',
            '(SUM(CASE WHEN "is_new" = %s THEN "views" END) DIV 1)',
        ),
        (Max("key"), 'MAX("key")', '(MAX("key"::text COLLATE "C"))::uuid', 'MAX("key")'),
        (Max("is_new"), 'MAX("is_new")', 'BOOL_OR("is_new")', 'MAX("is_new")'),
        (BoolOr("is_new"), 'MAX("is_new")', 'BOOL_OR("is_new")', 'MAX("is_new")'),
        (
            Variance("views", sample=True),
            'covet_var_samp("views")',
            '(VAR_SAMP("views"))::double precision',
            'VAR_SAMP(CAST("views" AS DOUBLE))',
        ),
        (
            StringAgg("title", "-", distinct=True, order_by="-title"),
            'covet_collected(\'text distinct desc-last-plain\', "title", ?, "title")',
            'STRING_AGG(DISTINCT "title", %s::text ORDER BY "title" DESC)',
            'CASE WHEN LENGTH(GROUP_CONCAT(DISTINCT "title" ORDER BY "title" DESC SEPARATOR %s)) > '
            "@@group_concat_max_len - 4 THEN CAST(0 AS UNSIGNED) - COUNT(*) ELSE "
            'GROUP_CONCAT(DISTINCT "title" ORDER BY "title" DESC SEPARATOR %s) END',
        ),
    ],
)
def test_aggregates(expression: Any, sqlite: str, postgresql: str, mysql: str) -> None:
    assert value(expression) == {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql}


def test_keys_of_several_columns_are_counted() -> None:
    query: Any = Seat.objects.values("row").annotate(n=Count("pk", distinct=True)).values("n")

    assert said(query) == {
        "sqlite": 'SELECT COUNT(DISTINCT quote("seat"."row") || \',\' || quote("seat"."number")) '
        'AS "n" FROM "seat" GROUP BY "seat"."row"',
        "postgresql": 'SELECT COUNT(DISTINCT ROW("seat"."row", "seat"."number")) AS "n" '
        'FROM "seat" GROUP BY "seat"."row"',
        "mysql": "SELECT COUNT(DISTINCT `seat`.`row`, `seat`.`number`) AS `n` "
        "FROM `seat` GROUP BY `seat`.`row`",
    }


def test_windows() -> None:
    lag = Window(Lag("views", default=0), partition_by="author", order_by="id")
    far = Window(Sum("price"), order_by="price", frame=ValueRange(-1, 1))

    query: Any = Post.objects.values(a=lag, b=far, c=Window(CumeDist(), order_by="id"))
    texts = {name: text.split(" FROM ")[0] for name, text in said(query).items()}
    assert texts == {
        "sqlite": 'SELECT LAG("post"."views", ?, ?) OVER (PARTITION BY "post"."author_id" '
        'ORDER BY "post"."id" ASC) AS "a", covet_sum("post"."price" COLLATE covet_decimal) OVER '
        '(ORDER BY CAST("post"."price" AS REAL) ASC RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) '
        'AS "b", CUME_DIST() OVER (ORDER BY "post"."id" ASC) AS "c"',
        "postgresql": 'SELECT LAG("post"."views", %s::integer, %s::bigint) OVER (PARTITION BY '
        '"post"."author_id" ORDER BY "post"."id" ASC) AS "a", SUM("post"."price") OVER '
        '(ORDER BY "post"."price" ASC RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) '
        'AS "b", CUME_DIST() OVER (ORDER BY "post"."id" ASC) AS "c"',
        "mysql": "SELECT CASE WHEN LAG(1, %s) OVER (PARTITION BY `post`.`author_id` ORDER BY "
        "`post`.`id` ASC) IS NULL THEN %s ELSE LAG(`post`.`views`, %s) OVER (PARTITION BY "
        "`post`.`author_id` ORDER BY `post`.`id` ASC) END AS `a`, SUM(`post`.`price`) OVER "
        "(ORDER BY `post`.`price` ASC RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS `b`, "
        "CAST(CUME_DIST() OVER (ORDER BY `post`.`id` ASC) AS DOUBLE) AS `c`",
    }


def test_mysql_itself_has_the_default_of_lag() -> None:
    mysql = dialect_for("mysql", Server("mysql", (8, 0, 40)))
    query: Any = Post.objects.values(x=Window(Lag("views", default=0), order_by="id"))

    assert compiled(resolve.select(query._spec), mysql).text == (
        "SELECT LAG(`post`.`views`, %s, %s) OVER (ORDER BY `post`.`id` ASC) AS `x` FROM `post`"
    )


def test_what_windows_lack() -> None:
    frame = RowRange(exclusion=WindowFrameExclusion.TIES)
    query: Any = Post.objects.values(x=Window(Sum("views"), order_by="id", frame=frame))
    told = F("author__id").asc(nulls_last=True)
    other: Any = Post.objects.values(
        x=Window(Sum("views"), order_by=told, frame=ValueRange(-1, 0)),
    )

    for asked, message in (
        (query, "mysql has no EXCLUDE TIES in the frame of a window"),
        (
            other,
            "mysql has no bounds of a ValueRange where NULLs are told to come at the other end",
        ),
    ):
        with pytest.raises(NotSupportedError) as caught:
            compiled(resolve.select(asked._spec), dialect_for("mysql"))
        assert str(caught.value).startswith(message)


def test_the_first_row_of_each() -> None:
    query: Any = Post.objects.order_by("author_id", "-views").distinct("author_id")

    texts = said(query.values("title"))
    assert texts["postgresql"] == (
        'SELECT DISTINCT ON ("post"."author_id") "post"."title" FROM "post" '
        'ORDER BY "post"."author_id" ASC NULLS FIRST, "post"."views" DESC'
    )
    assert texts["sqlite"] == (
        'SELECT "firsts"."c0" FROM (SELECT "post"."title" AS "c0", ROW_NUMBER() OVER ('
        'PARTITION BY "post"."author_id" ORDER BY "post"."author_id" ASC, "post"."views" DESC) '
        'AS "c1", "post"."author_id" AS "c2", "post"."views" AS "c3" FROM "post") AS "firsts" '
        'WHERE "firsts"."c1" = ? ORDER BY "firsts"."c2" ASC, "firsts"."c3" DESC'
    )
    assert texts["mysql"] == texts["sqlite"].replace('"', "`").replace("?", "%s")
    counted = resolve.count(query._spec)
    assert compiled(counted, dialect_for("postgresql")).text == (
        'SELECT COUNT(*) FROM (SELECT DISTINCT ON ("post"."author_id") 1 AS "c0" FROM "post") '
        'AS "rows"'
    )


def test_relations_with_a_condition() -> None:
    relation = FilteredRelation("posts", condition=Q(posts__views__gt=5) | Q(posts__title="x"))
    query: Any = Author.objects.annotate(some=relation)

    assert said(query.filter(some__isnull=True).values("name"))["sqlite"] == (
        'SELECT "author"."name" FROM "author" LEFT JOIN "post" ON '
        '"author"."id" = "post"."author_id" AND ("post"."views" > ? OR "post"."title" = ?) '
        'WHERE "post"."id" IS NULL'
    )
    assert " INNER JOIN " in said(query.filter(some__views=1))["sqlite"]
    assert "JOIN" not in said(query)["sqlite"]


def test_groups_and_their_windows() -> None:
    listed = ArrayAgg("title", filter=Q(views=1))
    number = Window(RowNumber(), order_by="id")
    query: Any = Post.objects.annotate(n=number).filter(n=1).values("title")

    assert value(listed)["mysql"].startswith("CONCAT('[', CASE WHEN LENGTH(GROUP_CONCAT(CASE WHEN ")
    assert said(query)["sqlite"] == (
        'SELECT "rows"."c0" FROM (SELECT "post"."title" AS "c0", ROW_NUMBER() OVER (ORDER BY '
        '"post"."id" ASC) AS "c1" FROM "post") AS "rows" WHERE "rows"."c1" = ?'
    )
