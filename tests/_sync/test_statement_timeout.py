# generated from tests/_async/test_statement_timeout.py by scripts/generate_sync.py;
# change that file, not this one
"""Is a statement stopped that takes longer than it may?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from covet.errors import OperationalError, TransactionError
from covet.sync import Database, atomic, connect

from ..pairs import sync_fixture

SLOW = {
    "sqlite": "with recursive n(x) as (select 1 union all select x + 1 from n where x < 3e9)"
    " select count(*) from n",
    "postgresql": "select pg_sleep(30)",
    "mysql": "select seq from seq_1_to_100000000000 where seq = -1 + rand()",
}


@sync_fixture
def impatient(url: str) -> Iterator[Database]:
    with connect(url, alias="impatient", pool_size=1, statement_timeout=0.2) as db:
        db.execute("drop table if exists patience")
        db.execute("create table patience (id integer primary key)")
        yield db
        db.execute("drop table patience")


def test_what_takes_too_long_is_stopped(impatient: Database, kind: str) -> None:
    start = time.perf_counter()
    with pytest.raises(OperationalError, match=r"time|interrupted"):
        impatient.fetch_rows(SLOW[kind])
    assert 0.15 < time.perf_counter() - start < 1.5
    assert impatient.fetch_rows("select 1") == [(1,)]
    assert impatient.pool.stats().made == 1


def test_it_breaks_its_block(impatient: Database, kind: str) -> None:
    with pytest.raises(TransactionError):
        with atomic("impatient"):
            impatient.execute("insert into patience values (1)")
            with pytest.raises(OperationalError):
                impatient.fetch_rows(SLOW[kind])
    assert impatient.fetch_rows("select id from patience") == []


def test_it_counts_anew_for_each_statement(impatient: Database) -> None:
    start = time.perf_counter()
    while time.perf_counter() - start < 0.4:
        assert impatient.fetch_rows("select 1") == [(1,)]
