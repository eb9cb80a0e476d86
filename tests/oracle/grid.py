"""Which values are tried each against each, without chance, for every lookup and every operator?

Random conditions seldom meet the one pair of values on which two databases differ; a grid of all
pairs always does, and is quick, as the database goes through it in a query or an update.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from .meaning import Unspecified, arithmetic, stored
from .strategies.places import PARTS
from .strategies.values import DATES, DURATIONS, TIMES, UUIDS
from .tables import POST

LETTERS = ("a", "A", "ab", "aB", "AB", "\u00e9", "\u00c9", "\u00f1", "\u00d1", "\u042f", "\u044f")
MARKS = ("%", "_", "\\", "*", "?", "[a]", "[", "]", "^a", ".", "'", '"', "a%b", "a_b", "a\\b")
SPACES = ("", " ", "a ", " a", "a\nb", "\n", "\t", "\r\n")
OTHERS = ("e\u0301", "\U0001f600", "a\U0001f600", "\u00ff", "\uffee", "\u2028")
TEXTS = (*LETTERS, *MARKS, *SPACES, *OTHERS)

WEIGHTS = ("0", "1", "-1", "0.0000000001", "1e27", "1e18", f"{'9' * 28}.{'9' * 10}")
MOMENTS = tuple(
    datetime.datetime.combine(day, hour, datetime.UTC) for day in DATES for hour in TIMES
)
YEARS = (4, 1000, 1582, 1999, 2000, 2004, 2008, 2009, 2015, 2016, 2020, 2021, 2024, 2025, 2026)
TURNS = ((1, 1), (1, 2), (1, 3), (1, 4), (2, 28), (3, 31), (4, 1), (9, 30), (12, 29), (12, 31))
DAYS = (*DATES, *(datetime.date(year, *turn) for year in YEARS for turn in TURNS))

VALUES: Mapping[str, Sequence[Any]] = {
    "title": TEXTS,
    "body": TEXTS,
    "views": (0, 1, -1, 2, -2, 3, 7, -7, 100, 2**31 - 1, -(2**31)),
    "likes": (0, 1, -1, 2, 7, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)),
    "ratio": (0.0, 0.5, -1.5, 0.1, 0.2, 0.3, 1.0, 3.14, 1e-7, 1e10, 1e300, 5e-324, -1e100),
    "price": tuple(Decimal(n).scaleb(-2) for n in (0, 1, -1, 10, 30, 100, 110, 250, 10**12 - 1)),
    "weight": tuple(stored(Decimal(weight), "decimal", 10) for weight in WEIGHTS),
    "day": DAYS,
    "posted": MOMENTS,
    "starts": TIMES,
    "took": DURATIONS,
    "token": UUIDS,
    "blob": (b"", b"\0", b"a", b"A", b"a\0", b"ab", b"\xff", b"%", b"\\", b"'"),
}
"""For columns of posts, what they hold and what they are compared with."""

ORDER = ("exact", "gt", "gte", "lt", "lte")
CONTAINING = ("contains", "startswith", "endswith")
FOLDED = ("iexact", "icontains", "istartswith", "iendswith")
HUGE = (2**63, -(2**63) - 1, 10**30, -(10**30))
FRACTIONS = (0.5, -0.5, Decimal("2.5"))


def lookups(column: str) -> Sequence[str]:
    """The lookups that compare a column with one value."""
    return (*ORDER, *CONTAINING, *FOLDED) if column in ("title", "body") else ORDER


def questions(column: str) -> Iterator[tuple[str, Any]]:
    """Every lookup of a column with every value, and numbers with those of other types."""
    yield from itertools.product(lookups(column), VALUES[column])
    if column in ("views", "likes"):
        yield from itertools.product(ORDER, HUGE)
        yield from itertools.product(ORDER[1:], FRACTIONS)
    if column in ("ratio", "price", "weight"):
        yield from itertools.product(ORDER, (0, 1, -1, *HUGE))
    if column in ("price", "weight"):
        yield from itertools.product(ORDER, (Decimal("0.001"), Decimal("1e-20"), 0.1))


PAIRS: Sequence[tuple[str, str]] = (
    ("title", "body"),
    ("views", "likes"),
    ("views", "ratio"),
    ("views", "price"),
    ("likes", "weight"),
    ("price", "ratio"),
    ("price", "weight"),
)
"""Columns that are compared with one another."""

SMALL = VALUES["views"][:9]
FLOATS = (0.0, 0.5, 1.5, -0.5, -1.5, 0.1, 0.2, 0.3, 1.0, -1.0, 3.14, 1e-7, 1e10, 123456.789)
SUMS: Mapping[tuple[str, str], tuple[str, str, Sequence[Any], Sequence[Any]]] = {
    ("views", "likes"): ("+-*/%", "likes", VALUES["views"], (*SMALL, 2**31)),
    ("views", "ratio"): ("+-*/", "ratio", VALUES["views"], FLOATS),
    ("ratio", "views"): ("+-*/", "ratio", FLOATS, VALUES["views"]),
    ("views", "price"): ("+-*/%", "weight", VALUES["views"], VALUES["price"]),
    ("price", "views"): ("+-*/%", "weight", VALUES["price"], VALUES["views"]),
    ("price", "ratio"): ("+-*/", "ratio", VALUES["price"], FLOATS),
}
"""Columns that are calculated with: the operators, the column for the result, the values."""


def rows_of(**columns: Sequence[Any]) -> list[dict[str, Any]]:
    """A post for each combination of the columns' values, and NULL elsewhere."""
    rows = itertools.product(*columns.values())
    return [
        {"id": id, "title": "", "views": 0, **dict(zip(columns, row, strict=True))}
        for id, row in enumerate(rows, 1)
    ]


def with_null(column: str, values: Sequence[Any]) -> Sequence[Any]:
    """The values, and NULL where the column can be."""
    return (*values, None) if POST.columns[column].null else values


def differing(found: Sequence[int], expected: Sequence[int], shown: Mapping[int, Any]) -> Any:
    """What is too much and what is missing; None where nothing is."""
    extra, missing = set(found) - set(expected), set(expected) - set(found)
    if not extra and not missing:
        return None
    return {"extra": [shown[n] for n in extra], "missing": [shown[n] for n in missing]}


def calculated(operator: str, left: Any, right: Any, target: str) -> Any:
    """What an update stores; NotImplemented where the databases are free to differ."""
    try:
        result = arithmetic(operator, left, right)
    except Unspecified:
        return NotImplemented
    column = POST.columns[target]
    return stored(result, column.kind, column.places)


def parts() -> list[tuple[str, str]]:
    """Every part of every column that has parts."""
    kinds = {name: column.kind for name, column in POST.columns.items()}
    return [(name, part) for name, kind in kinds.items() for part in PARTS.get(kind, ())]
