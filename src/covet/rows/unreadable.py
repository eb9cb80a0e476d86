"""Which value of which row is it that cannot be read? Looked for once a whole result has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..errors import DataError, short
from ..schema.fields import Field

UNREADABLE = (TypeError, ValueError, ArithmeticError, AttributeError)
"""What converters raise for what they cannot read. Python has no year 0, and no 10000 either."""


class Cell(NamedTuple):
    """A value that cannot be read.

    Attributes:
        column: the number of its column.
        row: the number of its row, from 1.
        value: the value, as the driver gave it.
    """

    column: int
    row: int
    value: Any


def first_unreadable(
    rows: Iterable[Sequence[Any]], readers: Iterable[tuple[int, Callable[[Any], object]]]
) -> Cell | None:
    """The first value of a result that cannot be read; None if all can.

    Args:
        rows: the result.
        readers: columns by their numbers, and what reads a value of each.
    """
    rows = list(rows)
    for column, read in readers:
        for number, row in enumerate(rows, 1):
            try:
                read(row[column])
            except UNREADABLE:
                return Cell(column, number, row[column])
    return None


def unreadable(cell: Cell, field: Field[Any]) -> DataError:
    """The error for a value that its field cannot read."""
    name = f"{field.model}.{field.name}" if field.model else "A value"
    value = "a value that is not shown" if field.sensitive else short(cell.value)
    return DataError(
        f"{name} cannot be read in row {cell.row} of the result: the database holds {value}",
        fix="Correct it in the database, or leave the field out by defer() or only().",
    )
