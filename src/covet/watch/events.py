"""What was sent to the databases, why, and who wants to know?

Connections tell of a statement in one place. Scopes hear what is sent in their block and in the
tasks started there; observers (``observers.py``) hear everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from time import time
from typing import Any, Literal, TypeAlias

from ..sql.hidden import shown
from .reasons import Asked, Load
from .sites import Frames, Site, stack
from .touches import TOUCHES

Kind: TypeAlias = Literal["fetch", "execute", "transaction"]

_serials = count(1)
_LISTS = re.compile(r"\((\?|%s|NULL)(?:, (?:\?|%s))*\)(?:, \((?:\?|%s)(?:, (?:\?|%s))*\))*")


@dataclass(slots=True, eq=False, repr=False)
class Query:
    """One statement that was sent.

    Attributes:
        sql: its text, as the database got it.
        given: its parameters, as the database got them: not to be shown, see ``params``.
        seconds: how long it took, waiting for the connection not included.
        rowcount: how many rows came back or were touched; -1 where it failed or nobody knows.
        alias: the database's alias.
        kind: ``"fetch"``, ``"execute"``, or ``"transaction"`` for BEGIN, COMMIT and the like.
        error: what it failed with, or None.
        started: when it was sent, on the clock of ``time.perf_counter()``.
        transaction: the number of the transaction that it was sent in; None outside of any.
        asked: the question of a queryset that it answers, or the change that it makes; None for raw
            SQL.
        load: the relation or the fields that it loads for instances that are there already, or
            None.
        serial: its number in the process, from 1.
        at: when it was told of, in seconds since 1970.
        origin: gives the lines where the running task was made, should the program have none below
            it.
        touched: the paths of the relations of its rows that were read since; None while nobody
            notes them.
    """

    sql: str
    given: Sequence[Any]
    seconds: float
    rowcount: int
    alias: str
    kind: Kind = "fetch"
    error: BaseException | None = None
    started: float = 0.0
    transaction: int | None = None
    asked: Asked | None = None
    load: Load | None = None
    serial: int = field(default_factory=_serials.__next__)
    at: float = field(default_factory=time)
    origin: Callable[[], Frames] | None = None
    touched: set[tuple[str, ...]] | None = None
    _stack: tuple[Site, ...] | None = None

    @property
    def params(self) -> Sequence[Any]:
        """Its parameters, in order; the values of ``sensitive=True`` fields are shown as ``***``.

        Where one is used in several places they are a dictionary, as they have names then.
        """
        params: Sequence[Any] = shown(self.given)
        return params

    @property
    def stack(self) -> tuple[Site, ...]:
        """The lines of the user's code that sent it, the innermost first.

        They are looked up for the first who asks while the statement is told of, as that takes
        time; there are none where nobody did.
        """
        return self.find_stack()

    def find_stack(self) -> tuple[Site, ...]:
        """Look the lines up, if that was not done yet."""
        if self._stack is None:
            self._stack = stack(self.origin)
        return self._stack

    @property
    def site(self) -> Site | None:
        """The line of the user's code that sent it."""
        return self.stack[0] if self.stack else None

    @property
    def shape(self) -> str:
        """The text with lists of any length as ``(…)``: the same for queries of one shape."""
        return _LISTS.sub("(…)", self.sql)

    def __str__(self) -> str:
        params = self.params
        if not params:
            return self.sql
        return f"{self.sql} {params if isinstance(params, dict) else tuple(params)!r}"

    def __repr__(self) -> str:
        return f"<Query {self}>"


Listener: TypeAlias = Callable[[Query], object]

# A tuple, so that adding a listener in one task is not seen by those who run already.
listeners: ContextVar[tuple[Listener, ...]] = ContextVar("covet_listeners", default=())

# Those who hear of the statements of the whole process; see observers.py and logs.py.
everywhere: list[Callable[[], Sequence[Listener]]] = []


def watchers() -> tuple[Listener, ...]:
    """Everyone who wants to know of a statement that is sent here."""
    found = listeners.get()
    for more in everywhere:
        found = (*found, *more())
    return found


def tell(hearing: Sequence[Listener], query: Query) -> None:
    """Tell of a statement, while the code that sent it is still running."""
    asked = query.asked
    if asked is not None and asked.origin is not None and query.error is None:
        asked.origin.came(query)
        if TOUCHES.on:
            query.touched = set()
    for listener in hearing:
        listener(query)
    if query._stack is None:
        query._stack = ()
