"""Where may a condition look, and how may it say so?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ..meaning import Unspecified
from ..reference import Reference, breadth
from ..tables import TABLES, Column, ToMany, World, table_at
from ..tree import Path, Tree
from .draw import mostly
from .values import values

NUMBERS = ("integer", "biginteger", "float", "decimal")
ORDER = ("gt", "gte", "lt", "lte")

MOST_COMBINATIONS = 3000
"""Of joined rows, so that the reference stays quick."""

DAY_PARTS = ("year", "month", "day", "quarter", "week", "week_day", "iso_year", "iso_week_day")
CLOCK_PARTS = ("hour", "minute", "second")
PARTS: Mapping[str, Sequence[str]] = {
    "date": DAY_PARTS,
    "time": CLOCK_PARTS,
    "datetime": (*DAY_PARTS, *CLOCK_PARTS, "date", "time"),
}

RELATION_PATHS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "author": (
        ("mentor",),
        ("mentor", "mentor"),
        ("posts",),
        ("apprentices",),
        ("apprentices", "posts"),
        ("mentor", "posts"),
        ("mentor", "apprentices"),
        ("posts", "author"),
        ("posts", "author", "mentor"),
    ),
    "post": (
        ("author",),
        ("author", "mentor"),
        ("author", "posts"),
        ("author", "apprentices"),
        ("author", "mentor", "posts"),
        ("author", "apprentices", "posts"),
    ),
}


@dataclass(frozen=True)
class Place:
    """Where a condition may look: a table's rows, reached by a path of relations.

    With ``to_many``, a condition may also ask about the ways back from there.
    """

    world: World
    table: str
    steps: tuple[str, ...]
    to_many: bool

    def columns(self, kinds: Sequence[str]) -> list[tuple[Path, Column]]:
        """The columns of some kinds."""
        found = TABLES[self.table].columns.items()
        return [(Path(self.steps, name), c) for name, c in found if c.kind in kinds]

    def values(self, path: Path, column: Column) -> st.SearchStrategy[Any]:
        """What to compare a column with: mostly values that it has."""
        found = {row[path.column]: None for row in self.world.rows[self.table]}
        known = [value for value in found if value is not None]
        return mostly(st.sampled_from(known), values(column)) if known else values(column)


def leads_to_many(table: str, steps: Sequence[str]) -> bool:
    """Whether a path of relations can end at several rows."""
    relations = [TABLES[table_at(table, steps[:n])].relations[s] for n, s in enumerate(steps)]
    return any(isinstance(relation, ToMany) for relation in relations)


def wordings(path: Path) -> st.SearchStrategy[Any]:
    """As a keyword, as ``F(...)``, or as the model's attribute where the column is its own."""
    is_own = not path.steps and path.column not in ("pk", "author_id", "mentor_id")
    return st.sampled_from(("keyword", "f", "typed") if is_own else ("keyword", "f"))


def is_fair(world: World, table: str, tree: Tree) -> bool:
    """Whether every part of a question has one answer, and that can be worked out soon."""
    if breadth(world, table, tree) > MOST_COMBINATIONS:
        return False
    try:
        Reference(world, table).check_specified(tree)
    except Unspecified:
        return False
    return True
