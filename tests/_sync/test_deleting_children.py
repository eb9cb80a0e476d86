# generated from tests/_async/test_deleting_children.py by scripts/generate_sync.py;
# change that file, not this one
"""What goes along when rows are deleted whose model inherits from one with a table?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.sync import (
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
from covet.sync.signals import post_delete, pre_delete


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


def street() -> tuple[Kiosk, Kiosk]:
    one, two = Kiosk.objects.create(name="one"), Kiosk.objects.create(name="two")
    for kiosk in (one, two):
        Visit.objects.create(place=kiosk)
        Visit.objects.create(place_id=kiosk.pk)
        Lease.objects.create(shop=kiosk)
        kiosk.tags.create(word=f"of {kiosk.name}")
    return one, two


ALL = {"Kiosk": 1, "Shop": 1, "Place": 1, "Visit": 2, "Shop_tags": 1}


def test_all_rows_of_a_child_go_with_what_hangs_on_them(db: Database) -> None:
    one, two = street()
    key = one.pk

    assert one.delete() == (6, ALL)

    assert [place.pk for place in Place.objects.all()] == [two.pk]
    assert Visit.objects.exclude(place=two).count() == 0
    assert Lease.objects.filter(shop=None).count() == 1
    assert Lease.objects.filter(shop_id=key).count() == 0


def test_the_same_goes_with_a_parents_row(db: Database) -> None:
    one, two = street()

    assert Place.objects.filter(name="one").delete() == (6, ALL)
    (shop,) = Shop.objects.fetch()
    assert shop.delete() == (6, ALL)

    for model in (Place, Shop, Kiosk, Visit):
        assert model.objects.count() == 0
    assert one.pk != two.pk


def test_many_children_at_once(db: Database) -> None:
    street()
    Place.objects.create(name="hill")

    assert Kiosk.objects.filter(window=1, name__in=["one", "two"]).delete() == (
        12,
        {name: 2 * count for name, count in ALL.items()},
    )
    assert [place.name for place in Place.objects.all()] == ["hill"]


def test_what_protects_a_child_protects_its_parents(db: Database) -> None:
    one, _ = street()
    Guard.objects.create(kiosk=one)

    for protected in (one, Place.objects.get(pk=one.pk), Shop.objects.get(pk=one.pk)):
        with pytest.raises(ProtectedError):
            protected.delete()

    assert Place.objects.count() == Kiosk.objects.count() == 2
    assert Visit.objects.count() == 4


def test_those_who_listen_are_told_of_each_part(db: Database) -> None:
    one, _ = street()
    told: list[tuple[str, Any]] = []

    def before(sender: Any, instance: Any, **_: Any) -> None:
        told.append(("before", type(instance).__name__))

    def after(sender: Any, instance: Any, **_: Any) -> None:
        told.append(("after", sender.__name__))

    for model in (Kiosk, Place):
        pre_delete.connect(before, sender=model)
        post_delete.connect(after, sender=model)
    try:
        one.delete()
    finally:
        for model in (Kiosk, Place):
            pre_delete.disconnect(before, sender=model)
            post_delete.disconnect(after, sender=model)

    assert sorted(told[:2]) == [("before", "Kiosk"), ("before", "Place")]
    assert told[2:] == [("after", "Kiosk"), ("after", "Place")]


def test_a_proxy_deletes_what_it_shows(db: Database) -> None:
    street()
    told: list[Any] = []

    def before(sender: Any, instance: Any, **_: Any) -> None:
        told.append((sender, type(instance)))

    pre_delete.connect(before, sender=Quiet)
    try:
        total, counts = Quiet.objects.filter(name="one").delete()
    finally:
        pre_delete.disconnect(before, sender=Quiet)

    assert total == 6
    assert counts["Quiet"] == counts["Place"] == 1
    assert told == [(Quiet, Quiet)]
    assert Kiosk.objects.count() == 1


def test_the_database_is_not_asked_to_delete_half_of_a_child() -> None:
    with pytest.raises(ModelError) as error:

        class Stall(Place):
            market = ForeignKey(Label, DB_CASCADE, related_name="+")

    assert str(error.value) == (
        "Stall.market has on_delete=DB_CASCADE, which would leave the rows of Place that Stall "
        "goes on from. Give it on_delete=CASCADE."
    )
