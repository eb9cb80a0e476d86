"""How is a Python value written in the text of a MariaDB statement?"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from covet.drivers.mysql_literals import LITERALS_WITHOUT_BACKSLASHES, statement
from covet.errors import DataError, ProgrammingError

TOKYO = dt.timezone(dt.timedelta(hours=9))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NULL"),
        (True, "1"),
        (-5, "-5"),
        (1.5, "1.5e0"),
        (1e300, "1e+300"),
        (Decimal("-0.10"), "-0.10"),
        (Decimal("1E+3"), "1000"),
        ('it\'s \\ "x"\n\r\0\x1a%', "'it\\'s \\\\ \\\"x\\\"\\n\\r\\0\\Z%'"),
        (b"\x00'\xff", "_binary x'0027ff'"),
        (bytearray(b"a"), "_binary x'61'"),
        (memoryview(b""), "_binary x''"),
        (dt.datetime(2024, 2, 29, 1, 2, 3, 4), "'2024-02-29 01:02:03.000004'"),
        (dt.datetime(2024, 1, 1, 5, tzinfo=TOKYO), "'2023-12-31 20:00:00'"),
        (dt.date(1, 2, 3), "'0001-02-03'"),
        (dt.time(23, 59), "'23:59:00'"),
        (dt.timedelta(days=2, seconds=1, microseconds=5), "'48:00:01.000005'"),
        (dt.timedelta(seconds=-1), "'-00:00:01'"),
    ],
)
def test_literals(value: Any, text: str) -> None:
    assert statement("%s", (value,)).decode() == text


def test_percent_signs() -> None:
    assert statement("select 5 %% 3, %s", ("%s",)) == b"select 5 % 3, '%s'"


def test_no_backslash_escapes() -> None:
    assert statement("%s", ("\\'",), LITERALS_WITHOUT_BACKSLASHES) == b"'\\'''"


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize("value", [object(), [1], {"a": 1}, Text("x"), 1j])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(ProgrammingError) as caught:
        statement("%s", (value,))
    assert str(caught.value) == (
        f"A value of type {type(value).__name__} cannot be a parameter on MariaDB. Types: "
        "NoneType, bool, int, float, Decimal, str, bytes, bytearray, memoryview, datetime, date, "
        "time, timedelta."
    )


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("-inf"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        "\ud800",
        1 << 2000,
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        dt.time(1, tzinfo=dt.UTC),
    ],
)
def test_values_that_cannot_be_written(value: Any) -> None:
    with pytest.raises(DataError):
        statement("%s", (value,))


@pytest.mark.parametrize(
    ("sql", "params"), [("%s", ()), ("%s", (1, 2)), ("100 %", ()), ("%d", ("x",))]
)
def test_placeholders_that_do_not_fit(sql: str, params: tuple[Any, ...]) -> None:
    with pytest.raises(ProgrammingError) as caught:
        statement(sql, params)
    assert str(caught.value) == (
        f"The statement's %s do not fit its {len(params)} parameters. "
        "Write one %s for each, and %% for a percent sign."
    )
