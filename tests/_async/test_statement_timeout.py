"""Is a statement stopped that takes longer than it may?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from covet.aio import Database, atomic, connect
from covet.errors import OperationalError, TransactionError

from ..pairs import async_fixture

SLOW = {
    "sqlite": "with recursive n(x) as (select 1 union all select x + 1 from n where x < 3e9)"
    " select count(*) from n",
    "postgresql": "select pg_sleep(30)",
    "mysql": "select seq from seq_1_to_100000000000 where seq = -1 + rand()",
}


@async_fixture
async def impatient(url: str) -> AsyncIterator[Database]:
    async with connect(url, alias="impatient", pool_size=1, statement_timeout=0.2) as db:
        await db.execute("drop table if exists patience")
        await db.execute("create table patience (id integer primary key)")
        yield db
        await db.execute("drop table patience")


async def test_what_takes_too_long_is_stopped(impatient: Database, kind: str) -> None:
    start = time.perf_counter()
    with pytest.raises(OperationalError, match=r"time|interrupted"):
        await impatient.fetch_rows(SLOW[kind])
    assert 0.15 < time.perf_counter() - start < 1.5
    assert await impatient.fetch_rows("select 1") == [(1,)]
    assert impatient.pool.stats().made == 1


async def test_it_breaks_its_block(impatient: Database, kind: str) -> None:
    with pytest.raises(TransactionError):
        async with atomic("impatient"):
            await impatient.execute("insert into patience values (1)")
            with pytest.raises(OperationalError):
                await impatient.fetch_rows(SLOW[kind])
    assert await impatient.fetch_rows("select id from patience") == []


async def test_it_counts_anew_for_each_statement(impatient: Database) -> None:
    start = time.perf_counter()
    while time.perf_counter() - start < 0.4:
        assert await impatient.fetch_rows("select 1") == [(1,)]
