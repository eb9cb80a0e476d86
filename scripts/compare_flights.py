#!/usr/bin/env python
"""Do both colours give the same answers about all 336,776 flights on every database given?

    scripts/compare_flights.py sqlite:////tmp/flights.db postgresql://postgres@127.0.0.1/flights …

Each database is filled and asked in both colours; the answers are compared with those that plain
Python finds in the CSV files. The tables ``flights_…`` there are made anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from examples.flights._async import questions as async_questions  # noqa: E402
from examples.flights._async import run as async_run  # noqa: E402
from examples.flights._sync import run as sync_run  # noqa: E402
from examples.flights.command import finish  # noqa: E402
from examples.flights.data import Data  # noqa: E402
from examples.flights.download import nycflights13  # noqa: E402
from examples.flights.screen import SilentScreen  # noqa: E402
from tests.examples.reference import Reference  # noqa: E402

NAMES = [question.__name__ for question in async_questions.QUESTIONS]
COLOURS = {"async": async_run.tell, "sync": sync_run.tell}


def main(urls: list[str]) -> int:
    """Print how long everything took and where answers differ; the number of differences."""
    if not urls or urls[0].startswith("-"):
        print(__doc__)
        return 2
    data = Data(nycflights13())
    found = Reference(data)
    expected = {name: getattr(found, name)() for name in NAMES}
    del found
    differences = [
        line for url in urls for colour in COLOURS for line in ask(url, colour, data, expected)
    ]
    print("\n".join(differences) or f"All {len(NAMES)} answers agree.")
    return len(differences)


def ask(url: str, colour: str, data: Data, expected: dict[str, Any]) -> list[str]:
    """Where the answers of one colour on one database differ from those expected."""
    screen, started, used = SilentScreen(), perf_counter(), process_time()
    answers = finish(COLOURS[colour](url, data, screen))
    times = report(screen, perf_counter() - started, process_time() - used)
    print(f"{colour:5} on {url.partition(':')[0]}: {times}", flush=True)
    return [
        f"  {colour} on {url}, {name}: {answer.facts} {answer.rows} instead of {expected[name]}"
        for name, answer in zip(NAMES, answers, strict=True)
        if (answer.facts, answer.rows) != expected[name]
    ]


def report(screen: SilentScreen, total: float, cpu: float) -> str:
    """How long it took, on the clock and on the processor."""
    loading = sum(seconds for _, seconds in screen.loads.values())
    rows, seconds = screen.loads["Flight"]
    return (
        f"loaded in {loading:.1f} s ({rows / seconds:,.0f} flights/s), "
        f"asked in {screen.seconds:.1f} s, {total:.1f} s in all ({cpu:.1f} s of this process)"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
