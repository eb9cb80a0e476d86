"""What do related rows look like at the corners, where several ways of loading them meet?"""

from __future__ import annotations

from uuid import uuid4

from covet.aio import (
    SET_NULL,
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    OneToOneField,
    Prefetch,
    UUIDField,
    capture_queries,
    loaded,
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
