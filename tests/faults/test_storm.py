"""Is money lost when a thousand tasks move it, and are cancelled and killed as they do?

With ``--long`` ten times as many, whose transfers lock each other out as well.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from covet import aio, sync
from covet.errors import CommitOutcomeUnknown, CovetError

from .witness import Witness, soon

ACCOUNTS = 10
START = 1000
SEED = 20261121
TABLES = (
    "create table account (id integer primary key, balance integer not null)",
    "create table entry (task integer not null, account integer not null, change_ integer)",
)
OPTIONS = {"pool_size": 8, "acquire_timeout": 60.0}


@pytest.fixture
def bank(seen: Witness) -> Iterator[Witness]:
    """Accounts with money, and a book of what was moved."""
    for table in ("account", "entry"):
        seen.rows(f"drop table if exists {table}")
    for table in TABLES:
        seen.rows(table)
    values = ", ".join(f"({n}, {START})" for n in range(ACCOUNTS))
    seen.rows(f"insert into account values {values}")
    yield seen
    for table in ("account", "entry"):
        seen.rows(f"drop table {table}")


def steps(number: int, chance: random.Random, ordered: bool) -> list[str]:
    """The statements of a transfer."""
    one, other = chance.sample(range(ACCOUNTS), 2)
    amount = chance.randrange(1, 50)
    moves = [(one, -amount), (other, amount)]
    return [
        sql
        for account, change in (sorted(moves) if ordered else moves)
        for sql in (
            f"update account set balance = balance + {change} where id = {account}",
            f"insert into entry values ({number}, {account}, {change})",
        )
    ]


@contextmanager
def killings(bank: Witness) -> Iterator[None]:
    """A session is killed now and then, on servers."""
    over = threading.Event()
    chance = random.Random(SEED)

    def kill() -> None:
        while not over.wait(0.02):
            if sessions := bank.new_sessions():
                bank.kill(chance.choice(sessions))

    thread = threading.Thread(target=kill)
    if bank.kind != "sqlite":
        thread.start()
    try:
        yield
    finally:
        over.set()
        if bank.kind != "sqlite":
            thread.join()


def balanced(bank: Witness, outcomes: dict[int, BaseException | None]) -> None:
    """See that each transfer happened as a whole or not at all, and as its task was told."""
    assert soon(lambda: not bank.transactions())
    untyped = [
        each
        for each in outcomes.values()
        if not isinstance(each, CovetError | asyncio.CancelledError | None)
    ]
    assert not untyped, Counter(map(repr, untyped))
    balances = dict(bank.rows("select id, balance from account"))
    assert sum(balances.values()) == ACCOUNTS * START
    booked: Counter[int] = Counter()
    parts: Counter[int] = Counter()
    for task, account, change in bank.rows("select task, account, change_ from entry"):
        booked[account] += change
        parts[task] += 1
    assert {n: START + booked[n] for n in range(ACCOUNTS)} == balances
    assert set(parts.values()) == {2}
    for number, outcome in outcomes.items():
        if outcome is None:
            assert number in parts, "it said that it was done"
        elif not isinstance(outcome, CommitOutcomeUnknown | asyncio.CancelledError):
            assert number not in parts, f"it said that it failed: {outcome!r}"
    assert len(parts) > len(outcomes) / 5


async def test_tasks(bank: Witness, url: str, is_long: bool) -> None:
    chance = random.Random(SEED)
    count = 10_000 if is_long else 1_000
    async with aio.connect(url, **OPTIONS) as db:

        async def transfer(number: int) -> None:
            async with aio.atomic():
                for sql in steps(number, chance, ordered=not is_long):
                    await db.execute(sql)

        async def cancelled_sometimes(number: int) -> None:
            task = asyncio.ensure_future(transfer(number))
            if chance.random() < 0.4:
                await asyncio.sleep(chance.random() * count / 1000)
                task.cancel()
            await task

        tasks = [asyncio.ensure_future(cancelled_sometimes(number)) for number in range(count)]
        with killings(bank):
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        answers = await asyncio.gather(*[ask(db, n) for n in range(30)])
        assert answers == [[(n,)] for n in range(30)]
        stats = db.pool.stats()
        assert (stats.in_use, stats.connecting, stats.waiting) == (0, 0, 0)
        assert stats.connections <= OPTIONS["pool_size"]
    balanced(bank, dict(enumerate(outcomes)))
    cancelled = sum(isinstance(each, asyncio.CancelledError) for each in outcomes)
    assert cancelled > count / 50


async def ask(db: aio.Database, number: int) -> list[tuple[object, ...]]:
    """The answer, of the second attempt if the first met a session that was killed."""
    for _ in range(8):
        try:
            return await db.fetch_rows(f"select {number}")
        except CovetError:
            continue
    return await db.fetch_rows(f"select {number}")


def test_threads(bank: Witness, url: str, is_long: bool) -> None:
    count = 10_000 if is_long else 1_000
    outcomes: dict[int, BaseException | None] = {}
    with sync.connect(url, **OPTIONS) as db:

        def work(thread: int) -> None:
            chance = random.Random(SEED + thread)
            for number in range(thread, count, 8):
                outcomes[number] = outcome_of(lambda number=number: transfer(number, chance))

        def transfer(number: int, chance: random.Random) -> None:
            with sync.atomic():
                for sql in steps(number, chance, ordered=not is_long):
                    db.execute(sql)

        with killings(bank), ThreadPoolExecutor(8) as threads:
            for done in [threads.submit(work, number) for number in range(8)]:
                done.result(300)
        for _ in range(8):
            outcome_of(lambda: db.fetch_rows("select 1"))
        assert db.fetch_rows("select 5") == [(5,)]
        stats = db.pool.stats()
        assert (stats.in_use, stats.connecting, stats.waiting) == (0, 0, 0)
    balanced(bank, outcomes)


def outcome_of(work: Callable[[], object]) -> BaseException | None:
    """What something raises."""
    try:
        work()
    except Exception as error:
        return error
    return None
