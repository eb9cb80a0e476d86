"""What does a function of a window stand for?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import FieldError
from ..expressions import Window
from ..expressions.windows import WindowFunction
from . import ast
from .operands import Operand
from .parts import At, ordering, resolved, typed_as
from .types import NUMBERS, family

if TYPE_CHECKING:
    from .conditions import Conditions


def window(conditions: Conditions, expression: Window, at: At) -> Operand:
    """The call of a function over a window of rows.

    Raises:
        FieldError: none can stand here, or not with these bounds.
    """
    if not conditions.windowing:
        raise FieldError(
            f"{expression!r} is about a window of rows and cannot stand here",
            asked=conditions.asked,
            fix=conditions.elsewhere(expression),
        )
    function = conditions.in_window(expression.expression, at)
    at = at.behind(expression.expression)
    partition: list[ast.Expr] = []
    for part in expression.partition_by:
        partition += ast.flat([resolved(conditions, part, at).expr])
        at = at.behind(part)
    order, at = ordering(conditions, expression.order_by, at)
    bounds = expression.frame
    frame = None if bounds is None else (bounds.kind, bounds.start, bounds.end, bounds.exclusion)
    if bounds is not None and bounds.kind == "RANGE" and (bounds.start or bounds.end):
        _check_range(expression, order)
    call, over = _over(function.expr)
    node: ast.Expr = ast.Over(call, tuple(partition), order, frame, call.field, call.nullable)
    found = Operand(over(node), function.field, ast.NOWHERE)
    return typed_as(found, expression.output_field, expression)


def _check_range(expression: Window, order: tuple[ast.OrderTerm, ...]) -> None:
    """Refuse bounds of a range where there is not one number that they are about."""
    field = order[0].expr.field if len(order) == 1 else None
    if field is None or family(field) not in NUMBERS | {"any"}:
        raise FieldError(
            f"{expression!r}: the bounds of a ValueRange are about one number that the window is "
            "ordered by",
            fix="Order it by one number, leave out the bounds, or use RowRange(…).",
        )


def _over(function: ast.Expr) -> tuple[Any, Callable[[ast.Expr], Any]]:
    """What the window belongs to, and what goes round it: a default stays outside."""
    if isinstance(function, ast.Aggregate):
        return function, lambda node: node
    if isinstance(function, ast.Call) and not ast.contains(function, ast.Aggregate):
        return function, lambda node: node
    inside = next(node for node in ast.walk(function) if isinstance(node, ast.Aggregate))
    return inside, lambda node: ast.changed(function, lambda n: node if n is inside else None)


def windowless(conditions: Conditions, expression: WindowFunction, at: At) -> Operand:
    """Refuse a function of a window that has none.

    Raises:
        FieldError: always.
    """
    raise FieldError(
        f"{expression!r} is about a window of rows",
        fix=f"Write Window({expression!r}, order_by=…).",
    )
