"""What do the error numbers of MariaDB and MySQL mean?"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from ..errors import (
    CovetError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from .base import NO_TABLE_FIX, database_error

# By this name, as the attribute ``pymysql.err`` may be another module: where PyMySQL stands in for
# mysqlclient (``install_as_MySQLdb()``, beside Django), its files are loaded once more, as
# ``MySQLdb.err`` and so on, and Python hangs these on the package. The libraries raise the first.
_THEIRS: Any = import_module("pymysql.err")
_BY_NUMBER: dict[int, type[DatabaseError]] = {
    **dict.fromkeys(
        (1022, 1048, 1062, 1169, 1216, 1217, 1364, 1451, 1452, 1557, 1586, 1761, 1762, 3819, 4025),
        IntegrityError,
    ),
    **dict.fromkeys(
        (
            *(1264, 1265, 1292, 1365, 1366, 1367, 1406, 1411, 1425, 1426, 1441, 1690, 1916, 3140),
            *(1139, 4078, *range(3685, 3700)),  # a regular expression that is none
        ),
        DataError,
    ),
    **dict.fromkeys(
        (
            *(1046, 1050, 1051, 1052, 1054, 1059, 1060, 1061, 1064, 1065, 1066, 1091, 1109, 1110),
            *(1111, 1136, 1146, 1241, 1242, 1247, 1248, 1305, 1318, 1327, 1382, 1582, 4031),
        ),
        ProgrammingError,
    ),
    **dict.fromkeys((1235, 1286), NotSupportedError),
}
_BY_CLASS: tuple[tuple[type[Exception], type[DatabaseError]], ...] = (
    (_THEIRS.IntegrityError, IntegrityError),
    (_THEIRS.DataError, DataError),
    (_THEIRS.NotSupportedError, NotSupportedError),
    (_THEIRS.ProgrammingError, ProgrammingError),
    (_THEIRS.InternalError, InternalError),
    (_THEIRS.OperationalError, OperationalError),
    (_THEIRS.InterfaceError, InterfaceError),
    (_THEIRS.Error, DatabaseError),
)


NO_SUCH_TABLE = 1146
SERVER_LOST = 2013
CHECK_FAILED = (3819, 4025)
OWN_CHECK = re.compile(
    r"CONSTRAINT `[^`]+\.[^`]+` failed|Check constraint '.+_chk_\d+' is violated"
)
"""The checks of columns, which the servers name; those of a model have names of its own."""


def translate(error: BaseException) -> CovetError | None:
    """covet's error for one of pymysql's, None for any other."""
    for theirs, ours in _BY_CLASS:
        if isinstance(error, theirs):
            number = number_of(error)
            fix = NO_TABLE_FIX if number == NO_SUCH_TABLE else None
            if number in CHECK_FAILED and OWN_CHECK.match(str(error.args[-1])):
                ours, number = DataError, 0
            return database_error(_BY_NUMBER.get(number, ours), error.args[-1], error, fix)
    return None


def number_of(error: BaseException) -> int:
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def is_answer(error: BaseException) -> bool:
    """Whether the server said so; what only a library says has a number from 2000 to 2999."""
    return number_of(error) // 1000 not in (0, 2)


def too_long(size: int, most: int) -> DataError:
    """The error for a statement with more bytes than the server takes."""
    return DataError(
        f"The statement has {size:,} bytes, and the server takes {most:,}",
        fix="Raise max_allowed_packet on the server, or store what is that large elsewhere.",
    )


def unheard() -> Exception:
    """The error for what was said to the server and maybe not heard."""
    error: Exception = _THEIRS.OperationalError(
        SERVER_LOST, "The server did not say in time whether it stopped sending rows"
    )
    return error
