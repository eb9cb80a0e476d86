"""What do SQLite's functions of numbers do? A decimal comes, and goes, as a text."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

from .sqlite_texts import of_values

CONTEXT = Context(prec=1000, rounding=ROUND_HALF_UP, Emax=10_000, Emin=-10_000)


def of_floats(function: Callable[..., float | None]) -> Callable[..., Any]:
    """A function of floats, which is NULL where it has no result.

    A result beyond all floats is an error of it, as it is elsewhere.
    """

    def called(*arguments: Any) -> Any:
        try:
            return function(*map(float, arguments))
        except ZeroDivisionError:
            return None
        except ValueError:
            return None

    return of_values(called)


def cotangent(angle: float) -> float:
    """The cotangent."""
    return 1 / math.tan(angle)


def logarithm(base: float, number: float) -> float:
    """The logarithm to a base."""
    return math.log(number) / math.log(base)


def power(base: float, exponent: float) -> float | None:
    """A number to the power of another."""
    if base == 0 and exponent < 0:
        return None
    return math.pow(base, exponent)


def kept(function: Callable[..., Decimal]) -> Callable[..., Any]:
    """A function of decimals, whose result has the type of the number it is given."""

    def called(value: Any, *rest: Any) -> Any:
        return like(value, function(decimal_of(value), *rest))

    return of_values(called)


def decimal_of(value: Any) -> Decimal:
    """A number of any type as a decimal; a float by its shortest digits."""
    return Decimal(repr(value) if isinstance(value, float) else value)


def like(value: Any, number: Decimal) -> Any:
    """A decimal as a number of the type of another."""
    if isinstance(value, str):
        return format(number, "f")
    return float(number) + 0.0 if isinstance(value, float) else int(number)


def rounded(number: Decimal, places: int) -> Decimal:
    """A number with so many places, halves away from zero."""
    if number.as_tuple().exponent >= -places:  # type: ignore[operator]
        return number
    return number.quantize(Decimal((0, (1,), -places)), context=CONTEXT)


def sign(value: Any) -> int:
    """1, 0 or -1."""
    number = decimal_of(value)
    return (number > 0) - (number < 0)


FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("covet_acos", 1, of_floats(math.acos)),
    ("covet_asin", 1, of_floats(math.asin)),
    ("covet_atan", 1, of_floats(math.atan)),
    ("covet_atan2", 2, of_floats(math.atan2)),
    ("covet_cos", 1, of_floats(math.cos)),
    ("covet_cot", 1, of_floats(cotangent)),
    ("covet_degrees", 1, of_floats(math.degrees)),
    ("covet_exp", 1, of_floats(math.exp)),
    ("covet_ln", 1, of_floats(math.log)),
    ("covet_log", 2, of_floats(logarithm)),
    ("covet_power", 2, of_floats(power)),
    ("covet_radians", 1, of_floats(math.radians)),
    ("covet_sin", 1, of_floats(math.sin)),
    ("covet_sqrt", 1, of_floats(math.sqrt)),
    ("covet_tan", 1, of_floats(math.tan)),
    ("covet_abs", 1, kept(Decimal.__abs__)),
    ("covet_ceil", 1, kept(lambda number: number.to_integral_value(ROUND_CEILING))),
    ("covet_floor", 1, kept(lambda number: number.to_integral_value(ROUND_FLOOR))),
    ("covet_round", 2, kept(rounded)),
    ("covet_sign", 1, of_values(sign)),
)
