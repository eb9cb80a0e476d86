"""How does Django reach the test's database?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections

ENGINES = {"sqlite": "sqlite3", "postgresql": "postgresql", "mysql": "mysql"}


class Django:
    """Django on the database at a URL of covet's, in a thread of its own.

    Its connections belong to a thread, and it refuses to wait in one that has an event loop.
    """

    def __init__(self, url: str) -> None:
        self.alias = "oracle"
        self._said: Any = "nothing was asked"
        self._thread = ThreadPoolExecutor(1)
        databases = {DEFAULT_DB_ALIAS: {}, self.alias: _settings(url)}
        connections.settings[self.alias] = connections.configure_settings(databases)[self.alias]

    def rows(self, query: Callable[[str], Any]) -> list[Any]:
        """The rows of the queryset that a function makes for the database's alias."""
        return self._thread.submit(self._rows, query).result()

    def _rows(self, query: Callable[[str], Any]) -> list[Any]:
        self._said = "no SQL"
        found = query(self.alias)
        with suppress(EmptyResultSet):
            self._said = found.query.get_compiler(self.alias).as_sql()
        return [plain(row) for row in found]

    def sql(self) -> Any:
        """What was asked last, for ``told``."""
        return self._said

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._thread.submit(lambda: connections[self.alias].close()).result()
        self._thread.shutdown()
        del connections.settings[self.alias]


def plain(row: Any) -> Any:
    """A row with bytes as bytes, which some drivers give as a memoryview."""
    if not isinstance(row, tuple):
        return row
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def _settings(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    engine = f"django.db.backends.{ENGINES[parts.scheme]}"
    if parts.scheme == "sqlite":
        return {"ENGINE": engine, "NAME": url.removeprefix("sqlite:///")}
    options: dict[str, Any] = {"charset": "utf8mb4"} if parts.scheme == "mysql" else {}
    return {
        "ENGINE": engine,
        "NAME": parts.path.lstrip("/"),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options,
    }
