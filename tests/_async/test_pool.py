"""Who gets a connection, and in what state?"""

from __future__ import annotations

import pytest

from covet.aio import Database, atomic, capture_queries, connect
from covet.drivers import AsyncConnection
from covet.errors import (
    DataError,
    IntegrityError,
    PoolTimeout,
    ProgrammingError,
    TransactionError,
)
from covet.pairs import async_sleep

MODELS: list[type] = []


async def test_one_connection_serves_one_task(url: str) -> None:
    async with connect(url, alias="pool") as db:
        for _ in range(20):
            await db.fetch_rows("select 1")
        assert len(db.pool.slots.connections) == 1


async def test_it_grows_to_its_size_and_says_who_holds_it(url: str) -> None:
    async with connect(url, alias="pool", pool_size=2, acquire_timeout=0.1) as db:
        pool = db.pool
        held = [await pool.acquire(), await pool.acquire()]
        for connection in held:
            connection.doing = "select pg_sleep(9)"
        with pytest.raises(PoolTimeout) as caught:
            await db.fetch_rows("select 1")
        text = str(caught.value)
        assert text.startswith(
            f"No connection to {db.url} became free within 0.1 s; all 2 are in use: "
            "'select pg_sleep(9)' for "
        )
        assert text.endswith(
            " s. End atomic() blocks and iterator() loops earlier, or raise pool_size."
        )
        for connection in held:
            await pool.give(connection)
        assert await db.fetch_rows("select 1") == [(1,)]
        assert len(pool.slots.connections) == len(pool.slots.idle) == 2


async def test_a_connection_that_was_lost_is_replaced(url: str) -> None:
    async with connect(url, alias="pool", pool_size=1) as db:
        pool = db.pool
        connection = await pool.acquire()
        connection.abandon()
        await pool.mend(connection)
        assert await db.fetch_rows("select 1") == [(1,)]


async def test_a_failed_statement_keeps_its_connection(url: str) -> None:
    async with connect(url, alias="pool", pool_size=1) as db:
        first = await db.pool.acquire()
        await db.pool.give(first)
        with pytest.raises(ProgrammingError):
            await db.fetch_rows("select nosuch")
        assert list(db.pool.slots.idle) == [first]


async def test_a_transaction_begun_by_hand_is_rolled_back(url: str) -> None:
    async with connect(url, alias="pool", pool_size=1) as db:
        with pytest.raises(TransactionError) as caught:
            await db.execute("begin")
        assert str(caught.value) == (
            "A statement outside of atomic() opened a transaction, which is rolled back "
            "(in begin). Use atomic()."
        )
        connection = await db.pool.acquire()
        assert not connection.in_transaction
        await db.pool.give(connection)


async def test_close_closes_what_comes_back_later(url: str) -> None:
    db = await connect(url, alias="pool")
    pool = db.pool
    connection = await pool.acquire()
    await db.close(timeout=0)
    assert not connection.closed
    await pool.give(connection)
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
async def test_errors_have_their_kind(url: str, statement: str, error: type[Exception]) -> None:
    async with connect(url, alias="pool") as db:
        await db.execute(
            "create table limited (id integer primary key not null, n integer, check (n > 0))"
        )
        try:
            await db.execute("insert into limited values (1, 1)")
            if "(null" in statement and db.dialect.name == "sqlite":
                statement = "insert into limited values (2, 1), (2, 1)"
            with pytest.raises(error) as caught:
                await db.execute(statement)
            assert type(caught.value) is error
            assert caught.value.__cause__ is not None
        finally:
            await db.execute("drop table limited")


@pytest.mark.databases("postgresql", "mysql")
@pytest.mark.parametrize("value", ["99999999999", "'x'"])
async def test_a_value_that_does_not_fit(url: str, value: str) -> None:
    async with connect(url, alias="pool") as db:
        await db.execute("create table narrow (n integer)")
        try:
            with pytest.raises(DataError):
                await db.execute(f"insert into narrow values ({value})")
        finally:
            await db.execute("drop table narrow")


async def test_a_whole_number_beyond_64_bits(url: str, kind: str) -> None:
    async with connect(url, alias="pool") as db:
        if kind == "sqlite":
            with pytest.raises(DataError):
                await db.fetch_rows("select ?", (1 << 63,))
        else:
            assert int((await db.fetch_rows("select %s", (1 << 63,)))[0][0]) == 1 << 63


# --- what raw SQL leaves ------------------------------------------------------------------------

SET = {
    "postgresql": ("set statement_timeout = 12345", "show statement_timeout"),
    "mysql": ("set session wait_timeout = 12345", "select @@wait_timeout"),
    "sqlite": ("pragma cache_size = 12345", "pragma cache_size"),
}


async def test_a_setting_of_one_user_is_not_there_for_the_next(url: str, kind: str) -> None:
    command, question = SET[kind]
    async with connect(url, alias="pool", pool_size=1) as db:
        before = await db.fetch(question)
        await db.execute(f"/* for this one */ {command}")
        assert await db.fetch(question) == before
        async with atomic("pool"):
            await db.execute(command)
            assert await db.fetch(question) != before
        assert await db.fetch(question) == before
        assert db.pool.stats().discarded >= 2


async def test_in_memory_there_is_one_connection_for_good() -> None:
    async with connect("sqlite:///:memory:", alias="pool") as db:
        await db.execute("create table kept (n integer)")
        await db.execute("pragma cache_size = 12345")
        assert await db.fetch("select * from kept") == []


# --- age ------------------------------------------------------------------------------------------

KILL = {
    "postgresql": "select pg_terminate_backend({})",
    "mysql": "kill {}",
}
WHO = {"postgresql": "select pg_backend_pid()", "mysql": "select connection_id()"}


async def several(db: Database, number: int) -> list[AsyncConnection]:
    """So many connections, idle in the pool."""
    taken = [await db.pool.acquire() for _ in range(number)]
    for connection in taken:
        await db.pool.give(connection)
    return taken


@pytest.mark.databases("postgresql", "mysql")
async def test_connections_that_were_lost_while_idle_are_replaced(url: str, kind: str) -> None:
    async with (
        connect(url, alias="killer") as killer,
        connect(url, alias="pool", pool_check_after=0.05) as db,
    ):
        for connection in await several(db, 3):
            ((number,),) = await connection.fetch(WHO[kind], ())
            await killer.execute(KILL[kind].format(number))
        await async_sleep(0.1)
        assert await db.fetch_rows("select 1") == [(1,)]
        stats = db.pool.stats()
        assert (stats.connections, stats.made, stats.discarded) == (1, 4, 3)


@pytest.mark.databases("postgresql", "mysql")
async def test_a_connection_in_use_all_the_time_is_not_asked(url: str) -> None:
    async with connect(url, alias="pool", pool_check_after=0.2) as db:
        (connection,) = await several(db, 1)
        with capture_queries(transactions=True) as queries:
            for _ in range(5):
                await db.fetch_rows("select 1")
        assert len(queries) == 5
        assert db.pool.stats().made == 1
        assert list(db.pool.slots.idle) == [connection]


@pytest.mark.databases("postgresql", "mysql")
async def test_a_connection_does_not_live_for_ever(url: str) -> None:
    async with connect(url, alias="pool", pool_max_lifetime=0.05) as db:
        (first,) = await several(db, 1)
        await async_sleep(0.06)
        assert await db.fetch_rows("select 1") == [(1,)]
        (second,) = db.pool.slots.idle
        assert second is not first
        assert first.closed
        assert db.pool.stats().discarded == 1


@pytest.mark.databases("postgresql", "mysql")
async def test_what_is_idle_for_long_is_closed_but_for_the_least(url: str) -> None:
    options = {"pool_max_idle": 0.05, "pool_check_after": 0.04, "pool_min_size": 2}
    async with connect(url, alias="pool", **options) as db:
        assert db.pool.stats().idle == 2
        await several(db, 5)
        await async_sleep(0.1)
        await db.fetch_rows("select 1")
        stats = db.pool.stats()
        assert (stats.connections, stats.idle, stats.discarded) == (2, 2, 3)


async def test_the_numbers_of_a_pool(url: str) -> None:
    async with connect(url, alias="pool", pool_size=2, pool_min_size=1, acquire_timeout=0.05) as db:
        pool = db.pool
        assert pool.stats() == (2, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0)
        held = [await pool.acquire(), await pool.acquire()]
        with pytest.raises(PoolTimeout):
            await pool.acquire()
        stats = pool.stats()
        assert (stats.in_use, stats.idle, stats.made, stats.timeouts) == (2, 0, 2, 1)
        for connection in held:
            await pool.give(connection)
        assert (pool.stats().in_use, pool.stats().idle) == (0, 2)


async def test_closing_says_who_still_has_a_connection(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    db = await connect(url, alias="pool")
    connection = await db.pool.acquire()
    connection.doing = "something long"
    pool = db.pool
    await db.close(timeout=0.05)
    assert "is closed while in use: 'something long' for 0." in caplog.text
    await pool.give(connection)
    assert connection.closed
