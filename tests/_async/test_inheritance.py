"""What if a model inherits from one with a table? Its rows go on from the parent's rows."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from covet.aio import (
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


async def test_one_select_reads_a_child_with_the_columns_of_its_parents(db: Database) -> None:
    ann = await Owner.objects.create(name="Ann")
    await Bar.objects.create(name="Ox", rating=4, owner=ann, pizza=True, beer="ale", year=1900)

    with capture_queries() as queries:
        bar = await Bar.objects.get(name="Ox")
        assert (bar.name, bar.rating, bar.owner_id) == ("Ox", 4, ann.pk)
        assert (bar.pizza, bar.seats, bar.beer, bar.year) == (True, 10, "ale", 1900)
        assert bar.pk == bar.id == bar.place_ptr_id == bar.restaurant_ptr_id
        assert bar.shout() == "OX"

    assert len(queries) == 1


async def test_a_child_is_a_row_of_its_parents_too(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox", pizza=True)

    place = await Place.objects.get()
    restaurant = await Restaurant.objects.get(pizza=True)

    assert (place.pk, place.name) == (bar.pk, "Ox")
    assert (restaurant.pk, restaurant.name) == (bar.pk, "Ox")
    assert type(place) is Place
    assert place != bar
    assert isinstance(bar, Place)


async def test_inherited_fields_are_asked_for_like_own_ones(db: Database) -> None:
    ann = await Owner.objects.create(name="Ann")
    await Bar.objects.create(name="Ox", rating=4, owner=ann, seats=4)
    await Bar.objects.create(name="Cow", rating=1, pizza=True)

    async def names(*conditions: Q, **lookups: Any) -> list[str]:
        query = Bar.objects.filter(*conditions, **lookups)
        return await query.order_by("name").values_list("name", flat=True).fetch()

    assert await names(name__startswith="O") == ["Ox"]
    assert await names(owner__name="Ann") == ["Ox"]
    assert await names(owner=ann) == ["Ox"]
    assert await names(Bar.rating > 2) == ["Ox"]
    assert await names(Place.rating > 2, Restaurant.seats < 5) == ["Ox"]
    assert await names(rating=F("seats")) == ["Ox"]
    assert await names(~Q(owner__name="Ann")) == ["Cow"]
    assert await names(Q(pizza=True) | Q(rating=4)) == ["Cow", "Ox"]


async def test_the_order_of_rows_may_be_that_of_inherited_fields(db: Database) -> None:
    for name, rating in (("a", 2), ("b", 3), ("c", 1)):
        await Bar.objects.create(name=name, rating=rating, seats=rating)

    by_meta = await Bar.objects.values_list("name", flat=True).fetch()
    by_words = await Bar.objects.order_by("name").values_list("name", flat=True).fetch()
    by_field = await Bar.objects.order_by(Bar.rating.asc()).values("rating", "seats")

    assert by_meta == ["b", "a", "c"]
    assert by_words == ["a", "b", "c"]
    assert by_field[0] == {"rating": 1, "seats": 1}


async def test_a_parents_key_needs_no_join(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox")

    with capture_queries() as queries:
        assert await Bar.objects.filter(id=bar.pk).count() == 1
        assert await Bar.objects.filter(place_ptr=bar.pk, pk__gte=bar.id).exists()
        assert await Bar.objects.order_by().values_list("id", "pk") == [(bar.pk, bar.pk)]

    assert not any("JOIN" in query.sql for query in queries)


async def test_a_path_goes_through_children_and_parents(db: Database) -> None:
    ox = await Bar.objects.create(name="Ox", pizza=True, beer="ale")
    await Place.objects.create(name="Hill")
    await Review.objects.create(place=ox, bar=ox, stars=5)

    paths = ("bar__name", "bar__owner__name", "bar__id", "place__restaurant__bar__beer")
    assert await Review.objects.values_list(*paths) == [("Ox", None, ox.pk, "ale")]
    assert await Place.objects.filter(restaurant__bar__beer="ale").count() == 1
    assert await Place.objects.filter(restaurant__name="Ox").count() == 1
    assert await Place.objects.filter(restaurant__isnull=True).count() == 1
    assert [p.name for p in await Place.objects.exclude(restaurant__pizza=True)] == ["Hill"]


async def test_related_rows_are_selected_through_parents(db: Database) -> None:
    ann = await Owner.objects.create(name="Ann")
    ox = await Bar.objects.create(name="Ox", owner=ann)
    await Menu.objects.create(restaurant=ox, place=ox)
    await Review.objects.create(place=ox, bar=ox, stars=5)
    await Place.objects.create(name="Hill", owner=ann)

    with capture_queries() as queries:
        bar = await Bar.objects.select_related("owner", "menu", "any_menu").get()
        assert loaded(bar.owner).name == "Ann"
        assert loaded(bar.menu).restaurant_id == loaded(bar.any_menu).place_id == bar.pk
    assert len(queries) == 1

    with capture_queries() as queries:
        review = await Review.objects.select_related("bar__owner", "place").get()
        assert (loaded(review.bar).name, loaded(review.bar).beer) == ("Ox", "pils")
        assert loaded(loaded(review.bar).owner).name == "Ann"
        assert type(loaded(review.place)) is Place
    assert len(queries) == 1

    with capture_queries() as queries:
        found = Place.objects.select_related("restaurant__bar", "restaurant__owner", "owner")
        places = {place.name: place for place in await found}
        restaurant = loaded(places["Ox"].restaurant)
        assert (restaurant.name, loaded(restaurant.bar).beer) == ("Ox", "pils")
        assert loaded(restaurant.owner).name == "Ann"
        with pytest.raises(Restaurant.DoesNotExist):
            await places["Hill"].restaurant
    assert len(queries) == 1
    assert queries[0].sql.count("JOIN") == 3


async def test_everything_that_must_be_there_is_selected_without_the_parents(db: Database) -> None:
    ox = await Restaurant.objects.create(name="Ox")
    await Menu.objects.create(restaurant=ox)

    sql, _ = Restaurant.objects.select_related().sql()
    menu = await Menu.objects.select_related().get()

    assert sql.count("JOIN") == 1
    assert loaded(menu.restaurant).name == "Ox"


async def test_the_link_gives_the_parents_row_without_a_query(db: Database) -> None:
    await Bar.objects.create(name="Ox", pizza=True)
    bar = await Bar.objects.get()

    with capture_queries() as queries:
        restaurant = await bar.restaurant_ptr
        place = await bar.place_ptr
        assert (type(restaurant), restaurant.name, restaurant.pizza) == (Restaurant, "Ox", True)
        assert (type(place), place.pk, place.name) == (Place, bar.pk, "Ox")
        assert await bar.place_ptr is place
        assert not hasattr(place, "pizza")
        assert not restaurant._state.adding
    assert queries == []

    unsaved = Bar(place_ptr_id=bar.pk)
    assert (await unsaved.place_ptr).name == "Ox"


async def test_the_way_from_the_parent_to_the_child(db: Database) -> None:
    await Bar.objects.create(name="Ox")
    await Park.objects.create(name="Green")
    ox, green = await Place.objects.get(name="Ox"), await Place.objects.get(name="Green")

    restaurant = await ox.restaurant
    assert (await restaurant.bar).beer == "pils"
    assert await restaurant.place_ptr is ox
    assert (await green.park).name == "Green"
    with pytest.raises(Restaurant.DoesNotExist):
        await green.restaurant


async def test_ways_back_of_the_parent_are_those_of_the_child(db: Database) -> None:
    ox = await Bar.objects.create(name="Ox")
    cow = await Bar.objects.create(name="Cow")
    review = await ox.reviews.create(stars=5)
    await Review.objects.create(place=cow, bar=ox, stars=1)

    assert await ox.reviews.all() == [review]
    assert await ox.bar_reviews.count() == 1
    assert await Bar.objects.filter(reviews__stars=5) == [ox]
    assert await Bar.objects.exclude(reviews__stars=5) == [cow]
    assert await Bar.objects.filter(reviews=review, bar_reviews__stars=1) == [ox]
    assert (await review.place).name == "Ox"
    assert review.place == ox


async def test_a_key_to_the_parent_takes_children_and_one_to_the_child_no_parents(
    db: Database,
) -> None:
    ox = await Bar.objects.create(name="Ox")
    hill = await Place.objects.create(name="Hill")

    review = Review(place=ox, bar=ox, stars=1)
    other = Review(place=review.bar, stars=2)

    assert review.place_id == review.bar_id == other.place_id == ox.pk
    with pytest.raises(ValidationError) as error:
        Review(bar=hill, stars=1)
    assert str(error.value) == f"Review.bar must be a Bar, not {hill!r}."


async def test_rows_read_by_key_counted_and_made_distinct(db: Database) -> None:
    ox = await Bar.objects.create(name="Ox")
    await Review.objects.create(place=ox, stars=1)
    await Review.objects.create(place=ox, stars=1)

    query = Bar.objects.filter(reviews__stars=1)

    assert await Bar.objects.in_bulk([ox.pk]) == {ox.pk: ox}
    assert (await query.count(), await query.distinct().count()) == (2, 1)
    assert await query.distinct() == [ox]
    assert (await Bar.objects.order_by("name").first()) == ox


# --- other shapes of inheritance -----------------------------------------------------------------


async def test_a_link_beside_a_key_of_its_own(db: Database) -> None:
    branch = await Branch.objects.create(code="b1", name="Ox", rating=3)
    branch.name = "Cow"
    await branch.save()
    await Branch.objects.filter(code="b1").update(rating=5)

    found = await Branch.objects.get(pk="b1")
    assert (found.name, found.rating, found.place_id) == ("Cow", 5, found.id)
    assert (await (await Place.objects.get()).branch_of).code == "b1"
    assert await found.delete() == (2, {"Branch": 1, "Place": 1})
    assert await Place.objects.count() == 0


async def test_several_parents(db: Database) -> None:
    kiosk = await Kiosk.objects.create(name="Ox", number=12, issued="then", window=2)
    assert (kiosk.pk, kiosk.place_ptr_id, kiosk.licence_ptr_id) == (kiosk.id, kiosk.id, 12)

    found = await Kiosk.objects.get(name="Ox", issued="then")
    found.name, found.issued = "Cow", "soon"
    await found.save()
    await Kiosk.objects.update(window=3, issued="late")

    assert await Licence.objects.values_list("number", "issued") == [(12, "late")]
    assert await Kiosk.objects.values_list("name", "number", "window") == [("Cow", 12, 3)]
    assert await found.delete() == (3, {"Kiosk": 1, "Licence": 1, "Place": 1})
    assert await Place.objects.count() == await Licence.objects.count() == 0


async def test_managers_of_the_parent_are_inherited(db: Database) -> None:
    await Restaurant.objects.create(name="Ox", rating=4)
    await Restaurant.objects.create(name="Cow", rating=1)
    await Place.objects.create(name="Hill", rating=5)

    found = await Restaurant.objects.good()

    assert [(type(row), row.name) for row in found] == [(Restaurant, "Ox")]


async def test_a_missing_child_is_a_missing_parent(db: Database) -> None:
    assert issubclass(Bar.DoesNotExist, Restaurant.DoesNotExist)
    assert issubclass(Restaurant.MultipleObjectsReturned, Place.MultipleObjectsReturned)
    assert issubclass(Place.DoesNotExist, ObjectDoesNotExist)
    with pytest.raises(Place.DoesNotExist) as error:
        await Bar.objects.get(name="Ox")
    assert error.type is Bar.DoesNotExist


async def test_validation_knows_which_keys_saving_finds_out(db: Database) -> None:
    bar = Bar(name="Ox")
    bar.full_clean(exclude=["changed"])
    with pytest.raises(ValidationError) as error:
        Bar(name="x" * 21, beer="x" * 11).full_clean(exclude=["changed"])

    assert set(error.value.errors) == {"name", "beer"}


async def test_a_child_is_copied_and_pickled_whole(db: Database) -> None:
    bar = await Bar.objects.create(name="Ox")

    for twin in (copy.copy(bar), pickle.loads(pickle.dumps(bar))):
        assert twin == bar
        assert (twin.name, twin.beer, twin.id) == ("Ox", "pils", bar.id)
        assert hash(twin) == hash(bar)


async def test_tables_are_made_and_dropped_in_an_order_that_the_links_allow(db: Database) -> None:
    models = (Review, Menu, Kiosk, Licence, Branch, Park, Bar, Restaurant, Place, Owner)
    dropped = await drop_tables(*models)
    assert dropped.index("bar") < dropped.index("restaurant") < dropped.index("place")
    assert sorted(await create_tables(*models)) == sorted(dropped)
