# generated from tests/_async/test_latest_earliest.py by scripts/generate_sync.py;
# change that file, not this one
"""Which row do ``latest()`` and ``earliest()`` give?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from covet.sync import (
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


def write() -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    Post.objects.create(title="b", made=day(2), seen=day(9), author=ann)
    Post.objects.create(title="a", made=day(3), seen=None, author=ann)
    Post.objects.create(title="c", made=day(1), seen=day(8), author=bob)


posts: Any = Post.objects


def test_the_field_is_that_of_the_meta(db: Database) -> None:
    write()

    assert posts.latest().title == "a"
    assert posts.earliest().title == "c"


def test_fields_of_the_call_go_before_those_of_the_meta(db: Database) -> None:
    write()

    assert posts.latest("title").title == "c"
    assert posts.earliest("-title").title == "c"
    assert posts.latest("author__name", "-made").title == "c"
    assert posts.latest(F("author__name"), "made").title == "c"
    assert posts.earliest("author__name", "-made").title == "a"


def test_several_fields_of_the_meta(db: Database) -> None:
    for title, number in (("a", 1), ("b", 1), ("c", 2)):
        Note.objects.create(title=title, made=day(number))

    assert Note.objects.latest().title == "b"
    assert Note.objects.earliest().title == "c"


def test_null_is_the_smallest_value(db: Database) -> None:
    write()

    assert posts.earliest("seen").title == "a"
    assert posts.latest("seen").title == "b"


def test_the_order_of_the_query_does_not_count(db: Database) -> None:
    write()

    assert posts.order_by("made").latest().title == "a"
    assert posts.order_by("made").reverse().latest().title == "a"


def test_one_row_is_asked_for(db: Database) -> None:
    write()

    with capture_queries() as queries:
        posts.filter(author__name="Ann").latest()
    assert len(queries) == 1
    assert "LIMIT" in queries[0].sql


def test_of_no_rows_there_is_none(db: Database) -> None:
    with pytest.raises(Post.DoesNotExist) as error:
        posts.latest("title")
    assert str(error.value) == "No Post matches (in Post.objects.latest('title'))."
    with pytest.raises(Post.DoesNotExist):
        posts.none().earliest()


def test_values_have_a_latest_row_too(db: Database) -> None:
    write()

    assert posts.values_list("title", flat=True).latest() == "a"


def test_without_fields_there_is_nothing_to_go_by(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        Author.objects.latest()
    assert str(error.value) == (
        "latest() was given no fields, and Author.Meta has no get_latest_by. "
        'Write latest("…"), or get_latest_by = "…" in the Meta of Author.'
    )


def test_a_field_that_is_none(db: Database) -> None:
    with pytest.raises(UnknownField, match=r"Post has no field 'titel' \(in earliest\('titel'\)\)"):
        posts.earliest("titel")


def test_a_slice_has_no_latest_row(db: Database) -> None:
    with pytest.raises(FieldError) as error:
        posts.all()[:2].latest()
    assert str(error.value) == (
        "latest() cannot change a query once a slice of it was taken. Call latest() before slicing."
    )
