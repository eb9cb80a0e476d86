"""How do MariaDB and MySQL say the functions of dates?

Whether a server knows time zones depends on its administrator, and ``CONVERT_TZ`` leaves moments
outside of 1970 to 2038 as they are. So the changes of a clock, as Python knows them, go into the
SQL: ``INTERVAL(seconds, …)`` finds how many of them a moment is behind, by bisection.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ...expressions.functions.zones import is_fixed, offset_of
from ..text import SQL, sql
from .dates import Dates
from .zones import Changes, changes

if TYPE_CHECKING:
    from ..dialects.base import Dialect

PARTS = {
    "year": ("YEAR(", ")"),
    "iso_year": ("(YEARWEEK(", ", 3) DIV 100)"),
    "quarter": ("QUARTER(", ")"),
    "month": ("MONTH(", ")"),
    "week": ("WEEK(", ", 3)"),
    "day": ("DAYOFMONTH(", ")"),
    "week_day": ("DAYOFWEEK(", ")"),
    "iso_week_day": ("(WEEKDAY(", ") + 1)"),
    "hour": ("HOUR(", ")"),
    "minute": ("MINUTE(", ")"),
    "second": ("SECOND(", ")"),
}
BEGINNINGS = {
    "year": "%Y-01-01",
    "quarter": "%Y-01-01",
    "month": "%Y-%m-01",
    "hour": "%Y-%m-%d %H:00:00",
    "minute": "%Y-%m-%d %H:%i:00",
    "second": "%Y-%m-%d %H:%i:%s",
}
TIMES = {"hour": "%H:00:00", "minute": "%H:%i:00", "second": "%H:%i:%s"}
CASTS = {"date": "DATE", "time": "TIME(6)", "datetime": "DATETIME(6)"}
FIRST = "TIMESTAMP'0001-01-01 00:00:00'"


class MysqlDates(Dates):
    """Moments are stored in UTC, without saying so."""

    now = "NOW(6)"

    def part(self, dialect: Dialect, part: str, operand: SQL, kind: str) -> SQL:
        """A function for each."""
        before, after = PARTS[part]
        return sql(before, operand, after)

    def on_clock(self, dialect: Dialect, moment: SQL, zone: str) -> SQL:
        """The moment and the offset."""
        return self._moved(dialect, "+", moment, zone)

    def moment(self, dialect: Dialect, clock: SQL, zone: str) -> SQL:
        """The time on the clock without the offset."""
        return self._moved(dialect, "-", clock, zone)

    def _moved(self, dialect: Dialect, operator: str, operand: SQL, zone: str) -> SQL:
        """By the offset; what comes to lie outside of the years that there are is an error."""
        if not zone:
            return operand
        if is_fixed(zone):
            microseconds: SQL = (f"{offset_of(zone) // timedelta(microseconds=1)}",)
        else:
            known = changes(zone)
            starts = known.moments if operator == "+" else known.on_clock
            microseconds = sql(_offset(operand, known, starts), " * 1000000")
        return dialect.moved(operator, operand, sql("(", microseconds, ")"))

    def beginning(self, dialect: Dialect, kind: str, operand: SQL, source: str, target: str) -> SQL:
        """By a text with zeros, or by the days since."""
        if target == "time":
            text = dialect.in_text(TIMES[kind])
            return sql("CAST(TIME_FORMAT(", operand, f", '{text}') AS TIME(6))")
        if kind == "day":
            found = sql("DATE(", operand, ")")
        elif kind == "week":
            found = sql("(DATE(", operand, ") - INTERVAL WEEKDAY(", operand, ") DAY)")
        else:
            found = sql("DATE_FORMAT(", operand, f", '{dialect.in_text(BEGINNINGS[kind])}')")
        if kind == "quarter":
            months = sql("QUARTER(", operand, ") * 3 - 3")
            found = sql("(CAST(", found, " AS DATE) + INTERVAL ", months, " MONTH)")
        return sql("CAST(", found, f" AS {CASTS[target]})")

    def date(self, dialect: Dialect, clock: SQL) -> SQL:
        """``DATE``"""
        return sql("DATE(", clock, ")")

    def time(self, dialect: Dialect, clock: SQL) -> SQL:
        """``TIME``"""
        return sql("TIME(", clock, ")")


def _offset(operand: SQL, known: Changes, starts: tuple[int, ...]) -> SQL:
    """The seconds that a clock is ahead; a letter stands for each offset that it ever had."""
    offsets = list(dict.fromkeys(known.offsets))
    if len(offsets) == 1:
        return (str(offsets[0]),)
    letters = "".join(chr(ord("a") + offsets.index(offset)) for offset in known.offsets)
    seconds = sql(f"TIMESTAMPDIFF(SECOND, {FIRST}, ", operand, ")")
    count = sql("INTERVAL(", seconds, "".join(f", {start}" for start in starts), ")")
    letter = sql(f"SUBSTRING('{letters}', ", count, " + 1, 1)")
    found = sql("ELT(ASCII(", letter, f") - {ord('a') - 1}, {', '.join(map(str, offsets))})")
    return sql("CAST(", found, " AS SIGNED)")
