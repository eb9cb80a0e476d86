"""What does a test run's own database need: to be made, emptied between tests, and dropped?

Each does it over a connection of its own, past covet, so that a broken covet still starts every
test on empty tables. A test that leaves a transaction open is found out here: its locks keep the
tables from being emptied, which fails after ``PATIENCE``.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from covet.sql.dialects import sqlite_functions

from .servers import MARIADB, POSTGRESQL

PATIENCE = 10  # seconds
STALE = 6 * 60 * 60  # seconds
PREFIX = "covet_test_"
MEMORY = Path("/dev/shm")  # Linux's folder in memory
ROOM = 2**30  # bytes; containers may have but a little


class Scratch(Protocol):
    """A database of this run's, and of this worker's, own."""

    url: str

    def empty(self) -> None:
        """Delete all rows of all tables, whatever refers to what."""

    def clear(self) -> None:
        """Drop all tables."""

    def drop(self) -> None:
        """Drop the database itself."""


def scratch(kind: str, server: str | None) -> Scratch:
    """A new database of a kind, on the server at a URL."""
    if kind == "sqlite":
        return SQLiteScratch()
    assert server is not None
    return {"postgresql": PostgreSQLScratch, "mysql": MariaDBScratch}[kind](server)


def new_name() -> str:
    """A name that no other run or worker has, and that tells its age."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"{PREFIX}{int(time.time())}_{secrets.token_hex(4)}_{worker}"


def is_stale(name: str) -> bool:
    """Whether a run that was killed left this database behind, long ago."""
    made = name.removeprefix(PREFIX).partition("_")[0]
    return made.isdecimal() and int(made) < time.time() - STALE


def with_database(server: str, name: str) -> str:
    """The URL of a database on the server at a URL."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def fast_folder() -> Path | None:
    """Where no write waits for a disk; None if this machine has no such place."""
    usable = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if usable else None


class SQLiteScratch:
    """A file in a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="covet-test-", dir=fast_folder()))
        self.file = self.folder / "test.db"
        self.url = f"sqlite:///{self.file}"

    def empty(self) -> None:
        connection = sqlite3.connect(self.file, timeout=PATIENCE)
        try:
            sqlite_functions.register(connection)  # indexes and checks may call them
            found = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%'"
                " ESCAPE '~'"
            )
            for (name,) in found.fetchall():
                connection.execute(f'DELETE FROM "{name}"')
            connection.commit()
        finally:
            connection.close()

    def clear(self) -> None:
        for file in self.folder.iterdir():
            file.unlink()

    def drop(self) -> None:
        shutil.rmtree(self.folder)


class PostgreSQLScratch:
    """A database from template0, which nobody added anything to."""

    def __init__(self, server: str) -> None:
        self.server, self.name = server, new_name()
        self.url = with_database(server, self.name)
        for (name,) in self._on_server("SELECT datname FROM pg_database"):
            if is_stale(name):
                self._on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._on_server(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'")
        self._on_server(f"ALTER DATABASE {self.name} SET synchronous_commit = off")
        self.connection = POSTGRESQL.connect(self.url)
        self.connection.execute("SET session_replication_role = replica")  # no foreign keys
        self.connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        self.connection.execute("SET client_min_messages = warning")

    def _on_server(self, sql: str) -> list[Any]:
        with POSTGRESQL.connect(self.server) as connection:
            cursor = connection.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []

    def _tables(self) -> list[str]:
        found = self.connection.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return [name for (name,) in found.fetchall()]

    def empty(self) -> None:
        if tables := self._tables():
            self.connection.execute("; ".join(f"DELETE FROM {name}" for name in tables))

    def clear(self) -> None:
        if tables := self._tables():
            self.connection.execute(f"DROP TABLE {', '.join(tables)} CASCADE")

    def drop(self) -> None:
        self.connection.close()
        self._on_server(f"DROP DATABASE {self.name} WITH (FORCE)")


class MariaDBScratch:
    """A database in utf8mb4."""

    def __init__(self, server: str) -> None:
        self.name = new_name()
        self.url = with_database(server, self.name)
        self.connection = MARIADB.connect(server)
        for (name,) in self._run("SHOW DATABASES"):
            if is_stale(name):
                self._run(f"DROP DATABASE IF EXISTS {name}")
        self._run(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        self._run(f"USE {self.name}")
        self._run("SET foreign_key_checks = 0")
        self._run(f"SET innodb_lock_wait_timeout = {PATIENCE}, lock_wait_timeout = {PATIENCE}")

    def _run(self, sql: str) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            rows = list(cursor.fetchall())
            while cursor.nextset():
                pass
            return rows

    def _tables(self) -> list[str]:
        rows = self._run("SHOW FULL TABLES WHERE table_type = 'BASE TABLE'")
        return ["`" + name.replace("`", "``") + "`" for name, _ in rows]

    def empty(self) -> None:
        if tables := self._tables():  # in one transaction: the disk is waited for once
            deletes = [f"DELETE FROM {name}" for name in tables]
            self._run("; ".join(["BEGIN", *deletes, "COMMIT"]))

    def clear(self) -> None:
        if tables := self._tables():
            self._run(f"DROP TABLE {', '.join(tables)}")

    def drop(self) -> None:
        self._run(f"DROP DATABASE {self.name}")
        self.connection.close()
