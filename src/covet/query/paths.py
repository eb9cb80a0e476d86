"""What does a path such as ``author__posts__title__icontains`` name?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..errors import FieldError, UnknownField, short
from ..schema.fields import Field
from ..schema.fields.lookups import registered
from ..schema.relations import ForeignKeyField, ReverseRelation
from ..schema.table import Table
from .lookups import LOOKUPS

LONGEST_PATH = 500


class Step(NamedTuple):
    """One relation on the way, along the foreign key or back."""

    field: ForeignKeyField[Any]
    reverse: bool

    @property
    def many(self) -> bool:
        """Whether one row on this side may have several on the other."""
        return self.reverse and self.field.reverse is not None and self.field.reverse.many

    @property
    def destination(self) -> Table:
        """The table that the step leads to."""
        field: ForeignKeyField[Any] = self.field
        if self.reverse:
            assert field.source is not None
            return field.source
        return field.target


class Path(NamedTuple):
    """A path taken apart.

    Attributes:
        steps: the relations to join.
        field: the field at their end.
        words: what stands behind it: transforms of its value, and a lookup at last.
    """

    steps: tuple[Step, ...]
    field: Field[Any]
    words: tuple[str, ...]

    @property
    def many(self) -> bool:
        """Whether one row may have several values at the end of the path."""
        return any(step.many for step in self.steps)


class KeyField(ForeignKeyField[Any]):
    """The key of the rows at the end of a way back: what ``posts=post`` compares."""

    @classmethod
    def of(cls, relation: ReverseRelation) -> KeyField:
        """The key of the table that the relation comes from."""
        field = relation.field
        assert field.registry is not None
        key = cls(field.registry.models[relation.source.label])
        key.related = field.registry.models[relation.source.label]
        key.name = key.attname = relation.query_name
        key.model = field.target.model_name
        key.column = relation.source.pk.column
        members = relation.source.pk.members
        key.parts = members if len(members) > 1 else ()
        key.null = True
        return key


def parse(table: Table, path: str, asked: str | None = None, also: Iterable[str] = ()) -> Path:
    """Take a path apart, from a table on.

    Args:
        table: where it begins.
        path: words joined by ``__``.
        asked: the call that the user wrote, for messages.
        also: what could have stood there beside the names of the table, for messages.

    Raises:
        UnknownField: a word that is no field where it stands.
    """
    if len(path) > LONGEST_PATH:
        raise FieldError(f"{short(path)} is too long for a path; the limit is {LONGEST_PATH}")
    words = path.split("__")
    steps, field, used = _walk(table, words, asked, also)
    return Path(tuple(steps), field, tuple(words[used:]))


def _walk(
    table: Table, words: list[str], asked: str | None, also: Iterable[str]
) -> tuple[list[Step], Field[Any], int]:
    """The relations and the field that the first words name, and how many words they took."""
    steps: list[Step] = []
    here = table
    field: Field[Any] | None = None
    for used, word in enumerate(words):
        if field is not None:
            if not isinstance(field, ForeignKeyField) or _is_behind(word, field):
                return steps, field, used
            held = _held(field, word, words[used + 1 :])
            if held is not None:
                return steps, held, used + 1  # the key is here already: no join for it
            steps.append(Step(field, reverse=False))
            here = field.target
        found = here.names.get(word)
        if found is None and word not in here.reverse:
            here.settle()
        between = _between(here, word) if found is None else None
        if between is not None:
            near, far = between
            steps += [Step(link, reverse=False) for link in here.way_to(near.target)]
            steps.append(Step(near, reverse=True))
            here, field = far.source, far
            continue
        if found is None and word in here.reverse:
            relation = here.reverse[word]
            steps += [Step(link, reverse=False) for link in here.way_to(relation.field.target)]
            steps.append(Step(relation.field, reverse=True))
            here = relation.source
            if used + 1 == len(words) or is_lookup_of(here, words[used + 1]):
                return steps, KeyField.of(relation), used + 1
            field = None
            continue
        if found is None:
            beside = also if used == 0 else ()
            raise UnknownField(here.model_name, word, [*here.choices(), *beside], asked)
        field = found
        links = here.inherited.get(found)
        if links is not None:
            links, field = stored_in(links, found)
            steps += [Step(link, reverse=False) for link in links]
    assert field is not None
    return steps, field, len(words)


def _held(field: ForeignKeyField[Any], word: str, rest: list[str]) -> Field[Any] | None:
    """The field on this side that has the value of one of the target's: its key or part of it."""
    target = field.target.names.get(word)
    key = field.target_field
    if target is None or (target is key and not target.is_relation):
        return None if target is None else field
    if not field.parts or target not in key.members:
        return None
    here: Field[Any] = field.parts[key.members.index(target)]
    goes_on = target.is_relation and rest and rest[0] not in LOOKUPS
    return None if goes_on else here


def _between(table: Table, word: str) -> tuple[ForeignKeyField[Any], Any] | None:
    """The foreign keys of the table between, near and far, if a word is a many-to-many relation."""
    if word in table.many:
        declared = table.many[word]
        return (declared.near, declared.far) if declared.reverse is not None else None
    relation = table.reverse.get(word)
    if relation is None or relation.key is not None:
        return None
    return relation.field.far, relation.field.near


def stored_in(
    links: tuple[ForeignKeyField[Any], ...], field: Field[Any]
) -> tuple[tuple[ForeignKeyField[Any], ...], Field[Any]]:
    """The links to an inherited field's column; a parent's key is in the link to it already."""
    while links and field is links[-1].target_field:
        links, field = links[:-1], links[-1]
    return links, field


def is_lookup_of(table: Table, word: str) -> bool:
    """Whether a word behind a relation to a table is a lookup of the relation itself."""
    return word not in table.names and word not in table.reverse and word in LOOKUPS


def _is_behind(word: str, field: ForeignKeyField[Any]) -> bool:
    target = field.target
    is_name = word in target.names or word in target.reverse
    return not is_name and (word in LOOKUPS or word in registered(field))
