"""Does arithmetic in the database give the same numbers on each of them?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from covet.aio import (
    BigIntegerField,
    CharField,
    Database,
    DataError,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    F,
    FieldError,
    FloatField,
    IntegerField,
    Max,
    Model,
    QueryTooComplex,
    SmallIntegerField,
    ValidationError,
    Value,
    capture_queries,
)


class Sum(Model):
    name = CharField(max_length=10, default="")
    a = IntegerField(null=True)
    b = IntegerField(null=True)
    tiny = SmallIntegerField(null=True)
    big = BigIntegerField(null=True)
    share = FloatField(null=True)
    money = DecimalField(max_digits=12, decimal_places=2, null=True)
    exact = DecimalField(max_digits=38, decimal_places=10, null=True)


class Span(Model):
    start = DateTimeField(null=True)
    end = DateTimeField(null=True)
    length = DurationField(null=True)
    other = DurationField(null=True)
    day = DateField(null=True)
    times = BigIntegerField(null=True)


async def result(name: str, expression: Any, **values: Any) -> Any:
    """What a column is after it was set to an expression over these values."""
    row = await Sum.objects.create(**values)
    assert await Sum.objects.filter(pk=row.pk).update(**{name: expression}) == 1
    return await Sum.objects.filter(pk=row.pk).values_list(name, flat=True).get()


A, B = F("a"), F("b")


@pytest.mark.parametrize(
    ("expression", "a", "b", "expected"),
    [
        (A + B, 2, 3, 5),
        (A - B, 2, 3, -1),
        (A * B, -2, 3, -6),
        (A / B, 7, 2, 3),
        (A / B, -7, 2, -3),
        (A / B, 7, -2, -3),
        (A / B, -7, -2, 3),
        (A % B, 7, 3, 1),
        (A % B, -7, 3, -1),
        (A % B, 7, -3, 1),
        (A / B, 7, 0, None),
        (A % B, 7, 0, None),
        (A / 0, 7, 1, None),
        (A + B, None, 1, None),
        (-A, 5, 0, -5),
        (10 - A, 3, 0, 7),
        (10 / A, 3, 0, 3),
        (10 % A, 3, 0, 1),
        (2 * (A + 1) - B * 3, 4, 2, 4),
        (A - (B - 1), 10, 4, 7),
        (A / 2 * 2, 7, 0, 6),
        (A + 1 + 1 + 1, 0, 0, 3),
        (Sum.a + Sum.b, 1, 2, 3),
        (Value(4) + A, 1, 0, 5),
        (A + True, 1, 0, FieldError),
    ],
    ids=repr,
)
async def test_whole_numbers(
    db: Database, expression: Any, a: int | None, b: int | None, expected: Any
) -> None:
    if expected is FieldError:
        with pytest.raises(FieldError):
            await result("big", expression, a=a, b=b)
        return
    assert await result("big", expression, a=a, b=b) == expected
    row = await Sum.objects.order_by("-pk").first()
    assert row is not None
    assert await Sum.objects.filter(pk=row.pk).filter(big=expression).count() == (
        expected is not None
    )


async def test_arithmetic_of_small_columns_does_not_overflow_half_way(db: Database) -> None:
    most = 2**31 - 1
    assert await result("big", A + B, a=most, b=most) == 2 * most
    assert await result("big", A * B, a=most, b=most) == most * most
    assert await result("big", F("tiny") * F("tiny"), tiny=-(2**15)) == 2**30
    assert await Sum.objects.filter(a__gt=0, b__lt=A + 1).count() == 2
    assert await Sum.objects.filter(big=A + most).count() == 1


async def test_a_sum_that_its_column_cannot_hold_is_an_error(db: Database) -> None:
    row = await Sum.objects.create(a=2**31 - 1, tiny=2**15 - 1, money=Decimal("9999999999.99"))
    for name, expression in (("a", A + 1), ("tiny", F("tiny") + 1), ("money", F("money") * 10)):
        with pytest.raises(DataError):
            await Sum.objects.update(**{name: expression})
    assert await Sum.objects.get(a=2**31 - 1, tiny=2**15 - 1) == row


async def test_a_sum_below_what_its_column_can_hold_is_an_error(db: Database) -> None:
    await Sum.objects.create(a=-(2**31), share=1e308)
    for name, expression in (("a", A - 1), ("share", F("share") * 10), ("share", F("share") * -10)):
        with pytest.raises(DataError):
            await Sum.objects.update(**{name: expression})


async def test_a_sum_beyond_64_bits_is_an_error(db: Database) -> None:
    await Sum.objects.create(big=2**63 - 1)
    for expression in (F("big") + 1, F("big") * 2, F("big") * -1 - 2):
        with pytest.raises(DataError):
            await Sum.objects.update(big=expression)


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        (F("big") + 1, {"big": 2**63 - 1}),
        (F("big") - 1, {"big": -(2**63)}),
        (F("big") * F("big"), {"big": 2**32}),
        (F("big") / -1, {"big": -(2**63)}),
        (-F("big"), {"big": -(2**63)}),
        ((F("big") + 1) * 2 - 1, {"big": 2**63 - 1}),
        ((F("big") + 1) * 0.5, {"big": 2**63 - 1}),
        (F("share") * 10, {"share": 1e308}),
        (F("share") * -10 + F("big"), {"share": 1e308, "big": 1}),
    ],
    ids=repr,
)
async def test_a_result_beyond_its_type_is_an_error_wherever_it_stands(
    db: Database, expression: Any, values: Any
) -> None:
    await Sum.objects.create(**values)
    found = Sum.objects.annotate(x=expression)
    for query in (
        found.filter(x__gt=0),
        Sum.objects.filter(expression < 7),
        Sum.objects.order_by(expression),
        found.values_list("x"),
    ):
        with pytest.raises(DataError):
            await query.fetch()
    with pytest.raises(DataError):
        await Sum.objects.aggregate(most=Max(expression))


async def test_decimals_are_exact(db: Database) -> None:
    money = F("money")
    assert await result("money", money + Decimal("0.10"), money=Decimal("0.20")) == Decimal("0.30")
    assert await result("money", money * 3, money=Decimal("0.10")) == Decimal("0.30")
    assert await result("money", money - F("a"), money=Decimal("0.10"), a=1) == Decimal("-0.90")
    assert await result("exact", money / 3, money=Decimal("10")) == Decimal("3.3333333333")
    assert await result("exact", money % Decimal("0.3"), money=Decimal(1)) == Decimal("0.1")
    assert await result("money", money / 0, money=Decimal(1)) is None
    big, bigger = (
        Decimal("12345678901234567890.0123456789"),
        Decimal("12345678901234567890.012345679"),
    )
    assert await result("exact", F("exact") + Decimal("0.0000000001"), exact=big) == bigger


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.125", "0.13"), ("0.135", "0.14"), ("-0.125", "-0.13"), ("0.124", "0.12")],
)
async def test_a_decimal_with_more_places_is_rounded_half_away_from_zero(
    db: Database, value: str, expected: str
) -> None:
    assert await result("money", F("exact") + 0, exact=Decimal(value)) == Decimal(expected)


async def test_floats(db: Database) -> None:
    share = F("share")
    assert await result("share", share / 2, share=1.0) == 0.5
    assert await result("share", share + F("a"), share=0.5, a=2) == 2.5
    assert await result("share", A / 2.0, a=7) == 3.5
    assert await result("share", share % 2, share=-7.5) == -1.5
    assert await result("share", share / 0, share=1.0) is None
    assert await result("share", share * F("money"), share=0.5, money=Decimal("2.50")) == 1.25
    assert await Sum.objects.filter(share__gt=F("a") + 0.25).count() == 1


@pytest.mark.parametrize(
    ("share", "expected"), [(2.4, 2), (2.5, 3), (-2.5, -3), (3.5, 4), (-0.4, 0)]
)
async def test_a_float_in_a_whole_column_is_rounded_half_away_from_zero(
    db: Database, share: float, expected: int
) -> None:
    assert await result("a", F("share"), share=share) == expected
    assert await result("a", F("share") + 0, share=share) == expected


async def test_a_decimal_in_a_whole_column_is_rounded_half_away_from_zero(db: Database) -> None:
    assert await result("a", F("money"), money=Decimal("2.50")) == 3
    assert await result("a", F("money") * -1, money=Decimal("2.50")) == -3


async def test_numbers_of_one_type_in_a_column_of_another(db: Database) -> None:
    assert await result("share", F("a"), a=3) == 3.0
    assert await result("share", F("money"), money=Decimal("2.50")) == 2.5
    assert await result("money", F("a"), a=3) == Decimal("3.00")
    assert await result("money", F("share"), share=2.5) == Decimal("2.50")
    assert await result("big", F("a"), a=3) == 3


async def test_arithmetic_in_filters_on_both_sides(db: Database) -> None:
    await Sum.objects.bulk_create([Sum(name=str(n), a=n, b=10 - n) for n in range(11)])
    found = Sum.objects.order_by("a").values_list("a", flat=True)
    assert await found.filter(a__gt=F("b") + 4) == [8, 9, 10]
    assert await found.filter(A + B > A * 2 + 4) == [0, 1, 2]
    assert await found.filter(A % 3 == 0) == [0, 3, 6, 9]
    assert await found.filter((A * B) > 20).exclude(A == B) == [3, 4, 6, 7]
    assert await found.filter(100 / A == 33) == [3]
    assert await found.exclude(100 / A > 0) == [0]
    assert await found.order_by((A - 5) * (A - 5), "a") == [5, 4, 6, 3, 7, 2, 8, 1, 9, 0, 10]


async def test_values_are_bound_and_the_plan_serves_all_of_them(db: Database) -> None:
    await Sum.objects.create(a=5)
    await Sum.objects.filter(a__gt=F("b") + 1).fetch()
    plans = len(Sum._plans)
    await Sum.objects.filter(a__gt=F("b") + 99).fetch()
    assert len(Sum._plans) == plans
    await Sum.objects.filter(a__gt=F("b") + 1.5).fetch()  # a float makes other arithmetic
    assert len(Sum._plans) == plans + 1


async def test_arithmetic_needs_numbers(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        Sum.objects.filter(a__gt=F("name") + 1)
    assert str(caught.value) == (
        "'+' calculates with numbers, and Sum.name is of type text (in filter(a__gt=…))."
    )
    with pytest.raises(FieldError):
        Sum.objects.filter(a__gt=F("a") + "1")
    with capture_queries() as queries, pytest.raises(FieldError):
        await Sum.objects.update(a=F("name"))
    assert queries == []


async def test_values_beyond_64_bits_have_no_place_in_arithmetic(db: Database) -> None:
    with capture_queries() as queries, pytest.raises(ValidationError) as caught:
        await Sum.objects.filter(a__gt=F("a") + 2**63).fetch()
    assert queries == []
    assert str(caught.value) == (
        "value must be between -9223372036854775808 and 9223372036854775807, "
        "not 9223372036854775808."
    )
    with pytest.raises(FieldError):
        Sum.objects.filter(a__gt=F("a") + None)


async def test_deep_arithmetic_works_or_is_too_complex(db: Database) -> None:
    await Sum.objects.create(a=1)
    expression: Any = F("a")
    for _ in range(60):
        expression = expression + 1
    assert await Sum.objects.filter(a__lt=expression).count() == 1
    with pytest.raises(QueryTooComplex) as caught:
        sum(range(1, 500), start=expression)
    assert str(caught.value) == "An expression is nested 101 levels deep; the limit is 100."


# --- moments and durations ----------------------------------------------------------------------

NOON = datetime(2026, 2, 28, 12, tzinfo=UTC)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
START, END, LENGTH, DATE, TIMES = map(F, ("start", "end", "length", "day", "times"))


async def span(name: str, expression: Any, **values: Any) -> Any:
    """What a column is after it was set to an expression, which filters then find it equal to."""
    row = await Span.objects.create(**values)
    one = Span.objects.filter(pk=row.pk)
    assert await one.update(**{name: expression}) == 1
    found = await one.values_list(name, flat=True).get()
    assert await one.filter(**{name: expression}).count() == (found is not None)
    assert await one.filter(expression == found).count() == 1
    return found


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        (START + DAY, {"start": NOON}, NOON + DAY),
        (START - DAY, {"start": NOON}, NOON - DAY),
        (DAY + START, {"start": NOON}, NOON + DAY),
        (START + TICK, {"start": NOON}, NOON + TICK),
        (START - TICK, {"start": NOON}, NOON - TICK),
        (START + TICK, {"start": NOON - TICK}, NOON),
        (START + LENGTH, {"start": NOON, "length": -400 * DAY + TICK}, NOON - 400 * DAY + TICK),
        (LENGTH + START, {"start": NOON, "length": DAY / 3}, NOON + DAY / 3),
        (START - LENGTH, {"start": NOON, "length": -DAY}, NOON + DAY),
        (START - LENGTH - TICK, {"start": NOON, "length": DAY}, NOON - DAY - TICK),
        (START + (LENGTH + DAY) * 2, {"start": NOON, "length": TICK}, NOON + 2 * DAY + 2 * TICK),
        (START + LENGTH, {"start": FIRST, "length": LAST - FIRST}, LAST),
        (START - LENGTH, {"start": LAST, "length": LAST - FIRST}, FIRST),
        (START + LENGTH, {"start": None, "length": DAY}, None),
        (START + LENGTH, {"start": NOON, "length": None}, None),
        (NOON + LENGTH, {"length": TICK}, NOON + TICK),
        (Value(NOON + TICK) - LENGTH, {"length": TICK}, NOON),
        (
            NOON.astimezone(timezone(timedelta(hours=-5))) + LENGTH,
            {"length": timedelta()},
            NOON,
        ),
        (F("start") + (F("start") - NOON), {"start": NOON + TICK}, NOON + 2 * TICK),
    ],
    ids=repr,
)
async def test_moments_and_durations_give_moments(
    db: Database, expression: Any, values: Any, expected: datetime | None
) -> None:
    assert await span("end", expression, **values) == expected


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        (START - END, {"start": NOON, "end": NOON - DAY + TICK}, DAY - TICK),
        (START - END, {"start": NOON, "end": NOON + TICK}, -TICK),
        (START - END, {"start": LAST, "end": FIRST}, LAST - FIRST),
        (START - END, {"start": FIRST, "end": LAST}, FIRST - LAST),
        (START - END, {"start": NOON, "end": None}, None),
        (START - (NOON - TICK), {"start": NOON}, TICK),
        ((NOON - TICK) - START, {"start": NOON}, -TICK),
        ((NOON + TICK) - (START + DAY), {"start": NOON}, TICK - DAY),
        (DATE - date(2024, 2, 28), {"day": date(2024, 3, 1)}, 2 * DAY),
        (date.max - DATE, {"day": date.min}, date.max - date.min),
        (DATE - F("start__date"), {"day": date(2026, 2, 27), "start": NOON}, -DAY),
        (LENGTH + TICK, {"length": DAY}, DAY + TICK),
        (LENGTH - DAY, {"length": TICK}, TICK - DAY),
        (DAY - LENGTH, {"length": TICK}, DAY - TICK),
        (LENGTH * TIMES, {"length": DAY + TICK, "times": 3}, 3 * DAY + 3 * TICK),
        (TIMES * LENGTH, {"length": DAY + TICK, "times": -3}, -3 * DAY - 3 * TICK),
        (LENGTH * 0, {"length": DAY}, timedelta()),
        (-LENGTH, {"length": DAY - TICK}, TICK - DAY),
        (2 * LENGTH, {"length": -TICK}, -2 * TICK),
        (LENGTH * TIMES, {"length": DAY - TICK, "times": 7654321}, 7654321 * (DAY - TICK)),
        (LENGTH * TIMES, {"length": TICK, "times": -(2**63 - 1)}, -(2**63 - 1) * TICK),
        (LENGTH * TIMES, {"length": 7 * TICK, "times": 2**60 - 1}, 7 * (2**60 - 1) * TICK),
        (LENGTH * TIMES, {"length": None, "times": 1}, None),
        (LENGTH * TIMES, {"length": DAY, "times": None}, None),
        (TIMES * DAY, {"times": 3}, 3 * DAY),
    ],
    ids=repr,
)
async def test_what_gives_durations(
    db: Database, expression: Any, values: Any, expected: timedelta | None
) -> None:
    assert await span("other", expression, **values) == expected


async def test_moments_and_durations_in_filters_and_orderings(db: Database) -> None:
    await Span.objects.bulk_create(
        [
            Span(start=NOON + n * DAY, end=NOON + (5 - n) * DAY, length=n * DAY / 2, times=n)
            for n in range(6)
        ]
    )
    found = Span.objects.order_by("times").values_list("times", flat=True)
    assert await found.filter(end__gt=START + DAY) == [0, 1]
    assert await found.filter(START - END > 2 * DAY) == [4, 5]
    assert await found.filter(START - LENGTH <= NOON + DAY) == [0, 1, 2]
    assert await found.exclude(start__lt=Value(NOON) + LENGTH * 2) == [0, 1, 2, 3, 4, 5]
    assert await found.filter(length=TIMES * (DAY / 2)) == [0, 1, 2, 3, 4, 5]
    assert await found.filter((START + LENGTH).in_([NOON, NOON + 3 * DAY])) == [0, 2]
    assert await found.filter(start__range=(NOON + DAY, NOON + 2 * DAY)) == [1, 2]
    assert await found.order_by((START - END).desc()) == [5, 4, 3, 2, 1, 0]
    assert await found.order_by(END + LENGTH) == [5, 4, 3, 2, 1, 0]
    assert await found.order_by(START - 2 * LENGTH, "-times") == [5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("expression", "start"),
    [(START + TICK, LAST), (START - TICK, FIRST), (START + 10**6 * DAY * 9, NOON)],
    ids=repr,
)
async def test_a_moment_beyond_the_years_1_to_9999_is_an_error(
    db: Database, expression: Any, start: datetime
) -> None:
    await Span.objects.create(start=start)
    with pytest.raises(DataError):
        await Span.objects.update(end=expression)
    with pytest.raises(DataError):
        await Span.objects.filter(expression > NOON).fetch()


@pytest.mark.databases("sqlite", "mysql")
async def test_a_duration_beyond_64_bits_is_an_error(db: Database) -> None:
    """PostgreSQL's intervals hold more, and come back."""
    await Span.objects.create(length=(2**63 - 1) * TICK)
    with pytest.raises(DataError):
        await Span.objects.update(length=LENGTH + TICK)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            DATE + DAY,
            "'+' does not go between Span.day, of type date, and the value, of type duration "
            "(in filter(F('day') + datetime.timedelta(days=1) == …)). Use a DateTimeField, "
            "and compare its 'name__date'.",
        ),
        (
            START + 1,
            "'+' does not go between Span.start, of type datetime, and the value, of type "
            "integer (in filter(F('start') + 1 == …)). Use a timedelta.",
        ),
        (
            START + END,
            "'+' does not go between Span.start, of type datetime, and Span.end, of type "
            "datetime (in filter(F('start') + F('end') == …)).",
        ),
        (
            LENGTH * 1.5,
            "'*' does not go between Span.length, of type duration, and the value, of type "
            "float (in filter(F('length') * 1.5 == …)).",
        ),
        (
            DAY - START,
            "'-' does not go between the value, of type duration, and Span.start, of type "
            "datetime (in filter(datetime.timedelta(days=1) - F('start') == …)).",
        ),
        (
            START - DATE,
            "'-' does not go between Span.start, of type datetime, and Span.day, of type "
            "date (in filter(F('start') - F('day') == …)).",
        ),
        (
            LENGTH / 2,
            "'/' does not go between Span.length, of type duration, and the value, of type "
            "integer (in filter(F('length') / 2 == …)).",
        ),
        (
            LENGTH + "x",
            (
                "'+' calculates with numbers, and the value is of type text (in "
                "filter(F('length') + 'x' == …))."
            ),
        ),
    ],
    ids=repr,
)
async def test_what_does_not_go_between_moments(
    db: Database, expression: Any, message: str
) -> None:
    with pytest.raises(FieldError) as caught:
        Span.objects.filter(expression == None)  # noqa: E711
    assert str(caught.value) == message


async def test_a_naive_moment_has_no_place_in_arithmetic(db: Database) -> None:
    with pytest.raises(ValidationError):
        await Span.objects.filter(length__lt=START - datetime(2026, 1, 1)).fetch()
    with pytest.raises(FieldError):
        await Span.objects.update(start=END - START)
