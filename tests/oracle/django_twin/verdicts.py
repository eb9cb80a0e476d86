"""Which rows must covet and Django agree about?

A condition is worked out as Django's documentation and its SQL have it, with four truths: beside
true, false and SQL's unknown, a condition may be *open*, where ``differences`` says so. A row is
compared if that leads to what covet is meant to answer.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..meaning import compare
from ..reference import Combination, Reference, Step, all_of, any_of
from ..tables import TABLES, Row, ToMany, table_at
from ..tree import Arithmetic, Condition, Expression, Group, Negation, Path, Tree, leaves, paths
from .differences import is_different, is_refused
from .leaf import Leaf


class Open(enum.Enum):
    """The fourth truth: any of the three."""

    OPEN = "open"


OPEN = Open.OPEN
Truth = bool | None | Open


@dataclass(frozen=True)
class Verdicts:
    """What Django is known to answer for one table of a world, on one database."""

    reference: Reference
    kind: str
    has_one_path: bool = True

    def can_be_asked(self, step: Step) -> bool:
        """Whether Django accepts a condition."""
        tree = asked(step)
        found = [self._leaf(leaf) for leaf in leaves(tree)]
        if self.kind == "mysql" and _has_xor(tree) and any(leaf.is_decided() for leaf in found):
            return False
        if any(not _is_plain(way) for way in _negated_ways(tree, self.reference.table)):
            return False
        return not any(is_refused(leaf, self.kind) for leaf in found)

    def is_alike(self, expression: Expression) -> bool:
        """Whether an expression has the same value in both."""
        leaf = self._leaf(Condition(expression, "exact", 0))
        return not is_refused(leaf, self.kind) and not is_different(leaf, self.kind, 0, 0)

    def comparable(self, steps: Sequence[Step], read: Sequence[Path] = ()) -> set[int]:
        """The keys of the rows that both must keep, or both must drop, after all steps.

        Args:
            steps: the calls.
            read: what else the query is joined for.
        """
        kept = {row["id"] for row in self.reference.chained(steps)}
        trees = [asked(step) for step in steps]
        joined = [*read, *(path for tree in trees for path in self._joined_paths(tree))]
        related = {path.steps for path in (*read, *paths(Group("AND", tuple(trees)))) if path.steps}
        asking = replace(self, has_one_path=len(related) <= 1)
        loses_rows = any(map(_has_xor, trees))
        return {
            row["id"]
            for row in self.reference.world.rows[self.reference.table]
            if not (loses_rows and self._lacks_rows(row, joined))
            and all_of_four([asking._passes(row, tree) for tree in trees]) is (row["id"] in kept)
        }

    def _lacks_rows(self, row: Row, joined: Sequence[Path]) -> bool:
        """Whether a path leads nowhere."""
        return any(None in rows.values() for rows in self.reference.combinations(row, joined))

    def _passes(self, row: Row, tree: Tree) -> Truth:
        combinations = self.reference.combinations(row, self._joined_paths(tree))
        answer = any_of_four([self._truth(tree, combination) for combination in combinations])
        return False if answer is None else answer

    def _truth(self, tree: Tree, rows: Combination, depth: int = 0) -> Truth:
        match tree:
            case Condition():
                return self._of_leaf(tree, rows, depth)
            case Negation(inner):
                found = self._truth(inner, rows, depth + 1)
                return not found if isinstance(found, bool) else found
            case Group(connector, children):
                truths = [self._truth(child, rows, depth) for child in children]
                return self._joined(connector, truths, depth)

    def _joined(self, connector: str, truths: Sequence[Truth], depth: int) -> Truth:
        if connector == "AND":
            return all_of_four(truths)
        if connector == "OR":
            return any_of_four(truths)
        if OPEN in truths:
            return OPEN
        if None in truths and self.kind == "mysql":
            return None if depth == 0 else OPEN
        return truths.count(True) % 2 == 1

    def _of_leaf(self, leaf: Condition, rows: Combination, depth: int) -> Truth:
        if depth and any(_leads_to_many(path, self.reference.table) for path in paths(leaf)):
            return self._of_way(leaf, rows)
        truth = self._compared(leaf, rows)
        if truth is not None or not depth:
            return truth
        is_sum = isinstance(leaf.left, Arithmetic)
        return False if depth % 2 and not is_sum and self._is_guarded(leaf, rows) else OPEN

    def _compared(self, leaf: Condition, rows: Combination) -> Truth:
        left, right = self.reference.sides(leaf, rows)
        if leaf.lookup == "isnull" or (leaf.lookup in ("exact", "iexact") and leaf.right is None):
            return compare("isnull", left, leaf.right if leaf.lookup == "isnull" else True)
        if leaf.lookup == "in" and self._leaf(leaf).is_decided():
            return False
        if right is not None and is_different(self._leaf(leaf), self.kind, left, right):
            return OPEN
        return compare(leaf.lookup, left, right)

    def _of_way(self, leaf: Condition, rows: Combination) -> Truth:
        """Under a negation, each condition on a to-many path is a subquery of its own.

        Unless something is joined: then, it is about the joined row at times, even another's.
        """
        if len(rows) > 1 or not self.has_one_path:
            return OPEN
        root = rows[()]
        assert root is not None
        combinations = self.reference.combinations(root, paths(leaf))
        answer = any_of_four([self._compared(leaf, combination) for combination in combinations])
        return False if answer is None else answer

    def _is_guarded(self, leaf: Condition, rows: Combination) -> bool:
        """Whether Django asks for IS NOT NULL of whatever made a condition unknown."""
        left, right = self.reference.sides(leaf, rows)
        if left is None:
            return all(self._is_nullable(path) for path in paths(leaf.left))
        return right is None and isinstance(leaf.right, Path) and self._is_nullable(leaf.right)

    def _is_nullable(self, path: Path) -> bool:
        """Whether a column itself may be NULL; Django may forget that its row may be missing."""
        column = TABLES[table_at(self.reference.table, path.steps)].columns.get(path.column)
        return column is not None and column.null

    def _joined_paths(self, tree: Tree) -> Iterator[Path]:
        """The paths that a condition is joined along; a subquery has its own."""
        ways = [*_negated_ways(tree, self.reference.table)]
        for leaf in leaves(tree):
            if not any(leaf is way for way in ways):
                yield from paths(leaf)

    def _leaf(self, condition: Condition) -> Leaf:
        return Leaf(self.reference.world, self.reference.table, condition)


def all_of_four(truths: Sequence[Truth]) -> Truth:
    """AND: false beats open, which beats the others."""
    if False in truths or OPEN not in truths:
        return all_of(truths)  # type: ignore[arg-type]
    return OPEN


def any_of_four(truths: Sequence[Truth]) -> Truth:
    """OR: true beats open, which beats the others."""
    if True in truths or OPEN not in truths:
        return any_of(truths)  # type: ignore[arg-type]
    return OPEN


def _has_xor(tree: Tree) -> bool:
    match tree:
        case Group(connector, children):
            return connector == "XOR" or any(map(_has_xor, children))
        case Negation(inner):
            return _has_xor(inner)
    return False


def _leads_to_many(path: Path, table: str) -> bool:
    relations = (
        TABLES[table_at(table, path.steps[:n])].relations[step] for n, step in enumerate(path.steps)
    )
    return any(isinstance(relation, ToMany) for relation in relations)


def asked(step: Step) -> Tree:
    """What a call asks; exclude() negates, even what is a negation."""
    return step.condition if step.verb == "filter" else Negation(step.condition)  # type: ignore[arg-type]


def _negated_ways(tree: Tree, table: str, negated: bool = False) -> Iterator[Condition]:
    """The conditions on to-many paths under a negation."""
    match tree:
        case Condition():
            if negated and any(_leads_to_many(path, table) for path in paths(tree)):
                yield tree
        case Negation(inner):
            yield from _negated_ways(inner, table, True)
        case Group(_, children):
            for child in children:
                yield from _negated_ways(child, table, negated)


def _is_plain(way: Condition) -> bool:
    """Whether nothing but columns and values stand in a condition on a to-many path."""
    own = isinstance(way.right, Path) and not way.right.steps
    return not isinstance(way.left, Arithmetic) and (own or not isinstance(way.right, Expression))
