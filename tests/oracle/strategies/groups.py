"""Which aggregates, groups and conditions on them are tried?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ..grouping import Aggregated, Summary
from ..reference import Term
from ..tables import TABLES, Column, World, table_at
from ..tree import Case, Condition, Constant, Path, negate, paths
from .draw import Draw, some
from .leaves import conditions
from .places import ORDER, RELATION_PATHS, Place, is_fair
from .questions import trees
from .values import VALUES, small_integers, values, worlds

SUMMED = ("integer", "decimal")
COUNTED = (*VALUES, "decimal")
COMPARED = tuple(kind for kind in COUNTED if kind != "boolean")
BY = {"author": ("active", "score", "born", "name", "mentor_id"), "post": ("draft", "views", "day")}


@dataclass(frozen=True)
class Summaries:
    """Data, and what is summed up of it."""

    world: World
    summaries: tuple[Summary, ...]


@st.composite
def summaries(draw: Draw[Any]) -> Summaries:
    """Data, and some summaries of it."""
    world = draw(worlds())
    return Summaries(world, tuple(draw(some(_summaries(world), 4, least=1))))


@st.composite
def _summaries(draw: Draw[Any], world: World) -> Summary:
    """Aggregates over up to two paths of relations, as often as rows of both go together."""
    table = draw(st.sampled_from(tuple(TABLES)))
    ways = draw(some(st.sampled_from(RELATION_PATHS[table]), 2, least=1))
    places = [Place(world, table_at(table, s), s, True) for s in dict.fromkeys([(), *ways])]
    fair = conditions(places).filter(lambda leaf: is_fair(world, table, leaf))
    condition = draw(st.none() | trees(fair).filter(lambda tree: is_fair(world, table, tree)))
    columns = st.lists(st.sampled_from(BY[table]), max_size=2, unique=True)
    by = draw(st.just(()) | columns.map(tuple))
    asked = draw(some(_aggregates(places, fair), 3, least=1))
    results = {f"a{n}": result_of(table, each) for n, each in enumerate(asked)}
    having = draw(st.none() | trees(_havings(results)))
    first = Term(Path((), draw(st.sampled_from([*results]))), draw(st.booleans()), said="f")
    terms = (first, *(Term(Path((), name)) for name in by or ("id",)))
    stop = draw(st.none() | st.integers(1, 3))
    return Summary(table, condition, by, tuple(asked), having, terms, stop)


@st.composite
def _aggregates(
    draw: Draw[Any], places: Sequence[Place], fair: st.SearchStrategy[Condition]
) -> Aggregated:
    function = draw(st.sampled_from(("Count", "Sum", "Min", "Max", "Avg")))
    kinds = {"Count": COUNTED, "Sum": SUMMED, "Avg": ("integer",)}.get(function, COMPARED)
    place = draw(st.sampled_from([p for p in places if p.columns(kinds)]))
    path, column = draw(st.sampled_from([c for c in place.columns(kinds) if c[1].digits < 20]))
    of: Any = path
    if draw(st.integers(0, 3)) == 3:
        of = Case(((draw(fair), path),), Constant(draw(st.none() | place.values(path, column))))
    distinct = function not in ("Min", "Max") and draw(st.booleans())
    return Aggregated(function, of, distinct, draw(st.none() | fair | fair.map(negate)))


def result_of(table: str, asked: Aggregated) -> Column:
    """What kind of value an aggregate has."""
    if asked.function in ("Count", "Avg"):
        return Column({"Count": "integer", "Avg": "float"}[asked.function])
    path = next(paths(asked.of.cases[0][1] if isinstance(asked.of, Case) else asked.of))
    return TABLES[table_at(table, path.steps)].columns[path.column]


@st.composite
def _havings(draw: Draw[Any], columns: dict[str, Column]) -> Condition:
    """``a0__gt=1``"""
    name = draw(st.sampled_from([*columns]))
    lookup = draw(st.sampled_from(("exact", "isnull", *ORDER)))
    value = small_integers if columns[name].kind in SUMMED else values(columns[name])
    asked = draw(st.booleans() if lookup == "isnull" else value)
    return Condition(Path((), name), lookup, asked, draw(st.sampled_from(("keyword", "f"))))
