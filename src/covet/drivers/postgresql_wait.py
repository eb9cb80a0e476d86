"""How does an event loop wait for PostgreSQL? With one future a wait, and a reader that stays.

psycopg's own ``wait()`` adds a reader and a timer to each wait and removes them again, more than a
third of the time that a small query takes. It also waits up to ten seconds for a cancelled query
when the network is silent.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready, Wait, wait_async

T = TypeVar("T")

ACTIVE = TransactionStatus.ACTIVE
# How long a cancelled query may take to end before its connection is given up.
CANCEL_WITHIN = 1.0
INTERVAL = 0.1


class WaitingConnection(psycopg.AsyncConnection[Any]):
    """psycopg's connection with a cheaper wait and a shorter farewell to cancelled queries."""

    _waiter: asyncio.Future[int] | None = None
    _watching: asyncio.AbstractEventLoop | None = None
    _watched = -1

    async def wait(
        self, gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None
    ) -> T:
        """Drive one of psycopg's generators, which say what to wait for, to its result."""
        if timeout is not None:
            self.unwatch()
            return await super().wait(gen, interval, timeout)
        try:
            wanted = next(gen)
            while True:
                if wanted != Wait.R:
                    # A text too long for the socket to take at once: rare enough for the slow way.
                    self.unwatch()
                    return await wait_async(gen, self.pgconn.socket, interval)
                self._waiter = self._watch().create_future()
                wanted = gen.send(await self._waiter)
        except StopIteration as done:
            result: T = done.value
            return result
        except (asyncio.CancelledError, KeyboardInterrupt):
            self.unwatch()
            if self.pgconn.transaction_status == ACTIVE:
                await self._stop(gen)
            raise
        except BaseException:
            # libpq closes a lost connection's socket by itself, and the loop must not be left
            # watching a number that the next socket will get.
            self.unwatch()
            raise

    async def _stop(self, gen: PQGen[Any]) -> None:
        """Have the server end the query and read what it still says; else give up."""
        try:
            async with asyncio.timeout(CANCEL_WITHIN):
                await self.cancel_safe(timeout=CANCEL_WITHIN)
                await wait_async(gen, self.pgconn.socket, INTERVAL)
        except psycopg.errors.QueryCanceled:
            return
        except BaseException:
            # No answer, or cancelled once more: nobody knows what this connection is doing.
            self.pgconn.finish()

    def _watch(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._watching is not loop:
            self._watched = self.pgconn.socket
            loop.add_reader(self._watched, self._readable)
            self._watching = loop
        return loop

    def _readable(self) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            # Something came that nobody waits for, such as the server's goodbye; it stays unread,
            # and the loop would call again and again.
            self.unwatch()
        else:
            waiter.set_result(Ready.R)

    def unwatch(self) -> None:
        """Take the socket out of the event loop's hands. Has to come before the socket closes."""
        if self._watching is not None:
            if not self._watching.is_closed():
                self._watching.remove_reader(self._watched)
            self._watching = None

    async def close(self) -> None:
        """Say goodbye to the server."""
        self.unwatch()
        await super().close()
