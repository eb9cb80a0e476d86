"""The functions of SQLite."""

from __future__ import annotations

from . import comparison, math, text
from .base import Functions
from .common import FUNCTIONS as COMMON
from .json_sqlite import FUNCTIONS as JSON
from .sqlite_dates import SqliteDates

FUNCTIONS: Functions = {
    **COMMON,
    **text.SQLITE,
    **math.SQLITE,
    **comparison.SQLITE,
    **SqliteDates().functions,
    **JSON,
}
