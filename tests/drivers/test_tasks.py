"""What becomes of connections when tasks are cancelled, many, or of several event loops?

There are no tasks in the sync twin; its counterpart is test_threads.py.
"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from covet.aio import Database, atomic, connect
from covet.errors import CovetError, PoolTimeout, TransactionError

from ..faults.witness import witness

SLOW = {
    "sqlite": "with recursive n(x) as (select 1 union all select x + 1 from n where x < 3e9)"
    " select count(*) from n",
    "postgresql": "select pg_sleep(30)",
    "mysql": "select sleep(30)",
}
RUNNING = {
    "postgresql": "select count(*) from pg_stat_activity where query = 'select pg_sleep(30)'"
    " and state = 'active'",
    "mysql": "select count(*) from information_schema.processlist where info = 'select sleep(30)'",
}


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    async with connect(url, pool_size=3, acquire_timeout=5) as db:
        await db.execute("drop table if exists tasks_of")
        await db.execute("create table tasks_of (id integer primary key)")
        yield db
        slots = db.pool.slots
        assert len(slots.idle) == len(slots.connections)
        assert (slots.growing, len(slots.waiting)) == (0, 0)
        await db.execute("drop table tasks_of")


async def ids(db: Database) -> list[int]:
    return [row[0] for row in await db.fetch_rows("select id from tasks_of order by id")]


def insert(db: Database, number: int) -> Any:
    return db.execute(f"insert into tasks_of values ({number})")


async def cancelled_after(seconds: float, work: Any) -> float:
    """Cancel something that runs; how long the cancelling took."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(seconds)
    start = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.perf_counter() - start


async def test_a_cancelled_query_ends_on_the_server(db: Database, kind: str) -> None:
    took = await cancelled_after(0.15, db.fetch_rows(SLOW[kind]))
    assert took < 1.5
    if kind in RUNNING:
        for _ in range(20):
            if await db.fetch_rows(RUNNING[kind]) == [(0,)]:
                break
            await asyncio.sleep(0.05)
        assert await db.fetch_rows(RUNNING[kind]) == [(0,)]
    start = time.perf_counter()
    assert await asyncio.gather(*[db.fetch_rows(f"select {n}") for n in range(9)]) == [
        [(n,)] for n in range(9)
    ]
    assert time.perf_counter() - start < 1


async def test_a_timeout_is_kept(db: Database, kind: str) -> None:
    start = time.perf_counter()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await db.fetch_rows(SLOW[kind])
    assert time.perf_counter() - start < 1.5
    assert await db.fetch_rows("select 5") == [(5,)]


async def test_a_cancelled_block_is_rolled_back(db: Database, kind: str) -> None:
    async def block() -> None:
        async with atomic():
            await insert(db, 1)
            await db.fetch_rows(SLOW[kind])

    await cancelled_after(0.2, block())
    assert await ids(db) == []
    await insert(db, 1)


async def test_a_block_with_a_cancelled_query_is_broken(db: Database, kind: str) -> None:
    with pytest.raises(TransactionError):
        async with atomic():
            await insert(db, 1)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await db.fetch_rows(SLOW[kind])
            with pytest.raises(TransactionError) as caught:
                await insert(db, 2)
            assert "is broken by CancelledError" in str(caught.value)
    assert await ids(db) == []


@pytest.mark.parametrize("times", [1, 2])
async def test_cancelled_at_every_await(db: Database, times: int) -> None:
    """Whichever await a transfer is cancelled at, it happens as a whole or not at all."""

    async def block() -> None:
        async with atomic():
            await insert(db, 1)
            async with atomic():
                await insert(db, 2)
            await ids(db)

    for rounds in range(60):
        task = asyncio.ensure_future(block())
        for _ in range(rounds):
            await asyncio.sleep(0)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        cut: BaseException | None = None
        try:
            await task
        except asyncio.CancelledError as cancelled:
            cut = cancelled
        kept = cut is None or hasattr(cut, "__notes__")  # it was committed all the same
        assert cut is None or cut.__cause__ is None  # where servers answer, nobody is in doubt
        stored = await ids(db)
        assert stored == ([1, 2] if kept else [])
        await db.execute("delete from tasks_of")
        slots = db.pool.slots
        assert len(slots.idle) == len(slots.connections)


async def test_cancelled_while_waiting_for_a_connection(db: Database) -> None:
    pool = db.pool
    held = [await pool.acquire() for _ in range(pool.slots.size)]
    waiting = [asyncio.ensure_future(db.fetch_rows(f"select {n}")) for n in range(4)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    for connection in held:
        await pool.give(connection)
    waiting[1].cancel()  # it has been given a connection already, and has not woken yet
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert answers[2:] == [[(2,)], [(3,)]]


async def test_waiters_are_served_in_order(db: Database) -> None:
    pool = db.pool
    held = [await pool.acquire() for _ in range(pool.slots.size)]
    served: list[int] = []

    async def wait(number: int) -> None:
        connection = await pool.acquire()
        served.append(number)
        await pool.give(connection)

    tasks = [asyncio.ensure_future(wait(number)) for number in range(10)]
    await asyncio.sleep(0)
    for connection in held:
        await pool.give(connection)
    await asyncio.gather(*tasks)
    assert served == list(range(10))


async def test_a_block_is_named_as_holder(url: str) -> None:
    async with connect(url, alias="small", pool_size=1, acquire_timeout=0.1) as small:

        async def elsewhere() -> None:
            await small.fetch_rows("select 1")

        outside = asyncio.ensure_future(asyncio.sleep(0))
        await outside
        ready, done = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with atomic("small"):
                ready.set()
                await done.wait()

        holding = asyncio.create_task(hold(), name="holder")
        await ready.wait()
        with pytest.raises(
            PoolTimeout, match=r"'atomic\(\)' of task 'holder' at .*test_tasks\.py:\d+ for"
        ):
            await elsewhere()
        done.set()
        await holding


async def test_child_tasks_take_turns_in_their_parents_block(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with atomic():
            await asyncio.gather(*[insert(db, number) for number in range(20)])
            assert await ids(db) == list(range(20))
            raise ZeroDivisionError
    assert await ids(db) == []


async def test_a_savepoint_of_one_child_keeps_the_others_out(db: Database) -> None:
    async def undone() -> None:
        with pytest.raises(ZeroDivisionError):
            async with atomic():
                await insert(db, 1)
                await asyncio.sleep(0.02)
                await insert(db, 2)
                raise ZeroDivisionError

    async def kept() -> None:
        await asyncio.sleep(0.01)
        await insert(db, 3)
        async with atomic():
            await insert(db, 4)

    async with atomic():
        await asyncio.gather(undone(), kept())
    assert await ids(db) == [3, 4]


async def test_a_child_that_outlives_its_block_is_told(db: Database) -> None:
    ended = asyncio.Event()

    async def child() -> None:
        await ended.wait()
        await insert(db, 1)

    async with atomic():
        task = asyncio.ensure_future(child())
    ended.set()
    with pytest.raises(TransactionError) as caught:
        await task
    assert str(caught.value) == (
        "The atomic() block on 'default' has ended; a task that it started still uses it. "
        "Wait for the task inside the block, or start it outside."
    )
    assert await ids(db) == []


async def test_a_childs_statement_in_flight_is_waited_for(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with atomic():
            task = asyncio.ensure_future(insert(db, 1))
            await asyncio.sleep(0)
            raise ZeroDivisionError
    await task
    assert await ids(db) == []


async def test_a_block_is_left_in_time_though_a_childs_statement_goes_on(
    db: Database, kind: str, url: str
) -> None:
    async def block() -> None:
        async with atomic():
            await insert(db, 1)
            children.append(asyncio.ensure_future(db.fetch_rows(SLOW[kind])))
            await asyncio.sleep(30)

    children: list[asyncio.Future[Any]] = []
    assert await cancelled_after(0.2, block()) < 2
    (error,) = await asyncio.gather(*children, return_exceptions=True)
    assert isinstance(error, CovetError)
    assert await ids(db) == []
    if kind != "sqlite":  # the server has stopped it too, and lets go of its locks
        with witness(kind, url) as server:
            async with asyncio.timeout(2):
                while server.running("%sleep%"):
                    await asyncio.sleep(0.05)


async def test_many_tasks_get_their_own_answers(db: Database) -> None:
    async def ask(number: int) -> None:
        for _ in range(5):
            assert await db.fetch_rows(f"select {number}") == [(number,)]

    await asyncio.gather(*[ask(number) for number in range(60)])
    assert len(db.pool.slots.connections) <= 3


async def test_a_long_text_there_and_back(db: Database) -> None:
    text = "é%'\\" * 1_500_000
    mark = db.dialect.placeholder
    cast = f"cast({mark} as text)" if db.dialect.name == "postgresql" else mark
    assert await db.fetch_rows(f"select {cast}", (text,)) == [(text,)]
    again = asyncio.ensure_future(db.fetch_rows(f"select {cast}", (text,)))
    await asyncio.sleep(0.01)
    again.cancel()
    with contextlib.suppress(asyncio.CancelledError):  # unless it was faster
        assert await again == [(text,)]
    assert await db.fetch_rows("select 6") == [(6,)]


async def test_bytes_round_trip(db: Database) -> None:
    mark = db.dialect.placeholder
    raw = bytes(range(256))
    for value in (raw, bytearray(raw), memoryview(raw)):
        assert await db.fetch_rows(f"select {mark}", (value,)) == [(raw,)]


@pytest.mark.databases("sqlite")
async def test_waiting_for_sqlites_lock_does_not_block_the_loop(db: Database, url: str) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async with connect(url, alias="second") as second:
        ticking = asyncio.ensure_future(tick())
        async with atomic("second"):
            waiting = asyncio.ensure_future(insert(db, 1))
            await asyncio.sleep(0.3)
            assert not waiting.done()
        await waiting
        ticking.cancel()
        assert second is not db
    assert ticks > 10


@pytest.mark.databases("sqlite", "postgresql", "mysql")
def test_several_event_loops(url: str) -> None:
    """A new loop gets connections of its own; those of a loop that has ended are dropped."""
    db: Database | None = None

    async def first() -> Database:
        db = await connect(url, alias="loops")
        assert await db.fetch_rows("select 1") == [(1,)]
        return db

    async def second() -> None:
        assert db is not None
        assert await db.fetch_rows("select 2") == [(2,)]
        assert len(db._pools) == 1
        await db.close()

    db = asyncio.run(first())
    asyncio.run(second())


def test_a_database_in_memory_survives_its_event_loop() -> None:
    async def first() -> Database:
        db = await connect("sqlite:///:memory:", alias="memory")
        await db.execute("create table t (id integer)")
        return db

    async def second() -> None:
        assert await db.fetch_rows("select * from t") == []
        await db.close()

    db = asyncio.run(first())
    asyncio.run(second())


PROGRAM = """
import asyncio, sys
from covet.aio import connect, atomic
async def main():
    db = await connect(sys.argv[1])
    await asyncio.gather(*[db.fetch_rows("select 1") for _ in range(5)])
    print("done")
asyncio.run(main())
"""


def test_a_program_that_never_closes_ends(url: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, url],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("done\n", "", 0)


async def test_a_block_of_one_event_loop_is_of_no_use_in_another(db: Database) -> None:
    async def elsewhere() -> None:
        await db.fetch_rows("select 1")

    async with atomic():
        await insert(db, 1)
        context = contextvars.copy_context()
        with pytest.raises(TransactionError) as caught:
            await asyncio.to_thread(context.run, asyncio.run, elsewhere())
        assert await ids(db) == [1]
    assert str(caught.value) == (
        "The atomic() block on 'default' belongs to another event loop. "
        "Run the code in the loop that opened the block, or outside of the block."
    )
    assert await ids(db) == [1]
