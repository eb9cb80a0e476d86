# generated from src/covet/_async/stream.py by scripts/generate_sync.py;
# change that file, not this one
"""How are the rows of a statement read so many at a time, and what if nobody reads on?"""

from __future__ import annotations

import os
from typing import Any

from ..drivers import Rows, SyncConnection, SyncStream
from ..drivers.base import Params
from ..drivers.unquoted import translated
from ..errors import InterfaceError
from ..pairs import sync_current, sync_finish
from ..watch.reasons import Asked
from ..watch.sites import taken_at
from .connection import Session, read_on, session_of
from .pool import CLEAN_WITHIN, Pool

# What the process that this one was forked from reads: it must not be touched, or let go, here.
_of_parent: list[Any] = []


def _check_process(process: int) -> None:
    if process != os.getpid():
        raise InterfaceError(
            "These rows are read by the process that this one was forked from",
            fix="Ask for them again.",
        )


class OwnStream:
    """Rows read on a connection of their own, which goes back to the pool with the last of them."""

    __slots__ = ("_alias", "_asked", "_connection", "_pool", "_process", "_statement", "_stream")

    def __init__(
        self,
        pool: Pool,
        alias: str,
        sql: str,
        params: Params,
        size: int,
        asked: Asked | None = None,
    ) -> None:
        self._asked = asked
        self._pool = pool
        self._alias = alias
        self._statement = sql, params, size
        self._process = os.getpid()
        self._connection: SyncConnection | None = None
        self._stream: SyncStream | None = None

    @property
    def names(self) -> list[str]:
        """The columns, known with the first rows."""
        return self._stream.names if self._stream is not None else []

    def fetch(self) -> Rows:
        """The next rows; none after the last.

        Raises:
            DatabaseError: one of its kinds, with the driver's error as its cause.
        """
        _check_process(self._process)
        stream = self._stream or self._begin()
        connection = self._connection
        if stream.done or (connection is None and stream.spool is None):
            return []
        try:
            rows = read_on(stream, self._alias, self._asked)
            if self._pool.url.in_memory and stream.in_the_way:
                stream.set_aside()  # others need the only connection there is
        except BaseException as error:
            params = self._statement[1]
            ours = None if connection is None else translated(connection, error, params)
            self.close()
            if ours is None:
                raise
            raise ours from ours.__cause__
        if stream.done or stream.spool is not None:
            self._give_back()
        return rows

    def _begin(self) -> SyncStream:
        connection = self._pool.acquire()
        connection.doing = self._statement[0]
        reader = sync_current()
        connection.holder = f"iterator() in {reader}{taken_at()}"
        self._connection = connection
        self._pool.streaming.add(connection)
        self._stream = connection.stream(*self._statement)
        return self._stream

    def close(self) -> None:
        """End it, wherever it is; closing twice does no harm."""
        if self._process != os.getpid():
            _of_parent.append((self._connection, self._stream))
            return
        connection, stream = self._connection, self._stream
        if stream is not None:
            sync_finish(self._end(stream, connection), CLEAN_WITHIN)

    def _end(self, stream: SyncStream, connection: SyncConnection | None) -> bool:
        if connection is None:  # the rest was set aside, or never asked for
            stream.close()
            return True
        try:
            with connection.within(CLEAN_WITHIN):
                stream.close()
        except BaseException as error:
            connection.abandon()
            if not isinstance(error, Exception):
                raise
        finally:
            self._give_back()
        return True

    def _give_back(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.holder = None
            self._pool.streaming.discard(connection)
            self._pool.mend(connection)


class BlockStream:
    """Rows read on the connection of an ``atomic()`` block, between the block's other statements.

    Leaving it sends nothing, as it may happen at any moment: the next statement, or the block's
    end, clears it away.
    """

    __slots__ = ("_asked", "_process", "_session", "_stream")

    def __init__(
        self,
        session: Session,
        sql: str,
        params: Params,
        size: int,
        asked: Asked | None = None,
    ) -> None:
        self._asked = asked
        self._process = os.getpid()
        self._session = session
        self._stream: SyncStream = session.connection.stream(sql, params, size)

    @property
    def names(self) -> list[str]:
        """The columns, known with the first rows."""
        return self._stream.names

    def fetch(self) -> Rows:
        """The next rows; none after the last.

        Raises:
            DatabaseError: one of its kinds, with the driver's error as its cause.
            TransactionError: the block has ended, or is broken.
        """
        begun_in = self._session
        if self._stream.done:
            return []
        _check_process(self._process)
        begun_in.block.check_open_for_rows()
        current = session_of(begun_in.block.alias)
        # A block inside has the connection now, and is who speaks.
        is_inside = current is not None and current.connection is begun_in.connection
        session = current if current is not None and is_inside else begun_in
        begun_in.streams[self._stream] = begun_in
        return session.read(self._stream, self._asked)

    def close(self) -> None:
        """Read no more of it."""
        self._stream.wanted = False


Stream = OwnStream | BlockStream
