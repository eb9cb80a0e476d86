"""Which expressions does a query give names to, and what do these names stand for?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from inspect import getattr_static
from keyword import iskeyword
from typing import Any, NamedTuple

from ..errors import FieldError, QueryTooComplex, keyword, short
from ..expressions import Aggregate, Expression, F, Lookup, Q, Window, as_expression
from ..expressions.base import DEEPEST_EXPRESSION
from ..expressions.shape import Queried
from ..schema.table import Table

MOST_NODES = 1000
"""How large an expression may be with all that it names written out, as it is in the SQL."""


class Annotation(NamedTuple):
    """A named expression.

    Attributes:
        name: its name.
        expression: what it stands for.
        start: where its values begin among the query's.
        shown: whether rows have it, as ``annotate()`` says, or not, as ``alias()`` does.
        aggregate: whether it is about many rows.
        nodes: how large it is with all that it names written out.
        depth: how deep it is nested, counted likewise.
    """

    name: str
    expression: Expression[Any]
    start: int
    shown: bool
    aggregate: bool
    nodes: int
    depth: int


def shown_names(annotations: tuple[Annotation, ...]) -> tuple[str, ...]:
    """The names that rows have, each at its first place."""
    latest = {annotation.name: annotation.shown for annotation in annotations}
    return tuple(name for name, shown in latest.items() if shown)


def place_of(annotations: tuple[Annotation, ...], name: str) -> int | None:
    """Where the last annotation of a name stands, or None."""
    for place in range(len(annotations) - 1, -1, -1):
        if annotations[place].name == name:
            return place
    return None


def made(
    before: tuple[Annotation, ...], name: str, expression: Expression[Any], start: int, shown: bool
) -> Annotation:
    """One more annotation, which may name those before it.

    Raises:
        QueryTooComplex: it is too large, or too deep, with all that it names.
    """
    nodes = depth = 0
    aggregate = False
    stack: list[tuple[Any, int]] = [(expression, 1)]
    while stack:
        node, level = stack.pop()
        nodes, depth = nodes + 1, max(depth, level)
        aggregate = aggregate or isinstance(node, Aggregate)
        # The function of a window is about rows as they are.
        parts = node.parts if not isinstance(node, Window) else _of_window(node)
        stack += [(part, level + 1) for part in parts]
        place = _named(before, node.path) if isinstance(node, F | Lookup) else None
        if place is not None:
            named = before[place]
            nodes, depth = nodes + named.nodes, max(depth, level + named.depth)
            aggregate = aggregate or named.aggregate
    if nodes > MOST_NODES or depth > DEEPEST_EXPRESSION:
        raise QueryTooComplex(
            f"The annotation {short(name)} is {depth} levels deep and has {nodes} parts, with all "
            f"that it names; the limits are {DEEPEST_EXPRESSION} and {MOST_NODES}"
        )
    return Annotation(name, expression, start, shown, aggregate, nodes, depth)


def _named(before: tuple[Annotation, ...], path: str) -> int | None:
    """The place of the annotation that a path begins with."""
    words = path.split("__")
    counts = range(len(words), 0, -1) if before else ()
    places = (place_of(before, "__".join(words[:count])) for count in counts)
    return next((place for place in places if place is not None), None)


def _of_window(window: Window) -> tuple[Any, ...]:
    """The parts of a window that are no function of it."""
    function, *rest = window.parts
    return (*function.parts, *rest)


def with_names(
    call: str, aggregates: Iterable[Any], expressions: Mapping[str, Any]
) -> dict[str, Any]:
    """What ``annotate()`` is given, by name; an aggregate of one field is named after it.

    Raises:
        FieldError: something without a name that is no aggregate of a field, or a name twice.
    """
    found: dict[str, Any] = {}
    for aggregate in aggregates:
        if not isinstance(aggregate, Aggregate):
            raise FieldError(
                f"{call}({short(aggregate)}) needs a name", fix=f"Write {call}(name=…)."
            )
        name = aggregate.default_alias
        if name in expressions or name in found:
            raise FieldError(
                f"{call}() is given {name!r} twice", fix=f"Write {call}(name={aggregate!r})."
            )
        found[name] = aggregate
    for name, value in expressions.items():
        found[name] = as_expression(value) if isinstance(value, Q | Queried) else value
    return found


def own_name(expression: Expression[Any], taken: Collection[str]) -> str:
    """A name for an expression in ``values_list()``, which was given none: ``lower1``."""
    if isinstance(expression, Aggregate):
        try:
            return expression.default_alias
        except FieldError:
            pass
    n = 1
    while (name := f"{type(expression).__name__.lower()}{n}") in taken:
        n += 1
    return name


def check(
    model: type[Any],
    table: Table,
    given: Mapping[str, Any],
    call: str,
    *,
    results: bool = False,
) -> None:
    """Refuse names that rows of a model cannot have, and what is no expression.

    Args:
        model: the model.
        table: its table.
        given: the expressions by name.
        call: the call that they were given to.
        results: whether they become a dictionary, which can have any names.

    Raises:
        FieldError: the name is one of the model's, or can be none; or a value without ``Value()``.
    """
    table.settle()
    for name, expression in given.items():
        asked = f"{call}({keyword(name)})"
        if not isinstance(expression, Expression):
            raise FieldError(
                f"{asked} takes an expression, not {short(expression)}",
                fix=f"Write {call}({keyword(name, 'Value(…)')}) for a value, or F(…) for a field.",
            )
        if not name.isidentifier() or iskeyword(name) or name.startswith("_"):
            raise FieldError(
                f"{short(name)} cannot name an annotation",
                asked=asked,
                fix="Use a name that an attribute can have, not beginning with an underscore.",
            )
        if results:
            continue
        if name in table.names or name in table.reverse:
            raise FieldError(
                f"The annotation {name!r} conflicts with {table.model_name}.{name}",
                asked=asked,
                fix="Give it another name.",
            )
        found = getattr_static(model, name, None)
        if callable(found) or hasattr(type(found), "__get__"):
            raise FieldError(
                f"The annotation {name!r} would hide {table.model_name}.{name}",
                asked=asked,
                fix="Give it another name.",
            )
