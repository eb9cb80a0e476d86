"""Do casts, and what chooses between values, give the same on each database?"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covet.aio import (
    BigIntegerField,
    BinaryField,
    BooleanField,
    Case,
    Cast,
    CharField,
    Coalesce,
    Collate,
    Concat,
    Database,
    DataError,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    F,
    FieldError,
    FloatField,
    Greatest,
    IntegerField,
    JSONField,
    Least,
    Lower,
    Max,
    Model,
    NullIf,
    Sum,
    TextField,
    TimeField,
    Upper,
    UUIDField,
    Value,
    When,
)

D = Decimal
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
CODE = UUID("12345678-9abc-def0-1234-56789abcdef0")


class Thing(Model):
    text = TextField(null=True)
    other = TextField(null=True)
    number = BigIntegerField(null=True)
    small = IntegerField(null=True)
    share = FloatField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    exact = DecimalField(max_digits=20, decimal_places=4, null=True)
    yes = BooleanField(null=True)
    day = DateField(null=True)
    hour = TimeField(null=True)
    made = DateTimeField(null=True)
    took = DurationField(null=True)
    code = UUIDField(null=True)
    document = JSONField(null=True)
    data = BinaryField(null=True)


async def result(expression: Any, **values: Any) -> Any:
    """What an expression is in a row of these values."""
    row = await Thing.objects.create(**values)
    one: Any = Thing.objects.filter(pk=row.pk)
    return await one.annotate(found=expression).values_list("found", flat=True).get()


TEXT = CharField()
MONEY = DecimalField(max_digits=6, decimal_places=2)
CASTS: list[tuple[str, Any, Any, Any]] = [
    ("number", -12, TEXT, "-12"),
    ("share", 0.5, TEXT, "0.5"),
    ("share", 1.0, TEXT, "1"),
    ("share", -0.0, TEXT, "0"),
    ("share", 0.1 + 0.2, TEXT, "0.30000000000000004"),
    ("share", 1e20, TEXT, "100000000000000000000"),
    ("share", 1.5e-5, TEXT, "0.000015"),
    ("share", 123456789012345680.0, TEXT, "123456789012345680"),
    ("price", D("2.5"), TEXT, "2.50"),
    ("price", D("100"), TEXT, "100.00"),
    ("yes", True, TEXT, "true"),
    ("yes", False, TEXT, "false"),
    ("day", date(2026, 2, 3), TEXT, "2026-02-03"),
    ("day", date(1, 2, 3), TEXT, "0001-02-03"),
    ("hour", time(1, 2, 3), TEXT, "01:02:03"),
    ("hour", time(1, 2, 3, 400), TEXT, "01:02:03.000400"),
    ("made", NOON, TEXT, "2026-11-20 12:00:00"),
    ("made", NOON + TICK, TEXT, "2026-11-20 12:00:00.000001"),
    ("code", CODE, TEXT, str(CODE)),
    ("data", "añ".encode(), TEXT, "añ"),
    ("text", "abcdef", CharField(max_length=3), "abc"),
    ("number", 12345, CharField(max_length=3), "123"),
    ("text", "42", BigIntegerField(), 42),
    ("text", " -42 ", IntegerField(), -42),
    ("text", "9223372036854775807", BigIntegerField(), 2**63 - 1),
    ("share", 2.5, IntegerField(), 3),
    ("share", -2.5, IntegerField(), -3),
    ("share", 2.4, IntegerField(), 2),
    ("price", D("2.50"), IntegerField(), 3),
    ("price", D("-2.50"), IntegerField(), -3),
    ("yes", True, IntegerField(), 1),
    ("took", timedelta(days=-1, microseconds=1), BigIntegerField(), -86_399_999_999),
    ("text", "2.5e3", FloatField(), 2500.0),
    ("number", 3, FloatField(), 3.0),
    ("price", D("2.50"), FloatField(), 2.5),
    ("text", "2.345", MONEY, D("2.35")),
    ("number", 3, MONEY, D("3.00")),
    ("share", 2.675, MONEY, D("2.68")),
    ("exact", D("-2.3450"), MONEY, D("-2.35")),
    ("text", "Yes", BooleanField(), True),
    ("text", "f", BooleanField(), False),
    ("number", 7, BooleanField(), True),
    ("share", 0.0, BooleanField(), False),
    ("price", D("0.10"), BooleanField(), True),
    ("text", "2026-02-03", DateField(), date(2026, 2, 3)),
    ("made", NOON, DateField(), NOON.date()),
    ("text", "01:02:03.5", TimeField(), time(1, 2, 3, 500_000)),
    ("text", "01:02", TimeField(), time(1, 2)),
    ("made", NOON + TICK, TimeField(), time(12, 0, 0, 1)),
    ("text", "2026-11-20 12:00:00", DateTimeField(), NOON),
    ("text", "2026-11-20T12:00:00.000001", DateTimeField(), NOON + TICK),
    ("day", date(2026, 2, 3), DateTimeField(), datetime(2026, 2, 3, tzinfo=UTC)),
    ("number", -86_399_999_999, DurationField(), timedelta(days=-1, microseconds=1)),
    ("text", str(CODE).upper(), UUIDField(), CODE),
    ("text", CODE.hex, UUIDField(), CODE),
    ("text", '{"a": [1, null]}', JSONField(), {"a": [1, None]}),
    ("number", 5, JSONField(), 5),
    ("share", 2.5, JSONField(), 2.5),
    ("yes", True, JSONField(), True),
    ("text", "añ", BinaryField(), "añ".encode()),
]


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    CASTS,
    ids=[f"{name}={value!r}-{type(field).__name__}" for name, value, field, _ in CASTS],
)
async def test_casts(db: Database, name: str, value: Any, field: Any, expected: Any) -> None:
    found = await result(Cast(name, field), **{name: value})
    assert (found, type(found)) == (expected, type(expected))
    assert await result(Cast(name, field)) is None
    if not isinstance(field, JSONField):
        assert await Thing.objects.filter(Cast(name, field) == expected).count() == 1


async def test_casts_of_values(db: Database) -> None:
    assert await result(Cast(Value(5), TEXT)) == "5"
    assert await result(Cast(Value("5"), IntegerField())) == 5
    assert await result(Cast(Value(D("2.50")), TEXT)) == "2.5"
    assert await result(Cast(F("price") * 1, TEXT), price=D("2.50")) == "2.5"
    assert await result(Cast(F("price") * 10, TEXT), price=D("10")) == "100"
    assert await result(Cast(Value(0.25), TEXT)) == "0.25"
    assert await result(Cast(Value(date(2026, 1, 2)), TEXT)) == "2026-01-02"
    assert await result(Cast(Value(NOON), DateField())) == NOON.date()


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("text", "x", IntegerField()),
        ("text", "", IntegerField()),
        ("text", "1.5", IntegerField()),
        ("text", "9223372036854775808", BigIntegerField()),
        ("share", 1e19, BigIntegerField()),
        ("share", 1e40, BigIntegerField()),
        ("text", "x", FloatField()),
        ("text", "x", MONEY),
        ("text", "10000", MONEY),
        ("number", -10000, MONEY),
        ("exact", D("9999.995"), MONEY),
        ("text", "maybe", BooleanField()),
        ("text", "2026-02-30", DateField()),
        ("text", "25:00:00", TimeField()),
        ("text", "2026-02-30 12:00:00", DateTimeField()),
        ("text", "x", UUIDField()),
        ("text", "{", JSONField()),
    ],
    ids=repr,
)
async def test_what_a_type_cannot_hold_is_an_error(
    db: Database, name: str, value: Any, field: Any
) -> None:
    with pytest.raises(DataError):
        await result(Cast(name, field), **{name: value})


async def test_casts_in_clauses(db: Database) -> None:
    await Thing.objects.bulk_create(
        [Thing(number=n, text=str(n), price=n, small=100 - n) for n in (9, 10, 11)]
    )
    numbers: Any = Thing.objects.order_by("number").values_list("number", flat=True)
    assert await numbers.filter(Cast("number", TEXT) == "10") == [10]
    assert await numbers.filter(Cast("number", TEXT).compare("startswith", "1")) == [10, 11]
    assert await numbers.filter(number=Cast("text", IntegerField())) == [9, 10, 11]
    assert await numbers.order_by(Cast("number", TEXT)) == [10, 11, 9]
    assert await numbers.order_by(Cast("text", IntegerField()).desc()) == [11, 10, 9]
    assert await numbers.filter(Cast("text", MONEY) > D("9.5")) == [10, 11]
    assert await Thing.objects.aggregate(sum=Sum(Cast("text", IntegerField()))) == {"sum": 30}
    await Thing.objects.filter(number=9).update(
        text=Cast("price", TEXT), small=Cast("price", MONEY)
    )
    thing = await Thing.objects.get(number=9)
    assert (thing.text, thing.small) == ("9.00", 9)
    assert await result(Cast(Cast("number", TEXT), IntegerField()), number=3) == 3


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            Cast("day", IntegerField()),
            "Cast(F('day'), IntegerField()): Thing.day is of type date, which cannot be cast "
            "to integer (in annotate(found=…)). Types: date, datetime, text.",
        ),
        (
            Cast("took", CharField()),
            "Cast(F('took'), CharField()): Thing.took is of type duration, which cannot be "
            "cast to text (in annotate(found=…)). Cast it to BigIntegerField(): a duration "
            "is a number of microseconds.",
        ),
        (
            Cast("text", int),
            "Cast(F('text'), type()): output_field is <class 'int'>, and has to be a field "
            "(in annotate(found=…)). Write output_field=IntegerField().",
        ),
    ],
    ids=repr,
)
def test_casts_that_there_are_not(expression: Any, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        Thing.objects.annotate(found=expression)
    assert str(caught.value) == message


FLOATS = st.floats(-1e30, 1e30).filter(lambda x: x == 0 or abs(x) >= 1e-12)


@settings(max_examples=30)
@given(
    share=st.none() | FLOATS,
    exact=st.none() | st.decimals(-(10**15), 10**15, places=4),
    made=st.none() | st.datetimes(timezones=st.just(UTC)),
    number=st.none() | st.integers(-(2**63), 2**63 - 1),
)
async def test_texts_are_those_of_python_and_read_back(
    db: Database, share: Any, exact: Any, made: Any, number: Any
) -> None:
    row = await Thing.objects.create(share=share, exact=exact, made=made, number=number)
    one: Any = Thing.objects.filter(pk=row.pk)
    names = ("share", "exact", "made", "number")
    texts = {f"t_{name}": Cast(name, TEXT) for name in names}
    back = {
        f"b_{name}": Cast(Cast(name, TEXT), type(Thing._table.field(name))(**options))
        for name, options in zip(
            names, ({}, {"max_digits": 20, "decimal_places": 4}, {}, {}), strict=True
        )
    }
    found = await one.annotate(**texts, **back).values(*texts, *back).get()
    text = found.pop("t_share")  # of large numbers, PostgreSQL writes more digits than it has to
    assert text is None if share is None else float(text) == share and "e" not in text
    assert found == {
        "t_exact": None if exact is None else format(exact, ".4f"),
        "t_made": None if made is None else made.replace(tzinfo=None).isoformat(" "),
        "t_number": None if number is None else str(number),
        "b_share": share,
        "b_exact": exact,
        "b_made": made,
        "b_number": number,
    }


# --- one of several values ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Coalesce("text", "other"), "o"),
        (Coalesce("text", Value("x")), "x"),
        (Coalesce("text", "text", "other"), "o"),
        (Coalesce("text", "text"), None),
        (Coalesce("price", 3), D(3)),
        (Coalesce("share", 3), 3.0),
        (Coalesce("share", "exact"), 10.25),
        (Coalesce("number", D("2.5")), D(9)),
        (Coalesce("day", date(2026, 1, 1)), date(2026, 1, 1)),
        (Coalesce("yes", Value(False)), False),
        (Greatest("number", "small"), 10),
        (Least("number", "small"), 9),
        (Greatest("exact", "number"), D("10.25")),
        (Least("exact", "number"), D(9)),
        (Greatest("exact", D("9.5"), 7), D("10.25")),
        (Greatest("exact", 10.5), 10.5),
        (Least("other", Value("Z")), "Z"),
        (Greatest("number", "share"), None),
        (Least("share", "number", "small"), None),
        (Greatest("made", NOON - TICK), NOON),
        (Greatest(Value(1), Value(2.5)), 2.5),
        (NullIf("number", 9), None),
        (NullIf("number", "small"), 9),
        (NullIf("exact", D("10.25")), None),
        (NullIf("exact", D("10.250000")), None),
        (NullIf("number", 9.0), None),
        (NullIf("number", 9.5), 9.0),
        (NullIf("small", "exact"), D(10)),
        (NullIf("other", Value("O")), "o"),
        (NullIf("share", 1.5), None),
        (Case(When(number=9, then="number"), default=2.5), 9.0),
        (Case(When(number=9, then="exact"), default="number"), D("10.25")),
        (Case(When(number=1, then="exact"), default="number"), D(9)),
    ],
    ids=repr,
)
async def test_one_of_several_values(db: Database, expression: Any, expected: Any) -> None:
    values = {"other": "o", "number": 9, "small": 10, "exact": D("10.25"), "made": NOON}
    found = await result(expression, **values)
    assert (found, type(found)) == (expected, type(expected))
    if expected is not None:
        assert await Thing.objects.filter(expression == expected).count() == 1


@pytest.mark.parametrize("function", [Coalesce, Greatest, Least, NullIf])
def test_types_are_not_mixed(function: Any) -> None:
    with pytest.raises(FieldError) as caught:
        Thing.objects.annotate(found=function("text", "number"))
    assert str(caught.value) == (
        f"{function.__name__}(F('text'), F('number')) mixes the types text, integer "
        "(in annotate(found=…)). "
        "Make them one with Cast(…, output_field), or say output_field=…."
    )


async def test_values_chosen_in_the_query_compare_by_code_point(db: Database) -> None:
    await Thing.objects.create(number=1)
    kind = Case(When(number=1, then=Value("b")), default=Value("a"))
    things: Any = Thing.objects.annotate(kind=kind)
    assert await things.filter(kind="b").count() == 1
    assert await things.filter(kind="B").count() == 0
    assert await things.filter(kind="b ").count() == 0


NUMBERS = st.none() | st.integers(-5, 5)


@settings(max_examples=25)
@given(number=NUMBERS, small=NUMBERS, share=st.none() | st.sampled_from([-1.5, 0.0, 2.0]))
async def test_choices_are_those_of_python(
    db: Database, number: int | None, small: int | None, share: float | None
) -> None:
    row = await Thing.objects.create(number=number, small=small, share=share)
    one: Any = Thing.objects.filter(pk=row.pk)
    given = (number, small, share)
    known = [value for value in given if value is not None]
    found = one.annotate(
        first=Coalesce("number", "small", "share"),
        most=Greatest("number", "small", "share"),
        least=Least("number", "small", "share"),
        differs=NullIf("number", "share"),
    )
    assert await found.values_list("first", "most", "least", "differs").get() == (
        known[0] if known else None,
        max(known) if len(known) == 3 else None,
        min(known) if len(known) == 3 else None,
        None if number is None or number == share else number,
    )


# --- collations ---------------------------------------------------------------------------------

IGNORING_CASE = {"sqlite": "NOCASE", "mysql": "utf8mb4_general_ci"}


@pytest.mark.databases("sqlite", "mysql")
async def test_a_collation_that_ignores_case(db: Database, kind: str) -> None:
    name = IGNORING_CASE[kind]
    await Thing.objects.bulk_create([Thing(text=text) for text in "bAaB"])
    texts: Any = Thing.objects.values_list("text", flat=True)
    assert await texts.order_by(Collate("text", name), "pk") == ["A", "a", "b", "B"]
    assert await texts.filter(Collate("text", name) == "a").order_by("pk") == ["A", "a"]
    assert await texts.filter(text=Collate(Value("a"), name)).order_by("pk") == ["A", "a"]


@pytest.mark.databases("postgresql")
async def test_a_collation_of_a_language(db: Database) -> None:
    await Thing.objects.bulk_create([Thing(text=text) for text in "zäaZ"])
    texts: Any = Thing.objects.values_list("text", flat=True)
    assert await texts.order_by(Collate("text", "de-x-icu")) == ["a", "ä", "z", "Z"]
    assert await texts.order_by(Collate(Upper("text"), "sv-x-icu"), "pk") == ["a", "z", "Z", "ä"]
    assert await texts.order_by("text") == ["Z", "a", "z", "ä"]


@pytest.mark.parametrize(
    "name", ["", 'x"y', "x y", "x;y", "x`", "--x", "a" * 64, None, "x\n", "ä"], ids=repr
)
def test_what_names_no_collation(name: Any) -> None:
    with pytest.raises(FieldError) as caught:
        Collate("text", name)
    assert str(caught.value).endswith(
        " cannot name a collation. It begins with a letter, a digit or _, and has . @ - besides."
    )


async def test_functions_in_functions(db: Database) -> None:
    await Thing.objects.create(text="Ann", number=3)
    text: Any = Concat(Lower(Coalesce("other", "text")), Value("-"), Greatest("number", 2))
    assert await Thing.objects.aggregate(most=Max(text)) == {"most": "ann-3"}
    assert await Thing.objects.filter(text == "ann-3").count() == 1
    assert math.pi > F("x").depth
