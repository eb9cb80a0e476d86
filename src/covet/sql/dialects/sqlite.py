"""How does SQLite differ?"""

from __future__ import annotations

from .base import Dialect


class SqliteDialect(Dialect):
    """SQLite 3.35 or newer."""

    name = "sqlite"
    placeholder = "?"
    foreign_keys_inline = True
    limit_all = "-1"
    deepest_condition = 80  # its parser's stack holds 100 (measured: 90 left-nested levels)
    most_parameters = 32766  # SQLITE_MAX_VARIABLE_NUMBER as SQLite ships it
