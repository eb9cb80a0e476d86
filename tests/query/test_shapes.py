"""Have two queries of one shape one text? A plan that is kept for a shape must be right for both.

Whatever changes the SQL belongs into the shape of a query; here queries are put together at random,
and what is kept for a shape is compared with what is worked out anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covet import (
    Case,
    Cast,
    CharField,
    Coalesce,
    Count,
    CovetError,
    DateTimeField,
    DecimalField,
    EmailField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    FloatField,
    Func,
    IntegerField,
    JSONField,
    Lag,
    Lower,
    Max,
    OuterRef,
    Q,
    RawSQL,
    RowNumber,
    RowRange,
    StringAgg,
    Subquery,
    Sum,
    Trunc,
    Value,
    ValueRange,
    When,
    Window,
    With,
)
from covet.query import resolve
from covet.sql.compiler import compiled
from covet.sql.dialects import dialect_for
from covet.sync import ForeignKey, Model


class ShapedAuthor(Model):
    name = CharField(max_length=20)
    age = IntegerField(null=True)


class ShapedPost(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2)
    share = FloatField(null=True)
    made = DateTimeField()
    author = ForeignKey(ShapedAuthor, null=True, related_name="posts")


posts: Any = ShapedPost.objects
authors: Any = ShapedAuthor.objects

NUMBERS = st.sampled_from(["views", "author__age", "id"])
FIELDS = st.sampled_from(["title", "views", "price", "share", "made", "author", "author__name"])
LOOKUPS = st.sampled_from(["", "__gt", "__in", "__isnull", "__contains", "__range", "__year"])
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(0, 1, -3, 2**63 - 1, 2**63, -(2**63) - 1, 2**70),
        *("x", "", "%s", 1.5, 1e300, None, True, False),
        *(Decimal("2.5"), Decimal("1e30")),
        *(date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1)),
        *([1], [1, 2], [], [None], [1, None], ["x"], [2**70], [1, 2**70]),
    ]
)
NAMES = st.sampled_from(["found", "other"])
TYPES: st.SearchStrategy[Any] = st.sampled_from(
    [
        IntegerField(),
        FloatField(),
        CharField(max_length=5),
        CharField(max_length=9),
        DecimalField(max_digits=6, decimal_places=2),
        DecimalField(max_digits=6, decimal_places=3),
    ]
)


def built(make: Callable[..., Any], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What can be made of some parts; what is refused at once never gets a shape."""

    def tried(*drawn: Any) -> Any:
        try:
            return make(*drawn)
        except CovetError:
            return None

    return st.builds(tried, *parts).filter(lambda found: found is not None)


@st.composite
def conditions(draw: st.DrawFn) -> Q:
    condition = Q((draw(FIELDS) + draw(LOOKUPS), draw(VALUES)))
    if draw(st.booleans()):
        other = draw(built(lambda n, v: Q((n, v)), FIELDS, VALUES | NUMBERS.map(F)))
        condition = draw(st.sampled_from([condition & other, condition | other, condition ^ other]))
    return ~condition if draw(st.booleans()) else condition


FRAMES = st.none() | built(
    lambda kind, start, end, left_out: kind(min(start, end), max(start, end), left_out),
    st.sampled_from([RowRange, ValueRange]),
    st.integers(-2, 2),
    st.integers(-2, 2),
    st.sampled_from([None, "CURRENT ROW", "TIES"]),
)
INNER = built(
    lambda condition, n: authors.filter(posts__title="x").filter(id=OuterRef("author"))[: n % 3],
    conditions(),
    st.integers(1, 2),
) | built(lambda c: posts.filter(c, author=OuterRef("author")), conditions())

SIMPLE: st.SearchStrategy[Any] = (
    NUMBERS.map(F)
    | built(Value, VALUES.filter(lambda value: not isinstance(value, list)))
    | built(Value, st.sampled_from([None, 1, "1"]), TYPES)
    | built(lambda n, v: F(n) + v, NUMBERS, st.sampled_from([1, 2, 1.5, F("views")]))
)
EXPRESSIONS = SIMPLE | st.one_of(
    built(Coalesce, SIMPLE, SIMPLE),
    built(
        lambda c, then, rest: Case(When(c, then=then), default=rest), conditions(), SIMPLE, SIMPLE
    ),
    built(Cast, SIMPLE, TYPES),
    built(ExpressionWrapper, SIMPLE, TYPES),
    built(lambda v: RawSQL("f(%s)", (v,)), VALUES),
    built(lambda t, v: RawSQL(t, (v,)), st.sampled_from(["g(%s)", "%s %% 2"]), VALUES),
    built(
        lambda function, template, joiner: Func(
            "title", "views", function=function, template=template, arg_joiner=joiner
        ),
        st.sampled_from(["X", "Y", "CASE"]),
        st.sampled_from([None, "None", "%(function)s[%(expressions)s]"]),
        st.sampled_from([None, "None", " AND "]),
    ),
    st.sampled_from([Lower("title"), Lower("author__name"), Lower(Value("X"))]),
    built(Trunc, st.just("made"), st.sampled_from(["day", "year"])),
    built(
        lambda order, part, frame: Window(Sum("views"), part, order, frame),
        st.sampled_from(["id", "-id", ["views", "id"]]),
        st.sampled_from([None, "author", ["author", "title"]]),
        FRAMES,
    ),
    built(lambda n, d: Window(Lag("views", n, d), order_by="id"), st.integers(1, 3), VALUES),
    st.just(Window(RowNumber(), order_by="id")),
    built(Exists, INNER),
    built(lambda query: Subquery(query.values("id")[:1]), INNER),
)
AGGREGATES = st.one_of(
    built(lambda d, c: Count("views", distinct=d, filter=c), st.booleans(), conditions()),
    built(lambda v: Sum("views", default=v), st.sampled_from([None, 0, 1, 1.5])),
    built(lambda e: Max(e), NUMBERS),
    built(
        lambda text, order: StringAgg("title", text, order_by=order),
        st.sampled_from([",", "%s", "'"]),
        st.sampled_from([None, "id", "-id"]),
    ),
)


def in_cte(query: Any, name: str, condition: Q, recursive: bool) -> Any:
    both = posts.filter(condition).values("author", "views").union(posts.values("author", "views"))
    table = With.recursive(lambda _: both, name) if recursive else With(both, name)
    return table.join(query, author=table.col.author).with_cte(table)


Step = tuple[str, Any, Any]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("filter"), conditions(), st.none()),
    st.tuples(st.just("exclude"), conditions(), st.none()),
    st.tuples(st.just("filter"), built(Exists, INNER), st.none()),
    st.tuples(st.just("author__in"), INNER, st.none()),
    st.tuples(st.sampled_from(["annotate", "alias"]), NAMES, EXPRESSIONS | AGGREGATES),
    st.tuples(st.just("name it"), NAMES, VALUES),
    st.tuples(st.just("order_by"), FIELDS | NAMES | EXPRESSIONS.map(lambda e: e.desc()), st.none()),
    st.tuples(st.sampled_from(["values", "values_list"]), FIELDS | NAMES, st.none()),
    st.tuples(st.just("slice"), st.integers(0, 3), st.none() | st.integers(0, 3)),
    st.tuples(st.sampled_from(["reverse", "distinct"]), st.none(), st.none()),
    st.tuples(st.just("distinct"), FIELDS, st.none()),
    st.tuples(st.just("related"), conditions(), st.none()),
    st.tuples(st.just("cte"), NAMES, st.tuples(conditions(), st.booleans())),
    st.tuples(st.just("union"), conditions(), st.booleans()),
)


def taken(query: Any, step: Step) -> Any:
    """The query after one more step."""
    word, first, second = step
    match word:
        case "annotate" | "alias":
            return getattr(query, word)(**{first: second})
        case "name it":
            return query.filter(**{first: second})
        case "author__in":
            return query.filter(author__in=first.values("id"))
        case "slice":
            return query[first : None if second is None else first + second]
        case "related":
            relation = FilteredRelation("author__posts", condition=Q(author__posts__title="x"))
            return query.annotate(related=relation).filter(related__views__gt=1).filter(first)
        case "cte":
            return in_cte(query, first, *second)
        case "union":
            return query.union(posts.filter(first), all=second)
    return getattr(query, word)(*(() if first is None else (first,)))


def made(steps: list[Step]) -> Any:
    """The query of those steps that can be taken."""
    query = posts.all()
    for step in steps:
        try:
            query = taken(query, step)
        except CovetError:
            continue
    return query


def text_of(query: Any, name: str) -> Any:
    """The statement as it is worked out anew, and what binds it; or the error."""
    try:
        return compiled(resolve.select(query._spec), dialect_for(name))
    except CovetError as error:
        return type(error)


def bound(statement: Any, query: Any) -> Any:
    """What is sent for a query by a statement, or which error there is."""
    if isinstance(statement, type):
        return statement
    spec = query._spec
    try:
        return statement.bind(spec.values + spec.window_values)
    except CovetError as error:
        return type(error)


QUERIES = st.lists(STEPS, max_size=4).map(made)
KEPT: dict[Any, tuple[Any, Any]] = {}
"""The statement that was made first for each shape, over all examples."""


def check(query: Any) -> None:
    """What was made for the first query of this shape sends the same as what is made anew."""
    spec = query._spec
    if spec.nothing:
        return
    for name in ("sqlite", "postgresql", "mysql"):
        anew = text_of(query, name)
        key = (name, spec.window, spec.key)
        kept, first = KEPT.setdefault(key, (anew, query))
        assert bound(kept, query) == bound(anew, query), (first, query)


@settings(max_examples=120)
@given(queries=st.lists(QUERIES, min_size=1, max_size=4))
def test_a_plan_of_the_same_shape_is_the_plan(queries: list[Any]) -> None:
    for query in queries:
        check(query)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda: Func("title", function="X"), lambda: Func("title", function="X", template="None")),
        (
            lambda: Func("title", function="X"),
            lambda: Func("title", function="X", arg_joiner="None"),
        ),
        (lambda: Value([]), lambda: Value(None)),
        (lambda: Value(1), lambda: Value(1.0)),
        (lambda: Value(2**63), lambda: Value(2**62)),
    ],
)
def test_expressions_of_other_sql_have_another_shape(
    one: Callable[[], Any], other: Callable[[], Any]
) -> None:
    assert one().key != other().key


def test_a_recursive_query_has_another_shape_than_a_plain_one() -> None:
    plain, recursive = (in_cte(posts.all(), "totals", Q(views=1), word) for word in (False, True))

    assert plain._spec.key != recursive._spec.key


class Upto(IntegerField):
    """A whole number with an option of its own."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


def test_a_field_of_ones_own_has_a_shape_with_its_options() -> None:
    assert Cast("age", Upto(3)).key != Cast("age", Upto(4)).key


@pytest.mark.parametrize(
    "made",
    [
        lambda: Upto(3),
        lambda: CharField(max_length=9),
        lambda: DecimalField(max_digits=5, decimal_places=2),
        lambda: EmailField(),
        lambda: JSONField(encoder=json.JSONEncoder),
        lambda: DateTimeField(null=True),
    ],
    ids=["own", "char", "decimal", "email", "json", "datetime"],
)
def test_fields_made_alike_have_one_shape(made: Callable[[], Any]) -> None:
    assert Cast("age", made()).key == Cast("age", made()).key


def test_fields_of_models_have_shapes_of_their_own() -> None:
    fields = {field.name: field for field in ShapedPost._table.fields}
    keys = {Cast("age", field).key for field in fields.values()}
    assert len(keys) == len(fields)
