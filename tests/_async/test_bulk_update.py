"""What does bulk_update() write, what does it count, and what does it refuse?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from covet.aio import (
    BinaryField,
    BooleanField,
    CharField,
    CompositePrimaryKey,
    Database,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    IntegerField,
    IntegrityError,
    JSONField,
    Model,
    TextField,
    TimeField,
    UnknownField,
    UUIDField,
    ValidationError,
    Value,
    capture_queries,
)


class Shop(Model):
    name = CharField(max_length=20)


class Item(Model):
    name = CharField(max_length=20, unique=True)
    views = IntegerField(default=0)
    likes = IntegerField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    kind = CharField(max_length=5, choices=[("a", "A"), ("b", "B")], default="a")
    shop = ForeignKey(Shop, null=True, related_name="items")


class Word(Model):
    text = CharField(max_length=20, primary_key=True)
    given = IntegerField(default=0)  # the name of the joined table


class Seat(Model):
    row = IntegerField()
    number = IntegerField()
    guest = CharField(max_length=20)
    pk = CompositePrimaryKey("row", "number")


class Ticket(Model):
    seat = ForeignKey(Seat, null=True)


class Place(Model):
    name = CharField(max_length=20)
    size = IntegerField(default=0)


class Cafe(Place):
    tables = IntegerField(default=0)


class Everything(Model):
    flag = BooleanField(null=True)
    whole = IntegerField(null=True)
    real = FloatField(null=True)
    exact = DecimalField(max_digits=20, decimal_places=6, null=True)
    text = TextField(null=True)
    day = DateField(null=True)
    moment = DateTimeField(null=True)
    hour = TimeField(null=True)
    span = DurationField(null=True)
    uuid = UUIDField(null=True)
    data = BinaryField(null=True)
    json = JSONField(null=True)


async def items(count: int = 3) -> list[Item]:
    return await Item.objects.bulk_create([Item(name=str(n), views=n) for n in range(count)])


async def column(name: str) -> list[Any]:
    return await Item.objects.order_by("id").values_list(name, flat=True).fetch()


# --- what it writes ------------------------------------------------------------------------------


async def test_many_rows_are_one_statement(db: Database) -> None:
    made = await items()
    for item in made:
        item.views, item.likes, item.name = item.views + 10, None, f"new {item.name}"

    with capture_queries() as queries:
        count = await Item.objects.bulk_update(made, ["views", "likes"])

    assert count == 3
    assert len(queries) == 1
    assert await column("views") == [10, 11, 12]
    assert await column("likes") == [None] * 3
    assert await column("name") == ["0", "1", "2"]


async def test_nothing_is_no_statement(db: Database) -> None:
    with capture_queries() as queries:
        assert await Item.objects.bulk_update([], ["views"]) == 0
    assert queries == []


async def test_batches_are_one_transaction(db: Database) -> None:
    made = await items(10)
    for item in made:
        item.views = 100

    with capture_queries() as queries:
        assert await Item.objects.bulk_update(made, ["views"], batch_size=4) == 10

    assert [q.rowcount for q in queries if q.sql.startswith("UPDATE")] == [4, 4, 2]
    made[0].views = 5
    made[9].name = made[8].name
    with pytest.raises(IntegrityError):
        await Item.objects.bulk_update(made, ["views", "name"], batch_size=4)
    assert await column("views") == [100] * 10


async def test_thousands_of_rows(db: Database) -> None:
    made = await items(12_000)
    for item in made:
        item.views = -item.views

    assert await Item.objects.bulk_update(made, ["views"]) == 12_000

    assert await column("views") == [-n for n in range(12_000)]


async def test_values_of_every_kind(db: Database) -> None:
    made = await Everything.objects.bulk_create([Everything() for _ in range(3)])
    moment = datetime(2026, 11, 21, 12, 30, 15, 123456, tzinfo=UTC)
    values: dict[str, tuple[Any, Any]] = {
        "flag": (True, False),
        "whole": (-5, 2**31 - 1),
        "real": (0.1, 1e300),
        "exact": (Decimal("12345678901234.123456"), Decimal("0.5")),
        "text": ("x" * 5000, "it's 100% \\ ünï 🎈"),
        "day": (date(1, 1, 1), date(9999, 12, 31)),
        "moment": (moment, moment + timedelta(days=1)),
        "hour": (time(23, 59, 59, 999999), time(0)),
        "span": (timedelta(days=-3, microseconds=1), timedelta(hours=5)),
        "uuid": (UUID(int=1), UUID(int=2**128 - 1)),
        "data": (b"", bytes(range(256))),
        "json": ({"a": [1, None, "%s"]}, "text"),
    }
    for name, (first, second) in values.items():
        setattr(made[0], name, first)
        setattr(made[1], name, second)

    assert await Everything.objects.bulk_update(made, list(values)) == 3

    found = await Everything.objects.order_by("id").fetch()
    for name, (first, second) in values.items():
        assert [getattr(row, name) for row in found] == [first, second, None], name


async def test_a_key_may_be_a_text(db: Database) -> None:
    made = await Word.objects.bulk_create([Word(text=t) for t in ("a", "A", "a ", "ä")])
    for n, word in enumerate(made):
        word.given = n

    assert await Word.objects.filter(given=0).bulk_update(made, ["given"]) == 4

    assert dict(await Word.objects.values_list("text", "given").fetch()) == {
        "a": 0,
        "A": 1,
        "a ": 2,
        "ä": 3,
    }


async def test_a_key_may_have_several_columns(db: Database) -> None:
    seats = [Seat(row=1, number=1, guest=""), Seat(row=1, number=2, guest="")]
    await Seat.objects.bulk_create(seats)
    tickets = await Ticket.objects.bulk_create([Ticket(), Ticket()])
    seats[0].guest, seats[1].guest = "Ann", "Bob"
    tickets[0].seat = seats[1]

    assert await Seat.objects.bulk_update(seats, ["guest"]) == 2
    assert await Ticket.objects.bulk_update(tickets, ["seat"]) == 2

    guests = Seat.objects.order_by("number").values_list("guest", flat=True)
    assert await guests.fetch() == ["Ann", "Bob"]
    found = Ticket.objects.order_by("id").values_list("seat", flat=True)
    assert await found.fetch() == [(1, 2), None]


async def test_relations_are_written_by_their_object(db: Database) -> None:
    shop = await Shop.objects.create(name="East")
    made = await items(2)
    made[0].shop = shop

    await Item.objects.bulk_update(made, ["shop"])

    assert await column("shop") == [shop.pk, None]
    made[1].shop = Shop(name="West")
    with pytest.raises(ValidationError):
        await Item.objects.bulk_update(made, ["shop"])


async def test_fields_of_parents_are_in_other_tables(db: Database) -> None:
    made = [await Cafe.objects.create(name=str(n)) for n in range(3)]
    for n, cafe in enumerate(made):
        cafe.size, cafe.tables = n + 10, n + 20
    gone = Cafe(id=500, place_ptr_id=500, name="gone")

    assert await Cafe.objects.bulk_update([*made, gone], ["size", "tables"]) == 3

    found = await Cafe.objects.order_by("id").values_list("size", "tables").fetch()
    assert found == [(10, 20), (11, 21), (12, 22)]


# --- which rows ----------------------------------------------------------------------------------


async def test_only_rows_of_the_query_are_changed(db: Database) -> None:
    shop = await Shop.objects.create(name="East")
    made = await items(4)
    await Item.objects.filter(name="3").update(shop=shop)
    for item in made:
        item.views = 50

    assert await Item.objects.filter(views__lt=2).bulk_update(made, ["views"]) == 2
    assert await column("views") == [50, 50, 2, 3]
    assert await Item.objects.filter(shop__name="East").bulk_update(made, ["views"]) == 1
    assert await shop.items.bulk_update(made, ["views"]) == 1
    assert await column("views") == [50, 50, 2, 50]
    assert await Item.objects.none().bulk_update(made, ["views"]) == 0


async def test_the_first_of_several_with_one_key_counts(db: Database) -> None:
    (made,) = await items(1)
    first, second = Item(id=made.pk, views=1), Item(id=made.pk, views=2)

    assert await Item.objects.bulk_update([first, second], ["views"]) == 1

    assert await column("views") == [1]


async def test_rows_that_are_gone_do_not_count(db: Database) -> None:
    made = await items(2)
    await Item.objects.filter(name="0").delete()

    assert await Item.objects.bulk_update(made, ["views"]) == 1


# --- expressions ---------------------------------------------------------------------------------


async def test_expressions_are_calculated_by_the_database(db: Database) -> None:
    made = await items(4)
    made[0].views = F("views") + 10
    made[1].views = F("id") * 0 + 7
    made[2].views = 5
    made[3].views, made[3].likes, made[3].price = Value(6), F("views") * 2, F("views")
    made[2].price = "1.50"

    with capture_queries() as queries:
        count = await Item.objects.bulk_update(made, ["views", "likes", "price"])

    assert count == 4
    assert len([q for q in queries if q.sql.startswith("UPDATE")]) == 2
    assert await column("views") == [10, 7, 5, 6]
    assert await column("likes") == [None, None, None, 6]
    assert await column("price") == [None, None, Decimal("1.50"), Decimal("3.00")]
    assert "views" in made[0].get_deferred_fields()
    assert made[2].views == 5


async def test_texts_beside_expressions(db: Database) -> None:
    made = await items(2)
    made[0].views, made[0].name = F("views") + 1, "x"
    made[1].views, made[1].name = F("views") + 2, "y"

    await Item.objects.bulk_update(made, ["name", "views"])

    assert await column("name") == ["x", "y"]
    assert await column("views") == [1, 3]


# --- what is refused -----------------------------------------------------------------------------


async def refused(error: type[Exception], objs: Any, *args: Any, **options: Any) -> str:
    with capture_queries() as queries, pytest.raises(error) as caught:
        await Item.objects.bulk_update(objs, *args, **options)
    assert queries == []
    return str(caught.value)


async def test_what_cannot_be_is_refused(db: Database) -> None:
    made = await items(1)

    assert await refused(FieldError, made, []) == (
        'bulk_update() was given no fields. Write fields=["…"].'
    )
    assert await refused(FieldError, made, "views") == (
        "bulk_update() was given the string 'views', not a list of fields. Write fields=['views']."
    )
    assert await refused(FieldError, made, ["views", "pk"]) == (
        "bulk_update() cannot set Item.id, by which rows are found."
    )
    assert (await refused(UnknownField, made, ["view"])).startswith(
        "Item has no field 'view' (in bulk_update(fields=['view'])). Did you mean 'views'?"
    )
    assert await refused(FieldError, made, ["views"], batch_size=0) == (
        "bulk_update(batch_size=0): a batch has at least one row."
    )
    assert await refused(FieldError, [Item(name="x")], ["views"]) == (
        "bulk_update() was given <Item: Item object (None)>, which has no primary key. "
        "Save it first; bulk_create() saves many."
    )
    assert await refused(FieldError, [Shop(id=1)], ["views"]) == (
        "bulk_update() of Item was given Shop. Give instances of Item."
    )
    (few,) = await Item.objects.only("name")
    assert await refused(FieldError, [few], ["views"]) == (
        f"bulk_update() was given <Item: Item object ({few.pk})>, whose views is not loaded. "
        'Load it with refresh_from_db(fields=["views"]).'
    )
    with pytest.raises(FieldError) as caught:
        await Item.objects.order_by("id")[:1].bulk_update(made, ["views"])
    assert str(caught.value) == (
        "bulk_update() cannot change a query once a slice of it was taken. "
        "Call bulk_update() before slicing."
    )


async def test_values_are_checked_first(db: Database) -> None:
    made = await items(1)

    made[0].kind = "z"
    await refused(ValidationError, made, ["kind"])
    await Item.objects.bulk_update(made, ["kind"], validate=False)
    made[0].views = None  # type: ignore[assignment]
    assert await refused(ValidationError, made, ["views"]) == "Item.views must not be None."
    made[0].views = F("views") + None
    await refused(FieldError, made, ["views"])
