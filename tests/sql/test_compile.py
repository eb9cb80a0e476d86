"""How does each dialect say the same query? Side by side; a text that stands alone is for all.

The texts are SQLite's way: ``"name"`` and ``?``. For the others they are turned into their quotes
and placeholders, where they do not say it otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from covet import F, FieldError, NotSupportedError, Q, QueryTooComplex, ValidationError, Value
from covet.aio import (
    CharField,
    DateTimeField,
    DecimalField,
    FloatField,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
)
from covet.rows import plans, saving
from covet.sql.dialects import DIALECTS, Server, dialect_for


class Author(Model):
    name = CharField(max_length=100)
    age = IntegerField(null=True)

    class Meta:
        ordering = ("name",)


class Post(Model):
    title = CharField(max_length=200)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    share = FloatField(null=True)
    made = DateTimeField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


class Note(Model):
    post = ForeignKey(Post, related_name="+")
    author = ForeignKey(Author, related_name="+")


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POSTS: Any = Post.objects.values_list("title", flat=True)
AUTHORS: Any = Author.objects.order_by().values_list("name", flat=True)


def said(text: str, dialect: str) -> str:
    """SQLite's text as another dialect writes it."""
    if dialect == "sqlite":
        return text
    text = text.replace("%", "%%").replace("?", "%s")
    return text.replace('"', "`") if dialect == "mysql" else text


def check(sql: str, expected: str | dict[str, str], dialect: str) -> None:
    if isinstance(expected, dict) and dialect in expected and dialect != "sqlite":
        assert sql == expected[dialect]
    else:
        text = expected if isinstance(expected, str) else expected["sqlite"]
        assert sql == said(text, dialect)


# --- conditions ---------------------------------------------------------------------------------

WHERE: list[tuple[Any, str | dict[str, str], tuple[Any, ...]]] = [
    (Q(title="x"), '"post"."title" = ?', ("x",)),
    (Q(title__gt="x", views__lte=5), '"post"."title" > ? AND "post"."views" <= ?', ("x", 5)),
    (Q(author=None), '"post"."author_id" IS NULL', ()),
    (Q(author__isnull=False), '"post"."author_id" IS NOT NULL', ()),
    (Q(author__pk=1), '"post"."author_id" = ?', (1,)),
    (
        (Q(views=1) | Q(views=2)) & Q(title="x"),
        '("post"."views" = ? OR "post"."views" = ?) AND "post"."title" = ?',
        (1, 2, "x"),
    ),
    (
        Q(views=1) ^ Q(title="x"),
        '(CASE WHEN "post"."views" = ? THEN 1 ELSE 0 END'
        ' + CASE WHEN "post"."title" = ? THEN 1 ELSE 0 END) % 2 = 1',
        (1, "x"),
    ),
    (~Q(views=1), 'NOT ("post"."views" = ?)', (1,)),
    (~Q(share=1.5), '("post"."share" = ?) IS NOT TRUE', (1.5,)),
    (~Q(share=None), '"post"."share" IS NOT NULL', ()),
    (
        ~(Q(views=1) | Q(share=1.5)),
        '("post"."views" = ? OR "post"."share" = ?) IS NOT TRUE',
        (1, 1.5),
    ),
    (Q(views__in=[]), "1 = 0", ()),
    (~Q(views__in=[]), None, ()),  # type: ignore[list-item]
    (Q(views__in=[]) | Q(views=1), '"post"."views" = ?', (1,)),
    (Q(views__range=(1, 2)), '"post"."views" >= ? AND "post"."views" <= ?', (1, 2)),
    (Q(views__gt=2.5), '"post"."views" > ?', (2,)),
    (Q(views__gte=2.5), '"post"."views" >= ?', (3,)),
    (Q(views__lt=2**63), '"post"."views" = "post"."views"', ()),
    (Q(views__gt=2**63), '"post"."views" <> "post"."views"', ()),
    (Q(views="5"), '"post"."views" = ?', (5,)),
    (F("views") > F("share"), '"post"."views" > "post"."share"', ()),
    (Q(views=F("share")), '"post"."views" = "post"."share"', ()),
    (
        Q(title__contains="5%"),
        {
            "sqlite": 'instr("post"."title", ?) > 0',
            "postgresql": '"post"."title" LIKE %s',
            "mysql": "`post`.`title` LIKE %s",
        },
        ("5%",),
    ),
    (
        Q(title__startswith="x"),
        {
            "sqlite": '"post"."title" GLOB ?',
            "postgresql": '"post"."title" LIKE %s',
            "mysql": "`post`.`title` LIKE %s",
        },
        ("x*",),
    ),
    (
        Q(title__iexact="x"),
        {
            "sqlite": 'covet_upper("post"."title") = covet_upper(?)',
            "postgresql": 'UPPER("post"."title" COLLATE "und-x-icu")'
            ' = UPPER(%s COLLATE "und-x-icu")',
            "mysql": "UPPER(`post`.`title`) = UPPER(%s)",
        },
        ("x",),
    ),
    (
        Q(title__regex="^x"),
        {
            "sqlite": 'covet_regex(?, "post"."title", 0)',
            "postgresql": '"post"."title" ~ %s',
            "mysql": "`post`.`title` REGEXP %s",
        },
        ("^x",),
    ),
    (
        Q(made__year=2024),
        '"post"."made" >= ? AND "post"."made" <= ?',
        ("2024-01-01 00:00:00", "2024-12-31 23:59:59.999999"),
    ),
    (
        Q(views=F("views") / 2),
        {
            "sqlite": '"post"."views" = covet_whole(("post"."views" / NULLIF(?, 0)), 1)',
            "postgresql": '"post"."views" = ("post"."views"::bigint / NULLIF(%s::bigint, 0))',
            "mysql": "`post`.`views` = (`post`.`views` DIV NULLIF(%s, 0))",
        },
        (2,),
    ),
    (
        Q(price__gt=F("price") * 2),
        {
            "sqlite": '"post"."price" COLLATE covet_decimal'
            ' > covet_decimal(\'*\', "post"."price", ?)',
            "postgresql": '"post"."price" > ("post"."price"::numeric * %s::numeric)',
            "mysql": "`post`.`price` > (`post`.`price` * %s)",
        },
        (2,),
    ),
    (
        Q(made__gt=F("made") + timedelta(seconds=1)),
        {
            "sqlite": '"post"."made" > covet_moved("post"."made", +?)',
            "postgresql": '"post"."made" > lower(tstzrange(upper(tstzrange('
            "'0001-01-01 00:00:00+00', \"post\".\"made\"::timestamptz + %s::interval, '[]')), "
            "'9999-12-31 23:59:59.999999+00', '[]'))",
            "mysql": "`post`.`made` > (TIMESTAMP'0001-01-01 00:00:00' + INTERVAL ("
            "CAST(315537897599999999 AS UNSIGNED) - (CAST(315537897599999999 AS UNSIGNED) - ("
            "TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'0001-01-01 00:00:00', `post`.`made`) + %s"
            "))) MICROSECOND)",
        },
        (1_000_000,),
    ),
    (
        F("made") - NOON > timedelta(seconds=1),
        {
            "sqlite": 'covet_distance("post"."made", ?) > ?',
            "postgresql": '("post"."made"::timestamptz - %s::timestamptz) > %s',
            "mysql": "TIMESTAMPDIFF(MICROSECOND, %s, `post`.`made`) > %s",
        },
        ("2026-11-20 12:00:00", 1_000_000),
    ),
    (
        (F("made") - NOON) * F("views") > timedelta(seconds=1),
        {
            "sqlite": '(covet_distance("post"."made", ?) * "post"."views") > ?',
            "postgresql": "(SELECT justify_hours(d * (n / 65536)) * 65536 + d * (n %% 65536) FROM "
            '(SELECT justify_hours(("post"."made"::timestamptz - %s::timestamptz)::interval) AS d, '
            '"post"."views"::bigint AS n) AS x) > %s',
            "mysql": "(TIMESTAMPDIFF(MICROSECOND, %s, `post`.`made`) * `post`.`views`) > %s",
        },
        ("2026-11-20 12:00:00", 1_000_000),
    ),
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("condition", "where", "params"), WHERE, ids=lambda case: repr(case)[:40])
def test_conditions(condition: Q, where: Any, params: tuple[Any, ...], dialect: str) -> None:
    sql, bound = POSTS.filter(condition).sql(dialect)
    head = said('SELECT "post"."title" FROM "post"', dialect)
    if where is None:
        assert sql == head
    else:
        check(sql.removeprefix(f"{head} WHERE "), where, dialect)
    if dialect == "sqlite":
        assert bound == params


def test_a_pattern_keeps_its_own_wildcards_as_signs() -> None:
    def pattern(dialect: str, **lookups: str) -> Any:
        return POSTS.filter(**lookups).sql(dialect)[1][0]

    for dialect in ("postgresql", "mysql"):
        assert pattern(dialect, title__contains="5%_\\") == "%5\\%\\_\\\\%"
        assert pattern(dialect, title__startswith="a*") == "a*%"
        assert pattern(dialect, title__iendswith="%") == "%\\%"
    assert pattern("sqlite", title__startswith="a*?[") == "a[*][?][[]*"
    assert pattern("sqlite", title__endswith="%") == "*%"


@pytest.mark.parametrize(
    ("dialect", "sql", "params"),
    [
        ("sqlite", '"post"."views" IN (?, ?)', (1, 2)),
        ("postgresql", '"post"."views" = ANY(%s::bigint[])', ([1, 2],)),
        ("mysql", "`post`.`views` IN (%s, %s)", (1, 2)),
    ],
)
def test_a_list_is_one_parameter_or_one_for_each_member(
    dialect: str, sql: str, params: tuple[Any, ...]
) -> None:
    said, bound = POSTS.filter(views__in=[1, None, 2, 2**70]).sql(dialect)
    assert said.endswith(f"WHERE {sql}")
    assert bound == params


def test_a_long_list_needs_no_more_parameters_than_the_server_takes() -> None:
    many = list(range(40_000))
    assert len(POSTS.filter(views__in=many).sql("postgresql")[1]) == 1
    sql, bound = POSTS.filter(views__in=many).sql("sqlite")
    assert sql.endswith('"post"."views" IN (SELECT value FROM json_each(?))')
    assert len(bound) == 1
    assert len(POSTS.filter(views__in=many).sql("mysql")[1]) == 40_000
    with pytest.raises(QueryTooComplex):
        POSTS.filter(views__in=range(1_000_001)).sql("postgresql")


def test_a_decimal_is_said_exactly() -> None:
    value = Decimal("0.10")
    assert POSTS.filter(price=value).sql("sqlite")[1] == ("0.10",)
    assert POSTS.filter(price=value).sql("postgresql")[1] == (value,)
    assert POSTS.filter(price=value).sql("mysql")[1] == (value,)


def test_a_value_that_the_field_refuses_makes_no_sql() -> None:
    with pytest.raises(ValidationError, match=r"^Post\.views "):
        POSTS.filter(views="many").sql("sqlite")


# --- joins --------------------------------------------------------------------------------------

JOIN = ' INNER JOIN "author" ON "post"."author_id" = "author"."id"'
BACK = ' INNER JOIN "post" ON "author"."id" = "post"."author_id"'


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("query", "rest"),
    [
        (POSTS.filter(author__name="x"), f'{JOIN} WHERE "author"."name" = ?'),
        (
            POSTS.filter(Q(author__name="x") | Q(views=1)),
            f'{JOIN.replace("INNER", "LEFT")} WHERE "author"."name" = ? OR "post"."views" = ?',
        ),
        (
            POSTS.exclude(author__name="x"),
            f'{JOIN.replace("INNER", "LEFT")} WHERE ("author"."name" = ?) IS NOT TRUE',
        ),
        (
            POSTS.filter(author__age=None),
            f'{JOIN.replace("INNER", "LEFT")} WHERE "author"."age" IS NULL',
        ),
        (
            AUTHORS.filter(posts__views=1, posts__title="x"),
            f'{BACK} WHERE "post"."views" = ? AND "post"."title" = ?',
        ),
        (
            AUTHORS.filter(posts__views=1).filter(posts__title="x"),
            f'{BACK} INNER JOIN "post" AS "post_2" ON "author"."id" = "post_2"."author_id"'
            ' WHERE "post"."views" = ? AND "post_2"."title" = ?',
        ),
        (
            AUTHORS.exclude(posts__views=1),
            ' WHERE NOT EXISTS (SELECT 1 FROM "post"'
            ' WHERE "post"."author_id" = "author"."id" AND "post"."views" = ?)',
        ),
        (POSTS.filter(author=1, author__pk__in=[]), " WHERE 1 = 0"),
        (POSTS.order_by("author_id"), {
            "sqlite": ' ORDER BY "post"."author_id" ASC',
            "postgresql": ' ORDER BY "post"."author_id" ASC NULLS FIRST',
        }),
    ],
)  # fmt: skip
def test_joins(query: Any, rest: Any, dialect: str) -> None:
    sql = query.sql(dialect)[0]
    first = "post" if query.model is Post else "author"
    column = "title" if query.model is Post else "name"
    head = said(f'SELECT "{first}"."{column}" FROM "{first}"', dialect)
    assert sql.startswith(head)
    check(sql.removeprefix(head), rest, dialect)


# --- order, slices, distinct --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "up", "down", "first"),
    [
        ("sqlite", "{} ASC", "{} DESC", "{} DESC NULLS FIRST"),
        ("postgresql", "{} ASC NULLS FIRST", "{} DESC NULLS LAST", "{} DESC"),
        ("mysql", "{} ASC", "{} DESC", "{} IS NULL DESC, {} DESC"),
    ],
)
def test_nulls_are_placed_only_where_the_database_would_not(
    dialect: str, up: str, down: str, first: str
) -> None:
    def order(term: Any) -> str:
        return POSTS.order_by(term).sql(dialect)[0].partition(" ORDER BY ")[2]

    column = said('"post"."share"', dialect)
    assert order("share") == up.format(column)
    assert order("-share") == down.format(column)
    assert order(F("share").desc(nulls_first=True)) == first.format(column, column)
    assert order("views") == said('"post"."views" ASC', dialect)  # never NULL


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("query", "rest", "params"),
    [
        (POSTS[:7], " LIMIT ?", (7,)),
        (POSTS[5:7], " LIMIT ? OFFSET ?", (2, 5)),
        (POSTS[2:9][1:3], " LIMIT ? OFFSET ?", (2, 3)),
        (
            POSTS[5:],
            {
                "sqlite": " LIMIT -1 OFFSET ?",
                "postgresql": " OFFSET %s",
                "mysql": " LIMIT 18446744073709551615 OFFSET %s",
            },
            (5,),
        ),
        (
            POSTS.order_by("?"),
            {"sqlite": " ORDER BY RANDOM()", "mysql": " ORDER BY RAND()"},
            (),
        ),
        (
            POSTS.distinct().order_by("?"),
            {
                "sqlite": ' GROUP BY "post"."title" ORDER BY RANDOM()',
                "mysql": " GROUP BY `post`.`title` ORDER BY RAND()",
            },
            (),
        ),
    ],
)
def test_slices_and_random_order(
    query: Any, rest: Any, params: tuple[Any, ...], dialect: str
) -> None:
    sql, bound = query.sql(dialect)
    check(sql.removeprefix(said('SELECT "post"."title" FROM "post"', dialect)), rest, dialect)
    assert bound == params


@pytest.mark.parametrize("dialect", DIALECTS)
def test_distinct_selects_what_it_orders_by(dialect: str) -> None:
    check(
        POSTS.distinct().order_by("views").sql(dialect)[0],
        'SELECT DISTINCT "post"."title", "post"."views" FROM "post" ORDER BY "post"."views" ASC',
        dialect,
    )
    sql, bound = POSTS.distinct().order_by(F("views") + 1).sql(dialect)
    assert sql.endswith(said(' AS "order_0" FROM "post" ORDER BY "order_0" ASC', dialect))
    assert bound == (1,)


# --- annotations --------------------------------------------------------------------------------


def twice(dialect: str) -> str:
    if dialect == "postgresql":
        return '("post"."views"::bigint * ?::bigint)'
    if dialect == "sqlite":
        return 'covet_whole(("post"."views" * ?), 1)'
    return '("post"."views" * ?)'


DOUBLE: Any = Post.objects.only("title").annotate(double=F("views") * 2)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_annotation_is_an_output_with_a_name(dialect: str) -> None:
    sql, bound = DOUBLE.filter(double__gt=4).order_by("-double").sql(dialect)

    check(
        sql,
        f'SELECT "post"."id", "post"."title", {twice(dialect)} AS "double" FROM "post"'
        f" WHERE {twice(dialect)} > ? ORDER BY {twice(dialect)} DESC",
        dialect,
    )
    assert bound == (2, 2, 4, 2)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_distinct_rows_are_ordered_by_the_name_of_an_annotation(dialect: str) -> None:
    check(
        DOUBLE.distinct().order_by("double").sql(dialect)[0],
        f'SELECT DISTINCT "post"."id", "post"."title", {twice(dialect)} AS "double" FROM "post"'
        ' ORDER BY "double" ASC',
        dialect,
    )
    check(
        plans.count_plan(Post, DOUBLE.distinct()._spec, dialect_for(dialect)).text,
        f'SELECT COUNT(*) FROM (SELECT DISTINCT "post"."id" AS "c0", {twice(dialect)} AS "c1"'
        ' FROM "post") AS "rows"',
        dialect,
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_distinct_rows_in_random_order_are_grouped_by_it_too(dialect: str) -> None:
    sql, _ = DOUBLE.distinct().order_by("?").sql(dialect)

    assert said(' GROUP BY "post"."id", "post"."title", "double" ORDER BY ', dialect) in sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_output_of_an_annotation_has_a_name_of_its_own(dialect: str) -> None:
    query = Post.objects.select_related("author").only("author__name").annotate(name=F("title"))

    check(
        query.sql(dialect)[0],
        'SELECT "post"."id", "post"."author_id", "author"."id", "author"."name",'
        f' "post"."title" AS "name_" FROM "post"{JOIN.replace("INNER", "LEFT")}',
        dialect,
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_moment_that_stands_alone_has_its_type(dialect: str) -> None:
    query = Post.objects.annotate(noon=Value(NOON)).values_list("noon", flat=True)

    check(
        query.sql(dialect)[0],
        {
            "sqlite": 'SELECT ? AS "noon" FROM "post"',
            "mysql": "SELECT CAST(%s AS DATETIME(6)) AS `noon` FROM `post`",
        },
        dialect,
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_value_is_no_order(dialect: str) -> None:
    check(
        POSTS.order_by(Value(1).asc(), "title").sql(dialect)[0],
        'SELECT "post"."title" FROM "post" ORDER BY "post"."title" ASC',
        dialect,
    )


# --- locks --------------------------------------------------------------------------------------

MYSQL = dialect_for("mysql", Server("mysql", (8, 0, 34)))
OLD_MARIADB = dialect_for("mysql", Server("mariadb", (10, 5, 1)))


def locked(query: Any, dialect: Any) -> str:
    return plans.rows_plan(Post, query._spec, dialect).bind(query._spec.values)[0]


def test_a_lock_stands_at_the_end() -> None:
    query = POSTS.filter(views=1).order_by("title")

    for lock, text in (
        ({}, "FOR UPDATE"),
        ({"nowait": True}, "FOR UPDATE NOWAIT"),
        ({"skip_locked": True}, "FOR UPDATE SKIP LOCKED"),
        ({"of": ["self"]}, 'FOR UPDATE OF "post"'),
        ({"no_key": True, "nowait": True}, "FOR NO KEY UPDATE NOWAIT"),
    ):
        sql = locked(query.select_for_update(**lock), dialect_for("postgresql"))
        assert sql == (
            'SELECT "post"."title" FROM "post" WHERE "post"."views" = %s '
            f'ORDER BY "post"."title" ASC {text}'
        )


def test_the_tables_of_a_lock_go_by_their_names_in_the_query() -> None:
    query: Any = Note.objects.select_related("post__author", "author")
    some = query.select_for_update(of=("self", "post", "author"))
    all_of_them = query.select_for_update(of=("self", "post", "author", "post__author"))

    assert locked(some, dialect_for("postgresql")).endswith(
        ' FOR UPDATE OF "note", "post", "author_2"'
    )
    assert locked(all_of_them, MYSQL).endswith(
        " FOR UPDATE OF `note`, `post`, `author_2`, `author`"
    )


def test_what_a_database_cannot_lock_is_refused() -> None:
    query = POSTS.filter(views=1)
    maybe: Any = Post.objects.select_related("author")

    for wrong, dialect in (
        (query.select_for_update(of=["self"]), dialect_for("mysql")),
        (query.select_for_update(no_key=True), dialect_for("mysql")),
        (query.select_for_update(no_key=True), MYSQL),
        (query.select_for_update(skip_locked=True), OLD_MARIADB),
        (query.distinct().select_for_update(), dialect_for("postgresql")),
        (maybe.select_for_update(), dialect_for("postgresql")),
        (maybe.select_for_update(of=["self", "author"]), dialect_for("postgresql")),
        (maybe.values("author__name").select_for_update(), dialect_for("postgresql")),
    ):
        with pytest.raises(NotSupportedError):
            locked(wrong, dialect)
    for right, dialect in (
        (maybe.select_for_update(of=["self"]), dialect_for("postgresql")),
        (maybe.filter(author__name="x").select_for_update(), dialect_for("postgresql")),
        (maybe.select_for_update(), dialect_for("mysql")),
        (query.select_for_update(skip_locked=True), MYSQL),
        (query.distinct().select_for_update(), dialect_for("mysql")),
        (maybe.distinct().select_for_update(no_key=True), dialect_for("sqlite")),
    ):
        assert locked(right, dialect)


# --- other statements ---------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
def test_count_and_exists(dialect: str) -> None:
    def count(query: QuerySet[Any]) -> str:
        return plans.count_plan(Post, query._spec, dialect_for(dialect)).text

    def exists(query: QuerySet[Any]) -> str:
        return plans.exists_plan(Post, query._spec, dialect_for(dialect)).text

    one = Post.objects.filter(views=1).order_by("title")
    check(count(one), 'SELECT COUNT(*) FROM "post" WHERE "post"."views" = ?', dialect)
    check(exists(one), 'SELECT 1 FROM "post" WHERE "post"."views" = ? LIMIT ?', dialect)
    check(
        count(one[:3]),
        'SELECT COUNT(*) FROM (SELECT 1 AS "c0" FROM "post" WHERE "post"."views" = ? LIMIT ?)'
        ' AS "rows"',
        dialect,
    )
    check(
        count(POSTS.distinct().order_by("views")),
        'SELECT COUNT(*) FROM (SELECT DISTINCT "post"."title" AS "c0", "post"."views" AS "c1"'
        ' FROM "post") AS "rows"',
        dialect,
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_update_and_delete(dialect: str) -> None:
    def update(query: QuerySet[Any], **values: Any) -> str:
        written = saving.check_settable(Post._table, values, "update")
        return saving.update_plan(Post, query._spec, written, dialect_for(dialect)).text

    def delete(query: QuerySet[Any]) -> str:
        return saving.delete_plan(Post, query._spec, dialect_for(dialect)).text

    one, joined = Post.objects.filter(views=1), Post.objects.filter(author__name="x")
    found = (
        ' WHERE "id" IN (SELECT "c0" FROM (SELECT "post"."id" AS "c0" FROM "post"'
        f'{JOIN} WHERE "author"."name" = ?) AS "found")'
    )
    check(
        update(one, title="x", author=None),
        'UPDATE "post" SET "title" = ?, "author_id" = NULL WHERE "post"."views" = ?',
        dialect,
    )
    check(
        update(one, views=F("views") + 1),
        {
            "sqlite": 'UPDATE "post" SET "views" = covet_whole(("post"."views" + ?), 1)'
            ' WHERE "post"."views" = ?',
            "postgresql": 'UPDATE "post" SET "views" = ("post"."views"::bigint + %s::bigint)'
            ' WHERE "post"."views" = %s',
            "mysql": "UPDATE `post` SET `views` = (`post`.`views` + %s) WHERE `post`.`views` = %s",
        },
        dialect,
    )
    check(update(joined, title="x"), f'UPDATE "post" SET "title" = ?{found}', dialect)
    check(delete(one), 'DELETE FROM "post" WHERE "post"."views" = ?', dialect)
    check(delete(joined), f'DELETE FROM "post"{found}', dialect)


# --- limits and names ---------------------------------------------------------------------------


def test_a_condition_deeper_than_the_parser_takes_is_refused() -> None:
    tree = Q(views=0)
    for n in range(300):
        tree = (tree | Q(views=n)) if n % 2 else (tree & Q(views=n))
    for dialect in DIALECTS:
        with pytest.raises(QueryTooComplex) as caught:
            POSTS.filter(tree).sql(dialect)
        assert str(caught.value).endswith(
            f"{dialect} takes {dialect_for(dialect).deepest_condition}. "
            "Split it, or flatten it with Q(a) | Q(b) | … on one level."
        )


def test_wide_groups_are_parted_for_sqlites_parser() -> None:
    condition = Q(views=0)
    for n in range(1, 1200):
        condition |= Q(views=n)
    sql, bound = POSTS.filter(condition).sql("sqlite")
    assert sql.count("(") == 3
    assert len(bound) == 1200


@pytest.mark.parametrize(
    ("name", "sqlite", "postgresql", "mysql"),
    [
        ("plain", '"plain"', '"plain"', "`plain`"),
        ('a"b', '"a""b"', '"a""b"', '`a"b`'),
        ("a`b", '"a`b"', '"a`b"', "`a``b`"),
        ("100%s", '"100%s"', '"100%%s"', "`100%%s`"),
        ("größe", '"größe"', '"größe"', "`größe`"),
    ],
)
def test_names_are_quoted(name: str, sqlite: str, postgresql: str, mysql: str) -> None:
    said = [dialect_for(dialect).quoted(name) for dialect in ("sqlite", "postgresql", "mysql")]
    assert said == [sqlite, postgresql, mysql]


@pytest.mark.parametrize("name", ["", "x" * 64, "ü" * 32, "a\nb", "a\x00b", "a\u202eb"])
def test_names_that_no_database_should_get_are_refused(name: str) -> None:
    for dialect in DIALECTS:
        with pytest.raises(FieldError, match="cannot name a table, a column or a constraint"):
            dialect_for(dialect).quoted(name)


def test_mysql_itself_cannot_set_a_column_from_one_that_it_changed_before() -> None:
    mysql = dialect_for("mysql", Server("mysql", (8, 0, 40)))
    spec = Post.objects.all()._spec
    written = saving.check_settable(Post._table, {"views": 1, "share": F("views") + 1}, "update")

    with pytest.raises(NotSupportedError) as raised:
        saving.update_plan(Post, spec, written, mysql)

    assert str(raised.value) == (
        "mysql has no way to set share from the old views in the statement that changes it too. "
        "Make two updates of it, the one that reads first."
    )
    saving.update_plan(Post, spec, written, dialect_for("mysql"))
