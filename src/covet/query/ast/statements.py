"""What a statement consists of: tables, joins, clauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ...schema.fields import Field
from ...schema.table import Table
from ...schema.ways import Way
from .conditions import Condition
from .expressions import Column, Columns, Constant, Expr, Param, columns_of


@dataclass(frozen=True, slots=True)
class Bare:
    """A table of which no more is known than its name.

    Attributes:
        schema: the schema that it is in; empty for the one that the connection looks in.
    """

    name: str
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A SELECT in the place of a table; its columns are called ``c0``, ``c1`` …

    Attributes:
        named: they are called as the SELECT names them.
    """

    select: Select
    named: bool = False


@dataclass(frozen=True, slots=True)
class Compound:
    """Several SELECTs put together in the place of a table; its columns are called like those.

    Attributes:
        operator: ``"UNION"``, ``"INTERSECT"`` or ``"EXCEPT"``.
        all: whether equal rows stay.
        wide: whether its columns take more than those of the first SELECT.
        named: its columns are called as the first SELECT names them.
    """

    operator: str
    all: bool
    selects: tuple[Select, ...]
    wide: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class CteRef:
    """A common table expression in the place of a table."""

    name: str


@dataclass(frozen=True, slots=True)
class LateralSelect:
    """A SELECT in the place of a table that sees the tables before it."""

    select: Select
    columns: tuple[str, ...]


Source: TypeAlias = Table | Bare | Derived | Compound | CteRef | LateralSelect
"""What rows come from."""


@dataclass(frozen=True, slots=True)
class Join:
    """A table joined to the query.

    Attributes:
        left: the key on the side that was there before; None if only the condition counts.
        right: the key on the side that is joined.
        on: a condition besides.
    """

    table: Source
    alias: str
    outer: bool
    left: Column | Columns | None = None
    right: Column | Columns | None = None
    on: Condition | None = None

    @property
    def pairs(self) -> Iterator[tuple[Column, Column]]:
        """The columns that are equal."""
        if self.left is None or self.right is None:
            return iter(())
        return zip(columns_of(self.left), columns_of(self.right), strict=True)


@dataclass(frozen=True, slots=True)
class JoinOn:
    """Anything joined to the query on any condition.

    Attributes:
        kind: ``"INNER"``, ``"LEFT"``, ``"RIGHT"``, ``"FULL"`` or ``"CROSS"``.
        on: the condition; None for a cross join.
    """

    kind: str
    table: Source
    alias: str
    on: Condition | None

    @property
    def outer(self) -> bool:
        """Whether it may find no row."""
        return self.kind in ("LEFT", "FULL")


@dataclass(frozen=True, slots=True)
class Related:
    """A related row that is selected beside the rows of a query.

    Attributes:
        way: the relation that it hangs on: a foreign key, or the way back from a one-to-one.
        table: its table.
        alias: the name of that in the query.
        fields: the fields of it that are selected.
        place: where its columns begin among the outputs.
        outer: whether there may be none.
        children: the rows related to it in turn.
    """

    way: Way
    table: Table
    alias: str
    fields: tuple[Field[Any], ...]
    place: int
    outer: bool
    children: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One term of an ORDER BY."""

    expr: Expr
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Lock:
    """The locking of the rows that a SELECT finds.

    Attributes:
        strength: ``"UPDATE"`` or ``"NO KEY UPDATE"``.
        tables: the names of the tables whose rows are locked; none means all.
        wait: ``"NOWAIT"``, ``"SKIP LOCKED"``, or empty: until the rows are free.
    """

    strength: str
    tables: tuple[str, ...]
    wait: str


@dataclass(frozen=True, slots=True)
class Cte:
    """A definition of a common table expression.

    Attributes:
        recursive: whether its rows are found from its own.
        named: its columns are called as the SELECT names them, unless there is a list of them.
    """

    name: str
    columns: tuple[str, ...]
    select: Select
    recursive: bool
    named: bool = False


@dataclass(frozen=True, slots=True)
class DistinctOn:
    """What the rows of a SELECT are to differ in: of those that are equal in it, the first counts.

    Attributes:
        by: the expressions, with which the order begins.
        alias: a name for the rows where another SELECT has to choose among them.
    """

    by: tuple[Expr, ...]
    alias: str


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT; without ``outputs`` it asks only whether there are rows.

    Attributes:
        table: what FROM begins with; None for a single row without columns.
        fields: the fields of its rows whose columns the outputs begin with.
        related: the related rows among the outputs.
        names: the names of the last outputs before the hidden ones, where rows are instances.
        lock: how the rows are locked.
        hidden: how many of the last outputs are there only because DISTINCT has to order by them,
            or to say which key a row was found by.
        keyed: how many of the last outputs are that key.
        widths: of values, how many outputs each has.
        ctes: the common table expressions that it defines.
    """

    table: Source | None
    alias: str
    outputs: tuple[Expr, ...]
    joins: tuple[Join | JoinOn, ...] = ()
    where: Condition | None = None
    group_by: tuple[Expr, ...] = ()
    having: Condition | None = None
    order_by: tuple[OrderTerm, ...] = ()
    limit: Param | Constant | None = None
    offset: Param | None = None
    distinct: bool = False
    hidden: int = 0
    related: tuple[Related, ...] = ()
    keyed: int = 0
    fields: tuple[Field[Any], ...] = ()
    names: tuple[str, ...] = ()
    lock: Lock | None = None
    widths: tuple[int, ...] = ()
    ctes: tuple[Cte, ...] = ()
    distinct_on: DistinctOn | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """Some rows of each group of a SELECT, by their place in its order.

    Attributes:
        select: the rows, without order and limits; its key says which group a row is in.
        order_by: what counts them.
        low: how many of each group are left out at its start.
        high: the place of the last one; None for no end.
    """

    select: Select
    order_by: tuple[OrderTerm, ...]
    low: Param | None
    high: Param | Constant | None


@dataclass(frozen=True, slots=True)
class CountRows:
    """The number of rows that a SELECT has."""

    select: Select


@dataclass(frozen=True, slots=True)
class Conflict:
    """What becomes of a row that a unique constraint refuses.

    Attributes:
        target: the columns of the constraint that is meant; none for any.
        updates: the columns that the row which is there takes from it; with none it is passed over.
    """

    target: tuple[Field[Any], ...]
    updates: tuple[Field[Any], ...]


@dataclass(frozen=True, slots=True)
class Insert:
    """An INSERT of one or more rows; ``rows`` holds an expression for each field of each row.

    Attributes:
        conflict: what becomes of a row that is there already; None for an error.
    """

    table: Table
    fields: tuple[Field[Any], ...]
    rows: tuple[tuple[Expr, ...], ...]
    returning: tuple[Field[Any], ...] = ()
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class InsertMany:
    """An INSERT of a number of rows whose values come flat, row after row or column by column.

    Attributes:
        conflict: what becomes of a row that is there already; None for an error.
    """

    table: Table
    fields: tuple[Field[Any], ...]
    rows: int
    returning: tuple[Field[Any], ...] = ()
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class InsertRows:
    """An INSERT into a table of which nothing is known.

    Attributes:
        fields: the columns.
        rows: an expression for each column of each row, or a SELECT that gives the rows.
        conflict: what becomes of a row that is there already; None for an error.
        returning: what it gives of each row.
    """

    table: Bare
    fields: tuple[Field[Any], ...]
    rows: tuple[tuple[Expr, ...], ...] | Select
    conflict: Conflict | None = None
    returning: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an UPDATE sets a column to."""

    field: Field[Any]
    value: Expr


@dataclass(frozen=True, slots=True)
class Update:
    """An UPDATE of the rows that a SELECT of the same table would find.

    If the SELECT has an output, it is a key, and the rows are those that it points to.

    Attributes:
        returning: what it gives of each row that it changed.
    """

    select: Select
    assignments: tuple[Assignment, ...] = field(default=())
    returning: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateMany:
    """An UPDATE that gives each row values of its own, by its primary key.

    The values come flat, row after row or column by column: those of the key, then the others.

    Attributes:
        select: the rows that may be changed.
        fields: the columns that are set.
        rows: how many rows the values are for.
        start: the place of the first of the values.
    """

    select: Select
    fields: tuple[Field[Any], ...]
    rows: int
    start: int


@dataclass(frozen=True, slots=True)
class Delete:
    """A DELETE of the rows that a SELECT of the same table would find, or that its key finds.

    Attributes:
        returning: what it gives of each row that was there.
    """

    select: Select
    returning: tuple[Expr, ...] = ()


Statement: TypeAlias = (
    Select | Ranked | CountRows | Insert | InsertMany | InsertRows | Update | UpdateMany | Delete
)
