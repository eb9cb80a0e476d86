"""Where do connections come from, and where do they go back to?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple, cast

from ..drivers import AsyncConnection
from ..drivers.aging import aging_of
from ..drivers.base import connection_failed
from ..drivers.slots import GROW, Slots
from ..drivers.url import DatabaseURL
from ..errors import OperationalError, PoolTimeout, TransactionError
from ..pairs import AsyncReturn, AsyncTicket, async_finish, async_sleep, async_within
from ..watch.logs import POOL, one_line
from ..watch.observers import ConnectEvent, PoolEvent, on_connect, on_pool

# How long the clean-up of a connection may take before the connection is dropped.
CLEAN_WITHIN = 1.0
# How long the server may take to say that it is still there.
CHECK_WITHIN = 1.0
# How often a pool that closes looks whether its connections have come back.
LOOK_EVERY = 0.01


class PoolStats(NamedTuple):
    """The state of a pool.

    Attributes:
        size: how many connections there may be.
        min_size: how many are kept at least.
        connections: how many there are.
        idle: how many of them are free.
        in_use: how many of them are not.
        connecting: how many are being made.
        waiting: how many tasks or threads wait for one.
        made: how many were made since the pool was.
        failed: how many could not be made.
        discarded: how many were given up, being lost, of unknown state, too old or idle too long.
        timeouts: how often none became free in time.
    """

    size: int
    min_size: int
    connections: int
    idle: int
    in_use: int
    connecting: int
    waiting: int
    made: int
    failed: int
    discarded: int
    timeouts: int


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
        self.aging = aging_of(url)
        self._totals = Counter[str]()
        # Those that loops over many rows have, which may be suspended, and never go on.
        self.streaming: set[AsyncConnection] = set()

    async def open(self) -> None:
        """Make the connections that are kept at least, and one in any case.

        Raises:
            ConnectionFailed: there is no way to connect.
        """
        taken: list[AsyncConnection] = []
        try:
            for _ in range(max(self.aging.least, 1)):
                taken.append(await self.acquire())
        finally:
            for connection in taken:
                await self.give(connection)

    async def acquire(self) -> AsyncConnection:
        """A connection of one's own; to be given back by ``give`` or ``mend``.

        Raises:
            PoolTimeout: none became free in time.
            ConnectionFailed: a new one could not be made.
        """
        started = perf_counter()
        connection = self.slots.take() or await self._wait_for_one()
        now = perf_counter()
        if now > connection.look_at:
            connection = await self.look_at(connection)
        connection.since = now
        self._tell("acquire", now - started)
        return connection

    async def look_at(self, connection: AsyncConnection) -> AsyncConnection:
        """A connection that is fit for use: this one, or another in its place.

        Where one does not answer, all that have been idle are given up with it: what took it away,
        a restart or a firewall, has mostly taken all, and each would be found out one by one.
        """
        while (now := perf_counter()) > connection.look_at:
            verdict = self.aging.verdict(connection, now)
            if verdict == "check" and not await self._answers(connection):
                await self._end([connection, *self.slots.drain()], politely=False)
            elif verdict == "replace":
                await self._end([connection], politely=True)
            else:
                self.aging.looked_at(connection, perf_counter())
                await self._trim(now)
                break
            connection = self.slots.take() or await self._wait_for_one()
        return connection

    async def _answers(self, connection: AsyncConnection) -> bool:
        """Whether the server is still at the other end."""
        try:
            async with connection.within(CHECK_WITHIN):
                await connection.ping(CHECK_WITHIN)
        except Exception as error:
            POOL.info("%s: an idle connection was lost: %s", self.url, one_line(str(error)))
            return False
        except BaseException:
            await self._end([connection], politely=False)
            raise
        return not connection.closed

    async def _trim(self, now: float) -> None:
        """Close what has been idle for too long."""
        slots = self.slots
        if slots.idle and now - slots.idle[0].since > self.aging.idle:
            surplus = self.aging.surplus(list(slots.idle), len(slots.connections), now)
            await self._end(slots.take_these(surplus), politely=True)

    async def _end(self, connections: list[AsyncConnection], *, politely: bool) -> None:
        """Give connections up that are ours; politely where the server is likely to listen."""
        try:
            for connection in connections:
                if politely:
                    await async_finish(self._farewell(connection), CLEAN_WITHIN)
        finally:
            for connection in connections:
                if not connection.closed:
                    connection.abandon()
                self._tell("discard", perf_counter() - connection.since)
                self.slots.give_back(connection, fit=False)

    @staticmethod
    async def _farewell(connection: AsyncConnection) -> None:
        try:
            async with connection.within(CLEAN_WITHIN):
                await connection.close()
        except Exception:
            connection.abandon()

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
                POOL.info("%s", error)
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
        self.aging.begin(connection, perf_counter())
        connection.doing = "connecting"
        self.slots.grown(connection)
        self._tell_of_connect(started)
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
        if connection.traced:
            await self.mend(connection)
            return
        if on_pool.functions:
            self._tell("release", perf_counter() - connection.since)
        if not self.slots.give(connection):
            await connection.close()

    async def mend(self, connection: AsyncConnection) -> None:
        """Take back a connection after anything went wrong: clean it or drop it."""
        try:
            if not connection.closed and connection.in_transaction:
                await async_finish(self._roll_back(connection), CLEAN_WITHIN)
            if connection.traced and not self.url.in_memory:
                await async_finish(self._farewell(connection), CLEAN_WITHIN)
        finally:
            connection.traced = False
            self._tell(
                "discard" if connection.closed else "release", perf_counter() - connection.since
            )
            self.slots.give_back(connection, fit=not connection.closed)

    async def _roll_back(self, connection: AsyncConnection) -> bool:
        try:
            async with connection.within(CLEAN_WITHIN):
                await connection.execute(connection.commands.rollback, ())
            clean = not connection.in_transaction
        except Exception:
            clean = False
        if not clean:
            connection.abandon()
        return clean

    async def close(self, timeout: float = 0.0) -> None:
        """Close what is idle, wait for what is in use, and close that as it comes back.

        Args:
            timeout: how many seconds to wait; what comes later is closed then.
        """
        idle, waiting = self.slots.close()
        for ticket in waiting:
            ticket.give(None)
        for connection in idle:
            await self._farewell(connection)
        deadline = perf_counter() + timeout
        while self.slots.connections - self.streaming and perf_counter() < deadline:
            await async_sleep(LOOK_EVERY)
        if timeout and self.slots.connections - self.streaming:
            POOL.warning("%s is closed while in use: %s", self.url, self.slots.holders())

    def stats(self) -> PoolStats:
        """What the pool has now, and what it has done since it was made.

        Example:
            >>> db.pool.stats().in_use
            0
        """
        slots, totals = self.slots, self._totals
        idle, connections = len(slots.idle), len(slots.connections)
        return PoolStats(
            size=slots.size,
            min_size=self.aging.least,
            connections=connections,
            idle=idle,
            in_use=connections - idle,
            connecting=slots.growing,
            waiting=len(slots.waiting),
            made=totals["made"],
            failed=totals["failed"],
            discarded=totals["discard"],
            timeouts=totals["timeout"],
        )

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
        if action not in ("acquire", "release"):
            self._totals[action] += 1
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
        self._totals["made" if error is None else "failed"] += 1
        if error is None:
            POOL.debug("%s: connected in %.3f s", self.url, seconds)
        else:
            wrong = one_line(str(error))
            POOL.info("%s: no connection after %.3f s: %s", self.url, seconds, wrong)
        if on_connect.functions:
            on_connect.tell(ConnectEvent(self.alias, str(self.url), seconds, error))
