"""The functions of MariaDB and MySQL."""

from __future__ import annotations

from . import comparison, math, text
from .base import Functions
from .common import FUNCTIONS as COMMON
from .json_mysql import FUNCTIONS as JSON
from .mysql_dates import MysqlDates

FUNCTIONS: Functions = {
    **COMMON,
    **text.MYSQL,
    **math.MYSQL,
    **comparison.MYSQL,
    **MysqlDates().functions,
    **JSON,
    "||": "CONCAT({0}, {1})",
}
