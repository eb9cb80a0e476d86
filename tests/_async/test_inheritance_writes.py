"""How are rows saved, updated and deleted whose model inherits from one with a table?"""

from __future__ import annotations

import pytest

from covet.aio import (
    Database,
    DatabaseError,
    F,
    FieldError,
    IntegrityError,
    ValidationError,
    atomic,
    capture_queries,
)

from .test_inheritance import (
    Bar,
    Branch,
    Kiosk,
    Licence,
    Menu,
    Owner,
    Park,
    Place,
    Restaurant,
    Review,
)

MODELS = [Owner, Place, Restaurant, Bar, Park, Branch, Licence, Kiosk, Review, Menu]


# --- saving --------------------------------------------------------------------------------------


async def test_saving_a_child_inserts_its_rows_parents_first(db: Database) -> None:
    with capture_queries() as queries:
        bar = await Bar.objects.create(name="Ox")
    begun = [query.sql.split()[2].strip('"`') for query in queries if "INSERT" in query.sql]

    assert begun == ["place", "restaurant", "bar"]
    assert bar.pk == bar.id == bar.place_ptr_id is not None
    assert not bar._state.adding


@pytest.mark.databases("mysql")
async def test_what_the_database_fills_in_is_asked_for_without_returning(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.dialect, "returning_on_insert", False)
    for model in (Place, Restaurant, Bar):
        monkeypatch.setattr(model, "_plans", {})

    with capture_queries() as queries:
        bar = await Bar.objects.create(name="Ox")

    assert not any("RETURNING" in query.sql for query in queries)
    assert bar.pk == bar.id == (await Place.objects.get()).pk
    assert bar.stars == 3


async def test_saving_again_updates_each_table(db: Database) -> None:
    await Bar.objects.create(name="Ox")
    bar = await Bar.objects.get()
    bar.name, bar.pizza, bar.beer = "Cow", True, "ale"

    with capture_queries() as queries:
        await bar.save()

    again = await Bar.objects.get()
    assert (again.name, again.pizza, again.beer) == ("Cow", True, "ale")
    assert [query.sql.split()[0] for query in queries] == ["UPDATE"] * 3


async def test_update_fields_writes_only_the_tables_that_have_them(db: Database) -> None:
    await Bar.objects.create(name="Ox")
    bar = await Bar.objects.get()
    bar.name, bar.seats, bar.beer = "Cow", 99, "ale"

    with capture_queries() as queries:
        await bar.save(update_fields=["name", "beer"])

    again = await Bar.objects.get()
    assert (again.name, again.seats, again.beer) == ("Cow", 10, "ale")
    assert len(queries) == 2
    with pytest.raises(FieldError) as error:
        await bar.save(update_fields=["id"])
    assert str(error.value) == "Bar.id is the primary key and cannot be in update_fields."


async def test_a_child_without_fields_of_its_own_is_saved_twice(db: Database) -> None:
    park = await Park.objects.create(name="Green")
    park.name = "Red"
    await park.save()

    assert [p.name for p in await Park.objects.all()] == ["Red"]


async def test_a_parents_row_that_is_there_can_go_on(db: Database) -> None:
    ann = await Owner.objects.create(name="Ann")
    place = await Place.objects.create(name="Ox", rating=4, owner=ann)

    restaurant = Restaurant(place_ptr=place, pizza=True)
    assert (restaurant.id, restaurant.pk, restaurant.name) == (place.id, place.id, "Ox")
    await restaurant.save()
    bar = await Bar.objects.create(restaurant_ptr=restaurant, name="Cow", beer="ale")

    found = await Bar.objects.get()
    assert found == bar
    assert (found.pk, found.name, found.rating, found.owner_id) == (place.pk, "Cow", 4, ann.pk)
    assert (found.pizza, found.beer) == (True, "ale")
    assert await Place.objects.count() == await Restaurant.objects.count() == 1


async def test_a_link_that_is_set_later_keeps_the_childs_own_values(db: Database) -> None:
    place = await Place.objects.create(name="Ox")
    restaurant = Restaurant(name="Cow")
    restaurant.place_ptr = place
    await restaurant.save()

    assert restaurant.id == place.pk
    assert (await Restaurant.objects.get()).name == "Cow"


async def test_a_parent_may_be_saved_after_it_was_linked_to(db: Database) -> None:
    place = Place(name="Ox", rating=2)
    restaurant = Restaurant(place_ptr=place)
    await place.save()
    await restaurant.save()

    assert restaurant.pk == restaurant.id == place.pk
    assert await Restaurant.objects.values_list("name", "rating") == [("Ox", 2)]
    assert await Place.objects.count() == 1


async def test_a_parent_that_is_not_saved_cannot_be_linked_to(db: Database) -> None:
    with pytest.raises(ValidationError, match="not saved yet"):
        await Restaurant(place_ptr=Place(name="Ox")).save()

    assert await Place.objects.count() == 0


async def test_a_child_with_a_key_is_looked_for_first(db: Database) -> None:
    await Bar(pk=7, name="Ox").save()
    await Bar(pk=7, name="Cow").save()
    await Bar(id=8, name="Bull").save()

    assert await Bar.objects.order_by("id").values_list("pk", "name") == [(7, "Cow"), (8, "Bull")]
    with pytest.raises(IntegrityError):
        await Bar.objects.create(pk=7, name="Ox")


async def test_a_copy_without_key_is_a_new_row_everywhere(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox")
    assert bar.stars == 3
    first = bar.pk
    bar.pk = None
    assert bar.id is None
    await bar.save()

    assert bar.pk != first
    assert await Bar.objects.count() == await Place.objects.count() == 2


async def test_all_rows_are_written_or_none(db: Database) -> None:
    broken = Bar(name="Ox", beer=None)
    too_long = Bar(name="Ox", beer="x" * 11)

    for bar in (broken, too_long):
        with pytest.raises(ValidationError):
            await bar.save()
        assert bar._state.adding
        assert bar.id is bar.pk is None
    assert await Place.objects.count() == 0

    broken.beer = "ale"
    await broken.save()
    assert await Bar.objects.count() == 1


async def test_a_forced_update_needs_all_rows(db: Database) -> None:
    place = await Place.objects.create(name="Ox")
    with pytest.raises(DatabaseError, match="there is no such row"):
        await Restaurant(place_ptr=place).save(force_update=True)
    with pytest.raises(DatabaseError, match="there is no such row"):
        await Restaurant(pk=place.pk + 1, name="x").save(update_fields=["seats"])

    assert await Restaurant.objects.count() == 0


async def test_expressions_are_computed_in_the_table_of_their_field(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox", rating=1, seats=5)
    bar.rating = Bar.rating + 1
    bar.seats = F("seats") * 2
    await bar.save()
    await bar.refresh_from_db()

    assert (bar.rating, bar.seats) == (2, 10)


async def test_moments_of_the_parent_follow_the_child(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox")
    before = bar.changed
    found, is_new = await Bar.objects.update_or_create(name="Ox", defaults={"beer": "ale"})

    assert (found.beer, is_new) == ("ale", False)
    assert found.changed > before
    assert (await Place.objects.get()).changed == found.changed


async def test_an_instance_is_read_again_with_all_columns(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox")
    await Place.objects.update(name="Cow")
    await Bar.objects.update(beer="ale")

    with capture_queries() as queries:
        await bar.refresh_from_db()
    assert (bar.name, bar.beer) == ("Cow", "ale")
    assert len(queries) == 1

    await Place.objects.update(name="Bull")
    await bar.refresh_from_db(fields=["name"])
    assert bar.name == "Bull"


async def test_many_at_once_are_refused(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        await Restaurant.objects.bulk_create([Restaurant(name="Ox")])
    assert str(error.value) == (
        "bulk_create() cannot make Restaurants, whose rows are in several tables. "
        "Save them one by one, in one atomic() block."
    )

    async with atomic():
        for name in ("Ox", "Cow"):
            await Restaurant.objects.create(name=name)
    assert await Restaurant.objects.count() == 2


# --- updating and deleting many ------------------------------------------------------------------


async def test_inherited_columns_are_updated_in_the_parents_table(db: Database) -> None:
    await Bar.objects.create(name="Ox", rating=1, pizza=True)
    await Bar.objects.create(name="Cow", rating=1)
    await Place.objects.create(name="Hill", rating=1)

    with capture_queries() as queries:
        assert await Bar.objects.filter(pizza=True).update(rating=Bar.rating + 4) == 1
    assert len(queries) == 1
    assert await Bar.objects.filter(name="Cow").update(name="Bull") == 1

    found = Place.objects.order_by("name").values_list("name", "rating")
    assert await found == [("Bull", 1), ("Hill", 1), ("Ox", 5)]


async def test_columns_of_several_tables_are_updated_together(db: Database) -> None:
    await Bar.objects.create(name="Ox", seats=1, rating=1)
    await Bar.objects.create(name="Cow", seats=2, rating=2)

    changed = await Bar.objects.filter(rating=1, seats=1).update(
        rating=F("rating") + 8, seats=Restaurant.seats + 6, beer="ale", name="Bull"
    )

    assert changed == 1
    assert await Bar.objects.order_by("name").values_list("name", "rating", "seats", "beer") == [
        ("Bull", 9, 7, "ale"),
        ("Cow", 2, 2, "pils"),
    ]
    assert await Bar.objects.filter(name="none").update(rating=1, seats=1) == 0


async def test_a_column_is_set_to_one_of_a_parents_table(db: Database) -> None:
    await Restaurant.objects.create(name="Ox", rating=4)

    assert await Restaurant.objects.update(seats=F("rating") * 10) == 1

    assert (await Restaurant.objects.get()).seats == 40


async def test_deleting_a_child_deletes_its_parents_rows(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox")
    await Bar.objects.create(name="Cow")
    await Place.objects.create(name="Hill")

    assert await bar.delete() == (3, {"Bar": 1, "Restaurant": 1, "Place": 1})
    assert bar.pk is bar.id is None
    assert await Place.objects.count() == 2
    await Bar.objects.all().delete()
    assert [p.name for p in await Place.objects.all()] == ["Hill"]
    assert await Bar.objects.all().delete() == (0, {})


async def test_deleting_a_parent_deletes_its_children(db: Database) -> None:
    await Bar.objects.create(name="Ox")
    await (await Place.objects.get()).delete()

    assert await Bar.objects.count() == await Restaurant.objects.count() == 0
