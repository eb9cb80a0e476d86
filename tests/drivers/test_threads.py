"""What becomes of connections when threads share them, or a process forks?

The counterpart of test_tasks.py in the sync twin.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from covet.errors import PoolTimeout
from covet.sync import Database, atomic, connect


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    with connect(url, pool_size=3, acquire_timeout=10) as db:
        db.execute("drop table if exists threads_of")
        db.execute("create table threads_of (id integer primary key, n integer)")
        yield db
        slots = db.pool.slots
        assert len(slots.idle) == len(slots.connections)
        assert (slots.growing, len(slots.waiting)) == (0, 0)
        db.execute("drop table threads_of")


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run something in many threads at once."""
    with ThreadPoolExecutor(count) as threads:
        for done in [threads.submit(work, number) for number in range(count)]:
            done.result(timeout=60)


def test_threads_share_the_pool_and_get_their_own_answers(db: Database) -> None:
    def ask(number: int) -> None:
        for _ in range(50):
            assert db.fetch_rows(f"select {number}") == [(number,)]

    in_threads(12, ask)
    assert len(db.pool.slots.connections) <= 3


def test_threads_have_transactions_of_their_own(db: Database) -> None:
    db.execute("insert into threads_of values (1, 0)")

    def count(number: int) -> None:
        for _ in range(10):
            with atomic():
                db.execute("update threads_of set n = n + 1 where id = 1")

    in_threads(6, count)
    assert db.fetch_rows("select n from threads_of") == [(60,)]


def test_a_thread_waits_its_time_only(url: str) -> None:
    with connect(url, alias="small", pool_size=1, acquire_timeout=0.2) as small:
        errors: list[Exception] = []

        def ask() -> None:
            start = time.perf_counter()
            try:
                small.fetch_rows("select 1")
            except PoolTimeout as error:
                errors.append(error)
            assert 0.15 < time.perf_counter() - start < 2

        with atomic("small"):
            thread = threading.Thread(target=ask)
            thread.start()
            thread.join()
        assert len(errors) == 1
        assert "'atomic()' of thread 'MainThread' at tests/drivers/test_threads.py:" in str(
            errors[0]
        )


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_connections_of_its_own(db: Database, kind: str) -> None:
    server = {
        "sqlite": "select 0",
        "postgresql": "select pg_backend_pid()",
        "mysql": "select connection_id()",
    }[kind]
    mine = db.fetch_rows(server)
    reading, writing = os.pipe()
    with atomic():
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, repr(db.fetch_rows(server)).encode())
            finally:
                os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        theirs = os.read(reading, 100).decode()
        os.close(reading)
        assert db.fetch_rows("select 1") == [(1,)]
    assert theirs.startswith("[(")
    assert (theirs == repr(mine)) == (kind == "sqlite")
    assert db.fetch_rows(server) == mine
