"""Which JSON documents are equal? Those whose canonical texts are."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

from .documents import JSONNull, document_text

DEEPEST_NORMALIZED: Final = 31
"""Levels of the deepest document that MariaDB's functions read."""

_quoted: Final = json.JSONEncoder(ensure_ascii=False).encode


def canonical_text(document: Any) -> str:
    """A checked document as a text that all equal documents have: ``1`` and ``1.0`` are one number.

    It is the text that MariaDB's ``JSON_NORMALIZE`` gives, so that both can be compared: numbers
    as ``1.5E1``, keys in the order of their texts.
    """
    if isinstance(document, str):
        return _quoted(document)
    if document is None or document is JSONNull:
        return "null"
    if isinstance(document, bool):
        return "true" if document else "false"
    if isinstance(document, dict):
        items = [(_quoted(key), canonical_text(item)) for key, item in document.items()]
        items.sort(key=lambda item: item[0][1:-1].encode())  # as MariaDB sorts them
        return "{" + ",".join(f"{key}:{item}" for key, item in items) + "}"
    if isinstance(document, list):
        return "[" + ",".join(map(canonical_text, document)) + "]"
    return _number(document)


def normalized_text(document: Any) -> str:
    """The canonical text as far as MariaDB can make one; a deeper document's is the stored one."""
    return document_text(document) if _is_deep(document) else canonical_text(document)


def canonical_number(text: str) -> int | float:
    """A number as JSON has it; a canonical one without a fraction is an int again."""
    if "E" not in text or int(text.partition("E")[2]) > 4000:
        return float(text)
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(text)


def _number(number: int | float) -> str:
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    if not exact:
        return "0.0E0"
    sign, digits, exponent = exact.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    exponent += len(text) - 1
    text = text.rstrip("0")
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{exponent}"


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST_NORMALIZED + 1):
        level = [part for each in level for part in _inside(each)]
        if not level:
            return False
    return True


def _inside(document: Any) -> Any:
    if isinstance(document, dict):
        return document.values() or [None]
    return (document or [None]) if isinstance(document, list) else ()
