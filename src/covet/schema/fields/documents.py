"""Which documents can a JSON column hold, and how are they written?"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import Any, ClassVar, Final

from ...errors import short
from .base import Field, Sentinel

DEEPEST_DOCUMENT: Final = 100
"""Levels of lists and objects in each other."""
LARGEST_INTEGER: Final = 8192
"""Bits of an integer in a document; Python refuses to read more than 4300 digits."""


JSONNull: Final = Sentinel("JSONNull", __name__)
"""The JSON document ``null``, which is not SQL's NULL: store it with ``Post(data=JSONNull)``.

Both come back as ``None``; ``filter(data=JSONNull)`` finds the one, ``filter(data__isnull=True)``
the other.
"""


class JSONField(Field[Any]):
    """JSON documents: None, bool, int, float, str, and lists and dicts of them.

    Tuples become lists, members of enumerations their values. Refused are keys that are not
    strings, NaN and the infinities, half surrogate pairs, documents that contain themselves, more
    than 100 levels; on PostgreSQL the character NUL.

    ``None`` is stored as SQL NULL, ``JSONNull`` as JSON null; both come back as ``None``.

    Args:
        encoder: a subclass of ``json.JSONEncoder`` for other types.
        decoder: a subclass of ``json.JSONDecoder`` that reads them back.

    Example:
        settings = JSONField(default=dict)
    """

    kind: ClassVar[str] = "json"

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        encoder: type[json.JSONEncoder] | None = None,
        decoder: type[json.JSONDecoder] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(verbose_name, **options)
        self.encoder = encoder
        self.decoder = decoder

    def check_declaration(self) -> None:
        super().check_declaration()
        for name, given, base in (
            ("encoder", self.encoder, json.JSONEncoder),
            ("decoder", self.decoder, json.JSONDecoder),
        ):
            if given is not None and not (isinstance(given, type) and issubclass(given, base)):
                raise self.misdeclared(
                    f"has {name}={short(given)}",
                    f"Give a subclass of json.{base.__name__}, not an instance.",
                )

    def check(self, value: Any) -> Any:
        if value is JSONNull:
            return value
        try:
            return self._document(value, set())
        except _Refused as refusal:
            raise self.invalid(*refusal.args) from None

    def _document(self, value: Any, within: set[int]) -> Any:
        kind = type(value)
        if kind is str:
            return _text(value)
        if kind is int:
            return _whole(value)
        if value is None or kind is bool:
            return value
        if kind is float:
            return _float(value)
        if isinstance(value, (list, tuple, dict)):
            return self._container(value, within)
        if value is JSONNull:
            return None
        if isinstance(value, Enum):
            return self._document(value.value, within)
        for base, plain in _PLAIN:
            if isinstance(value, base):
                return self._document(plain(value), within)
        return self._by_encoder(value, within)

    def _container(self, value: Any, within: set[int]) -> Any:
        _enter(value, within)
        document: Any
        if isinstance(value, dict):
            document = {_key(key): self._document(item, within) for key, item in value.items()}
            if len(document) < len(value):
                raise _Refused(f"has two keys that are the same in JSON: {short(value)}")
        else:
            document = [self._document(item, within) for item in value]
        within.discard(id(value))
        return document

    def _by_encoder(self, value: Any, within: set[int]) -> Any:
        if self.encoder is None:
            raise _Refused(f"holds {short(value)}, which JSON cannot; give the field an encoder")
        _enter(value, within)
        try:
            encoded = self.encoder().default(value)
        except (TypeError, ValueError):
            raise _Refused(f"holds {short(value)}, which its encoder refuses") from None
        document = self._document(encoded, within)
        within.discard(id(value))
        return document


_PLAIN: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
)


class _Refused(Exception):
    """A part of a document cannot be stored; its arguments are message and code."""


def _enter(value: object, within: set[int]) -> None:
    """Notes that the parts of a value come next, and refuses circles and depth."""
    if id(value) in within:
        raise _Refused("contains itself", "circular")
    if len(within) >= DEEPEST_DOCUMENT:
        raise _Refused(f"is nested deeper than {DEEPEST_DOCUMENT} levels", "too_deep")
    within.add(id(value))


def _key(key: Any) -> str:
    if isinstance(key, Enum):
        key = key.value
    if not isinstance(key, str):
        raise _Refused(f"has the key {short(key)}, and JSON's keys are strings")
    return _text(str.__str__(key))


def _text(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _Refused(f"holds half a surrogate pair: {short(text)}", "surrogate") from None
    return text


def _whole(number: int) -> int:
    if number.bit_length() > LARGEST_INTEGER:
        raise _Refused(f"holds an integer of more than {LARGEST_INTEGER} bits", "out_of_range")
    return number


def _float(number: float) -> float:
    if number - number != 0.0:  # true of NaN and of the infinities only
        raise _Refused(f"holds {number}, and JSON's numbers are finite", "not_finite")
    return number + 0.0  # -0.0 and 0.0 are one value, and PostgreSQL keeps one


_write: Final = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


def document_text(document: Any) -> str:
    """A checked document as text: equal documents give equal texts."""
    return "null" if document is JSONNull else _write(document)
