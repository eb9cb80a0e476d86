"""Which statements did a piece of code send? The list of them, and sums over it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextvars import Token
from typing import Generic, TypeVar

from .events import Listener, Query, listeners
from .sites import ORIGINS
from .switch import WATCH

G = TypeVar("G")


class Scope(Generic[G]):
    """A block whose statements somebody hears of, and those of the tasks started in it.

    It is a plain ``with`` in both colours; ``async with`` does too. A scope is seen in its own
    context only: the task or the thread that entered it, tasks started from there, and functions
    run by ``asyncio.to_thread()``. Other tasks and threads are not heard. A scope can be entered
    anew after it was left.
    """

    _token: Token[tuple[Listener, ...]] | None = None

    def heard(self, query: Query) -> object:
        """Called with each statement."""
        raise NotImplementedError

    def given(self) -> G:
        """What ``with … as`` gives."""
        raise NotImplementedError

    def finished(self, failed: bool) -> None:
        """Called at the block's end; ``failed`` where an error leaves it."""

    def __enter__(self) -> G:
        if self._token is not None:
            raise RuntimeError(f"This {type(self).__name__} is in use; make another one.")
        self._token = listeners.set((*listeners.get(), self.heard))
        WATCH.opened()
        ORIGINS.wanted()
        return self.given()

    def __exit__(self, kind: object, *_: object) -> None:
        token, self._token = self._token, None
        if token is None:
            return
        WATCH.closed()
        ORIGINS.unwanted()
        try:
            listeners.reset(token)
        except ValueError:  # generators and fixtures may be left in another context
            listeners.set(tuple(one for one in listeners.get() if one != self.heard))
        self.finished(kind is not None)

    async def __aenter__(self) -> G:
        return self.__enter__()

    async def __aexit__(self, kind: object, *rest: object) -> None:
        self.__exit__(kind, *rest)


class Heard(Scope[G]):
    """A block that hears of some statements only.

    Args:
        using: only those to the database with this alias.
        transactions: with BEGIN, COMMIT, SAVEPOINT and their like.
    """

    def __init__(self, using: str | None, transactions: bool) -> None:
        self.using = using
        self.transactions = transactions

    def heard(self, query: Query) -> None:
        """Keep a statement, with the line of code that sent it."""
        if self.using is not None and query.alias != self.using:
            return
        if query.kind != "transaction" or self.transactions:
            query.find_stack()  # now, as it cannot be found out later
            self.keep(query)

    def keep(self, query: Query) -> None:
        """Keep a statement that was to be heard of."""
        raise NotImplementedError


class QueryTracker(Heard["QueryTracker"]):
    """Keeps the statements that are sent in its block.

    Args:
        using: only those to the database with this alias.
        transactions: with BEGIN, COMMIT, SAVEPOINT and their like.
        most: keep the last so many; None for all.

    Attributes:
        queries: the statements, in order, also after the block.
        dropped: how many were not kept, as there were more than ``most``.

    Example:
        >>> with QueryTracker() as tracker:
        ...     await Post.objects.count()
        >>> len(tracker), tracker.rows
        (1, 1)
    """

    def __init__(
        self, using: str | None = None, *, transactions: bool = False, most: int | None = None
    ) -> None:
        super().__init__(using, transactions)
        self.queries: deque[Query] = deque(maxlen=most)
        self.dropped = 0

    def given(self) -> QueryTracker:
        """The tracker itself."""
        return self

    def keep(self, query: Query) -> None:
        """Keep a statement."""
        self.dropped += len(self.queries) == self.queries.maxlen
        self.queries.append(query)

    def __len__(self) -> int:
        return len(self.queries)

    def __iter__(self) -> Iterator[Query]:
        return iter(tuple(self.queries))

    def __bool__(self) -> bool:
        return True

    @property
    def seconds(self) -> float:
        """How long the statements took, each by itself."""
        return sum(query.seconds for query in self)

    @property
    def rows(self) -> int:
        """How many rows came back or were touched."""
        return sum(max(query.rowcount, 0) for query in self)

    def by_shape(self) -> dict[str, list[Query]]:
        """The statements by their shape: their text with lists of any length as ``(…)``."""
        groups: dict[str, list[Query]] = {}
        for query in self:
            groups.setdefault(query.shape, []).append(query)
        return groups


class Captured(Heard[list[Query]]):
    """A block that gives the plain list of its statements; made by ``capture_queries()``."""

    def __init__(self, using: str | None, transactions: bool) -> None:
        super().__init__(using, transactions)
        self.queries: list[Query] = []

    def given(self) -> list[Query]:
        """The list, which grows in the block."""
        return self.queries

    def keep(self, query: Query) -> None:
        """Keep a statement."""
        self.queries.append(query)


def capture_queries(using: str | None = None, *, transactions: bool = False) -> Captured:
    """The list of statements sent in the block, in order, also after the block.

    Args:
        using: only those to the database with this alias.
        transactions: with BEGIN, COMMIT, SAVEPOINT and their like.

    Returns:
        A context manager (a plain ``with`` in both colours) that gives a list of ``Query``.

    Example:
        >>> with capture_queries() as queries:
        ...     await Post.objects.count()
        >>> [query.sql for query in queries]
        ['SELECT COUNT(*) FROM "post"']
    """
    return Captured(using, transactions)
