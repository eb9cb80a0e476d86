"""Which values do columns have to hold exactly on every database, and which must be refused?

Pure data for ``tests/_async/test_fields_roundtrip.py`` and its twin: by the name of the field.
"""

from __future__ import annotations

import enum
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from covet import JSONNull, TextChoices
from covet.errors import short

BERLIN = ZoneInfo("Europe/Berlin")
LONGEST = timedelta(microseconds=2**63 - 1)


class Status(TextChoices):
    DRAFT = "d", "Draft"
    LIVE = "l", "Live"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


def nested(depth: int) -> Any:
    """Lists in each other."""
    document: Any = []
    for _ in range(depth - 1):
        document = [document]
    return document


EXACT: dict[str, list[Any]] = {
    "small": [-(2**15), 2**15 - 1, 0],
    "whole": [-(2**31), 2**31 - 1, 0],
    "big": [-(2**63), 2**63 - 1, 0],
    "positive_small": [0, 2**15 - 1],
    "positive": [0, 2**31 - 1],
    "positive_big": [0, 2**63 - 1],
    "truth": [True, False],
    "share": [0.0, 0.1, -1 / 3, 1.7976931348623157e308, -5e-324, 2.2250738585072014e-308, 1e23],
    "money": [Decimal("0.00"), Decimal("-0.01"), Decimal("99999999.99")],
    "digits38": [
        Decimal("9" * 28 + "." + "9" * 10),
        Decimal("-" + "9" * 28 + "." + "9" * 10),
        Decimal("0.0000000001"),
    ],
    "digits65": [Decimal("9" * 35 + "." + "9" * 30), Decimal("0." + "0" * 29 + "1")],
    "natural": [Decimal("9" * 38), Decimal("-1")],
    "title": [
        "", " ", "a", "a ", " a", "é", "e\u0301", "😀" * 20, "\uffff", "\U0010ffff", "'\"\\",
        "%s %%", "?", "\n\r\t\b\x1a", "%(x)s", "{p}", ":a",
    ],
    "long_title": ["", "é" * 2000],
    "body": ["", "😀" * 70_000, "a\n" * 10],
    "slug": ["a-b_c"],
    "email": ["ann@example.org"],
    "url": ["https://example.org/?a=%20"],
    "status": ["d", "l"],
    "day": [date.min, date.max, date(2024, 2, 29)],
    "clock": [time.min, time.max, time(1, 2, 3), time(1, 2, 3, 4)],
    "moment": [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ],
    "took": [timedelta(0), LONGEST, -LONGEST, timedelta(microseconds=-1), timedelta(40, 1, 2)],
    "key": [UUID(int=0), UUID(int=2**128 - 1), UUID(int=0x1234 << 96)],
    "blob": [b"", b"\x00", bytes(range(256)), b"'\\\"%s", b"x" * 70_000],
    "short_blob": [b"", b"\x00 ", bytes(range(256))],
    "data": [
        True, False, 0, 1, -1, 2**63, 10**300, 0.5, 1.0, 1e16, 1e300, 5e-324, "", "a", "é😀", "e+",
        "\\u0000", '"', [], {}, {"": {"a.b": [1, None, {"c": [True, "x"]}]}}, [1e20, "1e+20"],
        nested(100),
    ],
    "address": ["0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "::ffff:192.0.2.1"],
}  # fmt: skip
"""Values that come back equal and of the same type."""

ROWS = [(name, value) for name, values in EXACT.items() for value in values]

NORMAL: list[tuple[str, Any, Any]] = [
    ("whole", True, 1),
    ("whole", "-7", -7),
    ("whole", 7.0, 7),
    ("whole", Level.HIGH, 2),
    ("truth", 1, True),
    ("truth", "f", False),
    ("share", 1, 1.0),
    ("share", "1e3", 1000.0),
    ("share", -0.0, 0.0),
    ("money", 1, Decimal("1.00")),
    ("money", "1.5", Decimal("1.50")),
    ("money", 0.1, Decimal("0.10")),
    ("money", Decimal("1E+2"), Decimal("100.00")),
    ("money", Decimal("-0"), Decimal("0.00")),
    ("title", Status.LIVE, "l"),
    ("status", Status.LIVE, "l"),
    ("day", "2026-11-20", date(2026, 11, 20)),
    ("clock", "09:30", time(9, 30)),
    ("moment", "2026-07-01T12:00:00+02:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
    ("moment", datetime(2026, 7, 1, 12, tzinfo=BERLIN), datetime(2026, 7, 1, 10, tzinfo=UTC)),
    (
        "moment",
        datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ),
    (
        "moment",
        datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=5, minutes=45, seconds=1))),
        datetime(2026, 6, 30, 18, 14, 59, tzinfo=UTC),
    ),
    ("key", "12345678-1234-5678-1234-567812345678", UUID("12345678123456781234567812345678")),
    ("blob", bytearray(b"a\x00"), b"a\x00"),
    ("blob", memoryview(b"a\xff"), b"a\xff"),
    ("data", (1, (2,)), [1, [2]]),
    ("data", {"a": Level.HIGH}, {"a": 2}),
    ("data", [-0.0], [0.0]),
    ("data", JSONNull, None),
    ("address", "2001:0DB8::0:1", "2001:db8::1"),
    ("address", "::FFFF:192.0.2.1", "::ffff:192.0.2.1"),
]
"""Values that come back in their one normal form."""

REFUSED: list[tuple[str, Any]] = [
    ("small", 2**15),
    ("whole", 2**31),
    ("big", 2**63),
    ("big", -(2**63) - 1),
    ("positive", -1),
    ("positive_big", 2**63),
    ("whole", 1.5),
    ("whole", "1 "),
    ("whole", b"1"),
    ("truth", 2),
    ("share", math.nan),
    ("share", math.inf),
    ("share", -math.inf),
    ("share", 10**400),
    ("money", Decimal("0.001")),
    ("money", 10**8),
    ("money", Decimal("NaN")),
    ("money", Decimal("Infinity")),
    ("money", Decimal("1e1000000")),
    ("title", "x" * 21),
    ("title", 3),
    ("title", b"x"),
    ("body", "\ud800"),
    ("body", ["a"]),
    ("day", datetime(2026, 1, 1, tzinfo=UTC)),
    ("day", "2026-02-30"),
    ("clock", time(1, tzinfo=UTC)),
    ("moment", datetime(2026, 1, 1)),
    ("moment", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
    ("moment", datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1)))),
    ("took", LONGEST + timedelta.resolution),
    ("took", 5),
    ("key", "abc"),
    ("blob", "text"),
    ("short_blob", b"x" * 257),
    ("data", math.nan),
    ("data", {1: 2}),
    ("data", ["\ud800"]),
    ("data", {1, 2}),
    ("data", nested(101)),
    ("data", 10**5000),
    ("address", "1.2.3.256"),
    ("address", "fe80::1%eth0"),
]
"""Values that no database is ever sent."""

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXT = st.text(LETTERS)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
DOCUMENTS = st.recursive(
    st.booleans() | st.integers(-(10**50), 10**50) | FLOATS | TEXT,
    lambda part: (
        st.lists(part | st.none(), max_size=4) | st.dictionaries(TEXT, part | st.none(), max_size=4)
    ),
    max_leaves=8,
)


def decimals(digits: int, places: int) -> st.SearchStrategy[Decimal]:
    """Decimals of exactly that many places."""
    most = 10**digits - 1
    return st.integers(-most, most).map(
        lambda n: Decimal((int(n < 0), tuple(map(int, str(abs(n)))), -places)) if n else
        Decimal((0, (0,), -places))
    )  # fmt: skip


RANDOM: dict[str, st.SearchStrategy[Any]] = {
    "small": st.integers(-(2**15), 2**15 - 1),
    "whole": st.integers(-(2**31), 2**31 - 1),
    "big": st.integers(-(2**63), 2**63 - 1),
    "positive": st.integers(0, 2**31 - 1),
    "truth": st.booleans(),
    "share": FLOATS,
    "money": decimals(10, 2),
    "digits38": decimals(38, 10),
    "digits65": decimals(65, 30),
    "title": st.text(LETTERS, max_size=20),
    "body": TEXT,
    "day": st.dates(),
    "clock": st.times(),
    "moment": st.datetimes(timezones=st.just(UTC)),
    "took": st.timedeltas(-LONGEST, LONGEST),
    "key": st.uuids(),
    "blob": st.binary(),
    "short_blob": st.binary(max_size=256),
    "data": DOCUMENTS,
    "address": st.ip_addresses(),
}


def label(value: Any) -> str:
    """A value in a test's name, the same in every process."""
    return "memoryview" if isinstance(value, memoryview) else short(value)


def rows() -> st.SearchStrategy[dict[str, Any]]:
    """A value or None for every field."""
    return st.fixed_dictionaries({name: st.none() | kind for name, kind in RANDOM.items()})


def assert_same(found: Any, expected: Any) -> None:
    """Equal, of one type, and alike in what ``==`` does not see."""
    assert type(found) is type(expected)
    assert found == expected
    if isinstance(expected, datetime):
        assert found.tzinfo is UTC
    if isinstance(expected, (Decimal, float)):
        assert str(found) == str(expected)
    if isinstance(expected, (list, dict)):
        assert in_order(found) == in_order(expected)


def in_order(document: Any) -> str:
    """A document's repr, which tells 1 from 1.0 and True, whatever the order of its keys."""
    if isinstance(document, dict):
        inside = ", ".join(f"{key!r}: {in_order(document[key])}" for key in sorted(document))
        return f"{{{inside}}}"
    if isinstance(document, list):
        return f"[{', '.join(map(in_order, document))}]"
    return repr(document)
