# generated from tests/_async/test_date_functions.py by scripts/generate_sync.py;
# change that file, not this one
"""Do dates, times and moments come apart as Python takes them apart, in every time zone?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covet.sync import (
    ArrayAgg,
    Case,
    CharField,
    Coalesce,
    Count,
    Database,
    DataError,
    DateField,
    DateTimeField,
    Extract,
    ExtractHour,
    ExtractIsoYear,
    ExtractWeek,
    ExtractYear,
    F,
    FieldError,
    IntegerField,
    Max,
    Model,
    Now,
    OuterRef,
    Subquery,
    TimeField,
    Trunc,
    TruncDate,
    TruncDay,
    TruncHour,
    TruncMonth,
    TruncTime,
    TruncWeek,
    TruncYear,
    Value,
    When,
    Window,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES: list[tzinfo] = [
    UTC,
    BERLIN,
    ZoneInfo("America/New_York"),
    ZoneInfo("America/Sao_Paulo"),
    ZoneInfo("America/Havana"),
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Africa/Casablanca"),
    ZoneInfo("Pacific/Apia"),
    ZoneInfo("Europe/Dublin"),
    ZoneInfo("Etc/GMT+5"),
    timezone(timedelta(hours=5, minutes=30)),
    timezone(-timedelta(hours=3, seconds=7, microseconds=5)),
]
KINDS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")


class Event(Model):
    name = CharField(max_length=20)
    at = DateTimeField(null=True)
    on = DateField(null=True)
    begins = TimeField(null=True)
    number = IntegerField(default=0)


def beginning(kind: str, moment: Any) -> Any:
    """The oracle: the beginning of a year, a week … by Python's own arithmetic."""
    times = {"microsecond": 0, "second": 0, "minute": 0, "hour": 0}
    below = {"second": 1, "minute": 2, "hour": 3}
    if kind in below:
        return moment.replace(**dict(list(times.items())[: below[kind]]))
    if isinstance(moment, datetime):
        moment = moment.replace(**times)
    if kind == "week":
        return moment - timedelta(days=moment.weekday())
    if kind == "year":
        return moment.replace(month=1, day=1)
    if kind == "quarter":
        return moment.replace(month=moment.month - (moment.month - 1) % 3, day=1)
    return moment.replace(day=1) if kind == "month" else moment


def shown(moment: datetime, zone: tzinfo) -> datetime:
    """What the clock of a time zone shows; it does not say whether for the second time."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


PARTS: dict[str, Callable[[Any], int]] = {
    "year": lambda moment: moment.year,
    "iso_year": lambda moment: moment.isocalendar()[0],
    "quarter": lambda moment: -(-moment.month // 3),
    "month": lambda moment: moment.month,
    "week": lambda moment: moment.isocalendar()[1],
    "day": lambda moment: moment.day,
    "week_day": lambda moment: moment.isoweekday() % 7 + 1,
    "iso_week_day": lambda moment: moment.isoweekday(),
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
}


def around_changes(zone: tzinfo) -> list[datetime]:
    """Moments next to the changes of a clock in one year, and to the year's ends."""
    found = [datetime(2018, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)]
    moment = datetime(2018, 1, 1, tzinfo=UTC)
    while moment.year < 2019:
        after = moment + timedelta(hours=1)
        if after.astimezone(zone).utcoffset() != moment.astimezone(zone).utcoffset():
            found += [after + timedelta(minutes=30 * n) for n in range(-6, 7)]
            found.append(after - timedelta(microseconds=1))
        moment = after
    return found


SOME = [
    datetime(2026, 11, 20, 12, 34, 56, 789012, UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999999, UTC),
    datetime(2021, 1, 3, 22, 15, tzinfo=UTC),  # a Sunday of week 53
    datetime(2020, 12, 31, 23, 30, tzinfo=UTC),  # next year in Berlin
    datetime(2011, 12, 30, 9, 59, tzinfo=UTC),  # Apia goes over the date line
    datetime(1912, 6, 1, 3, tzinfo=UTC),
    datetime(1883, 11, 18, 17, 1, tzinfo=UTC),  # railways bring standard time to New York
    datetime(2089, 7, 1, 12, tzinfo=UTC),
]


def write(moments: list[datetime]) -> None:
    Event.objects.bulk_create([Event(name="e", at=moment) for moment in moments])


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_moments_are_truncated_by_the_clock_of_a_zone(db: Database, zone: tzinfo) -> None:
    moments = [*SOME, *around_changes(zone)]
    write(moments)
    query = Event.objects.annotate(**{k: Trunc("at", k, tzinfo=zone) for k in KINDS})
    for row in query.values("at", *KINDS):
        for kind in KINDS:
            expected = beginning(kind, shown(row["at"], zone)).replace(tzinfo=zone)
            assert row[kind].astimezone(UTC) == expected.astimezone(UTC), (kind, row["at"])
            assert row[kind].utcoffset() == row[kind].astimezone(zone).utcoffset()


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_parts_of_moments_are_those_of_the_clock_of_a_zone(db: Database, zone: tzinfo) -> None:
    moments = [*SOME, *around_changes(zone)]
    write(moments)
    parts: dict[str, Any] = {part: Extract("at", part, tzinfo=zone) for part in PARTS}
    days = {"date": TruncDate("at", tzinfo=zone), "time": TruncTime("at", tzinfo=zone)}
    for row in Event.objects.annotate(**parts, **days).values("at", *parts, *days):
        clock = shown(row["at"], zone)
        assert {part: row[part] for part in PARTS} == {p: f(clock) for p, f in PARTS.items()}
        assert (row["date"], row["time"]) == (clock.date(), clock.time())


@settings(max_examples=15)
@given(
    st.lists(
        st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 30), timezones=st.just(UTC)),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from(ZONES),
)
def test_any_moment(db: Database, moments: list[datetime], zone: tzinfo) -> None:
    Event.objects.all().delete()
    write(moments)
    query = Event.objects.annotate(
        day=TruncDay("at", tzinfo=zone),
        hour=TruncHour("at", tzinfo=zone),
        week=ExtractWeek("at", tzinfo=zone),
        year=ExtractIsoYear("at", tzinfo=zone),
    )
    for row in query.values("at", "day", "hour", "week", "year"):
        clock = shown(row["at"], zone)
        day = beginning("day", clock).replace(tzinfo=zone)
        hour = beginning("hour", clock).replace(tzinfo=zone)
        assert row["day"].astimezone(UTC) == day.astimezone(UTC)
        assert row["hour"].astimezone(UTC) == hour.astimezone(UTC)
        assert (row["year"], row["week"]) == clock.isocalendar()[:2]


def test_a_day_that_begins_twice_begins_the_first_time(db: Database) -> None:
    havana = ZoneInfo("America/Havana")  # 2018-11-04: 0:00 to 1:00 twice
    write([datetime(2018, 11, 4, 5, 30, tzinfo=UTC), datetime(2018, 11, 4, 20, tzinfo=UTC)])
    days = Event.objects.annotate(day=TruncDay("at", tzinfo=havana))
    first = datetime(2018, 11, 4, 0, tzinfo=havana)
    assert days.values_list("day", flat=True) == [first, first]
    assert first.astimezone(UTC) == datetime(2018, 11, 4, 4, tzinfo=UTC)
    assert days.filter(day=first).count() == 2


def test_a_day_whose_beginning_is_skipped_begins_when_the_clock_goes_on(
    db: Database,
) -> None:
    paulo = ZoneInfo("America/Sao_Paulo")  # 2018-11-04 begins at 1:00
    write([datetime(2018, 11, 4, 15, tzinfo=UTC)])
    (day,) = Event.objects.values_list(TruncDay("at", tzinfo=paulo), flat=True)
    assert day == datetime(2018, 11, 4, 1, tzinfo=paulo)


def test_rows_are_counted_by_the_days_of_a_zone(db: Database) -> None:
    write(
        [
            datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
            datetime(2026, 3, 29, 12, tzinfo=UTC),
            datetime(2026, 3, 29, 22, 30, tzinfo=UTC),
        ]
    )
    days = Event.objects.annotate(day=TruncDay("at", tzinfo=BERLIN)).values("day")
    assert days.annotate(n=Count("pk")).order_by("day") == [
        {"day": datetime(2026, 3, 29, tzinfo=BERLIN), "n": 2},
        {"day": datetime(2026, 3, 30, tzinfo=BERLIN), "n": 1},
    ]
    by_hour = Event.objects.annotate(n=Count("pk")).values("at__hour", "n").order_by("at__hour")
    assert by_hour == [
        {"at__hour": 12, "n": 1}, {"at__hour": 22, "n": 1}, {"at__hour": 23, "n": 1},
    ]  # fmt: skip
    months = Event.objects.values("at__month").annotate(n=Count("pk"))
    assert months == [{"at__month": 3, "n": 3}]


def test_the_same_question_in_two_zones_has_two_answers(db: Database) -> None:
    write([datetime(2026, 11, 20, 23, 30, tzinfo=UTC)])
    for zone, hour in [(None, 23), (BERLIN, 0), (timezone(timedelta(hours=-1)), 22), (UTC, 23)]:
        assert Event.objects.filter(name="e").values_list(
            ExtractHour("at", tzinfo=zone), flat=True
        ) == [hour]


def test_what_is_truncated_comes_back_in_its_zone(db: Database) -> None:
    write([datetime(2026, 7, 20, 12, 34, tzinfo=UTC)])
    fixed = timezone(timedelta(hours=2))
    rows = Event.objects.values_list(
        TruncMonth("at"), TruncMonth("at", tzinfo=BERLIN), TruncMonth("at", tzinfo=fixed)
    )
    ((in_utc, in_berlin, at_offset),) = rows
    assert (in_utc, in_utc.tzinfo) == (datetime(2026, 7, 1, tzinfo=UTC), UTC)
    assert (in_berlin, in_berlin.tzinfo) == (datetime(2026, 7, 1, tzinfo=BERLIN), BERLIN)
    assert (at_offset, at_offset.tzinfo) == (datetime(2026, 7, 1, tzinfo=fixed), fixed)


def test_what_is_truncated_is_a_moment_like_any_other(db: Database) -> None:
    write([datetime(2026, 7, 20, 12, 34, tzinfo=UTC)])
    rows = Event.objects.annotate(
        day=TruncDay("at", tzinfo=BERLIN), since=F("at") - TruncDay("at", tzinfo=BERLIN)
    )
    row = rows.filter(day__lte=F("at"), day__hour=22, day__date=date(2026, 7, 19)).get()
    assert row.since == timedelta(hours=14, minutes=34)
    assert rows.filter(day__gt=F("at")).count() == 0


def test_what_is_truncated_goes_through_every_kind_of_query(db: Database) -> None:
    moments = [datetime(2026, 11, 20, hour, 30, tzinfo=UTC) for hour in (1, 2, 23)]
    write(moments)
    first, second = (datetime(2026, 11, day, tzinfo=BERLIN) for day in (20, 21))
    day = TruncDay("at", tzinfo=BERLIN)
    rows = Event.objects.annotate(day=day)
    assert rows.aggregate(last=Max("day"), days=Count("day", distinct=True)) == {
        "last": second,
        "days": 2,
    }
    assert rows.aggregate(all=ArrayAgg("day", distinct=True)) == {"all": [first, second]}
    days = rows.order_by("at")
    assert days.values_list(Coalesce(day, Now()), flat=True) == [first, first, second]
    assert days.values_list(Case(When(at__hour=1, then=day)), flat=True) == [
        first, None, None,
    ]  # fmt: skip
    assert days.values_list(Subquery(rows.filter(pk=OuterRef("pk")).values("day")), flat=True) == [
        first,
        first,
        second,
    ]
    both = rows.values_list("day", flat=True).union(Event.objects.values_list("at", flat=True))
    assert set(both.fetch()) == {first, second, *moments}
    window = Window(Count("pk"), partition_by=[F("day")])
    assert days.values_list(window, flat=True) == [2, 2, 1]
    often = rows.values("day").annotate(n=Count("pk")).filter(n__gt=1)
    assert often == [{"day": first, "n": 2}]
    assert rows.values_list("day", flat=True).distinct().order_by("-day") == [second, first]
    page = rows.order_by("day", "pk").page(2, secret="s" * 32)
    assert [row.day for row in page] == [first, first]
    following = rows.order_by("day", "pk").page(2, after=page.end_cursor, secret="s" * 32)
    assert [row.day for row in following] == [second]
    Event.objects.update(at=day)
    assert Event.objects.values_list("at", flat=True).order_by("at") == [
        first, first, second,
    ]  # fmt: skip


def test_dates_and_times_are_truncated_without_a_zone(db: Database) -> None:
    on, begins = date(2024, 2, 29), time(21, 59, 58, 123456)
    Event.objects.create(name="e", on=on, begins=begins)
    days = {k: Trunc("on", k) for k in ("year", "quarter", "month", "week", "day")}
    times = {k: Trunc("begins", k) for k in ("hour", "minute", "second")}
    row = Event.objects.annotate(**days, **times).get()
    assert {k: getattr(row, k) for k in days} == {k: beginning(k, on) for k in days}
    assert {k: getattr(row, k) for k in times} == {k: beginning(k, begins) for k in times}
    parts = {f"{p}_of": Extract("on", p) for p in PARTS if p not in times}
    parts |= {f"{p}_of": Extract("begins", p) for p in times}
    found = Event.objects.annotate(**parts).get()
    assert [getattr(found, name) for name in parts] == [
        f(begins if part in times else on) for part, f in PARTS.items()
    ]


def test_a_moment_may_be_truncated_to_a_date_or_a_time(db: Database) -> None:
    write([datetime(2026, 11, 30, 23, 34, 56, tzinfo=UTC)])
    assert Event.objects.values_list(
        Trunc("at", "month", DateField(), BERLIN),
        TruncYear("at", output_field=DateField()),
        TruncWeek("at", DateField()),
        Trunc("at", "minute", output_field=TimeField(), tzinfo=BERLIN),
    ) == [(date(2026, 12, 1), date(2026, 1, 1), date(2026, 11, 30), time(0, 34))]


def test_null_stays_null(db: Database) -> None:
    Event.objects.create(name="e")
    expressions = [
        Extract("at", "year"),
        ExtractYear("on"),
        Trunc("at", "week", tzinfo=BERLIN),
        TruncDate("at", tzinfo=BERLIN),
        TruncTime("at"),
        TruncHour("begins"),
        TruncMonth("on"),
    ]
    assert Event.objects.values_list(*expressions) == [(None,) * len(expressions)]


def test_values_are_taken_apart_as_columns_are(db: Database) -> None:
    Event.objects.create(name="e")
    moment = Value(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    assert Event.objects.values_list(
        ExtractHour(moment, tzinfo=BERLIN),
        TruncDay(moment, tzinfo=BERLIN),
        TruncDate(moment),
        ExtractYear(Value(date(2026, 1, 1))),
        TruncMonth(Value(date(2026, 5, 5))),
        TruncHour(Value(time(9, 30))),
    ) == [
        (
            0,
            datetime(2026, 11, 21, tzinfo=BERLIN),
            date(2026, 11, 20),
            2026,
            date(2026, 5, 1),
            time(9),
        )
    ]


def test_now_is_the_moment_of_the_statement(db: Database) -> None:
    write([datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)])
    before = datetime.now(UTC) - timedelta(seconds=5)
    nows = Event.objects.values_list(Now(), flat=True).fetch()
    assert nows[0] == nows[1]
    assert before < nows[0] < before + timedelta(seconds=60)
    assert Event.objects.filter(at__lt=Now()).count() == 1
    Event.objects.update(at=Now())
    assert Event.objects.filter(at__gte=before, at__lte=Now()).count() == 2


def test_dates_gives_each_once_and_in_order(db: Database) -> None:
    moments = [
        datetime(2026, 11, 20, 12, tzinfo=UTC),
        datetime(2026, 11, 1, 0, tzinfo=UTC),
        datetime(2025, 11, 20, 12, tzinfo=UTC),
    ]
    write(moments)
    Event.objects.create(name="none")
    assert Event.objects.dates("at", "year") == [date(2025, 1, 1), date(2026, 1, 1)]
    months = Event.objects.dates("at", "month", order="DESC")
    assert months == [date(2026, 11, 1), date(2025, 11, 1)]
    assert months[:1] == [date(2026, 11, 1)]
    assert months.count() == 2
    assert Event.objects.filter(name="e").dates("at", "day") == sorted(
        moment.date() for moment in moments
    )
    Event.objects.update(on=date(2026, 11, 20))
    assert Event.objects.dates("on", "week") == [date(2026, 11, 16)]


def test_datetimes_are_those_of_a_zone(db: Database) -> None:
    write([datetime(2026, 11, 20, 22, tzinfo=UTC), datetime(2026, 11, 20, 23, tzinfo=UTC)])
    Event.objects.create(name="none")
    assert Event.objects.datetimes("at", "day") == [datetime(2026, 11, 20, tzinfo=UTC)]
    assert Event.objects.datetimes("at", "day", "DESC", BERLIN) == [
        datetime(2026, 11, 21, tzinfo=BERLIN), datetime(2026, 11, 20, tzinfo=BERLIN),
    ]  # fmt: skip
    assert len(Event.objects.datetimes("at", "hour", tzinfo=BERLIN)) == 2


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: Trunc("at", "moth"),
            "Trunc() has no kind 'moth'. Did you mean 'month'? Kinds: year, quarter, month, week, "
            "day, hour, minute, second.",
        ),
        (
            lambda: Trunc("at", "day'; DROP TABLE event; --"),
            'Trunc() has no kind "day\'; DROP TABLE event; --". Kinds: year, quarter, month, '
            "week, day, hour, minute, second.",
        ),
        (
            lambda: Extract("at", "epoch"),
            "Extract() has no part 'epoch'. Parts: year, iso_year, quarter, month, week, day, "
            "week_day, iso_week_day, hour, minute, second.",
        ),
        (
            lambda: TruncDay("at", tzinfo="Europe/Berlin"),  # type: ignore[arg-type]
            "TruncDay() cannot use the time zone 'Europe/Berlin'. Give ZoneInfo(\"Europe/Berlin\"),"
            " or timezone(timedelta(hours=2)).",
        ),
        (
            lambda: Event.objects.annotate(x=ExtractHour("on")),
            "ExtractHour(F('on')): Event.on is a DateField and has no hour (in "
            "annotate(x=…)). Parts: year, iso_year, quarter, month, week, day, week_day, "
            "iso_week_day.",
        ),
        (
            lambda: Event.objects.annotate(x=ExtractYear("begins")),
            "ExtractYear(F('begins')): Event.begins is a TimeField and has no year (in "
            "annotate(x=…)). Parts: hour, minute, second.",
        ),
        (
            lambda: Event.objects.annotate(x=ExtractYear("on", tzinfo=BERLIN)),
            "ExtractYear(F('on'), tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin')): Event.on "
            "is a DateField, and only a DateTimeField can be looked at in a time zone (in "
            "annotate(x=…)). Leave out tzinfo=….",
        ),
        (
            lambda: Event.objects.annotate(x=Extract("number", "year")),
            "Extract(F('number'), 'year'): Extract() takes a date, a time or a moment, and "
            "Event.number is of type integer (in annotate(x=…)). Make it another type with "
            "Cast(…, output_field).",
        ),
        (
            lambda: Event.objects.annotate(x=TruncHour("on")),
            "TruncHour(F('on')): the DateField Event.on cannot be truncated by hour to a "
            "DateField (in annotate(x=…)). Kinds of a DateField: year, quarter, month, week, "
            "day.",
        ),
        (
            lambda: Event.objects.annotate(x=TruncDay("on", output_field=DateTimeField())),
            "TruncDay(F('on')): the DateField Event.on cannot be truncated by day to a "
            "DateTimeField (in annotate(x=…)). Kinds of a DateField: year, quarter, month, "
            "week, day.",
        ),
        (
            lambda: Event.objects.annotate(x=TruncYear("begins")),
            "TruncYear(F('begins')): the TimeField Event.begins cannot be truncated by year "
            "to a TimeField (in annotate(x=…)). Kinds of a TimeField: hour, minute, second.",
        ),
        (
            lambda: Event.objects.annotate(x=TruncDay("at", output_field=CharField())),
            "TruncDay(F('at')): output_field is a CharField, and has to be a DateField, a "
            "TimeField or a DateTimeField (in annotate(x=…)).",
        ),
        (
            lambda: Event.objects.dates("at", "hour"),
            "dates() has no kind 'hour'. Kinds: year, month, week, day.",
        ),
        (
            lambda: Event.objects.dates("at", "day", order="random"),
            "dates() has no order 'random'. Orders: ASC, DESC.",
        ),
        (
            lambda: Event.objects.datetimes("on", "day"),
            "Trunc(F('on'), 'day'): the DateField Event.on cannot be truncated by day to a "
            "DateTimeField (in datetimes(trunc1=…)). Kinds of a DateField: year, quarter, "
            "month, week, day.",
        ),
    ],
)
def test_what_cannot_be_is_refused(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(FieldError) as caught:
        ask()
    assert str(caught.value) == message


def test_a_clock_beyond_the_years_that_there_are_is_an_error(db: Database) -> None:
    write([datetime(1, 1, 1, 2, tzinfo=UTC)])
    with pytest.raises(DataError):
        Event.objects.values_list(TruncDay("at", tzinfo=ZoneInfo("America/Lima"))).fetch()
