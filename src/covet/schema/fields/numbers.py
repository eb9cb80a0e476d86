"""Which numbers with a fraction can a column hold: floats, and exact decimals?"""

from __future__ import annotations

import decimal
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeVar, Unpack, overload

from ...errors import short
from .base import Field, FieldOptions, unwrap

T = TypeVar("T")

LONGEST_NUMBER: Final = 400
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,6})?", re.ASCII)

MAX_DIGITS: Final = 65
MAX_DECIMAL_PLACES: Final = 30
"""MySQL's limits; PostgreSQL has wider ones, but a model means the same on all databases."""


class FloatField(Field[T]):
    """Floating point numbers of 64 bits.

    Accepts numbers, and strings that are one; they become the nearest ``float``. NaN and the
    infinities are refused, as not every database stores them; ``-0.0`` is stored as ``0.0``.

    Example:
        share = FloatField(null=True)
    """

    kind: ClassVar[str] = "float"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: FloatField[float | None],
            verbose_name: str | None = ...,
            *,
            null: Literal[True],
            **options: Unpack[FieldOptions],
        ) -> None: ...
        @overload
        def __init__(
            self: FloatField[float],
            verbose_name: str | None = ...,
            *,
            null: Literal[False] = ...,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, verbose_name: str | None = None, **options: Any) -> None: ...

    def check(self, value: Any) -> Any:
        number = value if type(value) is float else self._nearest(unwrap(value))
        if number - number != 0.0:  # true of NaN and of the infinities only
            raise self.invalid(f"must be a finite number, not {short(value)}", "not_finite")
        return number + 0.0

    def _nearest(self, value: Any) -> float:
        if isinstance(value, str):
            if len(value) <= LONGEST_NUMBER and _NUMBER.fullmatch(value):
                return float(value)
        elif isinstance(value, float):
            return float.__float__(value)
        elif isinstance(value, (int, Decimal)):
            try:
                return float(value)
            except (OverflowError, ValueError):  # too large, or a signalling NaN
                raise self.invalid(
                    f"must be a finite number, not {short(value)}", "not_finite"
                ) from None
        raise self.invalid(f"must be a number, not {short(value)}")


class DecimalField(Field[T]):
    """Exact decimal numbers with a fixed number of places.

    Accepts ``Decimal``, ``int``, strings that are a number, and floats (by their shortest
    notation: ``0.1`` is ``Decimal("0.1")``). The value always has exactly ``decimal_places``
    places. One that has more is refused, not rounded: only you know which rounding is right.

    Args:
        max_digits: how many digits a value may have in all, at most 65.
        decimal_places: how many of them are behind the point, at most 30.

    Example:
        price = DecimalField(max_digits=10, decimal_places=2)
    """

    kind: ClassVar[str] = "decimal"

    @overload
    def __init__(
        self: DecimalField[Decimal | None],
        verbose_name: str | None = ...,
        *,
        max_digits: int | None = ...,
        decimal_places: int | None = ...,
        null: Literal[True],
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: DecimalField[Decimal],
        verbose_name: str | None = ...,
        *,
        max_digits: int | None = ...,
        decimal_places: int | None = ...,
        null: Literal[False] = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(verbose_name, **options)
        self.max_digits = max_digits
        self.decimal_places = decimal_places
        # An output_field, which belongs to no model, may leave its size out.
        digits = MAX_DIGITS if max_digits is None else max_digits
        places = MAX_DECIMAL_PLACES if decimal_places is None else decimal_places
        if type(digits) is int and type(places) is int:  # else bind() refuses it
            self._whole_digits = digits - places
            self._step = Decimal((0, (1,), -places))
            self._context = decimal.Context(
                prec=max(digits, 1), traps=[decimal.Inexact, decimal.InvalidOperation]
            )

    def check_declaration(self) -> None:
        super().check_declaration()
        digits, places = self.max_digits, self.decimal_places
        if type(digits) is not int or type(places) is not int:
            raise self.misdeclared(
                "is a DecimalField without its size",
                "Give max_digits and decimal_places, such as max_digits=10, decimal_places=2.",
            )
        if not (1 <= digits <= MAX_DIGITS and 0 <= places <= min(digits, MAX_DECIMAL_PLACES)):
            raise self.misdeclared(
                f"has max_digits={digits}, decimal_places={places}",
                f"max_digits is 1 to {MAX_DIGITS}, decimal_places 0 to {MAX_DECIMAL_PLACES} and "
                "not more than max_digits.",
            )

    def check(self, value: Any) -> Any:
        number = value if type(value) is Decimal else self._decimal(unwrap(value))
        if not number.is_finite():
            raise self.invalid(f"must be a finite number, not {short(value)}", "not_finite")
        if not number:
            number = Decimal(0)  # of any sign, with any exponent
        elif number.adjusted() >= self._whole_digits:
            raise self.invalid(
                f"has {self._whole_digits} digits at most before the point, not {short(value)}",
                "out_of_range",
            )
        try:
            return number.quantize(self._step, context=self._context)
        except decimal.DecimalException:
            raise self.invalid(
                f"has {self.decimal_places} decimal places at most, not {short(value)}; round it",
                "max_decimal_places",
            ) from None

    def _decimal(self, value: Any) -> Decimal:
        if isinstance(value, str):
            if len(value) <= LONGEST_NUMBER and _NUMBER.fullmatch(value):
                return Decimal(value)
        elif isinstance(value, float):
            return Decimal(float.__repr__(value))
        elif isinstance(value, int):
            # Decimal(int) of a million digits takes long; bit_length() does not.
            if value.bit_length() > 4 * MAX_DIGITS:
                raise self.invalid(
                    f"has {self._whole_digits} digits at most before the point, not {short(value)}",
                    "out_of_range",
                )
            return Decimal(value)
        elif isinstance(value, Decimal):
            return Decimal(value)
        raise self.invalid(f"must be a decimal number, not {short(value)}")
