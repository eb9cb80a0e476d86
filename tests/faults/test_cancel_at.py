"""Whichever await an operation is cancelled at, what does it leave behind?

The sync twin has no awaits: what ends a thread's statement is in test_network.py and test_kills.py.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from covet.aio import CharField, Database, IntegerField, Model, atomic, connect, create_tables

from .cancelling import MOST_AWAITS, Manner, outcome_of
from .witness import Witness, soon

BEFORE = [(n, f"row {n}", 0) for n in range(1, 6)]


class Row(Model):
    name = CharField(max_length=40, unique=True)
    n = IntegerField(default=0)


class Undo(Exception):
    """Rolls a block back."""


async def rows(db: Database) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await db.fetch_rows("select id, name, n from row order by id")]


async def query() -> None:
    assert len(await Row.objects.filter(n__gte=0).fetch()) == 5


async def raw(db: Database) -> None:
    assert [row.id for row in await db.fetch("select id from row order by id")] == [1, 2, 3, 4, 5]


async def stream() -> None:
    found = Row.objects.order_by("id").iterator(chunk_size=2)
    async with contextlib.aclosing(found):
        assert [row.pk async for row in found] == [1, 2, 3, 4, 5]


async def stream_and_leave() -> None:
    found = Row.objects.order_by("id").iterator(chunk_size=2)
    async with contextlib.aclosing(found):
        async for _ in found:
            break


async def stream_in_a_block() -> None:
    async with atomic():
        async for row in Row.objects.order_by("id").iterator(chunk_size=2):
            await Row.objects.filter(pk=row.pk).update(n=1)


async def create() -> None:
    await Row.objects.create(name="new")


async def get_or_create() -> None:
    await Row.objects.get_or_create(name="new")


async def update_or_create() -> None:
    await Row.objects.update_or_create(name="row 1", defaults={"n": 1})


async def bulk_create() -> None:
    await Row.objects.bulk_create([Row(name=f"new {n}") for n in range(9)], batch_size=3)


async def transfer() -> None:
    async with atomic():
        await Row.objects.filter(pk=1).update(n=1)
        async with atomic():
            await Row.objects.filter(pk=2).update(n=-1)
        with contextlib.suppress(Undo):
            async with atomic():
                await Row.objects.filter(pk=3).update(n=9)
                raise Undo


async def undone() -> None:
    with contextlib.suppress(Undo):
        async with atomic():
            await Row.objects.filter(pk=1).update(n=1)
            raise Undo


def named(*names: str) -> Callable[[list[tuple[Any, ...]]], bool]:
    """Whether just these were added, whatever their keys."""
    return lambda found: found[:5] == BEFORE and sorted(row[1] for row in found[5:]) == [*names]


def numbers(*wanted: int) -> Callable[[list[tuple[Any, ...]]], bool]:
    return lambda found: [row[2] for row in found] == [*wanted]


# What each does if it is not cancelled.
OPERATIONS: dict[str, tuple[Callable[..., Awaitable[None]], Callable[[Any], bool]]] = {
    "query": (query, numbers(0, 0, 0, 0, 0)),
    "stream": (stream, numbers(0, 0, 0, 0, 0)),
    "stream_and_leave": (stream_and_leave, numbers(0, 0, 0, 0, 0)),
    "stream_in_a_block": (stream_in_a_block, numbers(1, 1, 1, 1, 1)),
    "create": (create, named("new")),
    "get_or_create": (get_or_create, named("new")),
    "update_or_create": (update_or_create, numbers(1, 0, 0, 0, 0)),
    "bulk_create": (bulk_create, named(*(f"new {n}" for n in range(9)))),
    "transfer": (transfer, numbers(1, -1, 0, 0, 0)),
    "undone": (undone, numbers(0, 0, 0, 0, 0)),
}
pytestmark = pytest.mark.parametrize("manner", ["before", "after", "twice"])


@pytest.fixture
async def db(url: str, seen: Witness) -> AsyncIterator[Database]:
    async with connect(url, pool_size=3, acquire_timeout=5) as db:
        await create_tables(Row)
        yield db


async def fill(db: Database) -> None:
    await db.execute("delete from row")
    values = ", ".join(f"({key}, '{name}', {n})" for key, name, n in BEFORE)
    await db.execute(f"insert into row (id, name, n) values {values}")
    if db.dialect.name == "postgresql":
        await db.execute("select setval(pg_get_serial_sequence('row', 'id'), 100)")


async def is_whole(db: Database, seen: Witness) -> None:
    """See that nothing is left of an operation but, perhaps, its work."""
    stats = db.pool.stats()
    assert (stats.in_use, stats.connecting, stats.waiting) == (0, 0, 0)
    assert stats.connections <= stats.size
    answers = await asyncio.gather(*[db.fetch_rows(f"select {n}") for n in range(5)])
    assert answers == [[(n,)] for n in range(5)]
    assert soon(lambda: not seen.transactions())


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation(db: Database, seen: Witness, name: str, manner: Manner) -> None:
    operation, is_done = OPERATIONS[name]
    for at in range(1, MOST_AWAITS):
        await fill(db)
        outcome, came_so_far = await outcome_of(operation, at, manner)  # type: ignore[arg-type]
        await is_whole(db, seen)
        found = await rows(db)
        assert found == BEFORE or is_done(found), f"half done when cancelled at await {at}"
        if outcome is None:
            assert is_done(found), f"not done, though it was not cancelled at await {at}"
        else:
            assert isinstance(outcome, asyncio.CancelledError), repr(outcome)
        if not came_so_far:
            break
    assert at > 1
    if seen.kind != "sqlite":
        assert soon(lambda: len(seen.new_sessions()) == db.pool.stats().connections)


async def test_connecting_asking_and_closing(
    db: Database, url: str, seen: Witness, manner: Manner
) -> None:
    await fill(db)
    before = len(seen.sessions())

    async def program() -> None:
        async with connect(url, alias="second", pool_size=2, pool_min_size=2) as second:
            await raw(second)

    for at in range(1, MOST_AWAITS):
        outcome, came_so_far = await outcome_of(program, at, manner)
        assert outcome is None or isinstance(outcome, asyncio.CancelledError), repr(outcome)
        assert soon(lambda: len(seen.sessions()) == before), f"session left at await {at}"
        if not came_so_far:
            break
    await is_whole(db, seen)


async def test_waiting_for_a_connection(db: Database, seen: Witness, manner: Manner) -> None:
    await fill(db)
    pool = db.pool
    for at in range(1, MOST_AWAITS):
        held = [await pool.acquire() for _ in range(pool.slots.size)]
        asyncio.get_running_loop().call_later(0.005, asyncio.ensure_future, _give(db, held))
        outcome, came_so_far = await outcome_of(lambda: raw(db), at, manner)
        assert outcome is None or isinstance(outcome, asyncio.CancelledError), repr(outcome)
        await asyncio.sleep(0.01)
        await is_whole(db, seen)
        if not came_so_far:
            break
    assert at > 2


async def _give(db: Database, held: list[Any]) -> None:
    for connection in held:
        await db.pool.give(connection)
