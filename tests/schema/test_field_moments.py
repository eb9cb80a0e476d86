"""Which dates, times and durations do columns hold, and which are refused?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covet.schema import fields

from .helpers import bound, misdeclared, refusal

BERLIN = ZoneInfo("Europe/Berlin")


class Day(date):
    pass


class Moment(datetime):
    pass


class Clock(time):
    pass


class Span(timedelta):
    pass


class Nowhere(tzinfo):
    def utcoffset(self, dt: Any) -> None:
        return None

    def dst(self, dt: Any) -> None:
        return None

    def tzname(self, dt: Any) -> str:
        return "nowhere"


@pytest.mark.parametrize("value", [date(2026, 11, 20), Day(2026, 11, 20), "2026-11-20", "20261120"])
def test_dates(value: Any) -> None:
    result = bound(fields.DateField()).check(value)
    assert type(result) is date
    assert result == date(2026, 11, 20)


@pytest.mark.parametrize(
    "value", ["", "2026-02-30", "20.11.2026", "0000-01-01", 20261120, b"2026", time(1), "1" * 99]
)  # fmt: skip
def test_what_is_no_date_is_refused(value: Any) -> None:
    error = refusal(bound(fields.DateField()), value)
    assert str(error).startswith("Post.x must be a date or an ISO date string, not ")


def test_a_datetime_is_no_date() -> None:
    error = refusal(bound(fields.DateField()), datetime(2026, 11, 20))
    assert str(error) == (
        "Post.x must be a date, not datetime.datetime(2026, 11, 20, 0, 0); take its .date()."
    )


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (time(9, 30), time(9, 30)),
        (Clock(9, 30, 1, 2), time(9, 30, 1, 2)),
        (time(9, 30, fold=1), time(9, 30)),
        ("09:30", time(9, 30)),
        ("09:30:00.000001", time(9, 30, 0, 1)),
        ("09:30:00.0000010", time(9, 30, 0, 1)),
    ],
)
def test_times(value: Any, at: time) -> None:
    result = bound(fields.TimeField()).check(value)
    assert type(result) is time
    assert (result, result.fold) == (at, 0)


@pytest.mark.parametrize("value", ["", "25:00", "9h", 930, timedelta(1), "09:30:00.0000001"])
def test_what_is_no_time_is_refused(value: Any) -> None:
    error = refusal(bound(fields.TimeField()), value)
    assert str(error).startswith("Post.x must be a time or an ISO time string, not ")


@pytest.mark.parametrize("value", [time(9, tzinfo=UTC), "09:00+01:00", "09:00Z"])
def test_a_time_with_a_zone_is_refused(value: Any) -> None:
    assert "must be a time without a time zone" in str(refusal(bound(fields.TimeField()), value))


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 7, 1, 12, 30, 0, 7, tzinfo=UTC),
        Moment(2026, 7, 1, 12, 30, 0, 7, tzinfo=UTC),
        datetime(2026, 7, 1, 14, 30, 0, 7, tzinfo=BERLIN),
        datetime(2026, 7, 1, 12, 30, 0, 7, tzinfo=ZoneInfo("UTC")),
        datetime(2026, 7, 1, 12, 30, 30, 7, tzinfo=timezone(timedelta(seconds=30))),
        "2026-07-01T12:30:00.000007Z",
        "2026-07-01 14:30:00.000007+02:00",
    ],
)
def test_moments_come_to_utc(value: Any) -> None:
    result = bound(fields.DateTimeField()).check(value)
    assert type(result) is datetime
    assert result.tzinfo is UTC
    assert result == datetime(2026, 7, 1, 12, 30, 0, 7, tzinfo=UTC)


def test_the_fold_of_a_clock_change_is_kept_apart() -> None:
    field = bound(fields.DateTimeField())
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1))
    assert field.check(second) - field.check(first) == timedelta(hours=1)
    assert field.check(datetime(2026, 1, 1, tzinfo=UTC, fold=1)).fold == 0


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), "2026-01-01T12:00",
                                   datetime(2026, 1, 1, tzinfo=Nowhere())])  # fmt: skip
def test_a_moment_without_a_zone_is_refused(value: Any) -> None:
    error = refusal(bound(fields.DateTimeField()), value)
    assert error.code == "naive"
    assert "must have a time zone" in str(error)
    assert str(error).endswith("has none; write datetime.now(UTC) or .replace(tzinfo=UTC).")


@pytest.mark.parametrize(
    "value",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1))),
    ],
)
def test_a_moment_that_leaves_the_calendar_in_utc_is_refused(value: Any) -> None:
    error = refusal(bound(fields.DateTimeField()), value)
    assert error.code == "out_of_range"
    assert str(error).startswith("Post.x is outside the years 1 to 9999 in UTC: ")


@pytest.mark.parametrize(
    "value", [date(2026, 1, 1), "", "now", 0, 1.5, "2026-01-01T00:00:00.0000001Z", "1" * 99]
)
def test_what_is_no_moment_is_refused(value: Any) -> None:
    message = str(refusal(bound(fields.DateTimeField()), value))
    assert message.startswith("Post.x must be a datetime or an ISO string with an offset, not ")


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_a_moment_is_the_same_moment_or_refused(moment: datetime) -> None:
    field = bound(fields.DateTimeField())
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        assert refusal(field, moment).code == "out_of_range"
        return
    checked = field.check(moment)
    assert checked.tzinfo is UTC
    assert checked == expected
    assert field.check(checked) is checked


@pytest.mark.parametrize(
    "options",
    [
        {"auto_now": True, "auto_now_add": True},
        {"auto_now": True, "default": datetime.now},
        {"auto_now_add": True, "default": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_ways_to_get_a_moment_exclude_each_other(options: Any) -> None:
    message = misdeclared(fields.DateTimeField(**options))
    assert message == f"Post.x has {' and '.join(options)}, which exclude each other. " \
        "Keep one of them."  # fmt: skip


def test_what_auto_now_stores_is_of_the_field() -> None:
    for cls, kind in (
        (fields.DateField, date), (fields.TimeField, time), (fields.DateTimeField, datetime),
    ):  # fmt: skip
        field: Any = bound(cls(auto_now=True))
        assert type(field.now()) is kind
        assert field.check(field.now()) == field.now() or kind is not date


# --- durations -------------------------------------------------------------------------------

LONGEST = timedelta(microseconds=2**63 - 1)


@pytest.mark.parametrize("value", [timedelta(0), LONGEST, -LONGEST, timedelta(microseconds=-1)])
def test_durations(value: timedelta) -> None:
    field = bound(fields.DurationField())
    assert field.check(value) == value
    plain = field.check(Span(value.days, value.seconds, value.microseconds))
    assert type(plain) is timedelta
    assert plain == value


@pytest.mark.parametrize(
    "value", [LONGEST + timedelta.resolution, -LONGEST - timedelta.resolution, timedelta.max]
)
def test_durations_that_a_column_cannot_hold_are_refused(value: timedelta) -> None:
    error = refusal(bound(fields.DurationField()), value)
    assert error.code == "out_of_range"
    assert str(error).startswith("Post.x is longer than 2**63 - 1 microseconds: ")


@pytest.mark.parametrize("value", [5, 5.0, "5", "PT5S", time(5)])
def test_what_is_no_duration_is_refused(value: Any) -> None:
    assert str(refusal(bound(fields.DurationField()), value)).startswith(
        "Post.x must be a timedelta, not "
    )
