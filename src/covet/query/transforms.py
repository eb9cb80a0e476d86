"""Which words behind a field make another expression of it?

``created__year`` is ``ExtractYear("created")``, and a transform of one's own is a function too:
it is called with what the path names so far, and resolved as if the user had written it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..errors import FieldError, short
from ..expressions import Expression, Q, shape
from ..expressions.functions import dates
from ..expressions.functions.base import Func
from ..expressions.lookups import Lookup
from ..schema.fields import Field
from ..schema.fields.lookups import registered
from . import ast
from .operands import EXPRESSION, MEMBERS, Given, Operand, Transforming
from .parts import At, resolved
from .types import ANY, BY_NAME, compared, family, named

if TYPE_CHECKING:
    from .conditions import Conditions

DAYS: Final = (
    dates.ExtractYear,
    dates.ExtractIsoYear,
    dates.ExtractQuarter,
    dates.ExtractMonth,
    dates.ExtractWeek,
    dates.ExtractDay,
    dates.ExtractWeekDay,
    dates.ExtractIsoWeekDay,
)
TIMES: Final = (dates.ExtractHour, dates.ExtractMinute, dates.ExtractSecond)
BY_FAMILY: Final[dict[str, dict[str, Transforming]]] = {
    kind: {transform.lookup_name: transform for transform in transforms}
    for kind, transforms in {
        "date": DAYS,
        "time": TIMES,
        "datetime": (*DAYS, *TIMES, dates.TruncDate, dates.TruncTime),
        "any": (*DAYS, *TIMES, dates.TruncDate, dates.TruncTime),
    }.items()
}

BEYOND: Final = 1 << 40
"""Where the values of transforms begin, which no query has as many of."""


class Held(Expression[Any]):
    """What is resolved already, as a part of an expression that is not."""

    __slots__ = ("operand",)

    def __init__(self, operand: Operand) -> None:
        self.operand = operand
        self.key = ("held",)
        self.values = ()
        self.depth = 1

    def __repr__(self) -> str:
        field = self.operand.field
        return f"F({field.name!r})" if field.model else "…"


def transforms_of(field: Field[Any]) -> dict[str, Transforming]:
    """The transforms that a field's type has, and those registered for it, by their words."""
    own = {name: cls for name, cls in registered(field).items() if issubclass(cls, Func)}
    return BY_FAMILY.get(family(field), {}) | own


def transformed(
    conditions: Conditions, operand: Operand, transform: Transforming, at: At
) -> Operand:
    """What a transform makes of an expression.

    Values that it brings belong to the shape of the query, as the user has only said its word.
    """
    expression = transform(Held(operand))
    found = resolved(conditions, expression, at._replace(start=BEYOND))
    return found._replace(expr=settled(found.expr, expression.values))


def settled(node: Any, values: tuple[Any, ...]) -> Any:
    """A node with the values from ``BEYOND`` on as constants."""

    def change(inside: Any) -> Any:
        if isinstance(inside, ast.Param) and inside.index >= BEYOND:
            value = values[inside.index - BEYOND]
            return ast.Constant(value, inside.field)
        return None

    return ast.changed(node, change) if values else node


def on_both_sides(conditions: Conditions, operand: Operand, given: Given, at: At) -> Given:
    """The right side of a comparison with the bilateral transforms of the left one.

    Raises:
        FieldError: it is a list, which goes to the database as one.
    """
    assert operand.bare is not None
    if given.kind in (shape.NULL, shape.EMPTY, shape.NULLS):
        return given
    if given.kind == shape.LIST:
        raise FieldError(
            f"{named(operand.bare)} is compared by a transform of both sides, which takes no list",
            fix="Join the comparisons with single values by |.",
        )
    if given.kind == MEMBERS:
        members = (on_both_sides(conditions, operand, each, at) for each in given.members)
        return given._replace(members=tuple(members))
    expr, field = given.expr, operand.bare
    if expr is None:
        expr = ast.Param(given.place, compared(operand.bare))
    elif expr.field is not None:
        field = expr.field
    right = Operand(expr, field, given.needs)
    for transform in operand.both:
        right = transformed(conditions, right, transform, at)
    return given._replace(kind=EXPRESSION, expr=right.expr, needs=right.needs)


def own_condition(
    conditions: Conditions, lookup: type[Lookup], operand: Operand, given: Given, at: At
) -> ast.Condition:
    """What a lookup of the user's own means.

    Raises:
        FieldError: it compares with nothing like that, or does not say what it means.
    """
    held = Held(_right(lookup, operand, given))
    said = lookup().as_condition(Held(operand._replace(both=(), bare=None)), held)
    if not isinstance(said, Q | Expression):
        raise FieldError(
            f"{lookup.__name__}.as_condition() gives {short(said)}, which is no condition",
            fix="Return a Q, a comparison such as lhs > rhs, or an expression.",
        )
    condition = conditions.rowwise(Q(said), at._replace(start=BEYOND))
    found: ast.Condition = settled(condition, Q(said).values)
    return found


def _right(lookup: type[Lookup], operand: Operand, given: Given) -> Operand:
    """The right side of a lookup of the user's own."""
    field = compared(operand.field) if lookup.takes == "same" else BY_NAME[lookup.takes]
    said = f"{named(operand.field)}__{lookup.lookup_name}"
    if isinstance(operand.expr, ast.Columns):
        raise FieldError(f"{said} is about a key of several columns", fix="Name one of them.")
    if given.expr is not None:
        return Operand(given.expr, given.expr.field or ANY, given.needs)
    if given.kind == shape.NULL:
        if lookup.can_use_none_as_rhs:
            return Operand(ast.Null(field), field, ast.NOWHERE)
        raise FieldError(
            f"{said} compares with None, which it does not take",
            fix=f"Use {operand.field.name}__isnull=True.",
        )
    if given.kind in (MEMBERS, shape.LIST, shape.EMPTY, shape.NULLS):
        raise FieldError(f"{said} compares with one value, not with several")
    return Operand(ast.Param(given.place, field), field, ast.NOWHERE)
