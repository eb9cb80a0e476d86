"""Who gets which connection next? The bookkeeping of a pool, which never waits for anything."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from time import perf_counter
from typing import Generic, Protocol, TypeVar

from ..errors import short
from .base import Lease


class Leased(Lease, Protocol):
    """What a pool holds."""

    def abandon(self) -> None: ...


C = TypeVar("C", bound=Leased)
MOST_HOLDERS_SHOWN = 3


class Ticket(Protocol):
    """A place in the queue of those who wait."""

    def give(self, thing: object) -> bool: ...
    def received(self) -> object: ...


class Grow:
    """What a waiter may get instead of a connection: the right to make one."""


GROW = Grow()


class Slots(Generic[C]):
    """At most ``size`` connections, first come first served.

    Where connections are idle, nobody waits: what comes back goes to the first who waits, so a
    newcomer can never overtake.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.idle: deque[C] = deque()
        self.connections: set[C] = set()
        self.growing = 0
        self.waiting: deque[Ticket] = deque()
        self.closed = False
        self._lock = threading.Lock()
        self._late: deque[tuple[C, bool]] = deque()

    @contextmanager
    def _locked(self) -> Generator[None]:
        try:
            with self._lock:
                yield
        finally:
            self._settle()

    def take(self) -> C | None:
        """An idle connection, the one used last, as its caches are warm; None if there is none."""
        with self._lock:
            taken = self.idle.pop() if self.idle else None
        if self._late:
            self._settle()
        return taken

    def claim(self, ticket: Ticket) -> C | Grow | None:
        """A connection, or the right to make one, or None: then the ticket waits in the queue."""
        with self._locked():
            if self.idle:
                return self.idle.pop()
            if len(self.connections) + self.growing < self.size:
                self.growing += 1
                return GROW
            self.waiting.append(ticket)
            return None

    def withdraw(self, ticket: Ticket) -> None:
        """The ticket's owner waits no more; what it got at the last moment goes to the next."""
        with self._locked():
            if ticket in self.waiting:
                self.waiting.remove(ticket)
                return
            received = ticket.received()
        if isinstance(received, Grow):
            self.failed_to_grow()
        elif received is not None:
            self.give(received)  # type: ignore[arg-type]

    def give(self, connection: C) -> bool:
        """A connection comes back, fit for use; False if the pool is closed: then close it."""
        with self._lock:
            is_taken = self._give(connection)
        if self._late:
            self._settle()
        return is_taken

    def _give(self, connection: C) -> bool:
        if self.closed:
            self.connections.discard(connection)
            return False
        while self.waiting:
            if self.waiting.popleft().give(connection):
                return True
        self.idle.append(connection)
        return True

    def drain(self) -> list[C]:
        """Take all idle connections, those used least first."""
        with self._locked():
            idle = list(self.idle)
            self.idle.clear()
            return idle

    def take_these(self, wanted: list[C]) -> list[C]:
        """Take such of these connections as are idle still."""
        with self._locked():
            found = [each for each in wanted if each in self.idle]
            for each in found:
                self.idle.remove(each)
            return found

    def give_back(self, connection: C, *, fit: bool) -> None:
        """A connection comes back, fit for use or not, from wherever it is let go.

        That may be the garbage collector, which can interrupt any line, of this class too. So this
        never waits for the lock: whoever has it does the rest when leaving it.
        """
        self._late.append((connection, fit))
        self._settle()

    def _settle(self) -> None:
        """Do what could not be done while somebody had the lock."""
        while self._late and self._lock.acquire(blocking=False):
            surplus: C | None = None
            try:
                connection, fit = self._late.popleft()
                if not fit:
                    self._drop(connection)
                elif not self._give(connection):
                    surplus = connection
            except IndexError:
                pass
            finally:
                self._lock.release()
            if surplus is not None:
                surplus.abandon()

    def grown(self, connection: C) -> None:
        """Who had the right to make a connection has made it, and has it."""
        with self._locked():
            self.growing -= 1
            self.connections.add(connection)

    def failed_to_grow(self) -> None:
        """Who had the right to make a connection has not made it."""
        with self._locked():
            self.growing -= 1
            self._let_next_grow()

    def _drop(self, connection: C) -> None:
        self.connections.discard(connection)
        self._let_next_grow()

    def _let_next_grow(self) -> None:
        while self.waiting and not self.closed:
            if self.waiting.popleft().give(GROW):
                self.growing += 1
                return

    def close(self) -> tuple[list[C], list[Ticket]]:
        """No more connections are given; the idle ones and those who wait in vain."""
        with self._locked():
            self.closed = True
            idle, waiting = list(self.idle), list(self.waiting)
            self.idle.clear()
            self.waiting.clear()
            self.connections.difference_update(idle)
            return idle, waiting

    def holders(self) -> str:
        """Who has the connections, the longest first, for the message of a timeout."""
        with self._locked():
            busy = sorted(self.connections.difference(self.idle), key=lambda lease: lease.since)
        now = perf_counter()
        shown = [f"{_holder(lease)} for {now - lease.since:.1f} s" for lease in busy]
        more = len(shown) - MOST_HOLDERS_SHOWN
        text = ", ".join(shown[:MOST_HOLDERS_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return text or "nobody"


def _holder(lease: Lease) -> str:
    return f"{short(lease.doing)} of {lease.holder}" if lease.holder else short(lease.doing)
