"""Which tables may a deletion reach, and in which order do their rows have to go?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..schema.on_delete import (
    CASCADE,
    DO_NOTHING,
    is_done_by_database,
    is_done_by_python,
    is_set,
)
from ..schema.record import Record
from ..schema.registry import Registry
from ..schema.relations import ForeignKeyField
from ..schema.table import Table

Observed = Callable[[type[Record]], bool]
"""Whether somebody wants to be told of each instance of a model that is deleted."""


def by_nobody(model: type[Record]) -> bool:
    """No model is observed."""
    return False


def model_of(table: Table) -> type[Record]:
    """The model of a table."""
    registry = table.registry
    assert isinstance(registry, Registry)
    return registry.models[table.label]


def is_plain(table: Table, observed: Observed = by_nobody) -> bool:
    """Whether rows of a table can be deleted without looking at any other: by one DELETE."""
    table.settle()
    return not table.parents and not any(asking(table)) and not observed(model_of(table))


def changes_others(table: Table) -> bool:
    """Whether the database changes rows of other tables when rows of this one are deleted."""
    return any(is_done_by_database(key.on_delete) for key in keys_to(table))


def keys_to(table: Table) -> Iterator[ForeignKeyField[Any]]:
    """The foreign keys that point to a table; those of tables between many and many as well."""
    return (way.key for way in table.own_reverse.values() if way.key is not None)


def asking(table: Table) -> Iterator[ForeignKeyField[Any]]:
    """Those of them that have a rule which Python carries out."""
    return (key for key in keys_to(table) if is_done_by_python(key.on_delete))


def table_of(key: ForeignKeyField[Any]) -> Table:
    """The table that has a foreign key."""
    assert key.source is not None
    return key.source


class Reach:
    """What may have to go with the rows of a table.

    Attributes:
        leaves: the tables whose rows can go without being looked at: nobody asks for them, and
            nothing that goes with them points to them.
        circles: the other tables, those that are pointed to first. Tables that point to each other
            in a circle are together; so is, alone, one that points to itself.
        columns: what has to be known of a row of each of these: its key, the columns that others
            point to, and its own keys along a circle.
        observed: the tables of models that somebody wants to be told of.
    """

    def __init__(self, root: Table, observed: Observed = by_nobody) -> None:
        self._root = root
        root = root.concrete
        tables = _cascade(root)
        self.observed = {table for table in tables if observed(model_of(self.shown(table)))}
        self.leaves = {
            table
            for table in tables
            if table is not root and table not in self.observed and _is_leaf(table, tables)
        }
        self._looked_at = {table: None for table in tables if table not in self.leaves}
        self.circles = _circles(list(self._looked_at), self.held)
        self.columns = {
            table: self._columns(table, circle) for circle in self.circles for table in circle
        }

    def shown(self, table: Table) -> Table:
        """A table as those are told of it who asked for the deletion, perhaps of a proxy."""
        return self._root if table is self._root.concrete else table

    def held(self, table: Table) -> list[ForeignKeyField[Any]]:
        """The keys of a table that keep rows of others from being deleted before its own.

        Those that are set to something else before, or that the database sees to, do not.
        """
        return [
            field
            for field in table.local_relations
            if field.related is not None
            and field.target.concrete in self._looked_at
            and field.db_constraint
            and not is_set(field.on_delete)
            and not is_done_by_database(field.on_delete)
        ]

    def held_within(self, table: Table, circle: tuple[Table, ...]) -> list[ForeignKeyField[Any]]:
        """The same, as far as they point to tables of a circle."""
        return [field for field in self.held(table) if field.target.concrete in circle]

    def is_circular(self, circle: tuple[Table, ...]) -> bool:
        """Whether rows of a circle can point to each other."""
        return any(self.held_within(table, circle) for table in circle)

    def _columns(self, table: Table, circle: tuple[Table, ...]) -> tuple[str, ...]:
        names = [table.pk.attname, *(link.attname for link in table.parents)]
        names += [key.key_name for key in asking(table)]
        names += [
            field.key_name
            for source in circle
            for field in self.held_within(source, circle)
            if field.target.concrete is table
        ]
        names += [field.attname for field in self.held_within(table, circle)]
        return tuple(dict.fromkeys(names))


def _cascade(root: Table) -> dict[Table, None]:
    """The tables whose rows may have to be deleted: the table itself, and what cascades to it."""
    found: dict[Table, None] = {root: None}
    todo = [root]
    while todo:
        table = todo.pop()
        cascading = [table_of(key) for key in keys_to(table) if key.on_delete == CASCADE]
        for other in (*cascading, *table.parents.values()):
            if other.concrete not in found:
                found[other.concrete] = None
                todo.append(other.concrete)
    return found


def _is_leaf(table: Table, tables: dict[Table, None]) -> bool:
    """Whether no row that may be deleted, or has to be asked about, points to a table."""
    return not table.parents and not any(
        is_done_by_python(key.on_delete)
        or (key.on_delete == DO_NOTHING and table_of(key) in tables)
        for key in keys_to(table)
    )


def _circles(
    tables: list[Table], held: Callable[[Table], list[ForeignKeyField[Any]]]
) -> list[tuple[Table, ...]]:
    """Tables grouped by circles, those that are pointed to first: Tarjan's algorithm."""
    number: dict[Table, int] = {}
    lowest: dict[Table, int] = {}
    path: list[Table] = []
    found: list[tuple[Table, ...]] = []

    def visit(table: Table) -> None:
        number[table] = lowest[table] = len(number)
        path.append(table)
        for field in held(table):
            target = field.target.concrete
            if target not in number:
                visit(target)
            if target in path:
                lowest[table] = min(lowest[table], lowest[target])
        if lowest[table] == number[table]:
            start = path.index(table)
            found.append(tuple(path[start:]))
            del path[start:]

    for table in tables:
        if table not in number:
            visit(table)
    return found
