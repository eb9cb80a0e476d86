"""What has a user of the query builder said? Plain data, of which each method makes a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, TypeAlias

from ...expressions import Expression, OrderBy, Q
from ...expressions.shape import Shaped

SELECT, INSERT, UPDATE, DELETE = "select", "insert", "update", "delete"


class NamedTable(NamedTuple):
    """A table by its name."""

    name: str
    schema: str


class Together(NamedTuple):
    """Queries whose rows are put together, and where the values of each begin."""

    operator: str
    all: bool
    members: tuple[tuple[FreeSpec, int], ...]


class Nested(NamedTuple):
    """A query in the place of a table, and where its values begin."""

    spec: FreeSpec
    start: int


Source: TypeAlias = NamedTable | Nested | Together


class Item(NamedTuple):
    """A part of a clause.

    Attributes:
        what: an expression, a condition, a term of an ordering, or a name such as ``"*"``.
        start: where its values begin among the query's.
        asked: the call that it came by, for messages.
        name: what the query calls it, or the column that it is for.
    """

    what: Any
    start: int
    asked: str
    name: str | None = None


class JoinedTable(NamedTuple):
    """A table that is joined."""

    kind: str
    source: Source
    alias: str
    on: Item | None


class Defined(NamedTuple):
    """A query that others can name as a table."""

    name: str
    columns: tuple[str, ...]
    recursive: bool
    query: Nested


class OnConflict(NamedTuple):
    """What becomes of a row that is there already."""

    target: tuple[str, ...]
    updates: tuple[str, ...]


class Locking(NamedTuple):
    """How rows are locked."""

    wait: str


@dataclass(frozen=True, slots=True)
class FreeSpec:
    """A query on tables without models.

    Attributes:
        source: what its rows come from.
        alias: what that is called in the query.
        kind: what is done.
        columns: those that an INSERT sets.
        rows: the values of each of its rows.
        query: the query that gives its rows.
        every: whether an UPDATE or a DELETE is meant for all rows.
        limit: the place of the number among the values.
        values: what is bound, in the order in which it was said.
    """

    source: Source
    alias: str
    kind: str = SELECT
    ctes: tuple[Defined, ...] = ()
    outputs: tuple[Item, ...] = ()
    joins: tuple[JoinedTable, ...] = ()
    where: tuple[Item, ...] = ()
    groups: tuple[Item, ...] = ()
    having: tuple[Item, ...] = ()
    order: tuple[Item, ...] = ()
    limit: int | None = None
    offset: int | None = None
    distinct: bool = False
    lock: Locking | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Item, ...], ...] = ()
    query: Nested | None = None
    conflict: OnConflict | None = None
    assignments: tuple[Item, ...] = ()
    returning: tuple[Item, ...] = ()
    every: bool = False
    values: tuple[Any, ...] = ()

    def grown(self, values: Iterable[Any], **changes: Any) -> FreeSpec:
        """The same with more said, and what that binds."""
        return replace(self, values=(*self.values, *values), **changes)

    @property
    def start(self) -> int:
        """Where the values of what is said next begin."""
        return len(self.values)

    @property
    def key(self) -> tuple[str, ...]:
        """The shape: everything that the SQL depends on, and no value."""
        found: list[str] = []
        for field in fields(self):
            if field.name != "values":
                _shape(getattr(self, field.name), found)
        return tuple(found)

    def inside(self, conditions: Any, query: Any, at: Any, key: str) -> Any:
        """The SELECT that it is inside of a query on models."""
        from .resolve import ask

        return ask(conditions, query, at, key)

    @property
    def shown(self) -> str:
        """The query as messages name it."""
        return f"Query({self.alias!r})"

    @property
    def given(self) -> list[str]:
        """The methods that have said something."""
        return [method for method, names in METHODS.items() if any(map(self._has, names))]

    def _has(self, name: str) -> bool:
        return getattr(self, name) not in ((), None, False)


METHODS = {
    "with_cte": ("ctes",),
    "select": ("outputs",),
    "join": ("joins",),
    "where": ("where",),
    "all_rows": ("every",),
    "group_by": ("groups",),
    "having": ("having",),
    "order_by": ("order",),
    "limit": ("limit",),
    "offset": ("offset",),
    "distinct": ("distinct",),
    "for_update": ("lock",),
    "on_conflict": ("conflict",),
    "returning": ("returning",),
}
"""The methods of the builder, and what each of them sets."""


def _shape(value: Any, key: list[str]) -> None:
    """Append the shape of a part of a spec; brackets keep its parts apart."""
    if isinstance(value, Shaped):
        key += ["(", *value.key, ")"]
    elif isinstance(value, FreeSpec):
        key += ["query(", *value.key, ")"]
    elif isinstance(value, Item):
        key += ["item(", str(value.start), repr(value.name)]
        _shape(value.what, key)
        key.append(")")
    elif isinstance(value, tuple):
        key.append(f"{type(value).__name__}[{len(value)}")
        for part in value:
            _shape(part, key)
        key.append("]")
    else:
        key.append(repr(value))


def values_of(what: Any) -> tuple[Any, ...]:
    """What a part of a clause binds."""
    return what.values if isinstance(what, Expression | OrderBy | Q) else ()
