# generated from tests/_async/test_proxies.py by scripts/generate_sync.py;
# change that file, not this one
"""What is a proxy? The rows of another model, with methods, managers and an order of its own."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from covet.sync import (
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    Manager,
    Model,
    OneToOneField,
    RelatedManager,
    ValidationError,
    capture_queries,
    create_tables,
    drop_tables,
    loaded,
)


class Author(Model):
    name = CharField(max_length=20)
    age = IntegerField(default=40)
    boss = ForeignKey("self", null=True, related_name="staff")

    posts: RelatedManager[Post]
    essays: RelatedManager[Essay]

    def shout(self) -> str:
        return self.name.upper()


class YoungManager(Manager["Young"]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(age__lt=30)


class Shouting:
    """A plain class with behaviour."""

    def shout_twice(self) -> str:
        return (self.shout() + "!") * 2  # type: ignore[attr-defined,no-any-return]


class Young(Shouting, Author):
    young = YoungManager()

    class Meta:
        proxy = True
        ordering = ("-name",)

    def greet(self) -> str:
        return f"Hi {self.name}"


class VeryYoung(Young):
    class Meta:
        proxy = True


class Post(Model):
    author = ForeignKey(Author, related_name="posts")
    title = CharField(max_length=20)


class Essay(Model):
    author = ForeignKey("Young", related_name="essays")
    about = ForeignKey(VeryYoung, null=True, related_name="+")


class Poet(Young):
    """A table of its own, which goes on from that of the proxy's model."""

    verse = CharField(max_length=20, default="ode")


class Bard(Poet):
    class Meta:
        proxy = True


class Diary(Model):
    of = OneToOneField(Young, related_name="diary")


def test_a_proxy_has_the_rows_of_its_model(db: Database) -> None:
    ann = Author.objects.create(name="Ann", age=20)

    found = Young.objects.get()

    assert type(found) is Young
    assert (found.name, found.shout(), found.greet()) == ("Ann", "ANN", "Hi Ann")
    assert found.shout_twice() == "ANN!ANN!"
    assert found == ann
    assert ann == found
    assert hash(found) == hash(ann)
    assert isinstance(found, Author)
    assert found != Author(pk=ann.pk + 1)
    assert VeryYoung.objects.get(pk=ann.pk) == ann == found


def test_a_proxy_writes_to_the_table_of_its_model(db: Database) -> None:
    young = Young.objects.create(name="Ann", age=20)
    young.name = "Bob"
    young.save()
    VeryYoung.objects.bulk_create([VeryYoung(name="Eve", age=3)])
    Young.objects.filter(name="Eve").update(age=Young.age + 1)

    found = Author.objects.order_by("name").values_list("name", "age")
    assert found == [("Bob", 20), ("Eve", 4)]
    young.refresh_from_db()
    assert young.delete() == (1, {"Young": 1})
    assert Author.objects.count() == 1


def test_a_proxy_has_an_order_and_managers_of_its_own(db: Database) -> None:
    for name, age in (("Ann", 20), ("Bob", 50), ("Eve", 25)):
        Author.objects.create(name=name, age=age)

    assert [a.name for a in Young.objects.all()] == ["Eve", "Bob", "Ann"]
    assert [a.name for a in Young.young.all()] == ["Eve", "Ann"]
    assert [type(a) for a in VeryYoung.young.filter(name="Ann")] == [VeryYoung]
    assert [a.name for a in VeryYoung.objects.all()] == ["Eve", "Bob", "Ann"]
    assert not hasattr(Author, "young")
    assert not Author.objects.all().ordered


def test_fields_of_the_model_and_of_the_proxy_are_the_same(db: Database) -> None:
    Author.objects.create(name="Ann", age=20)

    assert Young.objects.filter(Author.age > 9, Young.age < 30).count() == 1
    assert Author.objects.filter(Young.age > 9, VeryYoung.age < 30).count() == 1
    assert Young.objects.filter(Young.boss_id == None).count() == 1  # noqa: E711
    assert Young.objects.order_by(Author.name.asc()).values("age") == [{"age": 20}]


def test_ways_back_of_the_model_are_those_of_the_proxy(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    young = Young.objects.get()

    post = young.posts.create(title="a")
    essay = Essay.objects.create(author=ann)

    assert young.posts.all() == [post]
    assert ann.essays.all() == [essay]
    assert young.essays.all() == [essay]
    assert Young.objects.filter(posts__title="a", essays=essay) == [ann]
    assert Author.objects.filter(essays=essay) == [ann]
    assert Author.objects.exclude(essays__author__posts__title="a") == []
    assert Post.objects.filter(author=young) == [post]


def test_a_key_to_a_proxy_gives_instances_of_it(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    essay = Essay.objects.create(author=ann, about=ann)

    with capture_queries() as queries:
        first = Essay.objects.get()
        assert type(first.author) is Young
        assert type(first.about) is VeryYoung
        second = Essay.objects.select_related("author", "about__boss").get()
        assert type(loaded(second.author)) is Young
        assert type(loaded(second.about)) is VeryYoung
    assert len(queries) == 4

    assert first.author == second.about == ann
    assert Essay(author=first.about).author_id == ann.pk
    assert essay.author is not None
    with pytest.raises(ValidationError, match="must be a Young"):
        Essay(author=essay)


def test_a_one_to_one_relation_to_a_proxy(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    Diary.objects.create(of=ann)

    assert ann.diary.of_id == ann.pk
    found = Author.objects.select_related("diary").get()
    assert loaded(found.diary).of_id == ann.pk
    assert type(Diary.objects.get().of) is Young


def test_a_key_of_the_model_is_one_of_the_proxy(db: Database) -> None:
    ann = Author.objects.create(name="Ann")
    young = Young.objects.create(name="Bob", boss=ann)

    assert type(Young.objects.get(name="Bob").boss) is Author
    assert ann.staff.all() == [young]
    assert Young.objects.filter(boss__name="Ann") == [young]


def test_a_missing_proxy_is_a_missing_row_of_its_model(db: Database) -> None:
    assert issubclass(VeryYoung.DoesNotExist, Young.DoesNotExist)
    assert issubclass(Young.DoesNotExist, Author.DoesNotExist)
    with pytest.raises(Author.DoesNotExist) as error:
        Young.objects.get(name="Ann")
    assert str(error.value) == "No Young matches (in Young.objects.get(name='Ann'))."


def test_a_proxy_is_pickled_as_one(db: Database) -> None:
    young = Young.objects.create(name="Ann")

    again = pickle.loads(pickle.dumps(young))

    assert type(again) is Young
    assert again == young


def test_a_child_of_a_proxy_goes_on_from_the_proxys_model(db: Database) -> None:
    poet = Poet.objects.create(name="Ann", age=20)
    bard = Bard.objects.get()

    assert (bard.verse, bard.greet(), bard.pk) == ("ode", "Hi Ann", poet.author_ptr_id)
    assert bard == poet
    bard.name, bard.verse = "Bob", "hymn"
    bard.save()
    assert Poet.objects.values_list("name", "verse") == [("Bob", "hymn")]
    assert Author.objects.get().poet.verse == "hymn"
    assert [row.name for row in Poet.young.all()] == ["Bob"]
    assert Bard.objects.filter(verse="hymn").update(age=Bard.age + 1, verse="song") == 1
    assert bard.delete() == (2, {"Bard": 1, "Author": 1})


def test_a_proxy_has_no_table_to_create_or_drop(db: Database) -> None:
    models = (Young, VeryYoung, Author, Essay, Post, Poet, Bard, Diary)
    dropped = drop_tables(*models)
    created = create_tables(*models)

    assert sorted(dropped) == sorted(created) == ["author", "diary", "essay", "poet", "post"]
