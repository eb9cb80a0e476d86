# covet: no twin — in sync code a relation is its object, so there is nothing that is not loaded
"""What does a relation do whose object has not been loaded yet?"""

from __future__ import annotations

import asyncio
import copy
import pickle

import jinja2
import pytest

from covet.aio import (
    CharField,
    Database,
    ForeignKey,
    IntegerField,
    Model,
    NotLoaded,
    OneToOneField,
    capture_queries,
    loaded,
)


class Writer(Model):
    name = CharField(max_length=20)
    number = IntegerField(unique=True, default=1)


class Book(Model):
    title = CharField(max_length=20)
    writer = ForeignKey(Writer, related_name="books")
    editor = ForeignKey(Writer, null=True, related_name="+")
    numbered = ForeignKey(Writer, null=True, to_field="number", related_name="+")

    @property
    def byline(self) -> str:
        return f"{self.title} by {self.writer.name}"


class Prize(Model):
    writer = OneToOneField(Writer, related_name="prize")


async def book() -> Book:
    ann = await Writer.objects.create(name="Ann")
    await Book.objects.create(title="Emma", writer=ann, numbered=ann)
    return await Book.objects.get()


async def test_touching_it_says_how_to_load_it(db: Database) -> None:
    emma = await book()

    with capture_queries() as queries, pytest.raises(NotLoaded) as error:
        emma.writer.name  # noqa: B018

    assert str(error.value) == (
        "Book.writer has not been loaded, so its 'name' is not known. "
        'Write (await book.writer).name, or load it with the query: select_related("writer").'
    )
    assert queries == []


async def test_setting_an_attribute_of_it_says_the_same(db: Database) -> None:
    emma = await book()

    with pytest.raises(NotLoaded, match=r"^Book\.writer has not been loaded, so its 'name'"):
        emma.writer.name = "Jane"


async def test_a_property_that_touches_it_says_the_same(db: Database) -> None:
    emma = await book()

    with pytest.raises(NotLoaded, match=r"^Book\.writer has not been loaded, so its 'name'"):
        emma.byline  # noqa: B018

    await emma.writer
    assert emma.byline == "Emma by Ann"


async def test_loaded_refuses_it(db: Database) -> None:
    emma = await book()

    with pytest.raises(NotLoaded, match=r"^Book\.writer has not been loaded"):
        loaded(emma.writer)

    await emma.writer
    assert loaded(emma.writer).name == "Ann"


async def test_what_its_key_tells_needs_no_query(db: Database) -> None:
    emma = await book()
    ann = await Writer.objects.get()

    with capture_queries() as queries:
        assert emma.writer.pk == emma.writer_id == ann.pk
        assert emma.writer
        assert emma.numbered
        assert not emma.editor
        assert emma.writer == ann
        assert ann == emma.writer
        assert emma.numbered == ann
        assert emma.writer == (copy.copy(emma)).writer
        assert emma.writer != emma
        assert hash(emma.writer) == hash(ann)
        assert repr(emma.writer) == str(emma.writer) == "<Book.writer, not loaded>"
        assert not isinstance(emma.writer, Writer)
    assert queries == []


async def test_awaiting_at_the_same_time_gives_one_object(db: Database) -> None:
    emma = await book()

    first, second = await asyncio.gather(emma.writer, emma.writer)

    assert first == second
    assert await emma.writer in (first, second)


async def test_a_reference_that_was_kept_sees_what_was_loaded_later(db: Database) -> None:
    emma = await book()
    writer = emma.writer

    await emma.writer

    assert writer.name == "Ann"
    emma.writer = await Writer.objects.create(name="Jane", number=2)
    assert writer.name == "Jane"


async def test_it_can_be_pickled_and_copied_and_loaded_then(db: Database) -> None:
    emma = await book()

    for twin in (
        pickle.loads(pickle.dumps(emma.writer)),
        copy.copy(emma.writer),
        copy.deepcopy(emma.writer),
    ):
        assert twin.pk == emma.writer_id
        assert (await twin).name == "Ann"


async def test_an_empty_one_has_no_attributes(db: Database) -> None:
    emma = await book()

    with pytest.raises(AttributeError, match=r"^Book\.editor is None and has no 'name'$"):
        emma.editor.name  # noqa: B018


async def test_the_way_back_to_one_row_is_one_too(db: Database) -> None:
    await book()
    ann = await Writer.objects.get()
    await Prize.objects.create(writer=ann)
    ann = await Writer.objects.get()

    with pytest.raises(NotLoaded, match=r"^Writer\.prize has not been loaded, so its 'id'"):
        bool(ann.prize)

    prize = await ann.prize
    assert ann.prize == prize
    assert ann.prize


async def test_a_key_that_is_not_loaded_is_loaded_first(db: Database) -> None:
    await book()
    emma = await Book.objects.defer("writer").get()

    with pytest.raises(NotLoaded) as error:
        bool(emma.writer)
    with capture_queries() as queries:
        assert (await emma.writer).name == "Ann"

    assert len(queries) == 2
    assert str(error.value) == (
        'Book.writer_id has not been loaded. Load it with refresh_from_db(fields=["writer"]).'
    )


async def test_a_template_does_not_pass_over_what_is_not_loaded(db: Database) -> None:
    ann = await Writer.objects.create(name="Ann")
    await Book.objects.create(title="Tea", writer=ann)
    template = jinja2.Template("{{ book.title }} by {{ book.writer.name }}")
    with pytest.raises(NotLoaded, match=r"Book\.writer has not been loaded"):
        template.render(book=await Book.objects.get())
    book = await Book.objects.select_related("writer").get()
    assert template.render(book=book) == "Tea by Ann"


async def test_it_has_none_of_what_libraries_probe_for(db: Database) -> None:
    ann = await Writer.objects.create(name="Ann")
    await Book.objects.create(title="Tea", writer=ann)
    book = await Book.objects.get()
    for name in ("__html__", "__dataclass_fields__", "_repr_html_", "_ipython_display_"):
        assert not hasattr(book.writer, name)
    with pytest.raises(NotLoaded):
        getattr(book.writer, "name", None)
