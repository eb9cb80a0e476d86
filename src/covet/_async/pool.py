"""Where do connections come from, and where do they go back to?"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, cast

from ..drivers import AsyncConnection
from ..drivers.base import connection_failed
from ..drivers.slots import GROW, Slots
from ..drivers.url import DatabaseURL
from ..errors import OperationalError, PoolTimeout, TransactionError
from ..pairs import AsyncReturn, AsyncTicket, async_finish, async_within
from ..watch.logs import POOL, one_line
from ..watch.observers import ConnectEvent, PoolEvent, on_connect, on_pool

# How long the clean-up of a connection may take before the connection is dropped.
CLEAN_WITHIN = 2.0


class Pool:
    """The connections to one database that one home (event loop, process) uses.

    A connection is handed out clean or not at all: one that comes back with an open transaction
    is rolled back, one of unknown state is dropped.
    """

    def __init__(
        self,
        url: DatabaseURL,
        connect: Callable[[], AsyncReturn[AsyncConnection]],
        alias: str = "default",
    ) -> None:
        self.url = url
        self.alias = alias
        self.slots: Slots[AsyncConnection] = Slots(1 if url.in_memory else url.options["pool_size"])
        self.take = self.slots.take
        self._connect = connect
        self._acquire_timeout: float = url.options["acquire_timeout"]
        self._connect_timeout: float = url.options["connect_timeout"]

    async def acquire(self) -> AsyncConnection:
        """A connection of one's own; to be given back by ``give`` or ``mend``.

        Raises:
            PoolTimeout: none became free in time.
            ConnectionFailed: a new one could not be made.
        """
        if not on_pool.functions:
            return self.slots.take() or await self._wait_for_one()
        started = perf_counter()
        connection = self.slots.take() or await self._wait_for_one()
        connection.since = perf_counter()
        self._tell("acquire", connection.since - started)
        return connection

    async def _wait_for_one(self) -> AsyncConnection:
        ticket = AsyncTicket()
        got: Any = self.slots.claim(ticket)
        if got is None:
            try:
                got = await ticket.wait(self._acquire_timeout)
            except BaseException:
                self.slots.withdraw(ticket)
                raise
            if got is None:
                self.slots.withdraw(ticket)
                error = self._timed_out()
                POOL.warning("%s", error)
                self._tell("timeout", self._acquire_timeout)
                raise error
        if got is GROW:
            return await self._grow()
        return cast(AsyncConnection, got)

    async def _grow(self) -> AsyncConnection:
        started = perf_counter()
        try:
            async with async_within(self._connect_timeout):
                connection = await self._connect()
        except TimeoutError as error:
            self.slots.failed_to_grow()
            reason = f"no answer within {self._connect_timeout:g} s"
            failed = connection_failed(self.url, reason, error)
            self._tell_of_connect(started, failed)
            raise failed from error
        except BaseException as error:
            self.slots.failed_to_grow()
            self._tell_of_connect(started, error)
            raise
        self.slots.grown(connection)
        self._tell_of_connect(started)
        connection.since, connection.doing = perf_counter(), "connecting"
        return connection

    def _timed_out(self) -> OperationalError:
        if self.slots.closed:
            return OperationalError(f"{self.url} was closed while a connection was waited for")
        return PoolTimeout(
            f"No connection to {self.url} became free within {self._acquire_timeout:g} s; "
            f"all {self.slots.size} are in use: {self.slots.holders()}",
            fix="End atomic() blocks and iterator() loops earlier, or raise pool_size.",
        )

    async def give(self, connection: AsyncConnection) -> None:
        """Take back a connection after a statement that went well, if need be by cleaning it.

        Raises:
            TransactionError: the statement opened a transaction; it is rolled back.
        """
        if connection.in_transaction:
            statement = connection.doing
            await self.mend(connection)
            raise TransactionError(
                "A statement outside of atomic() opened a transaction, which is rolled back",
                asked=statement[:40],
                fix="Use atomic().",
            )
        self._tell("release", perf_counter() - connection.since)
        if not self.slots.give(connection):
            await connection.close()

    async def mend(self, connection: AsyncConnection) -> None:
        """Take back a connection after anything went wrong: clean it or drop it."""
        try:
            if not connection.closed and connection.in_transaction:
                await async_finish(self._roll_back(connection), CLEAN_WITHIN)
        finally:
            self._tell(
                "discard" if connection.closed else "release", perf_counter() - connection.since
            )
            self.slots.give_back(connection, fit=not connection.closed)

    async def _roll_back(self, connection: AsyncConnection) -> bool:
        try:
            async with async_within(CLEAN_WITHIN):
                await connection.execute(connection.commands.rollback, ())
            clean = not connection.in_transaction
        except Exception:
            clean = False
        if not clean:
            connection.abandon()
        return clean

    async def close(self) -> None:
        """Close what is idle; what is in use is closed as it comes back."""
        idle, waiting = self.slots.close()
        for ticket in waiting:
            ticket.give(None)
        for connection in idle:
            await connection.close()

    def abandon(self) -> None:
        """Drop all connections without a word to the server."""
        idle, _ = self.slots.close()
        for connection in (*idle, *self.slots.connections):
            connection.abandon()

    def adopt(self, other: Pool) -> None:
        """Take the idle connections of another pool, whose home has ended."""
        idle, _ = other.slots.close()
        for connection in idle:
            self.slots.connections.add(connection)
            self.slots.give(connection)

    def _tell(self, action: Any, seconds: float) -> None:
        """Tell those who observe pools what happened to a connection."""
        if action == "discard":
            POOL.debug("%s: a connection is given up after %.3f s", self.url, seconds)
        if on_pool.functions:
            slots = self.slots
            size, idle, waiting = slots.size, len(slots.idle), len(slots.waiting)
            in_use = len(slots.connections) - idle
            on_pool.tell(PoolEvent(self.alias, action, seconds, size, idle, in_use, waiting))

    def _tell_of_connect(self, started: float, error: BaseException | None = None) -> None:
        """Tell those who observe connections that one was made, or was not."""
        seconds = perf_counter() - started
        if error is None:
            POOL.debug("%s: connected in %.3f s", self.url, seconds)
        else:
            POOL.warning(
                "%s: no connection after %.3f s: %s", self.url, seconds, one_line(str(error))
            )
        if on_connect.functions:
            on_connect.tell(ConnectEvent(self.alias, str(self.url), seconds, error))
