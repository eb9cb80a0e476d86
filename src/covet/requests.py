"""Which databases does a web request hold open, and is what it did there kept?

The rules that ``covet.asgi.AtomicRequests`` and ``covet.wsgi.AtomicRequests`` share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import ConfigurationError, short

# Not beyond 500, as that is what an error is to whoever stands around a framework.
STATUSES = range(400, 501)


class Undone(Exception):
    """Leaves the blocks of a request that are to be rolled back though nothing was raised."""


@dataclass(frozen=True, slots=True)
class RequestRules:
    """What becomes of a request's transactions.

    Attributes:
        aliases: the databases that have one.
        rollback_from: the first status that says that the request failed.
    """

    aliases: tuple[str, ...]
    rollback_from: int

    def undo(self, status: int | None) -> bool:
        """Whether what was done is undone, by the status of the answer; None: there is none."""
        return status is None or status >= self.rollback_from


def request_rules(using: str | Iterable[str], rollback_from: int) -> RequestRules:
    """The rules by what a user said.

    Raises:
        ConfigurationError: these are no aliases, or no status.
    """
    aliases = (using,) if isinstance(using, str) else _listed(using)
    if not aliases or not all(isinstance(alias, str) and alias for alias in aliases):
        raise ConfigurationError(
            f"using takes the alias of a database, or several, not {short(using)}",
            asked="AtomicRequests()",
            fix='Write using="default" or using=["default", "archive"].',
        )
    if rollback_from not in STATUSES:
        raise ConfigurationError(
            f"rollback_from takes a status from 400 to 500, not {short(rollback_from)}",
            asked="AtomicRequests()",
            fix="Write rollback_from=500 to keep what requests with a status of 4xx did.",
        )
    return RequestRules(aliases, rollback_from)


def _listed(using: Iterable[str]) -> tuple[str, ...]:
    return tuple(using) if isinstance(using, Iterable) else ()
