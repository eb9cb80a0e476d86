"""How are the parts of an expression resolved, and what may stand there?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import FieldError, short
from ..expressions.base import OrderBy
from ..schema.fields import Field
from . import ast
from .joins import Scope
from .operands import Operand
from .ordering import terms_of
from .types import COMMON, NUMBERS, checked_type, family, is_taken, named

if TYPE_CHECKING:
    from .conditions import Conditions


class At(NamedTuple):
    """Where an expression stands.

    Attributes:
        start: where its values begin among the query's.
        scope: the tables that its names are about.
        group: the filter call it belongs to.
    """

    start: int
    scope: Scope
    group: Hashable

    def behind(self, part: Any) -> At:
        """The place behind another part."""
        return self._replace(start=self.start + len(part.values))


RESOLVERS: dict[type, Callable[[Conditions, Any, At], Operand]] = {}
"""What resolves each class of expressions, by ``expressions.py``; a subclass as its base is."""


def resolved(conditions: Conditions, expression: Any, at: At) -> Operand:
    """The expression over columns that a user's expression stands for.

    Raises:
        FieldError: it names what the model does not have, or calculates what cannot be.
    """
    for cls in type(expression).__mro__:
        resolve = RESOLVERS.get(cls)
        if resolve is not None:
            return resolve(conditions, expression, at)
    raise FieldError(f"{short(expression)} cannot stand here")


def each(conditions: Conditions, parts: Any, at: At) -> Iterator[Operand]:
    """The expressions of several parts, one behind the other."""
    for part in parts:
        yield resolved(conditions, part, at)
        at = at.behind(part)


def ordering(
    conditions: Conditions, terms: tuple[OrderBy, ...], at: At
) -> tuple[tuple[ast.OrderTerm, ...], At]:
    """The terms of an ORDER BY inside of an expression, and the place behind them."""
    found: list[ast.OrderTerm] = []
    for term in terms:
        operand = resolved(conditions, term.expression, at)
        at = at.behind(term)
        found += terms_of(operand.expr, term.descending, term.nulls_first)
    return tuple(found), at


def typed_as(operand: Operand, output_field: Any, expression: Any) -> Operand:
    """The operand as another type, if the user said one: a number is made one of that kind."""
    if output_field is None:
        return operand
    typed = checked_type(output_field, expression)
    expr = as_number(operand, typed)
    return Operand(ast.Typed(expr, typed, operand.nullable), typed, operand.needs)


def as_number(operand: Operand, typed: Field[Any]) -> ast.Expr:
    """A number as another kind of number; its digits and its range are left as they are."""
    one, other = family(operand.field), family(typed)
    if one == other or not {one, other} <= NUMBERS:
        return operand.expr
    return ast.Call("CAST", (operand.expr,), (), COMMON[other], operand.nullable)


def check_single(operand: Operand, expression: Any) -> None:
    """Refuse a key of several columns where there has to be one.

    Raises:
        FieldError: it is one.
    """
    if isinstance(operand.expr, ast.Columns):
        raise FieldError(
            f"{expression!r} is about a key of several columns",
            fix="Name one of its columns.",
        )


def check_taken(expression: Any, place: int, field: Field[Any]) -> None:
    """Refuse an argument of a type that a function does not take.

    Raises:
        FieldError: it is of one.
    """
    takes = expression.takes
    if takes and not is_taken(takes[min(place, len(takes) - 1)], field):
        wanted = takes[min(place, len(takes) - 1)]
        raise FieldError(
            f"{expression!r}: {type(expression).__name__}() takes {wanted}, and {named(field)} "
            f"is of type {family(field)}",
            fix="Make it another type with Cast(…, output_field).",
        )
