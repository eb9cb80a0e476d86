"""What can be done with a relation between many and many, from either side?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    DateField,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    ManyToManyField,
    Model,
    ModelError,
    Q,
    ValidationError,
    capture_queries,
)


class Tag(Model):
    word = CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.word


class Post(Model):
    title = CharField(max_length=20)
    tags = ManyToManyField(Tag, related_name="posts")
    seen_by = ManyToManyField("Person", related_name="+", db_table="who_saw_what")

    def __str__(self) -> str:
        return self.title


class Person(Model):
    name = CharField(max_length=20)
    friends = ManyToManyField("self")
    follows = ManyToManyField("self", symmetrical=False, related_name="followers")

    def __str__(self) -> str:
        return self.name


class Band(Model):
    name = CharField(max_length=20)
    members = ManyToManyField(Person, through="Membership", related_name="bands")
    managers = ManyToManyField(
        Person,
        through=lambda: Contract,
        through_fields=("band", "manager"),
        related_name="managed_bands",
        related_query_name="managed_band",
    )


class Membership(Model):
    person = ForeignKey(Person, related_name="memberships")
    band = ForeignKey(Band)
    since = DateField(default=date(2000, 1, 1))
    rank = IntegerField(default=0)


class Contract(Model):
    manager = ForeignKey(Person, related_name="+")
    witness = ForeignKey(Person, related_name="+", null=True)
    band = ForeignKey(Band, related_name="+")

    class Meta:
        unique_together = [("manager", "band")]


class Labelled(Model):
    """An abstract model with a relation to many."""

    labels = ManyToManyField(Tag, related_name="%(class)ss", related_query_name="%(class)s")

    class Meta:
        abstract = True


class Crate(Labelled):
    size = IntegerField(default=1)


class Jar(Labelled):
    size = IntegerField(default=1)


async def tags(*words: str) -> list[Tag]:
    return await Tag.objects.bulk_create([Tag(word=word) for word in words])


def words(found: Any) -> list[str]:
    return sorted(str(one) for one in found)


# --- both sides -------------------------------------------------------------------------------


async def test_objects_are_added_and_found_from_both_sides(db: Database) -> None:
    news, sport = await tags("news", "sport")
    hello = await Post.objects.create(title="Hello")
    bread = await Post.objects.create(title="Bread")

    await hello.tags.add(news, sport)
    await news.posts.add(bread)

    assert words(await hello.tags.all()) == ["news", "sport"]
    assert words(await bread.tags.all()) == ["news"]
    assert words(await news.posts.all()) == ["Bread", "Hello"]
    assert words(await sport.posts.order_by("title")) == ["Hello"]


async def test_adding_takes_one_look_and_one_insert_however_many(db: Database) -> None:
    many = await tags(*(f"t{n}" for n in range(300)))
    post = await Post.objects.create(title="Hello")

    with capture_queries() as queries:
        await post.tags.add(*many)

    assert len(queries) == 2
    assert await post.tags.count() == 300


async def test_adding_what_is_there_sends_no_insert(db: Database) -> None:
    news, sport = await tags("news", "sport")
    post = await Post.objects.create(title="Hello")
    await post.tags.add(news, sport)

    with capture_queries() as queries:
        await post.tags.add(sport, news, sport)

    assert len(queries) == 1
    assert await post.tags.count() == 2


async def test_adding_nothing_sends_nothing(db: Database) -> None:
    post = await Post.objects.create(title="Hello")

    with capture_queries() as queries:
        await post.tags.add()
        await post.tags.remove()

    assert queries == []


async def test_keys_do_as_well_as_objects(db: Database) -> None:
    news, sport = await tags("news", "sport")
    post = await Post.objects.create(title="Hello")

    await post.tags.add(news.pk, str(sport.pk))
    assert words(await post.tags.all()) == ["news", "sport"]

    await post.tags.remove(news.pk)
    assert words(await post.tags.all()) == ["sport"]

    await post.tags.set([news.pk])
    assert words(await post.tags.all()) == ["news"]


async def test_removing_is_one_statement_and_takes_only_what_is_named(db: Database) -> None:
    news, sport, food = await tags("news", "sport", "food")
    post = await Post.objects.create(title="Hello")
    other = await Post.objects.create(title="Other")
    await post.tags.add(news, sport)
    await other.tags.add(news, sport)

    with capture_queries() as queries:
        await post.tags.remove(news, food)

    assert len(queries) == 1
    assert words(await post.tags.all()) == ["sport"]
    assert words(await other.tags.all()) == ["news", "sport"]


async def test_clearing_is_one_statement_and_leaves_the_objects(db: Database) -> None:
    news, sport = await tags("news", "sport")
    post = await Post.objects.create(title="Hello")
    await post.tags.add(news, sport)

    with capture_queries() as queries:
        await post.tags.clear()

    assert len(queries) == 1
    assert await post.tags.count() == 0
    assert await Tag.objects.count() == 2


async def test_setting_changes_only_what_differs(db: Database) -> None:
    news, sport, food = await tags("news", "sport", "food")
    post = await Post.objects.create(title="Hello")
    await post.tags.add(news, sport)
    kept = await Post.tags.through.objects.get(post=post, tag=sport)

    with capture_queries() as queries:
        await post.tags.set([sport, food])

    assert len(queries) == 4  # what is there, DELETE, look, INSERT
    assert words(await post.tags.all()) == ["food", "sport"]
    assert await Post.tags.through.objects.get(post=post, tag=sport) == kept


async def test_setting_with_clear_makes_all_links_anew(db: Database) -> None:
    news, sport = await tags("news", "sport")
    post = await Post.objects.create(title="Hello")
    await post.tags.add(news)
    before = await Post.tags.through.objects.get(post=post)

    await post.tags.set([news, sport], clear=True)

    assert words(await post.tags.all()) == ["news", "sport"]
    assert not await Post.tags.through.objects.filter(pk=before.pk).exists()


async def test_setting_what_is_there_writes_nothing(db: Database) -> None:
    news, sport = await tags("news", "sport")
    post = await Post.objects.create(title="Hello")
    await post.tags.set([news, sport])

    with capture_queries() as queries:
        await post.tags.set([sport, news])

    assert all(query.sql.startswith("SELECT") for query in queries)


async def test_a_manager_creates_and_links(db: Database) -> None:
    post = await Post.objects.create(title="Hello")

    news = await post.tags.create(word="news")
    same, is_new = await post.tags.get_or_create(word="news")
    sport, sport_is_new = await post.tags.get_or_create(word="sport")
    updated, updated_is_new = await post.tags.update_or_create(
        word="sport", defaults={"word": "sports"}
    )
    _food, food_is_new = await post.tags.update_or_create(word="food")

    assert (same, is_new) == (news, False)
    assert (sport_is_new, updated_is_new, food_is_new) == (True, False, True)
    assert updated == sport
    assert words(await post.tags.all()) == ["food", "news", "sports"]


async def test_what_a_manager_creates_in_bulk_is_linked(db: Database) -> None:
    post = await Post.objects.create(title="Hello")

    await post.tags.bulk_create([Tag(word="a"), Tag(word="b")])

    assert words(await post.tags.all()) == ["a", "b"]


async def test_get_or_create_looks_only_among_the_linked(db: Database) -> None:
    (news,) = await tags("news")
    post = await Post.objects.create(title="Hello")

    with pytest.raises(IntegrityError):  # there is such a tag, but it is not linked
        await post.tags.get_or_create(word="news")

    assert await post.tags.count() == 0
    assert await Tag.objects.get() == news


async def test_questions_to_a_manager(db: Database) -> None:
    news, sport, food = await tags("news", "sport", "food")
    post = await Post.objects.create(title="Hello")
    await post.tags.add(news, sport)

    assert await post.tags.count() == 2
    assert await post.tags.exists()
    assert await post.tags.contains(news)
    assert not await post.tags.contains(food)
    assert await post.tags.filter(word__startswith="s").get() == sport
    assert await post.tags.exclude(word="news").get() == sport
    assert words(await post.tags.order_by("-word")[:1]) == ["sport"]
    assert await post.tags.values_list("word", flat=True).order_by("word") == ["news", "sport"]


async def test_a_link_that_is_not_there_is_missed_by_what_was_asked(db: Database) -> None:
    post = await Post.objects.create(title="Hello")

    with pytest.raises(Tag.DoesNotExist) as error:
        await post.tags.get(word="news")

    assert str(error.value) == "No Tag matches (in Tag.objects.get(word='news'))."


async def test_an_instance_that_is_not_saved_has_no_links(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        await Post(title="Hello").tags.all()

    assert str(error.value) == "This Post is not saved yet, so it has no tags. Save it first."


async def test_what_cannot_be_added_is_refused(db: Database) -> None:
    post = await Post.objects.create(title="Hello")
    person = await Person.objects.create(name="Ann")

    for wrong in (person, Tag(word="new"), "no key"):
        with pytest.raises(ValidationError) as invalid:
            await post.tags.add(wrong)
        assert str(invalid.value).startswith("Post.tags ")
    for wrong in (None, [1, 2]):
        with pytest.raises(FieldError) as error:
            await post.tags.add(wrong)
        assert "one by one: add(*objects)" in str(error.value)
    with pytest.raises(IntegrityError):
        await post.tags.add(12345)

    assert await post.tags.count() == 0


async def test_the_attribute_cannot_be_assigned() -> None:
    with pytest.raises(FieldError) as error:
        Post(title="Hello").tags = []  # type: ignore[assignment]

    assert str(error.value) == (
        "Post.tags cannot be set, as it stands for rows of Tag. Write tags.set(…)."
    )


# --- lookups ----------------------------------------------------------------------------------


async def test_lookups_go_through_the_table_between(db: Database) -> None:
    news, sport = await tags("news", "sport")
    hello = await Post.objects.create(title="Hello")
    await Post.objects.create(title="Bare")
    await hello.tags.add(news, sport)

    assert await Post.objects.filter(tags=news).get() == hello
    assert await Post.objects.filter(tags__word="sport").get() == hello
    assert await Post.objects.filter(tags__in=[news, sport]).distinct().get() == hello
    assert words(await Post.objects.filter(tags=None)) == ["Bare"]
    assert words(await Post.objects.filter(tags__isnull=False).distinct()) == ["Hello"]
    assert words(await Post.objects.exclude(tags__word="news")) == ["Bare"]
    assert words(await Tag.objects.filter(posts__title="Hello")) == ["news", "sport"]
    assert words(await Tag.objects.exclude(posts=hello)) == []
    assert words(await Post.objects.filter(Q(tags__word="news") | Q(title="Bare"))) == [
        "Bare",
        "Hello",
    ]
    assert await Post.objects.order_by("title", "tags__word").values_list(
        "title", "tags__word"
    ) == [("Bare", None), ("Hello", "news"), ("Hello", "sport")]


async def test_conditions_in_one_filter_are_about_the_same_row(db: Database) -> None:
    news, sport = await tags("news", "sport")
    both = await Post.objects.create(title="Both")
    await both.tags.add(news, sport)

    assert not await Post.objects.filter(tags__word="news", tags=sport).exists()
    assert await Post.objects.filter(tags__word="news").filter(tags=sport).get() == both


async def test_a_comparison_by_key_does_not_join_the_other_table() -> None:
    text, _ = Post.objects.filter(tags=1).sql("sqlite")

    assert text.endswith(
        'FROM "post" INNER JOIN "post_tags" ON "post"."id" = "post_tags"."post_id" '
        'WHERE "post_tags"."tag_id" = ?'
    )


async def test_a_manager_asks_with_one_join(db: Database) -> None:
    post = await Post.objects.create(title="Hello")
    with capture_queries() as queries:
        await post.tags.all().fetch()

    quoted = queries[0].sql.replace("`", '"')
    assert quoted.startswith(
        'SELECT "tag"."id", "tag"."word" FROM "tag" '
        'INNER JOIN "post_tags" ON "tag"."id" = "post_tags"."tag_id" '
        'WHERE "post_tags"."post_id" = '
    )


# --- to itself --------------------------------------------------------------------------------


async def test_friendship_is_mutual(db: Database) -> None:
    ann, bob, eve = [await Person.objects.create(name=name) for name in ("Ann", "Bob", "Eve")]

    with capture_queries() as queries:
        await ann.friends.add(bob, eve, ann)
    assert len(queries) == 2
    assert words(await ann.friends.all()) == ["Ann", "Bob", "Eve"]
    assert words(await bob.friends.all()) == ["Ann"]

    await bob.friends.remove(ann)
    assert words(await ann.friends.all()) == ["Ann", "Eve"]
    assert words(await bob.friends.all()) == []

    await ann.friends.clear()
    assert await Person.friends.through.objects.count() == 0

    await ann.friends.set([bob])
    await eve.friends.set([ann])
    assert words(await ann.friends.all()) == ["Bob", "Eve"]
    assert not hasattr(ann, "person_set")


async def test_following_is_not_mutual(db: Database) -> None:
    ann, bob = [await Person.objects.create(name=name) for name in ("Ann", "Bob")]

    await ann.follows.add(bob)

    assert words(await ann.follows.all()) == ["Bob"]
    assert words(await bob.follows.all()) == []
    assert words(await bob.followers.all()) == ["Ann"]
    assert await Person.objects.filter(follows=bob).get() == ann
    assert await Person.objects.filter(followers__name="Ann").get() == bob


# --- a table between of one's own ---------------------------------------------------------------


async def test_a_table_between_has_further_columns(db: Database) -> None:
    ann, bob = [await Person.objects.create(name=name) for name in ("Ann", "Bob")]
    band = await Band.objects.create(name="Owls")

    await band.members.add(ann, through_defaults={"since": date(2020, 5, 1), "rank": lambda: 7})
    await band.members.add(ann, bob)

    rows = await Membership.objects.order_by("person__name").values_list(
        "person__name", "since", "rank"
    )
    assert rows == [("Ann", date(2020, 5, 1), 7), ("Bob", date(2000, 1, 1), 0)]
    assert words(await ann.bands.values_list("name", flat=True)) == ["Owls"]


async def test_a_filter_behind_a_manager_is_about_the_same_link(db: Database) -> None:
    ann = await Person.objects.create(name="Ann")
    owls, crows = [await Band.objects.create(name=name) for name in ("Owls", "Crows")]
    await owls.members.add(ann, through_defaults={"rank": 1})
    await crows.members.add(ann, through_defaults={"rank": 9})

    assert await owls.members.filter(memberships__rank=1).get() == ann
    assert not await owls.members.filter(memberships__rank=9).exists()


async def test_created_and_set_rows_take_further_columns(db: Database) -> None:
    band = await Band.objects.create(name="Owls")
    ann = await band.members.create(name="Ann", through_defaults={"rank": 1})
    bob = await Person.objects.create(name="Bob")

    await band.members.set([ann, bob], through_defaults={"rank": 2})

    assert await Membership.objects.order_by("rank").values_list("person__name", "rank") == [
        ("Ann", 1),
        ("Bob", 2),
    ]


async def test_through_fields_choose_among_several_keys(db: Database) -> None:
    ann, bob = [await Person.objects.create(name=name) for name in ("Ann", "Bob")]
    band = await Band.objects.create(name="Owls")

    await band.managers.add(ann, through_defaults={"witness": bob})

    assert words(await band.managers.all()) == ["Ann"]
    assert await Person.objects.filter(managed_band=band).get() == ann
    assert words(await bob.managed_bands.all()) == []


async def test_a_pair_may_be_there_twice_only_if_the_table_allows_it(db: Database) -> None:
    ann = await Person.objects.create(name="Ann")
    band = await Band.objects.create(name="Owls")
    await Membership.objects.create(person=ann, band=band, rank=1)
    await Membership.objects.create(person=ann, band=band, rank=2)

    await band.members.add(ann)
    assert words(await band.members.all()) == ["Ann", "Ann"]

    await band.members.remove(ann)
    assert await Membership.objects.count() == 0

    await Contract.objects.create(manager=ann, band=band)
    with pytest.raises(IntegrityError):
        await Contract.objects.create(manager=ann, band=band)


# --- declaring --------------------------------------------------------------------------------


async def test_a_relation_of_an_abstract_model_is_inherited(db: Database) -> None:
    news, sport = await tags("news", "sport")
    crate, jar = await Crate.objects.create(), await Jar.objects.create()

    await crate.labels.add(news)
    await jar.labels.add(news, sport)

    assert await news.crates.get() == crate
    assert await Tag.objects.filter(jar=jar, crate=crate).get() == news
    assert Crate.labels.through is not Jar.labels.through
    assert Crate.labels.through._table.name == "crate_labels"


def test_a_table_between_has_the_names_of_both(db: Database) -> None:
    table = Post.tags.through._table

    assert table.name == "post_tags"
    assert [field.column for field in table.fields] == ["id", "post_id", "tag_id"]
    assert [field.column for field in Person.follows.through._table.fields] == [
        "id",
        "from_person_id",
        "to_person_id",
    ]
    assert Post.seen_by.through._table.name == "who_saw_what"
    assert Band.members.through is Membership


def test_a_hidden_way_back_leaves_no_attribute() -> None:
    assert not hasattr(Person, "post_set")
    with pytest.raises(FieldError):
        Person.objects.filter(post__title="Hello")


def test_what_cannot_be_declared_is_refused() -> None:
    with pytest.raises(ModelError) as error:

        class Wrong(Model):
            tags = ManyToManyField(Tag, symmetrical=True, related_name="wrong")

    assert "symmetrical" in str(error.value)
    with pytest.raises(ModelError) as error:

        class Wronger(Model):
            tags = ManyToManyField(Tag, through=Membership, related_name="wrong")

    assert str(error.value) == (
        "Wronger.tags goes through Membership, which has no foreign key to Wronger. "
        "Give Membership a ForeignKey to Wronger."
    )
    with pytest.raises(ModelError) as error:

        class Wrongest(Model):
            tags = ManyToManyField(Tag, through=Membership, db_table="x", related_name="wrong")

    assert "both through and db_table" in str(error.value)
    with pytest.raises(ModelError) as error:

        class Worst(Model):
            tags = (ManyToManyField(Tag, related_name="wrong"),)

    assert "Take away the comma" in str(error.value)
