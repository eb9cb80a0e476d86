"""Which values are tried that depend on conditions, or are chosen among others?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ..tree import (
    Call,
    Case,
    Condition,
    Constant,
    Expression,
    Path,
    Predicate,
    Tree,
    negate,
    paths,
)
from .draw import Draw
from .leaves import COMPARABLE, COMPARING, LOOKUPS, conditions, operands
from .places import ORDER, Place, is_fair, leads_to_many

FUNCTIONS = ("Coalesce", "NullIf", "Greatest", "Least")


def chosen(places: Sequence[Place]) -> st.SearchStrategy[Condition]:
    """A condition on a ``Case``, on a function that chooses, or on what another condition is."""
    return _values_compared(places) | _values_compared(places) | _truths(places)


@st.composite
def _values_compared(draw: Draw[Any], places: Sequence[Place]) -> Condition:
    found = [(place, kinds) for place in places for kinds in COMPARABLE if place.columns(kinds)]
    place, kinds = draw(st.sampled_from(found))
    path, column = draw(st.sampled_from(place.columns(kinds)))
    others = [path for path, _ in place.columns(kinds)]
    values = place.values(path, column)
    either = st.sampled_from(others) | values.map(Constant)
    left = draw(_cases(places, path, either) | _calls(path, either))
    lookup = draw(st.sampled_from(LOOKUPS.get(column.kind, COMPARING)))
    right = operands(column, lookup, values)
    if lookup in ("exact", *ORDER):
        right |= st.sampled_from(others)
    return Condition(left, lookup, draw(right), draw(wordings(left, places)))


@st.composite
def _cases(
    draw: Draw[Any], places: Sequence[Place], path: Path, either: st.SearchStrategy[Any]
) -> Case:
    cases = st.lists(st.tuples(_tests(places), either), max_size=1)
    first = (draw(_tests(places)), path)
    return Case((first, *draw(cases)), draw(either | st.just(Constant(None))))


@st.composite
def _calls(draw: Draw[Any], path: Path, either: st.SearchStrategy[Any]) -> Call:
    name = draw(st.sampled_from(FUNCTIONS))
    least, most = (1, 1) if name == "NullIf" else (1, 2)
    others = draw(st.lists(either, min_size=least, max_size=most))
    return Call(name, (path, *others))


@st.composite
def _truths(draw: Draw[Any], places: Sequence[Place]) -> Condition:
    left = Predicate(draw(_tests(places)))
    lookup = draw(st.sampled_from(("exact", "exact", "isnull")))
    return Condition(left, lookup, draw(st.booleans()), draw(wordings(left, places)))


def _tests(places: Sequence[Place]) -> st.SearchStrategy[Tree]:
    """What a value depends on: a plain condition, or its complement."""
    root = places[0]
    fair = conditions(places).filter(lambda leaf: is_fair(root.world, root.table, leaf))
    return fair | fair.map(negate)


def wordings(left: Expression, places: Sequence[Place]) -> st.SearchStrategy[Any]:
    """As it stands, or annotated first where that multiplies no rows."""
    many = any(leads_to_many(places[0].table, path.steps) for path in paths(left))
    return st.just("f") if many else st.sampled_from(("f", "annotated"))
