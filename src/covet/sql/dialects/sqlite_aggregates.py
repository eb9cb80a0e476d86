"""Which aggregates does SQLite lack that the compiled SQL calls? They work over windows too."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .sqlite_functions import CONTEXT, as_decimal, decimal


def register(connection: sqlite3.Connection) -> None:
    """Give a new SQLite connection these aggregates."""
    for name, (arguments, aggregate) in AGGREGATES.items():
        connection.create_window_function(name, arguments, aggregate)


class SumOfDecimals:
    """The sum of decimals that are texts, also over a window, whose rows come and go."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.count = 0

    def step(self, value: Any) -> None:
        """One more value."""
        if value is not None:
            self.total = CONTEXT.add(self.total, as_decimal(value))
            self.count += 1

    def inverse(self, value: Any) -> None:
        """One value less."""
        if value is not None:
            self.total = CONTEXT.subtract(self.total, as_decimal(value))
            self.count -= 1

    def value(self) -> Any:
        """What it is so far."""
        return format(self.total, "f") if self.count else None

    def finalize(self) -> Any:
        """What it is at last."""
        return self.value()


class AverageOfDecimals(SumOfDecimals):
    """The average of decimals that are texts."""

    def value(self) -> Any:
        """What it is so far."""
        return decimal("/", format(self.total, "f"), self.count) if self.count else None


class Spread:
    """How far numbers lie apart, from exact sums of them and of their squares."""

    sample = False
    root = False

    def __init__(self) -> None:
        self.count = 0
        self.total = self.squares = Fraction(0)

    def step(self, value: Any) -> None:
        """One more value."""
        self._add(value, 1)

    def inverse(self, value: Any) -> None:
        """One value less."""
        self._add(value, -1)

    def _add(self, value: Any, sign: int) -> None:
        if value is not None:
            number = Fraction(value)
            self.count += sign
            self.total += sign * number
            self.squares += sign * number * number

    def value(self) -> Any:
        """What it is so far."""
        degrees = self.count - self.sample
        if degrees <= 0:
            return None
        found = float((self.squares - self.total * self.total / self.count) / degrees)
        return math.sqrt(found) if self.root else found

    def finalize(self) -> Any:
        """What it is at last."""
        return self.value()


class SampleSpread(Spread):
    """The same of a sample."""

    sample = True


class Deviation(Spread):
    """The root of it."""

    root = True


class SampleDeviation(SampleSpread):
    """The root of that of a sample."""

    root = True


class Collected:
    """Values of many rows in one text, or in one JSON array, in an order that is asked for.

    Called with words, the value, of a text its delimiter, and what is ordered by. The words are
    ``text`` or ``list``, perhaps ``distinct``, and of each key its direction, where NULLs go and
    its type: ``desc-last-decimal``.
    """

    def __init__(self) -> None:
        self.words: list[str] = []
        self.rows: deque[tuple[Any, ...]] = deque()
        self.delimiter = ""

    def step(self, words: str, value: Any, *rest: Any) -> None:
        """One more value; a text that is NULL is none."""
        if words.startswith("text"):
            if value is None:
                return
            self.delimiter, *rest = rest  # type: ignore[assignment]
        self.words = words.split()
        self.rows.append((value, *rest))

    def inverse(self, words: str, value: Any, *rest: Any) -> None:
        """One value less: frames leave behind what they met first."""
        if not words.startswith("text") or value is not None:
            self.rows.popleft()

    def value(self) -> Any:
        """What it is so far."""
        if not self.rows:
            return None
        kind, *words = self.words
        keys = [word for word in words if word != "distinct"]
        rows = list(self.rows)
        for place, word in reversed(list(enumerate(keys, 1))):
            direction, nulls, type_ = word.split("-")
            is_descending = direction == "desc"
            key = _key(place, (nulls == "first") != is_descending, type_ == "decimal")
            rows.sort(key=key, reverse=is_descending)
        values = [row[0] for row in rows]
        if "distinct" in words:
            values = list(dict.fromkeys(values))
        if kind == "text":
            return self.delimiter.join(map(str, values))
        return json.dumps(values, default=bytes.hex)

    def finalize(self) -> Any:
        """What it is at last."""
        return self.value()


def _key(place: int, nulls_are_small: bool, is_decimal: bool) -> Callable[[Any], Any]:
    """What sorts rows by a value as SQLite does: numbers, texts, bytes."""

    def key(row: tuple[Any, ...]) -> Any:
        value = row[place]
        if value is None:
            return (-1 if nulls_are_small else 9, 0)
        if is_decimal:
            return (0, Decimal(value))
        return (1 if isinstance(value, str) else 2 if isinstance(value, bytes) else 0, value)

    return key


AGGREGATES: dict[str, tuple[int, Any]] = {
    "covet_sum": (1, SumOfDecimals),
    "covet_avg": (1, AverageOfDecimals),
    "covet_var_pop": (1, Spread),
    "covet_var_samp": (1, SampleSpread),
    "covet_stddev_pop": (1, Deviation),
    "covet_stddev_samp": (1, SampleDeviation),
    "covet_collected": (-1, Collected),
}
