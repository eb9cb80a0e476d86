"""What happens as a whole, and what is undone?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012, SIM117

from __future__ import annotations

import pytest

from covet.aio import Database, atomic, connect, database, on_commit
from covet.errors import ConfigurationError, IntegrityError, ProgrammingError, TransactionError

MODELS: list[type] = []


class Stop(Exception):
    """What a block of these tests is left by."""


@pytest.fixture
async def table(db: Database) -> str:
    """An empty table of numbers."""
    await db.execute("create table if not exists number_of (id integer primary key)")
    return "number_of"


async def add(number: int) -> None:
    db = database()
    await db.execute(f"insert into number_of values ({db.dialect.placeholder})", (number,))


async def numbers() -> list[int]:
    return [row[0] for row in await database().fetch_rows("select id from number_of order by id")]


async def test_a_block_is_committed(table: str) -> None:
    async with atomic():
        await add(1)
        await add(2)
    assert await numbers() == [1, 2]


async def test_an_exception_undoes_a_block(table: str) -> None:
    with pytest.raises(Stop):
        async with atomic():
            await add(1)
            raise Stop
    assert await numbers() == []


async def test_nobody_else_sees_an_open_block(table: str, url: str) -> None:
    async with connect(url, alias="watcher") as watcher:
        async with atomic():
            await add(1)
            assert await watcher.fetch_rows("select id from number_of") == []
            assert await numbers() == [1]
        assert await watcher.fetch_rows("select id from number_of") == [(1,)]


async def test_an_inner_block_fails_alone(table: str) -> None:
    async with atomic():
        await add(1)
        with pytest.raises(IntegrityError):
            async with atomic():
                await add(2)
                await add(1)
        await add(3)
        async with atomic():
            await add(4)
    assert await numbers() == [1, 3, 4]


async def test_blocks_five_deep(table: str) -> None:
    async with atomic():
        await add(1)
        async with atomic():
            await add(2)
            with pytest.raises(Stop):
                async with atomic():
                    await add(3)
                    async with atomic():
                        await add(4)
                    raise Stop
            async with atomic():
                await add(5)
    assert await numbers() == [1, 2, 5]


async def test_without_a_savepoint_an_inner_block_fails_with_the_outer(table: str) -> None:
    with pytest.raises(TransactionError) as caught:
        async with atomic():
            await add(1)
            with pytest.raises(Stop):
                async with atomic(savepoint=False):
                    raise Stop
    assert str(caught.value) == (
        "The atomic() block on 'default' was rolled back, as it is broken by Stop in a block "
        "inside it. Catch the error outside of the block, or put what may fail into an atomic() "
        "of its own."
    )
    assert await numbers() == []


async def test_a_broken_block_can_only_be_left(table: str) -> None:
    with pytest.raises(TransactionError) as left:
        async with atomic():
            await add(1)
            with pytest.raises(ProgrammingError):
                await database().execute("selekt 1")
            with pytest.raises(TransactionError) as caught:
                await add(2)
            assert str(caught.value).startswith(
                "The atomic() block on 'default' is broken by ProgrammingError: "
            )
            assert str(caught.value).endswith(
                "Leave it: put what may fail into an atomic() of its own, and catch the error "
                "outside of that."
            )
            with pytest.raises(TransactionError):
                async with atomic():
                    pass
    assert "was rolled back" in str(left.value)
    assert isinstance(left.value.__cause__, ProgrammingError)
    assert await numbers() == []


async def test_the_error_that_broke_a_block_is_the_one_that_leaves_it(table: str) -> None:
    with pytest.raises(IntegrityError):
        async with atomic():
            await add(1)
            await add(1)
    assert await numbers() == []


async def test_a_durable_block_is_the_outermost(table: str) -> None:
    async with atomic(durable=True):
        await add(1)
    with pytest.raises(TransactionError) as caught:
        async with atomic():
            async with atomic(durable=True):
                pass
    assert str(caught.value) == (
        "A durable atomic() block cannot be inside another one. "
        "Call it outside of every atomic() block."
    )


async def test_every_call_of_a_decorated_function_is_a_block(table: str) -> None:
    @atomic
    async def store(number: int) -> int:
        await add(number)
        if number > 1:
            raise Stop
        return number

    @atomic(durable=True)
    async def store_durably(number: int) -> None:
        await add(number)

    assert await store(1) == 1
    with pytest.raises(Stop):
        await store(2)
    await store_durably(3)
    assert store.__name__ == "store"
    assert await numbers() == [1, 3]


async def test_a_generator_is_not_decorated() -> None:
    with pytest.raises(ConfigurationError, match="is not a"):

        @atomic
        def rows():  # type: ignore[no-untyped-def]
            yield 1


async def test_a_block_object_serves_once_at_a_time(table: str) -> None:
    block = atomic()
    async with block:
        with pytest.raises(TransactionError) as caught:
            async with block:
                pass
    assert str(caught.value) == "This atomic() is in use already. Call atomic() for each block."


async def test_a_transaction_ended_by_hand_is_an_error(table: str) -> None:
    with pytest.raises(TransactionError) as caught:
        async with atomic():
            await add(1)
            await database().execute("rollback")
    assert str(caught.value) == (
        "The transaction on 'default' had ended before its atomic() block did. Keep COMMIT and "
        "ROLLBACK, and on MariaDB statements that change tables, out of the block."
    )
    assert await numbers() == []


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_commit_that_fails_is_an_error(table: str) -> None:
    db = database()
    await db.execute(
        "create table if not exists child_of (parent integer references number_of (id)"
        " deferrable initially deferred)"
    )
    called = []
    with pytest.raises(IntegrityError):
        async with atomic():
            on_commit(lambda: called.append(1))
            await db.execute("insert into child_of values (99)")
    assert called == []
    assert await db.fetch_rows("select * from child_of") == []
    connections = db.pool.slots
    assert len(connections.idle) == len(connections.connections)


async def test_on_commit_waits_for_the_outermost_commit(table: str) -> None:
    called: list[str] = []
    async with atomic():
        on_commit(lambda: called.append("outer"))
        async with atomic():
            on_commit(lambda: called.append("inner"))
        with pytest.raises(Stop):
            async with atomic():
                on_commit(lambda: called.append("undone"))
                raise Stop
        assert called == []
    assert called == ["outer", "inner"]


async def test_on_commit_of_an_undone_block_is_not_called(table: str) -> None:
    called: list[int] = []
    with pytest.raises(Stop):
        async with atomic():
            on_commit(lambda: called.append(1))
            raise Stop
    assert called == []


async def test_on_commit_outside_of_a_block_calls_at_once(table: str) -> None:
    called: list[int] = []

    async def later() -> None:
        called.append(2)

    on_commit(lambda: called.append(1))
    await on_commit(later)
    async with atomic():
        on_commit(later)
    assert called == [1, 2, 2]


async def test_a_query_in_on_commit_is_outside_of_the_block(table: str) -> None:
    async def more() -> None:
        await add(2)

    async with atomic():
        await add(1)
        on_commit(more)
    assert await numbers() == [1, 2]


async def test_what_follows_a_withdrawal_is_outside_of_the_block(table: str) -> None:
    block = atomic()
    async with block:
        await add(1)
        block.withdraw()
        assert await numbers() == []
    assert await numbers() == [1]


async def test_two_databases_have_blocks_of_their_own(table: str) -> None:
    async with connect("sqlite:///:memory:", alias="second") as second:
        await second.execute("create table t (id integer)")
        with pytest.raises(Stop):
            async with atomic(), atomic("second"):
                await second.execute("insert into t values (1)")
                raise Stop
        assert await second.fetch_rows("select * from t") == []


@pytest.mark.databases("mysql")
async def test_a_change_of_tables_in_a_block_is_an_error_on_mariadb(table: str) -> None:
    with pytest.raises(TransactionError, match="had ended before"):
        async with atomic():
            await add(1)
            await database().execute("create table if not exists other_of (id integer)")
