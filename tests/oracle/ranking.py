"""What do windows say of a row among others, worked out in memory?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import covet

from . import saying
from .reference import Reference, Term
from .tables import Row, World
from .tree import Tree


@dataclass(frozen=True)
class Ranking:
    """A window function over the rows that a condition keeps, and a condition on its result.

    Attributes:
        table: whose rows.
        condition: of the call of ``filter()`` before it.
        function: ``Rank``, ``DenseRank``, ``RowNumber``, ``Count``, ``Sum``, ``Min`` or ``Max``.
        of: the column of an aggregate.
        by: the columns whose equal values make a partition.
        terms: the order in a partition; without, an aggregate is over all of it.
        outer: the condition of a later ``filter()``; its ``w`` is the result.
    """

    table: str
    condition: Tree
    function: str
    of: str
    by: tuple[str, ...]
    terms: tuple[Term, ...]
    outer: Tree

    @property
    def is_ranking(self) -> bool:
        """Whether it looks at the order alone."""
        return self.function in RANKS


RANKS = ("Rank", "DenseRank", "RowNumber")


def ranked(asked: Ranking, world: World) -> list[Row]:
    """The rows that both conditions keep, with the result as ``w``, by primary key."""
    reference = Reference(world, asked.table)
    rows = reference.ordered(reference.kept(asked.condition), asked.terms)
    partitions: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        partitions.setdefault(tuple(row[name] for name in asked.by), []).append(row)
    found = [
        {**row, "w": _result(asked, partition, row, reference)}
        for partition in partitions.values()
        for row in partition
    ]
    kept = [row for row in found if reference.keeps(row, asked.outer)]
    return sorted(kept, key=lambda row: int(row["id"]))


def _result(asked: Ranking, partition: Sequence[Row], row: Row, reference: Reference) -> Any:
    """Of a partition in order; an aggregate counts the rows up to this one and its equals."""
    before = [other for other in partition if reference.order(other, row, asked.terms) < 0]
    if asked.function == "Rank":
        return len(before) + 1
    if asked.function == "DenseRank":
        return len({_place(other, asked, reference) for other in before}) + 1
    if asked.function == "RowNumber":
        return [other["id"] for other in partition].index(row["id"]) + 1
    counted = [o for o in partition if reference.order(o, row, asked.terms) <= 0]
    values = [one[asked.of] for one in counted if one[asked.of] is not None]
    if asked.function == "Count":
        return len(values)
    return {"Sum": sum, "Min": min, "Max": max}[asked.function](values) if values else None


def _place(row: Row, asked: Ranking, reference: Reference) -> tuple[Any, ...]:
    return tuple(reference.value(row, term.by) for term in asked.terms)


def said(asked: Ranking, models: saying.Models) -> Any:
    """The queryset for a ranking."""
    model = models[asked.table]
    query = model.objects.filter(saying.q(asked.condition, model, models))
    query = query.annotate(w=window(asked)).filter(saying.q(asked.outer, model, models))
    return query.order_by("pk")


def window(asked: Ranking) -> Any:
    """The window in covet's words."""
    function = getattr(covet, asked.function)
    inside = function() if asked.is_ranking else function(asked.of)
    order = saying.order_by(asked.terms)
    return covet.Window(inside, partition_by=[*asked.by], order_by=order)
