"""What can the code of a block do with it: go back, have it undone, have something called?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012

from __future__ import annotations

import logging
from typing import Any

import pytest

from covet.aio import (
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
from covet.errors import ConfigurationError, IntegrityError, TransactionError

MODELS: list[type] = []


class Stop(Exception):
    """What a block of these tests is left by."""


@pytest.fixture
async def table(db: Database) -> str:
    """An empty table of numbers."""
    await db.execute("create table if not exists point_of (id integer primary key)")
    return "point_of"


async def add(number: int) -> None:
    await database().execute(f"insert into point_of values ({number})")


async def numbers() -> list[int]:
    return [row[0] for row in await database().fetch_rows("select id from point_of order by id")]


async def test_a_way_back_undoes_what_came_after(table: str) -> None:
    async with atomic():
        await add(1)
        sid = await savepoint()
        await add(2)
        await savepoint_rollback(sid)
        await add(3)
        await savepoint_rollback(sid)
        await add(4)
        await savepoint_commit(sid)
    assert await numbers() == [1, 4]


async def test_a_way_back_makes_a_broken_block_whole(table: str) -> None:
    async with atomic():
        await add(1)
        sid = await savepoint()
        await add(2)
        with pytest.raises(IntegrityError):
            await add(1)
        assert get_rollback()
        with pytest.raises(TransactionError, match="is broken by IntegrityError"):
            await savepoint_commit(sid)
        await savepoint_rollback(sid)
        assert not get_rollback()
        await add(3)
    assert await numbers() == [1, 3]


async def test_savepoints_inside_savepoints(table: str) -> None:
    async with atomic():
        first = await savepoint()
        await add(1)
        second = await savepoint()
        await add(2)
        await savepoint_rollback(first)
        with pytest.raises(TransactionError) as caught:
            await savepoint_rollback(second)
        assert str(caught.value) == (
            f"No savepoint '{second}' stands in this atomic() block (in savepoint_rollback()). "
            "Give it what savepoint() gave in the same block, before that was released, or undone "
            "with an earlier one."
        )
        await add(3)
        third = await savepoint()
        await savepoint_commit(first)
        with pytest.raises(TransactionError, match="No savepoint"):
            await savepoint_commit(third)
    assert await numbers() == [3]


@pytest.mark.parametrize("sid", ["covet_1; drop table point_of", None, 1, ["covet_1"]])
async def test_what_is_no_savepoint_is_never_sent(table: str, sid: Any) -> None:
    async with atomic():
        await savepoint()
        with pytest.raises(TransactionError, match="No savepoint"):
            await savepoint_rollback(sid)
        await add(1)
    assert await numbers() == [1]


async def test_a_savepoint_belongs_to_its_block(table: str) -> None:
    async with atomic():
        sid = await savepoint()
        await add(1)
        async with atomic():
            with pytest.raises(TransactionError, match="No savepoint"):
                await savepoint_rollback(sid)
    assert await numbers() == [1]


async def test_a_way_back_forgets_what_was_to_be_called(table: str) -> None:
    called: list[str] = []
    async with atomic():
        on_commit(lambda: called.append("before"))
        sid = await savepoint()
        on_commit(lambda: called.append("undone"))
        await savepoint_rollback(sid)
        on_commit(lambda: called.append("after"))
    assert called == ["before", "after"]


async def test_rows_that_were_being_read_outlive_a_way_back(table: str) -> None:
    db = database()
    await db.execute("insert into point_of values (1), (2), (3), (4)")
    seen = []
    async with atomic():
        async for (number,) in db.stream("select id from point_of order by id", chunk_size=1):
            sid = await savepoint()
            await add(number + 10)
            await savepoint_rollback(sid)
            seen.append(number)
    assert seen == [1, 2, 3, 4]
    assert await numbers() == [1, 2, 3, 4]


async def test_a_block_can_be_undone_without_an_error(table: str) -> None:
    async with atomic():
        await add(1)
        assert not get_rollback()
        set_rollback(True)
        assert get_rollback()
        await add(2)
        assert await numbers() == [1, 2]
    assert await numbers() == []


async def test_a_block_is_kept_after_all(table: str) -> None:
    async with atomic():
        await add(1)
        set_rollback(True)
        set_rollback(False)
    assert await numbers() == [1]


async def test_only_the_innermost_block_is_undone(table: str) -> None:
    called: list[str] = []
    async with atomic():
        await add(1)
        async with atomic():
            await add(2)
            on_commit(lambda: called.append("undone"))
            set_rollback(True)
        on_commit(lambda: called.append("kept"))
    assert await numbers() == [1]
    assert called == ["kept"]


async def test_a_part_that_is_undone_takes_its_block_with_it(table: str) -> None:
    async with atomic():
        await add(1)
        async with atomic(savepoint=False):
            set_rollback(True)
        assert get_rollback()
    assert await numbers() == []


@pytest.mark.parametrize("name", ["savepoint", "get_rollback"])
async def test_there_has_to_be_a_block(table: str, name: str) -> None:
    with pytest.raises(TransactionError) as caught:
        if name == "savepoint":
            await savepoint()
        else:
            get_rollback()
    assert str(caught.value) == (
        f"There is no atomic() block on 'default' here (in {name}()). Call it inside of one."
    )


async def test_an_error_after_the_commit_keeps_later_functions_from_being_called(
    table: str,
) -> None:
    called: list[int] = []

    def fail() -> None:
        raise Stop

    with pytest.raises(Stop):
        async with atomic():
            await add(1)
            on_commit(lambda: called.append(1))
            on_commit(fail)
            on_commit(lambda: called.append(2))
    assert called == [1]
    assert await numbers() == [1]


async def test_a_robust_function_fails_alone(table: str, caplog: Any) -> None:
    called: list[int] = []

    async def fail() -> None:
        raise Stop

    with caplog.at_level(logging.ERROR, "covet.transaction"):
        async with atomic():
            await add(1)
            on_commit(fail, robust=True)
            on_commit(lambda: called.append(2))
        await on_commit(fail, robust=True)
    assert called == [2]
    assert [record.message.rpartition(".")[2] for record in caplog.records] == [
        "fail, which failed",
        "fail, which failed",
    ]
    assert all(record.exc_info[0] is Stop for record in caplog.records)


async def test_what_is_called_has_to_be_a_function(table: str) -> None:
    async with atomic():
        with pytest.raises(ConfigurationError) as caught:
            on_commit(5)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "5 cannot be called (in on_commit()). Give it a function that takes nothing: "
        "on_commit(lambda: tell(post))."
    )


async def test_a_savepoint_that_cannot_be_gone_back_to_breaks_the_block_around(
    table: str, kind: str
) -> None:
    """What an inner block left is not known then, and nothing of it may be committed."""
    with pytest.raises(TransactionError, match="was rolled back"):
        async with atomic():
            await add(1)
            with pytest.raises(Stop):
                async with atomic():
                    await add(2)
                    await database().execute("release savepoint covet_1")
                    raise Stop
    assert await numbers() == []
