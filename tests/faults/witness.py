"""What does the server see? Asked over a connection of its own, past covet."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from ..servers import MARIADB, POSTGRESQL

PATIENCE = 2.0  # seconds until a server must have noticed
SESSIONS = {
    "postgresql": "select pid from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and backend_type = 'client backend'",
    "mysql": "select id from information_schema.processlist where db = database()"
    " and id <> connection_id()",
}
TRANSACTIONS = {
    "postgresql": "select pid from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and xact_start is not null and backend_type = 'client backend'",
    "mysql": "select trx_mysql_thread_id from information_schema.innodb_trx"
    " join information_schema.processlist on id = trx_mysql_thread_id where db = database()"
    " and id <> connection_id()",
}
RUNNING = {
    "postgresql": "select pid from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and state = 'active' and query like {}",
    "mysql": "select id from information_schema.processlist where db = database()"
    " and id <> connection_id() and command = 'Query' and info like {}",
}
KILL = {"postgresql": "select pg_terminate_backend({})", "mysql": "kill {}"}
GONE = 1094  # MariaDB: no such thread


class Witness:
    """What a server, or a file of SQLite, is asked past covet."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind = kind
        self._connection: Any = _connect(kind, url)
        self._here_before = set(self.sessions())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        if self.kind != "mysql":
            cursor = self._connection.execute(sql)
            found = cursor.description or self.kind == "sqlite"
            return list(cursor.fetchall()) if found else []
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def sessions(self) -> list[int]:
        """The sessions in the database, but for this one."""
        return [] if self.kind == "sqlite" else [row[0] for row in self.rows(SESSIONS[self.kind])]

    def new_sessions(self) -> list[int]:
        """The sessions that came after this one."""
        return [each for each in self.sessions() if each not in self._here_before]

    def transactions(self) -> list[int]:
        """The sessions that have a transaction open; for SQLite 1 if any may write."""
        if self.kind != "sqlite":
            return [row[0] for row in self.rows(TRANSACTIONS[self.kind])]
        try:
            self.rows("begin immediate")
        except sqlite3.OperationalError:
            return [1]
        self.rows("rollback")
        return []

    def running(self, like: str) -> list[int]:
        """The sessions that work on a statement that looks like this."""
        sql = RUNNING[self.kind].format("'" + like + "'")
        return [row[0] for row in self.rows(sql)]

    def kill(self, session: int) -> None:
        """End a session, whatever it does."""
        try:
            self.rows(KILL[self.kind].format(session))
        except Exception as error:
            if GONE not in error.args:
                raise

    def close(self) -> None:
        """End the own connection."""
        self._connection.close()


@contextmanager
def witness(kind: str, url: str) -> Iterator[Witness]:
    """A witness for as long as a block lasts."""
    made = Witness(kind, url)
    try:
        yield made
    finally:
        made.close()


def _connect(kind: str, url: str) -> Any:
    if kind == "postgresql":
        return POSTGRESQL.connect(url)
    if kind == "mysql":
        return MARIADB.connect(url)
    return sqlite3.connect(
        urlsplit(url).path.removeprefix("/"),
        timeout=0,
        isolation_level=None,
        check_same_thread=False,
    )


def soon(look: Callable[[], object], within: float = PATIENCE) -> bool:
    """Whether something becomes true in time."""
    deadline = time.perf_counter() + within
    while not look():
        if time.perf_counter() > deadline:
            return False
        time.sleep(0.01)
    return True
