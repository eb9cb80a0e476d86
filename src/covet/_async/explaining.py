"""How would a database run a statement that was sent before?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..sql import explaining
from .database import database


async def explained(alias: str, sql: str, params: Sequence[Any]) -> str:
    """The database's plan for a SELECT, as text.

    Args:
        alias: the database.
        sql: the SELECT, as it was sent; it is not run.
        params: its parameters.

    Raises:
        ConfigurationError: nothing is connected under the alias.
        DatabaseError: one of its kinds, with the driver's error as its cause.
    """
    db = database(alias)
    head = explaining.head(db.dialect, None, False, {})
    names, rows = await db.read_named(f"{head} {sql}", params)
    return db.dialect.explained(names, rows)
