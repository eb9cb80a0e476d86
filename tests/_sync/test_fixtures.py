# generated from tests/_async/test_fixtures.py by scripts/generate_sync.py;
# change that file, not this one
"""Does each test meet its module's models, in tables that are there and empty?"""

from __future__ import annotations

import pytest

from covet.sync import CharField, Database, ForeignKey, Model


class Shelf(Model):
    name = CharField(max_length=40)


class Book(Model):
    title = CharField(max_length=40)
    shelf = ForeignKey(Shelf, related_name="books")


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_test_starts_on_empty_tables(db: Database, attempt: int) -> None:
    assert not Book.objects.exists()

    shelf = Shelf.objects.create(name=f"attempt {attempt}")
    Book.objects.create(title="Emma", shelf=shelf)

    assert Book.objects.count() == 1


def test_the_database_is_of_the_kind_that_the_test_is_told(db: Database, kind: str) -> None:
    assert db.url.startswith(kind)
