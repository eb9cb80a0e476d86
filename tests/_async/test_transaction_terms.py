"""What can be asked of a transaction, and does it end with it?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012, SIM117

from __future__ import annotations

from typing import Any

import pytest

from covet.aio import Database, atomic, connect, on_commit
from covet.aio.testing import RolledBack
from covet.errors import (
    ConfigurationError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    TransactionError,
)

MODELS: list[type] = []

LEVEL = {
    "postgresql": "show transaction_isolation",
    "mysql": "select @@tx_isolation",
}


@pytest.fixture
async def one(url: str) -> Any:
    """A database with a single connection, which each block and query therefore shares."""
    async with connect(url, alias="one", pool_size=1) as one:
        await one.execute("drop table if exists term_of")
        await one.execute("create table term_of (id integer primary key)")
        yield one
        await one.execute("drop table term_of")


async def ids(one: Database) -> list[int]:
    return [row[0] for row in await one.fetch_rows("select id from term_of order by id")]


async def level(one: Database, kind: str) -> str:
    ((word,),) = await one.fetch_rows(LEVEL[kind])
    return word.lower().replace("-", " ")


async def lived(one: Database, other: Database) -> str:
    """The level of the open transaction, by what it sees of others, and does to them.

    MariaDB's words for the level are the session's, and what it says of transactions is old.
    """
    before = await ids(one)
    try:
        await other.fetch_rows("select id from term_of where id = 1 for update nowait")
    except OperationalError:  # it locks what it has read
        return "serializable"
    await other.execute("insert into term_of select max(id) + 1 from term_of")
    return "repeatable read" if await ids(one) == before else "read committed"


@pytest.mark.databases("postgresql", "mysql")
@pytest.mark.parametrize("wanted", ["read committed", "repeatable read", "serializable"])
async def test_a_transaction_has_the_isolation_asked_for(
    one: Database, kind: str, wanted: Any, url: str
) -> None:
    before = await level(one, kind)
    await one.execute("insert into term_of values (1)")
    async with connect(url, alias="other") as other:
        async with atomic("one", isolation=wanted):
            found = await level(one, kind) if kind == "postgresql" else await lived(one, other)
            assert found == wanted
        assert await level(one, kind) == before == "read committed"
        async with atomic("one"):
            assert await lived(one, other) == "read committed"


async def test_a_repeatable_read_sees_no_change(one: Database, url: str) -> None:
    """On SQLite, blocks that write keep all others from writing: that is what is seen there."""
    async with (
        connect(url, alias="other", timeout=0.1)
        if "sqlite" in url
        else connect(url, alias="other") as other
    ):
        async with atomic("one", isolation="repeatable read", read_only=True):
            assert await ids(one) == []
            await other.execute("insert into term_of values (1)")
            assert await ids(one) == []
        assert await ids(one) == [1]


async def test_a_block_that_only_reads_refuses_to_write(one: Database, kind: str) -> None:
    await one.execute("insert into term_of values (1)")
    with pytest.raises(OperationalError):
        async with atomic("one", read_only=True):
            assert await ids(one) == [1]
            await one.execute("insert into term_of values (2)")
    await one.execute("insert into term_of values (3)")
    async with atomic("one"):
        await one.execute("insert into term_of values (4)")
    assert await ids(one) == [1, 3, 4]


@pytest.mark.databases("sqlite")
async def test_a_block_that_only_reads_waits_for_no_writer(one: Database, url: str) -> None:
    async with connect(url, alias="other") as other:
        async with atomic("other"):
            await other.execute("insert into term_of values (1)")
            async with atomic("one", read_only=True):
                assert await ids(one) == []


@pytest.mark.databases("postgresql")
async def test_a_deferrable_block(one: Database) -> None:
    async with atomic("one", isolation="serializable", read_only=True, deferrable=True):
        assert await one.fetch_rows("show transaction_deferrable") == [("on",)]
    assert await one.fetch_rows("show transaction_deferrable") == [("off",)]


@pytest.mark.databases("sqlite", "mysql")
async def test_only_postgresql_has_deferrable_blocks(one: Database) -> None:
    with pytest.raises(NotSupportedError) as caught:
        async with atomic("one", isolation="serializable", read_only=True, deferrable=True):
            pass
    assert str(caught.value) == (
        "Only PostgreSQL has deferrable transactions. Leave deferrable=True out."
    )
    assert await ids(one) == []  # the connection is back


@pytest.mark.parametrize("level", ["read uncommitted", "read committed", "serializable"])
async def test_every_level_is_taken_by_every_database(one: Database, level: Any) -> None:
    async with atomic("one", isolation=level):
        await one.execute("insert into term_of values (1)")
    assert await ids(one) == [1]


def test_an_unknown_level_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        atomic(isolation="serialisable")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "There is no isolation level 'serialisable' (in atomic(isolation=…)). Did you mean "
        "'serializable'? Levels: 'read uncommitted', 'read committed', 'repeatable read', "
        "'serializable'."
    )


def test_a_deferrable_block_has_to_be_a_serializable_one_that_reads() -> None:
    with pytest.raises(ConfigurationError) as caught:
        atomic(deferrable=True, read_only=True)
    assert str(caught.value) == (
        "deferrable=True means something for a serializable block that only reads (in "
        'atomic(deferrable=True)). Say isolation="serializable" and read_only=True too, or leave '
        "it out."
    )


@pytest.mark.parametrize("retries", [-1, 1.5, "3", True])
def test_retries_are_a_number(retries: Any) -> None:
    with pytest.raises(ConfigurationError, match="retries has to be a whole number from 0 on"):
        atomic(retries=retries)


@pytest.mark.parametrize("terms", [{"isolation": "serializable"}, {"read_only": True}])
async def test_an_inner_block_has_the_terms_of_the_outermost(
    one: Database, terms: dict[str, Any]
) -> None:
    (name,) = terms
    async with atomic("one"):
        with pytest.raises(TransactionError) as caught:
            async with atomic("one", **terms):
                pass
        await one.execute("insert into term_of values (1)")
    assert str(caught.value) == (
        f"An atomic() block with {name} cannot be inside another one: it is about the whole "
        f"transaction. Say {name} where the outermost block begins."
    )
    assert await ids(one) == [1]


async def test_the_body_of_a_block_is_not_run_again(one: Database) -> None:
    with pytest.raises(ConfigurationError) as caught:
        async with atomic("one", retries=3):
            pass
    assert str(caught.value) == (
        "The body of a with block cannot be run again (in atomic(retries=…)). Put it into a "
        "function: @atomic(retries=3) makes every call of it a block, "
        "atomic(retries=3)(function)() one."
    )


async def test_what_no_other_transaction_caused_is_not_tried_again(one: Database) -> None:
    tried: list[int] = []

    @atomic("one", retries=3)
    async def store() -> None:
        tried.append(1)
        await one.execute("insert into term_of values (1)")
        await one.execute("insert into term_of values (1)")

    with pytest.raises(IntegrityError):
        await store()
    assert tried == [1]


async def test_what_is_committed_is_not_tried_again(one: Database) -> None:
    """An error that goes away by itself, but comes after the commit."""
    tried: list[int] = []
    late = OperationalError("deadlock")
    late.__cause__ = Exception(1213)

    def fail() -> None:
        raise late

    @atomic("one", retries=3)
    async def store() -> None:
        tried.append(1)
        await one.execute("insert into term_of values (1)")
        on_commit(fail, using="one")

    with pytest.raises(OperationalError):
        await store()
    assert tried == [1]
    assert await ids(one) == [1]


async def test_only_the_outermost_block_is_tried_again(one: Database) -> None:
    tried: list[str] = []
    busy = OperationalError("deadlock")
    busy.__cause__ = Exception(1213)

    @atomic("one", retries=2)
    async def inner() -> None:
        tried.append("inner")
        await one.execute(f"insert into term_of values ({len(tried)})")
        if len(tried) < 4:
            raise busy

    @atomic("one", retries=1)
    async def outer() -> str:
        tried.append("outer")
        await inner()
        return "done"

    assert await outer() == "done"
    assert tried == ["outer", "inner", "outer", "inner"]
    assert await ids(one) == [4]


async def test_an_error_that_stays_is_raised_in_the_end(one: Database) -> None:
    tried: list[int] = []
    busy = OperationalError("busy")
    busy.__cause__ = Exception(1205)

    async def store() -> None:
        tried.append(1)
        raise busy

    with pytest.raises(OperationalError) as caught:
        await atomic("one", retries=2)(store)()
    assert caught.value is busy
    assert tried == [1, 1, 1]


async def test_the_block_around_a_test_is_none_to_its_code(one: Database) -> None:
    @atomic("one", retries=3)
    async def store() -> None:
        await one.execute("insert into term_of values (2)")

    async with RolledBack("one"):
        async with atomic("one", isolation="serializable", durable=True):
            await one.execute("insert into term_of values (1)")
        async with atomic("one", read_only=True):
            assert await ids(one) == [1]
        await store()
        assert await ids(one) == [1, 2]
    assert await ids(one) == []
