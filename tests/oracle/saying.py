"""How is a condition of the oracle said in covet's words?"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from covet import F, Q

from .reference import Term
from .tree import (
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

Model = Any
"""A model of either colour: only its attributes are read, ``Post.views``."""

CONNECTORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "AND": operator.and_,
    "OR": operator.or_,
    "XOR": operator.xor,
}
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def q(tree: Tree, model: Model) -> Q:
    """The condition as a ``Q``."""
    match tree:
        case Condition():
            return condition(tree, model)
        case Negation(inner):
            return ~q(inner, model)
        case Group("AND", children) if (lookups := _keywords(children)) is not None:
            return Q(**lookups)
        case Group(connector, children):
            return reduce(CONNECTORS[connector], [q(child, model) for child in children])


def condition(leaf: Condition, model: Model) -> Q:
    """One leaf, in the wording that it asks for."""
    right = expression(leaf.right) if isinstance(leaf.right, Expression) else leaf.right
    if leaf.said == "keyword":
        return Q(**{_keyword(leaf): right})
    left = _typed(leaf.left, model) if leaf.said == "typed" else expression(leaf.left)
    if leaf.lookup in COMPARISONS:
        said: Q = COMPARISONS[leaf.lookup](left, right)
    elif leaf.lookup == "in":
        said = left.in_(right)
    elif leaf.lookup == "isnull":
        said = left.is_null(right)
    else:
        said = left.compare(leaf.lookup, right)
    return said


def expression(tree: Expression) -> Any:
    """An expression as ``F`` and arithmetic; a constant as it is."""
    match tree:
        case Path():
            return F(tree.name)
        case Transform():
            return F(spelled(tree))
        case Constant(value):
            return value
        case Arithmetic(sign, left, right):
            return ARITHMETIC[sign](expression(left), expression(right))


def assigned(assignments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``update()``."""
    return {
        name: expression(given) if isinstance(given, Expression) else given
        for name, given in assignments.items()
    }


def order_by(terms: Sequence[Term]) -> list[Any]:
    """An ordering as the arguments of ``order_by()``."""
    return [_term(term) for term in terms]


def _term(term: Term) -> Any:
    if term.said == "string":
        return f"-{spelled(term.by)}" if term.descending else spelled(term.by)
    by = expression(term.by)
    nulls: dict[str, Any] = {}
    if term.nulls_first is not None:
        nulls = {"nulls_first" if term.nulls_first else "nulls_last": True}
    return by.desc(**nulls) if term.descending else by.asc(**nulls)


def _keywords(children: tuple[Tree, ...]) -> dict[str, Any] | None:
    """Several leaves as the keywords of one Q, where they can be."""
    lookups: dict[str, Any] = {}
    for child in children:
        if not (isinstance(child, Condition) and child.said == "keyword"):
            return None
        right = child.right
        keyword = _keyword(child)
        if keyword in lookups:
            return None
        lookups[keyword] = expression(right) if isinstance(right, Expression) else right
    return lookups


def _keyword(leaf: Condition) -> str:
    path = spelled(leaf.left)
    return path if leaf.lookup == "exact" else f"{path}__{leaf.lookup}"


def spelled(tree: Expression) -> str:
    """A path as a lookup, an ordering or ``values()`` names it."""
    if isinstance(tree, Transform):
        return f"{spelled(tree.of)}__{tree.name}"
    assert isinstance(tree, Path), f"{tree} cannot be said as a keyword"
    return tree.name


def _typed(tree: Expression, model: Model) -> Any:
    assert isinstance(tree, Path)
    assert not tree.steps
    return getattr(model, tree.column)
