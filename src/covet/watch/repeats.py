"""Which queries are sent again and again from one line?

Lines are told apart by all lines that led to them, so a function that is called from two places is
no loop, and a function that calls itself is one. What serves several rows at once is a batch, and
is never counted: a relation that was loaded for the peers, a list of keys, a page of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple, TypeAlias

from ..expressions import Q
from ..query.spec import QuerySpec
from .events import Query
from .reasons import CHANGES, Asked, Load

Key: TypeAlias = tuple[Hashable, ...]

LONG_PAGE = 100
"""From how many rows on a full slice is one of the portions in which many rows are read."""


class Step(NamedTuple):
    """One query of a group: its number, how long it took, and where its instance came from."""

    serial: int
    seconds: float
    source: Hashable


class Group:
    """Queries of one kind from one line.

    Attributes:
        first: the first of them.
        alike: whether all of them ask for the same values.
    """

    def __init__(self, first: Query) -> None:
        self.first = first
        self.alike = True
        self._values = _values(first)
        self._changes = 0
        self._steps: list[Step] = []
        self._batches: dict[Hashable, int] = {}

    def add(self, query: Query, changes: int) -> None:
        """Take one more, and how often rows of its model were changed before it.

        The same question after a change is none that was answered already.
        """
        load = query.load
        source = None if load is None else _source(load)
        if load is not None and load.instances > 1:
            self._batches[source] = self._batches.get(source, 0) + 1
            return
        if not self._steps:
            self.first = query  # the one before was a batch
        is_alike = load is None and _same(_values(query), self._values)
        if is_alike and self._steps and changes > self._changes:
            self._changes = changes
            return
        self._changes = changes
        self.alike = self.alike and is_alike
        self._steps.append(Step(query.serial, query.seconds, source))

    def wasted(self) -> list[Step]:
        """Those that served one row each, where one query would have done for all of them."""
        load = self.first.load
        if load is None:
            return self._steps
        if load.kind == "prefetch":
            return self._prefetched()
        # The first touch of a relation to many loads one instance's rows, and the next a batch.
        left = dict(self._batches)
        found = []
        for step in self._steps:
            if left.get(step.source, 0) > 0:
                left[step.source] -= 1
            else:
                found.append(step)
        return found

    def _prefetched(self) -> list[Step]:
        """Those whose instances came from one query: else it is the query that is repeated."""
        times: dict[Hashable, int] = {}
        for step in self._steps:
            times[step.source] = times.get(step.source, 0) + 1
        return [step for step in self._steps if not step.source or times[step.source] > 1]


class Repeats:
    """All queries of a piece of code, by what they ask for and the lines that led to them."""

    def __init__(self) -> None:
        self._groups: dict[Key, Group] = {}
        self._changes: Counter[type[Any] | None] = Counter()

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups.values())

    def add(self, query: Query) -> None:
        """Take one more query."""
        if query.kind == "transaction":
            return
        model = None if query.asked is None else query.asked.model
        if query.load is not None or not _is_batch(query):
            key = _key(query)
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = Group(query)
            group.add(query, self._changes[model] + self._changes[None])
        if query.kind == "execute" if query.asked is None else query.asked.call in CHANGES:
            self._changes[model] += 1  # of any model, where only the SQL tells


def _key(query: Query) -> Key:
    where: Key = query.alias, tuple(dict.fromkeys(query.stack))
    load, asked = query.load, query.asked
    if load is not None:
        return (*where, load.kind, load.relation)
    if asked is None:
        return (*where, query.shape)
    owner = None if asked.owner is None else asked.owner[0]
    return (*where, asked.call, asked.model, owner, query.shape)


def _source(load: Load) -> Hashable:
    source = load.source
    return None if source is None else (source.query.serial, source.path)


def _is_batch(query: Query) -> bool:
    """Whether a query of the user's own serves several rows at once."""
    asked = query.asked
    if asked is None:
        return False
    if asked.call == "cascade":
        return True  # it follows from a change, which is counted
    if asked.call.startswith("bulk_"):
        return query.rowcount > 1
    if asked.call == "create" and asked.model._table.parents:
        return True  # no statement inserts rows into several tables, so bulk_create() refuses them
    return asked.call == "page" or _is_page(asked, query.rowcount) or _has_list(asked.spec)


def _is_page(asked: Asked, rows: int) -> bool:
    spec = asked.spec
    if asked.call != "fetch" or asked.owner is not None or not spec.is_sliced:
        return False
    return spec.low > 0 or (spec.high is not None and spec.high == rows >= LONG_PAGE)


def _has_list(spec: QuerySpec) -> bool:
    waiting: list[Any] = [clause.condition for clause in spec.clauses]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Q):
            waiting.extend(one.children)
        elif getattr(one, "path", "").endswith("__in"):
            values = one.values
            if len(values) == 1 and isinstance(values[0], tuple) and len(values[0]) > 1:
                return True
    return False


def _values(query: Query) -> Any:
    """What a query asks for; of a queryset the user's own values, as parameters may be hidden."""
    asked = query.asked
    if asked is None or asked.call == "raw":
        return tuple(query.params)
    if asked.call in CHANGES:
        return None
    return asked.spec.values, asked.spec.window_values


def _same(values: Any, others: Any) -> bool:
    if values is None:
        return False
    try:
        return bool(values == others)
    except Exception:  # a value of the user's that cannot be compared
        return False
