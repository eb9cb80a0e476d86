"""Which queries of a run took longest, and which were sent most often?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from typing import Any

from ..watch import QueryTracker
from ..watch.logs import one_line

LONGEST = 300
"""Characters of a statement that are shown."""


@dataclass(slots=True)
class Group:
    """The statements of one shape that one line sent in one test.

    Attributes:
        test: the test.
        sql: the shape.
        site: the line.
        count: how many there were.
        seconds: how long they took together.
        slowest: how long the slowest of them took.
    """

    test: str
    sql: str
    site: str
    count: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


class Summary:
    """What is remembered of a run's queries: groups of them, without their parameters.

    Args:
        most: how many are shown; 0 for all.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._groups: dict[tuple[str, str, str], Group] = {}

    def of(self, test: str) -> Summarised:
        """A scope for a test's body."""
        return Summarised(self, test)

    def add(self, test: str, tracker: QueryTracker) -> None:
        """Remember what a test has sent."""
        for query in tracker:
            key = test, query.shape, str(query.site or "")
            group = self._groups.setdefault(key, Group(*key))
            group.count += 1
            group.seconds += query.seconds
            group.slowest = max(group.slowest, query.seconds)

    def packed(self) -> list[list[Any]]:
        """What a worker of pytest-xdist sends to the process that shows it."""
        return [list(astuple(group)) for group in self._groups.values()]

    def unpack(self, packed: Iterable[list[Any]]) -> None:
        """Add what a worker has sent; no other has run the same tests."""
        for group in packed:
            self._groups[tuple(group[:3])] = Group(*group)

    def write(self, section: Callable[[str], None], line: Callable[[str], None]) -> None:
        """Show it.

        Args:
            section: writes a heading.
            line: writes a line.
        """
        most, groups = self.most or None, self._groups.values()
        slowest = sorted(groups, key=lambda group: -group.slowest)[:most]
        repeated = sorted(groups, key=lambda group: -group.count)
        repeated = [group for group in repeated if group.count > 1][:most]
        if slowest:
            section("slowest queries")
        for group in slowest:
            line(f"{group.slowest * 1000:9.2f} ms  {one_line(group.sql)[:LONGEST]}")
            line(f"{'':14}{_where(group)}")
        if repeated:
            section("most repeated queries")
        for group in repeated:
            line(f"{group.count:6} times  {one_line(group.sql)[:LONGEST]}")
            line(f"{'':14}{_where(group)}, {group.seconds * 1000:.2f} ms together")


def _where(group: Group) -> str:
    return f"{group.test} at {group.site}" if group.site else group.test


class Summarised(QueryTracker):
    """A scope that leaves a summary of its statements behind."""

    def __init__(self, summary: Summary, test: str) -> None:
        super().__init__()
        self._summary, self._test = summary, test

    def finished(self, failed: bool) -> None:
        """Note what was sent, also by a test that failed."""
        self._summary.add(self._test, self)
