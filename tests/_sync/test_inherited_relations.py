# generated from tests/_async/test_inherited_relations.py by scripts/generate_sync.py;
# change that file, not this one
"""Do relations to many rows, loading in advance and by peers work through several tables?"""

from __future__ import annotations

from typing import Any

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    Prefetch,
    capture_queries,
    get_reverse_relations,
    loaded,
)
from covet.sync.signals import post_save


class Tag(Model):
    word = CharField(max_length=20)


class Place(Model):
    name = CharField(max_length=20)
    tags = ManyToManyField(Tag, related_name="places")


class City(Model):
    name = CharField(max_length=20)


class Restaurant(Place):
    dishes = ManyToManyField(Tag, related_name="restaurants")
    city = ForeignKey(City, null=True, related_name="restaurants")


class Bar(Restaurant):
    size = IntegerField(default=1)


class GoodTag(Tag):
    class Meta:
        proxy = True


class Supplier(Place):
    customers = ManyToManyField(Place, related_name="suppliers")
    marks = ManyToManyField(GoodTag, related_name="suppliers")


class Review(Model):
    place = ForeignKey(Place, related_name="reviews")


def test_many_to_many_relations_of_parents_are_the_childs(db: Database) -> None:
    red, sour = Tag.objects.create(word="red"), Tag.objects.create(word="sour")
    bar: Any = Bar.objects.create(name="Ox")
    bar.tags.add(red)
    bar.dishes.set([sour])

    place = Place.objects.get()
    assert [tag.word for tag in place.tags.all()] == ["red"]
    assert bar.tags.contains(red)
    assert Bar.objects.filter(tags__word="red", dishes__word="sour") == [bar]
    assert Bar.objects.filter(tags=red).exclude(dishes=red) == [bar]
    assert Bar.objects.exclude(tags__word="red") == []
    red_tag: Any = red
    assert red_tag.places.all() == [place]
    assert Tag.objects.filter(restaurants__bar__size=1) == [sour]
    assert Tag.objects.filter(places__restaurant__bar__name="Ox") == [red]


def test_a_relation_to_many_between_child_and_parent(db: Database) -> None:
    shop = Place.objects.create(name="Shop")
    supplier: Any = Supplier.objects.create(name="Farm")
    bar: Any = Bar.objects.create(name="Ox")
    supplier.customers.add(shop, bar)

    assert sorted([p.name for p in supplier.customers.all()]) == ["Ox", "Shop"]
    assert bar.suppliers.all() == [supplier]
    assert Supplier.objects.filter(customers__restaurant__bar__size=1) == [supplier]
    assert Bar.objects.filter(suppliers__name="Farm") == [bar]


def test_a_relation_to_many_of_a_proxy(db: Database) -> None:
    tag: Any = Tag.objects.create(word="red")
    supplier: Any = Supplier.objects.create(name="Farm")
    supplier.marks.add(tag)

    assert [type(mark) for mark in supplier.marks.all()] == [GoodTag]
    assert tag.suppliers.all() == [supplier]
    good: Any = GoodTag.objects.get()
    assert good.suppliers.all() == [supplier]
    assert GoodTag.objects.filter(suppliers__name="Farm") == [tag]


def test_children_are_loaded_with_what_belongs_to_their_parents(db: Database) -> None:
    red: Any = Tag.objects.create(word="red")
    for name in ("Cow", "Ox"):
        bar: Any = Bar.objects.create(name=name)
        bar.tags.add(red)
        Review.objects.create(place=bar)

    with capture_queries() as queries:
        bars: list[Any] = Bar.objects.order_by("name").prefetch_related(
            "tags", "reviews", "dishes", Prefetch("tags", Tag.objects.all(), to_attr="words")
        )
        assert [[t.word for t in b.tags.all()] for b in bars] == [["red"], ["red"]]
        assert [len(b.reviews.all()) for b in bars] == [1, 1]
        assert [len(b.dishes.all()) for b in bars] == [0, 0]
        assert [len(b.words) for b in bars] == [1, 1]
    assert len(queries) == 5

    with capture_queries() as queries:
        tags: list[Any] = Tag.objects.prefetch_related("places__restaurant__bar")
        restaurants = [loaded(p.restaurant) for t in tags for p in t.places.all()]
        assert sorted([loaded(r.bar).name for r in restaurants]) == ["Cow", "Ox"]
    assert len(queries) == 4


def test_peers_load_what_their_parents_have_together(db: Database) -> None:
    rome = City.objects.create(name="Rome")
    for name in ("a", "b", "c"):
        bar: Any = Bar.objects.create(name=name, city=rome)
        Review.objects.create(place=bar)

    with capture_queries() as queries:
        bars: list[Any] = Bar.objects.all()
        for bar in bars:
            assert bar.city.name == "Rome"
            assert bar.restaurant_ptr.city.name == "Rome"
            assert len(bar.reviews.all()) == 1
    assert len(queries) == 4

    with capture_queries() as queries:
        places: list[Any] = Place.objects.all()
        for place in places:
            assert place.restaurant.bar.size == 1
    assert len(queries) == 3


def test_columns_of_parents_may_be_left_out(db: Database) -> None:
    rome = City.objects.create(name="Rome")
    for name in ("a", "b"):
        bar: Any = Bar.objects.create(name=name, city=rome)
        Review.objects.create(place=bar)

    with capture_queries() as queries:
        bars: list[Any] = Bar.objects.only("size").order_by("pk").fetch()
        assert "JOIN" not in queries[0].sql
        assert all(bar.pk == bar.id == bar.place_ptr_id for bar in bars)
        assert [bar.reviews.count() for bar in bars] == [1, 1]
    assert len(queries) == 3

    with capture_queries() as queries:
        bars = Bar.objects.defer("name").order_by("pk").fetch()
        bars[0].refresh_from_db(fields=["name"])  # and of its peer
        assert [bar.name for bar in bars] == ["a", "b"]
        assert [bar.city.name for bar in bars] == ["Rome", "Rome"]
    assert len(queries) == 3

    bar = Bar.objects.only("size").order_by("pk")[0]
    bar.size = 9
    bar.save()
    assert Bar.objects.filter(size=9).values_list("name", "city__name") == [("a", "Rome")]


def test_saving_a_child_sends_its_signals_once(db: Database) -> None:
    sent: list[tuple[type[Any], bool]] = []

    def note(sender: type[Any], created: bool, **_: Any) -> None:
        sent.append((sender, created))

    post_save.connect(note)
    try:
        bar = Bar.objects.create(name="Ox")
        bar.save()
        place = Place.objects.get()
        Supplier.objects.create(place_ptr=place)
    finally:
        post_save.disconnect(note)

    assert sent == [(Bar, True), (Bar, False), (Supplier, True)]


def test_the_reverse_registry_of_a_child_knows_what_points_to_its_parents() -> None:
    def names(model: type[Model]) -> list[Any]:
        return sorted([r.related_name for r in get_reverse_relations(model) if r.related_name])

    assert names(Place) == ["restaurant", "reviews", "supplier", "suppliers"]
    assert names(Bar) == ["reviews", "suppliers"]
    assert names(Restaurant) == ["bar", "reviews", "suppliers"]
    assert names(GoodTag) == names(Tag) == ["places", "restaurants", "suppliers"]
