"""The functions that SQLite says its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...query import ast
from ...query.types import family
from ..text import SQL, sql
from .base import Functions
from .common import FUNCTIONS as COMMON
from .sqlite_dates import SqliteDates

if TYPE_CHECKING:
    from ..dialects.base import Dialect


def _cast(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``CAST(… AS …)``"""
    kinds = {"integer": "INTEGER", "float": "REAL", "boolean": "INTEGER"}
    kind = kinds.get(family(node.field), "TEXT")
    return sql("CAST(", arguments[0], f" AS {kind})")


FUNCTIONS: Functions = {
    **COMMON,
    **SqliteDates().functions,
    "GREATEST": "MAX({*})",
    "LEAST": "MIN({*})",
    "CAST": _cast,
}
