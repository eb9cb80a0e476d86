"""What do related rows look like at the corners, where several ways of loading them meet?"""

from __future__ import annotations

import copy
import pickle
from typing import Any
from uuid import UUID, uuid4

import pytest

from covet.aio import (
    FETCH_RAISE,
    SET_NULL,
    CharField,
    Database,
    FieldError,
    ForeignKey,
    IntegerField,
    Manager,
    ManyToManyField,
    Model,
    NotLoaded,
    OneToOneField,
    Prefetch,
    QuerySet,
    UUIDField,
    ValidationError,
    capture_queries,
    connect,
    create_tables,
    loaded,
    prefetch_related_objects,
)


class Author(Model):
    name = CharField(max_length=20)
    boss = ForeignKey("self", SET_NULL, null=True, related_name="staff")

    def __str__(self) -> str:
        return self.name


class Passport(Model):
    owner = OneToOneField(Author, related_name="passport")
    number = IntegerField(default=0)


class Tag(Model):
    word = CharField(max_length=20)

    def __str__(self) -> str:
        return self.word


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    tags = ManyToManyField(Tag, related_name="posts")

    def __str__(self) -> str:
        return self.title


class Country(Model):
    code = CharField(max_length=10, unique=True)


class City(Model):
    name = CharField(max_length=20)
    country = ForeignKey(Country, to_field="code", related_name="cities")


class Box(Model):
    id = UUIDField(primary_key=True, default=uuid4)


class Thing(Model):
    name = CharField(max_length=20)
    box = ForeignKey(Box, related_name="things")


class EagerManager(Manager[Any]):
    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("about")


class EagerBook(Model):
    title = CharField(max_length=20)
    writer = ForeignKey(Author, related_name="books")
    about = ForeignKey(Author, SET_NULL, null=True, related_name="+")

    objects = EagerManager()


async def blog(authors: int = 2, posts: int = 2) -> list[Author]:
    people = await Author.objects.bulk_create([Author(name=f"a{n}") for n in range(authors)])
    for one in people:
        await one.posts.bulk_create([Post(title=f"{one}.{n}") for n in range(posts)])
    return list(await Author.objects.order_by("pk").fetch())


# --- what the rows bring along -------------------------------------------------------------------


async def test_rows_know_their_owner_before_their_own_relations_are_fetched(db: Database) -> None:
    await blog()
    posts = Post.objects.prefetch_related("author", "tags")

    with capture_queries() as queries:
        authors = await Author.objects.prefetch_related(Prefetch("posts", posts)).fetch()
        assert all(loaded(post.author) is one for one in authors for post in one.posts.all())

    assert len(queries) == 3  # authors, posts, tags


async def test_a_single_row_stored_elsewhere_knows_its_owner_too(db: Database) -> None:
    ann, _ = await blog()
    await Passport.objects.create(owner=ann, number=1)
    lookup: Any = Prefetch("passport", to_attr="papers")

    first: Any
    first, *_ = await Author.objects.order_by("pk").prefetch_related(lookup, "papers__owner")

    with capture_queries() as queries:
        assert loaded(first.papers.owner) is first
    assert len(queries) == 0


async def test_an_owner_that_was_joined_stays_with_what_came_with_it(db: Database) -> None:
    authors = await blog()
    await Passport.objects.create(owner=authors[0], number=7)
    posts = Post.objects.select_related("author__passport")
    query = Author.objects.order_by("pk").prefetch_related(Prefetch("posts", posts))

    with capture_queries() as queries:
        first = (await query.fetch())[0]
        numbers = [loaded(loaded(post.author).passport).number for post in first.posts.all()]

    assert numbers == [7, 7]
    assert len(queries) == 2
    (post,) = await first.posts.select_related("author__passport").filter(title="a0.0")
    assert loaded(loaded(post.author).passport).number == 7


async def test_a_loop_goes_on_through_an_only_child(db: Database) -> None:
    authors = await blog(authors=3, posts=1)
    for one in authors:
        post = await one.posts.get()
        tags = [await Tag.objects.create(word=f"{one}.{n}") for n in range(3)]
        await post.tags.add(*tags)

    with capture_queries() as queries:
        for one in authors:
            for post in await one.posts.all():
                for tag in await post.tags.all():
                    await tag.posts.all().fetch()

    assert len(queries) <= 2 + 2 + 2  # the first author's row of rows, and all the others'


async def test_a_selection_without_any_rows_is_empty_lists(db: Database) -> None:
    await blog()
    posts = [Post.objects.none(), Post.objects.all()[5:2]]

    for none in posts:
        for one in await Author.objects.prefetch_related(Prefetch("posts", none)):
            assert list(one.posts.all()) == []
    for post in await Post.objects.prefetch_related(Prefetch("tags", Tag.objects.none())):
        assert list(post.tags.all()) == []


async def test_two_relations_cannot_be_stored_in_one_attribute(db: Database) -> None:
    with pytest.raises(FieldError, match="told twice what to fetch as 'kept'"):
        Author.objects.prefetch_related(
            Prefetch("posts", to_attr="kept"), Prefetch("staff", to_attr="kept")
        )


async def test_a_key_that_was_deferred_is_loaded_to_prefetch_along_it(db: Database) -> None:
    ann, bob = await blog()
    query = Post.objects.order_by("pk").defer("author")

    with capture_queries() as queries:
        posts: list[Any] = await query.prefetch_related(Prefetch("author", to_attr="by")).fetch()
        assert [post.by for post in posts] == [ann, ann, bob, bob]
        posts = await query.prefetch_related("author__posts").fetch()
        assert [loaded(post.author) for post in posts] == [ann, ann, bob, bob]
    assert len(queries) == 3 + 4  # the posts, their keys, the authors, and these authors' posts


# --- keys that were given as text ----------------------------------------------------------------


async def test_a_key_of_its_own_that_was_given_as_text_finds_the_rows(db: Database) -> None:
    ann, _ = await blog()
    tag = await Tag.objects.create(word="x")
    post = await ann.posts.order_by("pk").first()
    assert post is not None
    await post.tags.add(tag)
    await Passport.objects.create(owner=ann, number=3)

    same: Any = Author(id=str(ann.pk), name=ann.name)
    await same.save()
    await prefetch_related_objects([same], "posts", "passport")
    assert len(same.posts.all()) == 2
    assert loaded(same.passport).number == 3
    assert all([await one.author is same for one in same.posts.all()])

    again: Any = Post(id=str(post.pk), title="x", author=ann)
    await again.save()
    await prefetch_related_objects([again], "tags")
    assert list(again.tags.all()) == [tag]


async def test_a_key_of_another_that_was_given_as_text_finds_the_object(db: Database) -> None:
    ann, bob = await blog()
    posts: list[Any] = await Post.objects.order_by("pk").fetch()
    posts[1].author_id = str(bob.pk)
    posts[3].author_id = str(ann.pk)

    with capture_queries() as queries:
        assert [await post.author for post in posts] == [ann, bob, bob, ann]
    assert len(queries) == 1

    fresh: list[Any] = await Post.objects.order_by("pk").fetch()
    fresh[0].author_id = str(bob.pk)
    await prefetch_related_objects(fresh, "author")
    assert [loaded(post.author) for post in fresh] == [bob, ann, bob, bob]

    box = await Box.objects.create()
    await Thing.objects.create(name="x", box=box)
    thing: Any = await Thing.objects.get()
    thing.box_id = str(box.pk)
    await prefetch_related_objects([thing], "box")
    assert loaded(thing.box) == box
    assert isinstance(thing.box_id, UUID)


async def test_a_rows_manager_takes_a_key_that_was_given_as_text(db: Database) -> None:
    ann, _ = await blog()
    boss = await Author.objects.create(name="boss")
    await boss.staff.add(ann)
    same: Any = Author(id=str(boss.pk), name="boss")
    await same.save()

    assert await (await same.staff.get()).boss is same
    await same.staff.remove(ann)
    assert await boss.staff.count() == 0


async def test_a_key_that_cannot_be_does_not_keep_peers_from_being_loaded(db: Database) -> None:
    ann, bob = await blog()
    posts: list[Any] = await Post.objects.order_by("pk").fetch()
    posts[1].author_id = "nobody"

    assert [await post.author for post in (posts[0], *posts[2:])] == [ann, bob, bob]
    with pytest.raises(ValidationError, match=r"Post\.author must be a whole number"):
        await posts[1].author


# --- objects that come, go and move --------------------------------------------------------------


async def test_what_is_not_saved_has_nothing_to_remember(db: Database) -> None:
    new = Author(name="new")
    await prefetch_related_objects([new], "posts__tags", "passport")
    await new.save()
    await Post.objects.create(title="x", author_id=new.pk)
    await Passport.objects.create(owner_id=new.pk, number=1)

    assert [post.title for post in await new.posts.all()] == ["x"]
    assert (await new.passport).number == 1


async def test_one_that_is_pointed_to_knows_by_whom(db: Database) -> None:
    ann, bob = await blog()
    with pytest.raises(Passport.DoesNotExist):
        await ann.passport

    passport = await Passport.objects.create(owner=ann, number=1)
    with capture_queries() as queries:
        assert await ann.passport is passport
    assert len(queries) == 0

    passport.owner = bob
    await passport.save()
    assert await bob.passport is passport
    with pytest.raises(Passport.DoesNotExist):
        await ann.passport
    passport.owner_id = ann.pk
    with pytest.raises(Passport.DoesNotExist):
        await (await Author.objects.get(pk=ann.pk)).passport


async def test_a_new_object_knows_by_whom_it_is_pointed_to_before_both_are_saved(
    db: Database,
) -> None:
    new = Author(name="new")
    passport = Passport(owner=new, number=5)

    assert await new.passport is passport
    await new.save()
    assert await new.passport is passport
    await passport.save()
    assert (await (await Author.objects.get(pk=new.pk)).passport).number == 5


async def test_rows_of_a_target_whose_key_changed_are_asked_for_anew(db: Database) -> None:
    land = await Country.objects.create(code="de")
    await City.objects.create(name="Ulm", country=land)
    found = await Country.objects.get()
    city = await found.cities.get()

    assert await city.country is found
    assert [one.name for one in await found.cities.all()] == ["Ulm"]
    found.code = "fr"
    assert await found.cities.all() == []


async def test_instances_of_two_databases_are_fetched_for_where_they_are(db: Database) -> None:
    async with connect("sqlite:///:memory:", alias="other"):
        await create_tables(Author, Passport, Tag, Post, using="other")
        ann, *_ = await blog(authors=1, posts=2)
        other = await Author.objects.using("other").create(id=ann.pk, name="other")
        await other.posts.create(title="elsewhere")

        both = [
            await Author.objects.get(pk=ann.pk),
            await Author.objects.using("other").get(pk=ann.pk),
        ]
        await prefetch_related_objects(both, "posts__tags")

        assert [[post.title for post in one.posts.all()] for one in both] == [
            ["a0.0", "a0.1"],
            ["elsewhere"],
        ]


# --- rows that were loaded ahead -----------------------------------------------------------------


async def test_what_a_manager_brings_along_is_not_old_either(db: Database) -> None:
    """Rows that were loaded for peers, with those of another table joined and prefetched."""
    authors = await blog(authors=3, posts=0)
    star = await Author.objects.create(name="star")
    for one in authors:
        await EagerBook.objects.create(title=f"about {one}", writer=one, about=star)
    for one in authors[:2]:
        await one.books.all().fetch()

    await Author.objects.filter(pk=star.pk).update(name="fallen")
    (book,) = await authors[2].books.all()
    assert loaded(book.about).name == "fallen"


# --- pickles -------------------------------------------------------------------------------------


async def test_rows_of_the_table_between_can_be_pickled(db: Database) -> None:
    ann, _ = await blog()
    post = await ann.posts.order_by("pk").first()
    assert post is not None
    await post.tags.add(await Tag.objects.create(word="x"))

    link = await Post.tags.through.objects.get()
    assert pickle.loads(pickle.dumps(link)) == link
    assert copy.deepcopy(link) == link


async def test_what_was_loaded_is_pickled_with_the_same_objects(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("pk").prefetch_related("posts__author").fetch()

    with capture_queries() as queries:
        for one in pickle.loads(pickle.dumps(authors)):
            assert [loaded(post.author) is one for post in one.posts.all()] == [True, True]
    assert len(queries) == 0


async def test_what_was_loaded_ahead_is_asked_for_anew_behind_a_pickle(db: Database) -> None:
    authors = await blog(authors=3)
    for one in authors:
        await one.posts.all().fetch()
    others = pickle.loads(pickle.dumps(authors))

    with capture_queries() as queries:
        assert [len(await one.posts.all()) for one in others] == [2, 2, 2]
    assert len(queries) == 3  # they are no peers any more


# --- strictness ----------------------------------------------------------------------------------


async def test_strictness_is_inherited_through_everything(db: Database) -> None:
    authors = await blog()
    await Passport.objects.create(owner=authors[0], number=1)
    query = Author.objects.fetch_mode(FETCH_RAISE).order_by("pk").select_related("passport")
    first = (await query.prefetch_related("posts", Prefetch("staff", to_attr="below")))[0]

    posts = list(first.posts.all())
    for touched in (posts[0].tags, first.staff):
        with pytest.raises(NotLoaded):
            await touched.all().fetch()
    found = await first.posts.get(pk=posts[0].pk)
    with pytest.raises(NotLoaded):
        await found.tags.all().fetch()
    made = await Author.objects.fetch_mode(FETCH_RAISE).create(name="new")
    assert await made.posts.all() == []  # what is created here has no query to be strict about


# --- rows that stand in several tables ------------------------------------------------------------


class Shop(Model):
    name = CharField(max_length=20)


class Item(Model):
    label = CharField(max_length=20)


class Book(Item):
    shop = ForeignKey(Shop, related_name="books")


async def test_rows_loaded_ahead_are_not_older_than_what_a_parents_table_has(db: Database) -> None:
    shops = await Shop.objects.bulk_create([Shop(name=str(n)) for n in range(3)])
    for shop in shops:
        await Book.objects.create(label="old", shop=shop)
    found = await Shop.objects.order_by("pk").fetch()
    for shop in found[:2]:
        await shop.books.all().fetch()

    await Item.objects.all().update(label="new")

    assert [book.label for book in await found[2].books.all()] == ["new"]


class Cup(Model):
    code = CharField(max_length=20, unique=True)
    size = IntegerField(default=1)


class Drink(Model):
    cup = ForeignKey(Cup, to_field="code", related_name="drinks")


async def test_an_object_loaded_without_the_key_that_points_to_it_is_kept(db: Database) -> None:
    cup = await Cup.objects.create(code="blue", size=3)
    await Drink.objects.create(cup=cup)
    prefetch = Prefetch("cup", Cup.objects.defer("code"))

    with capture_queries() as queries:
        drink = (await Drink.objects.prefetch_related(prefetch).fetch())[0]
        assert loaded(drink.cup).size == 3
    assert len(queries) == 2
