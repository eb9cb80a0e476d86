"""Which expressions does a query give names to, and what do these names stand for?"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getattr_static
from keyword import iskeyword
from typing import Any, NamedTuple

from ..errors import FieldError, QueryTooComplex, short
from ..expressions import Combined, Expression, F
from ..expressions.base import DEEPEST_EXPRESSION
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
        nodes: how large it is with all that it names written out.
        depth: how deep it is nested, counted likewise.
    """

    name: str
    expression: Expression[Any]
    start: int
    shown: bool
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
    stack: list[tuple[Any, int]] = [(expression, 1)]
    while stack:
        node, level = stack.pop()
        nodes, depth = nodes + 1, max(depth, level)
        if isinstance(node, Combined):
            stack += [(node.left, level + 1), (node.right, level + 1)]
        elif isinstance(node, F):
            place = place_of(before, node.path.split("__")[0])
            if place is None:
                continue
            nodes, depth = nodes + before[place].nodes, max(depth, level + before[place].depth)
    if nodes > MOST_NODES or depth > DEEPEST_EXPRESSION:
        raise QueryTooComplex(
            f"The annotation {short(name)} is {depth} levels deep and has {nodes} parts, with all "
            f"that it names; the limits are {DEEPEST_EXPRESSION} and {MOST_NODES}"
        )
    return Annotation(name, expression, start, shown, nodes, depth)


def check(model: type[Any], table: Table, given: Mapping[str, Any], call: str) -> None:
    """Refuse names that rows of a model cannot have, and what is no expression.

    Raises:
        FieldError: the name is one of the model's, or can be none; or a value without ``Value()``.
    """
    table.settle()
    for name, expression in given.items():
        if not isinstance(expression, Expression):
            raise FieldError(
                f"{call}({_shown(name)}) takes an expression, not {short(expression)}",
                fix=f"Write {call}({_shown(name)}=Value(…)) for a value, or F(…) for a field.",
            )
        if not name.isidentifier() or iskeyword(name) or name.startswith("_") or "__" in name:
            raise FieldError(
                f"{short(name)} cannot name an annotation",
                fix="Use a name that an attribute can have, not beginning with an underscore and "
                "without a double one.",
            )
        if name in table.names or name in table.reverse:
            raise FieldError(
                f"The annotation {name!r} conflicts with {table.model_name}.{name}",
                fix="Give it another name.",
            )
        found = getattr_static(model, name, None)
        if callable(found) or hasattr(type(found), "__get__"):
            raise FieldError(
                f"The annotation {name!r} would hide {table.model_name}.{name}",
                fix="Give it another name.",
            )


def _shown(name: str) -> str:
    return name if name.isidentifier() else short(name)
