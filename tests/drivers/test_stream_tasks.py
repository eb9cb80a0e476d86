"""What becomes of rows that are read in chunks when tasks are cancelled, many, or forgotten?

There are no tasks in the sync twin; its counterpart is test_stream_threads.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from covet.aio import CharField, Database, Model, atomic, connect, create_tables
from covet.errors import TransactionError

ROWS = 300
# Rows that come one by one, each after a while.
SLOW = {
    "sqlite": "with recursive n(x) as (select 1 union all select x + 1 from n where x < 3e9)"
    " select x from n where x % 2000000 = 0",
    "postgresql": "select n, pg_sleep(0.05) from generate_series(1, 10000) n",
    "mysql": "select seq, sleep(0.05), repeat('x', 20000) from seq_1_to_10000",
}
WIDE = {
    "sqlite": "select id, hex(zeroblob(25000)) from item order by id",
    "postgresql": "select id, repeat(text, 500) from item order by id",
    "mysql": "select id, repeat(text, 500) from item order by id",
}


class Item(Model):
    text = CharField(max_length=100)


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    async with connect(url, pool_size=4, acquire_timeout=10) as db:
        await create_tables(Item)
        await Item.objects.all().delete()
        await Item.objects.bulk_create([Item(id=n, text="x" * 100) for n in range(1, ROWS + 1)])
        yield db
        await recovered(db)
        await Item.objects.all().delete()


async def recovered(db: Database) -> None:
    """See that all connections are idle, of no transaction, and answer what they are asked."""
    slots = db.pool.slots
    for _ in range(300):
        if len(slots.idle) == len(slots.connections):
            break
        await asyncio.sleep(0.01)
    assert len(slots.idle) == len(slots.connections)
    assert (slots.growing, len(slots.waiting)) == (0, 0)
    assert not any(connection.in_transaction for connection in slots.idle)
    for _ in range(100):
        left = await left_on_server(db)
        if not left:
            break
        await asyncio.sleep(0.02)
    assert not left
    answers = await asyncio.gather(*[db.fetch_rows(f"select {n}") for n in range(8)])
    assert answers == [[(n,)] for n in range(8)]


async def left_on_server(db: Database) -> list[Any]:
    if db.dialect.name == "postgresql":
        return await db.fetch_rows(
            "select query from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and (xact_start is not null or state = 'active')"
            " and backend_type = 'client backend'"
        )
    if db.dialect.name == "mysql":
        return await db.fetch_rows(
            "select info from information_schema.processlist where db = database()"
            " and id <> connection_id() and command = 'Query'"
        )
    return []


async def cancelled_after(seconds: float, work: Awaitable[object]) -> float:
    """Cancel something that runs; how long the cancelling took."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(seconds)
    start = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.perf_counter() - start


async def read(db: Database, sql: str, size: int) -> None:
    rows = db.stream_rows(sql, (), size)
    try:
        while await rows.fetch():
            pass
    finally:
        await rows.close()


async def in_block(work: Callable[[], Awaitable[object]]) -> None:
    async with atomic():
        await work()


@pytest.mark.parametrize("size", [5, 100_000])  # between its chunks, or in its first
async def test_cancelled_while_waiting_for_rows(db: Database, kind: str, size: int) -> None:
    assert await cancelled_after(0.3, read(db, SLOW[kind], size)) < 1.5
    await recovered(db)
    assert await cancelled_after(0.3, in_block(lambda: read(db, SLOW[kind], size))) < 1.5


async def test_cancelled_in_the_body(db: Database) -> None:
    async def body() -> None:
        async for _ in Item.objects.iterator(10):
            await asyncio.sleep(9)

    assert await cancelled_after(0.1, body()) < 1.5
    await recovered(db)
    assert await cancelled_after(0.1, in_block(body)) < 1.5


async def test_cancelled_while_another_statement_makes_it_set_aside(
    db: Database, kind: str
) -> None:
    async def body() -> None:
        rows = db.stream_rows(SLOW[kind], (), 2)
        await rows.fetch()
        await db.fetch_rows("select 1")
        await asyncio.sleep(9)

    assert await cancelled_after(0.4, in_block(body)) < 1.5


# On MariaDB a cancelled statement costs the connection, and so the whole transaction.
@pytest.mark.databases("sqlite", "postgresql")
async def test_a_timeout_in_a_block_inside_costs_that_block_only(db: Database, kind: str) -> None:
    async with atomic():
        seen = []
        async for item in Item.objects.order_by("pk").iterator(50):
            if item.pk in (30, 170):
                with pytest.raises(TimeoutError):
                    await too_slow(db, kind)
            seen.append(item.pk)
        assert seen == list(range(1, ROWS + 1))


async def too_slow(db: Database, kind: str) -> None:
    async with asyncio.timeout(0.1), atomic():
        await db.fetch_rows(SLOW[kind])


async def test_at_any_moment(db: Database, kind: str) -> None:
    """Cancel readers whenever, while others ask: nobody gets rows that are not theirs."""
    choose = random.Random(7)

    async def reader(number: int) -> None:
        blocks = [atomic()] if number % 2 else []
        async with contextlib.AsyncExitStack() as stack:
            for block in blocks:
                await stack.enter_async_context(block)
            last = 0
            rows = db.stream_rows(WIDE[kind], (), 1 + number % 40)
            try:
                while chunk := await rows.fetch():
                    for pk, _ in chunk:
                        assert pk == last + 1
                        last = pk
                    if number % 3 == 0:
                        assert await db.fetch_rows(f"select {number}") == [(number,)]
            finally:
                await rows.close()
            assert last == ROWS

    async def asker(number: int) -> None:
        for turn in range(3):
            assert await db.fetch_rows(f"select {number * turn}") == [(number * turn,)]

    async def cancelled(work: Awaitable[None]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(choose.random() ** 2 * 0.2):
                await work

    await asyncio.gather(*[cancelled(reader(n)) for n in range(40)], *[asker(n) for n in range(40)])


async def test_many_readers_at_once(db: Database) -> None:
    async def reader() -> list[int]:
        return [item.pk async for item in Item.objects.order_by("pk").iterator(20)]

    assert await asyncio.gather(*[reader() for _ in range(12)]) == [list(range(1, ROWS + 1))] * 12


async def test_leaving_rows_that_come_slowly_takes_no_time(db: Database, kind: str) -> None:
    async with atomic():
        await Item.objects.filter(id=1).delete()
        for _ in range(2):
            rows = db.stream_rows(SLOW[kind], (), 2)
            assert len(await rows.fetch()) == 2
            await rows.close()
            start = time.perf_counter()
            assert await Item.objects.count() == ROWS - 1
            assert time.perf_counter() - start < 1.5
    assert await Item.objects.count() == ROWS - 1


async def test_a_task_of_the_block_reads_on(db: Database) -> None:
    async def reader() -> list[int]:
        return [item.pk async for item in Item.objects.order_by("pk").iterator(20)]

    async with atomic():
        results = await asyncio.gather(reader(), Item.objects.count(), reader())
    assert results == [list(range(1, ROWS + 1)), ROWS, list(range(1, ROWS + 1))]


async def test_a_task_that_outlives_its_block_is_told(db: Database) -> None:
    begun = asyncio.Event()

    async def reader() -> None:
        async for _ in Item.objects.iterator(20):
            begun.set()
            await asyncio.sleep(0.005)

    async with atomic():
        task = asyncio.ensure_future(reader())
        await begun.wait()
    with pytest.raises(TransactionError):
        await task


async def test_what_is_forgotten_in_a_cycle(db: Database) -> None:
    for _ in range(6):  # more than the pool has connections
        rows: Any = Item.objects.iterator(10)
        await anext(rows)
        cycle = [rows]
        cycle.append(cycle)  # type: ignore[arg-type]
        del rows, cycle
        gc.collect()
        await asyncio.sleep(0)
    await recovered(db)
    async with atomic():
        rows = Item.objects.iterator(10)
        await anext(rows)
        cycle = [rows]
        cycle.append(cycle)  # type: ignore[arg-type]
        del rows, cycle
        gc.collect()
        assert await Item.objects.count() == ROWS


UNFINISHED = """
import asyncio
from covet.aio import *

class Item(Model):
    text = CharField(max_length=100)

async def main(in_block):
    db = await connect({url!r}, alias="default")
    if in_block:
        async with atomic():
            rows = Item.objects.iterator(10)
            await anext(rows)
    else:
        rows = Item.objects.iterator(10)
        await anext(rows)
    kept.append(rows)
    if {closes}:
        await db.close()

kept = []
asyncio.run(main(False), debug=False)
{again}
print("ended")
"""


@pytest.mark.parametrize("closes", [True, False])
async def test_the_process_ends_whatever_is_unfinished(
    db: Database, url: str, closes: bool
) -> None:
    again = "asyncio.run(main(True), debug=False)" if closes else ""
    code = UNFINISHED.format(url=url, closes=closes, again=again)
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code]
    ran = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=30, check=False
    )
    assert (ran.stdout, ran.stderr) == ("ended\n", "")
