# generated from src/covet/_async/database.py by scripts/generate_sync.py;
# change that file, not this one
"""Which databases are connected, and how is one asked?"""

from __future__ import annotations

import atexit
import os
from collections.abc import Generator, Sequence
from time import perf_counter
from typing import Any

from ..drivers import DatabaseURL, Result, Rows, SyncConnection, parse_url, sync_driver
from ..drivers.streams import check_chunk_size
from ..drivers.traces import leaves_traces
from ..drivers.unquoted import translated
from ..errors import ConfigurationError, short
from ..pairs import (
    SyncCloses,
    SyncOpening,
    sync_connected,
    sync_elsewhere,
    sync_home,
    sync_home_ended,
    sync_open,
)
from ..query_builder.query import Query
from ..query_builder.statements import only_reads, said_by
from ..rows.named import Row, named_rows
from ..schema.peers import WRITES
from ..sql.dialects import Dialect, Server, dialect_for
from ..watch.events import Kind
from ..watch.reasons import Asked
from ..watch.switch import WATCH
from .connection import Statement, session_of, sessions, told
from .pool import Pool
from .stream import BlockStream, OwnStream, Stream

_connected: dict[str, Database] = sync_connected
_abandoned: list[Pool] = []


class Database(SyncCloses):
    """A connected database.

    Attributes:
        alias: the name it was connected under.
        url: its address, without the password.
        dialect: how it speaks.
    """

    def __init__(self, url: DatabaseURL, alias: str) -> None:
        self.alias = alias
        self.dialect: Dialect = dialect_for(url.scheme)
        self._url = url
        self._driver = sync_driver(url.scheme)
        self._server: Server | None = None
        self._pools: dict[Any, Pool] = {}
        self._is_open = False

    @property
    def url(self) -> str:
        """The address, without the password."""
        return str(self._url)

    def __repr__(self) -> str:
        state = "" if self._is_open else ", closed"
        return f"<Database {self.alias!r}: {self._url}{state}>"

    def open(self) -> None:
        """Connect once, to see that it works, and be known by the alias from then on.

        Raises:
            ConfigurationError: the alias is in use.
            ConnectionFailed: there is no way to connect.
        """
        self._refuse_alias_in_use()
        self._is_open = True
        try:
            self.pool.open()
            self._refuse_alias_in_use()
            _connected[self.alias] = self
        except BaseException:
            self.close()
            raise

    def _refuse_alias_in_use(self) -> None:
        other = _connected.get(self.alias)
        if other is not None:
            raise ConfigurationError(
                f"{self.alias!r} is connected to {other.url} already",
                asked="connect()",
                fix=f"Close that one first, or give this one a name of its own: "
                f"connect(url, alias={self.alias + '2'!r}).",
            )

    def close(self, timeout: float = 1.0) -> None:
        """Close the connections and forget the alias. Closing twice does no harm.

        Args:
            timeout: how many seconds to wait for connections that are in use. Those that come back
                later are closed then, and the logger ``covet.pool`` says who has them.

        Example:
            >>> db = connect("sqlite:///blog.db")
            >>> db.close()
        """
        self._is_open = False
        if _connected.get(self.alias) is self:
            del _connected[self.alias]
        pools, self._pools = self._pools, {}
        mine = pools.pop(sync_home(), None)
        for pool in pools.values():
            pool.abandon()
        if mine is not None:
            mine.close(timeout)

    @property
    def pool(self) -> Pool:
        """The pool of whoever is running: each event loop has its own, threads share one.

        Raises:
            ConfigurationError: the database is closed.
        """
        home = sync_home()
        pool = self._pools.get(home)
        if pool is None:
            if not self._is_open:
                raise ConfigurationError(
                    f"The database {self.alias!r} is closed",
                    fix="Use it inside its connect() block, or connect() again.",
                )
            pool = Pool(self._url, self._connect, self.alias)
            self._clear_out(pool)
            pool = self._pools.setdefault(home, pool)
        return pool

    def _clear_out(self, pool: Pool) -> None:
        """Deal with the pools of event loops that have ended."""
        for home in [home for home in self._pools if sync_home_ended(home)]:
            ended = self._pools.pop(home)
            if self._driver.portable:
                pool.adopt(ended)
            ended.abandon()
        if self._pools and self._url.in_memory:
            raise ConfigurationError(
                f"{self.url} belongs to another event loop, which still runs",
                fix="Use a file, or one event loop.",
            )

    def _connect(self) -> SyncConnection:
        connection = self._driver.connect(self._url, self._server)
        if self._server is None:
            self._server = connection.server
            self.dialect = dialect_for(self._url.scheme, connection.server)
        return connection

    def fetch_rows(self, sql: str, params: Sequence[Any] = ()) -> Rows:
        """All rows of a statement as plain tuples.

        Raises:
            DatabaseError: one of its kinds, with the driver's error as its cause.
        """
        return self.answer((sql, params))

    def answer(self, bound: tuple[str, Sequence[Any]], asked: Asked | None = None) -> Rows:
        """All rows of a statement as plain tuples: the way that queries take.

        Args:
            bound: the statement and its parameters.
            asked: the question that it answers, if somebody watches.

        Raises:
            DatabaseError: one of its kinds, with the driver's error as its cause.
        """
        sql, params = bound
        if WATCH.on or sessions.get() is not None:
            rows: Rows = self._run("fetch", "fetch", sql, params, asked)
            return rows
        # The same as _run() does, without a step too many.
        pool = self._pools.get(sync_home()) or self.pool
        connection = pool.take() or pool.acquire()
        now = perf_counter()
        if now > connection.look_at:
            connection = pool.look_at(connection)
        connection.since = now
        connection.doing = sql
        try:
            rows = connection.fetch(sql, params)
        except BaseException as error:
            pool.mend(connection)
            ours = translated(connection, error, params)
            if ours is None:
                raise
            raise ours from ours.__cause__
        if connection.in_transaction or not pool.slots.give(connection):
            pool.give(connection)
        return rows

    def stream_rows(
        self, sql: str, params: Sequence[Any], size: int, asked: Asked | None = None
    ) -> Stream:
        """The rows of a statement, so many at a time: to be closed by whoever reads them."""
        session = session_of(self.alias)
        if session is not None:
            return BlockStream(session, sql, params, size, asked)
        return OwnStream(self.pool, self.alias, sql, params, size, asked)

    def write_rows(
        self, table: str | None, sql: str, params: Sequence[Any], asked: Asked | None = None
    ) -> Rows:
        """The rows that a statement gives which changes a table; None: perhaps any."""
        try:
            return self.answer((sql, params), asked)
        finally:  # what failed or was cancelled may have been carried out
            self._wrote(table)

    def _wrote(self, table: str | None) -> None:
        """Note what was changed, None for any table; others see it when the transaction ends."""
        WRITES.to(table)
        if sessions.get() is None:
            return
        session = session_of(self.alias)
        if session is not None:
            session.changed.add(table)

    def fetch(self, sql: str | Query, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of raw SQL, or of a query of the query builder, readable by column name.

        Args:
            sql: with the database's own placeholders: ``?`` on SQLite, ``%s`` on PostgreSQL and
                MariaDB, where a percent sign is written ``%%``; or a ``Query``.
            params: their values.

        Returns:
            A list of ``Row``: a tuple that can be read by column name too.

        Raises:
            DatabaseError: one of its kinds, with the driver's error as its cause.

        Example:
            >>> for row in db.fetch("select id, name from author where id < ?", [9]):
            ...     print(row.id, row["name"])
        """
        text, given = said_by(sql, params, self.dialect)
        read = self.read_named if only_reads(sql) else self.fetch_named
        names, rows = read(text, given)
        return named_rows(names, rows)

    def fetch_named(
        self, sql: str, params: Sequence[Any], asked: Asked | None = None
    ) -> tuple[list[str], Rows]:
        """The names of the columns and the plain rows of raw SQL."""
        try:
            return self.read_named(sql, params, asked, leaves_traces(sql))
        finally:
            self._wrote(None)  # it may have been an INSERT … RETURNING

    def read_named(
        self, sql: str, params: Sequence[Any], asked: Asked | None = None, traces: bool = False
    ) -> tuple[list[str], Rows]:
        """The same of SQL that is known to write nothing."""
        found: tuple[list[str], Rows]
        found = self._run("fetch_named", "fetch", sql, params, asked, traces)
        return found

    def stream(
        self, sql: str | Query, params: Sequence[Any] = (), *, chunk_size: int = 2000
    ) -> Generator[Row]:
        """The rows of a raw SELECT one by one, read so many at a time: for any number of rows.

        What holds for ``QuerySet.iterator()`` holds for it too.

        Args:
            sql: a statement that only reads, with the database's own placeholders, or a
                ``Query``, as for ``fetch``.
            params: their values.
            chunk_size: how many rows are read at a time.

        Raises:
            FieldError: a chunk of less than one row.
            TransactionError: the block in which the rows were asked for has ended.
            DatabaseError: one of its kinds, with the driver's error as its cause.

        Example:
            >>> for row in db.stream("select id, name from author"):
            ...     print(row.id, row["name"])
        """
        check_chunk_size("stream", chunk_size)
        text, given = said_by(sql, params, self.dialect)
        stream = self.stream_rows(text, given, chunk_size)
        try:
            while rows := stream.fetch():
                for row in named_rows(stream.names, rows):
                    yield row
        finally:
            stream.close()

    def execute(self, sql: str | Query, params: Sequence[Any] = ()) -> Result:
        """Run raw SQL, or a query of the query builder, that gives no rows.

        Args:
            sql: with the database's own placeholders, or a ``Query``, as for ``fetch``.
            params: their values.

        Returns:
            ``Result(rowcount, lastrowid)``.

        Raises:
            DatabaseError: one of its kinds, with the driver's error as its cause.

        Example:
            >>> db.execute("delete from author where id = ?", [9]).rowcount
            1
        """
        text, given = said_by(sql, params, self.dialect)
        return self.write(None, text, given)

    def write(
        self, table: str | None, sql: str, params: Sequence[Any], asked: Asked | None = None
    ) -> Result:
        """Run a statement that changes rows of one table; None: perhaps of any."""
        try:
            traces = table is None and leaves_traces(sql)
            result: Result = self._run("execute", "execute", sql, params, asked, traces)
        finally:  # what failed or was cancelled may have been carried out
            self._wrote(table)
        return result

    def _run(
        self,
        method: str,
        kind: Kind,
        sql: str,
        params: Sequence[Any],
        asked: Asked | None = None,
        traces: bool = False,
    ) -> Any:
        """Run a statement on the atomic block's connection, else on one of the pool."""
        statement = Statement(method, kind, sql, params, asked)
        session = session_of(self.alias)
        if session is not None:
            session.connection.traced |= traces
            return session.run(statement)
        pool = self.pool
        connection = (None if WATCH.on else pool.take()) or pool.acquire()
        now = perf_counter()
        if now > connection.look_at:
            connection = pool.look_at(connection)
        connection.since = now
        connection.doing = sql
        connection.traced = traces
        try:
            result = told(connection, self.alias, statement, None, self.dialect)
        except BaseException as error:
            pool.mend(connection)
            ours = translated(connection, error, params)
            if ours is None:
                raise
            raise ours from ours.__cause__
        pool.give(connection)
        return result

    def _forget(self) -> None:
        """Leave the connections to the process that made them, without touching them."""
        _abandoned.extend(self._pools.values())
        self._pools = {}

    def _abandon(self) -> None:
        """Drop the connections without waiting for anything."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.abandon()


def connect(
    url: str | None = None, alias: str = "default", **options: Any
) -> SyncOpening[Database]:
    """Connect to a database; queries use the one called ``"default"`` unless told otherwise.

    Args:
        url: ``sqlite:///file.db``, ``sqlite:////absolute/file.db``, ``sqlite:///:memory:``,
            ``postgresql://user:password@host/name``, ``mysql://…`` or ``mariadb://…``, with
            options as ``?pool_size=5``. Without one, the environment's ``DATABASE_URL``.
        alias: the name to use it by, as in ``using("archive")``.
        options: the same options as in the URL, by name: ``pool_size``, ``acquire_timeout``,
            ``connect_timeout``, and those of the database.

    Returns:
        The ``Database``: enter it by ``with`` to have it closed at the block's end, or take it as
        it is and ``close()`` it yourself.

    Raises:
        ConfigurationError: the URL, an option or the alias cannot be used, or a driver is missing.
        ConnectionFailed: the server cannot be reached, or refuses.

    Example:
        >>> with connect("sqlite:///blog.db") as db:
        ...     db.execute("create table post (id integer primary key, title text)")
    """
    return sync_open(Database(parse_url(url, options), alias))


def database(alias: str | None = "default") -> Database:
    """The database connected under an alias.

    Args:
        alias: the name that ``connect()`` was given.

    Raises:
        ConfigurationError: none is.

    Example:
        >>> rows = database("archive").fetch("select count(*) as posts from post")
    """
    name = alias or "default"
    try:
        return _connected[name]
    except (KeyError, TypeError):  # a list is no name, and no key of one
        known = ", ".join(map(repr, _connected))
        hint = f"Connected: {known}." if known else "Call connect(url) first."
        raise ConfigurationError(
            f"The database {short(name)} is not connected",
            possible=list(_connected),
            fix=sync_elsewhere(name) or hint,
        ) from None


def is_connected(alias: str | None = "default") -> bool:
    """Whether a database is connected under an alias."""
    return (alias or "default") in _connected


def _leave_to_parent() -> None:
    """In a forked child: the connections are the parent's, and its sockets are shared."""
    sessions.set(None)
    for one in _connected.values():
        one._forget()


def _drop_all() -> None:
    for one in list(_connected.values()):
        one._abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
atexit.register(_drop_all)
