"""How many rows fit into one statement, where the server takes so many bytes and no more?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any

ROOM = 4096
"""Bytes for what is no value: names, keywords and what the protocol adds."""
PLAIN = 40
"""The most bytes that a number, a moment or NULL takes as text, with its comma."""


def within_bytes(
    parts: Iterable[tuple[int, int]], columns: Sequence[list[Any]], most: int | None
) -> Iterator[tuple[int, int]]:
    """Parts of many rows, cut further where a statement would be longer than a server takes.

    One row that is longer by itself is left to the driver, which refuses it.

    Args:
        parts: where they begin and end.
        columns: the parameters of all rows, column by column.
        most: how many bytes a statement may have; None for any number.
    """
    if most is None:
        yield from parts
        return
    limit = most - ROOM
    for start, end in parts:
        sizes = [sum(row) for row in zip(*(map(_size, c[start:end]) for c in columns), strict=True)]
        if sum(sizes) <= limit:
            yield start, end
            continue
        begun = before = 0
        for n, total in enumerate(accumulate(sizes)):
            if total - before > limit and n > begun:
                yield start + begun, start + n
                begun, before = n, total - sizes[n]
        yield start + begun, end


def _size(value: Any) -> int:
    """At most how many bytes a value takes as text: each sign may have to be escaped."""
    if isinstance(value, str):
        return PLAIN + len(value) * (2 if value.isascii() else 4)
    if isinstance(value, bytes | bytearray | memoryview):
        return PLAIN + 2 * len(value)
    return PLAIN
