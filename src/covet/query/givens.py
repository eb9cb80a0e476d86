"""What may stand on the right side of a lookup, and what does it ask?"""

from __future__ import annotations

from ..errors import FieldError
from ..expressions import shape
from .operands import Given, Operand
from .types import named


def check_list(operand: Operand, given: Given, *kinds: str) -> None:
    """Refuse what is no list of values, behind ``__in``.

    Args:
        operand: the left side.
        given: the right side.
        kinds: what else may stand there.

    Raises:
        FieldError: it is none.
    """
    if given.kind not in (shape.LIST, *kinds):
        name = operand.field.name
        raise FieldError(
            f"{named(operand.field)}__in takes a list of values",
            fix=f"Write {name}__in=[…], or {name}=… for one value.",
        )


def check_range(operand: Operand, given: Given) -> None:
    """Refuse what is no pair of values, behind ``__range``.

    Raises:
        FieldError: it is none.
    """
    if given.kind != shape.LIST:
        raise FieldError(
            f"{named(operand.field)}__range takes the first and the last value",
            fix=f"Write {operand.field.name}__range=(low, high).",
        )


def asks_for_null(operand: Operand, given: Given) -> bool:
    """Whether ``__isnull`` is given True.

    Raises:
        FieldError: it is given neither True nor False.
    """
    if given.kind not in (shape.TRUE, shape.FALSE):
        raise FieldError(f"{named(operand.field)}__isnull takes True or False")
    return given.kind == shape.TRUE
