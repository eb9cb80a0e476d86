"""Do the limits of time hold when the network fails, and does the pool heal? In tasks.

The counterpart in the sync twin is test_network_threads.py.
"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from covet.aio import Database, atomic, connect
from covet.errors import ConnectionFailed, OperationalError, PoolTimeout

from .network import Proxy
from .witness import Witness, soon

LIMIT = 0.4
SLACK = 2.0  # by how much a limit may be passed
NUMBERS = {
    "postgresql": "select n, repeat('x', 5000) from generate_series(1, 3000) n",
    "mysql": "select seq, repeat('x', 5000) from seq_1_to_3000",
}
SLEEP = {"postgresql": "select pg_sleep(0.3)", "mysql": "select sleep(0.3)"}
pytestmark = pytest.mark.databases("postgresql", "mysql")


@contextmanager
def in_time(limit: float = LIMIT) -> Iterator[None]:
    """The block ends within its limit, or little later."""
    start = time.perf_counter()
    yield
    took = time.perf_counter() - start
    assert took < limit + SLACK, f"{took:.1f} s"


@pytest.fixture
async def db(way: Proxy, seen: Witness) -> AsyncIterator[Database]:
    options = {"pool_size": 4, "acquire_timeout": LIMIT, "connect_timeout": LIMIT}
    async with connect(way.url, **options) as db:
        await db.execute("drop table if exists cable")
        await db.execute("create table cable (id integer primary key)")
        yield db
        await heals(db, way)
        assert soon(lambda: not seen.transactions())
        await db.execute("drop table cable")
    assert soon(lambda: not seen.new_sessions())


async def heals(db: Database, way: Proxy) -> None:
    """See that all is well once the network is: at most one error for each connection."""
    way.heal()
    await asyncio.sleep(0.05)
    errors = []
    for _ in range(db.pool.slots.size + 1):
        try:
            await db.fetch_rows("select 1")
        except OperationalError as error:
            errors.append(error)
    assert len(errors) < db.pool.slots.size + 1
    answers = await asyncio.gather(*[db.fetch_rows(f"select {n}") for n in range(4)])
    assert answers == [[(n,)] for n in range(4)]
    stats = db.pool.stats()
    assert (stats.in_use, stats.connecting, stats.waiting) == (0, 0, 0)


async def several(db: Database, number: int) -> None:
    """Have so many connections in the pool."""
    for connection in [await db.pool.acquire() for _ in range(number)]:
        await db.pool.give(connection)


async def test_connecting_to_silence(way: Proxy) -> None:
    way.swallow()
    with in_time(), pytest.raises(ConnectionFailed, match="no answer"):
        await connect(way.url, alias="never", connect_timeout=LIMIT)


async def test_silence_in_the_middle_of_the_handshake(way: Proxy) -> None:
    way.delay = 10
    with in_time(), pytest.raises(ConnectionFailed, match="no answer"):
        await connect(way.url, alias="never", connect_timeout=LIMIT)
    way.swallow()


async def test_a_statement(db: Database, way: Proxy) -> None:
    way.swallow()
    with in_time(), pytest.raises(TimeoutError):
        async with asyncio.timeout(LIMIT):
            await db.fetch_rows("select 1")
    await heals(db, way)


async def test_a_long_statement(db: Database, way: Proxy) -> None:
    """It is longer than the socket takes at once: silence while it is being sent."""
    way.swallow()
    mark = "cast(%s as text)" if db.dialect.name == "postgresql" else "%s"
    with in_time(), pytest.raises(TimeoutError):
        async with asyncio.timeout(LIMIT):
            await db.fetch_rows(f"select {mark}", ("x" * 12_000_000,))


async def test_rows(db: Database, way: Proxy, kind: str) -> None:
    rows = db.stream_rows(NUMBERS[kind], (), 10)
    await rows.fetch()
    way.swallow()
    with in_time(), pytest.raises(TimeoutError):
        async with asyncio.timeout(LIMIT):
            while await rows.fetch():
                pass
    with in_time(0):
        await rows.close()


async def test_leaving_rows(db: Database, way: Proxy, kind: str) -> None:
    rows = db.stream_rows(NUMBERS[kind], (), 10)
    await rows.fetch()
    way.swallow()
    with in_time(0.5):
        await rows.close()


async def test_a_block(db: Database, way: Proxy) -> None:
    with in_time(), pytest.raises(TimeoutError):
        async with asyncio.timeout(LIMIT), atomic():
            await db.execute("insert into cable values (1)")
            way.swallow()
            await db.execute("insert into cable values (2)")
    await heals(db, way)
    assert await db.fetch_rows("select id from cable") == []


async def test_a_block_that_does_something_else_meanwhile(db: Database, way: Proxy) -> None:
    with in_time(), pytest.raises(TimeoutError):
        async with asyncio.timeout(LIMIT), atomic():
            await db.execute("insert into cable values (1)")
            way.swallow()
            await asyncio.sleep(60)
    await heals(db, way)
    assert await db.fetch_rows("select id from cable") == []


async def test_undoing_a_block(db: Database, way: Proxy) -> None:
    with in_time(0.5), pytest.raises(ZeroDivisionError):
        async with atomic():
            await db.execute("insert into cable values (1)")
            way.swallow()
            raise ZeroDivisionError
    await heals(db, way)
    assert await db.fetch_rows("select id from cable") == []


async def test_acquiring(db: Database, way: Proxy) -> None:
    await several(db, 4)
    way.swallow()
    lost = [asyncio.ensure_future(db.fetch_rows("select 1")) for _ in range(4)]
    await asyncio.sleep(0.01)
    with in_time(), pytest.raises(PoolTimeout):
        await db.fetch_rows("select 2")
    with in_time(0):
        for task in lost:
            task.cancel()
        await asyncio.gather(*lost, return_exceptions=True)


async def test_an_idle_connection_is_looked_at(way: Proxy) -> None:
    options = {"pool_check_after": 0.05, "connect_timeout": LIMIT, "alias": "idle"}
    async with connect(way.url, **options) as db:
        await several(db, 4)
        await asyncio.sleep(0.1)
        way.swallow()
        with in_time(LIMIT + 1), pytest.raises(ConnectionFailed):
            await db.fetch_rows("select 1")
        way.heal()
        assert await db.fetch_rows("select 1") == [(1,)]


@pytest.mark.parametrize("how", [Proxy.cut, Proxy.half_close])
async def test_idle_connections_that_are_cut_cost_no_query(way: Proxy, how: object) -> None:
    async with connect(way.url, alias="idle", pool_check_after=0.05) as db:
        await several(db, 4)
        await asyncio.sleep(0.1)
        how(way)  # type: ignore[operator]
        for n in range(6):
            assert await db.fetch_rows(f"select {n}") == [(n,)]
        assert db.pool.stats().made == 5


async def test_closing(way: Proxy) -> None:
    db = await connect(way.url, alias="closing")
    await several(db, 5)
    way.swallow()
    with in_time():
        await db.close(LIMIT)


async def test_closing_while_queries_run(way: Proxy) -> None:
    db = await connect(way.url, alias="closing")
    await several(db, 3)
    way.swallow()
    lost = [asyncio.ensure_future(db.fetch_rows("select 1")) for _ in range(3)]
    await asyncio.sleep(0.01)
    with in_time():
        await db.close(LIMIT)
    for task in lost:
        task.cancel()
    with in_time(0):
        await asyncio.gather(*lost, return_exceptions=True)


@pytest.mark.parametrize("how", [Proxy.cut, Proxy.half_close])
async def test_a_query_under_way_that_is_cut(
    db: Database, way: Proxy, kind: str, how: object
) -> None:
    running = [asyncio.ensure_future(db.fetch_rows(SLEEP[kind])) for _ in range(3)]
    await asyncio.sleep(0.15)
    how(way)  # type: ignore[operator]
    outcomes = await asyncio.gather(*running, return_exceptions=True)
    assert [type(each) for each in outcomes] == [OperationalError] * 3
    assert await db.fetch_rows("select 1") == [(1,)]


async def test_a_block_that_is_cut(db: Database, way: Proxy) -> None:
    with pytest.raises(OperationalError):
        async with atomic():
            await db.execute("insert into cable values (1)")
            way.cut()
            await db.execute("insert into cable values (2)")
    assert await db.fetch_rows("select id from cable") == []


async def test_rows_that_are_cut(db: Database, way: Proxy, kind: str) -> None:
    rows = db.stream_rows(NUMBERS[kind], (), 10)
    await rows.fetch()
    way.cut()
    with pytest.raises(OperationalError):
        while await rows.fetch():
            pass
    assert await db.fetch_rows("select 1") == [(1,)]


async def test_a_server_that_refuses_for_a_while(db: Database, way: Proxy) -> None:
    way.refuse()
    for _ in range(6):
        with in_time(), pytest.raises(OperationalError):
            await db.fetch_rows("select 1")
    way.heal()
    assert await db.fetch_rows("select 1") == [(1,)]


async def test_a_slow_network_changes_no_answer(db: Database, way: Proxy) -> None:
    way.delay = 0.02
    answers = await asyncio.gather(*[db.fetch_rows(f"select {n}") for n in range(4)])
    assert answers == [[(n,)] for n in range(4)]
