"""Which places among their siblings do rows get, and which statement moves them there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from ..expressions import Q
from ..query import writes
from ..query.spec import Output, QuerySpec
from ..schema.ordering import ORDER
from ..schema.record import Record
from ..schema.table import Table
from ..sql.compiler import compiled
from ..sql.dialects import Dialect
from ..sql.plan import Statement
from .plans import planned
from .saving import take_keys

MOST_MOVED = 500
"""How many rows one statement moves: two parameters each, and one in its list."""


class Places:
    """New rows that have no place yet, by the key of their owner.

    Args:
        table: the table, which has an ``_order``.
        records: the new rows; those that have a place keep it.
    """

    def __init__(self, table: Table, records: Iterable[Record]) -> None:
        assert table.ordered_within is not None
        self.table = table
        self.owner = table.ordered_within
        self.waiting: dict[Any, list[Record]] = {}
        self.last: dict[Any, int] = {}
        for record in records:
            take_keys(record)
            if getattr(record, ORDER) is None:
                key = getattr(record, self.owner.attname)
                key = None if key is None else self.owner.check(key)
                self.waiting.setdefault(key, []).append(record)

    def questions(self) -> Iterator[QuerySpec]:
        """What to ask for the last place of each owner: one question for all but None."""
        spec = QuerySpec(self.table).ordered((f"-{ORDER}",))
        spec = spec.giving(Output("list", (self.owner.attname, ORDER)))
        keys = [key for key in self.waiting if key is not None]
        lonely = keys if len(keys) == 1 else []
        for key in [*lonely, *(key for key in self.waiting if key is None)]:
            yield spec.where(Q(**{self.owner.attname: key})).sliced(0, 1)
        several = iter([] if lonely else keys)
        while part := list(islice(several, MOST_MOVED)):
            yield spec.of_owners(self.owner.attname, part).sliced(0, 1)

    def take(self, rows: Iterable[tuple[Any, int]]) -> None:
        """Note the last places that were found."""
        self.last |= dict(rows)

    def give(self) -> None:
        """Give each row the next place, in the order in which they came."""
        for key, records in self.waiting.items():
            for place, record in enumerate(records, self.last.get(key, -1) + 1):
                setattr(record, ORDER, place)


def moves(spec: QuerySpec, keys: list[Any]) -> Iterator[tuple[QuerySpec, tuple[Any, ...]]]:
    """The statements that give rows the places of their keys in a list, as spec and values.

    Args:
        spec: the rows that may be moved.
        keys: their primary keys, in the order that they are to have.
    """
    places = iter(enumerate(keys))
    while part := list(islice(places, MOST_MOVED)):
        chosen = spec.where(Q(pk__in=[key for _, key in part]))
        yield chosen, tuple(chain.from_iterable((key, place) for place, key in part))


def move_plan(model: type[Record], spec: QuerySpec, pairs: int, dialect: Dialect) -> Statement:
    """The plan of an UPDATE that sets ``_order`` by primary key."""
    key = (dialect, "move", spec.key, pairs)
    plan: Statement | None = model._plans.get(key)
    field = model._table.names[ORDER]
    return plan or planned(model, key, lambda: compiled(writes.by_key(spec, field, pairs), dialect))
