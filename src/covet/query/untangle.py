"""In which order can rows that point to each other go, where each of them is checked at once?

That is so on MariaDB and MySQL: InnoDB checks foreign keys row by row, and cannot do so later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from ..errors import NotSupportedError
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


class Edge(NamedTuple):
    """A row points to another one by a key."""

    field: ForeignKeyField[Any]
    target: Node


def untangled(
    reach: Reach, circle: tuple[Table, ...], rows: dict[Table, dict[Any, Row]], product: str
) -> Iterator[Move]:
    """Rows in such an order that nothing points to a row when it goes: of a tree, its leaves first.

    Where rows point to each other in a circle, keys that can be NULL are made so first.

    Args:
        reach: what is known of each row.
        circle: the tables.
        rows: their rows by primary key.
        product: the database's name, for the message.

    Raises:
        NotSupportedError: none of the keys in a circle of rows can be NULL.
    """
    edges = _edges(reach, circle, rows)
    held = Counter(edge.target for found in edges.values() for edge in found)
    free = [node for node in edges if not held[node]]
    while edges:
        if not free:
            yield from _cut(edges, product)
            for node, found in edges.items():
                held.subtract(edge.target for edge in found if edge.field.null)
                edges[node] = [edge for edge in found if not edge.field.null]
            free = [node for node in edges if not held[node]]
        yield from (Move(None, table, keys) for table, keys in _by_table(free))
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
            target = field.target
            place = reach.columns[table].index(field.attname)
            pointed = reach.columns[target].index(field.key_name)
            by_value = {row[pointed]: (target, key) for key, row in rows.get(target, {}).items()}
            for key, row in rows[table].items():
                node = None if row[place] is None else by_value.get(row[place])
                if node is not None:  # it may be the row itself, which InnoDB refuses as well
                    edges[table, key].append(Edge(field, node))
    return edges


def _cut(edges: dict[Node, list[Edge]], product: str) -> Iterator[Move]:
    cuts: dict[ForeignKeyField[Any], list[Any]] = {}
    for (_, key), found in edges.items():
        for edge in found:
            if edge.field.null:
                cuts.setdefault(edge.field, []).append(key)
    if not cuts:
        fields = dict.fromkeys(edge.field for found in edges.values() for edge in found)
        names = ", ".join(f"{field.model}.{field.name}" for field in fields)
        raise NotSupportedError(
            f"Rows point to themselves, or to each other in a circle, by keys that cannot be null: "
            f"{names}; {product} checks keys row by row and can delete none of them first",
            fix="Let one of the keys be null, or give it on_delete=DB_CASCADE.",
        )
    for field, keys in cuts.items():
        assert field.source is not None
        yield Move(field, field.source, keys)


def _by_table(nodes: Iterable[Node]) -> Iterable[tuple[Table, list[Any]]]:
    found: dict[Table, list[Any]] = {}
    for table, key in nodes:
        found.setdefault(table, []).append(key)
    return found.items()
