"""The functions that PostgreSQL says its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...query import ast
from ..text import SQL, separated, sql
from ..types import type_info
from .base import Functions
from .common import FUNCTIONS as COMMON
from .postgresql_dates import PostgresqlDates

if TYPE_CHECKING:
    from ..dialects.base import Dialect


def _cast(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``…::type``"""
    return sql("(", arguments[0], f")::{type_info(dialect.name, node.field).cast}")


def _unless_null(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """NULL if one of them is, as on the other databases; PostgreSQL passes over NULLs."""
    missing = separated(" OR ", (sql(each, " IS NULL") for each in arguments))
    inside = sql(f"{node.name}(", separated(", ", arguments), ")")
    return sql("CASE WHEN ", missing, " THEN NULL ELSE ", inside, " END")


FUNCTIONS: Functions = {
    **COMMON,
    **PostgresqlDates().functions,
    "GREATEST": _unless_null,
    "LEAST": _unless_null,
    "CAST": _cast,
}
