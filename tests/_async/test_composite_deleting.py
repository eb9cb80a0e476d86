"""What becomes of rows that point to deleted rows by a key of several columns?"""

from __future__ import annotations

import pytest

from covet.aio import (
    DB_CASCADE,
    DB_SET_NULL,
    PROTECT,
    RESTRICT,
    SET,
    SET_NULL,
    CharField,
    CompositePrimaryKey,
    Database,
    ForeignKey,
    IntegerField,
    Model,
    OneToOneField,
    ProtectedError,
    RestrictedError,
    capture_queries,
)


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = IntegerField()
    number = IntegerField()
    parent = ForeignKey("self", null=True, related_name="children")


class Line(Model):
    order = ForeignKey(Order, related_name="lines")
    text = CharField(max_length=20, default="")


class Part(Model):
    line = ForeignKey(Line, related_name="parts")


class Guard(Model):
    order = ForeignKey(Order, PROTECT)


class Brake(Model):
    order = ForeignKey(Order, RESTRICT)
    line = ForeignKey(Line, null=True)


class Note(Model):
    order = ForeignKey(Order, SET_NULL, null=True)


class Moved(Model):
    order = ForeignKey(Order, SET((1, 9)))


class Shared(Model):
    pk = CompositePrimaryKey("tenant", "place")
    tenant = IntegerField()
    place = IntegerField()
    number = IntegerField(null=True)
    order = ForeignKey(Order, SET_NULL, from_fields=("tenant", "number"))


class Task(Model):
    pk = CompositePrimaryKey("a", "b")
    a = IntegerField()
    b = IntegerField()


class Step(Model):
    task = OneToOneField(Task, DB_CASCADE, primary_key=True)


class Hint(Model):
    task = ForeignKey(Task, DB_SET_NULL, null=True)


async def made() -> tuple[Order, Order, Order]:
    one, two, nine = await Order.objects.bulk_create([Order(pk=(1, n)) for n in (1, 2, 9)])
    return one, two, nine


async def test_what_cascades_goes_too(db: Database) -> None:
    one, two, _ = await made()
    for order in (one, two):
        for text in "ab":
            await Part.objects.create(line=await Line.objects.create(order=order, text=text))

    assert await Order.objects.filter(pk=one.pk).delete() == (
        5,
        {"Order": 1, "Line": 2, "Part": 2},
    )
    assert [line.order_id for line in await Line.objects.all()] == [two.pk, two.pk]


async def test_rows_that_protect_are_named(db: Database) -> None:
    one, two, _ = await made()
    guard = await Guard.objects.create(order=one)

    with pytest.raises(ProtectedError) as error:
        await one.delete()
    assert error.value.protected_objects == {guard}
    assert (await two.delete())[0] == 1


async def test_rows_that_restrict_may_go_along(db: Database) -> None:
    one, two, _ = await made()
    line = await Line.objects.create(order=one)
    brake = await Brake.objects.create(order=one, line=line)
    assert (await one.delete())[1] == {"Order": 1, "Line": 1, "Brake": 1}

    brake = await Brake.objects.create(order=two)
    with pytest.raises(RestrictedError) as error:
        await two.delete()
    assert error.value.restricted_objects == {brake}


async def test_rows_that_stay_point_elsewhere(db: Database) -> None:
    one, two, nine = await made()
    await Note.objects.create(order=one)
    await Moved.objects.create(order=one)
    await Shared.objects.create(tenant=1, place=5, number=1)
    await Shared.objects.create(tenant=1, place=6, number=2)

    assert await one.delete() == (1, {"Order": 1})
    assert (await Note.objects.get()).order_id is None
    assert (await Moved.objects.get()).order_id == nine.pk
    assert await Shared.objects.order_by("pk").values_list("pk", "order") == [
        ((1, 5), None),
        ((1, 6), two.pk),
    ]


async def test_rows_that_point_to_each_other(db: Database) -> None:
    one, two, nine = await made()
    for child, parent in ((two, one), (nine, two), (one, nine)):
        child.parent = parent
        await child.save()
    await Line.objects.create(order=nine)

    assert await one.delete() == (4, {"Order": 3, "Line": 1})
    assert await Order.objects.count() == 0


async def test_rules_of_the_database(db: Database) -> None:
    one, two = await Task.objects.bulk_create([Task(pk=(1, n)) for n in (1, 2)])
    for task in (one, two):
        await Step.objects.create(task=task)
        await Hint.objects.create(task=task)

    with capture_queries() as queries:
        assert await one.delete() == (1, {"Task": 1})
    assert len(queries) == 1
    assert [step.pk for step in await Step.objects.all()] == [two.pk]
    assert await Hint.objects.order_by("id").values_list("task", flat=True) == [None, two.pk]
