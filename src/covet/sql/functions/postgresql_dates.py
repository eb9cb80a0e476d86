"""How does PostgreSQL say the functions of dates? It knows time zones by their names."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ...expressions.functions.zones import is_fixed, offset_of
from ..text import SQL, sql
from .dates import Dates

if TYPE_CHECKING:
    from ..dialects.base import Dialect

NAMES = {"week_day": "DOW", "iso_week_day": "ISODOW", "iso_year": "ISOYEAR"}
OVERLAP = "INTERVAL '3 hours'"
"""More than any clock was ever set back by."""


class PostgresqlDates(Dates):
    """Sessions are in UTC, so that moments need no conversion to that."""

    now = "STATEMENT_TIMESTAMP()"

    def part(self, dialect: Dialect, part: str, operand: SQL, kind: str) -> SQL:
        """``EXTRACT``"""
        number = sql(f"EXTRACT({NAMES.get(part, part.upper())} FROM ", operand, ")")
        if part == "week_day":
            number = sql(number, " + 1")  # Sunday is 0 here, and 1 in Django
        elif part == "second":
            number = sql("FLOOR(", number, ")")
        return sql("(", number, ")::integer")

    def on_clock(self, dialect: Dialect, moment: SQL, zone: str) -> SQL:
        """``AT TIME ZONE``, which gives a timestamp without one; an offset is exact added."""
        if is_fixed(zone):
            return sql("(", moment, f" AT TIME ZONE 'UTC' + {_offset(zone)})")
        return sql("(", moment, f" AT TIME ZONE {dialect.literal(zone or 'UTC')})")

    def moment(self, dialect: Dialect, clock: SQL, zone: str) -> SQL:
        """``AT TIME ZONE`` again, but it takes the second of two hours alike."""
        if is_fixed(zone):
            return sql("((", clock, f" - {_offset(zone)}) AT TIME ZONE 'UTC')")
        name = dialect.literal(zone or "UTC")
        moment = sql("(", clock, f" AT TIME ZONE {name})")
        if not zone:
            return moment
        first = sql("((", clock, f" - {OVERLAP}) AT TIME ZONE {name} + {OVERLAP})")
        is_right = sql(first, f" AT TIME ZONE {name} = ", clock)
        return sql("CASE WHEN ", is_right, " THEN ", first, " ELSE ", moment, " END")

    def beginning(self, dialect: Dialect, kind: str, operand: SQL, source: str, target: str) -> SQL:
        """``DATE_TRUNC``, which knows no times and would make a moment of a date."""
        cast = {"date": "::timestamp", "time": "::interval"}.get(source, "")
        found = sql(f"DATE_TRUNC('{kind}', ", operand, f"{cast})")
        return found if target == "datetime" else sql(found, f"::{target}")

    def date(self, dialect: Dialect, clock: SQL) -> SQL:
        """A cast."""
        return sql(clock, "::date")

    def time(self, dialect: Dialect, clock: SQL) -> SQL:
        """A cast."""
        return sql(clock, "::time")


def _offset(zone: str) -> str:
    """An offset as an interval; behind AT TIME ZONE, it would be cut to seconds."""
    return f"INTERVAL '{offset_of(zone) // timedelta(microseconds=1)} microseconds'"
