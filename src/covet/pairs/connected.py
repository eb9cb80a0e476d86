"""Which databases are connected, by alias? Each colour has its own, and can say what the other has.

An app with both colours, such as one of FastAPI with plain ``def`` endpoints, connects twice.
"""

from __future__ import annotations

from typing import Any

async_connected: dict[str, Any] = {}
sync_connected: dict[str, Any] = {}


def async_elsewhere(alias: object) -> str | None:
    """What to do about a database that only the other colour has connected."""
    return _elsewhere(alias, sync_connected, "covet.sync", "covet.aio")


def sync_elsewhere(alias: object) -> str | None:
    """What to do about a database that only the other colour has connected."""
    return _elsewhere(alias, async_connected, "covet.aio", "covet.sync")


def _elsewhere(alias: object, there: dict[str, Any], theirs: str, ours: str) -> str | None:
    if not (isinstance(alias, str) and alias in there):
        return None
    return f"{theirs} has connected it; what is of {ours} needs {ours}.connect() too."
