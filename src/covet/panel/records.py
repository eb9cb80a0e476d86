"""What is remembered of a request and of its statements, once both are over?

Plain data of bounded size: nothing here keeps an instance, a queryset or a connection alive.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import short
from ..sql.hidden import hides
from ..watch.events import Query
from ..watch.findings import Finding
from ..watch.sites import Site
from .limits import (
    MOST_ERROR,
    MOST_FRAMES,
    MOST_GIVEN,
    MOST_PARAMS,
    MOST_SQL,
    MOST_STRETCHES,
    cut,
    weight,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a request.

    Attributes:
        number: its place in the request, from 1.
        serial: its number in the process, by which findings name it.
        sql: its text.
        shape: the same for statements of one shape.
        params: its parameters as they are shown; empty where it has none.
        given: its parameters as EXPLAIN needs them; None where they are not kept.
        alias: the database.
        offset: when it was sent, in seconds since the request began.
        seconds: how long it took.
        rowcount: how many rows came back or were touched; -1 where nobody knows.
        error: what it failed with, or None.
        transaction: the number of its transaction, or None.
        relation: the relation that it loaded for instances: ``"Post.author"``; or None.
        stack: the lines of the user's code that sent it, innermost first.
    """

    number: int
    serial: int
    sql: str
    shape: str
    params: str
    given: Sequence[Any] | None
    alias: str
    offset: float
    seconds: float
    rowcount: int
    error: str | None
    transaction: int | None
    relation: str | None
    stack: tuple[Site, ...]

    @property
    def site(self) -> Site | None:
        """The line of the user's code that sent it."""
        return self.stack[0] if self.stack else None

    @property
    def end(self) -> float:
        """When it was over, in seconds since the request began."""
        return self.offset + self.seconds

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return 600 + len(self.sql) + len(self.shape) + len(self.params) + weight(self.given)


def statement(query: Query, number: int, began: float) -> Statement:
    """What is remembered of a statement.

    Args:
        query: the statement, as it was told of.
        number: its place in the request.
        began: when the request began, on the clock of ``time.perf_counter()``.
    """
    return Statement(
        number=number,
        serial=query.serial,
        sql=cut(query.sql, MOST_SQL),
        shape=cut(query.shape, MOST_SQL),
        params=shown(query.params),
        given=explainable(query),
        alias=query.alias,
        offset=max(query.started - began, 0.0),
        seconds=query.seconds,
        rowcount=query.rowcount,
        error=None if query.error is None else statement_error(query, query.error),
        transaction=query.transaction,
        relation=query.load.relation if query.load else None,
        stack=query.stack[:MOST_FRAMES],
    )


def shown(params: Sequence[Any]) -> str:
    """Parameters as they are shown: each cut, and the list too; empty where there are none."""
    if not params:
        return ""
    if isinstance(params, dict):
        pairs = list(params.items())[: MOST_PARAMS // 4]
        return cut("{" + ", ".join(f"{short(k)}: {short(v)}" for k, v in pairs) + "}", MOST_PARAMS)
    few = params[: MOST_PARAMS // 2]
    return cut("(" + ", ".join(map(short, few)) + ("," if len(few) == 1 else "") + ")", MOST_PARAMS)


def explainable(query: Query) -> Any:
    """A statement's parameters for EXPLAIN; None where it cannot be asked for.

    What is hidden stays hidden: a plan repeats the values that it was made for.
    """
    given = query.given
    if hides(given) or query.kind == "transaction" or len(query.sql) > MOST_SQL:
        return None
    if weight(given) > MOST_GIVEN:
        return None
    return given if isinstance(given, dict) else tuple(given)


def statement_error(query: Query, error: BaseException) -> str:
    """What a statement failed with; the database's words may repeat values that are hidden."""
    return type(error).__name__ if hides(query.given) else error_text(error)


def error_text(error: BaseException) -> str:
    """An error as it is shown."""
    text = str(error).strip()
    name = type(error).__name__
    return cut(f"{name}: {text}" if text else name, MOST_ERROR)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, or one WebSocket connection.

    Attributes:
        id: its number in the process, from 1.
        method: ``"GET"``, or ``"WS"`` for a WebSocket connection.
        path: what was asked for, with the prefix under which the app is mounted.
        query_string: what stood behind the question mark.
        status: of the response, or the code that a WebSocket was closed with; None if none came.
        error: what it failed with, or None.
        at: when it began, in seconds since 1970.
        seconds: how long it took, until the response was sent or the connection closed.
        statements: the first of its statements.
        count: how many there were.
        database_seconds: for how long at least one of them was running.
        findings: what was found to be wasted, the worst first.
    """

    id: int
    method: str
    path: str
    query_string: str
    status: int | None
    error: str | None
    at: float
    seconds: float
    statements: tuple[Statement, ...]
    count: int
    database_seconds: float
    findings: tuple[Finding, ...]

    @property
    def target(self) -> str:
        """The path with the query string."""
        return f"{self.path}?{self.query_string}" if self.query_string else self.path

    @property
    def failed(self) -> bool:
        """Whether it ended in an error, or in a status that says so."""
        bad = self.status is not None and 500 <= self.status < 600
        return self.error is not None or bad

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        found = sum(2_000 + 2 * len(finding.sql) for finding in self.findings)
        return 2_000 + found + sum(one.weight for one in self.statements)

    def statement(self, number: int) -> Statement | None:
        """The statement with a number, or None."""
        return self.statements[number - 1] if 1 <= number <= len(self.statements) else None


class Busy:
    """For how long at least one statement was running, of any number of them.

    They are told of as they end. So one that began earlier runs into the last stretches of time
    only, and those before are no more than a sum.
    """

    def __init__(self) -> None:
        self._sum = 0.0
        self._last: deque[tuple[float, float]] = deque()

    def add(self, began: float, seconds: float) -> None:
        """Take one more statement."""
        ended = began + seconds
        while self._last and self._last[-1][1] >= began:
            earlier, later = self._last.pop()
            began, ended = min(began, earlier), max(ended, later)
        self._last.append((began, ended))
        if len(self._last) > MOST_STRETCHES:
            first, until = self._last.popleft()
            self._sum += until - first

    @property
    def seconds(self) -> float:
        """The time so far."""
        return self._sum + sum(ended - began for began, ended in tuple(self._last))
