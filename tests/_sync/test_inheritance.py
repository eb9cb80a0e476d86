# generated from tests/_async/test_inheritance.py by scripts/generate_sync.py;
# change that file, not this one
"""What if a model inherits from one with a table? Its rows go on from the parent's rows."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from covet.sync import (
    BooleanField,
    CharField,
    Database,
    DateTimeField,
    F,
    ForeignKey,
    IntegerField,
    Manager,
    Model,
    ObjectDoesNotExist,
    OneToOneField,
    Q,
    ValidationError,
    capture_queries,
    create_tables,
    drop_tables,
    loaded,
)


class Owner(Model):
    name = CharField(max_length=20)


class GoodManager(Manager["Place"]):
    def good(self) -> Any:
        return self.filter(rating__gte=3)


class Place(Model):
    name = CharField(max_length=20)
    rating = IntegerField(default=0)
    owner = ForeignKey(Owner, null=True, related_name="places")
    changed = DateTimeField(auto_now=True)

    objects = GoodManager()

    class Meta:
        ordering = ("-rating",)
        get_latest_by = "rating"
        verbose_name = "spot"

    def shout(self) -> str:
        return self.name.upper()


class Restaurant(Place):
    pizza = BooleanField(default=False)
    seats = IntegerField(default=10)
    stars = IntegerField(db_default=3)


class Dated(Model):
    year = IntegerField(default=2000)

    class Meta:
        abstract = True


class Bar(Restaurant, Dated):
    """Two levels down, with an abstract model beside."""

    beer = CharField(max_length=10, default="pils")


class Park(Place):
    """Nothing of its own but the key."""

    class Meta:
        ordering = ("name",)


class Branch(Place):
    """A link that was declared, beside a key of its own."""

    code = CharField(max_length=5, primary_key=True)
    place = OneToOneField("Place", parent_link=True, related_name="branch_of")


class Licence(Model):
    number = IntegerField(primary_key=True)
    issued = CharField(max_length=10, default="now")


class Kiosk(Place, Licence):
    """Several parents, whose names do not clash."""

    window = IntegerField(default=1)


class Review(Model):
    place = ForeignKey(Place, related_name="reviews")
    bar = ForeignKey(Bar, null=True, related_name="bar_reviews")
    stars = IntegerField()


class Menu(Model):
    restaurant = OneToOneField(Restaurant, related_name="menu")
    place = OneToOneField(Place, null=True, related_name="any_menu")


# --- reading -------------------------------------------------------------------------------------


def test_one_select_reads_a_child_with_the_columns_of_its_parents(db: Database) -> None:
    ann = Owner.objects.create(name="Ann")
    Bar.objects.create(name="Ox", rating=4, owner=ann, pizza=True, beer="ale", year=1900)

    with capture_queries() as queries:
        bar = Bar.objects.get(name="Ox")
        assert (bar.name, bar.rating, bar.owner_id) == ("Ox", 4, ann.pk)
        assert (bar.pizza, bar.seats, bar.beer, bar.year) == (True, 10, "ale", 1900)
        assert bar.pk == bar.id == bar.place_ptr_id == bar.restaurant_ptr_id
        assert bar.shout() == "OX"

    assert len(queries) == 1


def test_a_child_is_a_row_of_its_parents_too(db: Database) -> None:
    bar = Bar.objects.create(name="Ox", pizza=True)

    place = Place.objects.get()
    restaurant = Restaurant.objects.get(pizza=True)

    assert (place.pk, place.name) == (bar.pk, "Ox")
    assert (restaurant.pk, restaurant.name) == (bar.pk, "Ox")
    assert type(place) is Place
    assert place != bar
    assert isinstance(bar, Place)


def test_inherited_fields_are_asked_for_like_own_ones(db: Database) -> None:
    ann = Owner.objects.create(name="Ann")
    Bar.objects.create(name="Ox", rating=4, owner=ann, seats=4)
    Bar.objects.create(name="Cow", rating=1, pizza=True)

    def names(*conditions: Q, **lookups: Any) -> list[str]:
        query = Bar.objects.filter(*conditions, **lookups)
        return query.order_by("name").values_list("name", flat=True).fetch()

    assert names(name__startswith="O") == ["Ox"]
    assert names(owner__name="Ann") == ["Ox"]
    assert names(owner=ann) == ["Ox"]
    assert names(Bar.rating > 2) == ["Ox"]
    assert names(Place.rating > 2, Restaurant.seats < 5) == ["Ox"]
    assert names(rating=F("seats")) == ["Ox"]
    assert names(~Q(owner__name="Ann")) == ["Cow"]
    assert names(Q(pizza=True) | Q(rating=4)) == ["Cow", "Ox"]


def test_the_order_of_rows_may_be_that_of_inherited_fields(db: Database) -> None:
    for name, rating in (("a", 2), ("b", 3), ("c", 1)):
        Bar.objects.create(name=name, rating=rating, seats=rating)

    by_meta = Bar.objects.values_list("name", flat=True).fetch()
    by_words = Bar.objects.order_by("name").values_list("name", flat=True).fetch()
    by_field = Bar.objects.order_by(Bar.rating.asc()).values("rating", "seats")

    assert by_meta == ["b", "a", "c"]
    assert by_words == ["a", "b", "c"]
    assert by_field[0] == {"rating": 1, "seats": 1}


def test_a_parents_key_needs_no_join(db: Database) -> None:
    bar = Bar.objects.create(name="Ox")

    with capture_queries() as queries:
        assert Bar.objects.filter(id=bar.pk).count() == 1
        assert Bar.objects.filter(place_ptr=bar.pk, pk__gte=bar.id).exists()
        assert Bar.objects.order_by().values_list("id", "pk") == [(bar.pk, bar.pk)]

    assert not any("JOIN" in query.sql for query in queries)


def test_a_path_goes_through_children_and_parents(db: Database) -> None:
    ox = Bar.objects.create(name="Ox", pizza=True, beer="ale")
    Place.objects.create(name="Hill")
    Review.objects.create(place=ox, bar=ox, stars=5)

    paths = ("bar__name", "bar__owner__name", "bar__id", "place__restaurant__bar__beer")
    assert Review.objects.values_list(*paths) == [("Ox", None, ox.pk, "ale")]
    assert Place.objects.filter(restaurant__bar__beer="ale").count() == 1
    assert Place.objects.filter(restaurant__name="Ox").count() == 1
    assert Place.objects.filter(restaurant__isnull=True).count() == 1
    assert [p.name for p in Place.objects.exclude(restaurant__pizza=True)] == ["Hill"]


def test_related_rows_are_selected_through_parents(db: Database) -> None:
    ann = Owner.objects.create(name="Ann")
    ox = Bar.objects.create(name="Ox", owner=ann)
    Menu.objects.create(restaurant=ox, place=ox)
    Review.objects.create(place=ox, bar=ox, stars=5)
    Place.objects.create(name="Hill", owner=ann)

    with capture_queries() as queries:
        bar = Bar.objects.select_related("owner", "menu", "any_menu").get()
        assert loaded(bar.owner).name == "Ann"
        assert loaded(bar.menu).restaurant_id == loaded(bar.any_menu).place_id == bar.pk
    assert len(queries) == 1

    with capture_queries() as queries:
        review = Review.objects.select_related("bar__owner", "place").get()
        assert (loaded(review.bar).name, loaded(review.bar).beer) == ("Ox", "pils")
        assert loaded(loaded(review.bar).owner).name == "Ann"
        assert type(loaded(review.place)) is Place
    assert len(queries) == 1

    with capture_queries() as queries:
        found = Place.objects.select_related("restaurant__bar", "restaurant__owner", "owner")
        places = {place.name: place for place in found}
        restaurant = loaded(places["Ox"].restaurant)
        assert (restaurant.name, loaded(restaurant.bar).beer) == ("Ox", "pils")
        assert loaded(restaurant.owner).name == "Ann"
        with pytest.raises(Restaurant.DoesNotExist):
            places["Hill"].restaurant
    assert len(queries) == 1
    assert queries[0].sql.count("JOIN") == 3


def test_everything_that_must_be_there_is_selected_without_the_parents(db: Database) -> None:
    ox = Restaurant.objects.create(name="Ox")
    Menu.objects.create(restaurant=ox)

    sql, _ = Restaurant.objects.select_related().sql()
    menu = Menu.objects.select_related().get()

    assert sql.count("JOIN") == 1
    assert loaded(menu.restaurant).name == "Ox"


def test_the_link_gives_the_parents_row_without_a_query(db: Database) -> None:
    Bar.objects.create(name="Ox", pizza=True)
    bar = Bar.objects.get()

    with capture_queries() as queries:
        restaurant = bar.restaurant_ptr
        place = bar.place_ptr
        assert (type(restaurant), restaurant.name, restaurant.pizza) == (Restaurant, "Ox", True)
        assert (type(place), place.pk, place.name) == (Place, bar.pk, "Ox")
        assert bar.place_ptr is place
        assert not hasattr(place, "pizza")
        assert not restaurant._state.adding
    assert queries == []

    unsaved = Bar(place_ptr_id=bar.pk)
    assert unsaved.place_ptr.name == "Ox"


def test_the_way_from_the_parent_to_the_child(db: Database) -> None:
    Bar.objects.create(name="Ox")
    Park.objects.create(name="Green")
    ox, green = Place.objects.get(name="Ox"), Place.objects.get(name="Green")

    restaurant = ox.restaurant
    assert restaurant.bar.beer == "pils"
    assert restaurant.place_ptr is ox
    assert green.park.name == "Green"
    with pytest.raises(Restaurant.DoesNotExist):
        green.restaurant


def test_ways_back_of_the_parent_are_those_of_the_child(db: Database) -> None:
    ox = Bar.objects.create(name="Ox")
    cow = Bar.objects.create(name="Cow")
    review = ox.reviews.create(stars=5)
    Review.objects.create(place=cow, bar=ox, stars=1)

    assert ox.reviews.all() == [review]
    assert ox.bar_reviews.count() == 1
    assert Bar.objects.filter(reviews__stars=5) == [ox]
    assert Bar.objects.exclude(reviews__stars=5) == [cow]
    assert Bar.objects.filter(reviews=review, bar_reviews__stars=1) == [ox]
    assert review.place.name == "Ox"
    assert review.place == ox


def test_a_key_to_the_parent_takes_children_and_one_to_the_child_no_parents(
    db: Database,
) -> None:
    ox = Bar.objects.create(name="Ox")
    hill = Place.objects.create(name="Hill")

    review = Review(place=ox, bar=ox, stars=1)
    other = Review(place=review.bar, stars=2)

    assert review.place_id == review.bar_id == other.place_id == ox.pk
    with pytest.raises(ValidationError) as error:
        Review(bar=hill, stars=1)
    assert str(error.value) == f"Review.bar must be a Bar, not {hill!r}."


def test_rows_read_by_key_counted_and_made_distinct(db: Database) -> None:
    ox = Bar.objects.create(name="Ox")
    Review.objects.create(place=ox, stars=1)
    Review.objects.create(place=ox, stars=1)

    query = Bar.objects.filter(reviews__stars=1)

    assert Bar.objects.in_bulk([ox.pk]) == {ox.pk: ox}
    assert (query.count(), query.distinct().count()) == (2, 1)
    assert query.distinct() == [ox]
    assert (Bar.objects.order_by("name").first()) == ox


# --- other shapes of inheritance -----------------------------------------------------------------


def test_a_link_beside_a_key_of_its_own(db: Database) -> None:
    branch = Branch.objects.create(code="b1", name="Ox", rating=3)
    branch.name = "Cow"
    branch.save()
    Branch.objects.filter(code="b1").update(rating=5)

    found = Branch.objects.get(pk="b1")
    assert (found.name, found.rating, found.place_id) == ("Cow", 5, found.id)
    assert Place.objects.get().branch_of.code == "b1"
    assert found.delete() == (2, {"Branch": 1, "Place": 1})
    assert Place.objects.count() == 0


def test_several_parents(db: Database) -> None:
    kiosk = Kiosk.objects.create(name="Ox", number=12, issued="then", window=2)
    assert (kiosk.pk, kiosk.place_ptr_id, kiosk.licence_ptr_id) == (kiosk.id, kiosk.id, 12)

    found = Kiosk.objects.get(name="Ox", issued="then")
    found.name, found.issued = "Cow", "soon"
    found.save()
    Kiosk.objects.update(window=3, issued="late")

    assert Licence.objects.values_list("number", "issued") == [(12, "late")]
    assert Kiosk.objects.values_list("name", "number", "window") == [("Cow", 12, 3)]
    assert found.delete() == (3, {"Kiosk": 1, "Licence": 1, "Place": 1})
    assert Place.objects.count() == Licence.objects.count() == 0


def test_managers_of_the_parent_are_inherited(db: Database) -> None:
    Restaurant.objects.create(name="Ox", rating=4)
    Restaurant.objects.create(name="Cow", rating=1)
    Place.objects.create(name="Hill", rating=5)

    found = Restaurant.objects.good()

    assert [(type(row), row.name) for row in found] == [(Restaurant, "Ox")]


def test_a_missing_child_is_a_missing_parent(db: Database) -> None:
    assert issubclass(Bar.DoesNotExist, Restaurant.DoesNotExist)
    assert issubclass(Restaurant.MultipleObjectsReturned, Place.MultipleObjectsReturned)
    assert issubclass(Place.DoesNotExist, ObjectDoesNotExist)
    with pytest.raises(Place.DoesNotExist) as error:
        Bar.objects.get(name="Ox")
    assert error.type is Bar.DoesNotExist


def test_validation_knows_which_keys_saving_finds_out(db: Database) -> None:
    bar = Bar(name="Ox")
    bar.full_clean(exclude=["changed"])
    with pytest.raises(ValidationError) as error:
        Bar(name="x" * 21, beer="x" * 11).full_clean(exclude=["changed"])

    assert set(error.value.errors) == {"name", "beer"}


def test_a_child_is_copied_and_pickled_whole(db: Database) -> None:
    bar = Bar.objects.create(name="Ox")

    for twin in (copy.copy(bar), pickle.loads(pickle.dumps(bar))):
        assert twin == bar
        assert (twin.name, twin.beer, twin.id) == ("Ox", "pils", bar.id)
        assert hash(twin) == hash(bar)


def test_tables_are_made_and_dropped_in_an_order_that_the_links_allow(db: Database) -> None:
    models = (Review, Menu, Kiosk, Licence, Branch, Park, Bar, Restaurant, Place, Owner)
    dropped = drop_tables(*models)
    assert dropped.index("bar") < dropped.index("restaurant") < dropped.index("place")
    assert sorted(create_tables(*models)) == sorted(dropped)
