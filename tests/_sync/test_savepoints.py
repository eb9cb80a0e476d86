# generated from tests/_async/test_savepoints.py by scripts/generate_sync.py;
# change that file, not this one
"""What can the code of a block do with it: go back, have it undone, have something called?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import logging
from typing import Any

import pytest

from covet.errors import ConfigurationError, IntegrityError, TransactionError
from covet.sync import (
    Database,
    atomic,
    database,
    get_rollback,
    on_commit,
    savepoint,
    savepoint_commit,
    savepoint_rollback,
    set_rollback,
)

MODELS: list[type] = []


class Stop(Exception):
    """What a block of these tests is left by."""


@pytest.fixture
def table(db: Database) -> str:
    """An empty table of numbers."""
    db.execute("create table if not exists point_of (id integer primary key)")
    return "point_of"


def add(number: int) -> None:
    database().execute(f"insert into point_of values ({number})")


def numbers() -> list[int]:
    return [row[0] for row in database().fetch_rows("select id from point_of order by id")]


def test_a_way_back_undoes_what_came_after(table: str) -> None:
    with atomic():
        add(1)
        sid = savepoint()
        add(2)
        savepoint_rollback(sid)
        add(3)
        savepoint_rollback(sid)
        add(4)
        savepoint_commit(sid)
    assert numbers() == [1, 4]


def test_a_way_back_makes_a_broken_block_whole(table: str) -> None:
    with atomic():
        add(1)
        sid = savepoint()
        add(2)
        with pytest.raises(IntegrityError):
            add(1)
        assert get_rollback()
        with pytest.raises(TransactionError, match="is broken by IntegrityError"):
            savepoint_commit(sid)
        savepoint_rollback(sid)
        assert not get_rollback()
        add(3)
    assert numbers() == [1, 3]


def test_savepoints_inside_savepoints(table: str) -> None:
    with atomic():
        first = savepoint()
        add(1)
        second = savepoint()
        add(2)
        savepoint_rollback(first)
        with pytest.raises(TransactionError) as caught:
            savepoint_rollback(second)
        assert str(caught.value) == (
            f"No savepoint '{second}' stands in this atomic() block (in savepoint_rollback()). "
            "Give it what savepoint() gave in the same block, before that was released, or undone "
            "with an earlier one."
        )
        add(3)
        third = savepoint()
        savepoint_commit(first)
        with pytest.raises(TransactionError, match="No savepoint"):
            savepoint_commit(third)
    assert numbers() == [3]


@pytest.mark.parametrize("sid", ["covet_1; drop table point_of", None, 1, ["covet_1"]])
def test_what_is_no_savepoint_is_never_sent(table: str, sid: Any) -> None:
    with atomic():
        savepoint()
        with pytest.raises(TransactionError, match="No savepoint"):
            savepoint_rollback(sid)
        add(1)
    assert numbers() == [1]


def test_a_savepoint_belongs_to_its_block(table: str) -> None:
    with atomic():
        sid = savepoint()
        add(1)
        with atomic():
            with pytest.raises(TransactionError, match="No savepoint"):
                savepoint_rollback(sid)
    assert numbers() == [1]


def test_a_way_back_forgets_what_was_to_be_called(table: str) -> None:
    called: list[str] = []
    with atomic():
        on_commit(lambda: called.append("before"))
        sid = savepoint()
        on_commit(lambda: called.append("undone"))
        savepoint_rollback(sid)
        on_commit(lambda: called.append("after"))
    assert called == ["before", "after"]


def test_rows_that_were_being_read_outlive_a_way_back(table: str) -> None:
    db = database()
    db.execute("insert into point_of values (1), (2), (3), (4)")
    seen = []
    with atomic():
        for (number,) in db.stream("select id from point_of order by id", chunk_size=1):
            sid = savepoint()
            add(number + 10)
            savepoint_rollback(sid)
            seen.append(number)
    assert seen == [1, 2, 3, 4]
    assert numbers() == [1, 2, 3, 4]


def test_a_block_can_be_undone_without_an_error(table: str) -> None:
    with atomic():
        add(1)
        assert not get_rollback()
        set_rollback(True)
        assert get_rollback()
        add(2)
        assert numbers() == [1, 2]
    assert numbers() == []


def test_a_block_is_kept_after_all(table: str) -> None:
    with atomic():
        add(1)
        set_rollback(True)
        set_rollback(False)
    assert numbers() == [1]


def test_only_the_innermost_block_is_undone(table: str) -> None:
    called: list[str] = []
    with atomic():
        add(1)
        with atomic():
            add(2)
            on_commit(lambda: called.append("undone"))
            set_rollback(True)
        on_commit(lambda: called.append("kept"))
    assert numbers() == [1]
    assert called == ["kept"]


def test_a_part_that_is_undone_takes_its_block_with_it(table: str) -> None:
    with atomic():
        add(1)
        with atomic(savepoint=False):
            set_rollback(True)
        assert get_rollback()
    assert numbers() == []


@pytest.mark.parametrize("name", ["savepoint", "get_rollback"])
def test_there_has_to_be_a_block(table: str, name: str) -> None:
    with pytest.raises(TransactionError) as caught:
        if name == "savepoint":
            savepoint()
        else:
            get_rollback()
    assert str(caught.value) == (
        f"There is no atomic() block on 'default' here (in {name}()). Call it inside of one."
    )


def test_an_error_after_the_commit_keeps_later_functions_from_being_called(
    table: str,
) -> None:
    called: list[int] = []

    def fail() -> None:
        raise Stop

    with pytest.raises(Stop):
        with atomic():
            add(1)
            on_commit(lambda: called.append(1))
            on_commit(fail)
            on_commit(lambda: called.append(2))
    assert called == [1]
    assert numbers() == [1]


def test_a_robust_function_fails_alone(table: str, caplog: Any) -> None:
    called: list[int] = []

    def fail() -> None:
        raise Stop

    with caplog.at_level(logging.ERROR, "covet.transaction"):
        with atomic():
            add(1)
            on_commit(fail, robust=True)
            on_commit(lambda: called.append(2))
        on_commit(fail, robust=True)
    assert called == [2]
    assert [record.message.rpartition(".")[2] for record in caplog.records] == [
        "fail, which failed",
        "fail, which failed",
    ]
    assert all(record.exc_info[0] is Stop for record in caplog.records)


def test_what_is_called_has_to_be_a_function(table: str) -> None:
    with atomic():
        with pytest.raises(ConfigurationError) as caught:
            on_commit(5)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "5 cannot be called (in on_commit()). Give it a function that takes nothing: "
        "on_commit(lambda: tell(post))."
    )


def test_a_savepoint_that_cannot_be_gone_back_to_breaks_the_block_around(
    table: str, kind: str
) -> None:
    """What an inner block left is not known then, and nothing of it may be committed."""
    with pytest.raises(TransactionError, match="was rolled back"):
        with atomic():
            add(1)
            with pytest.raises(Stop):
                with atomic():
                    add(2)
                    database().execute("release savepoint covet_1")
                    raise Stop
    assert numbers() == []
