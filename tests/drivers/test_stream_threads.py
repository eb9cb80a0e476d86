"""What becomes of rows that are read in chunks in threads, forks, and in the garbage collector?

There are no threads in async code; its counterpart is test_stream_tasks.py.
"""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from covet.errors import InterfaceError
from covet.pairs import SyncTicket
from covet.sync import CharField, Database, Model, atomic, connect, create_tables

ROWS = 300


class Thing(Model):
    text = CharField(max_length=2000)


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    with connect(url, pool_size=3, acquire_timeout=5) as db:
        create_tables(Thing)
        Thing.objects.all().delete()
        Thing.objects.bulk_create([Thing(id=n, text="x" * 2000) for n in range(1, ROWS + 1)])
        yield db
        recovered(db)
        Thing.objects.all().delete()


def recovered(db: Database) -> None:
    slots = db.pool.slots
    assert len(slots.idle) == len(slots.connections)
    assert (slots.growing, len(slots.waiting), len(slots._late)) == (0, 0, 0)
    assert not any(connection.in_transaction for connection in slots.idle)


def half_read() -> Any:
    rows = Thing.objects.order_by("pk").iterator(10)
    next(rows)
    return rows


def forgotten() -> None:
    """Rows that only the garbage collector finds."""
    cycle = [half_read()]
    cycle.append(cycle)


def test_leaving_a_loop_gives_the_connection_back_at_once(db: Database) -> None:
    for _ in range(5):  # more than the pool has connections
        for _thing in Thing.objects.iterator(10):
            break
        recovered(db)


def test_what_is_forgotten_in_a_cycle(db: Database) -> None:
    for _ in range(5):
        forgotten()
        gc.collect()
        recovered(db)
    with atomic():
        forgotten()
        gc.collect()
        assert Thing.objects.count() == ROWS


def test_collected_while_the_pool_is_locked(db: Database) -> None:
    forgotten()
    slots = db.pool.slots
    with slots._locked():  # as if the collector had run between two lines of the pool
        gc.collect()
        assert len(slots.idle) < len(slots.connections)
    recovered(db)


def test_collected_by_a_thread_that_waits_for_a_connection(db: Database) -> None:
    kept = [half_read() for _ in range(3)]
    ticket = SyncTicket()
    assert db.pool.slots.claim(ticket) is None
    kept.clear()
    assert ticket.wait(1) is not None  # a connection, or the right to make one
    db.pool.slots.withdraw(ticket)


def test_collected_in_the_middle_of_a_statement_of_the_same_block(db: Database) -> None:
    with atomic():
        rows = half_read()
        session_busy = threading.Event()

        def collect() -> None:
            session_busy.set()
            rows.close()  # waits for nothing, though the block's turn is taken

        from covet._sync.connection import session_of

        session = session_of("default")
        assert session is not None
        session.take_turn()
        try:
            thread = threading.Thread(target=collect)
            thread.start()
            thread.join(2)
            assert session_busy.is_set()
            assert not thread.is_alive()
        finally:
            session.turn.leave()
        assert Thing.objects.count() == ROWS


def test_a_ticket_is_given_once() -> None:
    ticket = SyncTicket()
    assert ticket.give("a")
    assert not ticket.give("b")
    assert ticket.wait(1) == "a"
    late = SyncTicket()
    assert late.wait(0.01) is None
    assert not late.give("a")
    assert late.received() is None


def test_tickets_lose_nothing_at_the_last_moment() -> None:
    lost = 0
    for turn in range(300):
        ticket = SyncTicket()
        taken: list[Any] = []
        thread = threading.Thread(target=lambda t=ticket, into=taken: into.append(t.wait(0.0005)))
        thread.start()
        time.sleep(0.0005 + turn % 7 * 0.00003)
        given = ticket.give(turn)
        thread.join()
        lost += taken != [turn if given else None]
    assert lost == 0


def test_many_threads_read_at_once(db: Database) -> None:
    def read(number: int) -> list[int]:
        if number % 3:
            return [thing.pk for thing in Thing.objects.order_by("pk").iterator(7)]
        with atomic():
            found = []
            for thing in Thing.objects.order_by("pk").iterator(7):
                found.append(thing.pk)
                if thing.pk % 100 == 0:
                    assert Thing.objects.filter(pk__lte=thing.pk).count() == thing.pk
            return found

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(read, range(24)):
            assert found == list(range(1, ROWS + 1))


def test_an_iterator_may_move_to_another_thread(db: Database) -> None:
    rows = half_read()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: [thing.pk for thing in rows]).result() == list(
            range(2, ROWS + 1)
        )


@pytest.mark.parametrize("in_block", [False, True])
def test_a_fork_leaves_the_rows_to_its_parent(db: Database, in_block: bool) -> None:
    with atomic() if in_block else contextlib.nullcontext():
        read_by_both(half_read())


def read_by_both(rows: Any) -> None:
    child = os.fork()
    if child == 0:  # no exception may reach pytest in here
        code = 1
        try:
            found = [next(rows).pk for _ in range(9)]
            try:
                next(rows)
            except InterfaceError as error:
                told = str(error).startswith("These rows are read by the process that this one")
                del rows
                gc.collect()
                code = 0 if told and found[-1] == 10 else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert [thing.pk for thing in rows] == list(range(2, ROWS + 1))


UNFINISHED = """
from covet.sync import *

class Thing(Model):
    text = CharField(max_length=2000)

db = connect({url!r})
rows = Thing.objects.iterator(10)
next(rows)
with atomic():
    more = Thing.objects.iterator(10)
    next(more)
if {closes}:
    db.close()
print("ended")
"""


@pytest.mark.parametrize("closes", [True, False])
def test_the_process_ends_whatever_is_unfinished(db: Database, url: str, closes: bool) -> None:
    code = UNFINISHED.format(url=url, closes=closes)
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ran.stdout, ran.stderr) == ("ended\n", "")
