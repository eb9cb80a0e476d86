"""Which rows does a condition keep, and in which order, worked out in memory?

Leaves follow SQL's three-valued logic: a comparison with NULL is unknown. A negation is the
complement, "is not true", so it is never unknown itself. XOR is true where an odd number of its
conditions is true.

A path over a to-many relation is a join: one condition tree sees one *combination* of joined rows
at a time, all its leaves the same one, and a row is kept if there is a combination for which the
tree is true. Where nothing is joined, the combination holds a row of NULLs, as in a LEFT JOIN. A
negated subtree asks anew: there is no combination for which what it negates is true. In a value,
as in ``When(~Q(…))``, it is about the combination at hand, as in Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import islice, product
from math import prod
from typing import Any, Literal

from .meaning import Truth, arithmetic, call, compare, stored, transform
from .tables import TABLES, Row, ToMany, ToOne, World, table_at
from .tree import (
    Arithmetic,
    Call,
    Case,
    Condition,
    Constant,
    Exists,
    Expression,
    Group,
    Negation,
    Outer,
    Path,
    Picked,
    Predicate,
    Query,
    Transform,
    Tree,
    negate,
    parts,
    paths,
)

Source = Path | Outer | Predicate | Picked
"""What has a value by itself in a row."""

Steps = tuple[str, ...]
Combination = Mapping[Steps, Row | None]
"""Which row stands at the end of each path of relations; the row itself at ``()``."""


@dataclass(frozen=True)
class Step:
    """One call in a chain: ``filter(condition)`` or ``exclude(condition)``."""

    verb: Literal["filter", "exclude"]
    condition: Tree


@dataclass(frozen=True)
class Term:
    """One term of an ordering. Without ``nulls_first``, NULL is the smallest value."""

    by: Expression
    descending: bool = False
    nulls_first: bool | None = None
    said: Literal["string", "f"] = "string"


@dataclass(frozen=True)
class Reference:
    """The answers for one table of a world."""

    world: World
    table: str
    outer: Callable[[Path], Any] | None = None
    """Of a subquery, what a path is in the row around it."""

    def kept(self, condition: Tree) -> list[Row]:
        """The rows that ``filter(condition)`` keeps, by primary key, each once."""
        return [row for row in self.world.rows[self.table] if self.keeps(row, condition)]

    def excluded(self, condition: Tree) -> list[Row]:
        """The rows that ``exclude(condition)`` keeps: all others."""
        return [row for row in self.world.rows[self.table] if not self.keeps(row, condition)]

    def chained(self, steps: Iterable[Step]) -> list[Row]:
        """The rows that are left after several calls, each with joins of its own."""
        rows = list(self.world.rows[self.table])
        for step in steps:
            condition = step.condition if step.verb == "filter" else negate(step.condition)
            rows = [row for row in rows if self.keeps(row, condition)]
        return rows

    def keeps(self, row: Row, condition: Tree) -> bool:
        """Whether there is a combination of joined rows for which the condition is true."""
        return any(self.truth(condition, c) is True for c in self._combinations(row, condition))

    def multiplicity(self, row: Row, condition: Tree) -> int:
        """For how many combinations of joined rows the condition is true."""
        truths = (self.truth(condition, c) for c in self._combinations(row, condition))
        return sum(truth is True for truth in truths)

    def ordered(self, rows: Iterable[Row], terms: Sequence[Term]) -> list[Row]:
        """The rows in the order of the terms, which lead over to-one relations at most."""

        return sorted(rows, key=cmp_to_key(lambda a, b: self.order(a, b, terms)))

    def changed(self, row: Row, assignments: Mapping[str, Any]) -> Row:
        """The row after an update; every expression reads it as it was before."""
        columns = TABLES[self.table].columns
        new = {
            name: stored(self.value(row, given), columns[name].kind, columns[name].places)
            if isinstance(given, Expression)
            else given
            for name, given in assignments.items()
        }
        return {**row, **new}

    def value(self, row: Row, expression: Expression) -> Any:
        """What an expression is in a row; its paths lead over to-one relations at most."""
        return self.seen(expression, next(iter(self._combinations(row, expression))))

    def check_specified(self, tree: Tree) -> None:
        """Work out all arithmetic for every row that a database might do it for.

        That may be any row: MariaDB calculates with rows before it joins them.

        Raises:
            Unspecified: a result is one on which the databases differ by nature.
        """
        for part in parts(tree):
            if isinstance(part, Arithmetic):
                self._try_all(part)

    def _try_all(self, asked: Arithmetic) -> None:
        read = list(dict.fromkeys(paths(asked)))
        for values in product(*map(self._all_values, read)):
            evaluate(asked, dict(zip(read, values, strict=True)).__getitem__)

    def _all_values(self, path: Path) -> set[Any]:
        rows = self.world.rows[table_at(self.table, path.steps)]
        return {None, *(row[path.column] for row in rows)}

    # --- joins ---------------------------------------------------------------------------------

    def _combinations(self, row: Row, asked: Tree | Expression) -> Iterator[Combination]:
        """Every choice of one joined row for each path of relations outside of negations."""
        return self.combinations(row, paths(asked, into_negations=False))

    def combinations(self, row: Row, read: Iterable[Path]) -> Iterator[Combination]:
        """Every choice of one joined row for each of some paths of relations."""
        found = {path.steps for path in read}
        prefixes = {steps[:n] for steps in found for n in range(1, len(steps) + 1)}
        yield from self._joined({(): row}, sorted(prefixes, key=lambda p: (len(p), p)))

    def _joined(self, combination: Combination, prefixes: Sequence[Steps]) -> Iterator[Combination]:
        if not prefixes:
            yield combination
            return
        prefix, *others = prefixes
        for row in self._related(combination[prefix[:-1]], prefix):
            yield from self._joined({**combination, prefix: row}, others)

    def _related(self, source: Row | None, prefix: Steps) -> Sequence[Row | None]:
        if source is None:
            return [None]
        table, name = table_at(self.table, prefix[:-1]), prefix[-1]
        if isinstance(TABLES[table].relations[name], ToOne):
            return [self.world.to_one(table, source, name)]
        return self.world.to_many(table, source, name) or [None]

    # --- three-valued logic --------------------------------------------------------------------

    def truth(self, tree: Tree, combination: Combination, in_value: bool = False) -> Truth:
        """Whether a condition is true for a row and the rows that are joined to it.

        In a value, a negation is about these rows and asks for no others.
        """
        match tree:
            case Condition(left, "exact" | "iexact", None):
                return compare("isnull", self.seen(left, combination), True)
            case Exists(query):
                return bool(self._rows(query, combination))
            case Condition(_, lookup, _):
                return compare(lookup, *self.sides(tree, combination))
            case Negation(inner) if in_value:
                return self.truth(inner, combination, in_value) is not True
            case Negation(inner):
                root = combination[()]
                assert root is not None
                return not self.keeps(root, inner)
            case Group(connector, children):
                return CONNECTORS[connector](
                    [self.truth(c, combination, in_value) for c in children]
                )

    def sides(self, leaf: Condition, combination: Combination) -> tuple[Any, Any]:
        """What a condition compares, left and right."""
        right: Any = leaf.right
        if isinstance(right, Query):
            right = [_column(row, right.column) for row in self._rows(right, combination)]
        elif isinstance(right, Expression):
            right = self.seen(right, combination)
        return self.seen(leaf.left, combination), right

    def seen(self, expression: Expression, combination: Combination) -> Any:
        """What an expression is for a row and the rows that are joined to it."""

        def read(source: Source) -> Any:
            match source:
                case Path(steps, column):
                    return _column(combination[steps], column)
                case Outer(path):
                    assert self.outer is not None
                    return self.outer(path)
                case Predicate(condition):
                    return self.truth(condition, combination, in_value=True)
                case Picked(query):
                    return self._picked(source, self._rows(query, combination))

        return evaluate(expression, read)

    def _rows(self, query: Query, combination: Combination) -> list[Row]:
        """The rows of a subquery for one row around it."""

        def outer(path: Path) -> Any:
            return _column(combination[path.steps], path.column)

        return Reference(self.world, query.table, outer).kept(query.condition)

    def _picked(self, picked: Picked, rows: list[Row]) -> Any:
        terms = [Term(Path((), picked.order), picked.descending), Term(Path((), "pk"))]
        first = Reference(self.world, picked.query.table).ordered(rows, terms)[:1]
        return _column(first[0], picked.query.column) if first else None

    # --- orderings -----------------------------------------------------------------------------

    def order(self, a: Row, b: Row, terms: Sequence[Term]) -> int:
        """Which of two rows is first: a negative number, 0 for neither, or a positive one."""
        for term in terms:
            order = _sign(self.value(a, term.by), self.value(b, term.by), term)
            if order:
                return order
        return 0


def _column(row: Row | None, column: str) -> Any:
    return None if row is None else row["id" if column in ("pk", "") else column]


def evaluate(expression: Expression, read: Callable[[Any], Any]) -> Any:
    """What an expression is where its sources have the values that ``read`` gives."""
    match expression:
        case Path() | Outer() | Predicate() | Picked():
            return read(expression)
        case Case(cases, default):
            chosen = (then for condition, then in cases if read(Predicate(condition)) is True)
            return evaluate(next(chosen, default), read)
        case Call(name, arguments):
            return call(name, [evaluate(argument, read) for argument in arguments])
        case Constant(value):
            return value
        case Transform(name, of):
            return transform(name, evaluate(of, read))
        case Arithmetic(operator, left, right):
            return arithmetic(operator, evaluate(left, read), evaluate(right, read))


def all_of(truths: Sequence[Truth]) -> Truth:
    """AND: false beats unknown, unknown beats true."""
    return False if False in truths else None if None in truths else True


def any_of(truths: Sequence[Truth]) -> Truth:
    """OR: true beats unknown, unknown beats false."""
    return True if True in truths else None if None in truths else False


def odd_of(truths: Sequence[Truth]) -> Truth:
    """XOR: whether an odd number is true, as Django documents it; unknown is not true."""
    return truths.count(True) % 2 == 1


CONNECTORS = {"AND": all_of, "OR": any_of, "XOR": odd_of}


def _sign(a: Any, b: Any, term: Term) -> int:
    nulls_first = not term.descending if term.nulls_first is None else term.nulls_first
    if a is None or b is None:
        return ((b is None) - (a is None)) * (1 if nulls_first else -1)
    sign = int(a > b) - int(a < b)
    return -sign if term.descending else sign


def breadth(world: World, table: str, tree: Tree) -> int:
    """At most how many combinations a row can have, so that a question stays small."""
    steps = {path.steps[:n] for path in paths(tree) for n in range(1, len(path.steps) + 1)}
    to_many = [
        relation.source
        for relation in (TABLES[table_at(table, s[:-1])].relations[s[-1]] for s in steps)
        if isinstance(relation, ToMany)
    ]
    return prod(max(1, len(world.rows[source])) for source in to_many)


def sliced(rows: Iterable[Row], start: int | None, stop: int | None) -> list[Row]:
    """``rows[start:stop]``"""
    return list(islice(rows, start or 0, stop))
