# generated from tests/_async/test_testing.py by scripts/generate_sync.py;
# change that file, not this one
"""Does a test leave a database as it found it, and does its code notice nothing of that?"""

from __future__ import annotations

from typing import Any

import pytest

from covet import testing
from covet.sync import (
    CharField,
    Database,
    IntegrityError,
    Model,
    TransactionError,
    atomic,
    connect,
    on_commit,
)
from covet.sync.testing import CommitCallbacks, RolledBack


class Note(Model):
    text = CharField(max_length=20, unique=True)


MODELS = [Note]


def test_all_is_undone(db: Database) -> None:
    Note.objects.create(text="before")
    with RolledBack():
        Note.objects.create(text="inside")
        Note.objects.filter(text="before").delete()
        assert Note.objects.count() == 1
    assert [note.text for note in Note.objects.all().fetch()] == ["before"]


def twice(text: str, block: Any) -> None:
    """Store what can be stored only once, twice."""
    with block:
        Note.objects.create(text=text)
        Note.objects.create(text=text)


def test_an_error_of_the_test_comes_through_and_all_is_undone(db: Database) -> None:
    with pytest.raises(IntegrityError):
        twice("inside", RolledBack())
    assert not Note.objects.exists()


def test_blocks_inside_are_as_usual(db: Database) -> None:
    with RolledBack():
        with atomic(durable=True):
            Note.objects.create(text="a")
        with pytest.raises(IntegrityError):
            twice("b", atomic())
        assert [note.text for note in Note.objects.all().fetch()] == ["a"]
    assert not Note.objects.exists()


def test_what_commits_would_call(db: Database) -> None:
    called: list[str] = []
    with RolledBack():
        with CommitCallbacks() as callbacks, atomic():
            on_commit(lambda: called.append("not"))
        assert (len(callbacks), called) == (1, [])
        with CommitCallbacks(execute=True) as callbacks:
            with atomic():
                on_commit(lambda: called.append("one"))
                on_commit(lambda: called.append("two"))
            assert called == []
        assert called == ["one", "two"]
    assert called == ["one", "two"]


def test_outside_of_a_test_commits_call_by_themselves(db: Database) -> None:
    with pytest.raises(TransactionError, match="No transaction on 'default' is put around"):
        with CommitCallbacks():
            pass


def test_each_database_has_its_own(db: Database, url: str) -> None:
    with connect(url, alias="second"), RolledBack("second"):
        Note.objects.using("second").create(text="second")
        assert Note.objects.using("second").count() == 1
    assert not Note.objects.exists()


@pytest.mark.parametrize("name", ["RolledBack", "CommitCallbacks"])
def test_the_colourless_module_says_where_they_are(name: str) -> None:
    with pytest.raises(AttributeError, match=f"from covet.sync.testing import {name}"):
        getattr(testing, name)
