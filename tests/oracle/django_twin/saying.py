"""How is a condition of the oracle said in Django's words?"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from typing import Any

from django.db import models
from django.db.models import F, Q, Value, lookups

from .. import aggregates
from ..aggregates import Call
from ..reference import Step, Term
from ..saying import ARITHMETIC, spelled
from ..tree import (
    Arithmetic,
    Condition,
    Constant,
    Expression,
    Group,
    Negation,
    Path,
    Transform,
    Tree,
)
from .models import BY_TABLE

CONNECTORS = {"AND": operator.and_, "OR": operator.or_, "XOR": operator.xor}
LOOKUPS = {
    "exact": lookups.Exact,
    "lt": lookups.LessThan,
    "lte": lookups.LessThanOrEqual,
    "gt": lookups.GreaterThan,
    "gte": lookups.GreaterThanOrEqual,
}


def q(tree: Tree) -> Any:
    """The condition as a ``Q``."""
    match tree:
        case Condition(Arithmetic() as left, lookup, right):
            right = expression(right) if isinstance(right, Expression) else Value(right)
            return Q(LOOKUPS[lookup](expression(left), right))
        case Condition(left, lookup, right):
            right = expression(right) if isinstance(right, Expression) else right
            path = spelled(left)
            return Q(**{path if lookup == "exact" else f"{path}__{lookup}": right})
        case Negation(inner):
            return ~q(inner)
        case Group(connector, children):
            return reduce(CONNECTORS[connector], [q(child) for child in children])


def expression(tree: Expression) -> Any:
    """An expression as ``F`` and arithmetic."""
    match tree:
        case Path() | Transform():
            return F(spelled(tree))
        case Constant(value):
            return Value(value)
        case Arithmetic(sign, left, right):
            return ARITHMETIC[sign](expression(left), expression(right))


def order_by(terms: Sequence[Term]) -> list[Any]:
    """An ordering; where NULL stands is always said, as Django leaves it to the database."""
    found = []
    for term in terms:
        first = not term.descending if term.nulls_first is None else term.nulls_first
        nulls = {"nulls_first" if first else "nulls_last": True}
        by = expression(term.by)
        found.append(by.desc(**nulls) if term.descending else by.asc(**nulls))
    return found


def asked(table: str, steps: Sequence[Step], alias: str) -> Any:
    """The queryset for a chain of calls."""
    query = BY_TABLE[table].objects.using(alias)
    for step in steps:
        query = getattr(query, step.verb)(q(step.condition))
    return query


def aggregated(calls: Sequence[Call], alias: str) -> Any:
    """The queryset for calls with aggregates."""
    return aggregates.said(BY_TABLE["author"].objects.using(alias), models, calls)
