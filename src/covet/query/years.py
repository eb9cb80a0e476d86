"""How is a year compared, so that an index on the column can be used?

``created__year__gte=2020`` is ``created >= '2020-01-01'``: a comparison of the bare column with the
ends of years.
"""

from __future__ import annotations

from . import ast
from .operands import Operand
from .types import INTEGER, family
from .types import compared as as_compared

YEARS = ("year", "iso_year")
ENDS: dict[str, tuple[str, bool, int]] = {
    "gt": (">=", False, 1),
    "gte": (">=", False, 0),
    "lt": ("<=", True, -1),
    "lte": ("<=", True, 0),
}
"""Each comparison as one with the first or the last moment of a year so many years on."""


def is_year(expr: ast.Expr) -> bool:
    """Whether an expression is the year of a column, which is in UTC as the column is."""
    return (
        isinstance(expr, ast.Call)
        and expr.name == "EXTRACT"
        and expr.options[0] in YEARS
        and not expr.options[1]
        and isinstance(expr.arguments[0], ast.Column)
        and family(expr.arguments[0].field) != "any"  # the ends depend on what it is
    )


def compared(name: str, operand: Operand, place: int, rounding: str | None) -> ast.Condition:
    """The comparison of a year with the value at a place."""
    call = operand.expr
    assert isinstance(call, ast.Call)
    column = call.arguments[0]
    assert isinstance(column, ast.Column)
    year = ast.Param(place, as_compared(INTEGER), rounding=rounding)

    def end(last: bool, step: int) -> ast.YearEnd:
        return ast.YearEnd(year, call.options[0], last, step, column.field.value_field)

    if name == "exact":
        low, high = end(False, 0), end(True, 0)
        return ast.Between(column, low, high, True, operand.needs)
    operator, last, step = ENDS[name]
    return ast.Compare(operator, column, end(last, step), True, operand.needs)
