"""How is SQLite talked to? In the caller's thread, or by one hop to a thread of the connection."""

from __future__ import annotations

import asyncio
import contextlib
import math
import sqlite3
import sys
import threading
from collections.abc import Callable
from time import perf_counter
from typing import Any, ClassVar, Self

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL

from ..errors import (
    CovetError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    QueryTooComplex,
)
from ..sql.dialects import sqlite_aggregates, sqlite_functions
from ..sql.dialects.base import LIMITS, Server
from .base import NO_TABLE_FIX, Commands, Params, Result, Rows, connection_failed, database_error
from .sqlite_stream import AsyncSqliteStream, SyncSqliteStream
from .url import DatabaseURL

SERVER = Server("sqlite", sqlite3.sqlite_version_info)
# A block that reads before it writes would fail at once, whatever the busy timeout, if another
# connection wrote in between; so the right to write is taken at the start.
COMMANDS = Commands(begin="BEGIN IMMEDIATE")
# Seconds between two attempts to interrupt a statement that had not begun when it was cancelled.
INTERRUPT_EVERY = 0.02
# Steps of SQLite's machine between two looks at the clock; about a thousandth of a second.
LOOK_EVERY = 50_000

_BY_CODE: dict[int, type[DatabaseError]] = {
    sqlite3.SQLITE_CONSTRAINT: IntegrityError,
    sqlite3.SQLITE_MISMATCH: DataError,
    sqlite3.SQLITE_TOOBIG: DataError,
    sqlite3.SQLITE_RANGE: ProgrammingError,
    sqlite3.SQLITE_INTERNAL: InternalError,
    sqlite3.SQLITE_CORRUPT: InternalError,
    sqlite3.SQLITE_MISUSE: InterfaceError,
    sqlite3.SQLITE_ERROR: ProgrammingError,
}
# covet's functions refuse a value: a number beyond its column, a pattern that is none. SUM() has an
# overflow of its own.
REFUSED = ("user-defined function raised exception", "user-defined aggregate's", "integer overflow")
BEYOND_LIMITS = f"CHECK constraint failed: {LIMITS}"
_BY_CLASS: tuple[tuple[type[Exception], type[DatabaseError]], ...] = (
    (sqlite3.IntegrityError, IntegrityError),
    (sqlite3.DataError, DataError),
    (sqlite3.NotSupportedError, NotSupportedError),
    (sqlite3.ProgrammingError, ProgrammingError),
    (sqlite3.InternalError, InternalError),
    (sqlite3.InterfaceError, InterfaceError),
    (sqlite3.OperationalError, OperationalError),
    (sqlite3.DatabaseError, DatabaseError),
    (sqlite3.Error, InterfaceError),
    (OverflowError, DataError),  # a whole number beyond 64 bits
    (UnicodeEncodeError, DataError),  # half of a surrogate pair
)


TOO_DEEP = "parser stack overflow"


def translate(error: BaseException) -> CovetError | None:
    """covet's error for one of sqlite3's, None for any other."""
    if isinstance(error, sqlite3.OperationalError) and str(error).startswith(REFUSED):
        return database_error(DataError, error, error)
    if isinstance(error, sqlite3.OperationalError) and str(error) == TOO_DEEP:
        return QueryTooComplex("The query is nested deeper than SQLite's parser can follow")
    if isinstance(error, sqlite3.OperationalError):
        # Extended codes hold the plain one in their low byte.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        fix = NO_TABLE_FIX if str(error).startswith("no such table") else None
        return database_error(_BY_CODE.get(code, OperationalError), error, error, fix)
    if str(error).startswith(BEYOND_LIMITS):
        return database_error(DataError, error, error)
    for theirs, ours in _BY_CLASS:
        if isinstance(error, theirs):
            return database_error(ours, error, error)
    return None


class _Clock:
    """When has a statement taken too long? SQLite asks, and stops it then."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._deadline = math.inf

    def start(self, sql: str) -> None:
        """A statement begins; what is a comment is the step of a trigger that it called."""
        if not sql.startswith("--"):
            self._deadline = perf_counter() + self._limit

    def is_over(self) -> bool:
        return perf_counter() > self._deadline


def _open(url: DatabaseURL) -> sqlite3.Connection:
    """A connection with covet's settings."""
    connection = sqlite3.connect(
        url.database,
        timeout=url.options["timeout"],
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    try:
        # Without this an unknown name in double quotes would silently be a string.
        if sys.version_info >= (3, 12):
            connection.setconfig(sqlite3.SQLITE_DBCONFIG_DQS_DML, False)
            connection.setconfig(sqlite3.SQLITE_DBCONFIG_DQS_DDL, False)
        connection.execute("PRAGMA foreign_keys = ON")
        if not url.in_memory:
            with contextlib.suppress(sqlite3.OperationalError):  # a file that is read-only
                connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()  # is it a database?
        if limit := url.options["statement_timeout"]:
            clock = _Clock(limit)
            connection.set_trace_callback(clock.start)
            connection.set_progress_handler(clock.is_over, LOOK_EVERY)
        sqlite_functions.register(connection)
        sqlite_aggregates.register(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _failed(url: DatabaseURL, error: sqlite3.Error) -> CovetError:
    return connection_failed(url, str(error), error)


def _fetch(connection: sqlite3.Connection, sql: str, params: Params) -> Rows:
    # Closing matters after an error: the traceback would keep the statement, and its lock, alive.
    cursor = connection.execute(sql, params)
    try:
        return cursor.fetchall()
    finally:
        cursor.close()


def _fetch_named(
    connection: sqlite3.Connection, sql: str, params: Params
) -> tuple[list[str], Rows]:
    cursor = connection.execute(sql, params)
    try:
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
    finally:
        cursor.close()


def _execute(connection: sqlite3.Connection, sql: str, params: Params) -> Result:
    cursor = connection.execute(sql, params)
    try:
        if cursor.description is None:
            return Result(cursor.rowcount, cursor.lastrowid)
        rows = cursor.fetchall()  # an INSERT .. RETURNING works on until it is read
        return Result(max(cursor.rowcount, len(rows)), cursor.lastrowid)
    finally:
        cursor.close()


class _SqliteConnection:
    """What both colours share."""

    commands: ClassVar[Commands] = COMMANDS
    portable: ClassVar[bool] = True
    translate = staticmethod(translate)
    __slots__ = ("_sqlite", "doing", "holder", "look_at", "server", "since", "traced", "until")

    def __init__(self, connection: sqlite3.Connection, server: Server | None) -> None:
        self._sqlite: sqlite3.Connection | None = connection
        self.server = server or SERVER
        self.doing, self.since = "", 0.0
        self.look_at = self.until = 0.0
        self.traced = False
        self.holder: str | None = None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, as SQLite says."""
        return self._sqlite is not None and self._sqlite.in_transaction

    @property
    def closed(self) -> bool:
        """Whether it can be used no more."""
        return self._sqlite is None

    def ended_by(self, error: BaseException) -> bool:
        """Whether the transaction is gone: an interrupted write rolls all of it back."""
        return not self.in_transaction

    def _raw(self) -> sqlite3.Connection:
        if self._sqlite is None:
            raise InterfaceError("The connection is closed")
        return self._sqlite


class SyncSqliteConnection(_SqliteConnection):
    """A SQLite connection, called in the caller's thread."""

    __slots__ = ()

    @classmethod
    def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Open the file.

        Raises:
            ConnectionFailed: it cannot be opened or is no database.
        """
        try:
            return cls(_open(url), server)
        except sqlite3.Error as error:
            raise _failed(url, error) from error

    def fetch(self, sql: str, params: Params) -> Rows:
        """All rows of a statement."""
        cursor = self._raw().execute(sql, params)
        try:
            return cursor.fetchall()
        finally:
            cursor.close()

    def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]:
        """The names of the columns and all rows."""
        return _fetch_named(self._raw(), sql, params)

    def execute(self, sql: str, params: Params) -> Result:
        """What a statement did."""
        return _execute(self._raw(), sql, params)

    def stream(self, sql: str, params: Params, size: int) -> SyncSqliteStream:
        """The rows of a statement, so many at a time; nothing is sent yet."""
        return SyncSqliteStream(self, sql, params, size)

    def ping(self, within: float) -> None:
        """Raise if the connection is of no use."""
        self._raw().execute("SELECT 1").close()

    def within(self, seconds: float) -> contextlib.AbstractContextManager[Any]:
        """No bound: a file answers."""
        return contextlib.nullcontext()

    def interrupt(self) -> None:
        """Stop the statement that runs; may be called from any thread."""
        self._raw().interrupt()

    def close(self) -> None:
        """Close the file."""
        connection, self._sqlite = self._sqlite, None
        if connection is not None:
            connection.close()

    def halt(self) -> None:
        """Stop what another thread still waits for, and close the file."""
        self.abandon()

    def abandon(self) -> None:
        """Close the file, though a thread may be in the middle of a statement."""
        if self._sqlite is not None:
            self._sqlite.interrupt()
        self.close()


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _work(jobs: Any) -> None:
    """Do what aiosqlite queues, one job after the other, until told to stop.

    In place of aiosqlite's own loop, which carries out what was cancelled while it waited in the
    queue, and dies when the event loop is closed during a query.
    """
    while True:
        future, function = jobs.get()
        result: Any = None
        error: BaseException | None = None
        if future is None or not future.cancelled():
            try:
                result = function()
            except BaseException as raised:
                error = raised
            if future is not None:
                # The loop may have been closed meanwhile: then nobody waits.
                with contextlib.suppress(RuntimeError):
                    future.get_loop().call_soon_threadsafe(_settle, future, result, error)
        if result is _STOP_RUNNING_SENTINEL:
            return
        # A local variable would keep a row or a failed statement alive until the next job.
        del future, function, result, error


class _Threaded(aiosqlite.Connection):
    """aiosqlite's connection, whose thread does not keep the process alive."""

    run: Any = aiosqlite.Connection._execute  # which aiosqlite does not type

    def __init__(self, url: DatabaseURL) -> None:
        super().__init__(self._opened, iter_chunk_size=64)
        self._url = url
        self._thread = threading.Thread(
            target=_work, args=(self._tx,), name="covet-sqlite", daemon=True
        )

    def _opened(self) -> sqlite3.Connection:
        # Kept at once, so that stop() closes it even if nobody waits for it any more.
        self._connection = _open(self._url)
        return self._connection

    def __del__(self) -> None:
        if self._connection is not None:
            self.stop()


class AsyncSqliteConnection(_SqliteConnection):
    """A SQLite connection in aiosqlite's thread; one query is one hop there and back."""

    __slots__ = ("_threaded",)

    def __init__(self, threaded: _Threaded, server: Server | None) -> None:
        super().__init__(threaded._conn, server)
        self._threaded = threaded

    @classmethod
    async def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Open the file.

        Raises:
            ConnectionFailed: it cannot be opened or is no database.
        """
        try:
            return cls(await _Threaded(url), server)  # type: ignore[arg-type]
        except sqlite3.Error as error:
            raise _failed(url, error) from error

    async def _hop(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Have the thread do something; when cancelled, stop it and see that it has stopped."""
        try:
            return await self._threaded.run(function, *arguments)
        except asyncio.CancelledError:
            await self._stopped()
            raise

    async def _stopped(self) -> None:
        """Interrupt the statement that runs and wait until the thread is free.

        Between a look at the queue and the start of a statement an interrupt is lost, so it is
        repeated; cancelling this wait again changes nothing, as it ends within an instant.
        """
        free = asyncio.ensure_future(self._threaded.run(int))
        while not free.done() and self._sqlite is not None:
            self._sqlite.interrupt()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([free], timeout=INTERRUPT_EVERY)

    async def fetch(self, sql: str, params: Params) -> Rows:
        """All rows of a statement."""
        try:
            rows: Rows = await self._threaded.run(_fetch, self._raw(), sql, params)
        except asyncio.CancelledError:
            await self._stopped()
            raise
        return rows

    async def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]:
        """The names of the columns and all rows."""
        named: tuple[list[str], Rows] = await self._hop(_fetch_named, self._raw(), sql, params)
        return named

    async def execute(self, sql: str, params: Params) -> Result:
        """What a statement did."""
        result: Result = await self._hop(_execute, self._raw(), sql, params)
        return result

    def stream(self, sql: str, params: Params, size: int) -> AsyncSqliteStream:
        """The rows of a statement, so many at a time; nothing is sent yet."""
        return AsyncSqliteStream(self, sql, params, size)

    async def ping(self, within: float) -> None:
        """Raise if the connection is of no use."""
        await self._hop(_fetch, self._raw(), "SELECT 1", ())

    def within(self, seconds: float) -> contextlib.AbstractAsyncContextManager[Any]:
        """Bound what is waited for in the block."""
        return asyncio.timeout(seconds)

    def interrupt(self) -> None:
        """Stop the statement that runs."""
        self._raw().interrupt()

    async def close(self) -> None:
        """Close the file and end the thread, after what is queued."""
        if self._sqlite is not None:
            self._sqlite = None
            if (ended := self._threaded.stop()) is not None:
                await asyncio.shield(ended)

    async def halt(self) -> None:
        """Stop what another task still waits for, and close the file."""
        self.abandon()

    def abandon(self) -> None:
        """Have the thread close the file and end, without waiting."""
        connection, self._sqlite = self._sqlite, None
        if connection is not None:
            connection.interrupt()
            self._threaded.stop()
