"""How is a Python value written in the text of a MariaDB or MySQL statement?

pymysql and aiomysql put values into the text on the client's side, each in its own way, and send
what they do not know as the text of its ``repr``. This is the one table that both twins use; what
is not in it is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

from ..errors import DataError, ProgrammingError, short

# MariaDB's DECIMAL has 65 digits; far beyond that, writing a number out costs memory, not meaning.
MOST_DIGITS = 400

_ESCAPES = str.maketrans(
    {
        "\0": "\\0",
        "\n": "\\n",
        "\r": "\\r",
        "\x1a": "\\Z",
        '"': '\\"',
        "'": "\\'",
        "\\": "\\\\",
    }
)


def _text(value: str) -> str:
    return f"'{value.translate(_ESCAPES)}'"


def _text_without_backslashes(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _binary(value: bytes | bytearray | memoryview) -> str:
    return f"_binary x'{value.hex()}'"


def _none(value: None) -> str:
    return "NULL"


def _boolean(value: bool) -> str:
    return "1" if value else "0"


def _integer(value: int) -> str:
    if value.bit_length() > 1024:
        raise DataError("A whole number has more digits than MariaDB takes")
    return str(value)


def _float(value: float) -> str:
    if not isfinite(value):
        raise DataError(f"MariaDB has no way to write the number {value!r}")
    text = repr(value)
    return text if "e" in text else text + "e0"


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise DataError(f"MariaDB has no way to write the number {value}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (
        abs(exponent) > MOST_DIGITS or value.adjusted() > MOST_DIGITS
    ):
        raise DataError("A decimal number has more digits than MariaDB takes")
    return format(value, "f")


def _datetime(value: dt.datetime) -> str:
    if value.tzinfo is not None:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    return f"'{value.isoformat(' ')}'"


def _date(value: dt.date) -> str:
    return f"'{value.isoformat()}'"


def _time(value: dt.time) -> str:
    if value.tzinfo is not None:
        raise DataError(f"MariaDB has no time of day with a time zone: {short(value)}")
    return f"'{value.isoformat()}'"


def _timedelta(value: dt.timedelta) -> str:
    sign = "-" if value.days < 0 else ""
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06}" if value.microseconds else ""
    return f"'{sign}{hours + value.days * 24:02}:{minutes:02}:{seconds:02}{fraction}'"


Literals = Mapping[type, Callable[[Any], str]]

# By exact type: a subclass may have a text of its own, and its __str__ is nobody's business.
LITERALS: Literals = {
    type(None): _none,
    bool: _boolean,
    int: _integer,
    float: _float,
    Decimal: _decimal,
    str: _text,
    bytes: _binary,
    bytearray: _binary,
    memoryview: _binary,
    dt.datetime: _datetime,
    dt.date: _date,
    dt.time: _time,
    dt.timedelta: _timedelta,
}
# For sessions whose sql_mode has NO_BACKSLASH_ESCAPES, where \' would end the text.
LITERALS_WITHOUT_BACKSLASHES: Literals = {**LITERALS, str: _text_without_backslashes}


def statement(sql: str, params: Sequence[Any], literals: Literals = LITERALS) -> bytes:
    """The statement as the server gets it: ``%s`` filled in, ``%%`` made ``%``.

    Raises:
        ProgrammingError: a value of a type that is not in the table, or too many or few values.
        DataError: a value that the server cannot take, such as NaN or half a surrogate pair.
    """
    try:
        text = sql % tuple([literals[type(value)](value) for value in params])
    except KeyError as missing:
        kind = missing.args[0]
        known = ", ".join(known.__name__ for known in literals)
        raise ProgrammingError(
            f"A value of type {getattr(kind, '__name__', kind)} cannot be a parameter on MariaDB",
            fix=f"Types: {known}.",
        ) from None
    except (TypeError, ValueError):
        raise ProgrammingError(
            f"The statement's %s do not fit its {len(params)} parameters",
            fix="Write one %s for each, and %% for a percent sign.",
        ) from None
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise DataError("A text holds half of a surrogate pair, which UTF-8 cannot write") from None
