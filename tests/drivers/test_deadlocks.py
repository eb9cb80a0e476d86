"""What becomes of blocks that really are in each other's way? The colours have no twin here."""

# ruff: noqa: PT012, SIM117

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from covet import aio, sync
from covet.aio.signals import pre_save
from covet.drivers.retrying import code_of
from covet.errors import DatabaseError, OperationalError, TransactionError

CODES = {"postgresql": "40P01", "mysql": 1213}
# How long PostgreSQL waits before it looks for a deadlock; a second otherwise.
HASTE: dict[str, dict[str, Any]] = {"postgresql": {"options": "-c deadlock_timeout=50ms"}}
SLOW_INSERT = (
    "insert into meeting_of with recursive n(x) as (select 10 union all select x + 1 from n "
    "where x < 1e8) select x, 0 from n"
)


class DeadlockMeeting(aio.Model):
    id = aio.IntegerField(primary_key=True)
    n = aio.IntegerField()

    class Meta:
        db_table = "meeting_of"


@pytest.fixture
async def db(url: str, kind: str) -> AsyncIterator[aio.Database]:
    async with aio.connect(url, pool_size=3, **HASTE.get(kind, {})) as db:
        await db.execute("drop table if exists meeting_of")
        await db.execute("create table meeting_of (id integer primary key, n integer not null)")
        await db.execute("insert into meeting_of values (1, 0), (2, 0)")
        yield db
        stats = db.pool.stats()
        assert (stats.in_use, stats.waiting) == (0, 0)
        await db.execute("drop table meeting_of")


@pytest.fixture
def plain(url: str, kind: str) -> Iterator[sync.Database]:
    with sync.connect(url, pool_size=3, **HASTE.get(kind, {})) as db:
        db.execute("drop table if exists meeting_of")
        db.execute("create table meeting_of (id integer primary key, n integer not null)")
        db.execute("insert into meeting_of values (1, 0), (2, 0)")
        yield db
        assert db.pool.stats().in_use == 0
        db.execute("drop table meeting_of")


def up(db: Any, row: int) -> Any:
    return db.execute(f"update meeting_of set n = n + 1 where id = {row}")


async def rows(db: aio.Database) -> list[tuple[int, ...]]:
    return await db.fetch_rows("select id, n from meeting_of order by id")


# --- deadlocks ------------------------------------------------------------------------------------


@pytest.mark.databases("postgresql", "mysql")
async def test_tasks_in_a_deadlock_are_both_done_in_the_end(db: aio.Database) -> None:
    both = asyncio.Barrier(2)
    tried: list[int] = []

    @aio.atomic(retries=5)
    async def transfer(first: int, second: int) -> None:
        tried.append(first)
        await up(db, first)
        if tried.count(first) == 1:
            await both.wait()
        await up(db, second)

    await asyncio.gather(transfer(1, 2), transfer(2, 1))
    assert await rows(db) == [(1, 2), (2, 2)]
    assert len(tried) > 2


@pytest.mark.databases("postgresql", "mysql")
def test_threads_in_a_deadlock_are_both_done_in_the_end(plain: sync.Database) -> None:
    both = threading.Barrier(2)
    tried: list[int] = []

    @sync.atomic(retries=5)
    def transfer(first: int, second: int) -> None:
        tried.append(first)
        up(plain, first)
        if tried.count(first) == 1:
            both.wait(5)
        up(plain, second)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(transfer, (1, 2), (2, 1)))
    assert plain.fetch_rows("select id, n from meeting_of order by id") == [(1, 2), (2, 2)]
    assert len(tried) > 2


@pytest.mark.databases("postgresql", "mysql")
async def test_without_retries_one_of_them_is_told(db: aio.Database, kind: str) -> None:
    both = asyncio.Barrier(2)

    @aio.atomic
    async def transfer(first: int, second: int) -> None:
        await up(db, first)
        await both.wait()
        await up(db, second)

    answers = await asyncio.gather(transfer(1, 2), transfer(2, 1), return_exceptions=True)
    (error,) = [answer for answer in answers if answer is not None]
    assert isinstance(error, OperationalError)
    assert code_of(error.__cause__) == CODES[kind]
    assert await rows(db) == [(1, 1), (2, 1)]


async def loses(db: aio.Database, and_then: Callable[[], Any]) -> Any:
    """Let a block lose a deadlock in an inner block that swallows it; what it goes on to do."""
    both = asyncio.Barrier(2)

    async def winner() -> None:
        async with aio.atomic():
            # Who has changed more rows is less likely to be the one whose transaction ends.
            for row in range(100, 140):
                await db.execute(f"insert into meeting_of values ({row}, 0)")
            await up(db, 1)
            await both.wait()
            await asyncio.sleep(0.05)
            await up(db, 2)
            await db.execute("delete from meeting_of where id >= 100")

    async def loser() -> Any:
        async with aio.atomic():
            await db.execute("insert into meeting_of values (3, 0)")
            await up(db, 2)
            await both.wait()
            try:
                async with aio.atomic():
                    await up(db, 1)
            except OperationalError:
                return await and_then()

    winning = asyncio.ensure_future(winner())
    try:
        return await loser()
    finally:
        await winning


@pytest.mark.databases("mysql")
async def test_mariadbs_deadlock_ends_all_blocks(db: aio.Database) -> None:
    """The server has undone everything; an INSERT sent now would be committed by itself."""

    async def go_on() -> None:
        with pytest.raises(TransactionError, match="is broken by OperationalError: Deadlock"):
            await db.execute("insert into meeting_of values (4, 0)")
        with pytest.raises(TransactionError, match="is broken by OperationalError: Deadlock"):
            await db.execute("insert into meeting_of values (5, 0)")

    with pytest.raises(TransactionError, match="was rolled back, as it is broken"):
        await loses(db, go_on)
    assert await rows(db) == [(1, 1), (2, 1)]


@pytest.mark.databases("mysql")
async def test_mariadbs_deadlock_leaves_no_savepoint_to_go_back_to(db: aio.Database) -> None:
    both = asyncio.Barrier(2)

    async def winner() -> None:
        async with aio.atomic():
            for row in range(100, 140):
                await db.execute(f"insert into meeting_of values ({row}, 0)")
            await up(db, 1)
            await both.wait()
            await asyncio.sleep(0.05)
            await up(db, 2)

    winning = asyncio.ensure_future(winner())
    with pytest.raises(TransactionError, match="was rolled back"):
        async with aio.atomic():
            sid = await aio.savepoint()
            await up(db, 2)
            await both.wait()
            with pytest.raises(OperationalError):
                await up(db, 1)
            with pytest.raises(TransactionError, match="is broken by OperationalError: Deadlock"):
                await aio.savepoint_rollback(sid)
    await winning


@pytest.mark.databases("mysql")
async def test_a_lock_that_is_not_had_breaks_a_block_as_any_error(db: aio.Database) -> None:
    """1205: MariaDB undoes the statement alone, and covet makes no difference."""
    locked = "select * from meeting_of where id = 1 for update nowait"

    async def outside() -> None:
        with pytest.raises(TransactionError, match="was rolled back"):
            async with aio.atomic():
                await up(db, 2)
                with pytest.raises(OperationalError) as caught:
                    await db.fetch_rows(locked)
                assert code_of(caught.value.__cause__) == 1205
                with pytest.raises(TransactionError, match="is broken by OperationalError"):
                    await up(db, 2)
        async with aio.atomic():
            await up(db, 2)
            with pytest.raises(OperationalError):
                async with aio.atomic():
                    await db.fetch_rows(locked)

    elsewhere = asyncio.get_running_loop().create_future()

    async def run() -> None:
        await elsewhere
        await outside()

    task = asyncio.ensure_future(run())  # made here, it is outside of the block below
    async with aio.atomic():
        await up(db, 1)
        elsewhere.set_result(None)
        await task
    assert await rows(db) == [(1, 1), (2, 1)]


@pytest.mark.databases("postgresql", "mysql")
async def test_a_transaction_of_covets_own_that_loses_is_done_again(
    db: aio.Database, kind: str
) -> None:
    both = asyncio.Barrier(2)
    told: list[int] = []

    async def take_the_other_row(sender: Any, instance: Any, **_: Any) -> None:
        told.append(instance.n)
        if len(told) == 1:
            await both.wait()
        await up(db, 2)

    async def winner() -> None:
        async with aio.atomic():
            if kind == "postgresql":  # who looks for a deadlock first is the one that loses
                await db.execute("set local deadlock_timeout = '10s'")
            for row in range(100, 140):
                await db.execute(f"insert into meeting_of values ({row}, 0)")
            await up(db, 2)
            await both.wait()
            await up(db, 1)
            await db.execute("delete from meeting_of where id >= 100")

    pre_save.connect(take_the_other_row, sender=DeadlockMeeting)
    try:
        winning = asyncio.ensure_future(winner())
        row, is_new = await DeadlockMeeting.objects.update_or_create(id=1, defaults={"n": 10})
        await winning
    finally:
        pre_save.disconnect(take_the_other_row, sender=DeadlockMeeting)
    assert (row.n, is_new, told) == (10, False, [10, 10])
    assert await rows(db) == [(1, 10), (2, 2)]


# --- serialization failures -----------------------------------------------------------------------


@pytest.mark.databases("postgresql")
async def test_a_serialization_failure_is_tried_again(db: aio.Database) -> None:
    both = asyncio.Barrier(2)
    tried: list[int] = []

    @aio.atomic(isolation="serializable", retries=5)
    async def count_all(row: int) -> None:
        tried.append(row)
        ((total,),) = await db.fetch_rows("select sum(n) from meeting_of")
        if tried.count(row) == 1:
            await both.wait()
        await db.execute(f"update meeting_of set n = {total} + 1 where id = {row}")

    await asyncio.gather(count_all(1), count_all(2))
    assert sorted(n for _, n in await rows(db)) == [1, 2]  # as one after the other
    assert len(tried) > 2


@pytest.mark.databases("mysql")
async def test_a_row_changed_after_the_snapshot_is_tried_again(db: aio.Database, url: str) -> None:
    """MariaDB from 11.6 on says so of itself, before if it is told to."""
    if await db.fetch_rows("show variables like 'innodb_snapshot_isolation'") == []:
        return  # a server that always lets the last writer win
    tried: list[int] = []
    errors: list[Any] = []

    @aio.atomic(isolation="repeatable read", retries=5)
    async def store() -> None:
        tried.append(1)
        await db.execute("set innodb_snapshot_isolation = 1")
        await rows(db)
        if len(tried) == 1:
            with sync.connect(url, alias="other") as other:
                up(other, 1)
        try:
            await up(db, 1)
        except DatabaseError as error:
            errors.append(code_of(error.__cause__))
            raise

    await store()
    assert errors == [1020]
    assert await rows(db) == [(1, 2), (2, 0)]


@pytest.mark.databases("mysql")
async def test_a_row_changed_after_the_snapshot_ends_all_blocks(db: aio.Database, url: str) -> None:
    """As after a deadlock, the server has undone everything and does not say so."""
    if await db.fetch_rows("show variables like 'innodb_snapshot_isolation'") == []:
        return
    with pytest.raises(TransactionError, match="was rolled back"):
        async with aio.atomic(isolation="repeatable read"):
            await db.execute("set innodb_snapshot_isolation = 1")
            await rows(db)
            with sync.connect(url, alias="other") as other:
                up(other, 1)
            with pytest.raises(OperationalError, match="Record has changed"):
                async with aio.atomic():
                    await up(db, 1)
            with pytest.raises(TransactionError, match="is broken by OperationalError: Record"):
                await db.execute("insert into meeting_of values (4, 0)")
    assert await rows(db) == [(1, 1), (2, 0)]


# --- SQLite ---------------------------------------------------------------------------------------


@pytest.mark.databases("sqlite")
async def test_a_locked_file_is_tried_again(db: aio.Database, url: str) -> None:
    tried: list[float] = []

    @aio.atomic("hasty", retries=20)
    async def store() -> None:
        tried.append(time.perf_counter())
        await aio.database("hasty").execute("update meeting_of set n = 7 where id = 1")

    async def nothing() -> None:
        raise AssertionError("its block never begins")

    async with aio.connect(url, alias="hasty", timeout=0.01):
        async with aio.atomic():
            await up(db, 2)
            with pytest.raises(OperationalError) as caught:
                await aio.atomic("hasty", retries=1)(nothing)()
            assert code_of(caught.value.__cause__) == 5
            storing = asyncio.ensure_future(store())
            await asyncio.sleep(0.1)
            assert not storing.done()
        await storing
    assert await rows(db) == [(1, 7), (2, 1)]


@pytest.mark.databases("sqlite")
async def test_an_interrupted_write_ends_all_blocks(db: aio.Database) -> None:
    """SQLite has undone everything; an INSERT sent now would be stored by itself."""
    with pytest.raises(TransactionError, match="was rolled back"):
        async with aio.atomic():
            await up(db, 1)
            sid = await aio.savepoint()
            with pytest.raises(TimeoutError):
                async with aio.atomic(), asyncio.timeout(0.1):
                    await db.execute(SLOW_INSERT)
            with pytest.raises(TransactionError, match="is broken by CancelledError"):
                await db.execute("insert into meeting_of values (4, 0)")
            with pytest.raises(TransactionError, match="is broken by CancelledError"):
                await aio.savepoint_rollback(sid)
    assert await rows(db) == [(1, 0), (2, 0)]


@pytest.mark.databases("sqlite")
def test_an_interrupted_write_of_a_thread_ends_all_blocks(plain: sync.Database) -> None:
    with pytest.raises(TransactionError, match="was rolled back"):
        with sync.atomic():
            up(plain, 1)
            (connection,) = plain.pool.slots.connections
            timer = threading.Timer(0.1, connection.interrupt)  # type: ignore[attr-defined]
            timer.start()
            with pytest.raises(OperationalError, match="interrupted"), sync.atomic():
                plain.execute(SLOW_INSERT)
            timer.join()
            with pytest.raises(TransactionError, match="is broken by OperationalError"):
                plain.execute("insert into meeting_of values (4, 0)")
    assert plain.fetch_rows("select id, n from meeting_of order by id") == [(1, 0), (2, 0)]
