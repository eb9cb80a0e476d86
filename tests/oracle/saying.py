"""How is a condition of the oracle said in covet's words?"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import covet
from covet import F, Q
from covet.expressions import Expression as BaseExpression

from .reference import Term
from .tree import (
    Arithmetic,
    Call,
    Case,
    Condition,
    Constant,
    Exists,
    Expression,
    Group,
    Negation,
    Outer,
    Path,
    Picked,
    Predicate,
    Query,
    Transform,
    Tree,
)

Model = Any
"""A model of either colour: only its attributes are read, ``Post.views``."""

Models = Mapping[str, Any]
"""The models of one colour by table."""

NO_MODELS: Models = {}
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


def q(tree: Tree, model: Model, models: Models = NO_MODELS) -> Q:
    """The condition as a ``Q``; subqueries need the models of all tables."""
    match tree:
        case Condition():
            return condition(tree, model, models)
        case Exists(asked):
            return Q(covet.Exists(query(asked, models)))
        case Negation(inner):
            return ~q(inner, model, models)
        case Group("AND", children) if (lookups := _keywords(children, model, models)) is not None:
            return Q(**lookups)
        case Group(connector, children):
            return reduce(CONNECTORS[connector], [q(child, model, models) for child in children])


def condition(leaf: Condition, model: Model, models: Models = NO_MODELS) -> Q:
    """One leaf, in the wording that it asks for."""
    right = operand(leaf.right, model, models)
    if leaf.said == "keyword":
        return Q(**{_keyword(leaf): right})
    is_typed = leaf.said == "typed"
    left = _typed(leaf.left, model) if is_typed else expression(leaf.left, model, models)
    if leaf.lookup in COMPARISONS:
        said: Q = COMPARISONS[leaf.lookup](left, right)
    elif leaf.lookup == "in":
        said = left.in_(right)
    elif leaf.lookup == "isnull":
        said = left.is_null(right)
    else:
        said = left.compare(leaf.lookup, right)
    return said


def operand(right: Any, model: Model = None, models: Models = NO_MODELS) -> Any:
    """What a condition compares with."""
    if isinstance(right, Query):
        return query(right, models).values(right.column)
    return expression(right, model, models) if isinstance(right, Expression) else right


def query(asked: Query, models: Models) -> Any:
    """A queryset for the rows of a subquery."""
    model = models[asked.table]
    return model.objects.filter(q(asked.condition, model, models))


def expression(tree: Expression, model: Model = None, models: Models = NO_MODELS) -> Any:
    """An expression as ``F``, arithmetic and functions; a constant as it is."""

    def said(part: Expression) -> Any:
        return expression(part, model, models)

    match tree:
        case Path():
            return F(tree.name)
        case Transform():
            return F(spelled(tree))
        case Constant(value):
            return value
        case Arithmetic(sign, left, right):
            return ARITHMETIC[sign](said(left), said(right))
        case Case(cases, default):
            whens = [covet.When(q(each, model, models), then=valued(said(t))) for each, t in cases]
            return covet.Case(*whens, default=valued(said(default)))
        case Call(name, arguments):
            return getattr(covet, name)(*(valued(said(argument)) for argument in arguments))
        case Predicate(inside):
            return covet.ExpressionWrapper(q(inside, model, models), covet.BooleanField())
        case Outer(path):
            return covet.OuterRef(path.name)
        case Picked(asked, order, descending):
            ordered = query(asked, models).order_by(f"{'-' * descending}{order}", "pk")
            return covet.Subquery(ordered.values(asked.column)[:1])


def valued(said: Any) -> Any:
    """An argument of a function, where a bare text would be a field's name."""
    return said if said is None or isinstance(said, BaseExpression) else covet.Value(said)


def annotated(tree: Any) -> tuple[Any, dict[str, Expression]]:
    """The condition with names for what it asks to be annotated, and what these stand for."""
    names: dict[str, Expression] = {}

    def named(part: Any) -> Any:
        match part:
            case Condition(left, lookup, right, "annotated"):
                name = f"x{len(names)}"
                names[name] = left
                return Condition(Path((), name), lookup, right)
            case Negation(inner):
                return Negation(named(inner))
            case Group(connector, children):
                return Group(connector, tuple(map(named, children)))
        return part

    return named(tree), names


def filtered(verb: str, tree: Tree, model: Model, models: Models) -> Any:
    """``filter()`` or ``exclude()``, after what it asks to be annotated."""
    renamed, names = annotated(tree)
    queryset = model.objects.all()
    for name, stands_for in names.items():
        queryset = queryset.annotate(**{name: expression(stands_for, model, models)})
    return getattr(queryset, verb)(q(renamed, model, models))


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


def shown(tree: Tree, model: Model, models: Models) -> str:
    """The condition as it is said, for whoever reads of a failure."""
    renamed, names = annotated(tree)
    said = [f"{name}={expression(names[name], model, models)!r}" for name in names]
    return f"{', '.join(said)} {q(renamed, model, models)!r}"


def _keywords(children: tuple[Tree, ...], model: Model, models: Models) -> dict[str, Any] | None:
    """Several leaves as the keywords of one Q, where they can be."""
    lookups: dict[str, Any] = {}
    for child in children:
        if not (isinstance(child, Condition) and child.said == "keyword"):
            return None
        keyword = _keyword(child)
        if keyword in lookups:
            return None
        lookups[keyword] = operand(child.right, model, models)
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
