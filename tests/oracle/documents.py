"""What do lookups of JSON documents mean? Said once more, to compare the databases with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

NOTHING = object()
SIGNS = st.sampled_from(list("abAB01 -_.*$[]{}\"'\\%?:,/#@~\n\té😀ß\u2028"))
KEYS = st.one_of(
    st.sampled_from(
        ["a", "b", "0", "1", "-1", "00", "+1", "", "last", "$", "*", "a.b", "contains"]
    ),
    st.text(SIGNS, max_size=4),
)
NUMBERS = st.one_of(
    st.sampled_from([0, 1, -1, 1.0, 0.5, -0.5, 10, 10.0, 2**53 + 1, 10**16, 1e16, 1e23, 10**23]),
    st.integers(-(2**70), 2**70),
    st.floats(-(10**12), 10**12).map(lambda number: round(number, 6) + 0.0),
)
TEXTS = st.one_of(
    st.sampled_from(["", "a", "A", "a ", "1", "null", "true"]), st.text(SIGNS, max_size=4)
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inside: st.one_of(
        st.lists(inside, max_size=3), st.dictionaries(KEYS, inside, max_size=3)
    ),
    max_leaves=8,
)


def found(document: Any, path: list[str]) -> Any:
    """What a document has at a path, or NOTHING."""
    for key in path:
        if isinstance(document, dict):
            document = document.get(key, NOTHING)
        elif isinstance(document, list) and re.fullmatch(r"0|-?[1-9][0-9]*", key):
            place = int(key)
            fits = -len(document) <= place < len(document)
            document = document[place] if fits else NOTHING
        else:
            return NOTHING
        if document is NOTHING:
            return NOTHING
    return document


def key_of(value: Any) -> Any:
    """Something hashable that equal values have in common, and no others."""
    if value is None or isinstance(value, bool | str):
        return (type(value).__name__, value)
    if isinstance(value, list):
        return ("list", tuple(map(key_of, value)))
    if isinstance(value, dict):
        return ("object", frozenset((key, key_of(item)) for key, item in value.items()))
    return ("number", exact(value))


def exact(number: Any) -> Decimal:
    """A number as it is written."""
    return Decimal(repr(number))


def order_of(value: Any) -> tuple[int, Any]:
    """What documents are ordered by; lists and objects only by what they are."""
    if value is NOTHING:
        return (-1, 0)
    if value is None or isinstance(value, bool):
        return ({None: 0, False: 1, True: 2}[value], 0)
    if isinstance(value, str):
        return (4, value)
    if isinstance(value, list | dict):
        return (5 if isinstance(value, list) else 6, 0)
    return (3, exact(value))


def holds(whole: Any, part: Any, top: bool = True) -> bool:
    """PostgreSQL's ``whole @> part``."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and holds(whole[key], item, False) for key, item in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(
            any(holds(item, each, False) for item in whole) for each in part
        )
    if top and isinstance(whole, list):
        return any(key_of(item) == key_of(part) for item in whole)
    return key_of(whole) == key_of(part)


def compared(value: Any, other: Any) -> int | None:
    """Less, equal or more, of two numbers or two texts; None of all else."""
    one, two = order_of(value), order_of(other)
    if one[0] != two[0] or one[0] not in (3, 4):
        return None
    return (one[1] > two[1]) - (one[1] < two[1])


def text_of(value: Any) -> str | None:
    """The text that lookups of texts look at."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or isinstance(value, list | dict) else repr(value)


def _comparison(test: Callable[[int], bool]) -> Callable[[Any, Any], bool]:
    def meant(value: Any, other: Any) -> bool:
        outcome = compared(value, other)
        return outcome is not None and test(outcome)

    return meant


def _textual(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def meant(value: Any, other: Any) -> bool:
        text = text_of(value)
        return text is not None and test(text, other)

    return meant


def _keys(value: Any, keys: list[str], test: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and test(key in value for key in keys)


MEANING: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, other: key_of(value) == key_of(other),
    "in": lambda value, others: key_of(value) in map(key_of, others),
    "gt": _comparison(lambda outcome: outcome > 0),
    "gte": _comparison(lambda outcome: outcome >= 0),
    "lt": _comparison(lambda outcome: outcome < 0),
    "lte": _comparison(lambda outcome: outcome <= 0),
    "range": lambda value, ends: (
        (compared(value, ends[0]) in (0, 1)) and (compared(value, ends[1]) in (0, -1))
    ),
    "contains": holds,
    "contained_by": lambda value, other: holds(other, value),
    "has_key": lambda value, key: _keys(value, [key], all),
    "has_keys": lambda value, keys: _keys(value, keys, all),
    "has_any_keys": lambda value, keys: _keys(value, keys, any),
    "startswith": _textual(lambda text, other: text.startswith(other)),
    "endswith": _textual(lambda text, other: text.endswith(other)),
    "icontains": _textual(lambda text, other: other.upper() in text.upper()),
}
"""When each lookup is true of what is there."""

RIGHT: dict[str, st.SearchStrategy[Any]] = (
    {
        "exact": DOCUMENTS,
        "in": st.lists(DOCUMENTS, max_size=3),
        "range": st.tuples(NUMBERS, NUMBERS) | st.tuples(TEXTS, TEXTS),
        "contains": DOCUMENTS,
        "contained_by": DOCUMENTS,
        "has_key": KEYS,
        "has_keys": st.lists(KEYS, max_size=2),
        "has_any_keys": st.lists(KEYS, max_size=2),
    }
    | dict.fromkeys(("gt", "gte", "lt", "lte"), NUMBERS | TEXTS)
    | dict.fromkeys(
        ("startswith", "endswith", "icontains"),
        st.text(SIGNS.filter(lambda s: s not in "ßéÉ"), max_size=2),
    )
)
"""What each lookup is given."""


def parts_of(document: Any) -> list[Any]:
    """A document and everything inside of it."""
    inside = [document]
    for each in inside:
        if isinstance(each, dict):
            inside += each.values()
        elif isinstance(each, list):
            inside += each
    return inside


def paths_of(document: Any) -> list[list[str]]:
    """The paths to everything inside of a document."""
    stack: list[tuple[list[str], Any]] = [([], document)]
    for path, each in stack:
        if isinstance(each, dict):
            stack += [([*path, key], item) for key, item in each.items()]
        elif isinstance(each, list):
            stack += [([*path, str(n)], item) for n, item in enumerate(each)]
    return [path for path, _ in stack if path]
