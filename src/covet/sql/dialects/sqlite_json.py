"""What do covet's JSON functions mean? SQLite calls these; the other databases do alike in SQL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from ...schema.fields.canonical import canonical_number, canonical_text
from ...schema.fields.documents import document_text
from ..functions.json_path import is_index

MISSING = object()
_decode = json.JSONDecoder(parse_float=canonical_number).decode


def register(connection: sqlite3.Connection) -> None:
    """Give a new SQLite connection the functions about JSON."""
    for name, arguments, function in FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)


@lru_cache(maxsize=8)
def _read(text: str) -> Any:
    """A document. The last few are kept, as several conditions may be about one row."""
    return _decode(text)


def _unless_null(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of documents that is NULL if one of them is."""

    def called(*texts: Any) -> Any:
        return None if None in texts else function(*texts)

    return called


def path(text: str, keys: str) -> Any:
    """What a document has at a path; NULL where it has nothing."""
    found = _read(text)
    for key in json.loads(keys):
        found = _inside(found, key)
        if found is MISSING:
            return None
    return document_text(found)


def _inside(document: Any, key: str) -> Any:
    if isinstance(document, dict):
        return document.get(key, MISSING)
    if isinstance(document, list) and is_index(key):
        place = int(key)
        return document[place] if -len(document) <= place < len(document) else MISSING
    return MISSING


def text(document: str, scalar: int) -> Any:
    """The text of a document: of a string, what is in it; NULL of null, and of what has parts."""
    value = _read(document)
    if value is None or (scalar and isinstance(value, list | dict)):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") + (".0" if "e+" in repr(value) else "")
    return document_text(value)


def canonical(document: str) -> str:
    """The text that all equal documents have."""
    return canonical_text(_read(document))


def compare(left: str, right: str) -> Any:
    """-1, 0 or 1 for two numbers or two texts; NULL for all else."""
    one, other = _read(left), _read(right)
    if not (_are(str, one, other) or (_is_number(one) and _is_number(other))):
        return None
    one, other = _exact(one), _exact(other)
    return (one > other) - (one < other)


def _exact(value: Any) -> Any:
    """A number as it is written: ``1e23`` is 10 to the 23rd, which no float is."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _are(cls: type, one: Any, other: Any) -> bool:
    return isinstance(one, cls) and isinstance(other, cls)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def contains(document: str, part: str) -> bool:
    """Whether a document holds another, as PostgreSQL's ``@>`` has it."""
    whole, wanted = _read(document), _read(part)
    if isinstance(whole, list) and not isinstance(wanted, list | dict):
        wanted = [wanted]
    return _holds(whole, wanted)


def _holds(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _holds(whole[key], value) for key, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(
            any(_holds(item, wanted) for item in whole) for wanted in part
        )
    if isinstance(whole, list | dict) or isinstance(whole, bool) is not isinstance(part, bool):
        return False
    return bool(_exact(whole) == _exact(part))


def has_keys(document: str, keys: str, any_of: int) -> bool:
    """Whether an object has all of several keys, or any of them."""
    value, wanted = _read(document), _read(keys)
    if not isinstance(value, dict):
        return False
    return any(key in value for key in wanted) if any_of else all(key in value for key in wanted)


def kind(document: str) -> int:
    """The place of a document's kind in the order of all."""
    value = _read(document)
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1 + value
    return {int: 3, float: 3, str: 4, list: 5}.get(type(value), 6)


def number(document: str) -> Any:
    """A document that is a number; one that is beyond SQLite's integers as a float."""
    value = _read(document)
    if not _is_number(value):
        return None
    if isinstance(value, int) and value.bit_length() > 63:
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    return value


def string(document: str) -> Any:
    """A document that is a text."""
    value = _read(document)
    return value if isinstance(value, str) else None


def of(value: Any, family: str) -> Any:
    """The document of a value of another type."""
    return None if value is None else OF.get(family, json_of)(value)


def json_of(value: Any) -> str:
    """The document of a number or a text."""
    return json.dumps(value, ensure_ascii=False)


def _moment(value: str) -> str:
    day, time = value.split(" ")
    return json_of(f"{day}T{_microseconds(time)}+00:00")


def _microseconds(time: str) -> str:
    return time if "." in time else f"{time}.000000"


OF: dict[str, Callable[[Any], str]] = {
    "decimal": str,
    "boolean": lambda value: "true" if value else "false",
    "datetime": _moment,
    "time": lambda value: json_of(_microseconds(value)),
    "uuid": lambda value: json_of(str(UUID(value))),
}


FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("covet_json_path", 2, _unless_null(path)),
    ("covet_json_text", 2, _unless_null(text)),
    ("covet_json_canonical", 1, _unless_null(canonical)),
    ("covet_json_compare", 2, _unless_null(compare)),
    ("covet_json_contains", 2, _unless_null(contains)),
    ("covet_json_has_keys", 3, _unless_null(has_keys)),
    ("covet_json_kind", 1, _unless_null(kind)),
    ("covet_json_number", 1, _unless_null(number)),
    ("covet_json_string", 1, _unless_null(string)),
    ("covet_json_of", 2, of),
)
