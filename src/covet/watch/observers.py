"""Who wants to know of everything that happens in the process?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, Literal, TypeVar

from ..errors import name_of, short
from .events import Query, everywhere
from .receivers import WrongReceiver, waits
from .switch import WATCH

E = TypeVar("E")
F = TypeVar("F", bound=Callable[[Any], object])

LOG = logging.getLogger("covet.watch")


@dataclass(frozen=True, slots=True)
class TransactionEvent:
    """The beginning or the end of an ``atomic()`` block.

    Attributes:
        alias: the database.
        action: ``"begin"``, ``"commit"`` or ``"rollback"`` of a transaction; of a block inside
            another one, ``"savepoint"``, ``"release"`` or ``"rollback_to"``.
        number: the transaction's number in the process, the same for the blocks inside it.
        seconds: how long the command took; of an end, how long the block was open.
        error: what the command failed with, or None.
    """

    alias: str
    action: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback_to"]
    number: int
    seconds: float
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class PoolEvent:
    """A connection was handed out, came back, or did not.

    Attributes:
        alias: the database.
        action: ``"acquire"``, ``"release"``, ``"discard"`` for a connection that is of no use any
            more, or ``"timeout"`` where none became free in time.
        seconds: how long it was waited for, or how long it was used.
        size: how many connections there may be.
        idle: how many are free now.
        in_use: how many are in use now.
        waiting: how many wait for one now.
    """

    alias: str
    action: Literal["acquire", "release", "discard", "timeout"]
    seconds: float
    size: int
    idle: int
    in_use: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ConnectEvent:
    """A connection was made, or could not be.

    Attributes:
        alias: the database.
        url: its address, without the password.
        seconds: how long it took.
        error: what it failed with, or None.
    """

    alias: str
    url: str
    seconds: float
    error: BaseException | None = None


class Observers(Generic[E]):
    """The functions that are called with each event of a kind, in all tasks and threads.

    They are called where the event happens, so they should be quick. One that raises is reported
    by the logger ``covet.watch``, and nothing else comes of it.

    Example:
        >>> @on_query
        ... def measure(query):
        ...     histogram.observe(query.seconds)
        >>> on_query.disconnect(measure)
        True
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self.functions: tuple[Callable[[E], object], ...] = ()
        WATCH.because(lambda: self.functions)

    def __repr__(self) -> str:
        return self._name

    def __call__(self, function: F) -> F:
        """Have a function called with each event: a decorator.

        Args:
            function: a plain function that takes the event; it cannot wait.

        Returns:
            The function.

        Raises:
            WrongReceiver: it is no such function (a ``TypeError`` too).
        """
        if not callable(function):
            raise WrongReceiver(f"{short(function)} is not a function", asked=f"{self._name}(…)")
        if waits(function):
            raise WrongReceiver(
                f"{name_of(function)} is a coroutine function, and observers cannot wait",
                asked=f"{self._name}(…)",
                fix="Write def without async, and hand the event to a queue.",
            )
        with self._lock:
            if function not in self.functions:
                self.functions = (*self.functions, function)
        WATCH.refresh()
        return function

    connect = __call__

    def disconnect(self, function: Callable[[E], object]) -> bool:
        """Call a function no more; whether it was called until now."""
        with self._lock:
            left = tuple(known for known in self.functions if known != function)
            found = len(left) < len(self.functions)
            self.functions = left
        WATCH.refresh()
        return found

    def tell(self, event: E) -> None:
        """Tell everyone of an event."""
        for function in self.functions:
            try:
                function(event)
            except Exception:
                LOG.exception("%s failed as an observer of %s", name_of(function), self._name)


on_query: Observers[Query] = Observers("on_query")
on_transaction: Observers[TransactionEvent] = Observers("on_transaction")
on_pool: Observers[PoolEvent] = Observers("on_pool")
on_connect: Observers[ConnectEvent] = Observers("on_connect")

everywhere.append(lambda: (on_query.tell,) if on_query.functions else ())
