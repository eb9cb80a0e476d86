"""Which rows of the table between does a many-to-many relation of an instance consist of?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import FieldError, ValidationError, short
from ..expressions import Q
from ..query.builder import Builder
from ..schema.record import Record
from ..schema.ways import ThroughTable

Pair = tuple[Any, Any]


def several(objects: Any, relation: str) -> list[Any]:
    """What ``set()`` was given, as a list.

    Args:
        objects: what it was given.
        relation: the model and the name of the relation, ``"Post.tags"``.

    Raises:
        FieldError: one thing, where several are wanted.
    """
    if isinstance(objects, Record | str) or not isinstance(objects, Iterable):
        raise FieldError(
            f"{relation}.set() was given {short(objects)}, not a list", fix="Write set([…])."
        )
    return list(objects)


class Links:
    """The links of one instance, as keys of both sides.

    Args:
        way: the relation.
        near_key: what the rows of the table between hold which point to the instance.
    """

    def __init__(self, way: ThroughTable, near_key: Any) -> None:
        self.way = way
        self.near_key = near_key
        self.names = (way.near.attname, way.far.attname)
        self.model: Any = way.declared.through

    @property
    def both_ways(self) -> bool:
        """Whether each link has its mirror image."""
        return self.way.declared.symmetrical

    @property
    def is_unique(self) -> bool:
        """Whether the database itself refuses a second row for one pair, and can pass it over."""
        table = self.model._table
        if table.parents:  # its rows are inserted one by one, where a conflict is an error
            return False
        options = table.options
        pair = {self.way.near.name, self.way.far.name}
        groups = [set(names) for names in options.unique_together]
        groups.append({field.name for field in table.pk.members})
        groups += [set(getattr(constraint, "fields", ())) for constraint in options.constraints]
        return any(group and group <= pair for group in groups)

    def far_keys(self, objects: Iterable[Any], call: str) -> list[Any]:
        """The keys of objects, which may be keys already; each once.

        Raises:
            ValidationError: an object of another model, one that is not saved, or no valid key.
            FieldError: a list where its members are wanted, or None.
        """
        far = self.way.far
        found: dict[Any, None] = {}
        for thing in objects:
            if thing is None or isinstance(thing, list | set | Builder):
                raise FieldError(
                    f"{self.way.model}.{self.way.name}.{call}() was given {short(thing)}",
                    fix=f"Give objects of {self.way.target.model_name}, or their keys, one by one: "
                    f"{call}(*objects).",
                )
            try:
                found[far.check(thing)] = None
            except ValidationError as error:  # which names the key in the table between
                raise ValidationError(
                    {self.way.name: error.messages}, model=self.way.model
                ) from None
        return list(found)

    def among(self, far_keys: list[Any] | None) -> Q:
        """The condition for the rows between: all, or those to some objects."""
        near, far = self.names
        here = self._condition(near, far, far_keys)
        return here | self._condition(far, near, far_keys) if self.both_ways else here

    def _condition(self, near: str, far: str, far_keys: list[Any] | None) -> Q:
        of_me = Q(**{near: self.near_key})
        if far_keys is None:
            return of_me
        if len(far_keys) == 1:
            return of_me & Q(**{far: far_keys[0]})
        return of_me & Q(**{f"{far}__in": far_keys})

    def owners(self, far_keys: list[Any]) -> Q:
        """The condition for the rows that links hold on to, the same from whichever side.

        They are those of the model that declares the relation; of mirror images, both ends.
        """
        here = [] if self.way.is_reverse else [self.near_key]
        there = far_keys if self.way.is_reverse or self.both_ways else []
        return Q(**{f"{self.way.declared.near.key_name}__in": [*here, *there]})

    def missing(self, far_keys: list[Any], there: Iterable[Pair]) -> list[Pair]:
        """The pairs that these links consist of and that are not there.

        They are in the order in which everybody writes them, as two that wrote the same pairs in
        different orders would wait for each other.
        """
        wanted = {(self.near_key, key) for key in far_keys}
        if self.both_ways:
            wanted |= {(far, near) for near, far in wanted}
        first = -1 if self.way.is_reverse else 1
        return sorted(wanted.difference(there), key=lambda pair: pair[::first])

    def ends(self, pairs: Iterable[Pair]) -> set[Any]:
        """The keys that pairs lead to from the instance."""
        return {far for near, far in pairs if near == self.near_key}

    def records(self, pairs: Iterable[Pair], defaults: Mapping[str, Any] | None) -> list[Record]:
        """New rows for pairs; defaults that are callable are called for each."""
        near, far = self.names
        return [
            self.model(
                **{
                    **{
                        name: value() if callable(value) else value
                        for name, value in (defaults or {}).items()
                    },
                    near: pair[0],
                    far: pair[1],
                }
            )
            for pair in pairs
        ]
