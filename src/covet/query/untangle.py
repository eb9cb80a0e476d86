"""In which order can rows go that point to each other, so that no key ever points to none?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from .reach import Reach

Row: TypeAlias = tuple[Any, ...]
Node: TypeAlias = tuple[Table, Any]


class Move(NamedTuple):
    """Rows of one table that can go now; or, with ``cut``, of which this key is set to NULL."""

    cut: ForeignKeyField[Any] | None
    table: Table
    keys: list[Any]


class Knot(NamedTuple):
    """Rows that are left in the end: they point to each other by keys that cannot be NULL."""

    fields: list[ForeignKeyField[Any]]
    rows: dict[Table, list[Any]]


class Edge(NamedTuple):
    """A row points to another one, or to itself, by a key."""

    field: ForeignKeyField[Any]
    target: Node


def untangled(
    reach: Reach, circle: tuple[Table, ...], rows: dict[Table, dict[Any, Row]]
) -> Iterator[Move | Knot]:
    """Rows in such an order that nothing points to a row when it goes: of a tree, its leaves first.

    Where rows point to each other in a circle, keys that can be NULL are made so first.

    Args:
        reach: what is known of each row.
        circle: the tables.
        rows: their rows by primary key.
    """
    edges = _edges(reach, circle, rows)
    held = Counter(edge.target for found in edges.values() for edge in found)
    free = [node for node in edges if not held[node]]
    while edges:
        if not free:
            cuts = _cuts(edges)
            if not cuts:
                fields = dict.fromkeys(edge.field for found in edges.values() for edge in found)
                yield Knot(list(fields), _by_table(edges))
                return
            yield from cuts
            for node, found in edges.items():
                held.subtract(edge.target for edge in found if edge.field.null)
                edges[node] = [edge for edge in found if not edge.field.null]
            free = [node for node in edges if not held[node]]
        yield from (Move(None, table, keys) for table, keys in _by_table(free).items())
        let_go = [edge.target for node in free for edge in edges.pop(node)]
        held.subtract(let_go)
        free = [node for node in dict.fromkeys(let_go) if not held[node]]


def _edges(
    reach: Reach, circle: tuple[Table, ...], rows: dict[Table, dict[Any, Row]]
) -> dict[Node, list[Edge]]:
    """For each row the others of these that it points to."""
    edges: dict[Node, list[Edge]] = {(table, key): [] for table in rows for key in rows[table]}
    for table in rows:
        for field in reach.held_within(table, circle):
            target = field.target.concrete
            place = reach.columns[table].index(field.attname)
            pointed = reach.columns[target].index(field.key_name)
            by_value = {row[pointed]: (target, key) for key, row in rows.get(target, {}).items()}
            for key, row in rows[table].items():
                node = None if row[place] is None else by_value.get(row[place])
                if node is not None:  # perhaps the row itself, which InnoDB refuses as well
                    edges[table, key].append(Edge(field, node))
    return edges


def _cuts(edges: dict[Node, list[Edge]]) -> list[Move]:
    """All keys that can be NULL, made so."""
    cuts: dict[tuple[ForeignKeyField[Any], Table], list[Any]] = {}
    for (table, key), found in edges.items():
        for edge in found:
            if edge.field.null:
                cuts.setdefault((edge.field, table), []).append(key)
    return [Move(field, table, keys) for (field, table), keys in cuts.items()]


def _by_table(nodes: Iterable[Node]) -> dict[Table, list[Any]]:
    found: dict[Table, list[Any]] = {}
    for table, key in nodes:
        found.setdefault(table, []).append(key)
    return found
