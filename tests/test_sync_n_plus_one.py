"""Is one detector right with many threads, and are threads that were not started from it unheard?

The counterpart of ``_async/test_n_plus_one_tasks.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    Model,
    connect,
    create_tables,
    detect_n_plus_one,
    loaded,
)
from covet.watch.touches import TOUCHES

THREADS = 8
TIMES = 25


class Painter(Model):
    name = CharField(max_length=20)


class Picture(Model):
    title = CharField(max_length=20)
    painter = ForeignKey(Painter, related_name="pictures")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with connect(f"sqlite:///{tmp_path / 'pictures.db'}") as database:
        create_tables(Painter, Picture)
        painter = Painter.objects.create(name="Ann")
        Picture.objects.create(title="Tree", painter=painter)
        yield database


def look() -> None:
    for n in range(TIMES):
        Picture.objects.filter(title=str(n)).exists()
    picture = Picture.objects.select_related("painter").get(title="Tree")
    assert loaded(picture.painter).name == "Ann"


def test_threads_of_one_block_are_one_finding(db: Database) -> None:
    with detect_n_plus_one() as detector, ThreadPoolExecutor(THREADS) as pool:
        for thread in [pool.submit(copy_context().run, look) for _ in range(THREADS)]:
            thread.result()

    count = next(one.count for one in detector.findings if "LIMIT" in one.sql and not one.relation)
    assert count == THREADS * TIMES


def test_a_thread_that_was_not_started_from_the_block_is_not_heard(db: Database) -> None:
    with detect_n_plus_one() as detector:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert detector.findings == []


def test_detectors_of_many_threads_leave_nothing_behind(db: Database) -> None:
    plain = vars(ForeignKey)["__get__"]

    @detect_n_plus_one(threshold=TIMES)
    def page() -> None:
        look()

    with ThreadPoolExecutor(THREADS) as pool:
        for thread in [pool.submit(page) for _ in range(THREADS)]:
            thread.result()
    assert vars(ForeignKey)["__get__"] is plain
    assert not TOUCHES.on
