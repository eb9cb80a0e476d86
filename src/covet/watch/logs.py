"""What do the loggers ``covet.sql``, ``covet.slow``, ``covet.pool`` and others write?"""

from __future__ import annotations

import logging
from typing import NamedTuple

from ..errors import ConfigurationError, short
from .events import Listener, Query, everywhere
from .switch import WATCH

SQL = logging.getLogger("covet.sql")
SLOW = logging.getLogger("covet.slow")
POOL = logging.getLogger("covet.pool")
TRANSACTION = logging.getLogger("covet.transaction")

LONGEST = 10_000
"""Characters of one line in the log."""


class _Levels(dict[int, bool]):
    """What a logger remembers of its levels. ``logging`` clears it when any level changes.

    That is how a query finds out whether it is to be logged without asking the logger, which takes
    longer than all else that watching costs while it is off.
    """

    def clear(self) -> None:
        super().clear()
        WATCH.refresh()


def _is_logged() -> bool:
    return SQL.isEnabledFor(logging.DEBUG)


SQL._cache = _Levels()  # type: ignore[attr-defined]


class Slowness(NamedTuple):
    """What counts as slow, and whether its plan is asked for."""

    seconds: float
    explain: bool


class _Settings:
    slow: Slowness | None = None


SETTINGS = _Settings()


def log_slow_queries(ms: float | None, *, explain: bool = False) -> None:
    """Have statements that take long written to the logger ``covet.slow``, as warnings.

    Args:
        ms: from how many milliseconds on; None for none.
        explain: whether the database is asked for the plan of a slow SELECT at once, over the same
            connection; in an ``atomic()`` block it is not, as a failure would break the block.

    Raises:
        ConfigurationError: a time that is no number, or below 0.

    Example:
        >>> log_slow_queries(ms=200, explain=True)
    """
    if ms is not None and (isinstance(ms, bool) or not isinstance(ms, int | float) or not ms >= 0):
        raise ConfigurationError(
            f"{short(ms)} is no number of milliseconds",
            asked=f"log_slow_queries(ms={short(ms)})",
            fix="Give a number from 0, or None for no log of slow queries.",
        )
    SETTINGS.slow = None if ms is None else Slowness(ms / 1000, explain)
    WATCH.refresh()


def wants_plan() -> bool:
    """Whether the plan of a slow query is to be logged too."""
    return SETTINGS.slow is not None and SETTINGS.slow.explain


def is_slow(query: Query) -> bool:
    """Whether a statement took as long as is logged."""
    slow = SETTINGS.slow
    return slow is not None and query.seconds >= slow.seconds


def log_slow(query: Query, plan: str | None = None) -> None:
    """Write a slow statement, with its plan if it was asked for, to ``covet.slow``."""
    SLOW.warning(
        "%.1f ms, %s rows, %s: %s%s",
        query.seconds * 1000,
        query.rowcount,
        query.site or "no line of the program",
        one_line(str(query)),
        "".join(f"\n  {one_line(line)}" for line in (plan or "").splitlines()),
        extra={"query": query},
    )


def _log_sql(query: Query) -> None:
    SQL.debug(
        "(%.3f ms, %s) %s",
        query.seconds * 1000,
        query.alias if query.error is None else f"{query.alias}, {type(query.error).__name__}",
        one_line(str(query)),
        extra={"query": query},
    )


def one_line(text: str) -> str:
    """Text without characters that could pass for another line of a log."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:LONGEST])
    return shown + ("…" if len(text) > LONGEST else "")


def _note_site(query: Query) -> None:
    """Have a slow statement's line of code known, as that can be found out only now."""
    if is_slow(query):
        query.find_stack()


def _listeners() -> list[Listener]:
    sql: list[Listener] = [_log_sql] if _is_logged() else []
    slow: list[Listener] = [] if SETTINGS.slow is None else [_note_site]
    return sql + slow


WATCH.because(_is_logged)
WATCH.because(lambda: SETTINGS.slow)
everywhere.append(_listeners)
