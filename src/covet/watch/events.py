"""What was sent to the databases, and who wants to know?

Connections tell of a statement in one place; nobody listening costs one look at a ContextVar.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Query:
    """One statement that was sent.

    Attributes:
        sql: its text, as the database got it.
        params: its parameters, in order.
        seconds: how long it took, waiting for the connection not included.
        rowcount: how many rows came back or were touched; -1 where it failed or nobody knows.
        alias: the database's alias.
        kind: ``"fetch"``, ``"execute"``, or ``"transaction"`` for BEGIN, COMMIT and the like.
        error: what it failed with, or None.
    """

    sql: str
    params: Sequence[Any]
    seconds: float
    rowcount: int
    alias: str
    kind: Literal["fetch", "execute", "transaction"] = "fetch"
    error: BaseException | None = None

    def __str__(self) -> str:
        return f"{self.sql} {tuple(self.params)!r}" if self.params else self.sql


Listener = Callable[[Query], object]

# A tuple, so that adding a listener in one task is not seen by those who run already.
listeners: ContextVar[tuple[Listener, ...] | None] = ContextVar("covet_listeners", default=None)


def tell(query: Query) -> None:
    """Tell everyone who listens here."""
    for listener in listeners.get() or ():
        listener(query)


@contextmanager
def listening(listener: Listener) -> Generator[None]:
    """Have a function called with each ``Query`` of the block and of the tasks started in it."""
    before = listeners.get()
    listeners.set((*(before or ()), listener))
    try:
        yield
    finally:
        listeners.set(before)


@contextmanager
def capture_queries(
    using: str | None = None, *, transactions: bool = False
) -> Generator[list[Query]]:
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
    captured: list[Query] = []

    def listener(query: Query) -> None:
        wanted = using is None or query.alias == using
        if wanted and (transactions or query.kind != "transaction"):
            captured.append(query)

    with listening(listener):
        yield captured
