"""How is SQLite talked to? In the caller's thread, or by one hop to a thread of the connection."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

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
)
from ..sql.dialects.base import Server
from ..sql.dialects.sqlite_functions import register
from .base import Commands, Params, Result, Rows, connection_failed, database_error
from .url import DatabaseURL

SERVER = Server("sqlite", sqlite3.sqlite_version_info)
# A block that reads before it writes would fail at once, whatever the busy timeout, if another
# connection wrote in between; so the right to write is taken at the start.
COMMANDS = Commands(begin="BEGIN IMMEDIATE")
# Seconds between two attempts to interrupt a statement that had not begun when it was cancelled.
INTERRUPT_EVERY = 0.02

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
# covet's functions refuse a value: a number beyond its column, a pattern that is none.
FUNCTION_FAILED = "user-defined function raised exception"
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


def translate(error: BaseException) -> CovetError | None:
    """covet's error for one of sqlite3's, None for any other."""
    if error.args == (FUNCTION_FAILED,):
        return database_error(DataError, error, error)
    if isinstance(error, sqlite3.OperationalError):
        # Extended codes hold the plain one in their low byte.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return database_error(_BY_CODE.get(code, OperationalError), error, error)
    for theirs, ours in _BY_CLASS:
        if isinstance(error, theirs):
            return database_error(ours, error, error)
    return None


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
        register(connection)
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
    __slots__ = ("_sqlite", "doing", "holder", "server", "since")

    def __init__(self, connection: sqlite3.Connection, server: Server | None) -> None:
        self._sqlite: sqlite3.Connection | None = connection
        self.server = server or SERVER
        self.doing, self.since = "", 0.0
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

    def ping(self) -> None:
        """Raise if the connection is of no use."""
        self._raw().execute("SELECT 1").close()

    def interrupt(self) -> None:
        """Stop the statement that runs; may be called from any thread."""
        self._raw().interrupt()

    def close(self) -> None:
        """Close the file."""
        connection, self._sqlite = self._sqlite, None
        if connection is not None:
            connection.close()

    abandon = close


# What the thread gets: who waits, where, and what to do.
_Job = tuple["asyncio.Future[Any]", asyncio.AbstractEventLoop, Callable[..., Any], Sequence[Any]]


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _work(jobs: queue.SimpleQueue[_Job | None]) -> None:
    """Do one job after the other until told to stop by a None."""
    while (job := jobs.get()) is not None:
        future, loop, function, arguments = job
        result: Any = None
        error: BaseException | None = None
        if not future.cancelled():
            try:
                result = function(*arguments)
            except BaseException as raised:
                error = raised
            # The loop may have been closed meanwhile: then nobody waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, future, result, error)
        # A local variable would keep a row or a failed statement alive until the next job.
        del job, future, loop, function, arguments, result, error


class AsyncSqliteConnection(_SqliteConnection):
    """A SQLite connection in a thread of its own; one query is one hop there and back.

    aiosqlite's thread would do but for three things that it cannot be taught from outside: it
    keeps the process alive, it dies when its event loop is closed during a query, and it carries
    out what was cancelled while it waited in the queue.
    """

    __slots__ = ("__weakref__", "_finalizer", "_jobs")

    def __init__(self, connection: sqlite3.Connection, server: Server | None) -> None:
        super().__init__(connection, server)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._start()

    def _start(self) -> None:
        # A daemon: a program that forgets to close must still be able to end.
        threading.Thread(target=_work, args=(self._jobs,), name="covet-sqlite", daemon=True).start()
        self._finalizer = weakref.finalize(self, self._jobs.put, None)

    @classmethod
    async def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Open the file.

        Raises:
            ConnectionFailed: it cannot be opened or is no database.
        """
        opening = asyncio.ensure_future(asyncio.to_thread(_open, url))
        try:
            return cls(await asyncio.shield(opening), server)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise
        except sqlite3.Error as error:
            raise _failed(url, error) from error

    async def _hop(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Have the thread do something; when cancelled, stop it and see that it has stopped."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._jobs.put((future, loop, function, arguments))
        try:
            return await future
        except asyncio.CancelledError:
            await self._stopped()
            raise

    async def _stopped(self) -> None:
        """Interrupt the statement that runs and wait until the thread is free.

        Between a look at the queue and the start of a statement an interrupt is lost, so it is
        repeated; cancelling this wait again changes nothing, as it ends within an instant.
        """
        loop = asyncio.get_running_loop()
        free = loop.create_future()
        self._jobs.put((free, loop, int, ()))
        while not free.done() and self._sqlite is not None:
            self._sqlite.interrupt()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([free], timeout=INTERRUPT_EVERY)

    async def fetch(self, sql: str, params: Params) -> Rows:
        """All rows of a statement."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Rows] = loop.create_future()
        self._jobs.put((future, loop, _fetch, (self._raw(), sql, params)))
        try:
            return await future
        except asyncio.CancelledError:
            await self._stopped()
            raise

    async def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]:
        """The names of the columns and all rows."""
        named: tuple[list[str], Rows] = await self._hop(_fetch_named, self._raw(), sql, params)
        return named

    async def execute(self, sql: str, params: Params) -> Result:
        """What a statement did."""
        result: Result = await self._hop(_execute, self._raw(), sql, params)
        return result

    async def ping(self) -> None:
        """Raise if the connection is of no use."""
        await self._hop(_fetch, self._raw(), "SELECT 1", ())

    def interrupt(self) -> None:
        """Stop the statement that runs."""
        self._raw().interrupt()

    async def close(self) -> None:
        """Close the file and end the thread, after what is queued."""
        if (connection := self._sqlite) is not None:
            self._sqlite = None
            await self._hop(connection.close)
            self._finalizer()

    def abandon(self) -> None:
        """Have the thread close the file and end, without waiting."""
        connection, self._sqlite = self._sqlite, None
        if connection is not None:
            connection.interrupt()
            self._finalizer()


def _close_unwanted(opening: asyncio.Future[sqlite3.Connection]) -> None:
    """A connection that was cancelled while it was opened."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
