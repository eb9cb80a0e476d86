"""How is a key of a JSON document said? By one function for each database, as a bound parameter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ..text import SQL, Slot, sql

INDEX: Final = re.compile(r"-?(0|[1-9][0-9]{0,8})")
"""Words that count in a list, from its end if negative; in an object they are keys as all others.

No longer than what fits 32 bits: beyond, servers would count from 0 again.
"""


def is_index(key: str) -> bool:
    """Whether a key can be a place in a list."""
    return INDEX.fullmatch(key) is not None and key != "-0"


def bound(value: Any) -> SQL:
    """A parameter that is the same each time."""
    return (Slot(None, lambda _: value),)


def step(key: str) -> str:
    """A key behind the ``$`` of a JSON path.

    Keys stand in quotes as JSON's strings do, so that nothing in them is part of the path's own
    language.
    """
    return "." + json.dumps(key, ensure_ascii=False)


def object_pieces(keys: Sequence[str], values: Sequence[SQL]) -> Iterator[SQL]:
    """The texts that an object is put together of, where the values are documents' texts."""
    if not keys:
        yield ("'{}'",)
    for n, (key, value) in enumerate(zip(keys, values, strict=True)):
        yield bound(f"{',' if n else '{'}{json.dumps(key, ensure_ascii=False)}:")
        yield sql("COALESCE(", value, ", 'null')")
    if keys:
        yield ("'}'",)


def array_pieces(values: Sequence[SQL]) -> Iterator[SQL]:
    """The texts that a list is put together of."""
    yield ("'['",)
    for n, value in enumerate(values):
        if n:
            yield ("','",)
        yield sql("COALESCE(", value, ", 'null')")
    yield ("']'",)
