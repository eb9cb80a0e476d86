"""What does each function of a window say of a row?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from covet.aio import (
    ArrayAgg,
    Avg,
    BooleanField,
    Cast,
    CharField,
    Count,
    CumeDist,
    Database,
    DateTimeField,
    DecimalField,
    DenseRank,
    F,
    FieldError,
    FirstValue,
    IntegerField,
    Lag,
    LastValue,
    Lead,
    Max,
    Min,
    Model,
    NotSupportedError,
    NthValue,
    Ntile,
    PercentRank,
    Q,
    Rank,
    RowNumber,
    RowRange,
    StdDev,
    Sum,
    Value,
    ValueRange,
    Window,
    WindowFrameExclusion,
    atomic,
)


class Sale(Model):
    shop = CharField(max_length=10)
    day = IntegerField()
    amount = IntegerField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.50"))
    made = DateTimeField(default=datetime(2020, 1, 1, tzinfo=UTC))
    is_new = BooleanField(default=False)


START = datetime(2020, 1, 1, tzinfo=UTC)
sales: Any = Sale.objects.order_by("shop", "day")


async def write() -> None:
    for n, (shop, day, amount) in enumerate(
        (("a", 1, 10), ("a", 2, 20), ("a", 4, None), ("b", 1, 5), ("b", 2, 5), ("b", 3, 7))
    ):
        await Sale.objects.create(
            shop=shop, day=day, amount=amount, price=Decimal(n), made=START + timedelta(hours=n)
        )


async def over(function: Any, **window: Any) -> list[Any]:
    rows = sales.annotate(x=Window(function, **window))
    found: list[Any] = await rows.values_list("x", flat=True).fetch()
    return found


own: dict[str, Any] = {"partition_by": "shop", "order_by": "day"}


async def test_places(db: Database) -> None:
    await write()

    assert await over(RowNumber(), **own) == [1, 2, 3, 1, 2, 3]
    assert await over(Rank(), order_by="day") == [1, 3, 6, 1, 3, 5]
    assert await over(DenseRank(), order_by="day") == [1, 2, 4, 1, 2, 3]
    assert await over(Rank(), order_by="-amount") == [2, 1, 6, 4, 4, 3]
    assert await over(Rank(), order_by=F("amount").desc(nulls_first=True)) == [3, 2, 1, 5, 5, 4]
    assert await over(Ntile(2), order_by=["shop", "day"]) == [1, 1, 1, 2, 2, 2]
    assert await over(Ntile(4), **own) == [1, 2, 3, 1, 2, 3]
    assert await over(PercentRank(), **own) == [0, 0.5, 1, 0, 0.5, 1]
    assert await over(CumeDist(), **own) == [1 / 3, 2 / 3, 1, 1 / 3, 2 / 3, 1]
    assert await over(CumeDist(), order_by="day") == [2 / 6, 4 / 6, 1, 2 / 6, 4 / 6, 5 / 6]
    assert {type(x) for x in await over(PercentRank(), **own)} == {float}


async def test_values_of_other_rows(db: Database) -> None:
    await write()

    assert await over(Lag("amount"), **own) == [None, 10, 20, None, 5, 5]
    assert await over(Lead("amount"), **own) == [20, None, None, 5, 7, None]
    assert await over(Lag("amount", 2), **own) == [None, None, 10, None, None, 5]
    assert await over(FirstValue("amount"), **own) == [10, 10, 10, 5, 5, 5]
    assert await over(LastValue("day"), **own) == [1, 2, 4, 1, 2, 3]
    assert await over(LastValue("day"), **own, frame=RowRange()) == [4, 4, 4, 3, 3, 3]
    assert await over(NthValue("day", 2), **own) == [None, 2, 2, None, 2, 2]
    assert await over(NthValue("day", 3), **own, frame=RowRange()) == [4, 4, 4, 3, 3, 3]


async def test_defaults_stand_where_there_is_no_row(db: Database) -> None:
    await write()

    assert await over(Lag("amount", default=0), **own) == [0, 10, 20, 0, 5, 5]
    assert await over(Lead("amount", default=0), **own) == [20, None, 0, 5, 7, 0]
    assert await over(Lead("amount", 2, "day"), **own) == [None, 2, 4, 7, 2, 3]
    assert await over(Lag("amount", default=2.5), **own) == [2.5, 10, 20, 2.5, 5, 5]
    assert await over(Lag("shop", default=Value("none")), order_by=["shop", "day"]) == [
        "none", "a", "a", "a", "b", "b",
    ]  # fmt: skip
    prices = await over(Lag("price", default=Decimal("0.5")), **own)
    assert prices == [Decimal("0.5"), 0, 1, Decimal("0.5"), 3, 4]
    assert {type(x) for x in prices} == {Decimal}
    with pytest.raises(FieldError) as caught:
        sales.annotate(x=Window(Lag("made", default=1), **own))
    assert str(caught.value).startswith("Lag(F('made'), 1, 1) mixes the types datetime, integer")


async def test_values_keep_their_types(db: Database) -> None:
    await write()

    assert (await over(FirstValue("made"), **own))[1] == START
    assert (await over(Lag("made"), **own))[2] == START + timedelta(hours=1)
    assert await over(LastValue("is_new"), **own) == [False] * 6
    assert (await over(LastValue("price"), **own))[-1] == Decimal(5)
    passed = F("made") - Window(Lag("made"), **own)
    found = await sales.annotate(x=passed).values_list("x", flat=True).fetch()
    assert found == [None, timedelta(hours=1), timedelta(hours=1)] * 2


async def test_windows_in_expressions(db: Database) -> None:
    await write()

    rest = Window(Sum("amount"), partition_by="shop") - F("amount")
    found = await sales.annotate(rest=rest).values_list("rest", flat=True).fetch()
    assert found == [20, 10, None, 12, 12, 10]
    text = Cast(Window(Sum("amount"), partition_by="shop"), CharField(max_length=9))
    assert (
        await sales.annotate(x=text).values_list("x", flat=True).fetch() == ["30"] * 3 + ["17"] * 3
    )
    share = F("amount") * 100 / Window(Sum("amount"), partition_by="shop")
    assert await sales.annotate(x=share).values_list("x", flat=True).fetch() == [
        33, 66, None, 29, 29, 41,
    ]  # fmt: skip
    twice = sales.annotate(total=Window(Sum("amount"), partition_by="shop"), twice=F("total") * 2)
    assert await twice.values_list("twice", flat=True).fetch() == [60] * 3 + [34] * 3
    assert await twice.filter(twice__gt=50).count() == 3


async def test_ordering_by_windows(db: Database) -> None:
    await write()

    rows = Sale.objects.order_by(Window(Rank(), order_by="-day").desc(), "shop")
    assert await rows.values_list("shop", "day").fetch() == [
        ("a", 1), ("b", 1), ("a", 2), ("b", 2), ("b", 3), ("a", 4),
    ]  # fmt: skip
    first = rows.alias(n=Window(RowNumber(), **own)).filter(n=1)
    assert await first.values_list("shop", "day").fetch() == [("a", 1), ("b", 1)]


async def test_aggregates_count_only_some_rows_of_a_window(db: Database) -> None:
    await write()

    assert await over(Count("*", filter=Q(amount__gt=6)), partition_by="shop") == [2, 2, 2, 1, 1, 1]
    some = Sum("amount", filter=Q(day__gt=1), default=0)
    assert await over(some, **own) == [0, 20, 20, 0, 5, 12]
    assert await over(Count("amount"), **own) == [1, 2, 2, 1, 2, 3]
    assert await over(Min("price"), partition_by="shop") == [0, 0, 0, 3, 3, 3]
    assert await over(Max("price"), **own) == [0, 1, 2, 3, 4, 5]
    assert await over(Avg("amount"), **own) == [10, 15, 15, 5, 5, pytest.approx(17 / 3)]
    assert await over(StdDev("amount"), **own) == [0, 5, 5, 0, 0, pytest.approx(0.942809)]
    with pytest.raises(FieldError) as caught:
        Window(Count("amount", distinct=True))
    assert str(caught.value) == (
        "Count('amount', distinct=True) has no window: distinct and order_by of an aggregate have "
        "none. Give the order to Window(…, order_by=…), or ask in a Subquery(…)."
    )
    with pytest.raises(FieldError):
        Window(ArrayAgg("amount", order_by="day"))


async def test_frames_of_rows(db: Database) -> None:
    await write()

    async def sums(*bounds: Any) -> list[Any]:
        return await over(Sum("day"), **own, frame=RowRange(*bounds))

    assert await sums(None, 0) == [1, 3, 7, 1, 3, 6]
    assert await sums(0, None) == [7, 6, 4, 6, 5, 3]
    assert await sums(-1, 1) == [3, 7, 6, 3, 6, 5]
    assert await sums(1, 2) == [6, 4, None, 5, 3, None]
    assert await sums(-2, -1) == [None, 1, 3, None, 1, 3]
    assert await sums() == [7, 7, 7, 6, 6, 6]


async def test_frames_of_values(db: Database) -> None:
    await write()

    async def sums(*bounds: Any, order_by: Any = "day", of: str = "day") -> list[Any]:
        frame = ValueRange(*bounds)
        return await over(Sum(of), partition_by="shop", order_by=order_by, frame=frame)

    assert await sums(None, 0) == [1, 3, 7, 1, 3, 6]
    assert await sums(-1, 1) == [3, 3, 4, 3, 6, 5]
    assert await sums(-1, 0, order_by="-day") == [3, 2, 4, 3, 5, 3]
    assert await sums(-2, 0, order_by="price") == [1, 3, 7, 1, 3, 6]
    assert await sums(0, 0, order_by="amount") == [1, 2, 4, 3, 3, 3]
    assert await sums(-5, 0, order_by=F("day") * Value(2.5)) == [1, 3, 6, 1, 3, 6]
    assert await sums(None, 0, order_by="made") == [1, 3, 7, 1, 3, 6]
    for order_by in ("made", ["day", "shop"], None):
        with pytest.raises(FieldError) as caught:
            await sums(-1, 0, order_by=order_by)
        assert "the bounds of a ValueRange are about one number" in str(caught.value)


async def test_frames_leave_rows_out(db: Database) -> None:
    await write()
    own_row = RowRange(exclusion=WindowFrameExclusion.CURRENT_ROW)
    ties = ValueRange(None, 0, exclusion=WindowFrameExclusion.TIES)
    group = ValueRange(None, None, exclusion="GROUP")
    all_of_them = RowRange(-1, 0, exclusion=WindowFrameExclusion.NO_OTHERS)

    assert await over(Sum("day"), **own, frame=all_of_them) == [1, 3, 6, 1, 3, 5]
    if db.dialect.name == "mysql":
        with pytest.raises(NotSupportedError) as caught:
            await over(Sum("day"), **own, frame=own_row)
        assert str(caught.value) == (
            "mariadb has no EXCLUDE CURRENT ROW in the frame of a window. "
            "Take it off the result: Window(Sum(…), …) - F(…)."
        )
        return
    assert await over(Sum("day"), **own, frame=own_row) == [6, 5, 3, 5, 4, 3]
    assert await over(Count("*"), order_by="amount", frame=ties) == [5, 6, 1, 2, 2, 4]
    assert await over(Count("*"), order_by="amount", frame=group) == [5, 5, 5, 4, 4, 5]


async def test_locks_and_windows(db: Database) -> None:
    await write()
    placed = Sale.objects.annotate(n=Window(RowNumber(), **own)).select_for_update()

    async with atomic():
        if db.dialect.name == "postgresql":
            with pytest.raises(NotSupportedError) as caught:
                await placed.fetch()
            assert str(caught.value) == (
                "postgresql has no way to lock the rows of groups or of windows. "
                "Lock the rows by their keys: filter(pk__in=…).select_for_update()."
            )
        else:
            assert len(await placed.fetch()) == 6
        if db.dialect.name != "sqlite":
            with pytest.raises(NotSupportedError):
                await placed.filter(n=1).fetch()
    counted = Sale.objects.values("shop").annotate(n=Count("*")).select_for_update()
    async with atomic():
        if db.dialect.name == "postgresql":
            with pytest.raises(NotSupportedError):
                await counted.fetch()
        else:
            assert len(await counted.fetch()) == 2


async def test_numbers_that_functions_do_not_take(db: Database) -> None:
    for wrong, message in (
        (lambda: Ntile(0), "Ntile() takes a whole number above 0 as num_buckets, not 0."),
        (lambda: Lag("day", -1), "Lag() takes a whole number above 0 as offset, not -1."),
        (lambda: NthValue("day", "2"), "NthValue() takes a whole number above 0 as nth, not '2'."),
        (lambda: Lead("day", None), "Lead() takes a whole number above 0 as offset, not None."),
        (lambda: RowRange(2, 1), "A frame from 2 to 1 ends before it starts."),
        (
            lambda: RowRange(exclusion="x"),
            "'x' is no exclusion of a frame. Choices: CURRENT ROW, GROUP, TIES, NO OTHERS.",
        ),
        (
            lambda: Window(F("day")),
            "F('day') has no window. "
            "Give an aggregate such as Sum(…), or a window function such as Rank().",
        ),
        (
            lambda: sales.filter(Window(Rank(), order_by="day") > 1),
            "Window(Rank(), order_by=[F('day').asc()]) is about a window of rows and cannot stand "
            "here",
        ),
    ):
        with pytest.raises(FieldError) as caught:
            wrong()
        assert str(caught.value).startswith(message)
