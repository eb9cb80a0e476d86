"""What do SQLite's functions of texts do? These are Python's, which know all of Unicode."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

LONGEST_TEXT = 1_000_000_000
"""Characters; SQLite takes as many bytes."""

SURROGATES = range(0xD800, 0xE000)
CHARACTERS = range(1, 0x110000)


def of_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which is NULL as soon as one of its arguments is."""

    @wraps(function)
    def called(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return called


def character(number: int) -> str | None:
    """The character of a code point."""
    return chr(number) if number in CHARACTERS and number not in SURROGATES else None


def code_point(text: str) -> int:
    """The code point of the first character."""
    return ord(text[0]) if text else 0


def left(text: str, length: int) -> str:
    """The first characters."""
    return text[: max(length, 0)]


def right(text: str, length: int) -> str:
    """The last characters."""
    return text[max(len(text) - max(length, 0), 0) :]


def part(text: str, position: int, length: int = LONGEST_TEXT) -> str:
    """The characters from a place on."""
    return text[position - 1 : position - 1 + length]


def padded_left(text: str, length: int, fill: str) -> str:
    """The text behind as much of another one as it takes."""
    return _filling(text, length, fill) + left(text, length)


def padded_right(text: str, length: int, fill: str) -> str:
    """The text before as much of another one as it takes."""
    return left(text, length) + _filling(text, length, fill)


def _filling(text: str, length: int, fill: str) -> str:
    missing = max(length - len(text), 0)
    if not fill or not missing:
        return ""
    _check_length(length)
    return (fill * (missing // len(fill) + 1))[:missing]


def repeated(text: str, number: int) -> str:
    """The text several times."""
    _check_length(len(text) * number)
    return text * max(number, 0)


def _check_length(length: int) -> None:
    if length > LONGEST_TEXT:
        raise OverflowError("string or blob too big")


def digest(name: str, text: str) -> str:
    """The hash of a text, as hexadecimal digits."""
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("covet_lower", 1, of_values(str.lower)),
    ("covet_length", 1, of_values(len)),
    ("covet_reverse", 1, of_values(lambda text: text[::-1])),
    ("covet_chr", 1, of_values(character)),
    ("covet_ord", 1, of_values(code_point)),
    ("covet_left", 2, of_values(left)),
    ("covet_right", 2, of_values(right)),
    ("covet_substr", 2, of_values(part)),
    ("covet_substr", 3, of_values(part)),
    ("covet_lpad", 3, of_values(padded_left)),
    ("covet_rpad", 3, of_values(padded_right)),
    ("covet_repeat", 2, of_values(repeated)),
    ("covet_hash", 2, of_values(digest)),
)
