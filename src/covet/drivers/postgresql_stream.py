"""How is a result of PostgreSQL read so many rows at a time? By a cursor on the server.

A cursor lives in a transaction. Outside of a block it gets one of its own, for as long as it is
read. ``WITH HOLD`` would do without; but then the server stores the whole result before it gives
the first row. In a block other statements may come in between as they like.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from psycopg.pq import TransactionStatus

from .base import Params, Rows
from .streams import RowStream

_numbers = count(1)


class _PostgresqlStream(RowStream):
    """What both colours share."""

    __slots__ = ("_connection", "_cursor", "_is_open", "_name", "_own")

    def __init__(self, connection: Any, cursor: Any, sql: str, params: Params, size: int) -> None:
        super().__init__(sql, params, size)
        self._connection = connection
        self._cursor = cursor
        self._name = f'"covet_{next(_numbers)}"'
        self._own = not connection.in_transaction
        self._is_open = False

    @property
    def in_the_way(self) -> bool:
        """Never: statements may come between the steps of a cursor."""
        return False

    @property
    def _declaration(self) -> str:
        return f"DECLARE {self._name} NO SCROLL CURSOR FOR {self.sql}"

    @property
    def _next(self) -> str:
        return f"FETCH FORWARD {self._size} FROM {self._name}"

    def _read(self, rows: Rows) -> Rows:
        if not self.names:
            self.names = [column.name for column in self._cursor.description or ()]
        self.done = len(rows) < self._size
        return rows

    def _farewell(self) -> str | None:
        """What ends it. A transaction that failed took its cursors along."""
        was_open, self._is_open = self._is_open, False
        status = self._connection._pgconn.transaction_status
        if not was_open or status != TransactionStatus.INTRANS:
            return None
        return "COMMIT" if self._own else f"CLOSE {self._name}"


class SyncPostgresqlStream(_PostgresqlStream):
    """A cursor that a thread waits for."""

    __slots__ = ()

    def fetch(self) -> Rows:
        """The next rows; fewer than asked for at the end."""
        if self.done:
            return []
        cursor = self._cursor
        if not self.begun:
            self.begun = self._is_open = True
            if self._own:
                cursor.execute("BEGIN", ())
            cursor.execute(self._declaration, self.params, prepare=False)
        cursor.execute(self._next, (), prepare=False)
        rows = self._read(cursor.fetchall())
        if self.done:
            self.close()
        return rows

    def set_aside(self) -> None:
        """Nothing, as it is never in the way."""

    def close(self) -> None:
        """End it, wherever it is."""
        farewell = self._farewell()
        if farewell is not None:
            self._cursor.execute(farewell, ())


class AsyncPostgresqlStream(_PostgresqlStream):
    """A cursor that an event loop waits for."""

    __slots__ = ()

    async def fetch(self) -> Rows:
        """The next rows; fewer than asked for at the end."""
        if self.done:
            return []
        cursor = self._cursor
        if not self.begun:
            self.begun = self._is_open = True
            if self._own:
                await cursor.execute("BEGIN", ())
            await cursor.execute(self._declaration, self.params, prepare=False)
        await cursor.execute(self._next, (), prepare=False)
        rows = self._read(await cursor.fetchall())
        if self.done:
            await self.close()
        return rows

    async def set_aside(self) -> None:
        """Nothing, as it is never in the way."""

    async def close(self) -> None:
        """End it, wherever it is."""
        farewell = self._farewell()
        if farewell is not None:
            await self._cursor.execute(farewell, ())
