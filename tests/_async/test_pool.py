"""Who gets a connection, and in what state?"""

from __future__ import annotations

import pytest

from covet.aio import connect
from covet.errors import (
    DataError,
    IntegrityError,
    PoolTimeout,
    ProgrammingError,
    TransactionError,
)

MODELS: list[type] = []


async def test_one_connection_serves_one_task(url: str) -> None:
    async with connect(url, alias="pool") as db:
        for _ in range(20):
            await db.fetch_rows("select 1")
        assert len(db.pool().slots.connections) == 1


async def test_it_grows_to_its_size_and_says_who_holds_it(url: str) -> None:
    async with connect(url, alias="pool", pool_size=2, acquire_timeout=0.1) as db:
        pool = db.pool()
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
        pool = db.pool()
        connection = await pool.acquire()
        connection.abandon()
        await pool.mend(connection)
        assert await db.fetch_rows("select 1") == [(1,)]


async def test_a_failed_statement_keeps_its_connection(url: str) -> None:
    async with connect(url, alias="pool", pool_size=1) as db:
        first = await db.pool().acquire()
        await db.pool().give(first)
        with pytest.raises(ProgrammingError):
            await db.fetch_rows("select nosuch")
        assert list(db.pool().slots.idle) == [first]


async def test_a_transaction_begun_by_hand_is_rolled_back(url: str) -> None:
    async with connect(url, alias="pool", pool_size=1) as db:
        with pytest.raises(TransactionError) as caught:
            await db.execute("begin")
        assert str(caught.value) == (
            "A statement outside of atomic() opened a transaction, which is rolled back "
            "(in begin). Use atomic()."
        )
        connection = await db.pool().acquire()
        assert not connection.in_transaction
        await db.pool().give(connection)


async def test_close_closes_what_comes_back_later(url: str) -> None:
    db = await connect(url, alias="pool")
    pool = db.pool()
    connection = await pool.acquire()
    await db.close()
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
