"""What do aggregates, groups and HAVING give, worked out in memory?

``filter()``, ``values()``, ``annotate()`` and again ``filter()`` are one query. What is joined by
its conditions, the aggregates take as it is. All that is joined for a row is one group; after
``values()``, that of all rows with equal values is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import covet

from . import saying
from .reference import Combination, Reference, Term
from .tables import Row, World
from .tree import Expression, Path, Tree, paths


@dataclass(frozen=True)
class Aggregated:
    """An aggregate of an expression, of all rows or those for which a condition is true."""

    function: str
    of: Expression
    distinct: bool = False
    condition: Tree | None = None

    @property
    def read(self) -> list[Path]:
        """The paths that it is joined for."""
        asked = () if self.condition is None else paths(self.condition)
        return [*paths(self.of), *asked]


@dataclass(frozen=True)
class Summary:
    """Rows of a table, filtered, grouped, summed up, filtered again and put in order.

    Attributes:
        table: whose rows.
        condition: of the call of ``filter()`` before all others.
        by: the columns of ``values()``; none for a group of each row.
        aggregates: what is annotated, as a0, a1 …
        having: the condition of a later ``filter()``, on these and on the group's columns.
        terms: the order, which leaves no ties.
        stop: how many groups are wanted; all without.
    """

    table: str
    condition: Tree | None
    by: tuple[str, ...]
    aggregates: tuple[Aggregated, ...]
    having: Tree | None
    terms: tuple[Term, ...]
    stop: int | None

    @property
    def shown(self) -> list[str]:
        """What ``values_list()`` gives."""
        return [*(self.by or ("id",)), *(f"a{n}" for n in range(len(self.aggregates)))]


def groups(summary: Summary, world: World) -> list[Row]:
    """The groups that are left, with the columns of one of their rows and the aggregates."""
    reference = Reference(world, summary.table)
    members: dict[tuple[Any, ...], list[Combination]] = {}
    for row in world.rows[summary.table]:
        key = tuple(row[name] for name in summary.by or ("id",))
        if found := [*_joined(summary, reference, row)]:
            members.setdefault(key, []).extend(found)
    rows = []
    for group in members.values():
        results = {f"a{n}": _result(a, group, reference) for n, a in enumerate(summary.aggregates)}
        rows.append({**(group[0][()] or {}), **results})
    if summary.having is not None:
        rows = [row for row in rows if reference.keeps(row, summary.having)]
    return reference.ordered(rows, summary.terms)[: summary.stop]


def _joined(summary: Summary, reference: Reference, row: Row) -> Iterator[Combination]:
    """The joined rows of a row for which the condition is true."""
    read = [path for each in summary.aggregates for path in each.read]
    if summary.condition is None:
        return reference.combinations(row, read)
    read += paths(summary.condition, into_negations=False)
    found = reference.combinations(row, read)
    return (one for one in found if reference.truth(summary.condition, one) is True)


def _result(asked: Aggregated, group: Sequence[Combination], reference: Reference) -> Any:
    counted = [
        reference.seen(asked.of, one)
        for one in group
        if asked.condition is None or reference.truth(asked.condition, one, in_value=True)
    ]
    values = [value for value in counted if value is not None]
    if asked.distinct:
        values = [*dict.fromkeys(values)]
    if asked.function == "Count":
        return len(values)
    return FUNCTIONS[asked.function](values) if values else None


FUNCTIONS: Mapping[str, Callable[[list[Any]], Any]] = {
    "Sum": sum,
    "Min": min,
    "Max": max,
    "Avg": lambda values: sum(values) / len(values),
}


# --- in covet's words ----------------------------------------------------------------------------


def said(summary: Summary, models: saying.Models) -> Any:
    """The queryset for a summary."""
    model = models[summary.table]
    query = model.objects.all()
    if summary.condition is not None:
        query = query.filter(saying.q(summary.condition, model, models))
    if summary.by:
        query = query.values(*summary.by)
    for number, each in enumerate(summary.aggregates):
        query = query.annotate(**{f"a{number}": _aggregate(each, model, models)})
    if summary.having is not None:
        query = query.filter(saying.q(summary.having, model, models))
    query = query.order_by(*saying.order_by(summary.terms)).values_list(*summary.shown)
    return query[: summary.stop]


def shown(summary: Summary, models: saying.Models) -> str:
    """The calls, for whoever reads of a failure."""
    model = models[summary.table]
    calls = []
    if summary.condition is not None:
        calls.append(f"filter({saying.q(summary.condition, model, models)!r})")
    if summary.by:
        calls.append(f"values{summary.by}")
    for number, each in enumerate(summary.aggregates):
        calls.append(f"annotate(a{number}={_aggregate(each, model, models)!r})")
    if summary.having is not None:
        calls.append(f"filter({saying.q(summary.having, model, models)!r})")
    calls.append(f"order_by{tuple(saying.order_by(summary.terms))}[:{summary.stop}]")
    return f"{model.__name__}.objects.{'.'.join(calls)}"


def _aggregate(asked: Aggregated, model: Any, models: saying.Models) -> Any:
    options: dict[str, Any] = {"distinct": True} if asked.distinct else {}
    if asked.condition is not None:
        options["filter"] = saying.q(asked.condition, model, models)
    function = getattr(covet, asked.function)
    return function(saying.expression(asked.of, model, models), **options)
