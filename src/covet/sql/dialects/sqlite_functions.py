"""What does SQLite lack that the compiled SQL calls? These Python functions stand in for it."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Any

from ...schema.fields.moments import microseconds
from . import sqlite_casts, sqlite_dates, sqlite_json, sqlite_numbers, sqlite_texts

CONTEXT = Context(prec=100, rounding=ROUND_HALF_UP, Emax=10_000, Emin=-10_000)
DIVISION_PLACES = 20
"""How many places a division of decimals has, alike on all databases."""


def register(connection: sqlite3.Connection) -> None:
    """Give a new SQLite connection the functions that covet's SQL uses."""
    own = (*FUNCTIONS, *sqlite_texts.FUNCTIONS, *sqlite_numbers.FUNCTIONS, *sqlite_casts.FUNCTIONS)
    for name, arguments, function in own:
        connection.create_function(name, arguments, function, deterministic=True)
    sqlite_json.register(connection)
    connection.create_collation("covet_decimal", compare_decimals)


def upper(text: Any) -> Any:
    """A text in capitals, by Unicode."""
    return text.upper() if isinstance(text, str) else text


def regex(pattern: Any, text: Any, ignore_case: int) -> Any:
    """Whether a text holds a match of a pattern."""
    if pattern is None or text is None:
        return None
    return _compiled(pattern, ignore_case).search(str(text)) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str, ignore_case: int) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE if ignore_case else 0)


def decimal(operator: str, left: Any, right: Any) -> Any:
    """Arithmetic with decimals, as text."""
    if left is None or right is None:
        return None
    one, other = as_decimal(left), as_decimal(right)
    if operator in "/%" and not other:
        return None
    with localcontext(CONTEXT):
        result = _DECIMAL[operator](one, other)
        if operator == "/":
            result = round(result, DIVISION_PLACES)
    return format(result, "f")


def as_decimal(value: Any) -> Decimal:
    return Decimal(repr(value) if isinstance(value, float) else value)


_DECIMAL: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,  # the sign of the dividend, as in SQL
}


def float_(operator: str, left: Any, right: Any) -> Any:
    """The remainder of floats, with the sign of the dividend."""
    if left is None or right is None or not float(right):
        return None
    return math.fmod(float(left), float(right))


def quantize(value: Any, digits: int, places: int) -> Any:
    """A number as a decimal column holds it.

    Raises:
        ValueError: it has more digits than the column.
    """
    if value is None:
        return None
    number = as_decimal(value).quantize(Decimal(1).scaleb(-places), context=CONTEXT)
    if number and number.adjusted() >= digits - places:
        raise ValueError("numeric field overflow")
    return format(number, "f")


def whole(value: Any, is_whole: int) -> Any:
    """A number as a column of whole numbers holds it; halves are rounded away from zero.

    Raises:
        ValueError: it was whole before, and SQLite made a float of it as it is beyond 64 bits.
    """
    if value is None or isinstance(value, int):
        return value
    if is_whole:
        raise ValueError("integer out of range")
    return int(as_decimal(value).quantize(Decimal(1), context=CONTEXT))


def finite(value: Any) -> Any:
    """A number that is one.

    Raises:
        ValueError: it is beyond all floats.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("float out of range")
    return value


def compare_decimals(left: str, right: str) -> int:
    """The collation of decimals."""
    one, other = Decimal(left), Decimal(right)
    return (one > other) - (one < other)


def moved(moment: Any, duration: Any) -> Any:
    """A moment that a duration in microseconds leads to.

    Raises:
        OverflowError: it is outside the years 1 to 9999.
    """
    if moment is None or duration is None:
        return None
    return (datetime.fromisoformat(moment) + timedelta(0, 0, duration)).isoformat(" ")


def distance(end: Any, start: Any) -> Any:
    """The microseconds between two moments, or two dates."""
    if end is None or start is None:
        return None
    return microseconds(datetime.fromisoformat(end) - datetime.fromisoformat(start))


FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("covet_upper", 1, upper),
    ("covet_regex", 3, regex),
    ("covet_decimal", 3, decimal),
    ("covet_float", 3, float_),
    ("covet_quantize", 3, quantize),
    ("covet_moved", 2, moved),
    ("covet_distance", 2, distance),
    ("covet_whole", 2, whole),
    ("covet_finite", 1, finite),
    *sqlite_dates.FUNCTIONS,
)
