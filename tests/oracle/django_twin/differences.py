"""Where is covet meant to answer otherwise than Django? Each place, with its reason and an example.

Where a ``Difference`` holds for a condition and two values, Django's answer is not looked at. What
a ``Refusal`` holds for is not asked, as Django raises an error. What is in ``IN_TREES`` comes of
how conditions are put together; ``verdicts`` knows of these.

``tests/_async/test_oracle_django.py`` shows of each example that Django still answers otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..meaning import INT64, compare
from ..reference import Step
from ..tables import TABLES, Row, ToOne, World
from ..tree import Arithmetic, Condition, Constant, Group, Negation, Path, Transform, Tree
from .leaf import Leaf

SQLITE, POSTGRESQL, MYSQL = "sqlite", "postgresql", "mysql"
EVERYWHERE = (SQLITE, POSTGRESQL, MYSQL)
CONTAINING = ("contains", "startswith", "endswith")
FOLDED = ("iexact", "icontains", "istartswith", "iendswith")


@dataclass(frozen=True)
class Example:
    """Rows, and a call of filter() or exclude() about those of one table."""

    condition: Tree
    verb: Any = "filter"
    table: str = "post"
    author: Sequence[Row] = ()
    post: Sequence[Row] = ()

    @property
    def world(self) -> World:
        """The rows, with NULL in all columns that are not given."""
        return World({"author": rows("author", self.author), "post": rows("post", self.post)})

    @property
    def step(self) -> Step:
        """The call."""
        return Step(self.verb, self.condition)


def rows(table: str, given: Sequence[Row]) -> list[Row]:
    """Rows of a table, completed."""
    relations = TABLES[table].relations.items()
    names = [*TABLES[table].columns, *(f"{n}_id" for n, to in relations if isinstance(to, ToOne))]
    needed = {"name": ""} if table == "author" else {"title": "", "views": 0}
    return [{**dict.fromkeys(names), **needed, "id": n, **row} for n, row in enumerate(given, 1)]


@dataclass(frozen=True)
class Difference:
    """Where answers differ: why, on which databases, and for which conditions and values."""

    reason: str
    on: Sequence[str]
    example: Example
    holds: Callable[[Leaf, Any, Any], bool] = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    """What Django cannot be asked: why, on which databases, and which conditions."""

    reason: str
    on: Sequence[str]
    example: Example
    holds: Callable[[Leaf], bool] = field(repr=False)


@dataclass(frozen=True)
class InTrees:
    """What makes answers to conditions in one another differ."""

    reason: str
    on: Sequence[str]
    example: Example


def _leaf(column: str, lookup: str, right: Any, *steps: str) -> Condition:
    return Condition(Path(steps, column), lookup, right)


def _of(column: str, lookup: str, right: Any, held: Any) -> Example:
    """A condition on a column of a post, which holds a value."""
    return Example(_leaf(column, lookup, right), post=[{column: held}])


def _matters(*lookups: str) -> Callable[[Leaf, Any, Any], bool]:
    """Whether it would be answered otherwise if case counted, or if it did not."""

    def holds(leaf: Leaf, left: Any, right: Any) -> bool:
        if leaf.lookup not in lookups or left is None:
            return False
        as_is = leaf.lookup.removeprefix("i")
        return compare(as_is, left, right) is not compare(f"i{as_is}", left, right)

    return holds


def _beyond_ascii(*lookups: str) -> Callable[[Leaf, Any, Any], bool]:
    def holds(leaf: Leaf, left: Any, right: Any) -> bool:
        if leaf.lookup not in lookups or left is None:
            return False
        return not (left.isascii() and right.isascii())

    return holds


def _has_fraction(leaf: Leaf, left: Any, right: Any) -> bool:
    if leaf.column is None or leaf.column.kind not in ("integer", "biginteger"):
        return False
    return any(isinstance(v, float | Decimal) and v != int(v) for v in leaf.constants)


DIFFERENCES: Sequence[Difference] = (
    Difference(
        "covet stores decimals in SQLite as text, exactly; Django as floating-point numbers",
        (SQLITE,),
        _of("price", "lt", Decimal(9), Decimal(10)),
        lambda leaf, left, right: "decimal" in leaf.kinds,
    ),
    Difference(
        "SQLite's LIKE ignores the case of ASCII; in covet, only the lookups with an i do",
        (SQLITE,),
        _of("title", "contains", "a", "A"),
        _matters(*CONTAINING),
    ),
    Difference(
        "SQLite's LIKE knows the case of ASCII only; covet's lookups know that of all letters",
        (SQLITE,),
        _of("title", "icontains", "\u00e9", "\u00c9"),
        _beyond_ascii(*FOLDED),
    ),
    Difference(
        '~* in a column with the collation "C", as covet makes them, knows the case of ASCII only',
        (POSTGRESQL,),
        _of("title", "iregex", "\u00e9", "\u00c9"),
        _beyond_ascii("iregex"),
    ),
    Difference(
        "in a column that compares by code point, as covet makes them, LIKE ignores no case",
        (MYSQL,),
        _of("title", "icontains", "a", "A"),
        _matters(*FOLDED),
    ),
    Difference(
        "REGEXP in a column that compares by code point ignores no case",
        (MYSQL,),
        _of("title", "iregex", "a", "A"),
        lambda leaf, left, right: leaf.lookup == "iregex",
    ),
    Difference(
        "REGEXP BINARY matches bytes; in covet, characters",
        (MYSQL,),
        _of("title", "regex", "^.$", "\u00e9"),
        _beyond_ascii("regex"),
    ),
    Difference(
        "Django cuts off the fraction of what a whole number is compared with; covet compares it",
        EVERYWHERE,
        _of("views", "gt", -1.5, -1),
        _has_fraction,
    ),
    Difference(
        "Django decides by itself about whole numbers beyond the column, as if it had no NULL",
        EVERYWHERE,
        _of("likes", "lt", 2**63, None),
        lambda leaf, left, right: left is None and leaf.is_beyond(),
    ),
    Difference(
        "/ between whole numbers has a fraction in MariaDB; covet cuts it off",
        (MYSQL,),
        Example(
            Condition(Arithmetic("/", Path((), "views"), Constant(2)), "exact", 0, "f"),
            post=[{"views": 1}],
        ),
        lambda leaf, left, right: any(part.operator == "/" for part in leaf.sums),
    ),
)

REFUSALS: Sequence[Refusal] = (
    Refusal(
        "Django sends whole numbers beyond 64 bits in a list or a range, which SQLite cannot take",
        (SQLITE,),
        _of("likes", "in", (2**63,), 1),
        lambda leaf: (
            leaf.lookup in ("in", "range")
            and any(isinstance(v, int) and v not in INT64 for v in leaf.constants)
        ),
    ),
    Refusal(
        "Django looks for an ISO year between its first day and the next one's, which 9999 has not",
        EVERYWHERE,
        Example(Condition(Transform("iso_year", Path((), "day")), "exact", 9999)),
        lambda leaf: isinstance(leaf.condition.left, Transform) and 9999 in leaf.constants,
    ),
    Refusal(
        "whole numbers of 32 bits overflow in PostgreSQL; covet calculates in 64 bits",
        (POSTGRESQL,),
        Example(
            Condition(Arithmetic("+", Path((), "views"), Constant(1)), "gt", 0, "f"),
            post=[{"views": 2**31 - 1}],
        ),
        lambda leaf: bool(leaf.sums) and not leaf.is_small(),
    ),
    Refusal(
        "division by zero is an error in PostgreSQL, and NULL in covet",
        (POSTGRESQL,),
        Example(
            Condition(Arithmetic("/", Constant(1), Path((), "views")), "gt", 0, "f"),
            post=[{"views": 0}],
        ),
        lambda leaf: any(part.operator in "/%" for part in leaf.sums),
    ),
    Refusal(
        "Django adds its column to the query that it excludes, but not the join that leads there",
        EVERYWHERE,
        Example(
            Condition(
                Path(("author", "apprentices"), "score"),
                "exact",
                Arithmetic("+", Path((), "views"), Constant(1)),
            ),
            "exclude",
        ),
        lambda leaf: False,  # only under a negation, which verdicts looks at
    ),
)


IN_TREES: Sequence[InTrees] = (
    InTrees(
        "a negation in Django is SQL's NOT, which loses rows where a condition is unknown; Django"
        " keeps these only where a column is compared, under an odd number of negations",
        EVERYWHERE,
        Example(
            _leaf("views", "exact", Arithmetic("+", Path((), "likes"), Constant(1))),
            "exclude",
            post=[{"likes": None}],
        ),
    ),
    InTrees(
        "under a negation, Django asks about each to-many condition by itself, so that"
        " exclude(a, b) is not the complement of filter(a, b)",
        EVERYWHERE,
        Example(
            Group(
                "AND", (_leaf("title", "exact", "a", "posts"), _leaf("views", "exact", 1, "posts"))
            ),
            "exclude",
            "author",
            author=[{}],
            post=[{"title": "a", "author_id": 1}, {"views": 1, "author_id": 1}],
        ),
    ),
    InTrees(
        "where something is joined as well, Django asks in place of all related rows about the"
        " joined one, and at times about that of another relation",
        EVERYWHERE,
        Example(
            Group(
                "AND",
                (
                    _leaf("title", "exact", "a", "posts"),
                    Negation(_leaf("views", "exact", 1, "posts")),
                ),
            ),
            "filter",
            "author",
            author=[{}],
            post=[{"title": "a", "author_id": 1}, {"views": 1, "author_id": 1}],
        ),
    ),
    InTrees(
        "XOR in MariaDB is unknown if one of its conditions is",
        (MYSQL,),
        Example(
            Group("XOR", (_leaf("views", "exact", 0), _leaf("likes", "exact", 1))),
            post=[{"likes": None}],
        ),
    ),
    InTrees(
        "Django takes a XOR in MariaDB for true as soon as one of its conditions always is",
        (MYSQL,),
        Example(
            Group("XOR", (_leaf("views", "exact", 0), Negation(_leaf("likes", "in", ())))),
            post=[{}],
        ),
    ),
    InTrees(
        "Django joins from inside what an AND or a NOT in a XOR reads, and loses rows without"
        " related ones",
        EVERYWHERE,
        Example(
            Group(
                "XOR",
                (
                    _leaf("views", "exact", 0),
                    Group(
                        "AND",
                        (
                            _leaf("score", "exact", 1, "author"),
                            _leaf("name", "exact", "", "author"),
                        ),
                    ),
                ),
            ),
            post=[{}],
        ),
    ),
)


def is_refused(leaf: Leaf, kind: str) -> bool:
    """Whether Django cannot be asked on a database."""
    return any(kind in refusal.on and refusal.holds(leaf) for refusal in REFUSALS)


def is_different(leaf: Leaf, kind: str, left: Any, right: Any) -> bool:
    """Whether Django may answer otherwise for two values on a database."""
    return any(kind in one.on and one.holds(leaf, left, right) for one in DIFFERENCES)
