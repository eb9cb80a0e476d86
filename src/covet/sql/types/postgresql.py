"""How does PostgreSQL store each kind of field? By its own type wherever it has one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from ...schema.fields.base import AnyField
from .base import TypeInfo, Types, at_least_zero, in_zone, length_at_most, named
from .lists import arrays
from .load import numeric_document_text

LONGEST_VARCHAR: Final = 10_485_760
"""PostgreSQL refuses a larger n in varchar(n)."""

_SMALL: Final = TypeInfo(named("smallint"), "smallint")
_WHOLE: Final = TypeInfo(named("integer"), "integer")
_BIG: Final = TypeInfo(named("bigint"), "bigint")


def _text_column(field: Any) -> str:
    limit = field.max_length
    name = "text" if limit is None or limit > LONGEST_VARCHAR else f"varchar({limit})"
    return f'{name} COLLATE "C"'


def _text_check(field: Any) -> str | None:
    return _length(field) if (field.max_length or 0) > LONGEST_VARCHAR else None


_length: Final = length_at_most("char_length")


def _text(field: AnyField) -> TypeInfo:
    return TypeInfo(_text_column, "text", without_nul(field), check=_text_check)


def without_nul(field: AnyField) -> Callable[[str], str]:
    """Refuses the one character that PostgreSQL's texts cannot hold."""

    def adapt(text: str) -> str:
        if "\x00" in text:
            raise field.invalid("holds the character NUL, which PostgreSQL cannot store", "nul")
        return text

    return adapt


def _decimal_column(field: Any) -> str:
    if field.max_digits is None or field.decimal_places is None:
        return "numeric"
    return f"numeric({field.max_digits}, {field.decimal_places})"


def _json(field: Any) -> TypeInfo:
    def adapt(document: Any) -> str:
        text = numeric_document_text(document)
        if "\\u0000" in text and _holds_nul(document):
            raise field.invalid("holds the character NUL, which PostgreSQL cannot store", "nul")
        return text

    info = TypeInfo(named("jsonb"), "jsonb", adapt, placeholder="{p}::jsonb")
    if field.decoder is None:
        return info  # psycopg decodes it
    # What psycopg decoded is written and read again: rare, and no other SQL is needed for it.
    return info._replace(
        convert="decoded({x})",
        names={"decoded": lambda value: json.loads(json.dumps(value), cls=field.decoder)},
    )


def _holds_nul(document: Any) -> bool:
    if isinstance(document, str):
        return "\x00" in document
    if isinstance(document, dict):
        return any("\x00" in key or _holds_nul(value) for key, value in document.items())
    return isinstance(document, list) and any(map(_holds_nul, document))


_MOMENT: Final = TypeInfo(named("timestamptz"), "timestamptz")  # psycopg gives datetime.UTC

TYPES: Final[Types] = {
    "list": arrays(lambda: TYPES),
    "any": TypeInfo(named("text"), "text"),
    "auto": _WHOLE,
    "bigauto": _BIG,
    "smallauto": _SMALL,
    "integer": _WHOLE,
    "biginteger": _BIG,
    "smallinteger": _SMALL,
    "positiveinteger": _WHOLE._replace(check=at_least_zero),
    "positivebiginteger": _BIG._replace(check=at_least_zero),
    "positivesmallinteger": _SMALL._replace(check=at_least_zero),
    "boolean": TypeInfo(named("boolean"), "boolean"),
    "char": _text,
    "text": _text,
    "float": TypeInfo(named("double precision"), "double precision"),
    "decimal": TypeInfo(_decimal_column, "numeric"),
    "date": TypeInfo(named("date"), "date"),
    "time": TypeInfo(named("time"), "time"),
    "datetime": _MOMENT,
    "zoneddatetime": in_zone(_MOMENT),
    "duration": TypeInfo(named("interval"), "interval"),
    "uuid": TypeInfo(named("uuid"), "uuid"),
    "binary": TypeInfo(named("bytea"), "bytea", check=length_at_most("octet_length")),
    "json": _json,
    "jsonkeys": TypeInfo(named("text[]"), "text[]", placeholder="{p}::text[]"),
    "jsonvalue": _json,
    # Not inet, which orders by number: addresses order as text on the other databases.
    "ip": TypeInfo(named('varchar(39) COLLATE "C"'), "text"),
}  # fmt: skip
