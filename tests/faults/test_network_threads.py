"""Do the limits of time hold when the network fails, and does the pool heal? In threads.

The counterpart of test_network.py in the sync twin.
"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from covet.errors import ConnectionFailed, OperationalError, PoolTimeout
from covet.sync import Database, atomic, connect

from .network import Proxy
from .test_network import LIMIT, NUMBERS, SLEEP, in_time
from .witness import Witness, soon

pytestmark = pytest.mark.databases("postgresql", "mysql")


@pytest.fixture
def db(way: Proxy, seen: Witness) -> Iterator[Database]:
    options = {"pool_size": 4, "acquire_timeout": LIMIT, "connect_timeout": LIMIT}
    with connect(way.url, **options, statement_timeout=LIMIT) as db:
        db.execute("drop table if exists cable")
        db.execute("create table cable (id integer primary key)")
        yield db
        heals(db, way)
        assert soon(lambda: not seen.transactions())
        db.execute("drop table cable")
    assert soon(lambda: not seen.new_sessions())


def heals(db: Database, way: Proxy) -> None:
    """See that all is well once the network is: at most one error for each connection."""
    way.heal()
    time.sleep(0.05)
    errors = []
    for _ in range(db.pool.slots.size + 1):
        try:
            db.fetch_rows("select 1")
        except OperationalError as error:
            errors.append(error)
    assert len(errors) < db.pool.slots.size + 1
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda n: db.fetch_rows(f"select {n}"), range(4)))
    assert answers == [[(n,)] for n in range(4)]
    stats = db.pool.stats()
    assert (stats.in_use, stats.connecting, stats.waiting) == (0, 0, 0)


def several(db: Database, number: int) -> None:
    """Have so many connections in the pool."""
    for connection in [db.pool.acquire() for _ in range(number)]:
        db.pool.give(connection)


def test_connecting_to_silence(way: Proxy) -> None:
    way.swallow()
    with in_time(), pytest.raises(ConnectionFailed, match="no answer"):
        connect(way.url, alias="never", connect_timeout=LIMIT)


def test_silence_in_the_middle_of_the_handshake(way: Proxy) -> None:
    way.delay = 10
    with in_time(), pytest.raises(ConnectionFailed, match="no answer"):
        connect(way.url, alias="never", connect_timeout=LIMIT)


def test_a_statement(db: Database, way: Proxy) -> None:
    way.swallow()
    with in_time(), pytest.raises(OperationalError):
        db.fetch_rows("select 1")


def test_a_long_statement(db: Database, way: Proxy) -> None:
    way.swallow()
    mark = "cast(%s as text)" if db.dialect.name == "postgresql" else "%s"
    with in_time(), pytest.raises(OperationalError):
        db.fetch_rows(f"select {mark}", ("x" * 12_000_000,))


def test_rows(db: Database, way: Proxy, kind: str) -> None:
    rows = db.stream_rows(NUMBERS[kind], (), 10)
    rows.fetch()
    way.swallow()
    with in_time(), pytest.raises(OperationalError):
        while rows.fetch():
            pass
    with in_time(0):
        rows.close()


def test_leaving_rows(db: Database, way: Proxy, kind: str) -> None:
    rows = db.stream_rows(NUMBERS[kind], (), 10)
    rows.fetch()
    way.swallow()
    with in_time(0.5):
        rows.close()


def test_undoing_a_block(db: Database, way: Proxy) -> None:
    with in_time(0.5), pytest.raises(ZeroDivisionError), atomic():
        db.execute("insert into cable values (1)")
        way.swallow()
        raise ZeroDivisionError
    heals(db, way)
    assert db.fetch_rows("select id from cable") == []


def test_a_block(db: Database, way: Proxy) -> None:
    with in_time(), pytest.raises(OperationalError), atomic():
        db.execute("insert into cable values (1)")
        way.swallow()
        db.execute("insert into cable values (2)")
    heals(db, way)
    assert db.fetch_rows("select id from cable") == []


def test_acquiring(db: Database, way: Proxy) -> None:
    held = [db.pool.acquire() for _ in range(4)]
    way.swallow()
    with in_time(), pytest.raises(PoolTimeout):
        db.fetch_rows("select 1")
    for connection in held:
        db.pool.give(connection)


def test_an_idle_connection_is_looked_at(way: Proxy) -> None:
    options = {"pool_check_after": 0.05, "connect_timeout": LIMIT, "alias": "idle"}
    with connect(way.url, **options) as db:
        several(db, 4)
        time.sleep(0.1)
        way.swallow()
        with in_time(LIMIT + 1), pytest.raises(ConnectionFailed):
            db.fetch_rows("select 1")
        way.heal()
        assert db.fetch_rows("select 1") == [(1,)]


@pytest.mark.parametrize("how", [Proxy.cut, Proxy.half_close])
def test_idle_connections_that_are_cut_cost_no_query(way: Proxy, how: object) -> None:
    with connect(way.url, alias="idle", pool_check_after=0.05) as db:
        several(db, 4)
        time.sleep(0.1)
        how(way)  # type: ignore[operator]
        for n in range(6):
            assert db.fetch_rows(f"select {n}") == [(n,)]
        assert db.pool.stats().made == 5


def test_closing(way: Proxy) -> None:
    db = connect(way.url, alias="closing")
    several(db, 5)
    way.swallow()
    with in_time():
        db.close(LIMIT)


def test_closing_while_queries_run(way: Proxy, kind: str) -> None:
    db = connect(way.url, alias="closing")
    running = [threading.Thread(target=_ask, args=(db, SLEEP[kind])) for _ in range(3)]
    for thread in running:
        thread.start()
    time.sleep(0.1)
    with in_time():
        db.close(0.01)
    for thread in running:
        thread.join(5)


def _ask(db: Database, sql: str) -> None:
    db.fetch_rows(sql)


@pytest.mark.parametrize("how", [Proxy.cut, Proxy.half_close])
def test_a_query_under_way_that_is_cut(db: Database, way: Proxy, kind: str, how: object) -> None:
    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(db.fetch_rows, SLEEP[kind]) for _ in range(3)]
        time.sleep(0.15)
        how(way)  # type: ignore[operator]
        errors = [each.exception(timeout=5) for each in running]
    assert [type(each) for each in errors] == [OperationalError] * 3
    assert db.fetch_rows("select 1") == [(1,)]


def test_a_server_that_refuses_for_a_while(db: Database, way: Proxy) -> None:
    way.refuse()
    for _ in range(6):
        with in_time(), pytest.raises(OperationalError):
            db.fetch_rows("select 1")
    way.heal()
    assert db.fetch_rows("select 1") == [(1,)]
