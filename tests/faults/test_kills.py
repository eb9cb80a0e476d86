"""What if the server ends a session: idle, at a query, in a block, while it sends rows?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from covet import aio, sync
from covet.errors import CommitOutcomeUnknown, OperationalError, TransactionError

from .test_network import NUMBERS
from .witness import Witness, soon

SLEEP = {"postgresql": "select pg_sleep(20)", "mysql": "select sleep(20)"}
SESSION = {"postgresql": "select pg_backend_pid()", "mysql": "select connection_id()"}
TABLE = "create table victim (id integer primary key)"
pytestmark = pytest.mark.databases("postgresql", "mysql")


@pytest.fixture
async def db(url: str, seen: Witness) -> AsyncIterator[aio.Database]:
    async with aio.connect(url, pool_size=3, acquire_timeout=5) as db:
        await db.execute("drop table if exists victim")
        await db.execute(TABLE)
        yield db
        await is_whole(db, seen)
        await db.execute("drop table victim")


@pytest.fixture
def threads_db(url: str, seen: Witness) -> Iterator[sync.Database]:
    with sync.connect(url, pool_size=3, acquire_timeout=5) as db:
        db.execute("drop table if exists victim")
        db.execute(TABLE)
        yield db
        with ThreadPoolExecutor(5) as threads:
            answers = list(threads.map(lambda n: db.fetch_rows(f"select {n}"), range(5)))
        assert answers == [[(n,)] for n in range(5)]
        assert db.pool.stats().in_use == 0
        assert soon(lambda: not seen.transactions())
        db.execute("drop table victim")


async def is_whole(db: aio.Database, seen: Witness) -> None:
    """See that all connections answer what they are asked, and no transaction is open."""
    answers = await asyncio.gather(*[db.fetch_rows(f"select {n}") for n in range(5)])
    assert answers == [[(n,)] for n in range(5)]
    assert db.pool.stats().in_use == 0
    assert soon(lambda: not seen.transactions())


async def killed(seen: Witness, like: str) -> None:
    """Kill whoever works on a statement that looks like this."""
    assert await asyncio.to_thread(soon, lambda: seen.running(like))
    for session in seen.running(like):
        seen.kill(session)


async def test_at_a_query(db: aio.Database, seen: Witness, kind: str) -> None:
    asking = asyncio.ensure_future(db.fetch_rows(SLEEP[kind]))
    await killed(seen, "select%sleep(20)")
    with pytest.raises(OperationalError):
        await asking


async def test_idle(db: aio.Database, seen: Witness) -> None:
    """Each lost connection costs one query at most, where it was not idle for long."""
    for connection in [await db.pool.acquire() for _ in range(3)]:
        await db.pool.give(connection)
    for session in seen.new_sessions():
        seen.kill(session)
    assert soon(lambda: not seen.new_sessions())
    errors = 0
    for n in range(6):
        try:
            assert await db.fetch_rows(f"select {n}") == [(n,)]
        except OperationalError:
            errors += 1
    assert errors <= 3


async def test_in_a_block(db: aio.Database, seen: Witness, kind: str) -> None:
    """A lost connection is never replaced in a block: what follows would be stored alone."""
    with pytest.raises(TransactionError, match="is broken by"):
        async with aio.atomic():
            await db.execute("insert into victim values (1)")
            ((session,),) = await db.fetch_rows(SESSION[kind])
            seen.kill(session)
            await asyncio.sleep(0.05)
            with pytest.raises(OperationalError):
                await db.execute("insert into victim values (2)")
            await db.execute("insert into victim values (3)")
    assert await db.fetch_rows("select id from victim") == []


async def test_before_a_commit(db: aio.Database, seen: Witness, kind: str) -> None:
    with pytest.raises(CommitOutcomeUnknown):
        async with aio.atomic():
            await db.execute("insert into victim values (1)")
            ((session,),) = await db.fetch_rows(SESSION[kind])
            seen.kill(session)
            await asyncio.sleep(0.05)
    assert await db.fetch_rows("select id from victim") == []


async def test_before_a_rollback(db: aio.Database, seen: Witness, kind: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with aio.atomic():
            await db.execute("insert into victim values (1)")
            ((session,),) = await db.fetch_rows(SESSION[kind])
            seen.kill(session)
            await asyncio.sleep(0.05)
            raise ZeroDivisionError
    assert await db.fetch_rows("select id from victim") == []


@pytest.mark.parametrize("in_block", [False, True])
async def test_while_rows_come(db: aio.Database, seen: Witness, kind: str, in_block: bool) -> None:
    async def read() -> int:
        rows = db.stream_rows(NUMBERS[kind].replace("3000", "30000"), (), 10)
        read = len(await rows.fetch())
        for session in seen.new_sessions():
            seen.kill(session)
        while found := await rows.fetch():
            read += len(found)
        return read

    with pytest.raises(OperationalError):
        await (aio.atomic(read)() if in_block else read())


def test_threads_at_a_query(threads_db: sync.Database, seen: Witness, kind: str) -> None:
    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(threads_db.fetch_rows, SLEEP[kind])
        assert soon(lambda: seen.running("select%sleep(20)"))
        for session in seen.running("select%sleep(20)"):
            seen.kill(session)
        with pytest.raises(OperationalError):
            asking.result(5)


def test_threads_in_a_block(threads_db: sync.Database, seen: Witness, kind: str) -> None:
    with pytest.raises(TransactionError, match="is broken by"), sync.atomic():
        threads_db.execute("insert into victim values (1)")
        ((session,),) = threads_db.fetch_rows(SESSION[kind])
        seen.kill(session)
        time.sleep(0.05)
        with pytest.raises(OperationalError):
            threads_db.execute("insert into victim values (2)")
        threads_db.execute("insert into victim values (3)")
    assert threads_db.fetch_rows("select id from victim") == []


def test_threads_before_a_commit(threads_db: sync.Database, seen: Witness, kind: str) -> None:
    with pytest.raises(CommitOutcomeUnknown), sync.atomic():
        threads_db.execute("insert into victim values (1)")
        ((session,),) = threads_db.fetch_rows(SESSION[kind])
        seen.kill(session)
        time.sleep(0.05)
    assert threads_db.fetch_rows("select id from victim") == []


def test_threads_while_rows_come(threads_db: sync.Database, seen: Witness, kind: str) -> None:
    rows = threads_db.stream_rows(NUMBERS[kind].replace("3000", "30000"), (), 10)
    rows.fetch()
    for session in seen.new_sessions():
        seen.kill(session)
    with pytest.raises(OperationalError):
        while rows.fetch():
            pass


def test_a_thread_that_ends_in_a_block_leaves_no_transaction(
    threads_db: sync.Database, seen: Witness
) -> None:
    def work() -> None:
        with pytest.raises(SystemExit), sync.atomic():
            threads_db.execute("insert into victim values (1)")
            raise SystemExit

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert threads_db.fetch_rows("select id from victim") == []
