"""Which values and which data are tried?

Values come from small pools with the edges in them, so that columns often hold equal ones.
"""

from __future__ import annotations

import decimal
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from ..tables import TABLES, Column, Row, Table, ToOne, World
from .draw import Draw, mostly, some

# é and É, ñ and Ñ, я and Я have one-character counterparts that every database agrees upon; the
# combining accent makes "é" of two characters, which is another text.
LETTERS = "aAbBeE" + "\u00e9\u00c9\u00f1\u00d1" + "\u044f\u042f"
SPECIAL = "%_\\*?[]^.-'\"; 1" + "\u0301" + "\U0001f600"
BREAKS = "\n\t\r"

DATES = (
    date(1, 1, 1),
    date(999, 12, 31),
    date(1900, 2, 28),
    date(1969, 12, 31),
    date(1970, 1, 1),
    date(2000, 2, 29),
    date(2018, 12, 30),  # a Sunday
    date(2018, 12, 31),  # of ISO year 2019
    date(2020, 12, 31),  # of ISO week 53
    date(2021, 1, 3),  # of ISO year 2020
    date(2024, 7, 1),
    date(9999, 12, 31),
)
TIMES = (
    time(0, 0),
    time(0, 0, 0, 1),
    time(9, 30),
    time(9, 30, 15),
    time(12, 0, 0, 500_000),
    time(23, 59, 59),
    time(23, 59, 59, 999_999),
)
DURATIONS = (
    timedelta(),
    timedelta(microseconds=1),
    timedelta(microseconds=-1),
    timedelta(minutes=90),
    timedelta(minutes=-90),
    timedelta(hours=24),
    timedelta(days=30),
    timedelta(days=31),
    timedelta(days=-400, microseconds=5),
    timedelta(days=100_000, hours=5),
)
UUIDS = (UUID(int=0), UUID(int=1), UUID(int=2**127), UUID("12345678-9abc-def0-1234-56789abcdef0"))
FLOATS = (0.0, 0.5, 1.5, -0.5, 0.1, 0.2, 0.3, 2.5, 1e-7, 1e10, 123456.789, 1e100, -1e100)
HUGE = (2**63, -(2**63) - 1, 10**20, -(10**20), 10**30, -(10**30))
ZONES = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8)))

small_integers = st.integers(-3, 3)
lines = st.text(st.sampled_from(LETTERS * 2 + SPECIAL), max_size=5)
texts = st.text(st.sampled_from(LETTERS * 2 + SPECIAL + BREAKS), max_size=5)


def decimals(column: Column) -> st.SearchStrategy[Decimal]:
    """Decimals that a column can hold, with all its places."""
    most = 10**column.digits - 1
    units = st.integers(-250, 250) | st.sampled_from((most, -most, most // 10**column.places))
    return units.map(lambda n: Decimal(n).scaleb(-column.places, _WIDE))


_WIDE = decimal.Context(prec=100)

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "key": st.integers(1, 8) | st.integers(101, 108),
    "line": lines,
    "text": texts,
    "integer": small_integers | st.sampled_from((7, 100, 2**31 - 1, -(2**31))),
    "biginteger": small_integers | st.sampled_from((2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63))),
    "float": st.sampled_from(FLOATS) | small_integers.map(float),
    "boolean": st.booleans(),
    "date": st.sampled_from(DATES) | st.dates(),
    "time": st.sampled_from(TIMES) | st.times(),
    "datetime": st.builds(
        lambda day, hour: datetime.combine(day, hour, UTC),
        st.sampled_from(DATES),
        st.sampled_from(TIMES),
    )
    | st.datetimes(timezones=st.just(UTC)),
    "duration": st.sampled_from(DURATIONS),
    "uuid": st.sampled_from(UUIDS) | st.uuids(),
    "binary": st.sampled_from((b"", b"\0", b"a", b"A", b"a\0", b"\xff", b"%"))
    | st.binary(max_size=3),
}


def values(column: Column) -> st.SearchStrategy[Any]:
    """What a column can hold, without NULL."""
    return decimals(column) if column.kind == "decimal" else VALUES[column.kind]


# --- data --------------------------------------------------------------------------------------

FIRST_ID = {"author": 1, "post": 101}
"""So that a key of the wrong table is seen."""
MOST_ROWS = {"author": 6, "post": 8}


@st.composite
def worlds(draw: Draw[Any]) -> World:
    """A few authors and posts; any foreign key and any nullable column may be NULL."""
    rows: dict[str, list[Row]] = {}
    for name, table in TABLES.items():
        many = some(_rows(table), MOST_ROWS[name])
        rows[name] = []
        for id, row in enumerate(draw(many), FIRST_ID[name]):
            keys = {
                f"{relation}_id": draw(_keys(rows[to.target], id if to.target == name else None))
                for relation, to in table.relations.items()
                if isinstance(to, ToOne)
            }
            rows[name].append({"id": id, **row, **keys})
    return World(rows)


def _rows(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            name: mostly(values(column), st.none()) if column.null else values(column)
            for name, column in table.columns.items()
            if column.kind != "key"
        }
    )


def _keys(targets: Sequence[Row], own: int | None) -> st.SearchStrategy[int | None]:
    """A key of an earlier row, of the row itself, or NULL: so that rows can be inserted at once."""
    there = [row["id"] for row in targets] + ([] if own is None else [own])
    return mostly(st.sampled_from(there), st.none()) if there else st.none()
