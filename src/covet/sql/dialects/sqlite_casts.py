"""How is a value read as one of another type on SQLite? What cannot be is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from uuid import UUID

from ...schema.fields.documents import document_text
from .sqlite_numbers import CONTEXT, decimal_of
from .sqlite_texts import of_values

WHOLE = re.compile(r" *[-+]?[0-9]{1,65} *")
NUMBER = re.compile(r" *[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,4})? *")
YES = frozenset({"true", "t", "yes", "y", "on", "1"})
NO = frozenset({"false", "f", "no", "n", "off", "0"})


def cast(source: str, target: str, value: Any) -> Any:
    """A value of one type as another.

    Raises:
        ValueError: it cannot be.
    """
    return CASTS[source, target](value)


def whole(text: str) -> int:
    """A whole number."""
    if not WHOLE.fullmatch(text):
        raise ValueError("not a whole number")
    return int(text)


def number(text: Any) -> str:
    """A text, or a number of another type, as a decimal."""
    if isinstance(text, str) and not NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return format(decimal_of(text.strip() if isinstance(text, str) else text), "f")


def float_of(text: str) -> float:
    """A float, which must not be infinite."""
    found = float(number(text))
    if found in (float("inf"), float("-inf")):
        raise OverflowError("beyond all floats")
    return found


def rounded(value: Any) -> int:
    """A number as a whole one, halves away from zero."""
    return int(decimal_of(value).to_integral_value(ROUND_HALF_UP))


def plain(value: Any) -> str:
    """A number in as few digits as it has, without an exponent."""
    with localcontext(CONTEXT):
        return format(decimal_of(value).normalize() + 0, "f")


def truth(text: str) -> int:
    """Whether a text says yes."""
    word = text.strip().lower()
    if word not in YES and word not in NO:
        raise ValueError("neither true nor false")
    return int(word in YES)


def moment(text: str) -> str:
    """A moment; one without an offset is in UTC."""
    found = datetime.fromisoformat(text)
    aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return aware.replace(tzinfo=None).isoformat(" ")


def document(text: str) -> str:
    """A JSON document."""
    return document_text(json.loads(text))


def boolean_text(value: int) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


CASTS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("text", "integer"): whole,
    ("text", "float"): float_of,
    ("text", "decimal"): number,
    ("text", "boolean"): truth,
    ("text", "date"): lambda text: date.fromisoformat(text).isoformat(),
    ("text", "time"): lambda text: time.fromisoformat(text).isoformat(),
    ("text", "datetime"): moment,
    ("text", "uuid"): lambda text: UUID(text).hex,
    ("text", "json"): document,
    ("float", "integer"): rounded,
    ("decimal", "integer"): rounded,
    ("decimal", "float"): float,
    ("decimal", "boolean"): lambda value: int(bool(Decimal(value))),
    ("float", "text"): plain,
    ("decimal", "text"): plain,
    ("float", "json"): plain,
    ("decimal", "json"): str,
    ("integer", "json"): str,
    ("boolean", "json"): boolean_text,
    ("boolean", "text"): boolean_text,
    ("uuid", "text"): lambda digits: str(UUID(digits)),
    ("binary", "text"): lambda data: data.decode(),
}

FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (("covet_cast", 3, of_values(cast)),)
