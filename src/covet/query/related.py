"""Which related rows are selected beside the rows of a query?"""

from __future__ import annotations

from typing import Any

from ..errors import FieldError, UnknownField, short
from ..schema.fields import Field
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from ..schema.ways import WayBack
from . import ast
from .joins import Scope
from .loading import Mask, Tree, tree_of
from .paths import Step

DEEPEST = 5
"""How far ``select_related()`` without paths follows keys that cannot be empty; Django's number."""


def wanted(table: Table, paths: tuple[str, ...] | None) -> Tree:
    """The relations of ``select_related`` as a tree of names."""
    return _all_that_must_be(table, DEEPEST) if paths is None else tree_of(paths)


def _all_that_must_be(table: Table, depth: int) -> Tree:
    if depth == 0:
        return {}
    return {
        field.name: _all_that_must_be(field.target, depth - 1)
        for field in table.relations
        if not field.null and not field.parent_link
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


def check_columns(table: Table, paths: tuple[Any, ...], call: str, asked: str) -> tuple[str, ...]:
    """The paths of ``only()`` or ``defer()`` in one way of writing them.

    Raises:
        UnknownField: a name that the model there does not have.
        FieldError: no name at all, or a path over a relation to several rows.
    """
    found: list[str] = []
    for path in paths:
        if not isinstance(path, str):
            raise FieldError(f"{call}() takes names of fields, not {short(path)}")
        here = table
        *way, last = path.split("__")
        for name in way:
            here = step(here, name, asked).destination
        here.settle()
        if last in here.reverse and last not in here.names:
            step(here, last, asked)
            found.append(path)
        else:
            found.append("__".join([*way, here.field(last, asked).name]))
    return tuple(found)


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


def fields(
    table: Table, mask: Mask, beside: Tree, asked_for: bool, needed: Field[Any] | None = None
) -> tuple[Field[Any], ...]:
    """The fields of a row that are selected.

    Args:
        table: the row's table.
        mask: what is to be loaded.
        beside: the relations whose rows are selected too; their keys are needed for that.
        asked_for: whether these were named, and not only found.
        needed: a field that the row has to have at any rate.

    Raises:
        FieldError: a relation was named whose key is not to be loaded.
    """
    kept = mask.kept(table).union(() if needed is None else needed.members)
    for name in beside:
        taken = step(table, name)
        field: Any = taken.field.target_field if taken.reverse else taken.field
        is_there = taken.reverse or field in table.pk.members or mask.has(field)
        if asked_for and not is_there:
            raise FieldError(
                f"Field {table.model_name}.{name} cannot be both deferred and traversed using "
                "select_related at the same time",
                fix=f'Name "{name}" in only(), or leave it out of select_related().',
            )
        kept.update(field.members)
    return tuple(field for field in table.fields if field in kept)


def select(
    tree: Tree,
    scope: Scope,
    alias: str,
    outputs: list[ast.Column],
    mask: Mask,
    asked_for: bool,
    table: Table | None = None,
) -> tuple[ast.Related, ...]:
    """Join the rows of a tree, and add the columns of them that are loaded to the outputs."""
    here = table or scope.table
    found = []
    for name, below in tree.items():
        taken = step(here, name)
        there, inner = taken.destination, mask.below(name)
        key: Any = taken.field if taken.reverse else taken.field.target_field
        chosen = fields(there, inner, below, asked_for, key)
        near: Table = taken.field.target if taken.reverse else taken.field.source
        joined = scope.join(scope.along(alias, here.way_to(near)), taken, None)
        place = len(outputs)
        outputs += scope.columns(joined, chosen, there)
        children = select(below, scope, joined, outputs, inner, asked_for, there)
        outer = scope.may_miss(joined)
        found.append(ast.Related(_way(taken), there, joined, chosen, place, outer, children))
    return tuple(found)


def _way(taken: Step) -> ForeignKeyField[Any] | WayBack:
    field: ForeignKeyField[Any] = taken.field
    if not taken.reverse:
        return field
    assert field.reverse is not None
    return WayBack(field.reverse)
