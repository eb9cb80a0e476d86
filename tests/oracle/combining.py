"""What do set operations make of two queries, worked out in memory?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import saying
from .reference import Reference
from .tables import World
from .tree import Tree


@dataclass(frozen=True)
class Part:
    """A query that is put together with others: some rows of a table, and what it shows of them."""

    table: str
    condition: Tree
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Combined:
    """Two queries, or what others were put together to, and how."""

    verb: Literal["union", "union all", "intersection", "difference"]
    left: Part | Combined
    right: Part | Combined


def tuples(asked: Part | Combined, world: World) -> list[tuple[Any, ...]]:
    """The rows that a combination shows, in no order."""
    if isinstance(asked, Part):
        rows = Reference(world, asked.table).kept(asked.condition)
        return [tuple(row[name] for name in asked.shown) for row in rows]
    left, right = tuples(asked.left, world), tuples(asked.right, world)
    if asked.verb == "union all":
        return left + right
    both = dict.fromkeys(left + right if asked.verb == "union" else left)
    if asked.verb == "intersection":
        return [row for row in both if row in right]
    return [row for row in both if asked.verb == "union" or row not in right]


def combined(asked: Part | Combined, models: saying.Models) -> Any:
    """The queryset for a combination."""
    if isinstance(asked, Part):
        model = models[asked.table]
        found = model.objects.filter(saying.q(asked.condition, model, models))
        return found.values_list(*asked.shown)
    left, right = combined(asked.left, models), combined(asked.right, models)
    if asked.verb == "union all":
        return left.union(right, all=True)
    return getattr(left, asked.verb)(right)


def first_part(asked: Part | Combined) -> Part:
    """The query whose names the columns have."""
    return asked if isinstance(asked, Part) else first_part(asked.left)


def in_order(rows: Sequence[tuple[Any, ...]]) -> Any:
    """Rows in the order of all their columns, NULL first."""
    return sorted(rows, key=lambda row: [(value is not None, value) for value in row])
