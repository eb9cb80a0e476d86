"""What do aggregates give for each type of values?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from covet.aio import (
    AnyValue,
    ArrayAgg,
    Avg,
    BigIntegerField,
    BinaryField,
    BoolAnd,
    BooleanField,
    BoolOr,
    CharField,
    Count,
    Database,
    DataError,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    F,
    FieldError,
    FloatField,
    JSONField,
    Max,
    Min,
    Model,
    Q,
    StdDev,
    Sum,
    TimeField,
    UUIDField,
    Value,
    Variance,
)


class Thing(Model):
    number = BigIntegerField(null=True)
    share = FloatField(null=True)
    price = DecimalField(max_digits=20, decimal_places=3, null=True)
    text = CharField(max_length=50, null=True)
    is_new = BooleanField(null=True)
    day = DateField(null=True)
    at = TimeField(null=True)
    made = DateTimeField(null=True)
    took = DurationField(null=True)
    key = UUIDField(null=True)
    data = BinaryField(null=True)
    doc = JSONField(null=True)


things: Any = Thing.objects.all()
ONE = {
    "number": 1,
    "share": 0.25,
    "price": Decimal("1.100"),
    "text": "A",
    "is_new": False,
    "day": date(2020, 2, 29),
    "at": time(9, 30, 0, 5),
    "made": datetime(2020, 1, 1, 12, 0, 0, 7, tzinfo=UTC),
    "took": timedelta(hours=1, microseconds=1),
    "key": UUID(int=5),
    "data": b"\x00\xff",
    "doc": {"a": [1, "é"]},
}
OTHER = {
    "number": 4,
    "share": 2.0,
    "price": Decimal("20.005"),
    "text": "a",
    "is_new": True,
    "day": date(2021, 1, 1),
    "at": time(10),
    "made": datetime(2020, 1, 1, 12, 0, 1, tzinfo=UTC),
    "took": timedelta(days=40),
    "key": UUID(int=2**127),
    "data": b"\x01",
    "doc": [None, 1.5, "x"],
}


async def write() -> None:
    await Thing.objects.create(**OTHER)
    await Thing.objects.create(**ONE)
    await Thing.objects.create()


@pytest.mark.parametrize("name", [name for name in ONE if name != "doc"])
async def test_the_least_and_the_greatest_of_every_type(db: Database, name: str) -> None:
    await write()

    found = await things.aggregate(least=Min(name), most=Max(name), any=AnyValue(name))
    assert found == {"least": ONE[name], "most": OTHER[name], "any": ONE[name]}
    assert [type(value) for value in found.values()] == [type(ONE[name])] * 3
    assert await things.filter(pk=0).aggregate(least=Min(name), most=Max(name)) == {
        "least": None, "most": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", list(ONE))
async def test_lists_have_values_of_every_type(db: Database, name: str) -> None:
    await write()

    found = await things.aggregate(all=ArrayAgg(name, order_by="-pk"))
    assert found == {"all": [None, ONE[name], OTHER[name]]}
    assert [type(value) for value in found["all"][1:]] == [type(ONE[name]), type(OTHER[name])]
    assert await things.filter(pk=0).aggregate(all=ArrayAgg(name)) == {"all": None}
    given = ArrayAgg(name, default=[ONE[name], None])
    assert await things.filter(pk=0).aggregate(all=given) == {"all": [ONE[name], None]}
    only = ArrayAgg(name, filter=Q(number=1), default=[])
    assert await things.aggregate(all=only) == {"all": [ONE[name]]}


async def test_documents_have_no_order(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        await things.aggregate(most=Max("doc"))
    assert str(caught.value) == (
        "Max('doc'): Max() takes what has an order, and Thing.doc is of type json "
        "(in aggregate(most=…)). "
        "Make it another type with Cast(…, output_field)."
    )


async def test_sums(db: Database) -> None:
    await write()

    found = await things.aggregate(Sum("number"), Sum("share"), Sum("price"), Sum("took"))
    assert found == {
        "number__sum": 5,
        "share__sum": 2.25,
        "price__sum": Decimal("21.105"),
        "took__sum": timedelta(days=40, hours=1, microseconds=1),
    }
    assert [type(value) for value in found.values()] == [int, float, Decimal, timedelta]


async def test_averages(db: Database) -> None:
    await write()
    await Thing.objects.create(number=5, share=0.5, price=Decimal(1), took=timedelta(0, 0, 4))

    found = await things.aggregate(Avg("number"), Avg("share"), Avg("price"), Avg("took"))
    assert found == {
        "number__avg": 10 / 3,
        "share__avg": 2.75 / 3,
        "price__avg": Decimal("7.36833333333333333333"),
        "took__avg": (timedelta(days=40, hours=1, microseconds=5)) / 3,
    }
    assert [type(value) for value in found.values()] == [float, float, Decimal, timedelta]
    longer = things.values("day").annotate(mean=Avg("took")).filter(mean__gt=timedelta(days=39))
    assert await longer.values_list("day", flat=True).fetch() == [OTHER["day"]]
    equal = Avg("price", filter=Q(number=1), distinct=True)
    assert await things.aggregate(mean=equal) == {"mean": Decimal("1.1")}


async def test_sums_beyond_64_bits_are_errors(db: Database) -> None:
    await Thing.objects.create(number=2**63 - 1)
    await Thing.objects.create(number=2**63 - 1)

    with pytest.raises(DataError):
        await things.aggregate(Sum("number"))
    found = await things.aggregate(mean=Avg("number"), least=Min("number"), n=Count("number"))
    assert found == {"mean": float(2**63 - 1), "least": 2**63 - 1, "n": 2}


async def test_sums_of_decimals_are_exact(db: Database) -> None:
    for price in ("0.001", "99999999999999999.999", "99999999999999999.999", "-0.002"):
        await Thing.objects.create(price=Decimal(price))

    assert await things.aggregate(s=Sum("price"), d=Sum("price", distinct=True)) == {
        "s": Decimal("199999999999999999.997"),
        "d": Decimal("99999999999999999.998"),
    }


async def test_how_far_numbers_lie_apart(db: Database) -> None:
    for n in (2, 4, 4, 4, 5, 5, 7, 9):
        await Thing.objects.create(number=n, share=n / 8, price=Decimal(n))

    found = await things.aggregate(
        StdDev("number"), Variance("number"), s=Variance("number", sample=True),
        f=StdDev("share"), p=Variance("price"), d=StdDev("price", sample=True),
    )  # fmt: skip
    assert found["number__stddev"] == pytest.approx(2)
    assert found["number__variance"] == pytest.approx(4)
    assert found["s"] == pytest.approx(32 / 7)
    assert found["f"] == pytest.approx(0.25)
    assert found["p"] == pytest.approx(4)
    assert found["d"] == pytest.approx((32 / 7) ** 0.5)
    assert {type(value) for value in found.values()} == {float}
    one = things.filter(number=9)
    alone = await one.aggregate(s=StdDev("number", sample=True), p=StdDev("number"))
    assert alone == {"s": None, "p": 0.0}
    kept = Variance("number", filter=Q(number__lt=3), default=1.5)
    assert await one.aggregate(v=kept) == {"v": 1.5}


async def test_whether_all_or_some_are_true(db: Database) -> None:
    await write()

    found = await things.aggregate(
        all=BoolAnd("is_new"), some=BoolOr("is_new"), low=BoolAnd(Q(number__lt=9)),
        none=BoolOr("is_new", filter=Q(number=77)), no=BoolOr("is_new", filter=Q(number=1)),
        given=BoolAnd("is_new", filter=Q(number=77), default=True),
    )  # fmt: skip
    assert found == {
        "all": False, "some": True, "low": True, "none": None, "no": False, "given": True,
    }  # fmt: skip
    quiet = things.values("text").annotate(all=BoolAnd("is_new")).filter(all=True)
    assert await quiet.values_list("text", flat=True).fetch() == ["a"]
    with pytest.raises(FieldError) as caught:
        await things.aggregate(all=BoolAnd("number"))
    assert str(caught.value).startswith(
        "BoolAnd('number'): BoolAnd() takes boolean, and Thing.number is of type integer"
    )


async def test_distinct_counts_compare_as_the_types_do(db: Database) -> None:
    for text, price in (("a", "1"), ("a ", "1.000"), ("A", "1.0"), ("a", "2")):
        await Thing.objects.create(text=text, price=Decimal(price), number=1)

    counts = {name: Count(name, distinct=True) for name in ("text", "price", "number", "day")}
    assert await things.aggregate(**{f"n_{name}": c for name, c in counts.items()}) == {
        "n_text": 3, "n_price": 2, "n_number": 1, "n_day": 0,
    }  # fmt: skip
    assert await things.aggregate(n=Count(F("price") * 2, distinct=True)) == {"n": 2}
    listed = ArrayAgg("text", distinct=True, order_by="text")
    assert await things.aggregate(all=listed) == {"all": ["A", "a", "a "]}


async def test_expressions_in_aggregates(db: Database) -> None:
    await write()

    assert await things.aggregate(
        s=Sum(F("number") * 2 + Value(1)), m=Max(F("price") + F("number")), w=Sum("number") * 1.5
    ) == {"s": 12, "m": Decimal("24.005"), "w": 7.5}
    later = Max(F("made") + timedelta(hours=1))
    assert await things.aggregate(m=later) == {"m": OTHER["made"] + timedelta(hours=1)}
