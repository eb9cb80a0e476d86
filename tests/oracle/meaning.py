"""What does a lookup, a transform or an operator mean for two values, whatever the database?"""

from __future__ import annotations

import decimal
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

Truth = bool | None
"""True, False, or None for unknown."""

EXACT = decimal.Context(prec=200, traps=[decimal.Inexact, decimal.InvalidOperation])
WIDE = decimal.Context(prec=200)
DIVISION_PLACES = 20
INT64 = range(-(2**63), 2**63)


class Unspecified(Exception):
    """The databases are not yet made to agree on this; the question is not asked.

    Raised by arithmetic outside of 64 bits or of finite floats, and by decimals that get longer
    than MariaDB's.
    """


# --- lookups -----------------------------------------------------------------------------------


def compare(lookup: str, left: Any, right: Any) -> Truth:
    """Whether ``left <lookup> right``, unknown where the answer would depend on a NULL."""
    if lookup == "isnull":
        return (left is None) is right
    if lookup == "in" and all(member is None for member in right):
        return False  # nothing is in an empty list, not even what is unknown
    if left is None or right is None:
        return None
    return LOOKUPS[lookup](left, right)


def _equal(left: Any, right: Any) -> bool:
    left, right = promoted(left, right)
    return bool(left == right)


def _less(left: Any, right: Any) -> bool:
    left, right = promoted(left, right)
    return bool(left < right)


def upper(text: str) -> str:
    """Each character by its simple upper case: one character stays one."""
    return "".join(u if len(u := c.upper()) == 1 else c for c in text)


def _folded(test: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    return lambda left, right: test(upper(left), upper(right))


LOOKUPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": _equal,
    "lt": _less,
    "lte": lambda left, right: not _less(right, left),
    "gt": lambda left, right: _less(right, left),
    "gte": lambda left, right: not _less(left, right),
    "range": lambda left, ends: not _less(left, ends[0]) and not _less(ends[1], left),
    "in": lambda left, members: any(_equal(left, m) for m in members if m is not None),
    "contains": lambda left, right: right in left,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "iexact": _folded(str.__eq__),
    "icontains": _folded(lambda left, right: right in left),
    "istartswith": _folded(str.startswith),
    "iendswith": _folded(str.endswith),
    "regex": lambda left, right: re.search(right, left) is not None,
    "iregex": lambda left, right: re.search(right, left, re.IGNORECASE) is not None,
}

# --- transforms --------------------------------------------------------------------------------

TRANSFORMS: Mapping[str, Callable[[Any], Any]] = {
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
    "quarter": lambda moment: (moment.month + 2) // 3,
    "week": lambda moment: moment.isocalendar().week,
    "iso_year": lambda moment: moment.isocalendar().year,
    "iso_week_day": lambda moment: moment.isoweekday(),
    "week_day": lambda moment: moment.isoweekday() % 7 + 1,  # Sunday is 1
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
    "date": datetime.date,
    "time": datetime.time,
}


def transform(name: str, value: Any) -> Any:
    """A part of a date or a time; of a NULL, NULL. Moments are in UTC."""
    return None if value is None else TRANSFORMS[name](value)


# --- functions ---------------------------------------------------------------------------------


def call(name: str, arguments: Sequence[Any]) -> Any:
    """What a function gives: all but ``Coalesce`` give NULL of a NULL."""
    if name == "Coalesce":
        return next((value for value in arguments if value is not None), None)
    if name == "NullIf":
        one, other = arguments
        return None if one is not None and other is not None and _equal(one, other) else one
    if None in arguments:
        return None
    return {"Greatest": max, "Least": min}[name](arguments)


# --- numbers -----------------------------------------------------------------------------------


def promoted(left: Any, right: Any) -> tuple[Any, Any]:
    """Two numbers as the wider of their types: integer, decimal, float."""
    if isinstance(left, float) and isinstance(right, int | Decimal):
        return left, float(right)
    if isinstance(right, float) and isinstance(left, int | Decimal):
        return float(left), right
    return left, right


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """``left <operator> right``: NULL with a NULL, or when divided by zero.

    Raises:
        Unspecified: the result is one on which the databases differ by nature.
    """
    if left is None or right is None or (operator in "/%" and right == 0):
        return None
    left, right = promoted(left, right)
    if isinstance(left, float):
        return _floats(operator, left, right)
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimals(operator, Decimal(left), Decimal(right))
    return _integers(operator, left, right)


def _integers(operator: str, left: int, right: int) -> int:
    result = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: _truncated(left, right),
        "%": lambda: left - right * _truncated(left, right),  # the dividend's sign
    }[operator]()
    if result not in INT64:
        raise Unspecified(f"{left} {operator} {right}")
    return result


def _truncated(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _floats(operator: str, left: float, right: float) -> float:
    result = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "%": lambda: math.fmod(left, right),
    }[operator]()
    if not math.isfinite(result) or (result == 0 and operator in "*/" and left != 0):
        raise Unspecified(f"{left} {operator} {right}")
    return result


def _decimals(operator: str, left: Decimal, right: Decimal) -> Decimal:
    result = {
        "+": lambda: EXACT.add(left, right),
        "-": lambda: EXACT.subtract(left, right),
        "*": lambda: EXACT.multiply(left, right),
        "/": lambda: rounded(WIDE.divide(left, right), DIVISION_PLACES),
        "%": lambda: EXACT.remainder(left, right),  # the dividend's sign
    }[operator]()
    if result.adjusted() >= 28 or -int(result.as_tuple().exponent) > 24:
        raise Unspecified(f"{left} {operator} {right}")
    return result


def rounded(number: Decimal, places: int) -> Decimal:
    """The nearest number with so many places; halves away from zero."""
    return number.quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP, WIDE)


def stored(value: Any, kind: str, places: int = 0) -> Any:
    """A number as a column of another kind takes it."""
    if value is None or kind not in ("integer", "biginteger", "decimal", "float"):
        return value
    if kind == "float":
        return float(value)
    if kind == "decimal":
        return rounded(Decimal(value), places)
    return int(rounded(Decimal(value), 0))
