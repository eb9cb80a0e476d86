"""Whose are the related rows that came back? Each is hung on the instances that hold its key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from ..errors import ValidationError
from ..expressions import Q
from ..query.spec import QuerySpec
from ..schema.peers import WRITES, Ahead, unique
from ..schema.relations import ForeignKeyField
from ..schema.ways import AnyWay, ThroughTable, tidy


class Read:
    """What rows are read from, and when.

    Args:
        tables: the tables; None where only the SQL tells.
    """

    def __init__(self, tables: tuple[str, ...] | None) -> None:
        self.tables = tables
        self.stamp = WRITES.stamp(tables)  # what is written while they are read may be missing


class Owners:
    """Instances of one model, by the key that their related rows are found by.

    Args:
        way: the relation.
        instances: those that wait for what it leads to.
    """

    def __init__(self, way: AnyWay, instances: Iterable[Any]) -> None:
        self.way = way
        self.waiting: dict[Any, list[Any]] = {}
        usual: type[Any] = type(None)
        for instance in instances:
            key = way.near_key(instance)
            if key is not None and (type(key) is not usual or usual is tuple):
                tidy(way, instance)
                key = way.near_key(instance)
                usual = type(key)
            self.waiting.setdefault(key, []).append(instance)
        self._nobodys = self.waiting.pop(None, [])  # NULL points nowhere
        self._found: dict[Any, list[Any]] = {}
        self._same: dict[Any, Any] = {}

    def keys(self, most: Callable[[Any], int]) -> Iterator[list[Any]]:
        """The keys to ask for, as many at a time as a list of their like may have."""
        keys = iter(self.waiting)
        for first in keys:
            yield [first, *islice(keys, most(first) - 1)]

    def question(self, spec: QuerySpec, keys: list[Any]) -> QuerySpec:
        """The question for the rows of these owners, over what may be narrower than all rows."""
        way = self.way
        whole = not (spec.is_sliced or spec.distinct_on)
        if way.row_key is None or not whole or not spec.selects(way.row_key):
            return spec.of_owners(way.lookup, keys)
        if len(keys) == 1:
            return spec.where(Q(**{way.lookup: keys[0]}))
        return spec.where(Q(**{f"{way.lookup}__in": keys}))

    def take(self, rows: Sequence[Any], keyed: bool) -> None:
        """Sort rows that came back under their owners' keys."""
        way = self.way
        if not rows:
            return
        if isinstance(way, ThroughTable):  # one row has many owners, and is one object
            same = self._same
            for key, row in zip(rows.keys, rows, strict=True):  # type: ignore[attr-defined]
                self._found.setdefault(key, []).append(same.setdefault(row.pk, row))
            return
        keys = rows.keys if keyed else map(attrgetter(way.row_key), rows)  # type: ignore[attr-defined,arg-type]
        for key, row in zip(keys, rows, strict=True):
            self._found.setdefault(key, []).append(row)

    def of(self, instance: Any) -> list[Any]:
        """The rows of one owner."""
        return self._found.get(self.way.near_key(instance), [])

    def found(self) -> list[Any]:
        """The rows of all owners, each once."""
        return list(unique(row for rows in self._found.values() for row in rows))

    def keep(self, to_attr: str | None = None, read: Read | None = None) -> None:
        """Hang the rows on their owners.

        Args:
            to_attr: the attribute to store them in, if not the relation.
            read: where rows were read from that nobody asked for yet.
        """
        groups = [(self._found.get(key, []), owners) for key, owners in self.waiting.items()]
        if to_attr is not None:  # the relation of what has no key yet stays open
            groups.append(([], self._nobodys))
        way = self.way
        for rows, owners in groups:
            for owner in owners:
                if not isinstance(way, ForeignKeyField):
                    way.meet(owner, rows)
                if way.many:
                    kept: Any = list(rows) if read is None else Ahead(rows, read.tables, read.stamp)
                else:
                    kept = rows[0] if rows else None
                if to_attr is not None:
                    setattr(owner, to_attr, kept)
                else:
                    way.keep(owner, kept)


def is_tidied(way: AnyWay, instance: Any) -> bool:
    """Make an instance's key one that rows can have, unless it is none that they could."""
    try:
        tidy(way, instance)
    except ValidationError:
        return False
    return True
