"""What is the SQL of an aggregate? Its usual form, and what the databases say otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ...query import ast
from ...query.types import BIG_INTEGER, DECIMAL, family
from ..text import SQL, clause, separated, sql

if TYPE_CHECKING:
    from ..dialects.base import Dialect


class Parts(NamedTuple):
    """The pieces of an aggregate.

    Attributes:
        node: what is said.
        arguments: its arguments.
        condition: which rows count; empty for all.
        order: the terms of its ORDER BY.
        keys: what these order by.
        over: the window, ``OVER (…)``; empty for none.
    """

    node: ast.Aggregate
    arguments: list[SQL]
    condition: SQL
    order: SQL
    keys: list[SQL]
    over: SQL

    @property
    def kind(self) -> str:
        """The family of what it is about."""
        field = self.node.arguments[0].field
        return "any" if field is None else family(field)


Aggregates: TypeAlias = "Mapping[str, Callable[[Dialect, Parts], SQL]]"
"""From the name of an aggregate to what makes its SQL, where that is not the usual one."""


def usual(name: str, parts: Parts) -> SQL:
    """``SUM(DISTINCT … ORDER BY …) FILTER (WHERE …) OVER (…)``"""
    distinct = "DISTINCT " if parts.node.distinct else ""
    arguments = separated(", ", parts.arguments)
    only = sql(" FILTER (WHERE ", parts.condition, ")") if parts.condition else ()
    order = clause("ORDER BY", parts.order)
    return sql(f"{name}({distinct}", arguments, order, ")", only, parts.over)


def called(name: str) -> Callable[[Dialect, Parts], SQL]:
    """An aggregate by another name."""
    return lambda dialect, parts: dialect.usual(name, parts)


def average(cast: str) -> Callable[[Dialect, Parts], SQL]:
    """An average whose precision is said by nobody but us.

    Servers give those of whole numbers a few places, or as many as the values have. ``cast`` makes
    a float of a sum.
    """
    before, after = cast.split("{}")

    def said(dialect: Dialect, parts: Parts) -> SQL:
        if parts.kind not in ("integer", "decimal", "duration"):
            return dialect.usual("AVG", parts)
        total, count = dialect.usual("SUM", parts), dialect.usual("COUNT", parts)
        if parts.kind == "decimal":
            return dialect.arithmetic("/", total, count, (DECIMAL, BIG_INTEGER), "decimal")
        return sql(f"({before}", total, f"{after} / NULLIF(", count, ", 0))")

    return said
