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
from .leaves import revalued
from .places import NUMBERS, PARTS, RELATION_PATHS, leads_to_many
from .questions import Question, questions, trees_about
from .sums import SUMS, Sums, expressions, fits
from .values import small_integers, values, worlds


@dataclass(frozen=True)
class Scenario:
    """Data, and some questions about it."""

    world: World
    questions: tuple[Question, ...]


@st.composite
def scenarios(draw: Draw[Any], most_questions: int = 8, to_many: bool = True) -> Scenario:
    """Data and up to some questions about it."""
    world = draw(worlds())
    asked: list[Question] = []
    for question in draw(some(questions(world, to_many), most_questions, least=1)):
        asked.append(question)
        if draw(st.booleans()):
            again = draw(revalued(question.table, question.tree))
            asked.append(Question(question.table, again))
    return Scenario(world, tuple(asked))


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
    step = st.builds(Step, st.sampled_from(("filter", "exclude")), trees_about(world, table))
    return Chain(world, table, tuple(draw(st.lists(step, min_size=1, max_size=3))))


@dataclass(frozen=True)
class Listing:
    """An ordered and sliced question, and what to show of each row."""

    world: World
    question: Question
    terms: tuple[Term, ...]
    start: int | None
    stop: int | None
    shown: tuple[Path | Transform, ...]


@st.composite
def listings(draw: Draw[Any]) -> Listing:
    """Data, a condition without to-many relations, an ordering that leaves no ties, a slice."""
    world = draw(worlds())
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
    listing = Listing(world, question, (*terms, last), start, stop, tuple(shown))
    assume(_is_sortable(listing))
    return listing


def _parts(table: str, path: Path) -> Sequence[str]:
    return PARTS.get(TABLES[table_at(table, path.steps)].columns[path.column].kind, ())


def _is_sortable(listing: Listing) -> bool:
    reference = Reference(listing.world, listing.question.table)
    try:
        reference.ordered(listing.world.rows[listing.question.table], listing.terms)
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
