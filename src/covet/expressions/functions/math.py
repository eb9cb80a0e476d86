"""The functions of numbers, by Django's names.

What has no result in numbers is NULL, as a division by zero is: ``Sqrt(-1)``, ``Ln(0)``. A result
beyond all floats is a ``DataError``.
"""

from __future__ import annotations

from typing import Any

from ...errors import FieldError, short
from ..base import Combined, Value, as_expression
from .base import Function

MOST_PLACES = 30
"""How many places MariaDB's decimals have."""


class OfNumber(Function[Any]):
    """A function of one number, which gives one of the same type."""

    __slots__ = ()
    arity = 1
    takes = ("a number",)
    returns = "common"

    def __init__(self, expression: Any, *, output_field: Any = None) -> None:
        super().__init__(expression, output_field=output_field)


class OfFloat(OfNumber):
    """A function of one number, which gives a float."""

    __slots__ = ()
    returns = "float"


class Abs(OfNumber):
    """A number without its sign.

    Example:
        >>> Post.objects.filter(Abs(F("likes") - F("dislikes")) < 3)
    """

    __slots__ = ()
    function = "ABS"
    lookup_name = "abs"


class Ceil(OfNumber):
    """The least whole number that is not below a number; of the number's type."""

    __slots__ = ()
    function = "CEIL"
    lookup_name = "ceil"


class Floor(OfNumber):
    """The greatest whole number that is not above a number; of the number's type."""

    __slots__ = ()
    function = "FLOOR"
    lookup_name = "floor"


class Sign(OfNumber):
    """1, 0 or -1, as a number is above 0, 0 or below it; a whole number."""

    __slots__ = ()
    function = "SIGN"
    lookup_name = "sign"
    returns = "integer"


class Round(Function[Any]):
    """A number with so many places, halves away from zero; of the number's type.

    Args:
        expression: the number.
        precision: how many places: 0 when left out; below 0, so many zeros before the point.

    Raises:
        FieldError: a precision beyond -30 and 30.

    Example:
        >>> Post.objects.annotate(shown=Round("price", precision=1))
    """

    __slots__ = ()
    function = "ROUND"
    lookup_name = "round"
    arity = 2
    takes = ("a number", "integer")
    returns = "like the first"

    def __init__(self, expression: Any, precision: Any = 0) -> None:
        given = precision.value if isinstance(precision, Value) else precision
        if isinstance(given, int | float) and (type(given) is not int or abs(given) > MOST_PLACES):
            raise FieldError(
                f"Round(): precision is a whole number from -{MOST_PLACES} to {MOST_PLACES}, "
                f"not {short(given)}"
            )
        super().__init__(expression, precision)


class ACos(OfFloat):
    """The angle that has a cosine, in radians; NULL beyond -1 and 1."""

    __slots__ = ()
    function = "ACOS"
    lookup_name = "acos"
    nulls = "always"


class ASin(OfFloat):
    """The angle that has a sine, in radians; NULL beyond -1 and 1."""

    __slots__ = ()
    function = "ASIN"
    lookup_name = "asin"
    nulls = "always"


class ATan(OfFloat):
    """The angle that has a tangent, in radians."""

    __slots__ = ()
    function = "ATAN"
    lookup_name = "atan"


class Cos(OfFloat):
    """The cosine of an angle in radians."""

    __slots__ = ()
    function = "COS"
    lookup_name = "cos"


class Cot(OfFloat):
    """The cotangent of an angle in radians; NULL of 0."""

    __slots__ = ()
    function = "COT"
    lookup_name = "cot"
    nulls = "always"


class Degrees(OfFloat):
    """An angle in radians as one in degrees."""

    __slots__ = ()
    function = "DEGREES"
    lookup_name = "degrees"


class Exp(OfFloat):
    """The number e to a power."""

    __slots__ = ()
    function = "EXP"
    lookup_name = "exp"


class Ln(OfFloat):
    """The natural logarithm; NULL of what is not above 0."""

    __slots__ = ()
    function = "LN"
    lookup_name = "ln"
    nulls = "always"


class Radians(OfFloat):
    """An angle in degrees as one in radians."""

    __slots__ = ()
    function = "RADIANS"
    lookup_name = "radians"


class Sin(OfFloat):
    """The sine of an angle in radians."""

    __slots__ = ()
    function = "SIN"
    lookup_name = "sin"


class Sqrt(OfFloat):
    """The square root; NULL of what is below 0."""

    __slots__ = ()
    function = "SQRT"
    lookup_name = "sqrt"
    nulls = "always"


class Tan(OfFloat):
    """The tangent of an angle in radians."""

    __slots__ = ()
    function = "TAN"
    lookup_name = "tan"


class ATan2(Function[Any]):
    """The angle of the point ``(x, y)``, in radians: ``ATan2(y, x)``."""

    __slots__ = ()
    function = "ATAN2"
    arity = 2
    takes = ("a number",)
    returns = "float"


class Log(Function[Any]):
    """The logarithm to a base: ``Log(base, x)``; NULL where there is none.

    Example:
        >>> Post.objects.annotate(digits=Floor(Log(10, "views")) + 1)
    """

    __slots__ = ()
    function = "LOG"
    arity = 2
    takes = ("a number",)
    returns = "float"
    nulls = "always"


class Pi(Function[Any]):
    """The number pi."""

    __slots__ = ()
    function = "PI"
    arity = 0
    returns = "float"
    nulls = "never"


class Random(Function[Any]):
    """A random number from 0 up to 1, another one in each row."""

    __slots__ = ()
    function = "RANDOM"
    arity = 0
    returns = "float"
    nulls = "never"


class Mod(Combined):
    """The remainder of a division, with the sign of the dividend: ``a % b``; NULL if b is 0.

    Example:
        >>> Post.objects.filter(Mod("views", 2) == 0)
    """

    __slots__ = ()

    def __init__(self, expression1: Any, expression2: Any) -> None:
        super().__init__("%", as_expression(expression1), as_expression(expression2))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.left!r}, {self.right!r})"


class Power(Combined):
    """A number to the power of another: ``a ** b``; a float, and NULL where there is none."""

    __slots__ = ()

    def __init__(self, expression1: Any, expression2: Any) -> None:
        super().__init__("**", as_expression(expression1), as_expression(expression2))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.left!r}, {self.right!r})"
