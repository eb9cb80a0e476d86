"""How does a statement get to a connection, and who is told of it?"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextvars import ContextVar
from itertools import count
from time import perf_counter
from typing import Any, NamedTuple

from ..drivers import AsyncConnection, AsyncStream, Rows
from ..drivers.base import Params
from ..drivers.transactions import Block
from ..drivers.unquoted import translated
from ..errors import CovetError, TransactionError
from ..pairs import AsyncTurn, async_home, async_origin, async_sleep
from ..schema.peers import WRITES
from ..sql.dialects import Dialect
from ..sql.explaining import is_select
from ..sql.hidden import hides
from ..watch.events import Kind, Query, tell, watchers
from ..watch.logs import is_slow, log_slow, wants_plan
from ..watch.observers import TransactionEvent, on_transaction
from ..watch.reasons import Asked, current_load
from ..watch.switch import WATCH
from .pool import Pool

_numbers = count(1)


class Statement(NamedTuple):
    """One statement on its way to a connection.

    Attributes:
        method: the method of the connection that runs it.
        kind: what those who watch are told that it is.
        sql: its text.
        params: its parameters.
        asked: the question that it answers, if somebody watches.
    """

    method: str
    kind: Kind
    sql: str
    params: Params = ()
    asked: Asked | None = None


class Session:
    """An atomic block's hold on its connection.

    Attributes:
        block: the rules.
        connection: the connection, the same for all blocks of a transaction.
        outer: the session of the block around it.
        turn: who may speak now. A block inside holds it until it has ended, so that a task
            started in this block cannot get its statements into that savepoint.
        changed: the tables that the transaction has changed; None stands for any.
        home: the event loop, or the process, whose connection it is.
        number: the transaction's number in the process, for those who watch.
        streams: the results that are being read so many rows at a time, in the whole transaction,
            and the session that each of them ends with.
        withdrawn: nothing new may begin in the block, though its context is still around.
        of_test: the block is put around a test, and is to its code as if there were none.
    """

    __slots__ = (
        "block",
        "changed",
        "connection",
        "home",
        "number",
        "of_test",
        "opened",
        "outer",
        "patience",
        "pool",
        "streams",
        "turn",
        "withdrawn",
    )

    def __init__(
        self, block: Block, connection: AsyncConnection, pool: Pool, outer: Session | None
    ) -> None:
        self.block = block
        self.connection = connection
        self.pool = pool
        self.outer = outer
        self.turn = AsyncTurn()
        self.home = async_home()
        self.number: int = next(_numbers) if outer is None else outer.number
        self.opened = perf_counter()
        self.changed: set[str | None] = set() if outer is None else outer.changed
        self.streams: dict[AsyncStream, Session] = {} if outer is None else outer.streams
        self.of_test = False
        self.patience: float = pool.url.options["acquire_timeout"]
        self.withdrawn = False

    async def take_turn(self, check: Callable[[], None] | None = None) -> None:
        """Wait until nobody else speaks on the connection.

        Args:
            check: what raises if nothing may be said in the block; that of any statement, unless
                it is another.

        Raises:
            TransactionError: the block has ended or is broken, or the wait was too long.
        """
        check = check or self.block.check
        check()
        if self.home is not async_home():
            raise TransactionError(
                f"The atomic() block on {self.block.alias!r} belongs to another event loop",
                fix="Run the code in the loop that opened the block, or outside of the block.",
            )
        if not await self.turn.take(self.patience):
            raise TransactionError(
                f"Waited {self.patience:g} s for a turn in the atomic() block on "
                f"{self.block.alias!r}, which another task holds",
                fix="Do not wait inside an inner block for a task of the outer one.",
            )
        try:
            check()
        except BaseException:
            self.turn.leave()
            raise

    async def run(self, statement: Statement) -> Any:
        """Run a statement in the block."""
        await self.take_turn()
        try:
            return await self.send(statement)
        finally:
            self.turn.leave()

    async def send(self, statement: Statement) -> Any:
        """Run a statement; the turn is ours already."""
        try:
            if self.streams:
                await self._make_way()
            return await told(self.connection, self.block.alias, statement, self.number)
        except BaseException as error:
            ours = self._failed(error, statement.params)
            if ours is None:
                raise
            raise ours from ours.__cause__

    def _failed(self, error: BaseException, params: Params = ()) -> CovetError | None:
        """Note that the block is broken; covet's error for a driver's."""
        connection = self.connection
        ours = translated(connection, error, params)
        gone = connection.closed or connection.ended_by(error)
        self.block.failed(ours or error, gone=gone)
        return ours

    async def read(self, stream: AsyncStream, asked: Asked | None = None) -> Rows:
        """The next rows of a stream of the transaction."""
        await self.take_turn()
        try:
            if stream.spool is None:
                await self._make_way(stream)
            return await read_on(stream, self.block.alias, asked, self.number)
        except BaseException as error:
            ours = self._failed(error)
            if ours is None:
                raise
            raise ours from ours.__cause__
        finally:
            self.turn.leave()

    async def _make_way(self, reading: AsyncStream | None = None) -> None:
        """Have the streams of the transaction leave the connection to a statement, or to one."""
        for stream in list(self.streams):
            if stream.in_the_way and stream is not reading:
                # A loop that was left may need two turns of the event loop to say so, which is
                # less than to read the rest.
                await async_sleep(0)
                await async_sleep(0)
            if stream.done or not stream.wanted:
                await self._end_stream(stream)
            elif stream.in_the_way and stream is not reading:
                await stream.set_aside()

    async def end_streams(self, but: AbstractSet[AsyncStream] = frozenset()) -> None:
        """End the streams that were begun in this block, as it ends, or goes back to a savepoint.

        Args:
            but: those that are to stay.
        """
        for stream, begun_in in list(self.streams.items()):
            if begun_in is self and stream not in but:
                await self._end_stream(stream)

    async def _end_stream(self, stream: AsyncStream) -> None:
        del self.streams[stream]
        await stream.close()

    def has_changed(self) -> None:
        """Note that from now on others see what the transaction changed, or nobody does."""
        for table in self.changed:
            WRITES.to(table)

    def tell(self, action: Any, since: float, error: BaseException | None = None) -> None:
        """Tell those who observe transactions of the beginning or the end of a part of one."""
        if on_transaction.functions and action != "nothing":
            seconds = perf_counter() - since
            on_transaction.tell(
                TransactionEvent(self.block.alias, action, self.number, seconds, error)
            )


# Alias → the innermost block's session. None almost always, which is quick to see.
sessions: ContextVar[dict[str, Session] | None] = ContextVar("covet_sessions", default=None)


def session_of(alias: str) -> Session | None:
    """The innermost atomic block on a database that this code runs in."""
    current = sessions.get()
    session = None if current is None else current.get(alias)
    while session is not None and session.withdrawn:
        session = session.outer  # such as that of a test
    return session


async def read_on(
    stream: AsyncStream, alias: str, asked: Asked | None = None, transaction: int | None = None
) -> Rows:
    """The next rows of a stream; with the first, those who watch are told of its statement."""
    hearing = () if stream.begun or not WATCH.on else watchers()
    if not hearing:
        return await stream.fetch()
    started = perf_counter()
    query = Query(stream.sql, stream.params, 0.0, -1, alias, "fetch", None, started, transaction)
    query.asked, query.load, query.origin = asked, current_load(), async_origin
    try:
        rows = await stream.fetch()
    except BaseException as error:
        query.error = error
        raise
    else:
        query.rowcount = len(rows) if stream.done else -1
    finally:
        query.seconds = perf_counter() - started
        tell(hearing, query)
    return rows


async def told(
    connection: AsyncConnection,
    alias: str,
    statement: Statement,
    transaction: int | None = None,
    dialect: Dialect | None = None,
) -> Any:
    """Run a statement on a connection and tell those who watch.

    Args:
        connection: the connection, which is ours.
        alias: the database's alias.
        statement: the statement.
        transaction: the number of the transaction that it is sent in.
        dialect: the words to ask for its plan, if it is slow; None where that would do harm.
    """
    method, kind, sql, params, asked = statement
    run = getattr(connection, method)
    if not WATCH.on:
        return await run(sql, params)
    hearing = watchers()
    if not hearing:
        return await run(sql, params)
    started = perf_counter()
    query = Query(sql, params, 0.0, -1, alias, kind, None, started, transaction)
    query.asked, query.load, query.origin = asked, current_load(), async_origin
    try:
        result = await run(sql, params)
    except BaseException as error:
        query.error = error
        raise
    else:
        query.rowcount = _rowcount(method, result)
    finally:
        query.seconds = perf_counter() - started
        tell(hearing, query)
    if is_slow(query):
        plan = None if dialect is None else await _plan(connection, dialect, query)
        log_slow(query, plan)
    return result


async def _plan(connection: AsyncConnection, dialect: Dialect, query: Query) -> str | None:
    """How the database would run a query, if that is to be logged and can be said of it."""
    if not (wants_plan() and is_select(query.sql)):
        return None
    if hides(query.given):
        return "no plan: it would repeat values that are not shown"
    try:
        head = dialect.explain("text", False, {})
        names, rows = await connection.fetch_named(f"{head} {query.sql}", query.given)
    except Exception as error:
        return f"no plan: {error}"
    return dialect.explained(names, rows)


def _rowcount(method: str, result: Any) -> int:
    if method == "fetch":
        return len(result)
    return len(result[1]) if method == "fetch_named" else result.rowcount
