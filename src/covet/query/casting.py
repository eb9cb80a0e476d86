"""Which types can be cast to which?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError
from ..expressions import Cast
from ..schema.fields import Field
from . import ast
from .operands import Operand
from .types import checked_type, family, named

NUMBERS = frozenset({"integer", "float", "decimal", "text", "json"})

CASTS: dict[str, frozenset[str]] = {
    "text": frozenset(
        {
            "integer", "float", "decimal", "boolean", "date", "time", "datetime",
            "uuid", "json", "binary", "ip",
        }
    ),
    "integer": NUMBERS | {"boolean", "duration"},
    "float": NUMBERS | {"boolean"},
    "decimal": NUMBERS | {"boolean"},
    "boolean": frozenset({"integer", "text", "json"}),
    "date": frozenset({"text", "datetime"}),
    "time": frozenset({"text"}),
    "datetime": frozenset({"text", "date", "time"}),
    "duration": frozenset({"integer"}),
    "uuid": frozenset({"text"}),
    "json": frozenset({"text"}),
    "binary": frozenset({"text"}),
    "ip": frozenset({"text"}),
}  # fmt: skip
"""From the family of a type to those that a value of it can be cast to, besides its own."""


def check_cast(expression: Cast, source: Field[Any]) -> Field[Any]:
    """The type that a value is cast to.

    Raises:
        FieldError: a value of its type cannot be.
    """
    target = checked_type(expression.output_field, expression)
    one, other = family(source), family(target)
    if "any" in (one, other) or one == other or other in CASTS.get(one, ()):
        return target
    possible = sorted({one, *CASTS.get(one, ())})
    fix = f"Types: {', '.join(possible)}."
    if {one, other} == {"duration", "text"}:
        fix = "Cast it to BigIntegerField(): a duration is a number of microseconds."
    raise FieldError(
        f"{expression!r}: {named(source)} is of type {one}, which cannot be cast to {other}",
        possible=possible,
        fix=fix,
    )


def cast_call(expression: Cast, operand: Operand) -> Operand:
    """The call that casts a value."""
    target = check_cast(expression, operand.field)
    call = ast.Call("CAST", (operand.expr,), (), target, operand.nullable)
    return Operand(call, target, operand.needs)
