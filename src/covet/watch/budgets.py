"""Is a piece of code within what it may ask of the databases?"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import BudgetExceeded, ConfigurationError, short
from .events import Query
from .logs import one_line
from .tracker import Captured

MOST_SHOWN = 50


class QueryCount(Captured):
    """A block in which so many statements are sent; made by ``assert_num_queries()``."""

    def __init__(self, number: int, using: str | None) -> None:
        super().__init__(using, transactions=False)
        self.number = number

    def finished(self, failed: bool) -> None:
        """Compare, unless an error ends the block anyway."""
        sent = len(self.queries)
        if not failed and sent != self.number:
            raise AssertionError(
                f"{sent} {_queries(sent)} sent, {self.number} expected:{listed(self.queries)}"
            )


def assert_num_queries(num: int, using: str | None = None) -> QueryCount:
    """Fail unless exactly so many statements are sent in the block.

    Args:
        num: how many.
        using: count only those to the database with this alias.

    Returns:
        A context manager (a plain ``with`` in both colours) that gives the list of statements.

    Raises:
        ConfigurationError: what is no number of queries.
        AssertionError: at the block's end; it lists the statements and the lines that sent them.

    Example:
        >>> with assert_num_queries(1):
        ...     await Post.objects.count()
    """
    _check("assert_num_queries", "num", num, int)
    return QueryCount(num, using)


class Budget(Captured):
    """A block that may ask for so much and no more; made by ``query_budget()``."""

    def __init__(
        self, queries: int | None, rows: int | None, ms: float | None, using: str | None
    ) -> None:
        super().__init__(using, transactions=False)
        self._limits = queries, rows, ms

    def finished(self, failed: bool) -> None:
        """Compare, unless an error ends the block anyway."""
        if failed:
            return
        queries = self.queries
        used = (
            len(queries),
            sum(max(query.rowcount, 0) for query in queries),
            sum(query.seconds for query in queries) * 1000,
        )
        units = (("query", "queries"), ("row", "rows"), ("ms", "ms"))
        over = [
            f"{_amount(amount)} {unit[amount != 1]} of {_amount(limit)}"
            for amount, limit, unit in zip(used, self._limits, units, strict=True)
            if limit is not None and amount > limit
        ]
        if over:
            raise BudgetExceeded(
                f"The block is over its budget: {', '.join(over)}", fix=f"Sent:{listed(queries)}"
            )


def query_budget(
    *,
    queries: int | None = None,
    rows: int | None = None,
    ms: float | None = None,
    using: str | None = None,
) -> Budget:
    """Refuse a block that asked more of the databases than it may.

    Args:
        queries: the most statements.
        rows: the most rows that come back or are touched, of all statements together.
        ms: the most milliseconds that the statements may take together.
        using: count only what goes to the database with this alias.

    Returns:
        A context manager (a plain ``with`` in both colours) that gives the list of statements.

    Raises:
        ConfigurationError: no limit, or one that is no number.
        BudgetExceeded: at the block's end; what was done is not undone by it.

    Example:
        >>> with query_budget(queries=3, rows=100, ms=50):
        ...     posts = await Post.objects.select_related("author")[:20].fetch()
    """
    if queries is None and rows is None and ms is None:
        raise ConfigurationError(
            "A budget without a limit allows everything",
            asked="query_budget()",
            fix="Give it queries=, rows= or ms=.",
        )
    for name, limit, kind in (("queries", queries, int), ("rows", rows, int), ("ms", ms, float)):
        if limit is not None:
            _check("query_budget", name, limit, kind)
    return Budget(queries, rows, ms, using)


def listed(queries: Sequence[Query]) -> str:
    """Statements for a message, a line each, with the lines of code that sent them."""
    lines = [
        f"\n{n:>4}. {one_line(str(query))}" + (f"\n      at {query.site}" if query.site else "")
        for n, query in enumerate(queries[:MOST_SHOWN], 1)
    ]
    more = len(queries) - MOST_SHOWN
    return "".join(lines) + (f"\n      and {more} more" if more > 0 else "")


def _queries(number: int) -> str:
    return "query was" if number == 1 else "queries were"


def _amount(amount: float) -> str:
    return f"{amount:,.1f}" if isinstance(amount, float) else f"{amount:,}"


def _check(call: str, name: str, value: object, kind: type[int] | type[float]) -> None:
    kinds = (int,) if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not value >= 0:
        raise ConfigurationError(
            f"{short(value)} is no limit",
            asked=f"{call}({name}={short(value)})",
            fix="Give a number from 0.",
        )
