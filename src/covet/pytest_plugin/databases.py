"""Which database do tests have, and how does it come and go?

One for each worker of pytest-xdist, so that they need not wait for each other. Whatever the tests'
colour, it is made, emptied and dropped in sync code, as fixtures of a session have no event loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from .._sync.schema import existing_tables, make_tables
from ..drivers import parse_url
from ..errors import ConfigurationError
from ..schema.registry import Registry
from ..schema.table import Table
from ..sql import ddl
from ..sync import atomic, connect

ALIAS = "covet's tests"
PREFIX = "test_"
LONGEST_STEM = 40  # names have 63 bytes, and the worker's is behind it

# What lets rows be deleted whatever refers to them, until the transaction or the connection ends.
UNORDERED = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET CONSTRAINTS ALL DEFERRED",
    "mysql": "SET foreign_key_checks = 0",
}


@dataclass(frozen=True, slots=True)
class Server:
    """How a server's databases are made and dropped; ``{}`` is the name.

    Attributes:
        entrance: a database that is always there.
        make: the statements that make an empty database, in place of one that was left behind.
        drop: the statement that drops it, whoever is still connected.
    """

    entrance: str
    make: tuple[str, ...]
    drop: str


SERVERS = {
    "postgresql": Server(
        entrance="postgres",
        # Without force: where somebody is connected to it, another run is going on.
        make=(
            "DROP DATABASE IF EXISTS {}",
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'",
        ),
        drop="DROP DATABASE IF EXISTS {} WITH (FORCE)",
    ),
    "mysql": Server(
        entrance="information_schema",
        make=("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {} CHARACTER SET utf8mb4"),
        drop="DROP DATABASE IF EXISTS {}",
    ),
}


@contextmanager
def database_of_tests(url: str, worker: str, folder: Path) -> Iterator[str]:
    """The URL of a new, empty database, which is dropped at the block's end.

    Args:
        url: the address of the user's own database, of which only the server and the options are
            used.
        worker: the name of the worker of pytest-xdist; empty where there is none.
        folder: where a database of SQLite goes.

    Raises:
        ConfigurationError: the URL cannot be read, or names no database.
        DatabaseError: the user may not make databases, or one of that name is in use.
    """
    parsed = parse_url(url, {})
    if parsed.scheme == "sqlite":
        file = folder / "test.db"
        yield _at(url, str(file))
        for left in folder.glob(f"{file.name}*"):
            left.unlink()
        return
    if not parsed.database:
        raise ConfigurationError(
            f"{parsed} names no database",
            asked="covet_database_url",
            fix=f"Write one: {parsed}blog has the tests' database {PREFIX}blog beside it.",
        )
    name = "_".join(filter(None, [PREFIX + parsed.database[:LONGEST_STEM], worker]))
    server = SERVERS[parsed.scheme]
    entrance = _at(url, server.entrance)
    _run(entrance, name, server.make)
    try:
        yield _at(url, name)
    finally:
        _run(entrance, name, [server.drop])


def _at(url: str, database: str) -> str:
    """The URL of another database of the same server, with the same options."""
    parts = urlsplit(url)
    options = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{quote(database)}{options}"


def _run(entrance: str, name: str, statements: Sequence[str]) -> None:
    with connect(entrance, ALIAS) as db:
        for statement in statements:
            db.execute(statement.format(db.dialect.quoted(name)))


class Tables:
    """The tables of models in the tests' database.

    Args:
        url: the database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._made: set[Table] = set()

    def make(self, registry: Registry) -> None:
        """Create the tables of all models that are declared by now and have none yet."""
        wanted = registry.managed()
        if not self._made.issuperset(wanted):
            with connect(self.url, ALIAS) as db:
                make_tables(wanted, db)
            self._made.update(wanted)

    def empty(self, registry: Registry) -> None:
        """Delete all rows of all models, also of those whose tables others make."""
        tables = [*dict.fromkeys(model._table.concrete for model in registry.known())]
        with connect(self.url, ALIAS) as db, atomic(ALIAS):
            there = existing_tables(db)
            db.execute(UNORDERED[db.dialect.name])
            # In order as well: keys that others have made may not be deferrable.
            for table in reversed(ddl.in_order(tables)[0]):
                if table.name.lower() in there:
                    db.execute(f"DELETE FROM {db.dialect.quoted(table.name)}")
