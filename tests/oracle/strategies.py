"""Which data, conditions and orderings are tried? Widen the language here.

Values come from small pools with the edges in them, and what a condition compares with is often
taken from the data, so that conditions are true of some rows and not of others.
"""

from __future__ import annotations

import decimal
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from .meaning import TRANSFORMS, Unspecified
from .reference import Reference, Step, Term, breadth
from .tables import TABLES, Column, Row, Table, ToMany, ToOne, World, table_at
from .tree import (
    Arithmetic,
    Condition,
    Constant,
    Expression,
    Group,
    Path,
    Transform,
    Tree,
    negate,
)

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""Twenty times the examples, for a night or before a release."""

MOST_COMBINATIONS = 3000
"""Of joined rows, so that the reference stays quick."""


def examples(number: int) -> settings:
    """How a test of the oracle runs: ``number`` examples, or many more when thorough.

    Explaining a failure takes more runs than finding it, and the note on the failing question says
    it better.
    """
    return settings(
        max_examples=number * 20 if THOROUGH else number,
        deadline=None,
        print_blob=True,
        report_multiple_bugs=THOROUGH,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        # The database with its empty tables outlives the examples: each leaves it as it was.
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


# --- values ------------------------------------------------------------------------------------

# é and É, ñ and Ñ, я and Я have one-character counterparts that every database agrees upon; the
# combining accent makes "é" of two characters, which is another text.
LETTERS = "aAbBeE" + "\u00e9\u00c9\u00f1\u00d1" + "\u044f\u042f"
SPECIAL = "%_\\*?[]^.-'\"; 1" + "\u0301" + "\U0001f600"
BREAKS = "\n\t\r"

DATES = (
    date(1, 1, 1),
    date(999, 12, 31),
    date(1900, 2, 28),
    date(1969, 12, 31),
    date(1970, 1, 1),
    date(2000, 2, 29),
    date(2018, 12, 30),  # a Sunday
    date(2018, 12, 31),  # of ISO year 2019
    date(2020, 12, 31),  # of ISO week 53
    date(2021, 1, 3),  # of ISO year 2020
    date(2024, 7, 1),
    date(9999, 12, 31),
)
TIMES = (
    time(0, 0),
    time(0, 0, 0, 1),
    time(9, 30),
    time(9, 30, 15),
    time(12, 0, 0, 500_000),
    time(23, 59, 59),
    time(23, 59, 59, 999_999),
)
DURATIONS = (
    timedelta(),
    timedelta(microseconds=1),
    timedelta(microseconds=-1),
    timedelta(minutes=90),
    timedelta(minutes=-90),
    timedelta(hours=24),
    timedelta(days=30),
    timedelta(days=31),
    timedelta(days=-400, microseconds=5),
    timedelta(days=100_000, hours=5),
)
UUIDS = (UUID(int=0), UUID(int=1), UUID(int=2**127), UUID("12345678-9abc-def0-1234-56789abcdef0"))
FLOATS = (0.0, 0.5, 1.5, -0.5, 0.1, 0.2, 0.3, 2.5, 1e-7, 1e10, 123456.789, 1e100, -1e100)
HUGE = (2**63, -(2**63) - 1, 10**30, -(10**30))
ZONES = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8)))

small_integers = st.integers(-3, 3)
lines = st.text(st.sampled_from(LETTERS * 2 + SPECIAL), max_size=5)
texts = st.text(st.sampled_from(LETTERS * 2 + SPECIAL + BREAKS), max_size=5)


def decimals(column: Column) -> st.SearchStrategy[Decimal]:
    """Decimals that a column can hold, with all its places."""
    most = 10**column.digits - 1
    units = st.integers(-250, 250) | st.sampled_from((most, -most, most // 10**column.places))
    return units.map(lambda n: Decimal(n).scaleb(-column.places, _WIDE))


_WIDE = decimal.Context(prec=100)

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "key": st.integers(1, 8) | st.integers(101, 108),
    "line": lines,
    "text": texts,
    "integer": small_integers | st.sampled_from((7, 100, 2**31 - 1, -(2**31))),
    "biginteger": small_integers | st.sampled_from((2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63))),
    "float": st.sampled_from(FLOATS) | small_integers.map(float),
    "boolean": st.booleans(),
    "date": st.sampled_from(DATES) | st.dates(),
    "time": st.sampled_from(TIMES) | st.times(),
    "datetime": st.builds(
        lambda day, hour: datetime.combine(day, hour, UTC),
        st.sampled_from(DATES),
        st.sampled_from(TIMES),
    )
    | st.datetimes(timezones=st.just(UTC)),
    "duration": st.sampled_from(DURATIONS),
    "uuid": st.sampled_from(UUIDS) | st.uuids(),
    "binary": st.sampled_from((b"", b"\0", b"a", b"A", b"a\0", b"\xff", b"%"))
    | st.binary(max_size=3),
}


def mostly(usual: st.SearchStrategy[T], other: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Two times out of three the usual."""
    return st.integers(0, 2).flatmap(lambda n: usual if n else other)


@st.composite
def some(draw: Draw[Any], of: st.SearchStrategy[T], most: int, least: int = 0) -> list[T]:
    """A list whose longer lengths are likelier; ``st.lists`` prefers the ends."""
    lengths = [length for length in range(least, most + 1) for _ in range(1 + min(length, 3))]
    length = draw(st.sampled_from(lengths))
    found: list[T] = draw(st.lists(of, min_size=length, max_size=length))
    return found


def values(column: Column) -> st.SearchStrategy[Any]:
    """What a column can hold, without NULL."""
    return decimals(column) if column.kind == "decimal" else VALUES[column.kind]


# --- data --------------------------------------------------------------------------------------

FIRST_ID = {"author": 1, "post": 101}
"""So that a key of the wrong table is seen."""
MOST_ROWS = {"author": 6, "post": 8}


@st.composite
def worlds(draw: Draw[Any]) -> World:
    """A few authors and posts; any foreign key and any nullable column may be NULL."""
    rows: dict[str, list[Row]] = {}
    for name, table in TABLES.items():
        many = some(_rows(table), MOST_ROWS[name])
        rows[name] = []
        for id, row in enumerate(draw(many), FIRST_ID[name]):
            keys = {
                f"{relation}_id": draw(_keys(rows[to.target], id if to.target == name else None))
                for relation, to in table.relations.items()
                if isinstance(to, ToOne)
            }
            rows[name].append({"id": id, **row, **keys})
    return World(rows)


def _rows(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            name: mostly(values(column), st.none()) if column.null else values(column)
            for name, column in table.columns.items()
            if column.kind != "key"
        }
    )


def _keys(targets: Sequence[Row], own: int | None) -> st.SearchStrategy[int | None]:
    """A key of an earlier row, of the row itself, or NULL: so that rows can be inserted at once."""
    there = [row["id"] for row in targets] + ([] if own is None else [own])
    return mostly(st.sampled_from(there), st.none()) if there else st.none()


# --- lookups -----------------------------------------------------------------------------------

ORDER = ("gt", "gte", "lt", "lte")
COMPARING = ("exact", *ORDER, "in", "range", "isnull")
CONTAINING = ("contains", "startswith", "endswith")
FOLDED = ("iexact", "icontains", "istartswith", "iendswith")
TEXTUAL = (*COMPARING, *CONTAINING, *FOLDED, "regex", "iregex")

LOOKUPS: Mapping[str, Sequence[str]] = {
    "boolean": ("exact", "in", "isnull"),
    "line": TEXTUAL,
    "text": TEXTUAL,
}

DAY_PARTS = ("year", "month", "day", "quarter", "week", "week_day", "iso_year", "iso_week_day")
CLOCK_PARTS = ("hour", "minute", "second")
PARTS: Mapping[str, Sequence[str]] = {
    "date": DAY_PARTS,
    "time": CLOCK_PARTS,
    "datetime": (*DAY_PARTS, *CLOCK_PARTS, "date", "time"),
}

TEXTS = ("line", "text")
NUMBERS = ("integer", "biginteger", "float", "decimal")
OTHERS = ("boolean", "date", "datetime", "time", "duration", "uuid", "binary")
COMPARABLE: Sequence[Sequence[str]] = (
    ("integer", "float", "decimal"),
    ("integer", "biginteger", "decimal"),  # beside a float, 64 bits do not fit
    ("line", "text"),
    *((kind,) for kind in ("key", "boolean", "date", "time", "datetime", "duration")),
    *((kind,) for kind in ("uuid", "binary")),
)
"""Kinds whose columns can stand on both sides of a comparison."""

RELATION_PATHS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "author": (
        ("mentor",),
        ("mentor", "mentor"),
        ("posts",),
        ("apprentices",),
        ("apprentices", "posts"),
        ("mentor", "posts"),
        ("mentor", "apprentices"),
        ("posts", "author"),
        ("posts", "author", "mentor"),
    ),
    "post": (
        ("author",),
        ("author", "mentor"),
        ("author", "posts"),
        ("author", "apprentices"),
        ("author", "mentor", "posts"),
        ("author", "apprentices", "posts"),
    ),
}


@dataclass(frozen=True)
class Place:
    """Where a condition may look: a table's rows, reached by a path of relations."""

    world: World
    table: str
    steps: tuple[str, ...]

    def columns(self, kinds: Sequence[str]) -> list[tuple[Path, Column]]:
        """The columns of some kinds."""
        found = TABLES[self.table].columns.items()
        return [(Path(self.steps, name), c) for name, c in found if c.kind in kinds]

    def values(self, path: Path, column: Column) -> st.SearchStrategy[Any]:
        """What to compare a column with: mostly values that it has."""
        found = {row[path.column]: None for row in self.world.rows[self.table]}
        known = [value for value in found if value is not None]
        return mostly(st.sampled_from(known), values(column)) if known else values(column)


def conditions(places: Sequence[Place]) -> st.SearchStrategy[Condition]:
    """One leaf, of any form."""
    return st.sampled_from(places).flatmap(
        lambda place: st.one_of(
            columns(place, TEXTS),
            columns(place, NUMBERS),
            columns(place, OTHERS),
            parts(place),
            keys(place),
            columns_compared(place, places),
            calculated(places),
        )
    )


@st.composite
def columns(draw: Draw[Any], place: Place, kinds: Sequence[str]) -> Condition:
    """A column compared with a value: ``posts__title__icontains="a"``."""
    path, column = draw(st.sampled_from(place.columns(kinds)))
    lookup = draw(st.sampled_from(LOOKUPS.get(column.kind, COMPARING)))
    value = place.values(path, column)
    return Condition(path, lookup, draw(operands(column, lookup, value)), draw(wordings(path)))


def wordings(path: Path) -> st.SearchStrategy[Any]:
    """As a keyword, as ``F(...)``, or as the model's attribute where the column is its own."""
    is_own = not path.steps and path.column not in ("pk", "author_id", "mentor_id")
    return st.sampled_from(("keyword", "f", "typed") if is_own else ("keyword", "f"))


def operands(column: Column, lookup: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What stands on the right side of a lookup of a column."""
    kind = column.kind
    if lookup == "isnull":
        return st.booleans()
    if lookup == "range":
        return st.tuples(value, value)
    if lookup == "in":
        return st.lists(st.none() | value, max_size=4).map(tuple) | st.lists(value, max_size=3)
    if lookup in CONTAINING or lookup in FOLDED:
        return value.flatmap(pieces)
    if lookup in ("regex", "iregex"):
        return regexes(anchored_at_end=kind == "line")
    if kind in ("integer", "biginteger"):
        value = value | st.sampled_from(HUGE)
    if kind == "datetime":  # the same moment in other words
        value = value.flatmap(in_some_zone)
    return st.none() | value if lookup == "exact" else value


def in_some_zone(moment: datetime) -> st.SearchStrategy[datetime]:
    """The same moment in some time zone."""
    if not 1 < moment.year < 9999:
        return st.just(moment)
    return st.sampled_from(ZONES).map(moment.astimezone)


@st.composite
def pieces(draw: Draw[Any], text: str) -> str:
    """A part of a text, now and then in the other case."""
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, len(text)))
    piece = text[start:stop]
    swapped: bool = draw(st.integers(0, 2).map(lambda n: n == 2))
    return piece.swapcase() if swapped else piece


@st.composite
def regexes(draw: Draw[Any], anchored_at_end: bool) -> str:
    """A regular expression in what all databases and Python have in common.

    ``.`` and ``$`` differ where a text has line breaks, so they are left to texts without.
    """
    letter = st.sampled_from(LETTERS + SPECIAL).map(escaped)
    several = st.lists(st.sampled_from(LETTERS + "%_1 "), min_size=1, max_size=3, unique=True)
    one_of = several.map("".join)
    atom = st.one_of(
        letter,
        one_of.map("[{}]".format),
        one_of.map("[^{}]".format),
        st.tuples(letter, letter).map("({0[0]}|{0[1]})".format),
        *([st.just(".")] if anchored_at_end else []),
    )
    atoms = draw(st.lists(st.tuples(atom, st.sampled_from(("", "", "*", "+", "?"))), max_size=3))
    body = "".join(atom + times for atom, times in atoms) or draw(letter)
    start = draw(st.sampled_from(("", "", "^")))
    end = draw(st.sampled_from(("", "", "$"))) if anchored_at_end else ""
    return f"{start}{body}{end}"


def escaped(letter: str) -> str:
    """A letter that means itself in a regular expression of every database."""
    return f"\\{letter}" if letter in "\\^$.|?*+()[]{}" else letter


@st.composite
def keys(draw: Draw[Any], place: Place) -> Condition:
    """A relation, or a key: ``author=1``, ``posts__isnull=True``, ``author_id__in=[1]``."""
    table = TABLES[place.table]
    own = [Path(place.steps, "pk"), Path(place.steps, "id")]
    held = [
        Path(place.steps, f"{n}_id") for n, to in table.relations.items() if isinstance(to, ToOne)
    ]
    related = [Path((*place.steps, name), "") for name in table.relations]
    path = draw(st.sampled_from([*related, *held, *own]))
    lookup = draw(st.sampled_from(("isnull", "exact", "in", "isnull", "gt")))
    known = [row["id"] for name in TABLES for row in place.world.rows[name]]
    value = mostly(st.sampled_from(known), VALUES["key"]) if known else VALUES["key"]
    key = {"isnull": st.booleans(), "in": st.lists(st.none() | value, max_size=3)}
    said: Any = draw(wordings(path)) if path.column else "keyword"
    operand = st.none() | value if lookup == "exact" else key.get(lookup, value)
    return Condition(path, lookup, draw(operand), said)


@st.composite
def parts(draw: Draw[Any], place: Place) -> Condition:
    """A part of a moment: ``posts__posted__year__gte=2000``."""
    path, column = draw(st.sampled_from(place.columns(tuple(PARTS))))
    name = draw(st.sampled_from(PARTS[column.kind]))
    moment = place.values(path, column)
    inner = Column({"date": "date", "time": "time"}.get(name, "part"))
    lookup = draw(st.sampled_from(("exact", *COMPARING)))
    value = moment.map(TRANSFORMS[name])
    left = Transform(name, path)
    return Condition(left, lookup, draw(operands(inner, lookup, value)), "keyword")


@st.composite
def columns_compared(draw: Draw[Any], place: Place, places: Sequence[Place]) -> Condition:
    """A column compared with another: ``views__gt=F("author__score")``."""
    kinds = draw(st.sampled_from([k for k in COMPARABLE if place.columns(k)]))
    left, column = draw(st.sampled_from(place.columns(kinds)))
    other = draw(st.sampled_from([p for p in places if p.columns(kinds)]))
    right, _ = draw(st.sampled_from(other.columns(kinds)))
    lookups: Sequence[str] = ("exact",) if column.kind == "boolean" else ("exact", *ORDER)
    if column.kind in ("line", "text"):
        lookups = (*lookups, *CONTAINING, *FOLDED)
    return Condition(left, draw(st.sampled_from(lookups)), right, draw(wordings(left)))


# --- arithmetic --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """Which columns and constants can be calculated with one another, and how."""

    kinds: Sequence[str]
    operators: str
    constants: st.SearchStrategy[Any]


CENTS = Column("decimal", digits=4, places=2)
SUMS: Sequence[Sums] = (
    Sums(("integer",), "+-*/%", small_integers),
    Sums(("integer", "biginteger"), "+-*/%", small_integers | st.just(2**31)),
    Sums(("integer", "float"), "+-*/", small_integers | st.sampled_from((0.0, 0.5, -1.5, 0.1))),
    Sums(("integer", "decimal"), "+-*", small_integers | decimals(CENTS)),
)


@st.composite
def calculated(draw: Draw[Any], places: Sequence[Place]) -> Condition:
    """Arithmetic on one side or both: ``views__gt=F("score") * 2``, ``F("views") % 2 == 1``."""
    sums = draw(st.sampled_from(SUMS))
    lookup = draw(st.sampled_from(("exact", *ORDER)))
    there = [
        path for place in places for path, column in place.columns(sums.kinds) if _fits(column)
    ]
    terms = st.sampled_from(there)
    sides = expressions(sums, terms)
    if draw(st.booleans()):
        left = draw(terms)
        return Condition(left, lookup, draw(sides), draw(wordings(left)))
    right = draw(sides | terms | sums.constants)
    return Condition(draw(sides), lookup, right, "f")


def _fits(column: Column) -> bool:
    """Products of numbers with 38 digits have more than a database's decimals."""
    return column.digits < 20


def expressions(sums: Sums, terms: st.SearchStrategy[Path]) -> st.SearchStrategy[Arithmetic]:
    """Arithmetic with at least one column in it, one or two operators deep."""
    operators = st.sampled_from(sums.operators)
    constants = sums.constants.map(Constant)
    simple = st.builds(Arithmetic, operators, terms, terms | constants) | st.builds(
        Arithmetic, operators, constants, terms
    )
    return (
        simple
        | st.builds(Arithmetic, operators, simple, terms | constants)
        | st.builds(Arithmetic, operators, terms | constants, simple)
    )


# --- trees -------------------------------------------------------------------------------------


MOST_LEAVES = 5


@st.composite
def trees(draw: Draw[Any], leaves: st.SearchStrategy[Condition]) -> Tree:
    """Leaves in any nesting of AND, OR, XOR and NOT: joined by and by, until one tree is left."""
    left: list[Tree] = draw(some(leaves, MOST_LEAVES, least=1))
    while len(left) > 1:
        many = draw(st.integers(2, min(3, len(left))))
        connector = draw(st.sampled_from(("AND", "OR", "XOR")))
        members = tuple(negate(member) if draw(st.booleans()) else member for member in left[:many])
        left = [*left[many:], Group(connector, members)]
    return negate(left[0]) if draw(st.booleans()) else left[0]


@dataclass(frozen=True)
class Question:
    """A condition on the rows of one table."""

    table: str
    tree: Tree


@st.composite
def questions(draw: Draw[Any], world: World, to_many: bool = True) -> Question:
    """A condition on some table of a world, whose meaning is the same on every database."""
    table = draw(st.sampled_from(tuple(TABLES)))
    places = draw(st.sampled_from(((), (1,), (1, 2))))
    steps = [p for p in RELATION_PATHS[table] if to_many or not leads_to_many(table, p)]
    chosen = [draw(st.sampled_from(steps)) for _ in places]
    return Question(table, draw(_trees(world, table, chosen)))


def _trees(world: World, table: str, steps: Sequence[tuple[str, ...]]) -> st.SearchStrategy[Tree]:
    places = [Place(world, table_at(table, s), s) for s in dict.fromkeys([(), *steps])]
    return trees(conditions(places)).filter(lambda tree: is_fair(world, table, tree))


def leads_to_many(table: str, steps: Sequence[str]) -> bool:
    """Whether a path of relations can end at several rows."""
    relations = [TABLES[table_at(table, steps[:n])].relations[s] for n, s in enumerate(steps)]
    return any(isinstance(relation, ToMany) for relation in relations)


def is_fair(world: World, table: str, tree: Tree) -> bool:
    """Whether every part of a question has one answer, and that can be worked out soon."""
    if breadth(world, table, tree) > MOST_COMBINATIONS:
        return False
    try:
        Reference(world, table).check_specified(tree)
    except Unspecified:
        return False
    return True


# --- whole scenarios ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    """Data, and some questions about it."""

    world: World
    questions: tuple[Question, ...]


@st.composite
def scenarios(draw: Draw[Any], most_questions: int = 10, to_many: bool = True) -> Scenario:
    """Data and up to some questions about it."""
    world = draw(worlds())
    asked = some(questions(world, to_many), most_questions, least=1)
    return Scenario(world, tuple(draw(asked)))


@dataclass(frozen=True)
class Chain:
    """Several calls after one another: ``.filter(a).exclude(b)``."""

    world: World
    table: str
    steps: tuple[Step, ...]


@st.composite
def chains(draw: Draw[Any]) -> Chain:
    """Data, and up to three filter() and exclude() calls on one table."""
    world = draw(worlds())
    table = draw(st.sampled_from(tuple(TABLES)))
    paths = draw(st.lists(st.sampled_from(RELATION_PATHS[table]), max_size=2))
    step = st.builds(Step, st.sampled_from(("filter", "exclude")), _trees(world, table, paths))
    return Chain(world, table, tuple(draw(st.lists(step, min_size=1, max_size=3))))


@dataclass(frozen=True)
class Listing:
    """An ordered and sliced question."""

    world: World
    question: Question
    terms: tuple[Term, ...]
    start: int | None
    stop: int | None


@st.composite
def listings(draw: Draw[Any]) -> Listing:
    """Data, a condition without to-many relations, an ordering that leaves no ties, a slice."""
    world = draw(worlds())
    question = draw(questions(world, to_many=False))
    paths = [()] + [
        p for p in RELATION_PATHS[question.table] if not leads_to_many(question.table, p)
    ]
    terms = draw(st.lists(_terms(world, question.table, paths), max_size=3))
    last = Term(Path((), "pk"), draw(st.booleans()))
    start = draw(st.none() | st.integers(0, 4))
    length = draw(st.none() | st.integers(0, 4))
    stop = None if length is None else (start or 0) + length
    return Listing(world, question, (*terms, last), start, stop)


@st.composite
def _terms(draw: Draw[Any], world: World, table: str, paths: Sequence[tuple[str, ...]]) -> Term:
    steps = draw(st.sampled_from(paths))
    columns = TABLES[table_at(table, steps)].columns
    path = Path(steps, draw(st.sampled_from(tuple(columns))))
    if draw(st.booleans()):
        return Term(path, draw(st.booleans()))
    by: Expression = path
    if columns[path.column].kind == "integer" and draw(st.booleans()):
        by = Arithmetic(draw(st.sampled_from("+-*/%")), path, Constant(draw(small_integers)))
    nulls_first = draw(st.sampled_from((None, True, False)))
    return Term(by, draw(st.booleans()), nulls_first, "f")
