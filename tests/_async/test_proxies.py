"""What is a proxy? The rows of another model, with methods, managers and an order of its own."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from covet.aio import (
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


async def test_a_proxy_has_the_rows_of_its_model(db: Database) -> None:
    ann = await Author.objects.create(name="Ann", age=20)

    found = await Young.objects.get()

    assert type(found) is Young
    assert (found.name, found.shout(), found.greet()) == ("Ann", "ANN", "Hi Ann")
    assert found.shout_twice() == "ANN!ANN!"
    assert found == ann
    assert ann == found
    assert hash(found) == hash(ann)
    assert isinstance(found, Author)
    assert found != Author(pk=ann.pk + 1)
    assert await VeryYoung.objects.get(pk=ann.pk) == ann == found


async def test_a_proxy_writes_to_the_table_of_its_model(db: Database) -> None:
    young = await Young.objects.create(name="Ann", age=20)
    young.name = "Bob"
    await young.save()
    await VeryYoung.objects.bulk_create([VeryYoung(name="Eve", age=3)])
    await Young.objects.filter(name="Eve").update(age=Young.age + 1)

    found = Author.objects.order_by("name").values_list("name", "age")
    assert await found == [("Bob", 20), ("Eve", 4)]
    await young.refresh_from_db()
    assert await young.delete() == (1, {"Young": 1})
    assert await Author.objects.count() == 1


async def test_a_proxy_has_an_order_and_managers_of_its_own(db: Database) -> None:
    for name, age in (("Ann", 20), ("Bob", 50), ("Eve", 25)):
        await Author.objects.create(name=name, age=age)

    assert [a.name for a in await Young.objects.all()] == ["Eve", "Bob", "Ann"]
    assert [a.name for a in await Young.young.all()] == ["Eve", "Ann"]
    assert [type(a) for a in await VeryYoung.young.filter(name="Ann")] == [VeryYoung]
    assert [a.name for a in await VeryYoung.objects.all()] == ["Eve", "Bob", "Ann"]
    assert not hasattr(Author, "young")
    assert not Author.objects.all().ordered


async def test_fields_of_the_model_and_of_the_proxy_are_the_same(db: Database) -> None:
    await Author.objects.create(name="Ann", age=20)

    assert await Young.objects.filter(Author.age > 9, Young.age < 30).count() == 1
    assert await Author.objects.filter(Young.age > 9, VeryYoung.age < 30).count() == 1
    assert await Young.objects.filter(Young.boss_id == None).count() == 1  # noqa: E711
    assert await Young.objects.order_by(Author.name.asc()).values("age") == [{"age": 20}]


async def test_ways_back_of_the_model_are_those_of_the_proxy(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    young = await Young.objects.get()

    post = await young.posts.create(title="a")
    essay = await Essay.objects.create(author=ann)

    assert await young.posts.all() == [post]
    assert await ann.essays.all() == [essay]
    assert await young.essays.all() == [essay]
    assert await Young.objects.filter(posts__title="a", essays=essay) == [ann]
    assert await Author.objects.filter(essays=essay) == [ann]
    assert await Author.objects.exclude(essays__author__posts__title="a") == []
    assert await Post.objects.filter(author=young) == [post]


async def test_a_key_to_a_proxy_gives_instances_of_it(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    essay = await Essay.objects.create(author=ann, about=ann)

    with capture_queries() as queries:
        first = await Essay.objects.get()
        assert type(await first.author) is Young
        assert type(await first.about) is VeryYoung
        second = await Essay.objects.select_related("author", "about__boss").get()
        assert type(loaded(second.author)) is Young
        assert type(loaded(second.about)) is VeryYoung
    assert len(queries) == 4

    assert first.author == second.about == ann
    assert Essay(author=first.about).author_id == ann.pk
    assert essay.author is not None
    with pytest.raises(ValidationError, match="must be a Young"):
        Essay(author=essay)


async def test_a_one_to_one_relation_to_a_proxy(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    await Diary.objects.create(of=ann)

    assert (await ann.diary).of_id == ann.pk
    found = await Author.objects.select_related("diary").get()
    assert loaded(found.diary).of_id == ann.pk
    assert type(await (await Diary.objects.get()).of) is Young


async def test_a_key_of_the_model_is_one_of_the_proxy(db: Database) -> None:
    ann = await Author.objects.create(name="Ann")
    young = await Young.objects.create(name="Bob", boss=ann)

    assert type(await (await Young.objects.get(name="Bob")).boss) is Author
    assert await ann.staff.all() == [young]
    assert await Young.objects.filter(boss__name="Ann") == [young]


async def test_a_missing_proxy_is_a_missing_row_of_its_model(db: Database) -> None:
    assert issubclass(VeryYoung.DoesNotExist, Young.DoesNotExist)
    assert issubclass(Young.DoesNotExist, Author.DoesNotExist)
    with pytest.raises(Author.DoesNotExist) as error:
        await Young.objects.get(name="Ann")
    assert str(error.value) == "No Young matches (in Young.objects.get(name='Ann'))."


async def test_a_proxy_is_pickled_as_one(db: Database) -> None:
    young = await Young.objects.create(name="Ann")

    again = pickle.loads(pickle.dumps(young))

    assert type(again) is Young
    assert again == young


async def test_a_child_of_a_proxy_goes_on_from_the_proxys_model(db: Database) -> None:
    poet = await Poet.objects.create(name="Ann", age=20)
    bard = await Bard.objects.get()

    assert (bard.verse, bard.greet(), bard.pk) == ("ode", "Hi Ann", poet.author_ptr_id)
    assert bard == poet
    bard.name, bard.verse = "Bob", "hymn"
    await bard.save()
    assert await Poet.objects.values_list("name", "verse") == [("Bob", "hymn")]
    assert (await (await Author.objects.get()).poet).verse == "hymn"
    assert [row.name for row in await Poet.young.all()] == ["Bob"]
    assert await Bard.objects.filter(verse="hymn").update(age=Bard.age + 1, verse="song") == 1
    assert await bard.delete() == (2, {"Bard": 1, "Author": 1})


async def test_a_proxy_has_no_table_to_create_or_drop(db: Database) -> None:
    models = (Young, VeryYoung, Author, Essay, Post, Poet, Bard, Diary)
    dropped = await drop_tables(*models)
    created = await create_tables(*models)

    assert sorted(dropped) == sorted(created) == ["author", "diary", "essay", "poet", "post"]
