"""How is a result of MariaDB read so many rows at a time? Off the wire, as the server sends it.

The server sends all of it, one row after the other, and hears nothing else meanwhile. So before
anything else is said on the connection, the rest is set aside as it came, in a file. What nobody
wants any more is stopped: reading on to its end may take seconds.
"""

from __future__ import annotations

from typing import Any

from pymysql.err import MySQLError  # type: ignore[import-untyped]
from pymysql.protocol import MysqlPacket  # type: ignore[import-untyped]

from .base import Params, Rows
from .mysql_errors import number_of
from .streams import RowStream, Spool

INTERRUPTED = 1317


class _MysqlStream(RowStream):
    """What both colours share.

    ``_result`` is the library's half-read result; ``_is_live``: its rows are still to come.
    """

    __slots__ = ("_connection", "_is_live", "_my", "_result")

    def __init__(self, connection: Any, sql: str, params: Params, size: int) -> None:
        super().__init__(sql, params, size)
        self._connection = connection
        self._my = connection._my
        self._result: Any = None
        self._is_live = False

    @property
    def in_the_way(self) -> bool:
        """Whether the server is still sending its rows."""
        return self._is_live

    def _started(self) -> None:
        self._result = self._my._result
        self._is_live = self._result.unbuffered_active
        self.names = [column[0] for column in self._result.description or ()]

    def _stopped(self) -> None:
        """Nothing more is read off the wire."""
        self._is_live = False
        if self._result is not None:
            self._result.unbuffered_active = False  # or pymysql reads on when it is let go
            self._result.connection = None

    def _is_last(self, packet: MysqlPacket) -> bool:
        if not self._result._check_packet_is_eof(packet):
            return False
        self._stopped()
        return True

    def _parsed(self, group: list[bytes]) -> Rows:
        read, encoding = self._result._read_row_from_packet, self._my.encoding
        return [read(MysqlPacket(data, encoding)) for data in group]


class SyncMysqlStream(_MysqlStream):
    """A result that a thread reads off the wire."""

    __slots__ = ()

    def fetch(self) -> Rows:
        """The next rows; fewer than asked for at the end."""
        self.check()
        if self.spool is not None:
            return self.taken(self.spool, self._parsed)
        if not self.begun:
            self.begun = True
            self._my.query(self._connection._text(self.sql, self.params), unbuffered=True)
            self._started()
        rows = self._parsed(self._group())
        self.done = not self._is_live
        return rows

    def _group(self) -> list[bytes]:
        """The next rows as they came."""
        group: list[bytes] = []
        try:
            while self._is_live and len(group) < self._size:
                packet = self._my._read_packet()
                if not self._is_last(packet):
                    group.append(packet.get_all_data())
        except BaseException:
            self._broken = True
            self._stopped()
            raise
        return group

    def set_aside(self) -> None:
        """Read the rest into a file, so that the connection is free."""
        with Spool() as spool:
            while self._is_live:
                spool.put(self._group())
            self.spool = spool.kept()

    def close(self) -> None:
        """End it, wherever it is; a connection of its own is given up with it."""
        self.forget()
        if not self._is_live:
            return
        if self._connection.closed or not self._connection.in_transaction:
            self._stopped()
            if not self._connection.closed:
                self._connection._kill()
            return
        try:
            self._connection.stop()
            while self._is_live:
                self._group()
            self._my.query("DO 0")  # in case it had ended before it was stopped
        except MySQLError as error:
            if number_of(error) != INTERRUPTED:
                raise
        finally:
            self._stopped()


class AsyncMysqlStream(_MysqlStream):
    """A result that an event loop reads off the wire."""

    __slots__ = ()

    async def fetch(self) -> Rows:
        """The next rows; fewer than asked for at the end."""
        self.check()
        if self.spool is not None:
            return self.taken(self.spool, self._parsed)
        if not self.begun:
            self.begun = True
            await self._connection._query(self.sql, self.params, unbuffered=True)
            self._started()
        rows = self._parsed(await self._group())
        self.done = not self._is_live
        return rows

    async def _group(self) -> list[bytes]:
        """The next rows as they came."""
        group: list[bytes] = []
        try:
            while self._is_live and len(group) < self._size:
                packet = await self._my._read_packet()
                if not self._is_last(packet):
                    group.append(packet.get_all_data())
        except BaseException as error:
            self._broken = True
            self._stopped()
            await self._connection._lost(error)
            raise
        return group

    async def set_aside(self) -> None:
        """Read the rest into a file, so that the connection is free."""
        with Spool() as spool:
            while self._is_live:
                spool.put(await self._group())
            self.spool = spool.kept()

    async def close(self) -> None:
        """End it, wherever it is; a connection of its own is given up with it."""
        self.forget()
        if not self._is_live:
            return
        if self._connection.closed or not self._connection.in_transaction:
            self._stopped()
            if not self._connection.closed:
                await self._connection._kill()
            return
        try:
            await self._connection.stop()
            while self._is_live:
                await self._group()
            await self._my.query("DO 0")  # in case it had ended before it was stopped
        except MySQLError as error:
            if number_of(error) != INTERRUPTED:
                raise
        finally:
            self._stopped()
