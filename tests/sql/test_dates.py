"""How does each dialect say dates? Side by side."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from covet.aio import (
    DateField,
    DateTimeField,
    ExtractSecond,
    ExtractWeek,
    ExtractYear,
    Model,
    TimeField,
    Trunc,
    TruncDate,
    TruncDay,
    TruncHour,
    TruncTime,
    TruncWeek,
)
from covet.sql.functions.zones import changes

FIRST = "TIMESTAMP'0001-01-01 00:00:00'"
LAST = "CAST(315537897599999999 AS UNSIGNED)"


class Event(Model):
    at = DateTimeField()
    on = DateField()
    begins = TimeField()


def shifted(operand: str, sign: str) -> str:
    """A moment on MariaDB, two hours on."""
    since = f"TIMESTAMPDIFF(MICROSECOND, {FIRST}, {operand})"
    inside = f"{LAST} - ({LAST} - ({since} {sign} (7200000000)))"
    return f"({FIRST} + INTERVAL ({inside}) MICROSECOND)"


TWO_HOURS = timezone(timedelta(hours=2))
AT = "`event`.`at`"


@pytest.mark.parametrize(
    ("expression", "sqlite", "postgresql", "mysql"),
    [
        (
            ExtractYear("on"),
            "covet_part('year', \"event\".\"on\", 'date')",
            '(EXTRACT(YEAR FROM "event"."on"))::integer',
            "YEAR(`event`.`on`)",
        ),
        (
            ExtractSecond("begins"),
            "covet_part('second', \"event\".\"begins\", 'time')",
            '(FLOOR(EXTRACT(SECOND FROM "event"."begins")))::integer',
            "SECOND(`event`.`begins`)",
        ),
        (
            ExtractWeek("at", tzinfo=TWO_HOURS),
            "covet_part('week', covet_on_clock(\"event\".\"at\", '@7200000000'), 'datetime')",
            '(EXTRACT(WEEK FROM ("event"."at" AT TIME ZONE \'UTC\' + '
            "INTERVAL '7200000000 microseconds')))::integer",
            f"WEEK({shifted(AT, '+')}, 3)",
        ),
        (
            TruncDay("at"),
            "covet_trunc('day', \"event\".\"at\", 'datetime', 'datetime')",
            "(DATE_TRUNC('day', (\"event\".\"at\" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC')",
            f"CAST(DATE({AT}) AS DATETIME(6))",
        ),
        (
            TruncWeek("on"),
            "covet_trunc('week', \"event\".\"on\", 'date', 'date')",
            'DATE_TRUNC(\'week\', "event"."on"::timestamp)::date',
            "CAST((DATE(`event`.`on`) - INTERVAL WEEKDAY(`event`.`on`) DAY) AS DATE)",
        ),
        (
            TruncHour("begins"),
            "covet_trunc('hour', \"event\".\"begins\", 'time', 'time')",
            'DATE_TRUNC(\'hour\', "event"."begins"::interval)::time',
            "CAST(TIME_FORMAT(`event`.`begins`, '%%H:00:00') AS TIME(6))",
        ),
        (
            Trunc("at", "quarter", DateField()),
            "covet_trunc('quarter', \"event\".\"at\", 'datetime', 'date')",
            "DATE_TRUNC('quarter', (\"event\".\"at\" AT TIME ZONE 'UTC'))::date",
            f"CAST((CAST(DATE_FORMAT({AT}, '%%Y-01-01') AS DATE) + "
            f"INTERVAL QUARTER({AT}) * 3 - 3 MONTH) AS DATE)",
        ),
        (
            TruncHour("at", tzinfo=TWO_HOURS),
            "covet_moment(covet_trunc('hour', covet_on_clock(\"event\".\"at\", '@7200000000'), "
            "'datetime', 'datetime'), '@7200000000')",
            "((DATE_TRUNC('hour', (\"event\".\"at\" AT TIME ZONE 'UTC' + INTERVAL '7200000000 "
            "microseconds')) - INTERVAL '7200000000 microseconds') AT TIME ZONE 'UTC')",
            shifted(
                f"CAST(DATE_FORMAT({shifted(AT, '+')}, '%%Y-%%m-%%d %%H:00:00') AS DATETIME(6))",
                "-",
            ),
        ),
        (
            TruncDate("at", tzinfo=ZoneInfo("Europe/Berlin")),
            'substr(covet_on_clock("event"."at", \'Europe/Berlin\'), 1, 10)',
            '("event"."at" AT TIME ZONE \'Europe/Berlin\')::date',
            None,
        ),
        (
            TruncTime("at"),
            'substr("event"."at", 12)',
            '("event"."at" AT TIME ZONE \'UTC\')::time',
            f"TIME({AT})",
        ),
    ],
)
def test_functions(expression: Any, sqlite: str, postgresql: str, mysql: str | None) -> None:
    query: Any = Event.objects.values_list(expression, flat=True)
    for dialect, said in (("sqlite", sqlite), ("postgresql", postgresql), ("mysql", mysql)):
        if said is not None:
            text = query.sql(dialect)[0].removeprefix("SELECT ")
            assert text.rpartition(" AS ")[0] == said


def test_a_clocks_changes_are_python_s() -> None:
    known = changes("Asia/Kathmandu")
    assert known.offsets == (20476, 19800, 20700)
    assert len(known.moments) == len(known.on_clock) == 2
    assert changes("Etc/GMT+5") == ((), (), (-18000,))
