"""What was loaded in advance, and never touched?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from .events import Query
from .sites import Site

Path: TypeAlias = tuple[str, ...]


class Eager(NamedTuple):
    """A relation that was loaded in advance for the rows of one line.

    Attributes:
        call: ``"select_related"`` or ``"prefetch_related"``.
        query: the first query for the rows.
        path: the relations that lead to it.
        loads: the queries that loaded it, if it was not the one for the rows.
    """

    call: str
    query: Query
    path: Path
    loads: list[Query]


class EagerLoads:
    """All that a piece of code loads in advance, by the line of the queryset."""

    def __init__(self) -> None:
        self._joined: list[Query] = []
        self._fetched: list[Query] = []

    def add(self, query: Query) -> None:
        """Take one more query, if what is touched of its rows is noted."""
        if query.touched is None or query.rowcount == 0:
            return
        load = query.load
        if query.asked is not None and query.asked.spec.related:
            self._joined.append(query)
        if load is not None and load.kind == "prefetch" and load.to_attr is None:
            self._fetched.append(query)

    def untouched(self) -> Iterator[Eager]:
        """Those that were not touched on any row that came from the same line."""
        found: dict[tuple[tuple[Site, ...], str, Path], Eager] = {}
        touched = set()
        for call, root, path, query, is_touched in self._all():
            key = root.stack, call, path
            if is_touched:
                touched.add(key)
            eager = found.setdefault(key, Eager(call, root, path, []))
            if query is not root:
                eager.loads.append(query)
        for key, eager in found.items():
            stack, call, path = key
            above = ((stack, call, path[:n]) for n in range(1, len(path)))
            is_part = any(outer in found and outer not in touched for outer in above)
            if key not in touched and not is_part:
                yield eager

    def _all(self) -> Iterator[tuple[str, Query, Path, Query, bool]]:
        for query in self._joined:
            assert query.asked is not None
            for words in query.asked.spec.related or ():
                path = tuple(words.split("__"))
                yield "select_related", query, path, query, path in (query.touched or ())
        for query in self._fetched:
            load = query.load
            assert load is not None
            root, path = load.path
            marks = None if load.source is None else load.source.query.touched
            if root is not None and load.source is not None and marks is not None:
                is_touched = (*load.source.path, load.name) in marks
                yield "prefetch_related", root, path, query, is_touched
