"""Do two queries of one shape have one text, and is every query's text its own?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from covet import CovetError
from covet.query.free.resolve import statement
from covet.query_builder import Case, Count, Exists, F, Q, Query, RawExpression, Sum, Value, When
from covet.sql.compiler import compiled
from covet.sql.dialects import dialect_for

NAMES = st.sampled_from(["a", "b", "u.a"])
VALUES = st.sampled_from(
    [1, 2, -3, "x", "y", 1.5, None, True, False, Decimal("2.5"), date(2026, 1, 1), [1], [1, 2], []]
)
LOOKUPS = st.sampled_from(["", "__gt", "__in", "__isnull", "__contains", "__range"])


@st.composite
def conditions(draw: st.DrawFn) -> Q:
    name, lookup, value = draw(NAMES), draw(LOOKUPS), draw(VALUES)
    condition = Q((name + lookup, value))
    other = draw(st.none() | st.builds(lambda n, v: Q((n, v)), NAMES, VALUES))
    if other is not None:
        condition = draw(st.sampled_from([condition & other, condition | other]))
    return ~condition if draw(st.booleans()) else condition


EXPRESSIONS = (
    NAMES.map(F)
    | st.builds(lambda n, v: F(n) + v, NAMES, st.sampled_from([1, 2, 1.5, "x"]))
    | st.builds(lambda v: RawExpression("f(%s)", v), st.sampled_from([1, "x", None]))
    | st.builds(lambda c, v: Case(When(c, then=Value(v))), conditions(), st.sampled_from([1, "x"]))
)
ORDERS = st.sampled_from(["a", "-a", "u.b", "n"])
INNER = st.builds(lambda c: Query("u").select("a").where(c), conditions())

STEPS = st.one_of(
    st.tuples(st.just("select"), EXPRESSIONS),
    st.tuples(st.just("where"), conditions()),
    st.tuples(st.just("where"), INNER.map(Exists)),
    st.tuples(st.just("having"), st.builds(lambda v: Sum("a") > v, st.sampled_from([1, 2.5]))),
    st.tuples(st.just("group_by"), EXPRESSIONS),
    st.tuples(st.just("order_by"), ORDERS | EXPRESSIONS.map(lambda e: e.desc())),
    st.tuples(st.just("limit"), st.integers(0, 5) | st.none()),
    st.tuples(st.just("offset"), st.integers(0, 5) | st.none()),
    st.tuples(st.just("union_all"), INNER),
    st.tuples(st.just("except_"), INNER),
)


def made(steps: list[tuple[str, Any]]) -> Query:
    query = Query("t").cross_join("u").select(n=Count("*"))
    for method, given_ in steps:
        query = getattr(query, method)(given_)
    return query


def text(query: Query, dialect: str) -> Any:
    """The text as it is worked out anew."""
    chosen = dialect_for(dialect)
    return compiled(statement(query.spec), chosen).bind(query.spec.values)


QUERIES = st.lists(STEPS, max_size=5).map(made)


@settings(max_examples=150)
@given(first=QUERIES, second=QUERIES)
def test_what_is_known_of_a_shape_is_what_would_be_worked_out_anew(
    first: Query, second: Query
) -> None:
    for query in (first, second, first):
        for dialect in ("sqlite", "postgresql"):
            try:
                anew = text(query, dialect)
            except (CovetError, ValueError) as error:
                anew = type(error)
            try:
                known: Any = query.sql(dialect)
            except (CovetError, ValueError) as error:
                known = type(error)
            assert known == anew


@given(one=st.lists(STEPS, max_size=4), other=st.lists(STEPS, max_size=4))
def test_queries_that_differ_in_their_text_differ_in_their_shape(
    one: list[Any], other: list[Any]
) -> None:
    first, second = made(one), made(other)
    try:
        texts = [text(query, "mysql")[0] for query in (first, second)]
    except CovetError:
        return
    if texts[0] != texts[1]:
        assert first.spec.key != second.spec.key or _lists(first) != _lists(second)


def _lists(query: Query) -> list[int]:
    """How long the lists are, which are no part of the shape."""
    return [len(value) for value in query.spec.values if isinstance(value, tuple | list)]
