# covet: no twin — tasks and threads of both colours, side by side
"""Whose statements does a scope hear, where several tasks and threads are at work?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from covet import aio, sync
from covet.watch import Query, QueryTracker, capture_queries
from covet.watch.sites import owner_of
from covet.watch.switch import WATCH


@pytest.fixture
async def async_db() -> AsyncIterator[aio.Database]:
    """A database for tasks."""
    async with aio.connect("sqlite:///:memory:", alias="watched") as db:
        yield db


@pytest.fixture
def sync_db() -> Iterator[sync.Database]:
    """A database for threads."""
    with sync.connect("sqlite:///:memory:", alias="watched") as db:
        yield db


async def test_tasks_beside_each_other_do_not_mix(async_db: aio.Database) -> None:
    async def request(number: int) -> list[object]:
        with QueryTracker() as tracker:
            for _ in range(5):
                await async_db.fetch_rows("select ?", (number,))
                await asyncio.sleep(0)
        return [query.params[0] for query in tracker]

    found = await asyncio.gather(*(request(n) for n in range(20)))
    assert found == [[n] * 5 for n in range(20)]
    assert not WATCH.on


async def test_tasks_started_in_a_scope_are_heard(async_db: aio.Database) -> None:
    with QueryTracker() as outer:
        with QueryTracker() as inner:
            await asyncio.gather(*(async_db.fetch_rows("select ?", (n,)) for n in range(5)))
        await async_db.fetch_rows("select 9")
    assert sorted(query.params[0] for query in inner) == [0, 1, 2, 3, 4]
    assert len(outer) == 6
    assert {query.site.source.partition("(")[0] for query in inner if query.site} == {
        "await asyncio.gather"
    }


async def test_a_task_of_covets_own_is_traced_to_where_it_was_made(async_db: aio.Database) -> None:
    with QueryTracker() as tracker:
        task = asyncio.create_task(async_db.fetch_rows("select 1"))
        await task
    (query,) = tracker
    assert query.site is not None
    assert query.site.source.startswith("task = asyncio.create_task(")


async def test_to_thread_is_heard_and_another_thread_is_not(
    async_db: aio.Database, sync_db: sync.Database
) -> None:
    def ask(number: int) -> None:
        sync_db.fetch_rows("select ?", (number,))

    with QueryTracker() as tracker:
        await asyncio.to_thread(ask, 1)
        other = threading.Thread(target=ask, args=(2,))
        other.start()
        other.join()
    assert [query.params for query in tracker] == [(1,)]
    assert [site.function.rpartition(".")[2] for site in tracker.queries[0].stack] == ["ask"]


def test_threads_beside_each_other_do_not_mix(sync_db: sync.Database) -> None:
    found: dict[int, list[object]] = {}
    ready = threading.Barrier(4)

    def request(number: int) -> None:
        ready.wait()
        with capture_queries() as queries:
            for _ in range(20):
                sync_db.fetch_rows("select ?", (number,))
        found[number] = [query.params[0] for query in queries]

    threads = [threading.Thread(target=request, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [n] * 20 for n in range(4)}
    assert not WATCH.on


async def test_a_scope_may_be_left_in_another_context(async_db: aio.Database) -> None:
    tracker = QueryTracker()

    async def enter() -> None:
        tracker.__enter__()

    await asyncio.create_task(enter())  # as some runners of tests do with fixtures
    await async_db.fetch_rows("select 1")
    tracker.__exit__(None, None, None)
    assert len(tracker) == 0
    assert not WATCH.on


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        (aio.__file__, "covet"),
        (asyncio.base_events.__file__, "loop"),
        (threading.__file__, "library"),
        (pytest.__file__, "library"),
        (__file__, "user"),
        ("<stdin>", "user"),
        ("<frozen importlib._bootstrap>", "library"),
    ],
)
def test_whose_a_file_is(file: str, owner: str) -> None:
    assert owner_of(file) == owner


def test_the_shape_of_a_text_has_no_lengths() -> None:
    def shape(sql: str) -> str:
        return Query(sql, (), 0.0, 0, "default").shape

    assert shape("a IN (?, ?, ?) AND b = ?") == shape("a IN (?) AND b = ?") == "a IN (…) AND b = ?"
    assert shape("INSERT INTO t (a, b) VALUES (?, ?), (?, ?)") == "INSERT INTO t (a, b) VALUES (…)"
    assert shape("x IN (%s, %s)") == "x IN (…)"
    assert shape("COUNT(*)") == "COUNT(*)"
