"""The aggregates that PostgreSQL says its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..text import SQL, separated, sql
from .aggregates import Aggregates, Parts, average

if TYPE_CHECKING:
    from ..dialects.base import Dialect

_average = average("{}::double precision")


def _count(dialect: Dialect, parts: Parts) -> SQL:
    """A key of several columns is one row value."""
    if len(parts.arguments) > 1:
        row = sql("ROW(", separated(", ", parts.arguments), ")")
        parts = parts._replace(arguments=[row])
    return dialect.usual("COUNT", parts)


def _sum(dialect: Dialect, parts: Parts) -> SQL:
    """The sum of whole numbers is a numeric; one beyond 64 bits is an error."""
    text = dialect.usual("SUM", parts)
    return sql("(", text, ")::bigint") if parts.kind == "integer" else text


def _avg(dialect: Dialect, parts: Parts) -> SQL:
    """Intervals have an average of their own."""
    return dialect.usual("AVG", parts) if parts.kind == "duration" else _average(dialect, parts)


def _least(dialect: Dialect, parts: Parts) -> SQL:
    return _extreme(dialect, parts, "MIN", "BOOL_AND")


def _greatest(dialect: Dialect, parts: Parts) -> SQL:
    return _extreme(dialect, parts, "MAX", "BOOL_OR")


def _extreme(dialect: Dialect, parts: Parts, name: str, of_booleans: str) -> SQL:
    """Of what has an order, but no MIN and MAX before PostgreSQL 18."""
    argument = parts.arguments[0]
    if parts.kind == "boolean":
        return dialect.usual(of_booleans, parts)
    if parts.kind == "uuid":
        text = sql(argument, '::text COLLATE "C"')
        return sql("(", dialect.usual(name, parts._replace(arguments=[text])), ")::uuid")
    if parts.kind == "binary":
        text = sql("ENCODE(", argument, """, 'hex') COLLATE "C\"""")
        return sql("DECODE(", dialect.usual(name, parts._replace(arguments=[text])), ", 'hex')")
    return dialect.usual(name, parts)


def _spread(dialect: Dialect, parts: Parts) -> SQL:
    """Of whole numbers and decimals it is a numeric."""
    return sql("(", dialect.usual(parts.node.name, parts), ")::double precision")


AGGREGATES: Aggregates = {
    "COUNT": _count,
    "SUM": _sum,
    "AVG": _avg,
    "MIN": _least,
    "MAX": _greatest,
    "ANY_VALUE": _least,
    "STDDEV_POP": _spread,
    "STDDEV_SAMP": _spread,
    "VAR_POP": _spread,
    "VAR_SAMP": _spread,
}
