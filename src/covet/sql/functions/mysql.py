"""The functions that MariaDB and MySQL say their own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...query import ast
from ...query.types import family
from ..text import SQL, sql
from .base import Functions
from .common import FUNCTIONS as COMMON
from .mysql_dates import MysqlDates

if TYPE_CHECKING:
    from ..dialects.base import Dialect


def _cast(dialect: Dialect, node: ast.Call, arguments: list[SQL]) -> SQL:
    """``CAST(… AS …)``"""
    kinds = {
        "integer": "SIGNED",
        "float": "DOUBLE",
        "boolean": "SIGNED",
        "date": "DATE",
        "datetime": "DATETIME(6)",
        "time": "TIME(6)",
        "decimal": "DECIMAL(65, 30)",
    }
    kind = kinds.get(family(node.field), "CHAR")
    return sql("CAST(", arguments[0], f" AS {kind})")


FUNCTIONS: Functions = {
    **COMMON,
    **MysqlDates().functions,
    "||": "CONCAT({0}, {1})",
    "CAST": _cast,
}
