"""Does the pool heal when the server restarts, while it is asked and while it is not?"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from covet import aio, sync
from covet.errors import CovetError

from ..servers import PRODUCTS, private
from ..servers.find import serves

RECOVERS_WITHIN = 2.0  # seconds after the server is back
pytestmark = pytest.mark.databases("postgresql", "mysql")


class Own:
    """A server of the test's own, which it may restart."""

    def __init__(self, kind: str) -> None:
        self._product = next(product for product in PRODUCTS if product.kind == kind)
        programs = self._product.programs()
        if programs is None:
            pytest.skip(f"no programs of {self._product.name} on this machine")
        self._serve: list[str] = []

        def plan(folder: private.Path, port: int, user: str | None) -> private.Plan:
            commands = self._product.plan(programs, folder, port, user)
            self._serve = commands.serve
            return commands

        self.url, self._private = private.start(plan, self._product.owner, self._answers)

    def _answers(self, url: str) -> bool:
        return serves(self._product, url)

    def stop(self) -> None:
        """Have it end, whoever is connected."""
        pid = self._private.pid()
        assert pid is not None
        os.kill(pid, self._private.signal)
        assert private.eventually(lambda: self._private.pid() is None)

    def start(self) -> None:
        """Serve the same data again."""
        user = private.unprivileged(self._product.owner)
        self._private.process = private.run_as(user, self._serve, self._private.folder)
        assert private.eventually(partial(self._answers, self.url)), self._private.log()

    def end(self) -> None:
        """Stop it for good."""
        self._private.stop()


@pytest.fixture(scope="module")
def own(kind: str) -> Iterator[Own]:
    own = Own(kind)
    yield own
    own.end()


async def test_idle_connections(own: Own) -> None:
    """Older than pool_check_after, they cost no query; the pool is as it was."""
    async with aio.connect(own.url, pool_check_after=0.05, pool_size=5) as db:
        for connection in [await db.pool.acquire() for _ in range(5)]:
            await db.pool.give(connection)
        own.stop()
        own.start()
        start = time.perf_counter()
        for n in range(10):
            assert await db.fetch_rows(f"select {n}") == [(n,)]
        assert time.perf_counter() - start < RECOVERS_WITHIN


async def test_under_load(own: Own, is_long: bool) -> None:
    """While it is away all errors are typed; once it is back, nothing fails after two seconds."""
    errors: list[BaseException] = []
    over = asyncio.Event()
    options = {"pool_size": 5, "acquire_timeout": 5, "connect_timeout": 1}
    async with aio.connect(own.url, **options) as db:

        async def ask() -> None:
            while not over.is_set():
                try:
                    async with asyncio.timeout(20):
                        await db.fetch_rows("select 1")
                except Exception as error:
                    errors.append(error)
                await asyncio.sleep(0.001)

        asking = [asyncio.ensure_future(ask()) for _ in range(10)]
        for _ in range(5 if is_long else 1):
            await asyncio.sleep(0.1)
            await asyncio.to_thread(own.stop)
            await asyncio.sleep(0.1)
            await asyncio.to_thread(own.start)
            await asyncio.sleep(RECOVERS_WITHIN / 4)
            while_away = len(errors)
            await asyncio.sleep(0.3)
            assert len(errors) == while_away > 0
        over.set()
        await asyncio.gather(*asking)
        assert {type(each) for each in errors if not isinstance(each, CovetError)} == set()
        assert db.pool.stats().in_use == 0


def test_threads_under_load(own: Own) -> None:
    errors: list[BaseException] = []
    over = threading.Event()
    options = {"pool_size": 5, "acquire_timeout": 5, "connect_timeout": 1}
    with sync.connect(own.url, **options) as db, ThreadPoolExecutor(8) as threads:

        def ask() -> None:
            while not over.wait(0.001):
                try:
                    db.fetch_rows("select 1")
                except Exception as error:
                    errors.append(error)

        asking = [threads.submit(ask) for _ in range(8)]
        try:
            time.sleep(0.1)
            own.stop()
            own.start()
            time.sleep(RECOVERS_WITHIN / 4)
            while_away = len(errors)
            time.sleep(0.3)
            assert len(errors) == while_away > 0
        finally:
            over.set()
        for each in asking:
            each.result(20)
        assert {type(each) for each in errors if not isinstance(each, CovetError)} == set()
        assert db.pool.stats().in_use == 0
