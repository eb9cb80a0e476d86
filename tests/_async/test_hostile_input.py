"""What does a web app's user reach with a text as a name, or with anything as a value?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from covet import QueryTooComplex
from covet.aio import (
    BooleanField,
    Case,
    Cast,
    CharField,
    Coalesce,
    ConfigurationError,
    Count,
    CovetError,
    Database,
    DateField,
    DateTimeField,
    DecimalField,
    Exists,
    Extract,
    F,
    FieldError,
    FilteredRelation,
    FloatField,
    ForeignKey,
    Func,
    IntegerField,
    InterfaceError,
    InternalError,
    InvalidCursor,
    JSONField,
    Lower,
    Max,
    Model,
    NotSupportedError,
    Ntile,
    ObjectDoesNotExist,
    OperationalError,
    OuterRef,
    PageNotAnInteger,
    Paginator,
    Prefetch,
    ProgrammingError,
    Q,
    RowNumber,
    RowRange,
    StringAgg,
    Sum,
    Trunc,
    TruncDate,
    ValidationError,
    Value,
    When,
    Window,
    With,
    atomic,
    capture_queries,
    set_cursor_secret,
)
from covet.query_builder import Query


class Author(Model):
    name = CharField(max_length=20)
    password = CharField(max_length=20, default="secret")


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal("2.50"))
    share = FloatField(default=0.5)
    is_public = BooleanField(default=True)
    data = JSONField(default=dict)
    made = DateTimeField(default=datetime(2026, 1, 1, tzinfo=UTC))
    day = DateField(default=date(2026, 1, 1))
    author = ForeignKey(Author, related_name="posts")


posts: Any = Post.objects
authors: Any = Author.objects

SENT_BY_NO_RIGHT = (ProgrammingError, InternalError, InterfaceError, OperationalError)
"""What the database says about a statement that should never have been made."""


async def write() -> Author:
    author = await Author.objects.create(name="Ann")
    await Post.objects.create(title="one", author=author)
    return author


# --- names ---------------------------------------------------------------------------------------

NAMES = [
    "",
    " ",
    "a b",
    "title'",
    'title"',
    "title`",
    "title; DROP TABLE post",
    "title--",
    "title/**/",
    "title#",
    "post.title",
    '"post"."title"',
    "*",
    "%s",
    "%(a)s",
    "{}",
    "{0}",
    "?x",
    ":name",
    "$1",
    "title::int",
    "title\\",
    "title\x00",
    "title\n",
    "\ud800",
    "\u202e",
    "x" * 5000 + "-",
    "__" * 300,
    "__class__",
    "_connector",
    "_negated",
    "_state",
    "--title",
    "1) OR 1=1 --",
    "x'||(select 1)||'",
    "9" * 5000,
]


async def rows(query: Any) -> None:
    await query.fetch()


def untyped(name: str) -> Any:
    """What type checkers would refuse."""
    return name


async def nothing(made: Any) -> None:
    """What was made asks nothing by itself."""


async def locked(name: str) -> None:
    async with atomic():
        await posts.select_for_update(of=[name]).fetch()


def totals(name: str) -> Any:
    table = With(posts.values("author", "views"), name=name)
    return table.join(Author, id=table.col.author).with_cte(table)


def column_of_totals(name: str) -> Any:
    table = With(posts.values("author", "views"), name="totals")
    joined = table.join(Author, id=table.col.author).with_cte(table)
    return joined.annotate(found=getattr(table.col, f"x{name}"))


def created(**names: list[str]) -> Any:
    conflict = {"update_fields": ["views"], "unique_fields": ["id"]} | names
    return posts.bulk_create([Post(title="x", author_id=1)], update_conflicts=True, **conflict)


NAME_PLACES: dict[str, Callable[[str], Any]] = {
    "annotate": lambda n: rows(posts.annotate(**{n: F("views")})),
    "annotate, counted": lambda n: rows(authors.annotate(**{n: Count("posts")})),
    "alias": lambda n: rows(posts.alias(**{n: F("views")}).filter(**{n: 1})),
    "aggregate": lambda n: posts.aggregate(**{n: Count("*")}),
    "values": lambda n: rows(posts.values(n)),
    "values, named": lambda n: rows(posts.values(**{n: F("views")})),
    "values_list": lambda n: rows(posts.values_list(n, "id", named=True)),
    "values_list, flat": lambda n: rows(posts.values_list(n, flat=True)),
    "order_by": lambda n: rows(posts.order_by(n)),
    "order_by, descending": lambda n: rows(posts.order_by(f"-{n}")),
    "filter": lambda n: rows(posts.filter(**{n: 1})),
    "exclude": lambda n: rows(posts.exclude(**{n: 1})),
    "get": lambda n: posts.get(**{n: 1}),
    "Q": lambda n: rows(posts.filter(Q((n, 1)))),
    "lookup": lambda n: rows(posts.filter(**{f"title__{n}x": 1})),
    "lookup of a moment": lambda n: rows(posts.filter(**{f"made__{n}x": 1})),
    "compare": lambda n: rows(posts.filter(F("title").compare(n, 1))),
    "F": lambda n: rows(posts.filter(views=F(n))),
    "OuterRef": lambda n: rows(posts.filter(Exists(authors.filter(id=OuterRef(n))))),
    "Max": lambda n: posts.aggregate(Max(n)),
    "Lower": lambda n: rows(posts.annotate(found=Lower(n))),
    "only": lambda n: rows(posts.only(n)),
    "defer": lambda n: rows(posts.defer(n)),
    "select_related": lambda n: rows(posts.select_related(n)),
    "prefetch_related": lambda n: rows(posts.prefetch_related(n)),
    "Prefetch": lambda n: rows(authors.prefetch_related(Prefetch("posts", to_attr=n))),
    "distinct": lambda n: rows(posts.order_by().distinct(n)),
    "dates": lambda n: rows(posts.dates(n, "year")),
    "dates, kind": lambda n: rows(posts.dates("day", n)),
    "dates, order": lambda n: rows(posts.dates("day", "year", n)),
    "datetimes, kind": lambda n: rows(posts.datetimes("made", n)),
    "latest": lambda n: posts.latest(n),
    "in_bulk": lambda n: posts.in_bulk([1], field_name=n),
    "select_for_update": locked,
    "FilteredRelation, name": lambda n: rows(
        authors.annotate(**{n: FilteredRelation("posts", condition=Q(posts__views=1))})
    ),
    "FilteredRelation": lambda n: rows(
        authors.annotate(found=FilteredRelation(n)).filter(found__views=1)
    ),
    "With": lambda n: rows(totals(n if n[:1] != "_" else "-")),
    "column of With": lambda n: rows(column_of_totals(n)),
    "Trunc": lambda n: rows(posts.annotate(found=Trunc("made", n))),
    "Trunc, zone": lambda n: rows(posts.annotate(found=Trunc("made", "day", tzinfo=untyped(n)))),
    "TruncDate, zone": lambda n: rows(posts.annotate(found=TruncDate("made", tzinfo=untyped(n)))),
    "Extract": lambda n: rows(posts.annotate(found=Extract("made", n))),
    "Extract, zone": lambda n: rows(
        posts.annotate(found=Extract("made", "day", tzinfo=untyped(n)))
    ),
    "explain": lambda n: posts.all().explain(n or "-"),
    "explain, option": lambda n: posts.all().explain(**{n: True}),
    "raw": lambda n: rows(posts.raw("select id from post", translations={"id": n})),
    "Cast": lambda n: rows(posts.annotate(found=Cast("title", n))),
    "returning": lambda n: posts.filter(id=-1).returning(n).update(views=1),
    "update": lambda n: posts.filter(id=-1).update(**{n: 1}),
    "create": lambda n: posts.create(**{n: 1}),
    "get_or_create": lambda n: posts.get_or_create(**{n: 1}),
    "bulk_create, updated": lambda n: created(update_fields=[n]),
    "bulk_create, unique": lambda n: created(unique_fields=[n]),
    "bulk_update": lambda n: posts.bulk_update([], [n]),
    "using": lambda n: rows(posts.using(n or "-")),
    "Window, order": lambda n: rows(posts.annotate(found=Window(RowNumber(), order_by=n))),
    "Window, partition": lambda n: rows(posts.annotate(found=Window(RowNumber(), [n]))),
    "frame": lambda n: nothing(RowRange(0, 1, exclusion=n)),
    "StringAgg, order": lambda n: posts.aggregate(found=StringAgg("title", ",", order_by=n)),
    "after": lambda n: rows(posts.order_by("id").after(n)),
    "page": lambda n: posts.order_by("id").page(3, after=n or "-"),
}


@pytest.mark.parametrize("place", NAME_PLACES)
async def test_a_hostile_name_is_refused_before_anything_is_sent(place: str, db: Database) -> None:
    set_cursor_secret("k" * 40)
    for name in NAMES:
        with (
            capture_queries() as queries,
            pytest.raises((FieldError, ValidationError, ConfigurationError, NotSupportedError)),
        ):
            await NAME_PLACES[place](name)
        assert not [query for query in queries if "post" in query.sql], name


async def test_self_is_a_name_like_others(db: Database) -> None:
    await write()

    assert (await posts.annotate(self=F("views")).get()).self == 0
    assert await posts.aggregate(self=Count("*")) == {"self": 1}
    assert await posts.values(self=F("views")).fetch() == [{"self": 0}]
    assert await posts.alias(self=F("views")).filter(self=0).count() == 1
    for call in (posts.filter, posts.exclude):
        with pytest.raises(FieldError, match="Post has no field 'self'"):
            call(self=1)
    with pytest.raises(FieldError, match="option 'self'"):
        await posts.all().explain(self=True)
    found = Query("post").select(self=F("views")).where(title="one")
    assert [row.self for row in await db.fetch(found)] == [0]


async def test_a_name_of_the_query_builder_is_quoted_whatever_it_is(db: Database) -> None:
    await write()
    for name in ["a b", "title--", "x'; --", "%s", "a%", "{0}", "post;", "$1", "?x", "\\", "`"]:
        for ask in (
            lambda n: Query(n).select("id"),
            lambda n: Query("post").select(n),
            lambda n: Query("post").select("id").where(**{n: 1}),
            lambda n: Query("post").select("id").order_by(n),
        ):
            with pytest.raises((ProgrammingError, FieldError)) as caught:
                await db.fetch(ask(name))
            assert "syntax" not in str(caught.value), name
    assert await posts.count() == 1


# --- values --------------------------------------------------------------------------------------


def nested(make: Callable[[Any], Any], levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = make(value)
    return value


VALUES: list[Any] = [
    "' OR 1=1 --",
    "\\",
    "%s",
    ":name",
    "a\x00b",
    "\ud800",
    "x" * 5000,
    "\u0661\u0662",
    "2026-13-45",
    b"\x00\xff",
    {},
    {"gt": 1},
    {"__gt": 1, "$ne": None},
    [],
    [[1]],
    [None],
    [{}],
    ["a", 1],
    list(range(10_000)),
    nested(lambda value: [value], 3000),
    nested(lambda value: {"a": value}, 3000),
    object(),
    object,
    Post,
    2**63,
    -(2**63) - 1,
    10**400,
    10**5000,
    float("nan"),
    float("inf"),
    1e308,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("1e1000000"),
    Decimal("1e-1000000"),
    True,
    None,
    datetime.max,
    datetime.max.replace(tzinfo=UTC),
    timedelta.max,
    complex(1, 2),
    ...,
]

LOOKUPS = ["", "__gt", "__in", "__contains", "__range", "__isnull", "__iexact"]
FIELDS = ["title", "views", "price", "share", "is_public", "data", "made", "day", "author", "id"]
PARTS = ["made__year", "made__year__gte", "made__date", "made__time", "day__week_day__in"]


def filtered(path: str) -> Callable[[Any], Any]:
    return lambda value: rows(posts.filter(**{path: value}))


def windowed(value: Any) -> Any:
    frame = RowRange(None, value)
    return rows(posts.annotate(found=Window(Sum("views"), order_by="id", frame=frame)))


async def locking(value: Any) -> None:
    async with atomic():
        await posts.select_for_update(of=value).fetch()


def paged(value: Any) -> Any:
    return Paginator(posts.order_by("id"), 2).page(value)


async def streamed(value: Any) -> None:
    async for _ in posts.iterator(chunk_size=value):
        pass


VALUE_PLACES: dict[str, Callable[[Any], Any]] = {
    path: filtered(path) for path in [f + lookup for f in FIELDS for lookup in LOOKUPS] + PARTS
} | {
    "Value": lambda v: rows(posts.annotate(found=Value(v))),
    "Value of a field": lambda v: posts.filter(id=-1).update(views=Value(v)),
    "added": lambda v: rows(posts.annotate(found=F("price") + v)),
    "shifted": lambda v: rows(posts.annotate(found=F("views").bitleftshift(v))),
    "Case": lambda v: rows(posts.annotate(found=Case(When(views=v, then=Value(v))))),
    "Coalesce": lambda v: rows(posts.annotate(found=Coalesce("views", Value(v)))),
    "Ntile": lambda v: rows(posts.annotate(found=Window(Ntile(v), order_by="id"))),
    "frame": windowed,
    "slice": lambda v: rows(posts.all()[:v]),
    "offset": lambda v: rows(posts.all()[v:]),
    "default": lambda v: posts.filter(id=-1).aggregate(found=Sum("views", default=v)),
    "delimiter": lambda v: posts.aggregate(found=StringAgg("title", v)),
    "having": lambda v: rows(authors.annotate(n=Count("posts")).filter(n__in=v)),
    "of a window": lambda v: rows(
        posts.annotate(n=Window(RowNumber(), order_by="id")).filter(n__lte=v)
    ),
    "of a subquery": lambda v: rows(posts.filter(author__in=authors.filter(name__in=v))),
    "condition": lambda v: rows(posts.filter(v)),
    "annotate": lambda v: rows(posts.annotate(found=v)),
    "order_by": lambda v: rows(posts.order_by(v)),
    "values": lambda v: rows(posts.values(v)),
    "select_related": lambda v: rows(posts.select_related(v)),
    "F": lambda v: rows(posts.annotate(found=F(v))),
    "compare": lambda v: rows(posts.filter(F("title").compare(v, 1))),
    "Trunc": lambda v: rows(posts.annotate(found=Trunc("made", v))),
    "Func": lambda v: nothing(Func("title", function=v)),
    "template": lambda v: nothing(Func("title", function="LOWER", template=v)),
    "select_for_update": locking,
    "update": lambda v: posts.filter(id=-1).update(views=v),
    "in_bulk": lambda v: posts.in_bulk(v),
    "in_bulk of one": lambda v: posts.in_bulk([v]),
    "get": lambda v: posts.get(pk=v),
    "page": lambda v: posts.order_by("id").page(v),
    "after": lambda v: rows(posts.order_by("id").after(v)),
    "Paginator": paged,
    "iterator": streamed,
    "using": lambda v: rows(posts.using(v)),
    "explain": lambda v: posts.all().explain(v),
    "returning": lambda v: posts.filter(id=-1).returning(v).update(views=1),
    "bulk_update": lambda v: posts.bulk_update([], v),
    "updated fields": lambda v: created(update_fields=v),
    "unique fields": lambda v: created(unique_fields=v),
    "batch_size": lambda v: posts.bulk_create([], batch_size=v),
    "raw": lambda v: rows(posts.raw("select id from post", translations=v)),
}


@pytest.mark.parametrize("place", VALUE_PLACES)
async def test_a_hostile_value_is_a_value_or_refused(place: str, db: Database) -> None:
    set_cursor_secret("k" * 40)
    author = await write()
    refusals: list[Exception] = []
    for value in VALUES:
        try:
            await VALUE_PLACES[place](value)
        except CovetError as error:
            refusals.append(error)
    assert not [error for error in refusals if isinstance(error, SENT_BY_NO_RIGHT)]
    assert [post.title for post in await posts.fetch()] == ["one"]
    assert (await authors.get()).pk == author.pk


TEXTS = ["' OR 1=1 --", "\\", "\\'", "%", "_", "%s", "%%", ":a", "$1", "?", "{0}", '"', "`", "#"]


async def test_what_looks_like_sql_is_found_as_it_is(db: Database) -> None:
    author = await write()
    for text in [
        "' OR 1=1 --",
        "\\",
        "\\'",
        "%",
        "_",
        "%s",
        "%%",
        ":a",
        "$1",
        "?",
        "{0}",
        '"',
        "`",
    ]:
        await Post.objects.create(title=text, author=author, data={text: text})
        for lookup in ("exact", "contains", "startswith", "endswith", "iexact", "in"):
            value: Any = [text] if lookup == "in" else text
            found = posts.filter(**{f"title__{lookup}": value}).exclude(title="one")
            found = found.exclude(~Q(title__in=[text]))
            assert [post.title for post in await found.fetch()] == [text], lookup
        found = posts.filter(title=text)
        assert await found.aggregate(found=StringAgg("title", text)) == {"found": text}
        assert (await found.annotate(found=Value(text)).get()).found == text
        assert (await found.get()).data == {text: text}


# --- large and deep ------------------------------------------------------------------------------


async def test_what_is_nested_too_deep_is_a_typed_error_or_an_answer(db: Database) -> None:
    await write()
    conditions: list[Any] = [
        nested(lambda q: ~(Q(views=0) | (q if isinstance(q, Q) else Q(views=1))), 2000),
        nested(lambda q: Q(views=0) & ~(q if isinstance(q, Q) else Q(views=1)), 2000),
    ]
    for condition in conditions:
        with pytest.raises(QueryTooComplex):
            await posts.filter(condition).fetch()
    for make in (
        lambda e: Lower(e if isinstance(e, Lower) else "title"),
        lambda e: Case(When(views=1, then=e)),
        lambda e: F("views") + e,
        lambda e: Coalesce("views", e),
    ):
        with pytest.raises(QueryTooComplex):
            await posts.annotate(found=nested(make, 2000)).fetch()
    inner = posts.values("id")
    for _ in range(50):
        inner = posts.filter(id__in=inner).values("id")
    if db.dialect.name == "sqlite":
        with pytest.raises(QueryTooComplex, match="SQLite"):
            await inner.fetch()
    else:
        assert len(await inner.fetch()) == 1


async def test_a_long_list_is_answered(db: Database) -> None:
    await write()
    many = list(range(-200_000, 1))

    assert await posts.filter(views__in=many).count() == 1
    assert await posts.filter(author__in=authors.filter(posts__views__in=many)).count() == 1
    assert await posts.exclude(views__in=many).count() == 0


# --- cursors -------------------------------------------------------------------------------------


async def test_a_cursor_of_somebody_else_is_refused(db: Database) -> None:
    set_cursor_secret("k" * 40)
    author = await write()
    await Post.objects.create(title="two", author=author)
    cursor = (await posts.order_by("id").page(1)).next_cursor
    assert cursor is not None

    cursors = [cursor[:-1], cursor + "A", cursor[::-1], cursor.swapcase(), "=" * 50, "A" * 100_000]
    cursors += ["\x00", "\ud800", cursor.replace("A", "B") + " ", "é", "", cursor + "\n"]
    for wrong in cursors:
        with pytest.raises(InvalidCursor):
            posts.order_by("id").after(wrong)
    for query in (posts.order_by("-id"), posts.order_by("title"), authors.order_by("id")):
        with pytest.raises(InvalidCursor):
            query.after(cursor)
    assert await posts.order_by("id").after(cursor).count() == 1


async def test_pages_of_huge_numbers_cost_nothing(db: Database) -> None:
    await write()
    paginator = Paginator(posts.order_by("id"), 2)

    numbers: list[Any] = [Decimal("1e1000000"), "9" * 5000, float("inf"), "1e9"]
    for number in numbers:
        with pytest.raises(PageNotAnInteger):
            await paginator.page(number)
        assert (await paginator.get_page(number)).number == 1


# --- what a user's dictionary reaches ------------------------------------------------------------

INTERNAL = ["_connector", "_negated", "connector", "negated", "children", "model", "_spec", "using"]


REACHING: list[Callable[[dict[str, Any]], Any]] = [
    lambda given: rows(posts.filter(**given)),
    lambda given: rows(posts.exclude(**given)),
    lambda given: rows(posts.filter(Q(**given))),
    lambda given: rows(posts.annotate(found=Case(When(**given, then=Value(1))))),
    lambda given: rows(totals("totals").filter(**given)),
    lambda given: rows(With(posts.all(), "found").join(Post, **given)),
]


@pytest.mark.parametrize("name", INTERNAL)
async def test_a_dictionary_reaches_no_switch(name: str, db: Database) -> None:
    await write()

    for value in ("OR", True, "x"):
        for ask in REACHING:
            with pytest.raises(FieldError):
                await ask({name: value, "views": 1})


async def test_errors_do_not_show_what_a_row_holds(db: Database) -> None:
    await write()

    with pytest.raises(ObjectDoesNotExist) as caught:
        await posts.get(author__password="guess")
    assert "secret" not in str(caught.value)
