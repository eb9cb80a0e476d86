"""Which related rows are selected beside the rows of a query?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, UnknownField, short
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from ..schema.ways import WayBack
from . import ast
from .joins import Scope
from .paths import Step

DEEPEST = 5
"""How far ``select_related()`` without paths follows keys that cannot be empty; Django's number."""

Tree = dict[str, Any]


def wanted(table: Table, paths: tuple[str, ...] | None) -> Tree:
    """The relations of ``select_related`` as a tree of names."""
    if paths is None:
        return _all_that_must_be(table, DEEPEST)
    tree: Tree = {}
    for path in paths:
        here = tree
        for name in path.split("__"):
            here = here.setdefault(name, {})
    return tree


def _all_that_must_be(table: Table, depth: int) -> Tree:
    if depth == 0:
        return {}
    return {
        field.name: _all_that_must_be(field.target, depth - 1)
        for field in table.relations
        if not field.null
    }


def check(table: Table, paths: tuple[Any, ...], asked: str) -> tuple[str, ...]:
    """The paths, each of which leads to a single row.

    Raises:
        UnknownField: a name that the model there does not have.
        FieldError: a name of something else than a relation to one row.
    """
    for path in paths:
        if not isinstance(path, str):
            raise FieldError(f"select_related() takes names of relations, not {short(path)}")
        here = table
        for name in path.split("__"):
            here = step(here, name, asked).destination
    return paths


def step(table: Table, name: str, asked: str | None = None) -> Step:
    """The relation to one row that a name means.

    Raises:
        UnknownField: the model has no such name.
        FieldError: it is a relation to several rows, or none.
    """
    table.settle()
    field = table.names.get(name)
    if isinstance(field, ForeignKeyField) and name == field.name:
        return Step(field, reverse=False)
    relation = table.reverse.get(name)
    if relation is not None and not relation.many:
        return Step(relation.field, reverse=True)
    single = [f.name for f in table.relations]
    single += [query_name for query_name, r in table.reverse.items() if not r.many]
    fix = f"Relations to one row: {', '.join(sorted(single)) or 'none'}."
    if relation is not None or name in table.many:
        raise FieldError(
            f"{table.model_name}.{name} leads to several rows, which no single row can bring along",
            asked=asked,
            possible=single,
            fix=fix,
        )
    if field is not None:
        raise FieldError(
            f"{table.model_name}.{name} is no relation", asked=asked, possible=single, fix=fix
        )
    raise UnknownField(table.model_name, name, single, asked)


def select(
    tree: Tree, scope: Scope, alias: str, outputs: list[ast.Column], table: Table | None = None
) -> tuple[ast.Related, ...]:
    """Join the rows of a tree, and add their columns to the outputs."""
    here = table or scope.table
    found = []
    for name, below in tree.items():
        taken = step(here, name)
        joined = scope.join(alias, taken, None)
        place = len(outputs)
        outputs += scope.columns(joined, taken.destination)
        children = select(below, scope, joined, outputs, taken.destination)
        outer = scope.may_miss(joined)
        found.append(ast.Related(_way(taken), taken.destination, place, outer, children))
    return tuple(found)


def _way(taken: Step) -> ForeignKeyField[Any] | WayBack:
    field: ForeignKeyField[Any] = taken.field
    if not taken.reverse:
        return field
    assert field.reverse is not None
    return WayBack(field.reverse)
