"""What does a function of many rows stand for?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import FieldError
from ..expressions import Aggregate
from ..expressions.collecting import ListValue
from ..expressions.q import AND
from . import ast
from .grouping import joined
from .operands import Operand
from .parts import At, check_single, check_taken, each, ordering, resolved, typed_as
from .types import ANY, common_type, result_type

if TYPE_CHECKING:
    from .conditions import Conditions


def aggregate(conditions: Conditions, expression: Aggregate[Any], at: At) -> Operand:
    """The call of an aggregate.

    Raises:
        FieldError: none can stand here, or not about this.
    """
    if not conditions.aggregating:
        raise FieldError(
            f"{expression!r} is about many rows and cannot stand here",
            asked=conditions.asked,
            fix=conditions.elsewhere(expression),
        )
    at = at._replace(scope=at.scope.of_rows)
    operands = list(each(conditions, expression.expressions, at))
    for n, operand in enumerate(operands):
        _check_aggregated(conditions, expression, n, operand)
    for part in expression.expressions:
        at = at.behind(part)
    order, at = ordering(conditions, expression.order_by, at)
    condition = None
    if expression.filter is not None:
        condition = conditions.rowwise(expression.filter, at)
        at = at.behind(expression.filter)
    result = result_type(expression, expression.returns, [operand.field for operand in operands])
    arguments: tuple[ast.Expr, ...] = tuple(operand.expr for operand in operands)
    if arguments and isinstance(arguments[0], ast.Columns):
        arguments, condition = _counted(arguments[0], expression.distinct, condition)
    node = ast.Aggregate(
        expression.name,
        arguments,
        expression.distinct,
        condition,
        order,
        expression.options,
        result,
        expression.empty is None,
    )
    found = Operand(node, result, ast.NOWHERE)
    if expression.default is not None:
        found = _unless_empty(conditions, expression, found, at)
    return typed_as(found, expression.output_field, expression)


def _check_aggregated(
    conditions: Conditions, expression: Aggregate[Any], place: int, operand: Operand
) -> None:
    """Refuse what an aggregate cannot be about."""
    if expression.name != "COUNT":
        check_single(operand, expression)
    check_taken(expression, place, operand.field)
    is_of_all = conditions.nesting and conditions.windowing  # of all rows, as a table
    if ast.contains(operand.expr, ast.Over) and not is_of_all:
        raise FieldError(
            f"Cannot compute {expression!r}: it is about a window",
            fix="Use aggregate(…) over annotate(…), or a Subquery.",
        )
    if ast.contains(operand.expr, ast.Aggregate, (ast.Over,)) and not conditions.nesting:
        raise FieldError(
            f"Cannot compute {expression!r}: it is about an aggregate already",
            fix="Use aggregate(…) over annotate(…), or a Subquery.",
        )


def _counted(
    key: ast.Columns, distinct: bool, condition: ast.Condition | None
) -> tuple[tuple[ast.Expr, ...], ast.Condition | None]:
    """What counts keys of several columns: rows that have all of them, or their columns."""
    missing = [column for column in key.columns if column.nullable]
    there: list[ast.Condition] = [ast.IsNull(column, False, ast.NOWHERE) for column in missing]
    conditions = [*([condition] if condition is not None else []), *there]
    counted = joined(AND, conditions) if conditions else None
    return (key.columns if distinct else (ast.Star(ANY),)), counted


def _unless_empty(
    conditions: Conditions, expression: Aggregate[Any], found: Operand, at: At
) -> Operand:
    """An aggregate, or its default where no row counts."""
    if isinstance(expression.default, ListValue):
        default = Operand(ast.Param(at.start, found.field), found.field, ast.NOWHERE)
    else:
        default = resolved(conditions, expression.default, at)
    common = common_type(expression, [found.field, default.field])
    call = ast.Call("COALESCE", (found.expr, default.expr), (), common, default.nullable)
    return Operand(call, common, ast.NOWHERE)
