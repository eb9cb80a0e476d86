"""Does memory stay where it is, however many rows are read?

Each case runs in a process of its own, whose memory is looked at from inside. 150,000 rows, of
which a list would take 100 MB and more; ``--long`` takes a million.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from covet.sync import CharField, IntegerField, Model, connect, create_tables

LIMIT_MB = 30


class Reading(Model):
    number = IntegerField()
    note = CharField(max_length=200)


FILL = {
    "sqlite": "insert into reading (number, note) with recursive n(x) as (select 1 union all"
    " select x + 1 from n where x < {rows}) select x, printf('%0150d', x) from n",
    "postgresql": "insert into reading (number, note) select x, lpad(x::text, 150, '0')"
    " from generate_series(1, {rows}) x",
    "mysql": "insert into reading (number, note) select seq, lpad(seq, 150, '0')"
    " from seq_1_to_{rows}",
}

MODELS = """
import re
from pathlib import Path
from covet.{face} import *

class Reading(Model):
    number = IntegerField()
    note = CharField(max_length=200)

def peak():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
"""

KEPT = """
def main():
    with connect({url!r}):
        run = Reading.objects.filter(number__lt=5000).fetch()
        before = peak()
        kept = Reading.objects.fetch()
        print(len(kept), round(peak() - before, 1))
main()
"""

SYNC = """
def run(queries):
    seen = 0
    for row in queries:
        seen += 1
        if {interrupts} and seen == 10:
            Reading.objects.count()
    return seen

def main():
    with connect({url!r}):
        run(Reading.objects.filter(number__lt=5000).iterator())
        before = peak()
        if {in_block}:
            with atomic():
                seen = run(Reading.objects.iterator())
        else:
            seen = run(Reading.objects.iterator())
        print(seen, round(peak() - before, 1))
main()
"""

ASYNC = """
import asyncio

async def run(queries):
    seen = 0
    async for row in queries:
        seen += 1
        if {interrupts} and seen == 10:
            await Reading.objects.count()
    return seen

async def main():
    async with connect({url!r}):
        await run(Reading.objects.filter(number__lt=5000).iterator())
        before = peak()
        if {in_block}:
            async with atomic():
                seen = await run(Reading.objects.iterator())
        else:
            seen = await run(Reading.objects.iterator())
        print(seen, round(peak() - before, 1))
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> int:
    return 1_000_000 if request.config.getoption("--long") else 150_000


@pytest.fixture(scope="module")
def filled(url: str, kind: str, rows: int) -> str:
    with connect(url, alias="filling") as db:
        create_tables(Reading, using="filling")
        db.execute(FILL[kind].format(rows=rows))
    return url


def measured(code: str, face: str, **words: Any) -> tuple[int, float]:
    """How many rows were read, and by how many megabytes the process grew."""
    command = [sys.executable, "-c", (MODELS + code).format(face=face, **words)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert ran.stderr == ""
    seen, grown = ran.stdout.split()
    return int(seen), float(grown)


@pytest.mark.parametrize(("face", "code"), [("aio", ASYNC), ("sync", SYNC)], ids=["aio", "sync"])
@pytest.mark.parametrize(
    ("in_block", "interrupts"),
    [(False, False), (True, True)],
    ids=["outside", "in a block with other queries"],
)
def test_memory_does_not_grow_with_the_rows(
    filled: str, rows: int, face: str, code: str, in_block: bool, interrupts: bool
) -> None:
    seen, grown = measured(code, face, url=filled, in_block=in_block, interrupts=interrupts)
    print(f"{face}: {seen} rows, {grown} MB more")
    assert seen == rows
    assert grown < LIMIT_MB


@pytest.mark.databases("sqlite")
def test_rows_that_are_kept_are_seen_by_the_same_measure(filled: str, rows: int) -> None:
    seen, grown = measured(KEPT, "sync", url=filled)
    assert seen == rows
    assert grown > 2 * LIMIT_MB
