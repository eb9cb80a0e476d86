# generated from tests/_async/test_loading_corners.py by scripts/generate_sync.py;
# change that file, not this one
"""What do related rows look like at the corners, where several ways of loading them meet?"""

from __future__ import annotations

from uuid import uuid4

from covet.sync import (
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


def blog(authors: int = 2, posts: int = 2) -> list[Author]:
    people = Author.objects.bulk_create([Author(name=f"a{n}") for n in range(authors)])
    for one in people:
        one.posts.bulk_create([Post(title=f"{one}.{n}") for n in range(posts)])
    return list(Author.objects.order_by("pk").fetch())


# --- what the rows bring along -------------------------------------------------------------------


def test_rows_know_their_owner_before_their_own_relations_are_fetched(db: Database) -> None:
    blog()
    posts = Post.objects.prefetch_related("author", "tags")

    with capture_queries() as queries:
        authors = Author.objects.prefetch_related(Prefetch("posts", posts)).fetch()
        assert all(loaded(post.author) is one for one in authors for post in one.posts.all())

    assert len(queries) == 3  # authors, posts, tags


def test_an_owner_that_was_joined_stays_with_what_came_with_it(db: Database) -> None:
    authors = blog()
    Passport.objects.create(owner=authors[0], number=7)
    posts = Post.objects.select_related("author__passport")
    query = Author.objects.order_by("pk").prefetch_related(Prefetch("posts", posts))

    with capture_queries() as queries:
        first = query.fetch()[0]
        numbers = [loaded(loaded(post.author).passport).number for post in first.posts.all()]

    assert numbers == [7, 7]
    assert len(queries) == 2
    (post,) = first.posts.select_related("author__passport").filter(title="a0.0")
    assert loaded(loaded(post.author).passport).number == 7


def test_a_loop_goes_on_through_an_only_child(db: Database) -> None:
    authors = blog(authors=3, posts=1)
    for one in authors:
        post = one.posts.get()
        tags = [Tag.objects.create(word=f"{one}.{n}") for n in range(3)]
        post.tags.add(*tags)

    with capture_queries() as queries:
        for one in authors:
            for post in one.posts.all():
                for tag in post.tags.all():
                    tag.posts.all().fetch()

    assert len(queries) <= 2 + 2 + 2  # the first author's row of rows, and all the others'
