"""Does a test leave a database as it found it, and does its code notice nothing of that?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import testing
from covet.aio import (
    CharField,
    Database,
    IntegrityError,
    Model,
    TransactionError,
    atomic,
    connect,
    on_commit,
)
from covet.aio.testing import CommitCallbacks, RolledBack


class Note(Model):
    text = CharField(max_length=20, unique=True)


MODELS = [Note]


async def test_all_is_undone(db: Database) -> None:
    await Note.objects.create(text="before")
    async with RolledBack():
        await Note.objects.create(text="inside")
        await Note.objects.filter(text="before").delete()
        assert await Note.objects.count() == 1
    assert [note.text for note in await Note.objects.all().fetch()] == ["before"]


async def twice(text: str, block: Any) -> None:
    """Store what can be stored only once, twice."""
    async with block:
        await Note.objects.create(text=text)
        await Note.objects.create(text=text)


async def test_an_error_of_the_test_comes_through_and_all_is_undone(db: Database) -> None:
    with pytest.raises(IntegrityError):
        await twice("inside", RolledBack())
    assert not await Note.objects.exists()


async def test_blocks_inside_are_as_usual(db: Database) -> None:
    async with RolledBack():
        async with atomic(durable=True):
            await Note.objects.create(text="a")
        with pytest.raises(IntegrityError):
            await twice("b", atomic())
        assert [note.text for note in await Note.objects.all().fetch()] == ["a"]
    assert not await Note.objects.exists()


async def test_what_commits_would_call(db: Database) -> None:
    called: list[str] = []
    async with RolledBack():
        async with CommitCallbacks() as callbacks, atomic():
            on_commit(lambda: called.append("not"))
        assert (len(callbacks), called) == (1, [])
        async with CommitCallbacks(execute=True) as callbacks:
            async with atomic():
                on_commit(lambda: called.append("one"))
                on_commit(lambda: called.append("two"))
            assert called == []
        assert called == ["one", "two"]
    assert called == ["one", "two"]


async def test_outside_of_a_test_commits_call_by_themselves(db: Database) -> None:
    with pytest.raises(TransactionError, match="No transaction on 'default' is put around"):
        async with CommitCallbacks():
            pass


async def test_each_database_has_its_own(db: Database, url: str) -> None:
    async with connect(url, alias="second"), RolledBack("second"):
        await Note.objects.using("second").create(text="second")
        assert await Note.objects.using("second").count() == 1
    assert not await Note.objects.exists()


@pytest.mark.parametrize("name", ["RolledBack", "CommitCallbacks"])
def test_the_colourless_module_says_where_they_are(name: str) -> None:
    with pytest.raises(AttributeError, match=f"from covet.sync.testing import {name}"):
        getattr(testing, name)
