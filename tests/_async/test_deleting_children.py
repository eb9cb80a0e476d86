"""What goes along when rows are deleted whose model inherits from one with a table?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
    DB_CASCADE,
    PROTECT,
    SET_NULL,
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    ModelError,
    ProtectedError,
)
from covet.aio.signals import post_delete, pre_delete


class Place(Model):
    name = CharField(max_length=20)


class Shop(Place):
    size = IntegerField(default=1)
    tags = ManyToManyField("Label", related_name="shops")


class Kiosk(Shop):
    window = IntegerField(default=1)


class Quiet(Kiosk):
    """The same, as some see it."""

    class Meta:
        proxy = True


class Label(Model):
    word = CharField(max_length=20)


class Visit(Model):
    """What points to the first of the tables."""

    place = ForeignKey(Place, related_name="visits")


class Lease(Model):
    """What points to the one in the middle."""

    shop = ForeignKey(Shop, SET_NULL, null=True, related_name="leases")


class Guard(Model):
    """What protects the last."""

    kiosk = ForeignKey(Kiosk, PROTECT, related_name="guards")


async def street() -> tuple[Kiosk, Kiosk]:
    one, two = await Kiosk.objects.create(name="one"), await Kiosk.objects.create(name="two")
    for kiosk in (one, two):
        await Visit.objects.create(place=kiosk)
        await Visit.objects.create(place_id=kiosk.pk)
        await Lease.objects.create(shop=kiosk)
        await kiosk.tags.create(word=f"of {kiosk.name}")
    return one, two


ALL = {"Kiosk": 1, "Shop": 1, "Place": 1, "Visit": 2, "Shop_tags": 1}


async def test_all_rows_of_a_child_go_with_what_hangs_on_them(db: Database) -> None:
    one, two = await street()
    key = one.pk

    assert await one.delete() == (6, ALL)

    assert [place.pk for place in await Place.objects.all()] == [two.pk]
    assert await Visit.objects.exclude(place=two).count() == 0
    assert await Lease.objects.filter(shop=None).count() == 1
    assert await Lease.objects.filter(shop_id=key).count() == 0


async def test_the_same_goes_with_a_parents_row(db: Database) -> None:
    one, two = await street()

    assert await Place.objects.filter(name="one").delete() == (6, ALL)
    (shop,) = await Shop.objects.fetch()
    assert await shop.delete() == (6, ALL)

    for model in (Place, Shop, Kiosk, Visit):
        assert await model.objects.count() == 0
    assert one.pk != two.pk


async def test_many_children_at_once(db: Database) -> None:
    await street()
    await Place.objects.create(name="hill")

    assert await Kiosk.objects.filter(window=1, name__in=["one", "two"]).delete() == (
        12,
        {name: 2 * count for name, count in ALL.items()},
    )
    assert [place.name for place in await Place.objects.all()] == ["hill"]


async def test_what_protects_a_child_protects_its_parents(db: Database) -> None:
    one, _ = await street()
    await Guard.objects.create(kiosk=one)

    for protected in (one, await Place.objects.get(pk=one.pk), await Shop.objects.get(pk=one.pk)):
        with pytest.raises(ProtectedError):
            await protected.delete()

    assert await Place.objects.count() == await Kiosk.objects.count() == 2
    assert await Visit.objects.count() == 4


async def test_those_who_listen_are_told_of_each_part(db: Database) -> None:
    one, _ = await street()
    told: list[tuple[str, Any]] = []

    def before(sender: Any, instance: Any, **_: Any) -> None:
        told.append(("before", type(instance).__name__))

    def after(sender: Any, instance: Any, **_: Any) -> None:
        told.append(("after", sender.__name__))

    for model in (Kiosk, Place):
        pre_delete.connect(before, sender=model)
        post_delete.connect(after, sender=model)
    try:
        await one.delete()
    finally:
        for model in (Kiosk, Place):
            pre_delete.disconnect(before, sender=model)
            post_delete.disconnect(after, sender=model)

    assert sorted(told[:2]) == [("before", "Kiosk"), ("before", "Place")]
    assert told[2:] == [("after", "Kiosk"), ("after", "Place")]


async def test_a_proxy_deletes_what_it_shows(db: Database) -> None:
    await street()
    told: list[Any] = []

    def before(sender: Any, instance: Any, **_: Any) -> None:
        told.append((sender, type(instance)))

    pre_delete.connect(before, sender=Quiet)
    try:
        total, counts = await Quiet.objects.filter(name="one").delete()
    finally:
        pre_delete.disconnect(before, sender=Quiet)

    assert total == 6
    assert counts["Quiet"] == counts["Place"] == 1
    assert told == [(Quiet, Quiet)]
    assert await Kiosk.objects.count() == 1


def test_the_database_is_not_asked_to_delete_half_of_a_child() -> None:
    with pytest.raises(ModelError) as error:

        class Stall(Place):
            market = ForeignKey(Label, DB_CASCADE, related_name="+")

    assert str(error.value) == (
        "Stall.market has on_delete=DB_CASCADE, which would leave the rows of Place that Stall "
        "goes on from. Give it on_delete=CASCADE."
    )
