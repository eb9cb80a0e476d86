"""Which rows were counted, and fetched as well?"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from .events import Query
from .reasons import CHANGES


class Pair(NamedTuple):
    """A ``count()`` or an ``exists()``, and the fetch of the same rows."""

    asked: Query
    fetch: Query


class Counted:
    """The pairs of a piece of code, by their lines.

    Between the two nothing may have been written: the answers could differ then.
    """

    def __init__(self) -> None:
        self._counts: dict[Hashable, list[Query]] = {}
        self._fetches: dict[Hashable, Query] = {}
        self._pairs: dict[Hashable, list[Pair]] = {}

    def __iter__(self) -> Iterator[list[Pair]]:
        return iter(self._pairs.values())

    def add(self, query: Query) -> None:
        """Take one more query."""
        asked = query.asked
        if query.kind == "transaction":
            return
        if asked is None or asked.call in CHANGES:
            if asked is not None or query.kind == "execute":
                self._counts.clear()
                self._fetches.clear()
            return
        spec = asked.spec
        rows = (query.alias, asked.model, spec.key, spec.values, spec.low, spec.high)
        try:
            hash(rows)
        except TypeError:  # a value of the user's that cannot be a key
            return
        if asked.call == "fetch":
            self._fetches[rows] = query
            for count in self._counts.pop(rows, ()):
                self._pair(count, query)
        elif asked.call in ("count", "exists"):
            fetch = self._fetches.get(rows)
            if fetch is None:
                self._counts.setdefault(rows, []).append(query)
            else:
                self._pair(query, fetch)

    def _pair(self, count: Query, fetch: Query) -> None:
        self._pairs.setdefault((count.stack, fetch.stack), []).append(Pair(count, fetch))
