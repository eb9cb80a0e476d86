"""Who knows whether a COMMIT was carried out whose answer never came? Nobody, and that is said.

The colours have no twin here, as only tasks are cancelled.
"""

# ruff: noqa: PT012

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from covet import aio, sync
from covet.errors import CommitOutcomeUnknown

from .commit_proxy import CommitProxy

pytestmark = pytest.mark.databases("postgresql", "mysql")

SAID = "Whether the transaction on 'default' was committed is not known: COMMIT was sent and its "


@pytest.fixture
def way(url: str) -> Iterator[CommitProxy]:
    way = CommitProxy(url)
    yield way
    way.close()


@pytest.fixture
def straight(url: str) -> Iterator[sync.Database]:
    """The same database by another way, with an empty table."""
    with sync.connect(url, alias="straight") as straight:
        straight.execute("drop table if exists doubt_of")
        straight.execute("create table doubt_of (id integer primary key)")
        yield straight
        straight.execute("drop table doubt_of")


def ids(straight: sync.Database) -> list[int]:
    return [row[0] for row in straight.fetch_rows("select id from doubt_of order by id")]


def settled(straight: sync.Database, wanted: list[int]) -> bool:
    """Whether there is what was wanted, as soon as the server has ended what was lost."""
    deadline = time.monotonic() + 3
    while ids(straight) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    return ids(straight) == wanted


@pytest.mark.parametrize(("manner", "stored"), [("lose_answer", [1]), ("lose_commit", [])])
async def test_a_connection_lost_at_the_commit(
    straight: sync.Database, way: CommitProxy, manner: Any, stored: list[int]
) -> None:
    called: list[int] = []
    async with aio.connect(way.url) as db:

        @aio.atomic(retries=3)
        async def store() -> None:
            await db.execute("insert into doubt_of values (1)")
            aio.on_commit(lambda: called.append(1))

        way.manner = manner
        with pytest.raises(CommitOutcomeUnknown) as caught:
            await store()
        way.manner = "pass"
        assert str(caught.value).startswith(SAID)
        assert (way.commits, called) == (1, [])
        assert settled(straight, stored)
        assert await db.fetch_rows("select 1") == [(1,)]
        assert db.pool.stats().in_use == 0


@pytest.mark.parametrize(("manner", "stored"), [("lose_answer", [1]), ("lose_commit", [])])
def test_a_connection_lost_at_the_commit_of_a_thread(
    straight: sync.Database, way: CommitProxy, manner: Any, stored: list[int]
) -> None:
    called: list[int] = []
    with sync.connect(way.url) as db:

        @sync.atomic(retries=3)
        def store() -> None:
            db.execute("insert into doubt_of values (1)")
            sync.on_commit(lambda: called.append(1))

        way.manner = manner
        with pytest.raises(CommitOutcomeUnknown) as caught:
            store()
        way.manner = "pass"
        assert str(caught.value).startswith(SAID)
        assert (way.commits, called) == (1, [])
        assert settled(straight, stored)
        assert db.fetch_rows("select 1") == [(1,)]
        assert db.pool.stats().in_use == 0


async def test_a_timeout_at_a_commit_is_kept_and_says_that_nobody_knows(
    straight: sync.Database, way: CommitProxy
) -> None:
    called: list[int] = []
    async with aio.connect(way.url) as db:
        way.manner = "say_nothing"
        started = time.perf_counter()
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.2), aio.atomic():
                await db.execute("insert into doubt_of values (1)")
                aio.on_commit(lambda: called.append(1))
        assert time.perf_counter() - started < 2.2
        cancelled = caught.value.__cause__
        assert isinstance(cancelled, asyncio.CancelledError)
        assert isinstance(cancelled.__cause__, CommitOutcomeUnknown)
        assert called == []
        way.manner = "pass"
        assert settled(straight, [1])
        assert await db.fetch_rows("select 1") == [(1,)]
        assert db.pool.stats().in_use == 0


async def test_a_commit_that_is_cancelled_is_seen_through(
    straight: sync.Database, way: CommitProxy
) -> None:
    called: list[int] = []

    async def later() -> None:
        await asyncio.sleep(0)
        called.append(1)

    async def store(db: aio.Database) -> None:
        async with aio.atomic():
            await db.execute("insert into doubt_of values (1)")
            aio.on_commit(later)

    async with aio.connect(way.url) as db:
        way.manner = "late"
        task = asyncio.ensure_future(store(db))
        while not way.commits:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert task.cancelled()
        assert caught.value.__cause__ is None
        assert caught.value.__notes__ == [
            "The transaction on 'default' was committed all the same."
        ]
        assert ids(straight) == [1]
        assert called == [1]


async def test_a_group_of_tasks_in_which_a_commit_is_cancelled(
    straight: sync.Database, way: CommitProxy
) -> None:
    async def store(db: aio.Database) -> None:
        async with aio.atomic():
            await db.execute("insert into doubt_of values (1)")

    async with aio.connect(way.url) as db:
        way.manner = "say_nothing"
        with pytest.raises(ExceptionGroup) as caught:
            async with asyncio.TaskGroup() as group:
                storing = group.create_task(store(db))
                while not way.commits:
                    await asyncio.sleep(0.01)
                raise ZeroDivisionError
        assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError]
        assert storing.cancelled()
        way.manner = "pass"


async def test_a_server_that_ends_the_connection_before_the_commit(
    straight: sync.Database, kind: str, url: str
) -> None:
    whoami, kill = {
        "postgresql": ("select pg_backend_pid()", "select pg_terminate_backend({})"),
        "mysql": ("select connection_id()", "kill {}"),
    }[kind]
    async with aio.connect(url) as db:
        with pytest.raises(CommitOutcomeUnknown):
            async with aio.atomic():
                await db.execute("insert into doubt_of values (1)")
                ((number,),) = await db.fetch_rows(whoami)
                straight.fetch_rows(kill.format(number))
                await asyncio.sleep(0.05)
        assert ids(straight) == []
        assert await db.fetch_rows("select 1") == [(1,)]
