"""How does a position in a query travel through a web page and come back unchanged?

A cursor is the values of an ordering in one row, as JSON in which each value says its type, behind
a signature. It can be read by whoever has it, and made by nobody without the secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math
import os
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from ..errors import ConfigurationError, FieldError, InvalidCursor, short

VARIABLE = "COVET_SECRET"
SHORTEST_SECRET = 16
LONGEST_CURSOR = 100_000
SIGNATURE = hashlib.sha256().digest_size

Secret: TypeAlias = str | bytes

_secrets: tuple[bytes, ...] = ()


class Position(NamedTuple):
    """Where a query goes on.

    Attributes:
        values: of each term of the ordering, in one row.
        inclusive: whether that row is meant too.
    """

    values: tuple[Any, ...]
    inclusive: bool = False


def set_cursor_secret(*secrets: Secret) -> None:
    """Set what the cursors of this process are signed with.

    Args:
        *secrets: at least 16 characters each. The first one signs; cursors that were signed with
            any of them are taken, so that a secret can be replaced. None of them means that of the
            environment, ``COVET_SECRET``.

    Raises:
        ConfigurationError: one is too short, or neither text nor bytes.

    Example:
        >>> set_cursor_secret("a long random text", "the one before")
    """
    global _secrets
    _secrets = tuple(_key(secret, "set_cursor_secret()") for secret in secrets)


def keys(secret: Secret | None, asked: str) -> tuple[bytes, ...]:
    """What cursors are signed with, the first, and checked with.

    Raises:
        ConfigurationError: no secret is known; there is never a default.
    """
    if secret is not None:
        return (_key(secret, asked),)
    if _secrets:
        return _secrets
    given = os.environ.get(VARIABLE)
    if given:
        return (_key(given, VARIABLE),)
    raise ConfigurationError(
        "Cursors are signed, and no secret is set",
        asked=asked,
        fix=f"Call set_cursor_secret(…), set {VARIABLE} in the environment, or give secret=….",
    )


def _key(secret: object, asked: str) -> bytes:
    if not isinstance(secret, str | bytes) or len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"A secret for cursors is a text or bytes, at least {SHORTEST_SECRET} long",
            asked=asked,
            fix="Make one with secrets.token_urlsafe().",
        )
    data = secret.encode() if isinstance(secret, str) else secret
    return hashlib.sha256(b"covet cursor\0" + data).digest()


def sealed(position: Position, mark: str, key: bytes) -> str:
    """A position as a cursor.

    Args:
        position: the position.
        mark: what tells its query from others.
        key: what signs it.

    Raises:
        FieldError: a value of a type that no cursor can hold.
    """
    values = [packed(value) for value in position.values]
    document = [mark, int(position.inclusive), values]
    raw = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return base64.urlsafe_b64encode(_signature(raw, key) + raw).rstrip(b"=").decode()


def opened(cursor: object, mark: str, keys: tuple[bytes, ...], asked: str) -> Position:
    """The position that a cursor stands for.

    Raises:
        InvalidCursor: it was not made with one of the keys, or for another query.
    """
    data = _decoded(cursor)
    signature, raw = data[:SIGNATURE], data[SIGNATURE:]
    if not any(hmac.compare_digest(signature, _signature(raw, key)) for key in keys):
        raise InvalidCursor("This is no cursor, or it was changed, or signed by another secret")
    own, inclusive, values = json.loads(raw)
    if own != mark:
        raise InvalidCursor(f"The cursor in {asked} is of another model, or of another ordering")
    return Position(tuple(unpacked(value) for value in values), bool(inclusive))


def _signature(raw: bytes, key: bytes) -> bytes:
    return hmac.new(key, raw, hashlib.sha256).digest()


def _decoded(cursor: object) -> bytes:
    if not isinstance(cursor, str):
        raise InvalidCursor(f"A cursor is a text, not {short(cursor)}")
    if len(cursor) > LONGEST_CURSOR:
        raise InvalidCursor(f"A cursor has at most {LONGEST_CURSOR} characters")
    try:
        text = cursor.encode("ascii")
        return base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return b""  # which no secret has signed


# --- values -------------------------------------------------------------------------------------


def packed(value: Any) -> Any:
    """A value as JSON has it: itself, or a list of its type's name and a text.

    Raises:
        FieldError: it is of no type that an ordering's values have.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    entry = PACKERS.get(type(value))
    if entry is None:
        raise FieldError(
            f"{short(value)} cannot be put in a cursor",
            fix="Order by something else, or use Paginator.",
        )
    name, pack = entry
    return [name, pack(value)]


def unpacked(value: Any) -> Any:
    """The value that ``packed()`` was given."""
    if not isinstance(value, list):
        return value
    name, text = value
    return UNPACKERS[name](text)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


PACKERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    float: ("float", repr),  # infinities, which JSON lacks
    Decimal: ("decimal", str),
    datetime: ("datetime", datetime.isoformat),
    date: ("date", date.isoformat),
    time: ("time", time.isoformat),
    timedelta: ("duration", lambda value: value // timedelta(microseconds=1)),
    UUID: ("uuid", lambda value: value.hex),
    bytes: ("bytes", _base64),
}

UNPACKERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda count: timedelta(microseconds=count),
    "uuid": UUID,
    "bytes": base64.b64decode,
}
