"""What does an update() set where its expression is over a relation: what is there, row by row?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    IntegrityError,
    Model,
    OneToOneField,
    capture_queries,
)

from ..pairs import async_fixture


class Author(Model):
    name = CharField(max_length=20)
    age = IntegerField(default=0)


class Contact(Model):
    author = OneToOneField(Author, related_name="contact")
    town = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20, null=True)
    views = IntegerField(default=0)
    author = ForeignKey(Author, null=True, related_name="posts")
    editor = ForeignKey(Author, null=True, related_name="edited")
    parent = ForeignKey("Post", null=True)


class Place(Model):
    size = IntegerField(default=0)


class Cafe(Place):
    tables = IntegerField(default=0)


@async_fixture
async def posts(db: Database) -> AsyncIterator[list[Post]]:
    ann = await Author.objects.create(name="Ann", age=30)
    bob = await Author.objects.create(name="Bob", age=40)
    await Contact.objects.create(author=ann, town="Bern")
    yield [
        await Post.objects.create(title="a", views=1, author=ann, editor=bob),
        await Post.objects.create(title="b", views=2, author=bob),
        await Post.objects.create(title="c", views=3),
    ]


async def column(name: str) -> list[Any]:
    return await Post.objects.order_by("id").values_list(name, flat=True).fetch()


async def test_a_column_of_a_related_row(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert await Post.objects.update(title=F("author__name")) == 3

    assert len(queries) == 1
    assert await column("title") == ["Ann", "Bob", None]


async def test_a_way_back_to_one_row(posts: list[Post]) -> None:
    await Post.objects.update(title=F("author__contact__town"))

    assert await column("title") == ["Bern", None, None]


async def test_several_relations_and_the_own_columns(posts: list[Post]) -> None:
    both = Post.objects.filter(editor__name="Bob")

    assert await both.update(views=F("views") + F("author__age") * 100 + F("editor__age")) == 1

    assert await column("views") == [3041, 2, 3]


async def test_together_with_slices_and_returning(posts: list[Post]) -> None:
    first = Post.objects.filter(author__isnull=False).order_by("-author__age")[:1]

    rows = await first.returning("title", "views").update(title=F("author__name"), views=7)

    assert rows == [("Bob", 7)]


async def test_many_rows_by_expressions_over_relations(posts: list[Post]) -> None:
    for post in posts:
        post.title = F("author__name")

    await Post.objects.bulk_update(posts, ["title"])

    assert await column("title") == ["Ann", "Bob", None]


async def test_a_column_of_a_parent(db: Database) -> None:
    await Cafe.objects.create(size=4)

    await Cafe.objects.update(tables=F("size") * 2)

    assert (await Cafe.objects.get()).tables == 8


async def test_none_where_there_is_none(posts: list[Post]) -> None:
    with pytest.raises(IntegrityError):
        await Post.objects.update(views=F("author__age"))

    assert await column("views") == [1, 2, 3]


async def test_what_may_be_several_is_refused(posts: list[Post]) -> None:
    with pytest.raises(FieldError) as caught:
        await Author.objects.update(name=F("posts__title"))

    assert str(caught.value) == (
        "Author.name is set to F('posts__title'), of which there may be several. "
        "Say which one by a Subquery."
    )


async def test_the_table_that_is_changed_is_not_read(posts: list[Post]) -> None:
    with pytest.raises(FieldError) as caught:
        await Post.objects.update(title=F("parent__title"))

    assert str(caught.value) == (
        "Post.title is set to F('parent__title'), which is in the table that is changed. "
        "Read the values first, and write them with bulk_update()."
    )
