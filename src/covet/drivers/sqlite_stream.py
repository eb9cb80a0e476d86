"""How is a result of SQLite read so many rows at a time? By stepping through it.

On its own connection a reader sees the file as it was when it began. On a connection that also
writes, SQLite would leave open whether a change is seen, and an interrupt meant for another
statement would hit this one too: so the rest is set aside first.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from .base import Params, Rows
from .streams import RowStream, Spool


class _SqliteStream(RowStream):
    """What both colours share; all of it runs in the connection's thread."""

    __slots__ = ("_connection", "_cursor")

    def __init__(self, connection: Any, sql: str, params: Params, size: int) -> None:
        super().__init__(sql, params, size)
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None

    @property
    def in_the_way(self) -> bool:
        """Whether it is half-way through its rows."""
        return self._cursor is not None

    def _step(self) -> Rows:
        if not self.begun:
            self.begun = True
            self._cursor = cursor = self._connection._raw().execute(self.sql, self.params)
            self.names = [column[0] for column in cursor.description or ()]
        if self._cursor is None:
            return []
        try:
            rows: Rows = self._cursor.fetchmany(self._size)
        except BaseException:
            self._broken = True
            self._stop()
            raise
        if len(rows) < self._size:
            self.done = True
            self._stop()
        return rows

    def _rest(self) -> None:
        with Spool() as spool:
            while self._cursor is not None:
                spool.put(self._step())
            self.done, self.spool = False, spool.kept()

    def _stop(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()


class SyncSqliteStream(_SqliteStream):
    """A result that is stepped through in the caller's thread."""

    __slots__ = ()

    def fetch(self) -> Rows:
        """The next rows; fewer than asked for at the end."""
        self.check()
        return self._step() if self.spool is None else self.taken(self.spool)

    def set_aside(self) -> None:
        """Read the rest into a file, so that the connection is free."""
        self._rest()

    def close(self) -> None:
        """End it, wherever it is."""
        self.forget()
        self._stop()


class AsyncSqliteStream(_SqliteStream):
    """A result that the connection's thread steps through, with one hop for so many rows."""

    __slots__ = ()

    async def fetch(self) -> Rows:
        """The next rows; fewer than asked for at the end."""
        self.check()
        if self.spool is not None:
            return self.taken(self.spool)
        rows: Rows = await self._connection._hop(self._step)
        return rows

    async def set_aside(self) -> None:
        """Read the rest into a file, so that the connection is free."""
        await self._connection._hop(self._rest)

    async def close(self) -> None:
        """End it, wherever it is."""
        self.forget()
        if self._cursor is not None and not self._connection.closed:
            await self._connection._hop(self._stop)
