"""How are MariaDB and MySQL talked to? Through pymysql and aiomysql, with texts of our own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar, Self, cast

from ..errors import ConnectionFailed
from ..sql.dialects.base import Server
from .base import (
    GRACE,
    Commands,
    Params,
    Result,
    Rows,
    missing_driver,
)
from .mysql_literals import LITERALS_WITHOUT_BACKSLASHES, statement
from .url import DatabaseURL

try:
    import aiomysql  # type: ignore[import-untyped]
    import pymysql  # type: ignore[import-untyped]
    from pymysql.constants import CLIENT, SERVER_STATUS  # type: ignore[import-untyped]

    # Never ``pymysql.err``, which may be another module (mysql_errors).
    from pymysql.err import MySQLError, OperationalError  # type: ignore[import-untyped]
except ImportError as error:
    name = error.name or "pymysql"
    raise missing_driver("MariaDB", name.partition(".")[0], "mysql") from error

from .mysql_errors import SERVER_LOST, is_answer, number_of, too_long, translate, unheard
from .mysql_session import MOST_BYTES, PACKET, failed, packet_of, server_of, settings, tls
from .mysql_stream import AsyncMysqlStream, SyncMysqlStream

COMMANDS = Commands(begin="START TRANSACTION")
IN_TRANSACTION = SERVER_STATUS.SERVER_STATUS_IN_TRANS
NO_BACKSLASHES = SERVER_STATUS.SERVER_STATUS_NO_BACKSLASH_ESCAPES
PACKET_HEAD = 1 + 16  # the command, and room for what a proxy may add
# The server rolls all of a transaction back with these, and does not say so: a deadlock, and a row
# that was changed after the transaction's snapshot.
ENDING = (1213, 1020)
KILL_WITHIN = 1.0
HEARD_WITHIN = 5.0


class _MysqlConnection:
    """What both colours share."""

    commands: ClassVar[Commands] = COMMANDS
    portable: ClassVar[bool] = False
    translate = staticmethod(translate)
    _my: Any

    __slots__ = (
        "_most",
        "_my",
        "_url",
        "doing",
        "holder",
        "look_at",
        "server",
        "since",
        "traced",
        "until",
    )

    def __init__(self, connection: Any, url: DatabaseURL, server: Server | None) -> None:
        self._my = connection
        self._url = url
        self.server = server or server_of(connection.server_version, packet_of(connection))
        self._most = (self.server.packet or MOST_BYTES) - PACKET_HEAD
        self.doing, self.since = "", 0.0
        self.look_at = self.until = 0.0
        self.traced = False
        self.holder: str | None = None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, as the server's last good answer said."""
        return bool(self._my.server_status & IN_TRANSACTION)

    def ended_by(self, error: BaseException) -> bool:
        """Whether the transaction is gone."""
        return self.closed or number_of(error) in ENDING or not self.in_transaction

    @property
    def closed(self) -> bool:
        """Whether it can be used no more."""
        raise NotImplementedError

    def _text(self, sql: str, params: Params) -> bytes:
        if self._my.server_status & NO_BACKSLASHES:
            text = statement(sql, params, LITERALS_WITHOUT_BACKSLASHES)
        else:
            text = statement(sql, params)
        if len(text) > self._most:  # the server would hang up on it
            raise too_long(len(text), self._most)
        return text

    def _rows(self) -> Rows:
        rows = self._my._result.rows
        return list(rows) if rows else []

    def _names(self) -> list[str]:
        return [column[0] for column in self._my._result.description or ()]

    def _outcome(self) -> Result:
        result = self._my._result
        return Result(result.affected_rows, result.insert_id or None)


class _AioConnection(aiomysql.Connection):  # type: ignore[misc]
    """aiomysql's connection without three of its faults."""

    _ssl_context: ssl.SSLContext | None
    _writer: asyncio.StreamWriter | None = None

    def __init__(self, *, tls_required: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self._tls_required = tls_required
        # Two statements in one text are the injector's favourite.
        self.client_flag &= ~CLIENT.MULTI_STATEMENTS

    async def _request_authentication(self) -> None:
        # Asked for TLS and not offered it, aiomysql would go on in clear text, and say it was TLS.
        if self._ssl_context and not self.server_capabilities & CLIENT.SSL:
            if self._tls_required:
                raise OperationalError(2026, "the server offers no TLS")
            self._ssl_context = None
            self.client_flag &= ~CLIENT.SSL
        await super()._request_authentication()

    async def _connect(self) -> None:
        try:
            await super()._connect()
        except BaseException:
            self.drop()  # cancelled half-way, aiomysql would leave the socket open
            raise

    def drop(self) -> None:
        """Close the socket, whether or not the event loop still runs."""
        writer, self._writer, self._reader = self._writer, None, None
        if writer is None:
            return
        try:
            writer.transport.abort()
        except RuntimeError:  # the loop is closed, and so never calls what does the closing
            lost = getattr(writer.transport, "_call_connection_lost", None)
            with contextlib.suppress(Exception):
                if lost is not None:
                    lost(None)

    def __del__(self) -> None:
        # Quietly: who drops a connection has closed or abandoned it, or the process ends.
        self.drop()


class _ImpatientConnection(_AioConnection):
    """One that is closed if the server is silent for so many seconds."""

    limit: float | None = None

    async def _read_bytes(self, num_bytes: int) -> bytes:
        try:
            async with asyncio.timeout(self.limit):
                return cast(bytes, await super()._read_bytes(num_bytes))
        except TimeoutError as error:
            self.drop()
            raise OperationalError(SERVER_LOST, f"no answer within {self.limit:g} s") from error


class AsyncMysqlConnection(_MysqlConnection):
    """A connection that an event loop waits for."""

    __slots__ = ("_is_last_word",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # What is said is to clean up, and not worth another attempt if nobody answers.
        self._is_last_word = False

    @classmethod
    async def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Connect.

        Raises:
            ConnectionFailed: the server cannot be reached or refuses.
        """
        required = url.options["ssl_mode"] not in ("disabled", "preferred")
        limit = url.options["statement_timeout"]
        kind = _ImpatientConnection if limit else _AioConnection
        raw = kind(**settings(url), db=url.database or None, ssl=tls(url), tls_required=required)
        try:
            await raw._connect()
            if server is None:
                await raw.query(PACKET)
        except (MySQLError, OSError) as error:
            raise failed(url, error) from None
        if isinstance(raw, _ImpatientConnection):
            raw.limit = limit + GRACE
        return cls(raw, url, server)

    async def _query(self, sql: str, params: Params, unbuffered: bool = False) -> None:
        text = self._text(sql, params)
        try:
            await self._my.query(text, unbuffered)
        except BaseException as error:
            await self._lost(error)
            raise

    async def _lost(self, error: BaseException) -> None:
        """Give the connection up after an error that leaves an answer half read."""
        if isinstance(error, asyncio.CancelledError):
            await self._kill()
        elif not isinstance(error, MySQLError):
            self.abandon()

    def stream(self, sql: str, params: Params, size: int) -> AsyncMysqlStream:
        """The rows of a statement, so many at a time; nothing is sent yet."""
        return AsyncMysqlStream(self, sql, params, size)

    async def fetch(self, sql: str, params: Params) -> Rows:
        """All rows of a statement."""
        await self._query(sql, params)
        return self._rows()

    async def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]:
        """The names of the columns and all rows."""
        await self._query(sql, params)
        return self._names(), self._rows()

    async def execute(self, sql: str, params: Params) -> Result:
        """What a statement did."""
        await self._query(sql, params)
        return self._outcome()

    async def ping(self, within: float) -> None:
        """Raise if the server does not answer within so many seconds."""
        await self._my.ping(reconnect=False)

    @property
    def closed(self) -> bool:
        """Whether it can be used no more."""
        return bool(self._my.closed)

    async def _kill(self) -> None:
        """Give the connection up and stop its statement, which would run on to its end."""
        self.abandon()
        if self._is_last_word:
            return
        killing = asyncio.ensure_future(self._kill_from_aside())
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await asyncio.wait([killing], timeout=KILL_WITHIN)
        if not killing.done():
            killing.cancel()

    async def _kill_from_aside(self) -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(KILL_WITHIN):
                aside = await type(self).connect(self._url, self.server)
                try:
                    await aside._my.query(f"KILL {self._my.thread_id()}")
                finally:
                    aside.abandon()

    async def stop(self) -> None:
        """Stop the statement whose rows are still coming, and none that comes after it.

        If nothing can be said to the server now, the statement runs on. If it was said but maybe
        not heard, it may stop whatever is sent next: then the connection is given up.
        """
        try:
            await self._stop_from_aside()
        except BaseException:
            await self._kill()
            raise

    async def _stop_from_aside(self) -> None:
        try:
            async with asyncio.timeout(KILL_WITHIN):
                aside = await type(self).connect(self._url, self.server)
        except (ConnectionFailed, TimeoutError):
            return
        try:
            async with asyncio.timeout(HEARD_WITHIN):
                await aside._my.query(f"KILL QUERY {self._my.thread_id()}")
        except (MySQLError, OSError) as error:
            if not is_answer(error):
                raise unheard() from error
        finally:
            aside.abandon()

    @contextlib.asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Bound what is waited for in the block; a connection that is late is closed."""
        self._is_last_word = True
        try:
            async with asyncio.timeout(seconds):
                yield
        finally:
            self._is_last_word = False

    async def close(self) -> None:
        """Say goodbye to the server."""
        with contextlib.suppress(OSError):
            await self._my.ensure_closed()
        self.abandon()

    async def halt(self) -> None:
        """Have the server stop what somebody else still waits for, and drop the connection."""
        await self._kill()

    def abandon(self) -> None:
        """Drop it without a word to the server."""
        self._my.drop()


class SyncMysqlConnection(_MysqlConnection):
    """A connection that a thread waits for."""

    __slots__ = ()

    @classmethod
    def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Connect.

        Raises:
            ConnectionFailed: the server cannot be reached or refuses.
        """
        context = tls(url)
        try:
            raw: Any = pymysql.connect(
                **settings(url),
                database=url.database or None,
                ssl=context,
                ssl_disabled=context is None,
                read_timeout=url.options["connect_timeout"],
                defer_connect=True,
            )
            raw._ssl_required = url.options["ssl_mode"] != "preferred"
            raw.connect()
            if server is None:
                raw.query(PACKET)
        except (MySQLError, OSError) as error:
            raise failed(url, error) from None
        # The limit was for the handshake, which pymysql's own connect_timeout leaves out.
        limit = url.options["statement_timeout"]
        raw._read_timeout = raw._write_timeout = limit + GRACE if limit else None
        return cls(raw, url, server)

    def fetch(self, sql: str, params: Params) -> Rows:
        """All rows of a statement."""
        self._my.query(self._text(sql, params))
        return self._rows()

    def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]:
        """The names of the columns and all rows."""
        self._my.query(self._text(sql, params))
        return self._names(), self._rows()

    def execute(self, sql: str, params: Params) -> Result:
        """What a statement did."""
        self._my.query(self._text(sql, params))
        return self._outcome()

    def stream(self, sql: str, params: Params, size: int) -> SyncMysqlStream:
        """The rows of a statement, so many at a time; nothing is sent yet."""
        return SyncMysqlStream(self, sql, params, size)

    def ping(self, within: float) -> None:
        """Raise if the server does not answer within so many seconds."""
        with self.within(within):
            self._my.ping(reconnect=False)

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound each wait for the server in the block; a connection that is late is closed."""
        my = self._my
        usual = my._read_timeout, my._write_timeout
        my._read_timeout = my._write_timeout = seconds
        try:
            yield
        finally:
            my._read_timeout, my._write_timeout = usual

    @property
    def closed(self) -> bool:
        """Whether it can be used no more."""
        return not self._my.open

    def _kill(self) -> None:
        """Give the connection up and stop its statement, which would run on to its end."""
        self.abandon()
        self._kill_from_aside()

    def _kill_from_aside(self) -> None:
        with contextlib.suppress(Exception):
            aside = type(self).connect(self._url, self.server)
            aside._my._read_timeout = KILL_WITHIN
            try:
                aside._my.query(f"KILL {self._my.thread_id()}")
            finally:
                aside.abandon()

    def stop(self) -> None:
        """Stop the statement whose rows are still coming, and none that comes after it.

        If nothing can be said to the server now, the statement runs on. If it was said but maybe
        not heard, it may stop whatever is sent next: then the connection is given up.
        """
        try:
            self._stop_from_aside()
        except BaseException:
            self._kill()
            raise

    def _stop_from_aside(self) -> None:
        try:
            aside = type(self).connect(self._url, self.server)
        except ConnectionFailed:
            return
        aside._my._read_timeout = HEARD_WITHIN
        try:
            aside._my.query(f"KILL QUERY {self._my.thread_id()}")
        except (MySQLError, OSError) as error:
            if not is_answer(error):
                raise unheard() from error
        finally:
            aside.abandon()

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._my.open:
            self._my.close()

    def halt(self) -> None:
        """Have the server stop what somebody else still waits for, and drop the connection."""
        self._kill()

    def abandon(self) -> None:
        """Drop it without a word to the server."""
        if (result := self._my._result) is not None:
            result.unbuffered_active = False  # pymysql would read on when it is let go
        if self._my._sock is not None:  # a thread that waits for it would do so for ever
            with contextlib.suppress(OSError):
                self._my._sock.shutdown(socket.SHUT_RDWR)
        self._my._force_close()
