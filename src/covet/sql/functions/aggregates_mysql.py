"""The aggregates that MariaDB and MySQL say their own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...query.types import family
from ..text import SQL, clause, sql
from .aggregates import Aggregates, Parts, average, called

if TYPE_CHECKING:
    from ..dialects.base import Dialect


def _sum(dialect: Dialect, parts: Parts) -> SQL:
    """The sum of whole numbers is a decimal; DIV makes it whole, and an error beyond 64 bits."""
    text = dialect.usual("SUM", parts)
    return sql("(", text, " DIV 1)") if parts.kind in ("integer", "duration") else text


def _spread(dialect: Dialect, parts: Parts) -> SQL:
    """Of whole numbers it would have four places."""
    number = sql("CAST(", parts.arguments[0], " AS DOUBLE)")
    return dialect.usual(parts.node.name, parts._replace(arguments=[number]))


def _joined(dialect: Dialect, parts: Parts) -> SQL:
    """``GROUP_CONCAT``"""
    text, delimiter = parts.arguments
    return _whole(dialect, parts, text, delimiter)


def _listed(dialect: Dialect, parts: Parts) -> SQL:
    """A JSON array of texts put together: JSON_ARRAYAGG takes no order on MySQL, and no FILTER."""
    inside = _whole(dialect, parts, _member(parts), ("','",))
    return sql("CONCAT('[', ", inside, ", ']')")


def _whole(dialect: Dialect, parts: Parts, text: SQL, delimiter: SQL) -> SQL:
    """A text that is whole or an error: GROUP_CONCAT cuts off what is too long, and only warns.

    What is cut ends a character before the limit at most. The error is that of a number below 0.
    """
    if parts.over:
        raise dialect.unsupported(
            "GROUP_CONCAT over a window", "Ask for it without one, in a Subquery(…)."
        )
    if parts.condition:
        text = sql("CASE WHEN ", parts.condition, " THEN ", text, " END")
    distinct = "DISTINCT " if parts.node.distinct else ""
    order = clause("ORDER BY", parts.order)
    found = sql(f"GROUP_CONCAT({distinct}", text, order, " SEPARATOR ", delimiter, ")")
    limit = "@@group_concat_max_len - 4"
    error = "CAST(0 AS UNSIGNED) - COUNT(*)"
    return sql("CASE WHEN LENGTH(", found, f") > {limit} THEN {error} ELSE ", found, " END")


def _member(parts: Parts) -> SQL:
    """A value as JSON, as SQLite stores it."""
    argument = parts.arguments[0]
    field = parts.node.arguments[0].field
    kind = "text" if field is None else family(field)
    before, after = JSON.get(kind, ("JSON_QUOTE(", ")"))
    null = "'null' COLLATE utf8mb4_bin"  # which is what JSON_QUOTE gives
    return sql("COALESCE(", before, argument, after, f", {null})")


_NUMBER = ("CAST(", " AS CHAR)")
_PLAIN = ("CONCAT('\"', ", ", '\"')")
JSON = {
    **dict.fromkeys(("integer", "float", "boolean", "duration", "any"), _NUMBER),
    **dict.fromkeys(("decimal", "date", "time", "datetime"), _PLAIN),
    "binary": ("CONCAT('\"', HEX(", "), '\"')"),
}

AGGREGATES: Aggregates = {
    "SUM": _sum,
    "AVG": average("CAST({} AS DOUBLE)"),
    "ANY_VALUE": called("MIN"),
    "BOOL_AND": called("MIN"),
    "BOOL_OR": called("MAX"),
    "STDDEV_POP": _spread,
    "STDDEV_SAMP": _spread,
    "VAR_POP": _spread,
    "VAR_SAMP": _spread,
    "STRING_AGG": _joined,
    "ARRAY_AGG": _listed,
}
