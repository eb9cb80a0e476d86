"""Does one query bring the related objects of its rows along?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    OneToOneField,
    UnknownField,
    capture_queries,
    loaded,
)


class Publisher(Model):
    name = CharField(max_length=20)


class Author(Model):
    name = CharField(max_length=20)
    publisher = ForeignKey(Publisher, null=True, related_name="authors")


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, null=True, related_name="edited")


class Cover(Model):
    post = OneToOneField(Post, related_name="cover")
    pages = IntegerField(default=1)


async def write() -> None:
    house = await Publisher.objects.create(name="House")
    ann = await Author.objects.create(name="Ann", publisher=house)
    bob = await Author.objects.create(name="Bob")
    first = await Post.objects.create(title="a", author=ann, editor=bob)
    await Post.objects.create(title="b", author=bob)
    await Cover.objects.create(post=first, pages=3)


async def test_related_objects_come_with_the_rows_at_any_depth(db: Database) -> None:
    await write()
    query = Post.objects.select_related("author__publisher", "editor").order_by("title")

    with capture_queries() as queries:
        a, b = await query.fetch()
        house, bob = loaded(loaded(a.author).publisher), loaded(a.editor)

    assert len(queries) == 1
    assert house is not None
    assert bob is not None
    assert [loaded(a.author).name, house.name, bob.name] == ["Ann", "House", "Bob"]
    assert loaded(b.author).name == "Bob"
    assert loaded(loaded(b.author).publisher) is None
    assert loaded(b.editor) is None


async def test_a_relation_that_may_be_empty_loses_no_row(db: Database) -> None:
    await write()

    assert len(await Post.objects.select_related("editor__publisher").fetch()) == 2


async def test_the_way_back_from_a_one_to_one_relation_comes_too(db: Database) -> None:
    await write()

    with capture_queries() as queries:
        a, b = await Post.objects.select_related("cover").order_by("title").fetch()
        cover: Any = await a.cover  # type: ignore[attr-defined]
        with pytest.raises(Cover.DoesNotExist) as raised:
            await b.cover  # type: ignore[attr-defined]

    assert len(queries) == 1
    assert cover.pages == 3
    assert await cover.post is a
    assert str(raised.value) == f"<Post: Post object ({b.pk})> has no cover."


async def test_without_paths_all_keys_that_cannot_be_empty_are_followed(db: Database) -> None:
    await write()

    with capture_queries() as queries:
        [cover] = await Cover.objects.select_related().fetch()
        title = loaded(loaded(cover.post).author).name

    assert title == "Ann"
    assert len(queries) == 1


async def test_none_takes_back_what_was_asked_for(db: Database) -> None:
    plain = Post.objects.all().sql()

    assert Post.objects.select_related("author").select_related(None).sql() == plain


async def test_calls_add_up(db: Database) -> None:
    once = Post.objects.select_related("author", "editor").sql()

    assert Post.objects.select_related("author").select_related("editor").sql() == once


async def test_it_goes_with_filters_slices_and_counting(db: Database) -> None:
    await write()
    query = Post.objects.select_related("author").filter(author__name="Bob")

    [post] = await query[:1].fetch()

    assert loaded(post.author).name == "Bob"
    assert await query.count() == 1
    assert await query.exists()
    assert await query.values_list("title", flat=True).fetch() == ["b"]


async def test_get_and_first_bring_them_along(db: Database) -> None:
    await write()

    with capture_queries() as queries:
        post = await Post.objects.select_related("author").get(title="a")
        first = await Post.objects.select_related("author").order_by("title").first()
        assert first is not None
        names = [loaded(post.author).name, loaded(first.author).name]

    assert names == ["Ann", "Ann"]
    assert len(queries) == 2


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        (
            "titel",
            UnknownField,
            "Post has no field 'titel' (in select_related('titel')). "
            "Fields: author, cover, editor.",
        ),
        (
            "title",
            FieldError,
            "Post.title is no relation (in select_related('title')). "
            "Relations to one row: author, cover, editor.",
        ),
        (
            "author__edited",
            FieldError,
            "Author.edited leads to several rows, which no single row can bring along "
            "(in select_related('author__edited')). Relations to one row: publisher.",
        ),
    ],
)
def test_a_path_to_no_single_row_is_an_error(
    path: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as raised:
        Post.objects.select_related(path)

    assert str(raised.value) == message
