"""Which errors go away when a transaction is done once more, and how long is it better to wait?"""

from __future__ import annotations

from collections.abc import Iterator
from random import uniform

from ..errors import CommitOutcomeUnknown, DatabaseError

Code = int | str

# The server's or SQLite's code → what it means: another transaction was in the way, and this one
# was undone as a whole or will be.
TRANSIENT: dict[Code, str] = {
    "40001": "PostgreSQL: serialization failure",
    "40P01": "PostgreSQL: deadlock",
    1020: "MariaDB: a row was changed after the transaction's snapshot",
    1205: "MariaDB: a lock was waited for too long",
    1213: "MariaDB: deadlock",
    5: "SQLite: the file is locked",
}

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0


def is_transient(error: BaseException) -> bool:
    """Whether an error went through a block because of other transactions, and of nothing else.

    What stands for such an error counts as well: an exception that was raised ``from`` it, and a
    group of nothing but such.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_transient, error.exceptions))
    chain = list(_causes(error))
    if any(isinstance(each, CommitOutcomeUnknown) for each in chain):
        return False
    return any(
        isinstance(each, DatabaseError) and code_of(each.__cause__) in TRANSIENT for each in chain
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__


def code_of(error: BaseException | None) -> Code | None:
    """The code in an error of a driver's: SQLite's, a number of MariaDB's, or a SQLSTATE."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF  # extended codes hold the plain one in their low byte
    first = error.args[0] if error is not None and error.args else None
    if isinstance(first, int):  # before the state, which says less on MariaDB
        return first
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def pause(attempt: int) -> float:
    """How many seconds to wait after the so manieth attempt, from 1 on.

    Longer each time, and by chance: those that met once would otherwise meet again.
    """
    longest = min(FIRST_PAUSE * 2 ** min(attempt, 10), LONGEST_PAUSE)
    return uniform(longest / 4, longest)
