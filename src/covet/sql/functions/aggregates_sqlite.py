"""The aggregates that SQLite says its own way, many of them by functions of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...query.types import family
from ..text import SQL, separated, sql
from .aggregates import Aggregates, Parts, called

if TYPE_CHECKING:
    from ..dialects.base import Dialect


def _count(dialect: Dialect, parts: Parts) -> SQL:
    """DISTINCT takes one argument: a key of several columns is written out as one text."""
    if len(parts.arguments) > 1:
        texts = separated(" || ',' || ", (sql("quote(", each, ")") for each in parts.arguments))
        return dialect.usual("COUNT", parts._replace(arguments=[texts]))
    return dialect.usual("COUNT", _comparable(dialect, parts))


def _sum(dialect: Dialect, parts: Parts) -> SQL:
    name = "covet_sum" if parts.kind == "decimal" else "SUM"
    return dialect.usual(name, _comparable(dialect, parts))


def _avg(dialect: Dialect, parts: Parts) -> SQL:
    name = "covet_avg" if parts.kind == "decimal" else "AVG"
    return dialect.usual(name, _comparable(dialect, parts))


def _least(dialect: Dialect, parts: Parts) -> SQL:
    return dialect.usual("MIN", _comparable(dialect, parts))


def _greatest(dialect: Dialect, parts: Parts) -> SQL:
    return dialect.usual("MAX", _comparable(dialect, parts))


def _comparable(dialect: Dialect, parts: Parts) -> Parts:
    """Decimals are texts, which compare as numbers by a collation."""
    if parts.kind != "decimal":
        return parts
    first = dialect.comparable(parts.arguments[0], parts.node.arguments[0].field)
    return parts._replace(arguments=[first])


def _spread(dialect: Dialect, parts: Parts) -> SQL:
    return dialect.usual(f"covet_{parts.node.name.lower()}", parts)


def _collected(dialect: Dialect, parts: Parts) -> SQL:
    """By a function that is told how to sort: SQLite does so itself from 3.44 on only."""
    node = parts.node
    words = ["text" if node.name == "STRING_AGG" else "list"]
    words += ["distinct"] if node.distinct else []
    for term in node.order_by:
        is_decimal = term.expr.field is not None and family(term.expr.field) == "decimal"
        flags = ("desc" if term.descending else "asc", "first" if term.nulls_first else "last")
        words.append("-".join([*flags, "decimal" if is_decimal else "plain"]))
    arguments = [(f"'{' '.join(words)}'",), *parts.arguments, *parts.keys]
    bare = parts._replace(node=replace(node, distinct=False), arguments=arguments, order=())
    return dialect.usual("covet_collected", bare)


AGGREGATES: Aggregates = {
    "COUNT": _count,
    "SUM": _sum,
    "AVG": _avg,
    "MIN": _least,
    "MAX": _greatest,
    "ANY_VALUE": _least,
    "BOOL_AND": called("MIN"),
    "BOOL_OR": called("MAX"),
    "STDDEV_POP": _spread,
    "STDDEV_SAMP": _spread,
    "VAR_POP": _spread,
    "VAR_SAMP": _spread,
    "STRING_AGG": _collected,
    "ARRAY_AGG": _collected,
}
