"""Which queries inside of others are tried?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ..tables import TABLES, ToOne
from ..tree import Condition, Exists, Group, Outer, Path, Picked, Query, Tree, negate
from .chosen import wordings
from .draw import Draw
from .leaves import COMPARABLE, conditions
from .places import ORDER, Place, is_fair, leads_to_many


def inner(places: Sequence[Place]) -> st.SearchStrategy[Tree]:
    """``Exists``, ``in`` a queryset, and ``Subquery`` on one side of a comparison."""
    return st.one_of(_existing(places), _members(places), _picked(places))


@st.composite
def _existing(draw: Draw[Any], places: Sequence[Place]) -> Exists:
    return Exists(draw(_queries(places, draw(st.sampled_from(tuple(TABLES))), "pk")))


@st.composite
def _members(draw: Draw[Any], places: Sequence[Place]) -> Condition:
    """``score__in=Post.objects.filter(…).values("views")``, ``author__in=Author.objects…``"""
    if draw(st.booleans()):
        path, _, asked = draw(_pairs(places))
        return Condition(path, "in", asked, draw(st.sampled_from(("keyword", "f"))))
    place = draw(st.sampled_from(places))
    ways = [(n, to) for n, to in TABLES[place.table].relations.items() if isinstance(to, ToOne)]
    name, to = draw(st.sampled_from(ways))
    asked = draw(_queries(places, to.target, "pk"))
    return Condition(Path((*place.steps, name), ""), "in", asked)


@st.composite
def _picked(draw: Draw[Any], places: Sequence[Place]) -> Condition:
    """``score__gt=Subquery(Post.objects.filter(…).order_by("day").values("views")[:1])``"""
    path, kind, asked = draw(_pairs(places))
    order = draw(st.sampled_from([*TABLES[asked.table].columns]))
    picked = Picked(asked, order, draw(st.booleans()))
    lookup = draw(st.sampled_from(comparing(kind)))
    if draw(st.booleans()):
        return Condition(path, lookup, picked, draw(st.sampled_from(("keyword", "f"))))
    return Condition(picked, lookup, path, draw(wordings(picked, places)))


@st.composite
def _pairs(draw: Draw[Any], places: Sequence[Place]) -> tuple[Path, str, Query]:
    """A column and its kind, and a query for others of its kind."""
    table = draw(st.sampled_from(tuple(TABLES)))
    there = Place(places[0].world, table, (), to_many=False)
    shared = [
        (place, kinds)
        for place in places
        for kinds in COMPARABLE
        if place.columns(kinds) and there.columns(kinds)
    ]
    place, kinds = draw(st.sampled_from(shared))
    path, own = draw(st.sampled_from(place.columns(kinds)))
    column, _ = draw(st.sampled_from(there.columns(kinds)))
    return path, own.kind, draw(_queries(places, table, column.column))


@st.composite
def _queries(draw: Draw[Any], places: Sequence[Place], table: str, column: str) -> Query:
    """Rows of a table, mostly those that have to do with the row around the query."""
    place = Place(places[0].world, table, (), to_many=True)
    fair = conditions([place]).filter(lambda leaf: is_fair(place.world, table, leaf))
    found: list[Tree] = draw(st.lists(fair | fair.map(negate), max_size=1))
    if not found or draw(st.booleans()):
        found.append(draw(_links(places, place)))
    condition = found[0] if len(found) == 1 else Group(draw(CONNECTORS), tuple(found))
    return Query(table, condition, column)


CONNECTORS = st.sampled_from(("AND", "AND", "OR"))


@st.composite
def _links(draw: Draw[Any], places: Sequence[Place], there: Place) -> Condition:
    """What a row of the query has to do with the row around it: a key, or an equal column."""
    around = [p for p in places if not leads_to_many(places[0].table, p.steps)]
    place = draw(st.sampled_from(around))
    keys = [*_by_key(place, there)]
    if keys and draw(st.integers(0, 2)):
        return draw(st.sampled_from(keys))
    shared = [k for k in COMPARABLE if place.columns(k) and there.columns(k)]
    kinds = draw(st.sampled_from(shared))
    path, own = draw(st.sampled_from(there.columns(kinds)))
    outer, _ = draw(st.sampled_from(place.columns(kinds)))
    lookup = draw(st.just("exact") | st.sampled_from(comparing(own.kind)))
    return Condition(path, lookup, Outer(outer))


def comparing(kind: str) -> Sequence[str]:
    """How two columns of a kind are compared: booleans have no order."""
    return ("exact",) if kind == "boolean" else ("exact", *ORDER)


def _by_key(place: Place, there: Place) -> list[Condition]:
    """The foreign keys from there to the row around, and from it to there."""
    pk = Outer(Path(place.steps, "pk"))
    found = [
        Condition(Path((name,), ""), "exact", pk)
        for name, to in TABLES[there.table].relations.items()
        if isinstance(to, ToOne) and to.target == place.table
    ]
    return found + [
        Condition(Path((), "pk"), "exact", Outer(Path(place.steps, f"{name}_id")))
        for name, to in TABLES[place.table].relations.items()
        if isinstance(to, ToOne) and to.target == there.table
    ]
