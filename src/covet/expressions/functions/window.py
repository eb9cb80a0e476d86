"""The functions that say something of a row by its place among others."""

from __future__ import annotations

from typing import Any

from ...errors import FieldError, short
from ..base import Value
from ..windows import WindowFunction


class RowNumber(WindowFunction):
    """The place of a row in its partition, counted from 1."""

    __slots__ = ()
    function = "ROW_NUMBER"
    arity = 0


class Rank(WindowFunction):
    """The place of a row, the same for equal ones, with gaps behind them."""

    __slots__ = ()
    function = "RANK"
    arity = 0


class DenseRank(WindowFunction):
    """The place of a row, the same for equal ones, without gaps."""

    __slots__ = ()
    function = "DENSE_RANK"
    arity = 0


class PercentRank(WindowFunction):
    """The rank of a row from 0 to 1: how many rows come before it, of all others."""

    __slots__ = ()
    function = "PERCENT_RANK"
    arity = 0
    returns = "float"


class CumeDist(WindowFunction):
    """The share of the rows that come before a row or are equal to it, above 0 and up to 1."""

    __slots__ = ()
    function = "CUME_DIST"
    arity = 0
    returns = "float"


class Ntile(WindowFunction):
    """The number of the bucket that a row falls into, of so many that are equally large.

    Args:
        num_buckets: how many buckets there are.

    Raises:
        FieldError: a number of buckets that is no whole number above 0.
    """

    __slots__ = ()
    function = "NTILE"
    arity = 1

    def __init__(self, num_buckets: int = 1) -> None:
        super().__init__(_whole(num_buckets, self, "num_buckets"))


class FirstValue(WindowFunction):
    """The value that the first row of the frame has."""

    __slots__ = ()
    function = "FIRST_VALUE"
    arity = 1
    returns = "first"
    nulls = "always"


class LastValue(WindowFunction):
    """The value that the last row of the frame has: without a frame, the row itself or an equal.

    Example:
        >>> newest = Window(LastValue("title"), order_by="created", frame=RowRange())
    """

    __slots__ = ()
    function = "LAST_VALUE"
    arity = 1
    returns = "first"
    nulls = "always"


class NthValue(WindowFunction):
    """The value that a row of the frame has, counted from 1; None while the frame is shorter.

    Args:
        expression: the value: an expression or the name of a field.
        nth: which row.

    Raises:
        FieldError: a place that is no whole number above 0.
    """

    __slots__ = ()
    function = "NTH_VALUE"
    arity = 2
    returns = "first"
    nulls = "always"

    def __init__(self, expression: Any, nth: int = 1) -> None:
        super().__init__(expression, _whole(nth, self, "nth"))


class _Shifted(WindowFunction):
    """The value that another row of the partition has.

    Args:
        expression: the value: an expression or the name of a field.
        offset: how many rows away that row is.
        default: the value where there is no such row: an expression, the name of a field or
            another value. None when left out.

    Raises:
        FieldError: an offset that is no whole number above 0.
    """

    __slots__ = ()
    arity = (2, 3)
    returns = "common"
    numbers = (1,)
    nulls = "always"

    def __init__(self, expression: Any, offset: int = 1, default: Any = None) -> None:
        given = () if default is None else (default,)
        super().__init__(expression, _whole(offset, self, "offset"), *given)


class Lag(_Shifted):
    """The value that the row so many places before has.

    Args:
        expression: the value: an expression or the name of a field.
        offset: how many rows away that row is.
        default: the value where there is no such row: an expression, the name of a field or
            another value. None when left out.

    Raises:
        FieldError: an offset that is no whole number above 0.

    Example:
        >>> change = F("views") - Window(Lag("views"), order_by="created")
    """

    __slots__ = ()
    function = "LAG"


class Lead(_Shifted):
    """The value that the row so many places behind has; as ``Lag`` else."""

    __slots__ = ()
    function = "LEAD"


class Number(Value[int]):
    """A whole number that a function of a window is told; 32 bits, as PostgreSQL wants it."""

    __slots__ = ()


def _whole(number: Any, function: WindowFunction, name: str) -> Value[int]:
    if type(number) is not int or not 0 < number < 2**31:
        raise FieldError(
            f"{type(function).__name__}() takes a whole number above 0 as {name}, "
            f"not {short(number)}"
        )
    return Number(number)
