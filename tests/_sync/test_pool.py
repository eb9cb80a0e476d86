# generated from tests/_async/test_pool.py by scripts/generate_sync.py;
# change that file, not this one
"""Who gets a connection, and in what state?"""

from __future__ import annotations

import pytest

from covet.errors import (
    DataError,
    IntegrityError,
    PoolTimeout,
    ProgrammingError,
    TransactionError,
)
from covet.sync import connect

MODELS: list[type] = []


def test_one_connection_serves_one_task(url: str) -> None:
    with connect(url, alias="pool") as db:
        for _ in range(20):
            db.fetch_rows("select 1")
        assert len(db.pool().slots.connections) == 1


def test_it_grows_to_its_size_and_says_who_holds_it(url: str) -> None:
    with connect(url, alias="pool", pool_size=2, acquire_timeout=0.1) as db:
        pool = db.pool()
        held = [pool.acquire(), pool.acquire()]
        for connection in held:
            connection.doing = "select pg_sleep(9)"
        with pytest.raises(PoolTimeout) as caught:
            db.fetch_rows("select 1")
        text = str(caught.value)
        assert text.startswith(
            f"No connection to {db.url} became free within 0.1 s; all 2 are in use: "
            "'select pg_sleep(9)' for "
        )
        assert text.endswith(
            " s. End atomic() blocks and iterator() loops earlier, or raise pool_size."
        )
        for connection in held:
            pool.give(connection)
        assert db.fetch_rows("select 1") == [(1,)]
        assert len(pool.slots.connections) == len(pool.slots.idle) == 2


def test_a_connection_that_was_lost_is_replaced(url: str) -> None:
    with connect(url, alias="pool", pool_size=1) as db:
        pool = db.pool()
        connection = pool.acquire()
        connection.abandon()
        pool.mend(connection)
        assert db.fetch_rows("select 1") == [(1,)]


def test_a_failed_statement_keeps_its_connection(url: str) -> None:
    with connect(url, alias="pool", pool_size=1) as db:
        first = db.pool().acquire()
        db.pool().give(first)
        with pytest.raises(ProgrammingError):
            db.fetch_rows("select nosuch")
        assert list(db.pool().slots.idle) == [first]


def test_a_transaction_begun_by_hand_is_rolled_back(url: str) -> None:
    with connect(url, alias="pool", pool_size=1) as db:
        with pytest.raises(TransactionError) as caught:
            db.execute("begin")
        assert str(caught.value) == (
            "A statement outside of atomic() opened a transaction, which is rolled back "
            "(in begin). Use atomic()."
        )
        connection = db.pool().acquire()
        assert not connection.in_transaction
        db.pool().give(connection)


def test_close_closes_what_comes_back_later(url: str) -> None:
    db = connect(url, alias="pool")
    pool = db.pool()
    connection = pool.acquire()
    db.close()
    assert not connection.closed
    pool.give(connection)
    assert connection.closed


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("insert into limited values (1, 1)", IntegrityError),
        ("insert into limited values (null, 1)", IntegrityError),
        ("insert into limited values (3, -1)", IntegrityError),
        ("insert into nosuch values (1)", ProgrammingError),
        ("selekt 1", ProgrammingError),
    ],
)
def test_errors_have_their_kind(url: str, statement: str, error: type[Exception]) -> None:
    with connect(url, alias="pool") as db:
        db.execute(
            "create table limited (id integer primary key not null, n integer, check (n > 0))"
        )
        try:
            db.execute("insert into limited values (1, 1)")
            if "(null" in statement and db.dialect.name == "sqlite":
                statement = "insert into limited values (2, 1), (2, 1)"
            with pytest.raises(error) as caught:
                db.execute(statement)
            assert type(caught.value) is error
            assert caught.value.__cause__ is not None
        finally:
            db.execute("drop table limited")


@pytest.mark.databases("postgresql", "mysql")
@pytest.mark.parametrize("value", ["99999999999", "'x'"])
def test_a_value_that_does_not_fit(url: str, value: str) -> None:
    with connect(url, alias="pool") as db:
        db.execute("create table narrow (n integer)")
        try:
            with pytest.raises(DataError):
                db.execute(f"insert into narrow values ({value})")
        finally:
            db.execute("drop table narrow")


def test_a_whole_number_beyond_64_bits(url: str, kind: str) -> None:
    with connect(url, alias="pool") as db:
        if kind == "sqlite":
            with pytest.raises(DataError):
                db.fetch_rows("select ?", (1 << 63,))
        else:
            assert int(db.fetch_rows("select %s", (1 << 63,))[0][0]) == 1 << 63
