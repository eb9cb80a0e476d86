"""What does a lookup mean? Each name of one, and the condition that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import FieldError
from ..expressions import shape
from ..expressions.lookups import Lookup as OwnLookup
from ..expressions.q import AND, OR
from ..schema.fields import Field
from ..schema.fields.lookups import registered
from . import ast, json, keys, years
from .givens import asks_for_null, check_list, check_range
from .grouping import joined
from .operands import MEMBERS, Given, Lookup, Operand
from .types import TEXT, compared, family, is_comparable, named

SEVERAL = (shape.LIST, shape.EMPTY, shape.NULLS)
OPERATORS = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
ROUNDING = {"gt": "floor", "lte": "floor", "gte": "ceil", "lt": "ceil"}
"""Which whole number stands for a fraction: ``views > 2.5`` is ``views > 2``."""


def exact(name: str, operand: Operand, given: Given) -> ast.Condition:
    """``=``; with None, ``IS NULL``."""
    if given.kind == shape.NULL:
        return ast.IsNull(operand.expr, True, ast.NOWHERE)
    return ordered(name, operand, given)


def ordered(name: str, operand: Operand, given: Given) -> ast.Condition:
    """``=``, ``<``, ``<=``, ``>``, ``>=``."""
    if given.kind in (shape.ABOVE, shape.BELOW) and family(operand.field) == "integer":
        is_greater = given.kind == shape.BELOW
        value = name != "exact" and is_greater == (name in ("gt", "gte"))
        return ast.UnlessNull(operand.expr, value, operand.nullable, operand.needs)
    if given.kind == shape.VALUE and years.is_year(operand.expr):
        return years.compared(name, operand, given.place, ROUNDING.get(name))
    right = _single(name, operand, given, ROUNDING.get(name))
    needs = operand.needs | given.needs
    unknown = operand.nullable or right.nullable
    return ast.Compare(OPERATORS[name], operand.expr, right, unknown, needs)


def among(name: str, operand: Operand, given: Given) -> ast.Condition:
    """``IN``; nothing is in an empty list, and None in a list is no member."""
    if given.kind in (shape.EMPTY, shape.NULLS):
        return ast.Truth(False)
    if given.kind == MEMBERS:
        members = [each for each in given.members if each.kind != shape.NULL]
        return joined(OR, [ordered("exact", operand, each) for each in members])
    check_list(operand, given)
    return ast.Among(operand.expr, ast.Param(given.place, compared(operand.field)), operand.needs)


def between(name: str, operand: Operand, given: Given) -> ast.Condition:
    """``BETWEEN``, both ends included."""
    if given.kind == MEMBERS and len(given.members) == 2:
        first, last = given.members
        return joined(AND, [ordered("gte", operand, first), ordered("lte", operand, last)])
    check_range(operand, given)
    low = ast.Param(given.place, compared(operand.field), item=0)
    high = ast.Param(given.place, compared(operand.field), item=1)
    return ast.Between(operand.expr, low, high, operand.nullable, operand.needs)


def isnull(name: str, operand: Operand, given: Given) -> ast.Condition:
    """``IS NULL`` or ``IS NOT NULL``."""
    null = asks_for_null(operand, given)
    return ast.IsNull(operand.expr, null, ast.NOWHERE if null else operand.needs)


def text(name: str, operand: Operand, given: Given) -> ast.Condition:
    """``contains``, ``startswith``, ``endswith``, and the same without regard to case."""
    ignore_case = name in ("icontains", "istartswith", "iendswith", "iexact")
    if name == "iexact" and given.kind == shape.NULL:
        return ast.IsNull(operand.expr, True, ast.NOWHERE)
    pattern = _pattern(name, operand, given)
    unknown = operand.nullable or pattern.nullable
    kind = name[1:] if ignore_case else name
    needs = operand.needs | given.needs
    return ast.Match(kind, operand.expr, pattern, ignore_case, unknown, needs)


def regex(name: str, operand: Operand, given: Given) -> ast.Condition:
    """A regular expression in the server's own syntax."""
    pattern = _pattern(name, operand, given)
    unknown = operand.nullable or pattern.nullable
    needs = operand.needs | given.needs
    return ast.Regex(operand.expr, pattern, name == "iregex", unknown, needs)


def _pattern(name: str, operand: Operand, given: Given) -> ast.Expr:
    """The right side where a text has to stand, whatever the left one may be."""
    if family(operand.field) == "any":
        operand = operand._replace(field=TEXT)
    return _single(name, operand, given)


def _single(
    name: str,
    operand: Operand,
    given: Given,
    rounding: str | None = None,
) -> ast.Expr:
    """The right side where one value or expression has to stand.

    Raises:
        FieldError: there stands None, a list, or an expression of another type.
    """
    if given.expr is not None:
        check_comparable(operand.field, given.expr.field)
        return given.expr
    if given.kind == shape.NULL:
        raise FieldError(
            f"{named(operand.field)}__{name} compares with None, which nothing is true of",
            fix=f"Use {operand.field.name}__isnull=True.",
        )
    if given.kind == MEMBERS or given.kind in SEVERAL:
        raise FieldError(
            f"{named(operand.field)}__{name} compares with one value, not with several",
            fix=f"Use {operand.field.name}__in for a list of values.",
        )
    if given.kind == shape.EMPTY:
        return ast.Constant(given.value, compared(operand.field))
    if family(operand.field) != "integer":
        rounding = None
    return ast.Param(given.place, compared(operand.field), rounding=rounding)


def check_comparable(left: Field[Any], right: Field[Any] | None) -> None:
    """Refuse to compare two types that have nothing to do with each other.

    Raises:
        FieldError: they have not.
    """
    if right is not None and not is_comparable(left, right):
        raise FieldError(
            f"{named(left)} is of type {family(left)} and cannot be "
            f"compared with {named(right)}, which is of type {family(right)}"
        )


COMPARING: dict[str, Lookup] = {
    "exact": exact,
    "in": among,
    "gt": ordered,
    "gte": ordered,
    "lt": ordered,
    "lte": ordered,
    "range": between,
    "isnull": isnull,
}
IDENTITY: dict[str, Lookup] = {"exact": exact, "in": among, "isnull": isnull}
TEXTUAL: dict[str, Lookup] = dict.fromkeys(
    ("iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"), text
) | {"regex": regex, "iregex": regex}

LOOKUPS = COMPARING | TEXTUAL

BY_FAMILY: dict[str, dict[str, Lookup]] = {
    "any": LOOKUPS,
    "text": LOOKUPS,
    "boolean": IDENTITY,
    "json": json.LOOKUPS,
    "composite": keys.LOOKUPS,
}


def lookups_of(field: Field[Any]) -> Mapping[str, Lookup | type[OwnLookup]]:
    """The lookups that a field's type has, and those registered for it."""
    found = BY_FAMILY.get(family(field), COMPARING)
    own = {name: cls for name, cls in registered(field).items() if issubclass(cls, OwnLookup)}
    return {**found, **own} if own else found
