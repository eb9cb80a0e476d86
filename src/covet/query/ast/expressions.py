"""What has a value in a statement: columns, parameters, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ...schema.fields import Field

if TYPE_CHECKING:
    from .conditions import Condition
    from .statements import OrderTerm, Select


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
class YearEnd:
    """The first or the last moment of a year that is a value of the query.

    NULL where there is none beyond the years that Python has, so that nothing compares with it.

    Attributes:
        year: the value.
        part: ``"year"``, or ``"iso_year"``, which begins with its first week.
        last: whether the last moment is meant.
        step: how many years further.
    """

    year: Param
    part: str
    last: bool
    step: int
    field: Field[Any]
    nullable: bool = True


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


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a derived table: an output of the SELECT in it."""

    alias: str
    name: str
    field: Field[Any] | None
    nullable: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression whose values are read as another type."""

    operand: Expr
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function that the dialects know by its name.

    Attributes:
        options: what else it is told, in words of a fixed list.
    """

    name: str
    arguments: tuple[Expr, ...]
    options: tuple[str, ...]
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A function of the user's: its SQL by dialect, with places for its name and its arguments."""

    name: str
    arguments: tuple[Expr, ...]
    templates: tuple[tuple[str, str], ...]
    joiner: str
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Case:
    """The value beside the first condition that is true."""

    ways: tuple[tuple[Condition, Expr], ...]
    default: Expr
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition as a value."""

    condition: Condition
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Raw:
    """A piece of the user's own SQL: text and parameters in turn, text first and last."""

    pieces: tuple[str, ...]
    params: tuple[Param, ...]
    field: Field[Any]
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Scalar:
    """The value of a subquery of one column and one row."""

    select: Select
    field: Field[Any]
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Star:
    """The ``*`` of ``COUNT(*)``."""

    field: Field[Any] | None = None
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Everything:
    """All columns of a table, or of all tables: ``"posts".*`` and ``*``."""

    alias: str | None
    field: Field[Any] | None = None
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function of many rows.

    Attributes:
        filter: which rows count; None for all.
        order_by: the order in which values are taken.
        options: what else it is told, in words of a fixed list.
    """

    name: str
    arguments: tuple[Expr, ...]
    distinct: bool
    filter: Condition | None
    order_by: tuple[OrderTerm, ...]
    options: tuple[str, ...]
    field: Field[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Over:
    """A function over a window of rows.

    Attributes:
        function: an aggregate, or a call of a function that only a window has.
        frame: ROWS or RANGE, the bounds as in ``RowRange``, and what is left out; or None.
    """

    function: Aggregate | Call
    partition_by: tuple[Expr, ...]
    order_by: tuple[OrderTerm, ...]
    frame: tuple[str, int | None, int | None, str | None] | None
    field: Field[Any]
    nullable: bool


Expr: TypeAlias = (
    Column
    | Columns
    | Param
    | Constant
    | Null
    | Arithmetic
    | YearEnd
    | Switch
    | Random
    | Named
    | Output
    | Typed
    | Call
    | OwnCall
    | Case
    | Predicate
    | Raw
    | Scalar
    | Star
    | Everything
    | Aggregate
    | Over
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
