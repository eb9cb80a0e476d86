"""What is a relation in sync code? Its object, loaded when it is first touched.

The counterpart of ``_async/test_lazy_references.py``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from covet.sync import (
    CharField,
    ForeignKey,
    Model,
    NotLoaded,
    OneToOneField,
    capture_queries,
    connect,
    create_tables,
    loaded,
)


class Writer(Model):
    name = CharField(max_length=20)


class Book(Model):
    title = CharField(max_length=20)
    writer = ForeignKey(Writer, related_name="books")
    editor = ForeignKey(Writer, null=True, related_name="+")

    @property
    def byline(self) -> str:
        return f"{self.title} by {self.writer.name}"


class Prize(Model):
    writer = OneToOneField(Writer, related_name="prize")


@pytest.fixture
def emma() -> Iterator[Book]:
    with connect("sqlite:///:memory:"):
        create_tables(Writer, Book, Prize)
        Book.objects.create(title="Emma", writer=Writer.objects.create(name="Ann"))
        yield Book.objects.get()


def test_touching_it_loads_it_once(emma: Book) -> None:
    with capture_queries() as queries:
        assert emma.writer.name == "Ann"
        assert emma.byline == "Emma by Ann"
        assert emma.writer is emma.writer
    assert len(queries) == 1


def test_it_is_the_object_itself(emma: Book) -> None:
    assert type(emma.writer) is Writer
    assert loaded(emma.writer) is emma.writer
    assert emma.editor is None


def test_its_key_needs_no_query(emma: Book) -> None:
    with capture_queries() as queries:
        assert emma.writer_id is not None
    assert queries == []


def test_the_way_back_to_one_row_is_the_row(emma: Book) -> None:
    prize = Prize.objects.create(writer=emma.writer)
    ann = Writer.objects.get()

    with capture_queries() as queries:
        assert ann.prize == prize
        assert ann.prize.writer is ann
    assert len(queries) == 1


def test_a_key_that_is_not_loaded_is_loaded_first(emma: Book) -> None:
    found = Book.objects.defer("writer").get()

    with capture_queries() as queries:
        assert found.writer.name == "Ann"
    assert len(queries) == 2


def test_without_its_key_an_unsaved_one_cannot_be_loaded(emma: Book) -> None:
    unsaved = Book(title="Lost")
    del unsaved.writer_id

    with pytest.raises(NotLoaded, match=r"^Book\.writer_id has not been loaded\."):
        unsaved.writer  # noqa: B018
