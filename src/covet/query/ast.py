"""What does a statement consist of, before it is text in any dialect?

The terms are SQL's. A value never stands in the tree itself: a ``Param`` says where among the
values of a query it is found and which field prepares it, so that one tree serves every query of
the same shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..schema.fields import Field
from ..schema.table import Table
from ..schema.ways import Way

NOWHERE: frozenset[str] = frozenset()


# --- expressions: what has a value --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table in the query; ``nullable`` also if only its join can miss."""

    alias: str
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that hold one key together; NULL as soon as one of them is."""

    alias: str
    columns: tuple[Column, ...]
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Param:
    """A value of the query: its place among them, and the field that prepares it.

    Attributes:
        index: the place among the query's values.
        field: what prepares it; None where its own Python type decides.
        item: the member of it that is meant, where the value is a list.
        rounding: ``"floor"`` or ``"ceil"``: a fraction may be compared with whole numbers.
        whole: the key of several columns that the value is one of, and the item a part of.
    """

    index: int
    field: Field[Any] | None
    item: int | None = None
    rounding: str | None = None
    nullable: bool = False
    whole: Field[Any] | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that belongs to the shape: bound as a parameter, the same each time."""

    value: Any
    field: Field[Any] | None
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Null:
    """The SQL NULL."""

    field: Field[Any] | None = None
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers joined by an operator; ``field`` is the type of the result."""

    operator: str
    left: Expr
    right: Expr
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a moment: its year, its ISO week, its date."""

    part: str
    operand: Expr
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """What stands beside the value that a key has, among pairs of both.

    Attributes:
        operand: the key, of one column or several.
        pairs: a value for each of its columns, and what stands beside these.
    """

    operand: Column | Columns
    pairs: tuple[tuple[tuple[Expr, ...], Expr], ...]
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Random:
    """A number that differs in each row."""

    field: Field[Any] | None = None
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """An output with a name of its own: an annotation, or what a DISTINCT is ordered by."""

    name: str
    expr: Expr
    field: Field[Any] | None
    nullable: bool


Expr: TypeAlias = (
    Column | Columns | Param | Constant | Null | Arithmetic | Part | Switch | Random | Named
)


def columns_of(expr: Column | Columns) -> tuple[Column, ...]:
    """The columns of a key, be it one or several."""
    return expr.columns if isinstance(expr, Columns) else (expr,)


def flat(exprs: Iterable[Expr]) -> tuple[Expr, ...]:
    """Expressions with the columns of keys one by one."""
    found: list[Expr] = []
    for expr in exprs:
        found += expr.columns if isinstance(expr, Columns) else (expr,)
    return tuple(found)


# --- conditions: what is true, false or unknown -------------------------------------------------
# `unknown`: whether it can be neither true nor false, as a comparison with NULL is.
# `needs`: the joins that must have found a row for it to be true.


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition that is the same for every row."""

    value: bool
    unknown: bool = False
    needs: frozenset[str] = NOWHERE
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Compare:
    """Two expressions and a comparison operator: ``=``, ``<`` …"""

    operator: str
    left: Expr
    right: Expr
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class UnlessNull:
    """A comparison whose outcome is known beforehand for every value but NULL."""

    operand: Expr
    value: bool
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether an expression is NULL, or is not."""

    operand: Expr
    null: bool
    needs: frozenset[str]
    unknown: bool = False
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Among:
    """Whether an expression is one of a list of values."""

    operand: Expr
    members: Param
    needs: frozenset[str]
    unknown: bool = True  # all members may turn out to be beyond the column's range
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Between:
    """Whether an expression lies between two others, both included."""

    operand: Expr
    low: Expr
    high: Expr
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a text holds another: ``contains``, ``startswith``, ``endswith`` or ``exact``."""

    kind: str
    operand: Expr
    pattern: Expr
    ignore_case: bool
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Regex:
    """Whether a text matches a regular expression, in the server's own syntax."""

    operand: Expr
    pattern: Expr
    ignore_case: bool
    unknown: bool
    needs: frozenset[str]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether a subquery has a row."""

    select: Select
    unknown: bool = False
    needs: frozenset[str] = NOWHERE
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by ``AND``, ``OR`` or ``XOR``."""

    connector: str
    children: tuple[Condition, ...]
    unknown: bool
    needs: frozenset[str]
    depth: int


@dataclass(frozen=True, slots=True)
class Not:
    """The complement: true wherever the condition is not."""

    child: Condition
    depth: int
    unknown: bool = False
    needs: frozenset[str] = NOWHERE


Condition: TypeAlias = (
    Truth | Compare | UnlessNull | IsNull | Among | Between | Match | Regex | Exists | Group | Not
)


# --- statements ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join:
    """A table joined to the query: ``left`` is what is on the side that was there before."""

    table: Table
    alias: str
    outer: bool
    left: Column | Columns
    right: Column | Columns

    @property
    def pairs(self) -> Iterator[tuple[Column, Column]]:
        """The columns that are equal."""
        return zip(columns_of(self.left), columns_of(self.right), strict=True)


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
    """

    table: Table | None
    alias: str
    outputs: tuple[Expr, ...]
    joins: tuple[Join, ...] = ()
    where: Condition | None = None
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
class Insert:
    """An INSERT of one or more rows; ``rows`` holds an expression for each field of each row."""

    table: Table
    fields: tuple[Field[Any], ...]
    rows: tuple[tuple[Expr, ...], ...]
    returning: tuple[Field[Any], ...] = ()


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
    Select | Ranked | CountRows | Insert | InsertMany | Update | UpdateMany | Delete
)
