"""How is PostgreSQL talked to? Through psycopg 3, with a cursor kept per connection."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar, Self

from ..errors import (
    ConnectionFailed,
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
from ..sql.dialects.base import LIMITS, Server
from .base import (
    GRACE,
    NO_ANSWER,
    NO_DATABASE,
    NO_TABLE_FIX,
    REFUSED,
    UNKNOWN_HOST,
    WRONG_PASSWORD,
    Commands,
    Params,
    Result,
    Rows,
    connection_failed,
    database_error,
    missing_driver,
)
from .url import LIBPQ, DatabaseURL

try:
    import psycopg
    from psycopg.generators import execute as answer
    from psycopg.pq import ExecStatus, TransactionStatus
except ImportError as error:
    raise missing_driver("PostgreSQL", "psycopg", "postgres") from error

from .postgresql_stream import AsyncPostgresqlStream, SyncPostgresqlStream
from .postgresql_wait import CANCEL_WITHIN, WaitingConnection, bound, bound_async

COMMANDS = Commands()
IDLE = TransactionStatus.IDLE
UNKNOWN = TransactionStatus.UNKNOWN
TUPLES = ExecStatus.TUPLES_OK
# A kept cursor keeps its last result; one larger than this is let go.
LARGE_RESULT = 1000
FEATURES = (
    "SELECT 'icu' WHERE EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu') "
    "UNION ALL SELECT 'pgcrypto' WHERE EXISTS "
    "(SELECT 1 FROM pg_extension WHERE extname = 'pgcrypto')"
)

# psycopg notices, and forgets what it has prepared too. A rollback does the same.
FORGET = "DEALLOCATE ALL"

# By the SQLSTATE or its first two signs, where psycopg's class is not what Django's users know.
_BY_STATE: dict[str, type[DatabaseError]] = {
    "08": OperationalError,
    "0A": NotSupportedError,
    "21": ProgrammingError,
    "22": DataError,
    "23": IntegrityError,
    "25": InternalError,
    "25006": OperationalError,  # a write where nothing can be written, as elsewhere
    "26": ProgrammingError,
    "28": OperationalError,
    "3D": OperationalError,
    "3F": ProgrammingError,
    "40": OperationalError,
    "42": ProgrammingError,
    "53": OperationalError,
    "54": OperationalError,
    "55": OperationalError,
    "57": OperationalError,
    "58": OperationalError,
    "XX": InternalError,
}
_BY_CLASS: tuple[tuple[type[Exception], type[DatabaseError]], ...] = (
    (psycopg.IntegrityError, IntegrityError),
    (psycopg.DataError, DataError),
    (psycopg.NotSupportedError, NotSupportedError),
    (psycopg.ProgrammingError, ProgrammingError),
    (psycopg.InternalError, InternalError),
    (psycopg.InterfaceError, InterfaceError),
    (psycopg.OperationalError, OperationalError),
    (psycopg.Error, DatabaseError),
    (UnicodeEncodeError, DataError),  # half of a surrogate pair
)


UNDEFINED_TABLE = "42P01"


def translate(error: BaseException) -> CovetError | None:
    """covet's error for one of psycopg's, None for any other."""
    for theirs, ours in _BY_CLASS:
        if isinstance(error, theirs):
            if not isinstance(error, psycopg.Error) or error.sqlstate is None:
                return database_error(ours, error, error)
            text = error.diag.message_primary or str(error)
            detail = error.diag.message_detail or ""
            if detail and not detail.startswith("Failing row"):  # all its values, into some log
                text = f"{text}: {detail}"
            if (error.diag.constraint_name or "").startswith(LIMITS):
                return database_error(DataError, text, error)
            fix = NO_TABLE_FIX if error.sqlstate == UNDEFINED_TABLE else None
            kind = _BY_STATE.get(error.sqlstate) or _BY_STATE.get(error.sqlstate[:2], ours)
            return database_error(kind, text, error, fix)
    return None


def _limit(url: DatabaseURL) -> str:
    limit = url.options["statement_timeout"]
    return f" -c statement_timeout={max(1, round(limit * 1000))}" if limit else ""


def _conninfo(url: DatabaseURL) -> dict[str, Any]:
    """What psycopg wants to know to connect."""
    libpq = {name: url.options[name] for name in LIBPQ if url.options.get(name) is not None}
    given = {
        "host": url.host,
        "port": url.port,
        "user": url.user,
        "password": url.password,
        "dbname": url.database or None,
        "client_encoding": "utf8",
        "connect_timeout": max(2, round(url.options["connect_timeout"])),
        **libpq,
        "options": f"{libpq.get('options', '')} -c TimeZone=UTC{_limit(url)}".strip(),
    }
    return {
        "autocommit": True,
        "prepare_threshold": url.options["prepare_threshold"],
        **{name: value for name, value in given.items() if value is not None},
    }


# libpq gives no code for a failed connection, only a text. It may be in another language, and is
# then shown as it is.
_REASONS = (
    (r"Connection refused", REFUSED),
    (r"database \".*\" does not exist", NO_DATABASE),
    (r"password authentication failed|no password supplied", WRONG_PASSWORD),
    (r"could not translate host name|Name or service not known", UNKNOWN_HOST),
    (r"timeout expired", NO_ANSWER),
)


def _failed(url: DatabaseURL, error: psycopg.Error) -> ConnectionFailed:
    text = str(error)
    for pattern, reason in _REASONS:
        if re.search(pattern, text):
            return connection_failed(url, reason, error)
    return connection_failed(url, text.rpartition("FATAL:")[2].strip(), error)


def _server(version: int, features: list[tuple[str]]) -> Server:
    found = frozenset(name for (name,) in features)
    return Server("postgresql", (version // 10000, version % 10000), found)


class _Extended:
    """Always the extended protocol: the simple one would run several statements in one text."""

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: Any = None) -> Any:
        return super()._execute_send(query, force_extended=True, binary=binary)  # type: ignore[misc]


class _AsyncCursor(_Extended, psycopg.AsyncCursor[Any]):
    pass


class _SyncCursor(_Extended, psycopg.Cursor[Any]):
    pass


class _PostgresqlConnection:
    """What both colours share."""

    commands: ClassVar[Commands] = COMMANDS
    portable: ClassVar[bool] = False
    translate = staticmethod(translate)

    __slots__ = (
        "_cursor",
        "_pg",
        "_pgconn",
        "doing",
        "holder",
        "look_at",
        "server",
        "since",
        "traced",
        "until",
    )

    def __init__(self, connection: Any, cursor: Any, server: Server) -> None:
        self._pg = connection
        self._pgconn = connection.pgconn
        self._cursor: Any = cursor
        self.server = server
        self.doing, self.since = "", 0.0
        self.look_at = self.until = 0.0
        self.traced = False
        self.holder: str | None = None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, as the server said last."""
        return self._pgconn.transaction_status not in (IDLE, UNKNOWN)

    @property
    def closed(self) -> bool:
        """Whether it can be used no more."""
        return bool(self._pg.closed)

    def ended_by(self, error: BaseException) -> bool:
        """Whether the transaction is gone."""
        return not self.in_transaction


def _is_stale_plan(error: psycopg.Error) -> bool:
    """Whether a prepared statement gives other columns now, as its table was altered.

    The message depends on the server's language; the name of the function that raises it does not.
    """
    return error.diag.source_function == "RevalidateCachedQuery"


class AsyncPostgresqlConnection(_PostgresqlConnection):
    """A connection that an event loop waits for."""

    __slots__ = ()

    @classmethod
    async def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Connect.

        Raises:
            ConnectionFailed: the server cannot be reached or refuses.
        """
        try:
            raw = await WaitingConnection.connect(**_conninfo(url))
            if server is None:
                try:
                    cursor = await raw.execute(FEATURES)
                    server = _server(raw.info.server_version, await cursor.fetchall())
                except BaseException:
                    raw.pgconn.finish()
                    raise
        except psycopg.Error as error:
            raise _failed(url, error) from None
        if limit := url.options["statement_timeout"]:
            bound_async(raw, limit + GRACE)
        return cls(raw, _AsyncCursor(raw), server)

    async def fetch(self, sql: str, params: Params) -> Rows:
        """All rows of a statement."""
        cursor = self._cursor
        try:
            await cursor.execute(sql, params)
        except psycopg.errors.FeatureNotSupported as error:
            if self.in_transaction or not _is_stale_plan(error):
                raise
            await cursor.execute(FORGET, ())
            await cursor.execute(sql, params)
        result = cursor.pgresult
        if result is None or result.status != TUPLES:
            return []
        rows: Rows = await cursor.fetchall()
        if len(rows) > LARGE_RESULT:
            self._cursor = _AsyncCursor(self._pg)
        return rows

    async def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]:
        """The names of the columns and all rows."""
        cursor = self._cursor
        rows = await self.fetch(sql, params)
        return [column.name for column in cursor.description or ()], rows

    async def execute(self, sql: str, params: Params) -> Result:
        """What a statement did."""
        await self._cursor.execute(sql, params)
        return Result(self._cursor.rowcount)

    def stream(self, sql: str, params: Params, size: int) -> AsyncPostgresqlStream:
        """The rows of a statement, so many at a time; nothing is sent yet."""
        return AsyncPostgresqlStream(self, _AsyncCursor(self._pg), sql, params, size)

    async def ping(self, within: float) -> None:
        """Raise if the server does not answer within so many seconds."""
        await self._cursor.execute("SELECT 1", ())

    @contextlib.asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Bound what is waited for in the block; a connection that is late is closed."""
        self._pg.is_last_word = True
        try:
            async with asyncio.timeout(seconds):
                yield
        finally:
            self._pg.is_last_word = False

    async def close(self) -> None:
        """Say goodbye to the server."""
        await self._pg.close()

    async def halt(self) -> None:
        """Have the server stop what somebody else still waits for, and drop the connection."""
        try:
            with contextlib.suppress(psycopg.Error):
                await self._pg.cancel_safe(timeout=CANCEL_WITHIN)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Drop it without waiting for the server."""
        self._pg.give_up()


class SyncPostgresqlConnection(_PostgresqlConnection):
    """A connection that a thread waits for."""

    __slots__ = ()

    @classmethod
    def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Connect.

        Raises:
            ConnectionFailed: the server cannot be reached or refuses.
        """
        try:
            raw = psycopg.Connection.connect(**_conninfo(url))
            if server is None:
                try:
                    bound(raw, url.options["connect_timeout"])
                    cursor = raw.execute(FEATURES)
                    server = _server(raw.info.server_version, cursor.fetchall())
                    del raw.wait
                except BaseException:
                    raw.pgconn.finish()
                    raise
        except psycopg.Error as error:
            raise _failed(url, error) from None
        if limit := url.options["statement_timeout"]:
            bound(raw, limit + GRACE)
        return cls(raw, _SyncCursor(raw), server)

    def fetch(self, sql: str, params: Params) -> Rows:
        """All rows of a statement."""
        cursor = self._cursor
        try:
            cursor.execute(sql, params)
        except psycopg.errors.FeatureNotSupported as error:
            if self.in_transaction or not _is_stale_plan(error):
                raise
            cursor.execute(FORGET, ())
            cursor.execute(sql, params)
        result = cursor.pgresult
        if result is None or result.status != TUPLES:
            return []
        rows: Rows = cursor.fetchall()
        if len(rows) > LARGE_RESULT:
            self._cursor = _SyncCursor(self._pg)
        return rows

    def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]:
        """The names of the columns and all rows."""
        cursor = self._cursor
        rows = self.fetch(sql, params)
        return [column.name for column in cursor.description or ()], rows

    def execute(self, sql: str, params: Params) -> Result:
        """What a statement did."""
        self._cursor.execute(sql, params)
        return Result(self._cursor.rowcount)

    def stream(self, sql: str, params: Params, size: int) -> SyncPostgresqlStream:
        """The rows of a statement, so many at a time; nothing is sent yet."""
        return SyncPostgresqlStream(self, _SyncCursor(self._pg), sql, params, size)

    def ping(self, within: float) -> None:
        """Raise if the server does not answer within so many seconds."""
        self._pgconn.send_query_params(b"SELECT 1", None)
        self._pg.wait(answer(self._pgconn), timeout=within)

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound each wait for the server in the block; a connection that is late is closed."""
        usual = self._pg.__dict__.get("wait")
        bound(self._pg, seconds)
        try:
            yield
        finally:
            del self._pg.wait
            if usual is not None:
                self._pg.wait = usual

    def close(self) -> None:
        """Say goodbye to the server."""
        self._pg.close()

    def halt(self) -> None:
        """Have the server stop what somebody else still waits for, and drop the connection."""
        try:
            with contextlib.suppress(psycopg.Error):
                self._pg.cancel_safe(timeout=CANCEL_WITHIN)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Drop it without waiting for the server."""
        self._pgconn.finish()
