"""How does SQLite say the functions of dates? By Python functions: it knows UTC only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..text import SQL, sql
from .dates import Dates

if TYPE_CHECKING:
    from ..dialects.base import Dialect


class SqliteDates(Dates):
    """Moments are texts of fixed places; zones and ISO weeks need functions."""

    # Its clock has milliseconds; moments have six places, or none where these are zero.
    now = "replace(strftime('%Y-%m-%d %H:%M:%f000', 'now'), '.000000', '')"

    def part(self, dialect: Dialect, part: str, operand: SQL, kind: str) -> SQL:
        """By a function."""
        return sql(f"covet_part('{part}', ", operand, f", '{kind}')")

    def on_clock(self, dialect: Dialect, moment: SQL, zone: str) -> SQL:
        """By a function; texts are in UTC already."""
        return sql("covet_on_clock(", moment, f", '{zone}')") if zone else moment

    def moment(self, dialect: Dialect, clock: SQL, zone: str) -> SQL:
        """By a function."""
        return sql("covet_moment(", clock, f", '{zone}')") if zone else clock

    def beginning(self, dialect: Dialect, kind: str, operand: SQL, source: str, target: str) -> SQL:
        """By a function."""
        return sql(f"covet_trunc('{kind}', ", operand, f", '{source}', '{target}')")

    def date(self, dialect: Dialect, clock: SQL) -> SQL:
        """The first ten places."""
        return sql("substr(", clock, ", 1, 10)")

    def time(self, dialect: Dialect, clock: SQL) -> SQL:
        """The rest."""
        return sql("substr(", clock, ", 12)")
