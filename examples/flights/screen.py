"""Where do progress and answers appear, if nothing is known but that it takes text?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from time import perf_counter
from typing import TextIO, TypeVar

from .answers import Answer
from .page import Line, duration, page
from .sql import Query

T = TypeVar("T")
INDENT = {"question": "", "answer": "    ", "heading": "    ", "table": "    "}
DEEPER = "      "
BAR = 30


class Screen:
    """Plain text; on a terminal with a bar for the table that is being filled."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.answered = 0
        self.seconds = 0.0
        self.loads: dict[str, tuple[int, float]] = {}

    def title(self, text: str) -> None:
        """Say what is going to be shown."""
        self.print(f"{text}\n{'=' * len(text)}\n")

    def progress(self, name: str, batches: Iterable[list[T]], total: int) -> Iterator[list[T]]:
        """The batches, one by one, showing how many of their items have been dealt with."""
        started, done = perf_counter(), 0
        for batch in batches:
            yield batch
            done += len(batch)
            self.advanced(name, done, total)
        self.filled(name, done, perf_counter() - started)

    def advanced(self, name: str, done: int, total: int) -> None:
        """Show how far a table is filled."""
        if self.out.isatty():
            bar = "#" * (BAR * done // max(total, done))
            print(f"\r{name:8} {bar:.<{BAR}} {done:,}", end="\r", file=self.out, flush=True)

    def filled(self, name: str, rows: int, seconds: float) -> None:
        """Show how long it took to fill a table."""
        self.loads[name] = rows, seconds
        speed = f"{rows / seconds:>7,.0f} rows/s"
        self.print(f"{name:8} {rows:>7,} rows {seconds:7.2f} s {speed}".ljust(BAR + 20))

    def answer(self, question: str, answer: Answer, queries: Sequence[Query]) -> None:
        """Show an answer, with the SQL behind it."""
        self.answered += 1
        self.seconds += sum(query.seconds for query in queries)
        self.print("")
        for line in page(self.answered, question, answer, queries):
            self.line(line)

    def line(self, line: Line) -> None:
        """Show a part of an answer."""
        indent = INDENT.get(line.style, DEEPER)
        self.print("\n".join(indent + text for text in line.text.splitlines()))

    def close(self) -> None:
        """Say how long all of it took the database."""
        rows = sum(rows for rows, _ in self.loads.values())
        loading = duration(sum(seconds for _, seconds in self.loads.values()))
        filled = f"{rows:,} rows loaded in {loading}; " if rows else ""
        self.print(f"\n{filled}{self.answered} questions answered in {duration(self.seconds)}.")

    def print(self, text: str) -> None:
        """Write some text, without spaces at its end."""
        print(text.rstrip(" "), file=self.out)


class SilentScreen(Screen):
    """For programs that want the answers alone; it still knows how long everything took."""

    def print(self, text: str) -> None:
        """Write nothing."""

    def advanced(self, name: str, done: int, total: int) -> None:
        """Show nothing."""
