"""What has a value that depends on a condition, and what is a condition that has a value?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, short
from .base import Compound, Expression, as_expression
from .q import Q
from .shape import type_shape


class Predicate(Compound[bool]):
    """A condition as a value: true, false or, where it is unknown, None."""

    __slots__ = ("condition",)

    def __init__(self, condition: Q) -> None:
        if not condition.children:
            raise FieldError("An empty Q() is no value", fix="Use Value(True).")
        self.condition = condition
        self._consists("IS", (condition,))

    def __repr__(self) -> str:
        return repr(self.condition)


class When(Compound[Any]):
    """One way of a ``Case``: a condition, and the value where it is true.

    Args:
        condition: a ``Q``, a comparison, or an expression that is true or false.
        then: the value: an expression, the name of a field, or any other value.
        **lookups: the condition as ``filter()`` takes it, beside or instead of ``condition``.

    Raises:
        FieldError: there is no condition.

    Example:
        >>> from covet import Value, When
        >>> When(views__gte=100, then=Value("popular"))
        When(views__gte=100, then='popular')
    """

    __slots__ = ("condition", "then")

    def __init__(self, condition: Any = None, /, then: Any = None, **lookups: Any) -> None:
        given = () if condition is None else (condition,)
        self.condition = Q(*given, **lookups)
        if not self.condition.children:
            raise FieldError(
                "When() needs a condition that says something",
                fix="Write When(views__gt=9, then=…) or When(Q(…), then=…).",
            )
        self.then = as_expression(then)
        self._consists("WHEN", (self.condition, self.then))

    def __repr__(self) -> str:
        return f"When({self.condition.inside()}, then={self.then!r})"


class Case(Compound[Any]):
    """The value of the first condition that is true: ``CASE WHEN … THEN … ELSE … END``.

    Args:
        *cases: ``When`` objects, the first first.
        default: the value if no condition is true; NULL when left out.
        output_field: the type of the result; that of the values when left out.

    Raises:
        FieldError: something else than a ``When``.

    Example:
        >>> from covet import Case, Value, When
        >>> Case(When(views__gte=100, then=Value("popular")), default=Value("new"))
        Case(When(views__gte=100, then='popular'), default='new')
    """

    __slots__ = ("cases", "default", "output_field")

    def __init__(self, *cases: When, default: Any = None, output_field: Any = None) -> None:
        for case in cases:
            if not isinstance(case, When):
                raise FieldError(
                    f"Case() takes When objects, not {short(case)}",
                    fix="Write Case(When(…, then=…), default=…).",
                )
        self.cases = cases
        self.default = as_expression(default)
        self.output_field = output_field
        self._consists("CASE", (*cases, self.default), type_shape(output_field))

    def __repr__(self) -> str:
        return f"Case({', '.join(map(repr, self.cases))}, default={self.default!r})"


class ExpressionWrapper(Compound[Any]):
    """An expression whose type is said: ``ExpressionWrapper(F("a") / F("b"), FloatField())``.

    Args:
        expression: the expression; a ``Q`` makes a condition a value.
        output_field: a field of the type that its values have in Python.
    """

    __slots__ = ("expression", "output_field")

    def __init__(self, expression: Any, output_field: Any) -> None:
        self.expression: Expression[Any] = as_expression(expression)
        self.output_field = output_field
        self._consists("TYPED", (self.expression,), type_shape(output_field))

    def __repr__(self) -> str:
        name = type(self.output_field).__name__
        return f"ExpressionWrapper({self.expression!r}, {name}())"
