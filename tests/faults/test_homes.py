"""What if connections meet another event loop, a loop that was closed, a fork, or the end?

One loop after the other, and threads, are in tests/drivers.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from covet.aio import Database, connect

from ..drivers.test_tasks import SLOW
from .witness import Witness, soon


@pytest.fixture(autouse=True)
def nothing_runs_on(seen: Witness) -> Iterator[None]:
    """PostgreSQL looks for its client only when it has something to say to it."""
    yield
    for session in seen.new_sessions():
        seen.kill(session)
    assert soon(lambda: not seen.new_sessions())


SESSION = {"postgresql": "select pg_backend_pid()", "mysql": "select connection_id()"}


def test_loops_at_the_same_time(url: str) -> None:
    """Each has connections of its own, and gets its own answers."""
    ready = threading.Barrier(4, timeout=10)

    async def opened() -> Database:
        return await connect(url, alias="homes", pool_size=2)

    async def ask(db: Database, number: int) -> None:
        ready.wait()
        for n in range(30):
            asked = [db.fetch_rows(f"select {number * 1000 + n}") for _ in range(3)]
            assert await asyncio.gather(*asked) == [[(number * 1000 + n,)]] * 3

    db = asyncio.run(opened())
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(asyncio.run, ask(db, number)) for number in range(4)]:
            done.result(20)
    asyncio.run(db.close())


def test_a_loop_that_was_closed_during_a_query(url: str, kind: str) -> None:
    """Another one gets connections that answer; the query ends with the connection."""
    loop = asyncio.new_event_loop()
    db = loop.run_until_complete(connect(url, alias="homes"))
    task = loop.create_task(db.fetch_rows(SLOW[kind]))
    loop.run_until_complete(asyncio.sleep(0.1))
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    loop.close()

    async def again() -> None:
        async with asyncio.timeout(5):
            assert await db.fetch_rows("select 3") == [(3,)]
        await db.close()

    asyncio.run(again())
    del task


BLOCK = """
import asyncio, sys
from covet.aio import atomic, connect
loop = asyncio.new_event_loop()
db = loop.run_until_complete(connect(sys.argv[1], alias="homes"))
async def begin():
    async with atomic("homes"):
        await db.execute("insert into homes values (1)")
        await asyncio.sleep(60)
task = loop.create_task(begin())
loop.run_until_complete(asyncio.sleep(0.1))
loop.close()
async def again():
    await db.execute("insert into homes values (2)")
    print(await db.fetch_rows("select id from homes"), flush=True)
    await db.close()
asyncio.run(again())
"""


def test_a_block_in_a_loop_that_was_closed(url: str, seen: Witness) -> None:
    """It is rolled back, as nobody can say what was meant."""
    seen.rows("drop table if exists homes")
    seen.rows("create table homes (id integer)")
    out, _, code = ended([BLOCK, url])
    assert (out, code) == ("[(2,)]\n", 0)
    assert soon(lambda: not seen.transactions())
    seen.rows("drop table homes")


FORK = """
import asyncio, os, sys
from covet.aio import connect
async def child(db):
    return await db.fetch_rows(sys.argv[2])
async def main():
    db = await connect(sys.argv[1])
    mine = await db.fetch_rows(sys.argv[2])
    return db, mine
db, mine = asyncio.run(main())
if (pid := os.fork()) == 0:
    theirs = asyncio.run(child(db))
    os._exit(0 if theirs != mine else 1)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.databases("postgresql", "mysql")
def test_a_fork_has_connections_of_its_own(url: str, kind: str) -> None:
    assert ended([FORK, url, SESSION[kind]]) == ("0\n", "", 0)


ENDS = {
    "an error while queries run": """
async def main():
    db = await connect(sys.argv[1])
    asyncio.ensure_future(db.fetch_rows(sys.argv[2]))
    await asyncio.sleep(0.1)
    print("done")
    raise SystemExit(3)
asyncio.run(main())
""",
    "a loop that nobody closes": """
loop = asyncio.new_event_loop()
async def main():
    db = await connect(sys.argv[1])
    task = loop.create_task(db.fetch_rows(sys.argv[2]))
    task._log_destroy_pending = False
    await asyncio.sleep(0.1)
    print("done")
loop.run_until_complete(main())
sys.stdout.flush()
sys.exit(3)
""",
    "a thread in the middle of a query": """
import threading
from covet import sync
db = sync.connect(sys.argv[1])
thread = threading.Thread(target=db.fetch_rows, args=(sys.argv[2],), daemon=True)
thread.start()
import time; time.sleep(0.1)
print("done")
sys.exit(3)
""",
}


@pytest.mark.parametrize("name", ENDS)
def test_the_process_ends(url: str, kind: str, name: str) -> None:
    start = time.perf_counter()
    head = "import asyncio, sys\nfrom covet.aio import connect\n"
    out, _, code = ended([head + ENDS[name], url, SLOW[kind]])
    assert (out, code) == ("done\n", 3)
    assert time.perf_counter() - start < 8


def ended(arguments: list[str]) -> tuple[str, str, int]:
    """What a program says, and how it ends."""
    program = subprocess.run(
        [sys.executable, "-c", *arguments],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    return program.stdout, program.stderr, program.returncode
