# generated from tests/_async/test_pool.py by scripts/generate_sync.py;
# change that file, not this one
"""Who gets a connection, and in what state?"""

from __future__ import annotations

import pytest

from covet.drivers import SyncConnection
from covet.errors import (
    DataError,
    IntegrityError,
    PoolTimeout,
    ProgrammingError,
    TransactionError,
)
from covet.pairs import sync_sleep
from covet.sync import Database, atomic, capture_queries, connect

MODELS: list[type] = []


def test_one_connection_serves_one_task(url: str) -> None:
    with connect(url, alias="pool") as db:
        for _ in range(20):
            db.fetch_rows("select 1")
        assert len(db.pool.slots.connections) == 1


def test_it_grows_to_its_size_and_says_who_holds_it(url: str) -> None:
    with connect(url, alias="pool", pool_size=2, acquire_timeout=0.1) as db:
        pool = db.pool
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
        pool = db.pool
        connection = pool.acquire()
        connection.abandon()
        pool.mend(connection)
        assert db.fetch_rows("select 1") == [(1,)]


def test_a_failed_statement_keeps_its_connection(url: str) -> None:
    with connect(url, alias="pool", pool_size=1) as db:
        first = db.pool.acquire()
        db.pool.give(first)
        with pytest.raises(ProgrammingError):
            db.fetch_rows("select nosuch")
        assert list(db.pool.slots.idle) == [first]


def test_a_transaction_begun_by_hand_is_rolled_back(url: str) -> None:
    with connect(url, alias="pool", pool_size=1) as db:
        with pytest.raises(TransactionError) as caught:
            db.execute("begin")
        assert str(caught.value) == (
            "A statement outside of atomic() opened a transaction, which is rolled back "
            "(in begin). Use atomic()."
        )
        connection = db.pool.acquire()
        assert not connection.in_transaction
        db.pool.give(connection)


def test_close_closes_what_comes_back_later(url: str) -> None:
    db = connect(url, alias="pool")
    pool = db.pool
    connection = pool.acquire()
    db.close(timeout=0)
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


# --- what raw SQL leaves ------------------------------------------------------------------------

SET = {
    "postgresql": ("set statement_timeout = 12345", "show statement_timeout"),
    "mysql": ("set session wait_timeout = 12345", "select @@wait_timeout"),
    "sqlite": ("pragma cache_size = 12345", "pragma cache_size"),
}


def test_a_setting_of_one_user_is_not_there_for_the_next(url: str, kind: str) -> None:
    command, question = SET[kind]
    with connect(url, alias="pool", pool_size=1) as db:
        before = db.fetch(question)
        db.execute(f"/* for this one */ {command}")
        assert db.fetch(question) == before
        with atomic("pool"):
            db.execute(command)
            assert db.fetch(question) != before
        assert db.fetch(question) == before
        assert db.pool.stats().discarded >= 2


def test_in_memory_there_is_one_connection_for_good() -> None:
    with connect("sqlite:///:memory:", alias="pool") as db:
        db.execute("create table kept (n integer)")
        db.execute("pragma cache_size = 12345")
        assert db.fetch("select * from kept") == []


# --- age ------------------------------------------------------------------------------------------

KILL = {
    "postgresql": "select pg_terminate_backend({})",
    "mysql": "kill {}",
}
WHO = {"postgresql": "select pg_backend_pid()", "mysql": "select connection_id()"}


def several(db: Database, number: int) -> list[SyncConnection]:
    """So many connections, idle in the pool."""
    taken = [db.pool.acquire() for _ in range(number)]
    for connection in taken:
        db.pool.give(connection)
    return taken


@pytest.mark.databases("postgresql", "mysql")
def test_connections_that_were_lost_while_idle_are_replaced(url: str, kind: str) -> None:
    with (
        connect(url, alias="killer") as killer,
        connect(url, alias="pool", pool_check_after=0.05) as db,
    ):
        for connection in several(db, 3):
            ((number,),) = connection.fetch(WHO[kind], ())
            killer.execute(KILL[kind].format(number))
        sync_sleep(0.1)
        assert db.fetch_rows("select 1") == [(1,)]
        stats = db.pool.stats()
        assert (stats.connections, stats.made, stats.discarded) == (1, 4, 3)


@pytest.mark.databases("postgresql", "mysql")
def test_a_connection_in_use_all_the_time_is_not_asked(url: str) -> None:
    with connect(url, alias="pool", pool_check_after=0.2) as db:
        (connection,) = several(db, 1)
        with capture_queries(transactions=True) as queries:
            for _ in range(5):
                db.fetch_rows("select 1")
        assert len(queries) == 5
        assert db.pool.stats().made == 1
        assert list(db.pool.slots.idle) == [connection]


@pytest.mark.databases("postgresql", "mysql")
def test_a_connection_does_not_live_for_ever(url: str) -> None:
    with connect(url, alias="pool", pool_max_lifetime=0.05) as db:
        (first,) = several(db, 1)
        sync_sleep(0.06)
        assert db.fetch_rows("select 1") == [(1,)]
        (second,) = db.pool.slots.idle
        assert second is not first
        assert first.closed
        assert db.pool.stats().discarded == 1


@pytest.mark.databases("postgresql", "mysql")
def test_what_is_idle_for_long_is_closed_but_for_the_least(url: str) -> None:
    options = {"pool_max_idle": 0.05, "pool_check_after": 0.04, "pool_min_size": 2}
    with connect(url, alias="pool", **options) as db:
        assert db.pool.stats().idle == 2
        several(db, 5)
        sync_sleep(0.1)
        db.fetch_rows("select 1")
        stats = db.pool.stats()
        assert (stats.connections, stats.idle, stats.discarded) == (2, 2, 3)


def test_the_numbers_of_a_pool(url: str) -> None:
    with connect(url, alias="pool", pool_size=2, pool_min_size=1, acquire_timeout=0.05) as db:
        pool = db.pool
        assert pool.stats() == (2, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0)
        held = [pool.acquire(), pool.acquire()]
        with pytest.raises(PoolTimeout):
            pool.acquire()
        stats = pool.stats()
        assert (stats.in_use, stats.idle, stats.made, stats.timeouts) == (2, 0, 2, 1)
        for connection in held:
            pool.give(connection)
        assert (pool.stats().in_use, pool.stats().idle) == (0, 2)


def test_closing_says_who_still_has_a_connection(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    db = connect(url, alias="pool")
    connection = db.pool.acquire()
    connection.doing = "something long"
    pool = db.pool
    db.close(timeout=0.05)
    assert "is closed while in use: 'something long' for 0." in caplog.text
    pool.give(connection)
    assert connection.closed
