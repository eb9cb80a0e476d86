"""How does MariaDB store each kind of field? (MySQL as well, with another collation.)"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, Never

from ...schema.fields.canonical import normalized_text
from ...schema.fields.documents import document_text
from ...schema.fields.moments import microseconds
from . import sqlite
from .base import TypeInfo, Types, at_least_zero, in_zone, length_at_most, named, zero_or_one
from .lists import documents
from .load import (
    FIRST_MOMENT,
    NAIVE_FIRST_MOMENT,
    reader,
    uuid_from_hex,
    without_zone,
)

COLLATION: Final = "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
"""By code point, and trailing spaces count: what the other databases do."""

LONGEST_VARCHAR: Final = 768
"""Characters of the longest text that InnoDB can index (3072 bytes). Longer ones are longtext
with a check: the varchar columns of a table share 65,535 bytes, which a few long ones use up."""

LONGEST_VARBINARY: Final = 3072

_SMALL: Final = TypeInfo(named("smallint"), "signed")
_WHOLE: Final = TypeInfo(named("int"), "signed")
_BIG: Final = TypeInfo(named("bigint"), "signed")


def _text_column(field: Any) -> str:
    limit = field.max_length
    name = "longtext" if limit is None or limit > LONGEST_VARCHAR else f"varchar({limit})"
    return f"{name} {COLLATION}"


def _text_check(field: Any) -> str | None:
    return _characters(field) if (field.max_length or 0) > LONGEST_VARCHAR else None


_characters: Final = length_at_most("char_length")
_bytes: Final = length_at_most("length")
_TEXT: Final = TypeInfo(_text_column, "char character set utf8mb4", check=_text_check)


def _binary_column(field: Any) -> str:
    limit = field.max_length
    return "longblob" if limit is None or limit > LONGEST_VARBINARY else f"varbinary({limit})"


def _binary_check(field: Any) -> str | None:
    return _bytes(field) if (field.max_length or 0) > LONGEST_VARBINARY else None


def _decimal_column(field: Any) -> str:
    digits = 65 if field.max_digits is None else field.max_digits
    places = 30 if field.decimal_places is None else field.decimal_places
    return f"decimal({digits}, {places})"


def _decimal(field: Any) -> TypeInfo:
    # covet's driver writes decimals without an exponent: 1E-7 would be a float to the server.
    return TypeInfo(_decimal_column, _decimal_column(field))


def _json(field: Any) -> TypeInfo:
    # Not the alias "json": its check refuses documents of more than 32 levels.
    return TypeInfo(
        named(f"longtext {COLLATION}"), "char character set utf8mb4", document_text,
        convert="loads({x})", names={"loads": reader(field.decoder)},
    )  # fmt: skip


def zero_date(text: Any) -> Never:
    """Refuse what the driver gives for a date that Python does not have: the text.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{text} is no date")


_MOMENT: Final = TypeInfo(
    named("datetime(6)"), "datetime(6)", without_zone,
    convert="(first + ({x} - naive_first))",
    names={"first": FIRST_MOMENT, "naive_first": NAIVE_FIRST_MOMENT},
)  # fmt: skip

TYPES: Final[Types] = {
    "list": documents(lambda: sqlite.TYPES),
    "any": TypeInfo(named("text"), "char"),
    "auto": _WHOLE,
    "bigauto": _BIG,
    "smallauto": _SMALL,
    "integer": _WHOLE,
    "biginteger": _BIG,
    "smallinteger": _SMALL,
    "positiveinteger": _WHOLE._replace(check=at_least_zero),
    "positivebiginteger": _BIG._replace(check=at_least_zero),
    "positivesmallinteger": _SMALL._replace(check=at_least_zero),
    "boolean": TypeInfo(named("tinyint(1)"), "signed", convert="({x} == 1)", check=zero_or_one),
    "char": _TEXT,
    "text": _TEXT,
    "float": TypeInfo(named("double"), "double"),
    "decimal": _decimal,
    "date": TypeInfo(
        named("date"), "date",
        convert="({x} if {x}.__class__ is date else refuse({x}))",
        names={"date": date, "refuse": zero_date},
    ),
    "time": TypeInfo(
        named("time(6)"), "time(6)",
        convert="(naive_first + {x}).time()", names={"naive_first": NAIVE_FIRST_MOMENT},
    ),
    "datetime": _MOMENT,
    "zoneddatetime": in_zone(_MOMENT),
    "duration": TypeInfo(
        named("bigint"), "signed", microseconds,
        convert="timedelta(0, 0, {x})", names={"timedelta": timedelta},
    ),
    "uuid": TypeInfo(
        named(f"char(32) {COLLATION}"), "char character set utf8mb4", lambda value: value.hex,
        convert="uuid_of({x})", names={"uuid_of": uuid_from_hex},
    ),
    "binary": TypeInfo(_binary_column, "binary", check=_binary_check),
    "json": _json,
    "jsonkeys": TypeInfo(named("longtext"), "char character set utf8mb4", document_text),
    "jsonvalue": TypeInfo(
        named(f"longtext {COLLATION}"), "char character set utf8mb4", normalized_text
    ),
    "ip": TypeInfo(named(f"varchar(39) {COLLATION}"), "char character set utf8mb4"),
}  # fmt: skip
