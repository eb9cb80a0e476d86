"""Which conditions are about groups of rows, and what makes a group?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..expressions.q import AND
from . import ast
from .grouping import joined
from .joins import column


class Split(NamedTuple):
    """The conditions of a query, by what they are about.

    Attributes:
        where: the rows.
        having: the groups: it names an aggregate.
        qualify: what a window says of a row.
    """

    where: ast.Condition | None
    having: ast.Condition | None
    qualify: ast.Condition | None


def split(conditions: list[ast.Condition]) -> Split:
    """Conditions that all have to be true, by what they are about."""
    kinds: tuple[list[ast.Condition], ...] = ([], [], [])
    for condition in conditions:
        is_and = isinstance(condition, ast.Group) and condition.connector == AND
        members = condition.children if is_and else (condition,)  # type: ignore[union-attr]
        for member in members:
            kinds[_kind(member)].append(member)
    return Split(*map(_all_of, kinds))


def _kind(condition: ast.Condition) -> int:
    if ast.contains(condition, ast.Over):
        return 2
    return 1 if ast.contains(condition, ast.Aggregate) else 0


def _all_of(conditions: list[ast.Condition]) -> ast.Condition | None:
    found = joined(AND, conditions) if conditions else None
    return None if found == ast.Truth(True) else found


def by_rows(
    key: ast.Column | ast.Columns,
    shown: Iterable[ast.Expr],
    having: ast.Condition | None,
    beside: Iterable[ast.Related],
    aliases: frozenset[str],
) -> tuple[ast.Expr, ...]:
    """The GROUP BY of rows of a table: its key, and what is shown of other tables.

    The columns of the table itself hang on its key, which every database knows or does not ask.
    """
    found = dict.fromkeys(ast.flat([key]))
    covered = {key.alias}
    related = list(beside)
    while related:
        one = related.pop()
        found |= dict.fromkeys(ast.flat([column(one.alias, one.table.pk, one.outer)]))
        covered.add(one.alias)
        related += one.children
    for node in (*shown, having):
        for inside in _outside_of_aggregates(node, aliases):
            if inside.alias not in covered:
                found[inside] = None
    return tuple(found)


def by_values(
    named: Iterable[ast.Expr],
    shown: Iterable[ast.Expr],
    having: ast.Condition | None,
    aliases: frozenset[str],
) -> tuple[ast.Expr, ...]:
    """The GROUP BY of values: those that were named, and everything shown that is no aggregate."""
    found: dict[ast.Expr, None] = {}
    for expr in (*named, *shown):
        bare = expr.expr if isinstance(expr, ast.Named) else expr
        if ast.contains(bare, (ast.Aggregate, ast.Over)):
            found |= dict.fromkeys(_outside_of_aggregates(bare, aliases))
        elif next(_outside_of_aggregates(bare, aliases), None) is not None:
            found[bare] = None
    # A value that is part of what is named already is no group of its own.
    inside = {node for expr in found for node in ast.walk(expr)}
    for node in _outside_of_aggregates(having, aliases):
        if node not in inside:
            found[node] = None
    return tuple(found)


def _outside_of_aggregates(node: object, aliases: frozenset[str]) -> Iterator[ast.Column]:
    """The columns of the query's own tables in an expression, but for those in aggregates."""
    return (
        inside
        for inside in ast.walk(node, (ast.Aggregate,), deep=True)
        if isinstance(inside, ast.Column) and inside.alias in aliases
    )
