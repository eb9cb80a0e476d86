"""What does SQLite lack that the compiled SQL calls? These Python functions stand in for it."""

from __future__ import annotations

import sqlite3


def register(connection: sqlite3.Connection) -> None:
    """Give a new SQLite connection the functions that covet's SQL uses."""
