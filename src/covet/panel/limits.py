"""How much does the panel remember? Every bound of its memory."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ConfigurationError, short

MOST_SQL = 10_000
"""Characters of one statement's text. What is longer is cut, and cannot be explained."""

MOST_PARAMS = 2_000
"""Characters of one statement's parameters as they are shown."""

MOST_GIVEN = 4_000
"""Bytes, about, of one statement's parameters as they are kept for EXPLAIN."""

MOST_FRAMES = 5
"""Lines of code of one statement's stack."""

MOST_STRETCHES = 200
"""Stretches of time in which a request's statements ran, before these are no more than a sum."""

MOST_TARGET = 500
"""Characters of a request's path, and of its query string."""

MOST_ERROR = 500
"""Characters of a request's or a statement's error."""

MOST_EXAMINED = 4_000_000
"""Bytes, about, of the statements of one request that are kept whole while it runs."""

MOST_STORED = 32_000_000
"""Bytes, about, of all requests together; the oldest are forgotten first."""

MOST_FORM = 4_096
"""Bytes of a form that is sent to the panel."""

MOST_PAGE = 2_000_000
"""Bytes of an HTML page that gets a badge."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds that can be chosen.

    Attributes:
        requests: how many requests are remembered, the last ones.
        queries: how many statements of one request are shown, the first ones; the rest is counted.

    Raises:
        ConfigurationError: a bound that is no number from 1.
    """

    requests: int = 100
    queries: int = 500

    def __post_init__(self) -> None:
        for name, value in (("requests", self.requests), ("queries", self.queries)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ConfigurationError(
                    f"{short(value)} is no number of {name}",
                    asked=f"QueryPanelMiddleware({name}={short(value)})",
                    fix="Give a number from 1.",
                )


def cut(text: str, most: int) -> str:
    """A text that is no longer than this."""
    return text if len(text) <= most else text[: most - 1] + "…"


def weight(value: object) -> int:
    """About how many bytes a value takes, without looking at all of a long list."""
    if isinstance(value, str | bytes | bytearray):
        return 50 + len(value)
    if isinstance(value, dict):
        return 50 + weight(list(value.values()))
    if isinstance(value, list | tuple):
        few = value[: MOST_GIVEN // 50]
        return 50 + sum(map(weight, few)) + 50 * (len(value) - len(few))
    return 50
