"""Which trees of conditions are tried, and of which of them is the answer certain?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ..tables import TABLES, World, table_at
from ..tree import Condition, Exists, Group, Tree, negate
from .chosen import chosen
from .draw import Draw, some
from .inner import inner
from .leaves import conditions
from .places import RELATION_PATHS, Place, is_fair, leads_to_many

MOST_LEAVES = 5


@st.composite
def trees(draw: Draw[Any], leaves: st.SearchStrategy[Condition | Exists]) -> Tree:
    """Leaves in any nesting of AND, OR, XOR and NOT: joined by and by, until one tree is left."""
    left: list[Tree] = draw(some(leaves, MOST_LEAVES, least=1))
    while len(left) > 1:
        many = draw(st.integers(2, min(3, len(left))))
        connector = draw(st.sampled_from(("AND", "OR", "XOR")))
        members = tuple(negate(member) if draw(st.booleans()) else member for member in left[:many])
        left = [*left[many:], Group(connector, members)]
    return negate(left[0]) if draw(st.booleans()) else left[0]


@dataclass(frozen=True)
class Question:
    """A condition on the rows of one table."""

    table: str
    tree: Tree


@st.composite
def questions(draw: Draw[Any], world: World, to_many: bool = True, wide: bool = False) -> Question:
    """A condition on some table of a world, whose meaning is the same on every database."""
    table = draw(st.sampled_from(tuple(TABLES)))
    return Question(table, draw(trees_about(world, table, to_many, wide)))


@st.composite
def trees_about(
    draw: Draw[Any], world: World, table: str, to_many: bool = True, wide: bool = False
) -> Tree:
    """A condition on a table and on what up to two paths of relations lead to.

    With ``wide``, values that are chosen and queries inside of the query are asked about too.
    """
    steps = [p for p in RELATION_PATHS[table] if to_many or not leads_to_many(table, p)]
    ways = [draw(st.sampled_from(steps)) for _ in range(draw(st.sampled_from((0, 1, 2))))]
    places = [Place(world, table_at(table, s), s, to_many) for s in dict.fromkeys([(), *ways])]
    asked: st.SearchStrategy[Any] = conditions(places)
    if wide:
        asked = st.one_of(asked, chosen(places), inner(places))
    tree: Tree = draw(trees(asked).filter(lambda t: is_fair(world, table, t)))
    return tree
