# generated from tests/_async/test_inheritance_writes.py by scripts/generate_sync.py;
# change that file, not this one
"""How are rows saved, updated and deleted whose model inherits from one with a table?"""

from __future__ import annotations

import pytest

from covet.sync import (
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


def test_saving_a_child_inserts_its_rows_parents_first(db: Database) -> None:
    with capture_queries() as queries:
        bar = Bar.objects.create(name="Ox")
    begun = [query.sql.split()[2].strip('"`') for query in queries if "INSERT" in query.sql]

    assert begun == ["place", "restaurant", "bar"]
    assert bar.pk == bar.id == bar.place_ptr_id is not None
    assert not bar._state.adding


@pytest.mark.databases("mysql")
def test_what_the_database_fills_in_is_asked_for_without_returning(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.dialect, "returning_on_insert", False)
    for model in (Place, Restaurant, Bar):
        monkeypatch.setattr(model, "_plans", {})

    with capture_queries() as queries:
        bar = Bar.objects.create(name="Ox")

    assert not any("RETURNING" in query.sql for query in queries)
    assert bar.pk == bar.id == Place.objects.get().pk
    assert bar.stars == 3


def test_saving_again_updates_each_table(db: Database) -> None:
    Bar.objects.create(name="Ox")
    bar = Bar.objects.get()
    bar.name, bar.pizza, bar.beer = "Cow", True, "ale"

    with capture_queries() as queries:
        bar.save()

    again = Bar.objects.get()
    assert (again.name, again.pizza, again.beer) == ("Cow", True, "ale")
    assert [query.sql.split()[0] for query in queries] == ["UPDATE"] * 3


def test_update_fields_writes_only_the_tables_that_have_them(db: Database) -> None:
    Bar.objects.create(name="Ox")
    bar = Bar.objects.get()
    bar.name, bar.seats, bar.beer = "Cow", 99, "ale"

    with capture_queries() as queries:
        bar.save(update_fields=["name", "beer"])

    again = Bar.objects.get()
    assert (again.name, again.seats, again.beer) == ("Cow", 10, "ale")
    assert len(queries) == 2
    with pytest.raises(FieldError) as error:
        bar.save(update_fields=["id"])
    assert str(error.value) == "Bar.id is the primary key and cannot be in update_fields."


def test_a_child_without_fields_of_its_own_is_saved_twice(db: Database) -> None:
    park = Park.objects.create(name="Green")
    park.name = "Red"
    park.save()

    assert [p.name for p in Park.objects.all()] == ["Red"]


def test_a_parents_row_that_is_there_can_go_on(db: Database) -> None:
    ann = Owner.objects.create(name="Ann")
    place = Place.objects.create(name="Ox", rating=4, owner=ann)

    restaurant = Restaurant(place_ptr=place, pizza=True)
    assert (restaurant.id, restaurant.pk, restaurant.name) == (place.id, place.id, "Ox")
    restaurant.save()
    bar = Bar.objects.create(restaurant_ptr=restaurant, name="Cow", beer="ale")

    found = Bar.objects.get()
    assert found == bar
    assert (found.pk, found.name, found.rating, found.owner_id) == (place.pk, "Cow", 4, ann.pk)
    assert (found.pizza, found.beer) == (True, "ale")
    assert Place.objects.count() == Restaurant.objects.count() == 1


def test_a_link_that_is_set_later_keeps_the_childs_own_values(db: Database) -> None:
    place = Place.objects.create(name="Ox")
    restaurant = Restaurant(name="Cow")
    restaurant.place_ptr = place
    restaurant.save()

    assert restaurant.id == place.pk
    assert Restaurant.objects.get().name == "Cow"


def test_a_parent_may_be_saved_after_it_was_linked_to(db: Database) -> None:
    place = Place(name="Ox", rating=2)
    restaurant = Restaurant(place_ptr=place)
    place.save()
    restaurant.save()

    assert restaurant.pk == restaurant.id == place.pk
    assert Restaurant.objects.values_list("name", "rating") == [("Ox", 2)]
    assert Place.objects.count() == 1


def test_a_parent_that_is_not_saved_cannot_be_linked_to(db: Database) -> None:
    with pytest.raises(ValidationError, match="not saved yet"):
        Restaurant(place_ptr=Place(name="Ox")).save()

    assert Place.objects.count() == 0


def test_a_child_with_a_key_is_looked_for_first(db: Database) -> None:
    Bar(pk=7, name="Ox").save()
    Bar(pk=7, name="Cow").save()
    Bar(id=8, name="Bull").save()

    assert Bar.objects.order_by("id").values_list("pk", "name") == [(7, "Cow"), (8, "Bull")]
    with pytest.raises(IntegrityError):
        Bar.objects.create(pk=7, name="Ox")


def test_a_copy_without_key_is_a_new_row_everywhere(db: Database) -> None:
    bar = Bar.objects.create(name="Ox")
    assert bar.stars == 3
    first = bar.pk
    bar.pk = None
    assert bar.id is None
    bar.save()

    assert bar.pk != first
    assert Bar.objects.count() == Place.objects.count() == 2


def test_all_rows_are_written_or_none(db: Database) -> None:
    broken = Bar(name="Ox", beer=None)
    too_long = Bar(name="Ox", beer="x" * 11)

    for bar in (broken, too_long):
        with pytest.raises(ValidationError):
            bar.save()
        assert bar._state.adding
        assert bar.id is bar.pk is None
    assert Place.objects.count() == 0

    broken.beer = "ale"
    broken.save()
    assert Bar.objects.count() == 1


def test_a_forced_update_needs_all_rows(db: Database) -> None:
    place = Place.objects.create(name="Ox")
    with pytest.raises(DatabaseError, match="there is no such row"):
        Restaurant(place_ptr=place).save(force_update=True)
    with pytest.raises(DatabaseError, match="there is no such row"):
        Restaurant(pk=place.pk + 1, name="x").save(update_fields=["seats"])

    assert Restaurant.objects.count() == 0


def test_expressions_are_computed_in_the_table_of_their_field(db: Database) -> None:
    bar = Bar.objects.create(name="Ox", rating=1, seats=5)
    bar.rating = Bar.rating + 1
    bar.seats = F("seats") * 2
    bar.save()
    bar.refresh_from_db()

    assert (bar.rating, bar.seats) == (2, 10)


def test_moments_of_the_parent_follow_the_child(db: Database) -> None:
    bar = Bar.objects.create(name="Ox")
    before = bar.changed
    found, is_new = Bar.objects.update_or_create(name="Ox", defaults={"beer": "ale"})

    assert (found.beer, is_new) == ("ale", False)
    assert found.changed > before
    assert Place.objects.get().changed == found.changed


def test_an_instance_is_read_again_with_all_columns(db: Database) -> None:
    bar = Bar.objects.create(name="Ox")
    Place.objects.update(name="Cow")
    Bar.objects.update(beer="ale")

    with capture_queries() as queries:
        bar.refresh_from_db()
    assert (bar.name, bar.beer) == ("Cow", "ale")
    assert len(queries) == 1

    Place.objects.update(name="Bull")
    bar.refresh_from_db(fields=["name"])
    assert bar.name == "Bull"


def test_many_at_once_are_refused(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        Restaurant.objects.bulk_create([Restaurant(name="Ox")])
    assert str(error.value) == (
        "bulk_create() cannot make Restaurants, whose rows are in several tables. "
        "Save them one by one, in one atomic() block."
    )

    with atomic():
        for name in ("Ox", "Cow"):
            Restaurant.objects.create(name=name)
    assert Restaurant.objects.count() == 2


# --- updating and deleting many ------------------------------------------------------------------


def test_inherited_columns_are_updated_in_the_parents_table(db: Database) -> None:
    Bar.objects.create(name="Ox", rating=1, pizza=True)
    Bar.objects.create(name="Cow", rating=1)
    Place.objects.create(name="Hill", rating=1)

    with capture_queries() as queries:
        assert Bar.objects.filter(pizza=True).update(rating=Bar.rating + 4) == 1
    assert len(queries) == 1
    assert Bar.objects.filter(name="Cow").update(name="Bull") == 1

    found = Place.objects.order_by("name").values_list("name", "rating")
    assert found == [("Bull", 1), ("Hill", 1), ("Ox", 5)]


def test_columns_of_several_tables_are_updated_together(db: Database) -> None:
    Bar.objects.create(name="Ox", seats=1, rating=1)
    Bar.objects.create(name="Cow", seats=2, rating=2)

    changed = Bar.objects.filter(rating=1, seats=1).update(
        rating=F("rating") + 8, seats=Restaurant.seats + 6, beer="ale", name="Bull"
    )

    assert changed == 1
    assert Bar.objects.order_by("name").values_list("name", "rating", "seats", "beer") == [
        ("Bull", 9, 7, "ale"),
        ("Cow", 2, 2, "pils"),
    ]
    assert Bar.objects.filter(name="none").update(rating=1, seats=1) == 0


def test_a_column_is_set_to_one_of_a_parents_table(db: Database) -> None:
    Restaurant.objects.create(name="Ox", rating=4)

    assert Restaurant.objects.update(seats=F("rating") * 10) == 1

    assert Restaurant.objects.get().seats == 40


def test_deleting_a_child_deletes_its_parents_rows(db: Database) -> None:
    bar = Bar.objects.create(name="Ox")
    Bar.objects.create(name="Cow")
    Place.objects.create(name="Hill")

    assert bar.delete() == (3, {"Bar": 1, "Restaurant": 1, "Place": 1})
    assert bar.pk is bar.id is None
    assert Place.objects.count() == 2
    Bar.objects.all().delete()
    assert [p.name for p in Place.objects.all()] == ["Hill"]
    assert Bar.objects.all().delete() == (0, {})


def test_deleting_a_parent_deletes_its_children(db: Database) -> None:
    Bar.objects.create(name="Ox")
    Place.objects.get().delete()

    assert Bar.objects.count() == Restaurant.objects.count() == 0
