"""What does a path such as ``-author`` order by? A relation is ordered as its model is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..errors import FieldError, short
from . import ast, json
from .operands import Operand

RANDOM = "?"
DEEPEST_ORDERING = 10


def spelled_out(
    term: str, value: Callable[[str], Operand], depth: int = 0
) -> Iterator[tuple[str, bool]]:
    """The paths that a term stands for, and whether each goes from the largest value down.

    Args:
        term: a path, with its sign.
        value: what a path names.
        depth: how many relations it was reached by.

    Raises:
        FieldError: a relation to a model whose ordering is no list of names.
    """
    descending = term.startswith("-")
    name = term.removeprefix("-").removeprefix("+")
    field: Any = value(name).field
    names_object = field.is_relation and name.rpartition("__")[2] == field.name
    ordering = field.target.options.ordering if names_object else ()
    if not ordering or depth >= DEEPEST_ORDERING:
        yield name, descending
        return
    for inner in ordering:
        if not isinstance(inner, str) or inner == RANDOM:
            raise FieldError(
                f"{short(term)} orders by {field.target.model_name}, whose own ordering is no "
                "list of names",
                fix=f"Order by a field of it: {name}__…",
            )
        opposite = descending != inner.startswith("-")
        inner_name = inner.removeprefix("-")
        yield from spelled_out(f"{'-' if opposite else ''}{name}__{inner_name}", value, depth + 1)


def terms_of(expr: ast.Expr, descending: bool, nulls_first: bool) -> list[ast.OrderTerm]:
    """The terms of an ORDER BY that one expression stands for: a document is several things."""
    return [ast.OrderTerm(each, descending, nulls_first) for each in json.sorted_by(expr)]
