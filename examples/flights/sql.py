"""How is SQL laid out so that a person can read it?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

SHOWN_COLUMNS = 4
SHOWN_PARAMETERS = 6

JOIN = r"(?:(?:LEFT|LEFT OUTER|INNER|CROSS) )?JOIN"
CLAUSE = re.compile(rf"(?:FROM|{JOIN}|WHERE|SET|VALUES|GROUP BY|HAVING|ORDER BY|LIMIT|RETURNING)\b")
PIECE = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"[^"]*"|`[^`]*`)|(?P<open>\()|(?P<close>\))|(?P<space>\s)"""
    rf"|{JOIN}|."
)


class Query(Protocol):
    """What ``capture_queries`` tells of a query."""

    @property
    def sql(self) -> str: ...

    @property
    def params(self) -> Sequence[Any]: ...

    @property
    def seconds(self) -> float: ...


class Shown(NamedTuple):
    """A statement, the parameters of its first run, and how often it ran with how many others."""

    sql: str
    params: Sequence[Any]
    times: int


def grouped(queries: Iterable[Query]) -> list[Shown]:
    """The statements in the order of their first run, each once."""
    shown: dict[str, Shown] = {}
    for query in queries:
        first = shown.get(query.sql, Shown(query.sql, query.params, 0))
        shown[query.sql] = first._replace(times=first.times + 1)
    return list(shown.values())


def laid_out(sql: str, width: int) -> str:
    """The statement with a line per clause and with long lists of columns cut short."""
    lines = []
    for clause in clauses(shortened(sql)):
        lines += textwrap.wrap(
            clause, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    return "\n".join(lines)


def clauses(sql: str) -> Iterator[str]:
    """The clauses of a statement; what stands in parentheses or quotes is left whole."""
    start = 0
    for place, kind in outside(sql):
        if kind == "space" and CLAUSE.match(sql, place + 1):
            yield sql[start:place]
            start = place + 1
    yield sql[start:]


def shortened(sql: str) -> str:
    """The statement without most of the columns that it selects."""
    places = list(outside(sql))
    end = next((at for at, kind in places if kind == "space" and sql.startswith("FROM", at + 1)), 0)
    commas = [at for at, _ in places if sql[at] == "," and at < end]
    if not sql.startswith("SELECT ") or len(commas) <= SHOWN_COLUMNS:
        return sql
    rest = len(commas) + 1 - SHOWN_COLUMNS
    return f"{sql[: commas[SHOWN_COLUMNS - 1]]}, /* {rest} more */{sql[end:]}"


def outside(sql: str) -> Iterator[tuple[int, str | None]]:
    """Place and kind of each piece that is neither in quotes nor in parentheses."""
    depth = 0
    for piece in PIECE.finditer(sql):
        depth += {"open": 1, "close": -1}.get(piece.lastgroup or "", 0)
        if depth == 0 and piece.lastgroup not in ("quoted", "close"):
            yield piece.start(), piece.lastgroup


def parameters(values: Sequence[Any]) -> str:
    """The parameters as one would write them, without most of a long list."""
    shown = ", ".join(map(written, values[:SHOWN_PARAMETERS]))
    more = len(values) - SHOWN_PARAMETERS
    return f"{shown}, … {more} more" if more > 0 else shown


def written(value: Any) -> str:
    """A parameter in short."""
    return str(value) if hasattr(value, "isoformat") else repr(value)
