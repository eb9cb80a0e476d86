"""What happens while a request runs? The scope that hears its statements."""

from __future__ import annotations

from logging import getLogger
from threading import Lock
from time import perf_counter, time

from ..watch.events import Query
from ..watch.findings import Finding
from ..watch.n_plus_one import find
from ..watch.touches import TOUCHES
from ..watch.tracker import Heard
from .limits import MOST_EXAMINED, MOST_TARGET, Limits, cut, weight
from .records import Busy, Request, Statement, error_text, statement
from .visits import Visit

LOG = getLogger("covet.watch")


class Recording(Heard["Recording"]):
    """A request that is running.

    Args:
        number: the request's number in the process.
        visit: what was asked for.
        limits: how much is remembered.

    Attributes:
        status: of the response, once it is known.
        error: what the request failed with, or None.
        count: how many statements were heard of.
    """

    def __init__(self, number: int, visit: Visit, limits: Limits) -> None:
        super().__init__(using=None, transactions=False)
        self.number = number
        self.status: int | None = None
        self.error: str | None = None
        self.count = 0
        self._visit = visit
        self._most = limits.queries
        self._at, self._began = time(), perf_counter()
        self._ended: float | None = None
        self._busy = Busy()
        self._statements: list[Statement] = []
        self._examined: list[Query] = []
        self._weight = 0
        self._found: tuple[int, tuple[Finding, ...]] | None = None
        self._lock = Lock()  # the threads of a request are heard as well

    def given(self) -> Recording:
        """The recording itself."""
        TOUCHES.wanted()  # so that what is loaded in advance and not used is found
        return self

    def finished(self, failed: bool) -> None:
        """Note no more what is touched. What was may have changed the findings."""
        TOUCHES.unwanted()
        self._found = None

    def keep(self, query: Query) -> None:
        """Remember a statement, as far as the limits go."""
        with self._lock:
            self.count += 1
            self._busy.add(query.started, query.seconds)
            if self.count > self._most:
                return
            self._statements.append(statement(query, self.count, self._began))
            self._weight += len(query.sql) + weight(query.given)
            if self._weight <= MOST_EXAMINED:
                self._examined.append(query)

    def failed(self, error: BaseException) -> None:
        """Note what the request ended with."""
        self.error = error_text(error)

    def responded(self) -> None:
        """Note that the response is complete; what is sent after it was not waited for."""
        if self._ended is None:
            self._ended = perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return (self._ended or perf_counter()) - self._began

    @property
    def database_seconds(self) -> float:
        """For how long at least one statement was running."""
        with self._lock:
            return self._busy.seconds

    def findings(self) -> tuple[Finding, ...]:
        """What was found to be wasted so far."""
        if self._found is None or self._found[0] != self.count:
            self._found = (self.count, self._examine())
        return self._found[1]

    def _examine(self) -> tuple[Finding, ...]:
        try:
            return tuple(one for one in find(tuple(self._examined)) if self._counts(one))
        except Exception:  # whoever looks on breaks nothing
            LOG.exception("A request's queries could not be examined")
            return ()

    def _counts(self, finding: Finding) -> bool:
        """Whether a finding is one: what was loaded may yet be used, but for an error.

        Over a WebSocket each message asks anew, so that a question is repeated is no loop.
        """
        if finding.kind == "repeated" and self._visit.method == "WS":
            return False
        return finding.kind != "unused" or (self._ended is not None and self.error is None)

    def headers(self) -> list[tuple[str, str]]:
        """What the response says of the request so far."""
        database, total = self.database_seconds * 1000, self.seconds * 1000
        return [
            (
                "Server-Timing",
                f'db;dur={database:.1f};desc="{counted(self.count, "query", "queries")}", '
                f"total;dur={total:.1f}",
            ),
            ("X-Covet-Queries", str(self.count)),
        ]

    def request(self) -> Request:
        """The record of the request as it is now."""
        visit = self._visit
        return Request(
            id=self.number,
            method=cut(visit.method, 20),
            path=cut(visit.root + visit.path, MOST_TARGET),
            query_string=cut(visit.query_string, MOST_TARGET),
            status=self.status,
            error=self.error,
            at=self._at,
            seconds=self.seconds,
            statements=tuple(self._statements),
            count=self.count,
            database_seconds=self.database_seconds,
            findings=self.findings(),
        )


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: ``1 query``, ``2,000 queries``."""
    return f"{number:,} {one if number == 1 else many}"
