"""Does each test meet its module's models, in tables that are there and empty?"""

from __future__ import annotations

import pytest

from covet.aio import CharField, Database, ForeignKey, Model


class Shelf(Model):
    name = CharField(max_length=40)


class Book(Model):
    title = CharField(max_length=40)
    shelf = ForeignKey(Shelf, related_name="books")


@pytest.mark.parametrize("attempt", [1, 2])
async def test_a_test_starts_on_empty_tables(db: Database, attempt: int) -> None:
    assert not await Book.objects.exists()

    shelf = await Shelf.objects.create(name=f"attempt {attempt}")
    await Book.objects.create(title="Emma", shelf=shelf)

    assert await Book.objects.count() == 1


async def test_the_database_is_of_the_kind_that_the_test_is_told(db: Database, kind: str) -> None:
    assert db.url.startswith(kind)
