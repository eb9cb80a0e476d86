"""The functions of PostgreSQL."""

from __future__ import annotations

from . import comparison, math, text
from .base import Functions
from .common import FUNCTIONS as COMMON
from .json_postgresql import FUNCTIONS as JSON
from .postgresql_dates import PostgresqlDates

FUNCTIONS: Functions = {
    **COMMON,
    **text.POSTGRESQL,
    **math.POSTGRESQL,
    **comparison.POSTGRESQL,
    **PostgresqlDates().functions,
    **JSON,
}
