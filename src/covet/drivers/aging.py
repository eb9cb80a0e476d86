"""When is a connection to be looked at before it is used, and when has it lived long enough?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import uniform
from typing import Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from .url import DatabaseURL

Verdict: TypeAlias = Literal["use", "check", "replace"]

NEVER = math.inf


class Aged(Protocol):
    """What is noted on a connection about its age, on the clock of ``time.perf_counter()``.

    Attributes:
        since: when it was taken last.
        look_at: from when on it is looked at before it is used; all that a query asks.
        until: when it has lived long enough.
    """

    since: float
    look_at: float
    until: float


A = TypeVar("A", bound=Aged)


class Aging(NamedTuple):
    """The rules of a pool. Times are in seconds.

    Attributes:
        check_after: how long a connection may go unused before the server is asked whether it is
            still there: servers restart, and firewalls forget.
        lifetime: how long it may live in all, or a tenth less: connections that were made together
            do not end together.
        idle: how long it may go unused before it is closed.
        least: how many are kept all the same.
    """

    check_after: float = NEVER
    lifetime: float = NEVER
    idle: float = NEVER
    least: int = 0

    def begin(self, connection: Aged, now: float) -> None:
        """Note that a connection was made."""
        connection.since = now
        connection.until = now + self.lifetime * uniform(0.9, 1.0)
        self.looked_at(connection, now)

    def looked_at(self, connection: Aged, now: float) -> None:
        """Note that a connection was found fit, or at work."""
        connection.look_at = min(now + self.check_after, connection.until)

    def verdict(self, connection: Aged, now: float) -> Verdict:
        """What is to be done with an idle connection before it is used."""
        if now >= connection.until:
            return "replace"
        return "check" if now - connection.since > self.check_after else "use"

    def surplus(self, idle: Sequence[A], all_of_them: int, now: float) -> list[A]:
        """The idle connections that are to be closed, of which those used least come first."""
        most = max(all_of_them - self.least, 0)
        return [each for each in idle if now - each.since > self.idle][:most]


def aging_of(url: DatabaseURL) -> Aging:
    """The rules for the connections to a database. Files do not go away, as servers do."""
    options = url.options
    return Aging(
        options.get("pool_check_after", NEVER),
        options.get("pool_max_lifetime", NEVER),
        options.get("pool_max_idle", NEVER),
        min(options["pool_min_size"], options["pool_size"]),
    )
