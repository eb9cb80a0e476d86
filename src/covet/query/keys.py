"""What do lookups of a key of several columns mean? What they mean of each column, put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import FieldError, short
from ..expressions import shape
from ..expressions.q import AND, OR
from ..schema.fields import Field
from . import ast
from .givens import asks_for_null
from .grouping import joined
from .operands import Given, Lookup, Operand
from .types import compared, named

STRICT = {"gt": ">", "gte": ">", "lt": "<", "lte": "<"}
LAST = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def exact(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Each column is equal; with None, the key is missing."""
    if given.kind == shape.NULL:
        return _is_missing(operand, True)
    return _equal(operand, given)


def _equal(operand: Operand, given: Given) -> ast.Condition:
    pairs = zip(_columns(operand), _parts(operand, given), strict=True)
    needs = operand.needs | given.needs
    return joined(AND, [_compare("=", left, right, needs) for left, right in pairs])


def ordered(name: str, operand: Operand, given: Given) -> ast.Condition:
    """By the first column that differs: ``a > ? OR (a = ? AND b > ?)``."""
    columns, parts = _columns(operand), _parts(operand, given)
    needs = operand.needs | given.needs
    last = len(columns) - 1
    ways: list[ast.Condition] = []
    for n, (column, part) in enumerate(zip(columns, parts, strict=True)):
        operator = LAST[name] if n == last else STRICT[name]
        same = [
            _compare("=", before, value, needs)
            for before, value in zip(columns[:n], parts[:n], strict=True)
        ]
        ways.append(joined(AND, [*same, _compare(operator, column, part, needs)]))
    return joined(OR, ways)


def among(name: str, operand: Operand, given: Given) -> ast.Condition:
    """The key is one of a list; one with a part missing is no member."""
    if given.kind in (shape.EMPTY, shape.NULLS):
        return ast.Truth(False)
    if given.kind != shape.LIST:
        raise FieldError(
            f"{named(operand.field)}__in takes a list of tuples",
            fix=f"Write {operand.field.name}__in=[(…, …), …].",
        )
    return ast.Among(operand.expr, ast.Param(given.place, operand.field), operand.needs)


def isnull(name: str, operand: Operand, given: Given) -> ast.Condition:
    """Whether a part of the key is missing."""
    return _is_missing(operand, asks_for_null(operand, given))


def _is_missing(operand: Operand, missing: bool) -> ast.Condition:
    columns = _columns(operand)
    columns = [column for column in columns if column.nullable] or columns[:1]
    needs = ast.NOWHERE if missing else operand.needs
    return joined(OR if missing else AND, [ast.IsNull(c, missing, needs) for c in columns])


def _compare(operator: str, left: ast.Column, right: ast.Expr, needs: frozenset[str]) -> Any:
    return ast.Compare(operator, left, right, left.nullable or right.nullable, needs)


def _columns(operand: Operand) -> list[ast.Column]:
    assert isinstance(operand.expr, ast.Columns)
    return list(operand.expr.columns)


def _parts(operand: Operand, given: Given) -> Sequence[ast.Expr]:
    """The right side, column by column.

    Raises:
        FieldError: it is no key of as many parts.
    """
    field = operand.field
    if given.expr is not None:
        width = len(field.members)
        if not isinstance(given.expr, ast.Columns) or len(given.expr.columns) != width:
            raise FieldError(
                f"{named(field)} is a key of {width} columns and cannot be compared with "
                f"{short(given.value)}"
            )
        return given.expr.columns
    if given.kind in (shape.NULL, shape.EMPTY, shape.NULLS):
        names = ", ".join(member.name for member in field.members)
        raise FieldError(
            f"{named(field)} is compared with {short(given.value)}, which is no key",
            fix=f"Give a tuple ({names}), or use {field.name}__isnull=True.",
        )
    return params(field, given.place)


def params(field: Field[Any], place: int) -> tuple[ast.Param, ...]:
    """A value of a key, of one column or several, for each of its columns."""
    if len(field.members) == 1:
        return (ast.Param(place, field),)
    return tuple(
        ast.Param(place, compared(member), item=n, whole=field)
        for n, member in enumerate(field.members)
    )


LOOKUPS: dict[str, Lookup] = {
    "exact": exact,
    "in": among,
    "gt": ordered,
    "gte": ordered,
    "lt": ordered,
    "lte": ordered,
    "isnull": isnull,
}
