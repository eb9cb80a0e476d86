"""What was found, and how is it told? As text, and as data for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .logs import one_line
from .sites import Site

FindingKind: TypeAlias = Literal["n_plus_one", "repeated", "count_then_fetch", "unused"]

TITLES: dict[FindingKind, str] = {
    "n_plus_one": "N+1 QUERY",
    "repeated": "REPEATED QUERY",
    "count_then_fetch": "COUNT BEFORE FETCH",
    "unused": "UNUSED EAGER LOAD",
}
"""The kinds, the worst first."""

WASTES: frozenset[FindingKind] = frozenset({"n_plus_one", "repeated"})
"""The kinds that are errors where errors are asked for; the others are advice."""

RULE = "=" * 80
WIDTH = 79


@dataclass(frozen=True, slots=True)
class Finding:
    """Queries that another way of asking would have made unnecessary.

    Attributes:
        kind: ``"n_plus_one"`` for a relation asked for once for each of many rows, ``"repeated"``
            for other queries of one shape from one line, ``"count_then_fetch"`` for rows that were
            counted, or asked whether they are there, and fetched as well, ``"unused"`` for what
            was loaded in advance and never touched.
        count: how many queries.
        sql: their text, with lists of any length as ``(…)``; no parameters.
        seconds: what they took in vain: all but the first, and of the last two kinds all of them.
        relation: the relation with its model, ``"Author.posts"``; None where there is none.
        model: the model whose rows are asked for; None for raw SQL.
        site: the line that sent them.
        source: the line of the queryset that is to be changed; None where that is not known.
        fix: what to write: ``select_related("author")``.
        suggestion: the same in words.
        stack: the lines of the user's code that led to the first of them, innermost first.
        serials: the numbers of the queries.
    """

    kind: FindingKind
    count: int
    sql: str
    seconds: float
    relation: str | None
    model: str | None
    site: Site | None
    source: Site | None
    fix: str
    suggestion: str
    stack: tuple[Site, ...]
    serials: tuple[int, ...]

    @property
    def title(self) -> str:
        """The headline: ``N+1 QUERY DETECTED (WARNING)``."""
        return f"{TITLES[self.kind]} DETECTED (WARNING)"

    def text(self) -> str:
        """The report for people."""
        times = "once" if self.count == 1 else f"{self.count} times"
        lines = [RULE, self.title, RULE, f"Query executed {times}:", f"  {one_line(self.sql)}", ""]
        if self.seconds:
            lines += [f"Total time wasted: {self.seconds * 1000:.2f}ms", ""]
        lines += ["OPTIMIZATION SUGGESTION:", *_wrapped(self.suggestion), ""]
        if self.source is not None:
            lines += ["Queryset to change:", *_traced([self.source]), ""]
        lines += ["First occurrence stack trace:", *_traced(reversed(self.stack)), RULE]
        return "\n".join(lines)

    __str__ = text

    def as_dict(self) -> dict[str, Any]:
        """The same for programs: nothing but texts, numbers, lists and dictionaries."""
        return {
            "kind": self.kind,
            "count": self.count,
            "sql": self.sql,
            "seconds": self.seconds,
            "relation": self.relation,
            "model": self.model,
            "site": _as_dict(self.site),
            "source": _as_dict(self.source),
            "fix": self.fix,
            "suggestion": self.suggestion,
            "stack": [_as_dict(site) for site in self.stack],
            "serials": list(self.serials),
        }


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _traced(sites: Iterable[Site]) -> list[str]:
    """Lines of code as Python's tracebacks have them."""
    lines: list[str] = []
    for site in sites:
        name = site.function.rpartition(".")[2]
        lines.append(f'  File "{site.path}", line {site.line}, in {name}')
        if site.source:
            lines.append(f"    {site.source}")
    return lines


def _as_dict(site: Site | None) -> dict[str, Any] | None:
    if site is None:
        return None
    return {
        "file": site.path,
        "line": site.line,
        "function": site.function,
        "source": site.source,
    }
