"""Which row do ``latest()`` and ``earliest()`` give?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    DateField,
    F,
    FieldError,
    ForeignKey,
    Model,
    UnknownField,
    capture_queries,
)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    made = DateField()
    seen = DateField(null=True)
    author = ForeignKey(Author)

    class Meta:
        ordering = ["title"]
        get_latest_by = "made"


class Note(Model):
    title = CharField(max_length=20)
    made = DateField()

    class Meta:
        get_latest_by = ["-made", "title"]


def day(number: int) -> date:
    return date(2026, 11, number)


async def write() -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    await Post.objects.create(title="b", made=day(2), seen=day(9), author=ann)
    await Post.objects.create(title="a", made=day(3), seen=None, author=ann)
    await Post.objects.create(title="c", made=day(1), seen=day(8), author=bob)


posts: Any = Post.objects


async def test_the_field_is_that_of_the_meta(db: Database) -> None:
    await write()

    assert (await posts.latest()).title == "a"
    assert (await posts.earliest()).title == "c"


async def test_fields_of_the_call_go_before_those_of_the_meta(db: Database) -> None:
    await write()

    assert (await posts.latest("title")).title == "c"
    assert (await posts.earliest("-title")).title == "c"
    assert (await posts.latest("author__name", "-made")).title == "c"
    assert (await posts.latest(F("author__name"), "made")).title == "c"
    assert (await posts.earliest("author__name", "-made")).title == "a"


async def test_several_fields_of_the_meta(db: Database) -> None:
    for title, number in (("a", 1), ("b", 1), ("c", 2)):
        await Note.objects.create(title=title, made=day(number))

    assert (await Note.objects.latest()).title == "b"
    assert (await Note.objects.earliest()).title == "c"


async def test_null_is_the_smallest_value(db: Database) -> None:
    await write()

    assert (await posts.earliest("seen")).title == "a"
    assert (await posts.latest("seen")).title == "b"


async def test_the_order_of_the_query_does_not_count(db: Database) -> None:
    await write()

    assert (await posts.order_by("made").latest()).title == "a"
    assert (await posts.order_by("made").reverse().latest()).title == "a"


async def test_one_row_is_asked_for(db: Database) -> None:
    await write()

    with capture_queries() as queries:
        await posts.filter(author__name="Ann").latest()
    assert len(queries) == 1
    assert "LIMIT" in queries[0].sql


async def test_of_no_rows_there_is_none(db: Database) -> None:
    with pytest.raises(Post.DoesNotExist) as error:
        await posts.latest("title")
    assert str(error.value) == "No Post matches (in Post.objects.latest('title'))."
    with pytest.raises(Post.DoesNotExist):
        await posts.none().earliest()


async def test_values_have_a_latest_row_too(db: Database) -> None:
    await write()

    assert await posts.values_list("title", flat=True).latest() == "a"


async def test_without_fields_there_is_nothing_to_go_by(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        await Author.objects.latest()
    assert str(error.value) == (
        "latest() was given no fields, and Author.Meta has no get_latest_by. "
        'Write latest("…"), or get_latest_by = "…" in the Meta of Author.'
    )


async def test_a_field_that_is_none(db: Database) -> None:
    with pytest.raises(UnknownField, match=r"Post has no field 'titel' \(in earliest\('titel'\)\)"):
        await posts.earliest("titel")


async def test_a_slice_has_no_latest_row(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        await posts.all()[:2].latest()
    assert str(error.value) == (
        "latest() cannot change a query once a slice of it was taken. Call latest() before slicing."
    )
