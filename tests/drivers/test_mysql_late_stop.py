"""Can what stops the rest of a stream hit another statement, when it reaches the server late?

MariaDB sends all rows of a result, unless another connection says ``KILL QUERY``: a word that hits
whatever the connection does when it arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from covet import aio, sync
from covet.drivers import mysql
from covet.errors import OperationalError

pytestmark = pytest.mark.databases("mysql")

MANY_ROWS = "select seq, repeat('x', 20000) from seq_1_to_200"
# 1 if it was interrupted.
SLEEP = "select sleep(0.8)"


class SlowWay:
    """The way to the server, on which ``KILL QUERY`` waits until it may pass."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 3306)
        self._door = socket.create_server(("127.0.0.1", 0))
        user = parts.netloc.rpartition("@")[0]
        here = f"{user}@127.0.0.1:{self._door.getsockname()[1]}"
        # Of what is encrypted it would understand nothing.
        self.url = parts._replace(netloc=here, query="ssl_mode=disabled").geturl()
        self.waits = threading.Event()
        self.may_pass = threading.Event()
        self.passed = threading.Event()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._open)

    def _start(self, work: Callable[..., None], *args: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=args))
        self._threads[-1].start()

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:  # shut
                return
            server = socket.create_connection(self._server)
            self._ends += [client, server]
            self._start(self._carry, client, server)
            self._start(self._carry, server, client)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                is_kill = b"KILL QUERY" in data
                if is_kill:
                    self.waits.set()
                    self.may_pass.wait()
                target.sendall(data)
                if is_kill:
                    self.passed.set()
        _shut(target)

    def let_pass(self) -> None:
        """Let go what waits, and give the server the time to do it."""
        self.may_pass.set()
        assert self.passed.wait(5)
        time.sleep(0.2)

    def shut(self) -> None:
        """Let nobody in any more."""
        _shut(self._door)
        self._threads[0].join()

    def close(self) -> None:
        self.may_pass.set()
        self.shut()
        for end in self._ends:
            _shut(end)
        for thread in self._threads:
            thread.join()
        for end in (self._door, *self._ends):
            end.close()


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def way(url: str) -> Iterator[SlowWay]:
    way = SlowWay(url)
    yield way
    way.close()


async def leave_rows(db: aio.Database) -> None:
    rows = db.stream_rows(MANY_ROWS, (), 2)
    await rows.fetch()
    await rows.close()


async def leave_rows_and_ask(db: aio.Database) -> None:
    async with aio.atomic():
        await leave_rows(db)
        await db.fetch_rows("select 1")


def leave_rows_in_a_thread(db: sync.Database) -> None:
    rows = db.stream_rows(MANY_ROWS, (), 2)
    rows.fetch()
    rows.close()


@sync.atomic
def leave_rows_and_ask_in_a_thread(db: sync.Database) -> None:
    leave_rows_in_a_thread(db)
    db.fetch_rows("select 1")


async def is_left_alone(db: aio.Database, way: SlowWay) -> bool:
    """Whether a statement goes on that runs while the word arrives."""
    asked = asyncio.create_task(db.fetch_rows(SLEEP))
    await asyncio.sleep(0.3)
    await asyncio.to_thread(way.let_pass)
    return await asked == [(0,)]


async def test_the_next_statement_waits_until_it_was_heard(way: SlowWay) -> None:
    async with aio.connect(way.url, pool_size=1) as db, aio.atomic():
        await leave_rows(db)
        threading.Timer(mysql.KILL_WITHIN + 0.3, way.may_pass.set).start()
        assert await db.fetch_rows(SLEEP) == [(0,)]


def test_the_next_statement_waits_in_a_thread_too(way: SlowWay) -> None:
    with sync.connect(way.url, pool_size=1) as db, sync.atomic():
        leave_rows_in_a_thread(db)
        threading.Timer(mysql.KILL_WITHIN + 0.3, way.may_pass.set).start()
        assert db.fetch_rows(SLEEP) == [(0,)]


@pytest.mark.filterwarnings("ignore:Previous unbuffered")  # as in programs
async def test_who_is_cancelled_meanwhile_leaves_it_to_nobody(way: SlowWay) -> None:
    async with aio.connect(way.url, pool_size=1) as db:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(leave_rows_and_ask(db), 0.5)
        assert way.waits.is_set()
        assert await is_left_alone(db, way)


async def test_what_is_not_heard_in_time_costs_the_connection(
    way: SlowWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "HEARD_WITHIN", 0.3)
    async with aio.connect(way.url, pool_size=1) as db:
        with pytest.raises(OperationalError, match="whether it stopped sending rows"):
            await leave_rows_and_ask(db)
        assert await is_left_alone(db, way)


def test_what_is_not_heard_in_time_costs_a_threads_connection_too(
    way: SlowWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "HEARD_WITHIN", 0.3)
    with sync.connect(way.url, pool_size=1) as db, ThreadPoolExecutor(1) as thread:
        with pytest.raises(OperationalError, match="whether it stopped sending rows"):
            leave_rows_and_ask_in_a_thread(db)
        asked = thread.submit(db.fetch_rows, SLEEP)
        time.sleep(0.3)
        way.let_pass()
        assert asked.result() == [(0,)]


async def test_where_nothing_can_be_said_the_rows_are_read_to_their_end(way: SlowWay) -> None:
    async with aio.connect(way.url, pool_size=1) as db, aio.atomic():
        await leave_rows(db)
        await asyncio.to_thread(way.shut)
        assert await db.fetch_rows("select 1") == [(1,)]
