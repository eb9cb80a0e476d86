"""Which windows and which set operations are tried?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ..combining import Combined, Part
from ..ranking import RANKS, Ranking
from ..reference import Term
from ..tables import TABLES, World
from ..tree import Condition, Path
from .draw import Draw, some
from .places import ORDER
from .questions import trees, trees_about
from .values import small_integers, worlds

SUMMED = {"author": "score", "post": "views"}
BY = {"author": ("active", "score", "mentor_id"), "post": ("draft", "views", "author_id")}
KINDS = ("line", "text", "integer", "float", "boolean", "date", "key")
"""Of columns that both tables have."""


@dataclass(frozen=True)
class Rankings:
    """Data, and some windows over it."""

    world: World
    rankings: tuple[Ranking, ...]


@st.composite
def rankings(draw: Draw[Any]) -> Rankings:
    """Data, and some windows over its rows."""
    world = draw(worlds())
    return Rankings(world, tuple(draw(some(_rankings(world), 5, least=1))))


@st.composite
def _rankings(draw: Draw[Any], world: World) -> Ranking:
    table = draw(st.sampled_from(tuple(TABLES)))
    function = draw(st.sampled_from((*RANKS, "Count", "Sum", "Min", "Max")))
    by = draw(st.lists(st.sampled_from(BY[table]), max_size=2, unique=True))
    nulls = st.sampled_from((None, True, False))
    paths = st.sampled_from([Path((), name) for name in TABLES[table].columns])
    term = st.builds(Term, paths, st.booleans(), nulls, st.just("f"))
    terms = draw(st.lists(term, min_size=int(function in RANKS), max_size=2))
    if function == "RowNumber":
        terms.append(Term(Path((), "pk")))
    outer = draw(trees(_results()))  # what is not about the window would be asked before it
    condition = draw(trees_about(world, table, to_many=False))
    return Ranking(table, condition, function, SUMMED[table], tuple(by), tuple(terms), outer)


@st.composite
def _results(draw: Draw[Any]) -> Condition:
    """``w__lte=2``"""
    lookup = draw(st.sampled_from(("exact", "isnull", *ORDER)))
    value = draw(st.booleans() if lookup == "isnull" else small_integers)
    return Condition(Path((), "w"), lookup, value, draw(st.sampled_from(("keyword", "f"))))


@dataclass(frozen=True)
class Combinations:
    """Data, and some queries that are put together."""

    world: World
    combinations: tuple[Combined, ...]


@st.composite
def combinations(draw: Draw[Any]) -> Combinations:
    """Data, and some combinations of queries for it."""
    world = draw(worlds())
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    found = some(_combined(_parts(world, tuple(kinds))), 5, least=1)
    return Combinations(world, tuple(draw(found)))


def _combined(part: st.SearchStrategy[Part]) -> st.SearchStrategy[Combined]:
    verbs = st.sampled_from(("union", "union all", "intersection", "difference"))
    simple = st.builds(Combined, verbs, part, part)
    return simple | st.builds(Combined, verbs, simple, part | simple)


@st.composite
def _parts(draw: Draw[Any], world: World, kinds: tuple[str, ...]) -> Part:
    """Rows of some table, and a column of each kind of them."""
    table = draw(st.sampled_from(tuple(TABLES)))
    shown = [draw(st.sampled_from(columns_of(table)[kind])) for kind in kinds]
    return Part(table, draw(trees_about(world, table, to_many=False)), tuple(shown))


def columns_of(table: str) -> Mapping[str, list[str]]:
    """A table's columns by kind."""
    found: dict[str, list[str]] = {}
    for name, column in TABLES[table].columns.items():
        found.setdefault(column.kind, []).append(name)
    return found
