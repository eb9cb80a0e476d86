"""What does one example of a test consist of: data, and what is asked of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from ..meaning import Unspecified
from ..reference import Reference, Step, Term
from ..tables import TABLES, Column, World, table_at
from ..tree import Arithmetic, Constant, Expression, Path, Transform
from .draw import Draw, mostly, some
from .leaves import of_one_row, revalued
from .places import NUMBERS, PARTS, RELATION_PATHS, Place, leads_to_many
from .questions import Question, questions, trees_about
from .sums import SUMS, Sums, expressions, fits
from .values import small_integers, values, worlds


@dataclass(frozen=True)
class Scenario:
    """Data, and some questions about it."""

    world: World
    questions: tuple[Question, ...]


@st.composite
def scenarios(draw: Draw[Any], most_questions: int = 8, wide: bool = False) -> Scenario:
    """Data and up to some questions about it; ``wide`` with all that a condition can be."""
    world = draw(worlds())
    asked: list[Question] = []
    for question in draw(some(questions(world, wide=wide), most_questions, least=1)):
        asked.append(question)
        if draw(st.booleans()):
            again = draw(revalued(question.table, question.tree))
            asked.append(Question(question.table, again))
    return Scenario(world, tuple(asked))


@dataclass(frozen=True)
class Chain:
    """Several calls after one another on one table: ``.filter(a).exclude(b)``."""

    table: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Chains:
    """Data, and some chains of calls."""

    world: World
    chains: tuple[Chain, ...]


@st.composite
def chains(draw: Draw[Any]) -> Chains:
    """Data, and some chains of up to four filter() and exclude() calls on it."""
    world = draw(worlds())
    return Chains(world, tuple(draw(some(_chain(world), 6, least=1))))


@st.composite
def _chain(draw: Draw[Any], world: World) -> Chain:
    table = draw(st.sampled_from(tuple(TABLES)))
    step = st.builds(Step, st.sampled_from(("filter", "exclude")), trees_about(world, table))
    steps = [*draw(_of_siblings(world, table)), *draw(some(step, 2))]
    return Chain(table, tuple(draw(st.permutations(steps))))


@st.composite
def _of_siblings(draw: Draw[Any], world: World, table: str) -> list[Step]:
    """Two filters that different related rows of one row pass: in one call, none would."""
    way = draw(st.sampled_from([p for p in RELATION_PATHS[table] if leads_to_many(table, p)]))
    found = [world.reached(table, row, way) for row in world.rows[table]]
    families = [rows for rows in found if len(rows) > 1]
    if not families:
        return []
    place = Place(world, table_at(table, way), way, to_many=True)
    siblings = draw(st.permutations(draw(st.sampled_from(families))))[:2]
    return [Step("filter", draw(of_one_row(place, row))) for row in siblings]


@dataclass(frozen=True)
class Listing:
    """An ordered and sliced question, and what to show of each row."""

    question: Question
    terms: tuple[Term, ...]
    start: int | None
    stop: int | None
    shown: tuple[Path | Transform, ...]


@dataclass(frozen=True)
class Listings:
    """Data, and some listings of it."""

    world: World
    listings: tuple[Listing, ...]


@st.composite
def listings(draw: Draw[Any]) -> Listings:
    """Data and some listings of it."""
    world = draw(worlds())
    return Listings(world, tuple(draw(some(_listing(world), 4, least=1))))


@st.composite
def _listing(draw: Draw[Any], world: World) -> Listing:
    """A condition without to-many relations, an ordering that leaves no ties, and a slice."""
    question = draw(questions(world, to_many=False))
    paths = [p for p in RELATION_PATHS[question.table] if not leads_to_many(question.table, p)]
    columns = [
        Path(steps, name)
        for steps in ((), *paths)
        for name in TABLES[table_at(question.table, steps)].columns
    ]
    terms = draw(st.lists(_terms(question.table, columns), max_size=3))
    last = Term(Path((), "pk"), draw(st.booleans()))
    start = draw(st.none() | st.integers(0, 4))
    length = draw(st.none() | st.integers(0, 4))
    stop = None if length is None else (start or 0) + length
    parts = [Transform(part, path) for path in columns for part in _parts(question.table, path)]
    terms += draw(st.lists(st.builds(Term, st.sampled_from(parts), st.booleans()), max_size=1))
    outputs = st.sampled_from(columns) | st.sampled_from(parts)
    shown = draw(st.lists(outputs, min_size=1, max_size=4, unique=True))
    ordering = [term for term in terms if _is_sortable(world, question.table, term)]
    return Listing(question, (*ordering, last), start, stop, tuple(shown))


def _parts(table: str, path: Path) -> Sequence[str]:
    return PARTS.get(TABLES[table_at(table, path.steps)].columns[path.column].kind, ())


def _is_sortable(world: World, table: str, term: Term) -> bool:
    try:
        Reference(world, table).ordered(world.rows[table], [term])
    except Unspecified:
        return False
    return True


@st.composite
def _terms(draw: Draw[Any], table: str, columns: Sequence[Path]) -> Term:
    path = draw(st.sampled_from(columns))
    if draw(st.booleans()):
        return Term(path, draw(st.booleans()))
    by: Expression = path
    column = TABLES[table_at(table, path.steps)].columns[path.column]
    if column.kind == "integer" and draw(st.booleans()):
        by = Arithmetic(draw(st.sampled_from("+-*/%")), path, Constant(draw(small_integers)))
    nulls_first = draw(st.sampled_from((None, True, False)))
    return Term(by, draw(st.booleans()), nulls_first, "f")


@dataclass(frozen=True)
class Change:
    """An update: which rows, and what each column becomes."""

    world: World
    question: Question
    assignments: Mapping[str, Any]  # a value, None or an expression


@st.composite
def changes(draw: Draw[Any]) -> Change:
    """Data, a condition, and one or two columns to set; expressions read the row as it was."""
    world = draw(worlds())
    question = draw(questions(world))
    columns = {n: c for n, c in TABLES[question.table].columns.items() if c.kind != "key"}
    chosen = draw(st.lists(st.sampled_from(tuple(columns)), min_size=1, max_size=2, unique=True))
    assigned = {name: draw(_assigned(question.table, name)) for name in chosen}
    change = Change(world, question, assigned)
    assume(is_storable(change))
    return change


def _assigned(table: str, name: str) -> st.SearchStrategy[Any]:
    column = TABLES[table].columns[name]
    others = [n for n, c in TABLES[table].columns.items() if _can_hold(column, c)]
    value = mostly(values(column), st.none()) if column.null else values(column)
    copied = st.sampled_from(others).map(lambda other: Path((), other))
    if column.kind not in NUMBERS:
        return value | copied
    return value | copied | st.sampled_from(SUMS).flatmap(lambda sums: _calculated(table, sums))


def _calculated(table: str, sums: Sums) -> st.SearchStrategy[Arithmetic]:
    terms = [Path((), n) for n, c in TABLES[table].columns.items() if fits(c, sums)]
    return expressions(sums, st.sampled_from(terms))


def _can_hold(column: Column, other: Column) -> bool:
    return column == other or (column.kind, other.kind) == ("biginteger", "integer")


def is_storable(change: Change) -> bool:
    """Whether each column can hold what it becomes, in every row of the table."""
    reference = Reference(change.world, change.question.table)
    columns = TABLES[change.question.table].columns
    try:
        return all(
            _holds(columns[name], reference.changed(row, change.assignments)[name])
            for row in change.world.rows[change.question.table]
            for name in change.assignments
        )
    except Unspecified:
        return False


def _holds(column: Column, value: Any) -> bool:
    if value is None:
        return column.null
    if column.kind == "decimal":
        return not value or value.adjusted() < column.digits - column.places
    limits = {"integer": 2**31, "biginteger": 2**63}
    return column.kind not in limits or -limits[column.kind] <= value < limits[column.kind]
