"""Where is what tests need? In each colour, and in the plugin that pytest finds by itself."""

from __future__ import annotations

from typing import Any

COLOURED = ("CommitCallbacks", "RolledBack")


def __getattr__(name: str) -> Any:
    if name in COLOURED:
        raise AttributeError(
            f"covet.testing has no {name}, as it comes in two colours. "
            f"Write 'from covet.aio.testing import {name}' for async code, "
            f"'from covet.sync.testing import {name}' for sync code. With pytest, the fixture "
            "covet_db does it for you."
        )
    raise AttributeError(f"module 'covet.testing' has no attribute {name!r}")
