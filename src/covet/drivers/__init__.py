"""Which library talks to which database?"""

from __future__ import annotations

from typing import Any

from .base import AsyncConnection, AsyncStream, Result, Rows, SyncConnection, SyncStream
from .url import DatabaseURL, parse_url


def async_driver(scheme: str) -> type[AsyncConnection]:
    """The class of connections to a kind of database.

    Raises:
        ConfigurationError: its library is not installed.
    """
    driver: type[AsyncConnection] = _module(scheme, "Async")
    return driver


def sync_driver(scheme: str) -> type[SyncConnection]:
    """The class of connections to a kind of database.

    Raises:
        ConfigurationError: its library is not installed.
    """
    driver: type[SyncConnection] = _module(scheme, "Sync")
    return driver


def _module(scheme: str, colour: str) -> Any:
    if scheme == "sqlite":
        from . import sqlite as module

        name = "SqliteConnection"
    elif scheme == "postgresql":
        from . import postgresql as module  # type: ignore[no-redef]

        name = "PostgresqlConnection"
    else:
        from . import mysql as module  # type: ignore[no-redef]

        name = "MysqlConnection"
    return getattr(module, colour + name)


__all__ = [
    "AsyncConnection",
    "AsyncStream",
    "DatabaseURL",
    "Result",
    "Rows",
    "SyncConnection",
    "SyncStream",
    "async_driver",
    "parse_url",
    "sync_driver",
]
