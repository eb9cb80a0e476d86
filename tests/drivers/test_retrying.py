"""Which errors are worth another try? One test for each row of the table, and what is none."""

from __future__ import annotations

import sqlite3

import psycopg
import pymysql
import pytest

from covet.drivers.mysql import translate as of_mysql
from covet.drivers.postgresql import translate as of_postgresql
from covet.drivers.retrying import LONGEST_PAUSE, TRANSIENT, Code, code_of, is_transient, pause
from covet.drivers.sqlite import translate as of_sqlite
from covet.errors import CommitOutcomeUnknown, CovetError, OperationalError


def busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    return error


def of_pymysql(number: int, state: str) -> CovetError | None:
    error = pymysql.err.OperationalError(number, "Deadlock found")
    error.sqlstate = state
    return of_mysql(error)


def by(error: BaseException, cause: BaseException | None) -> BaseException:
    error.__cause__ = cause
    return error


# As the drivers raise them.
RAISED: dict[Code, CovetError | None] = {
    "40001": of_postgresql(psycopg.errors.SerializationFailure("could not serialize")),
    "40P01": of_postgresql(psycopg.errors.DeadlockDetected("deadlock detected")),
    1020: of_pymysql(1020, "HY000"),
    1205: of_pymysql(1205, "HY000"),
    1213: of_pymysql(1213, "40001"),
    5: of_sqlite(busy()),
}


@pytest.mark.parametrize("code", TRANSIENT)
def test_each_error_of_the_table(code: Code) -> None:
    error = RAISED[code]
    assert error is not None
    assert code_of(error.__cause__) == code
    assert is_transient(error)
    assert is_transient(by(RuntimeError("the user's own"), error))
    assert is_transient(ExceptionGroup("tasks", [error, error]))


@pytest.mark.parametrize("code", TRANSIENT)
def test_a_commit_in_doubt_is_never_done_again(code: Code) -> None:
    assert not is_transient(by(CommitOutcomeUnknown("who knows?"), RAISED[code]))
    assert not is_transient(by(RuntimeError(), by(CommitOutcomeUnknown("?"), RAISED[code])))


@pytest.mark.parametrize(
    "error",
    [
        ValueError(1213),  # not of a driver's
        OperationalError("no cause"),
        of_mysql(pymysql.err.OperationalError(2013, "Lost connection")),
        of_mysql(pymysql.err.IntegrityError(1062, "Duplicate entry")),
        of_postgresql(psycopg.errors.UniqueViolation("duplicate key")),
        of_sqlite(sqlite3.IntegrityError("UNIQUE constraint failed")),
        ExceptionGroup("tasks", [ValueError(), RAISED[1213] or ValueError()]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_all_else_is_raised_at_once(error: Exception) -> None:
    assert not is_transient(error)


def test_causes_in_a_circle_have_an_end() -> None:
    first = ValueError()
    first.__cause__ = by(ValueError(), first)
    assert not is_transient(first)


def test_pauses_grow_to_a_limit_and_differ() -> None:
    pauses = [[pause(attempt) for _ in range(50)] for attempt in range(1, 50)]
    assert all(0 < each <= LONGEST_PAUSE for many in pauses for each in many)
    assert max(pauses[0]) < LONGEST_PAUSE / 10
    assert max(pauses[-1]) > LONGEST_PAUSE / 2
    assert all(len(set(many)) > 1 for many in pauses)
