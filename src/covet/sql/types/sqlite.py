"""How does SQLite store each kind of field?

It has five storage classes and no limits, so most types are text in a form whose order by code
point is the values' order, and ranges are checks. The names of the types are those that a STRICT
table accepts.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from ...schema.fields.canonical import canonical_text
from ...schema.fields.documents import document_text
from ...schema.fields.moments import microseconds
from .base import (
    TypeInfo,
    Types,
    between_limits,
    finite,
    in_zone,
    length_at_most,
    named,
    zero_or_one,
)
from .lists import documents
from .load import plain_digits, reader, uuid_from_hex, without_zone

_WHOLE: Final = TypeInfo(named("integer"), "integer", check=between_limits)
_TEXT: Final = TypeInfo(named("text"), "text", check=length_at_most("length"))


def _datetime_text(moment: datetime) -> str:
    return without_zone(moment).isoformat(" ")


def _json(field: Any) -> TypeInfo:
    return TypeInfo(
        named("text"),
        "text",
        document_text,
        convert="loads({x})",
        names={"loads": reader(field.decoder)},
    )


_MOMENT: Final = TypeInfo(
    named("text"), "text", _datetime_text,
    convert="moment_of({x} + '+00:00')", names={"moment_of": datetime.fromisoformat},
)  # fmt: skip

TYPES: Final[Types] = {
    "list": documents(lambda: TYPES),
    "any": TypeInfo(named("text"), "text"),
    "auto": _WHOLE,
    "bigauto": _WHOLE,
    "smallauto": _WHOLE,
    "integer": _WHOLE,
    "biginteger": _WHOLE,
    "smallinteger": _WHOLE,
    "positiveinteger": _WHOLE,
    "positivebiginteger": _WHOLE,
    "positivesmallinteger": _WHOLE,
    "boolean": TypeInfo(named("integer"), "integer", convert="({x} == 1)", check=zero_or_one),
    "char": _TEXT,
    "text": _TEXT,
    "float": TypeInfo(named("real"), "real", check=finite),
    "decimal": TypeInfo(
        named("text"), "text", plain_digits, convert="decimal({x})", names={"decimal": Decimal}
    ),
    "date": TypeInfo(
        named("text"), "text", date.isoformat,
        convert="date_of({x})", names={"date_of": date.fromisoformat},
    ),
    "time": TypeInfo(
        named("text"), "text", time.isoformat,
        convert="time_of({x})", names={"time_of": time.fromisoformat},
    ),
    "datetime": _MOMENT,
    "zoneddatetime": in_zone(_MOMENT),
    "duration": TypeInfo(
        named("integer"), "integer", microseconds,
        convert="timedelta(0, 0, {x})", names={"timedelta": timedelta},
    ),
    "uuid": TypeInfo(
        named("text"), "text", lambda value: value.hex,
        convert="uuid_of({x})", names={"uuid_of": uuid_from_hex},
    ),
    "binary": TypeInfo(named("blob"), "blob", check=length_at_most("length")),
    "json": _json,
    "jsonkeys": TypeInfo(named("text"), "text", document_text),
    "jsonvalue": TypeInfo(named("text"), "text", canonical_text),
    "ip": TypeInfo(named("text"), "text"),
}  # fmt: skip
