"""How does an event loop wait for PostgreSQL? With one future a wait, and a reader that stays.

psycopg's own ``wait()`` adds a reader and a timer to each wait and removes them again, more than a
third of the time that a small query takes. It also waits up to ten seconds for a cancelled query
when the network is silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextvars import ContextVar
from typing import Any, Self, TypeVar, cast

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready, Wait, wait_async

T = TypeVar("T")

ACTIVE = TransactionStatus.ACTIVE
READ = Wait.R
READABLE = Ready.R
# How long a cancelled query may take to end before its connection is given up.
CANCEL_WITHIN = 1.0
INTERVAL = 0.1

# The attempts to connect that this task makes.
_attempts: ContextVar[list[Generator[Any, Any, Any]]] = ContextVar("covet_postgresql_attempts")


class _WriteToo:
    """What a wait ends with when the socket is to be written to as well."""


class WaitingConnection(psycopg.AsyncConnection[Any]):
    """psycopg's connection with a cheaper wait and a shorter farewell to cancelled queries."""

    _gen: PQGen[Any] | None = None
    _waiter: asyncio.Future[Any] | None = None
    _watching: asyncio.AbstractEventLoop | None = None
    _watched = -1
    # What is said is to clean up, and not worth a request to cancel it if nobody answers.
    is_last_word = False

    @classmethod
    async def connect(cls, *args: Any, **settings: Any) -> Self:
        """A connection; an attempt that fails or is cancelled leaves no socket open.

        psycopg leaves it to whoever lets go the last reference to the attempt, and an exception
        that somebody keeps refers to it by its traceback.
        """
        token = _attempts.set([])
        try:
            return await super().connect(*args, **settings)
        except BaseException:
            for attempt in _attempts.get():
                attempt.close()
            raise
        finally:
            _attempts.reset(token)

    @classmethod
    def _connect_gen(cls, *args: Any, **settings: Any) -> Any:
        attempt = super()._connect_gen(*args, **settings)
        _attempts.get().append(cast(Generator[Any, Any, Any], attempt))
        return attempt

    async def wait(
        self, gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None
    ) -> T:
        """Drive one of psycopg's generators, which say what to wait for, to its result."""
        if timeout is not None:
            self.unwatch()
            return await super().wait(gen, interval, timeout)
        try:
            try:
                wanted = next(gen)
            except StopIteration as done:
                return cast(T, done.value)
            result: Any = _WriteToo
            if wanted == READ:
                loop = self._watch()
                self._gen = gen
                self._waiter = loop.create_future()
                result = await self._waiter
            if result is _WriteToo:
                self.unwatch()
                result = await self._read_and_write(gen)
            return cast(T, result)
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

    def _readable(self) -> None:
        """Called by the loop when the server has said something."""
        waiter, gen = self._waiter, self._gen
        if waiter is None or gen is None or waiter.done():
            # Something came that nobody waits for, such as the server's goodbye; it stays unread,
            # and the loop would call again and again.
            self.unwatch()
            return
        # Reading here, not in the task when it wakes, saves the loop a round per answer: until the
        # data is taken, it finds the socket readable again.
        try:
            wanted = gen.send(READABLE)
        except StopIteration as done:
            waiter.set_result(done.value)
        except Exception as error:
            waiter.set_exception(error)
        else:
            if wanted != READ:
                waiter.set_result(_WriteToo)

    async def _read_and_write(self, gen: PQGen[Any]) -> Any:
        """For a text too long for the socket to take at once."""
        loop = asyncio.get_running_loop()
        socket = self.pgconn.socket
        ready: Ready | None = None
        while True:
            try:
                wanted = gen.send(ready) if ready is not None else Wait.RW
            except StopIteration as done:
                return done.value
            future: asyncio.Future[Ready] = loop.create_future()
            if wanted & Wait.R:
                loop.add_reader(socket, _wake, future, Ready.R)
            if wanted & Wait.W:
                loop.add_writer(socket, _wake, future, Ready.W)
            try:
                ready = await future
            finally:
                loop.remove_reader(socket)
                loop.remove_writer(socket)

    async def _stop(self, gen: PQGen[Any]) -> None:
        """Have the server end the query and read what it still says; else give up."""
        if self.is_last_word:
            self.pgconn.finish()
            return
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

    def unwatch(self) -> None:
        """Take the socket out of the event loop's hands. Has to come before the socket closes."""
        if self._watching is not None:
            if not self._watching.is_closed():
                self._watching.remove_reader(self._watched)
            self._watching = None

    def give_up(self) -> None:
        """Close the socket without a word, and tell whoever waits for an answer."""
        self.unwatch()
        self.pgconn.finish()
        waiter = self._waiter
        if waiter is not None and not waiter.done() and not waiter.get_loop().is_closed():
            waiter.set_exception(psycopg.OperationalError("the connection was given up"))

    async def close(self) -> None:
        """Say goodbye to the server."""
        self.unwatch()
        await super().close()


def _wake(future: asyncio.Future[Ready], ready: Ready) -> None:
    if not future.done():
        future.set_result(ready)


def bound(connection: psycopg.Connection[Any], seconds: float) -> None:
    """Have a thread's connection wait so long for each answer; it is closed if none comes.

    The way to wait is exchanged on the connection itself: where there is no bound, nothing is
    asked.
    """

    def wait(gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None) -> T:
        limit = seconds if timeout is None else timeout
        try:
            return psycopg.Connection.wait(connection, gen, interval, limit)
        except psycopg.errors._WaitTimeout as error:
            connection.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {limit:g} s") from error

    connection.wait = wait  # type: ignore[method-assign]


def bound_async(connection: WaitingConnection, seconds: float) -> None:
    """Have a task's connection wait so long for each answer; it is closed if none comes."""

    async def wait(gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await WaitingConnection.wait(connection, gen, interval, timeout)
        except TimeoutError as error:
            connection.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {seconds:g} s") from error

    connection.wait = wait  # type: ignore[method-assign]
