"""How is a relation joined of which only some rows are meant?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import FieldError
from ..expressions import FilteredRelation
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from . import ast
from .expressions import paths
from .joins import Scope, column
from .parts import At
from .paths import KeyField, Path, Step, is_lookup_of, parse

if TYPE_CHECKING:
    from .conditions import Conditions


class FilteredPath(NamedTuple):
    """A path that begins with the name of such a relation.

    Attributes:
        steps: the relation itself.
        rest: the path from there on.
    """

    steps: tuple[Step, ...]
    rest: Path

    @property
    def whole(self) -> Path:
        """The path as it would be without the name."""
        return self.rest._replace(steps=(*self.steps, *self.rest.steps))


def path_of(
    relation: FilteredRelation, words: list[str], table: Table, asked: str | None
) -> FilteredPath:
    """The path that a relation's name and the words behind it make.

    Raises:
        UnknownField: a word that is no field where it stands.
        FieldError: the relation is none.
    """
    steps = _steps(relation, table)
    there = steps[-1].destination
    if not words or is_lookup_of(there, words[0]):
        words = ["pk", *words]
    return FilteredPath(steps, parse(there, "__".join(words), asked))


def _steps(relation: FilteredRelation, table: Table) -> tuple[Step, ...]:
    """The joins of a relation.

    Raises:
        FieldError: it is no relation.
    """
    name = relation.relation_name
    found = parse(table, name, repr(relation))
    if found.words or not isinstance(found.field, ForeignKeyField):
        raise FieldError(
            f"{name!r} is no relation of {table.model_name}",
            asked=repr(relation),
            fix="Name a foreign key, a many-to-many relation, or the way back from one.",
        )
    if isinstance(found.field, KeyField):
        return found.steps
    return (*found.steps, Step(found.field, reverse=False))


def check(relation: FilteredRelation, table: Table) -> None:
    """Refuse a condition about rows that are not on the way to a relation.

    Raises:
        FieldError: it names such rows.
    """
    steps = _steps(relation, table)
    for named in paths(relation.condition):
        given = parse(table, named.path, repr(relation)).steps
        same = all(_is_same(one, other) for one, other in zip(given, steps, strict=False))
        if not same:
            raise FieldError(
                "FilteredRelation's condition doesn't support relations outside the "
                f"{relation.relation_name!r} (got {named.path!r})"
            )
        if len(given) > len(steps):
            raise FieldError(
                "FilteredRelation's condition doesn't support nested relations deeper than the "
                f"relation_name (got {named.path!r} for {relation.relation_name!r})"
            )


def _is_same(one: Step, other: Step) -> bool:
    return one.field is other.field and one.reverse == other.reverse


def value(
    conditions: Conditions, path: FilteredPath, place: int, scope: Scope
) -> tuple[ast.Column | ast.Columns, frozenset[str]]:
    """The column, or the columns, at the end of a path, and the joins it goes through."""
    alias = _joined(conditions, path.steps, place, scope)
    for step in path.rest.steps:
        alias = scope.join(alias, step, ("filtered", place))
    return column(alias, path.rest.field, scope.may_miss(alias)), scope.chains[alias]


def _joined(conditions: Conditions, steps: tuple[Step, ...], place: int, scope: Scope) -> str:
    """The name of the relation's table, joined if it is not yet."""
    many = any(step.many for step in steps)
    key = ("filtered", place, steps[-1].reverse, "many")[: 4 if many else 3]
    known = scope.joined.get(key)
    if known is not None:
        return known.alias
    annotation: Any = conditions.annotations[place]
    alias = scope.alias
    on_the_way: list[tuple[str, Step, str]] = []
    for step in steps[:-1]:
        before, alias = alias, scope.join(alias, step, None)
        on_the_way.append((before, step, alias))
    join = scope.made(alias, steps[-1], outer=True)
    inside = Scope(scope.table, scope.aliases, scope.alias)
    inside.chains = scope.chains
    for before, step, after in on_the_way:
        known = next(each for each in scope.joined.values() if each.alias == after)
        inside.joined[before, step.field, step.reverse] = known
    inside.joined[alias, steps[-1].field, steps[-1].reverse] = join
    condition = annotation.expression.condition
    if condition.children:
        at = At(annotation.start + conditions.base, inside, None)
        join = replace(join, on=conditions.rowwise(condition, at))
    scope.joined[key] = join
    return join.alias
