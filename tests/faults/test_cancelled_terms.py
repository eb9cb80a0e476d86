"""Does a block that is cancelled while it begins or ends leave its terms to whoever comes next?"""

from __future__ import annotations

import pytest

from covet.aio import atomic, connect

from .cancelling import MOST_AWAITS, Manner, outcome_of

LEVEL = {"postgresql": "show transaction_isolation", "mysql": "select @@tx_isolation"}


@pytest.mark.parametrize("manner", ["before", "after", "twice"])
async def test_the_terms_of_a_cancelled_block_are_gone(url: str, kind: str, manner: Manner) -> None:
    async with connect(url, alias="terms", pool_size=1) as db:
        await db.execute("drop table if exists terms_of")
        await db.execute("create table terms_of (id integer primary key)")

        async def read() -> None:
            async with atomic("terms", isolation="serializable", read_only=True):
                await db.fetch_rows("select id from terms_of")

        for at in range(1, MOST_AWAITS):
            _, came_so_far = await outcome_of(read, at, manner)
            async with atomic("terms"):
                await db.execute(f"insert into terms_of values ({at})")
            if kind in LEVEL:
                ((level,),) = await db.fetch_rows(LEVEL[kind])
                assert level.lower().replace("-", " ") == "read committed"
            assert db.pool.stats().in_use == 0
            if not came_so_far:
                break
        assert at > 3
        await db.execute("drop table terms_of")
