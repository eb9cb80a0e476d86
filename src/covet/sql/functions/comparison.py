"""How does each database say what chooses between values, or makes another type of one?

Numbers of several types become one type. PostgreSQL and MariaDB do so themselves, but for NULLIF,
which has the type of its first value; SQLite keeps each value as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...query import ast
from ...query.types import family
from ..casts.base import cast
from ..text import SQL, separated, sql
from .base import Functions

if TYPE_CHECKING:
    from ..dialects.base import Dialect

Call = Callable[["Dialect", ast.Call, list[SQL]], SQL]


def cast_call(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """A cast, by the table of the dialect."""
    return cast(dialect, arguments[0], node.arguments[0].field, node.field)


def choice(name: str, *, compares: bool = True) -> Call:
    """One of several values, which are made one type, and compared by it."""

    def said(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
        values = (
            dialect.comparable(text, node.field) if compares else text
            for text in _alike(dialect, node, arguments)
        )
        return sql(f"{name}(", separated(", ", values), ")")

    return said


def _alike(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> list[SQL]:
    """The arguments as values of the type of the result."""
    return [
        dialect.as_common(text, each.field, node.field)
        for text, each in zip(arguments, node.arguments, strict=True)
    ]


def null_if(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``NULLIF(a, b)``, of the type that both have in common."""
    source = node.arguments[0].field
    first = arguments[0]
    if source is not None and family(source) != family(node.field):
        first = cast(dialect, first, source, node.field)
    return sql("NULLIF(", first, ", ", arguments[1], ")")


def unless_null(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """NULL if one of them is, as on the other databases; PostgreSQL passes over NULLs."""
    missing = separated(" OR ", (sql(each, " IS NULL") for each in arguments))
    inside = sql(f"{node.name}(", separated(", ", arguments), ")")
    return sql("CASE WHEN ", missing, " THEN NULL ELSE ", inside, " END")


COMMON: Functions = {
    "CAST": cast_call,
    "COALESCE": "COALESCE({*})",
    "NULLIF": null_if,
    "GREATEST": "GREATEST({*})",
    "LEAST": "LEAST({*})",
}

SQLITE: Functions = {
    **COMMON,
    "COALESCE": choice("COALESCE", compares=False),
    "NULLIF": choice("NULLIF"),
    "GREATEST": choice("MAX"),
    "LEAST": choice("MIN"),
}

POSTGRESQL: Functions = {**COMMON, "GREATEST": unless_null, "LEAST": unless_null}

MYSQL: Functions = COMMON
