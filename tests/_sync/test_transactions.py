# generated from tests/_async/test_transactions.py by scripts/generate_sync.py;
# change that file, not this one
"""What happens as a whole, and what is undone?"""

# A block that raises is what these tests are about.
# ruff: noqa: PT012, SIM117

from __future__ import annotations

import pytest

from covet.errors import ConfigurationError, IntegrityError, ProgrammingError, TransactionError
from covet.sync import Database, atomic, connect, database, on_commit

MODELS: list[type] = []


class Stop(Exception):
    """What a block of these tests is left by."""


@pytest.fixture
def table(db: Database) -> str:
    """An empty table of numbers."""
    db.execute("create table if not exists number_of (id integer primary key)")
    return "number_of"


def add(number: int) -> None:
    db = database()
    db.execute(f"insert into number_of values ({db.dialect.placeholder})", (number,))


def numbers() -> list[int]:
    return [row[0] for row in database().fetch_rows("select id from number_of order by id")]


def test_a_block_is_committed(table: str) -> None:
    with atomic():
        add(1)
        add(2)
    assert numbers() == [1, 2]


def test_an_exception_undoes_a_block(table: str) -> None:
    with pytest.raises(Stop):
        with atomic():
            add(1)
            raise Stop
    assert numbers() == []


def test_nobody_else_sees_an_open_block(table: str, url: str) -> None:
    with connect(url, alias="watcher") as watcher:
        with atomic():
            add(1)
            assert watcher.fetch_rows("select id from number_of") == []
            assert numbers() == [1]
        assert watcher.fetch_rows("select id from number_of") == [(1,)]


def test_an_inner_block_fails_alone(table: str) -> None:
    with atomic():
        add(1)
        with pytest.raises(IntegrityError):
            with atomic():
                add(2)
                add(1)
        add(3)
        with atomic():
            add(4)
    assert numbers() == [1, 3, 4]


def test_blocks_five_deep(table: str) -> None:
    with atomic():
        add(1)
        with atomic():
            add(2)
            with pytest.raises(Stop):
                with atomic():
                    add(3)
                    with atomic():
                        add(4)
                    raise Stop
            with atomic():
                add(5)
    assert numbers() == [1, 2, 5]


def test_without_a_savepoint_an_inner_block_fails_with_the_outer(table: str) -> None:
    with pytest.raises(TransactionError) as caught:
        with atomic():
            add(1)
            with pytest.raises(Stop):
                with atomic(savepoint=False):
                    raise Stop
    assert str(caught.value) == (
        "The atomic() block on 'default' was rolled back, as it is broken by Stop in a block "
        "inside it. Catch the error outside of the block, or put what may fail into an atomic() "
        "of its own."
    )
    assert numbers() == []


def test_a_broken_block_can_only_be_left(table: str) -> None:
    with pytest.raises(TransactionError) as left:
        with atomic():
            add(1)
            with pytest.raises(ProgrammingError):
                database().execute("selekt 1")
            with pytest.raises(TransactionError) as caught:
                add(2)
            assert str(caught.value).startswith(
                "The atomic() block on 'default' is broken by ProgrammingError: "
            )
            assert str(caught.value).endswith(
                "Leave it: put what may fail into an atomic() of its own, and catch the error "
                "outside of that."
            )
            with pytest.raises(TransactionError):
                with atomic():
                    pass
    assert "was rolled back" in str(left.value)
    assert isinstance(left.value.__cause__, ProgrammingError)
    assert numbers() == []


def test_the_error_that_broke_a_block_is_the_one_that_leaves_it(table: str) -> None:
    with pytest.raises(IntegrityError):
        with atomic():
            add(1)
            add(1)
    assert numbers() == []


def test_a_durable_block_is_the_outermost(table: str) -> None:
    with atomic(durable=True):
        add(1)
    with pytest.raises(TransactionError) as caught:
        with atomic():
            with atomic(durable=True):
                pass
    assert str(caught.value) == (
        "A durable atomic() block cannot be inside another one. "
        "Call it outside of every atomic() block."
    )


def test_every_call_of_a_decorated_function_is_a_block(table: str) -> None:
    @atomic
    def store(number: int) -> int:
        add(number)
        if number > 1:
            raise Stop
        return number

    @atomic(durable=True)
    def store_durably(number: int) -> None:
        add(number)

    assert store(1) == 1
    with pytest.raises(Stop):
        store(2)
    store_durably(3)
    assert store.__name__ == "store"
    assert numbers() == [1, 3]


def test_a_generator_is_not_decorated() -> None:
    with pytest.raises(ConfigurationError, match="is not a"):

        @atomic
        def rows():  # type: ignore[no-untyped-def]
            yield 1


def test_a_block_object_serves_once_at_a_time(table: str) -> None:
    block = atomic()
    with block:
        with pytest.raises(TransactionError) as caught:
            with block:
                pass
    assert str(caught.value) == "This atomic() is in use already. Call atomic() for each block."


def test_a_transaction_ended_by_hand_is_an_error(table: str) -> None:
    with pytest.raises(TransactionError) as caught:
        with atomic():
            add(1)
            database().execute("rollback")
    assert str(caught.value) == (
        "The transaction on 'default' had ended before its atomic() block did. Keep COMMIT and "
        "ROLLBACK, and on MariaDB statements that change tables, out of the block."
    )
    assert numbers() == []


@pytest.mark.databases("sqlite", "postgresql")
def test_a_commit_that_fails_is_an_error(table: str) -> None:
    db = database()
    db.execute(
        "create table if not exists child_of (parent integer references number_of (id)"
        " deferrable initially deferred)"
    )
    called = []
    with pytest.raises(IntegrityError):
        with atomic():
            on_commit(lambda: called.append(1))
            db.execute("insert into child_of values (99)")
    assert called == []
    assert db.fetch_rows("select * from child_of") == []
    connections = db.pool.slots
    assert len(connections.idle) == len(connections.connections)


def test_on_commit_waits_for_the_outermost_commit(table: str) -> None:
    called: list[str] = []
    with atomic():
        on_commit(lambda: called.append("outer"))
        with atomic():
            on_commit(lambda: called.append("inner"))
        with pytest.raises(Stop):
            with atomic():
                on_commit(lambda: called.append("undone"))
                raise Stop
        assert called == []
    assert called == ["outer", "inner"]


def test_on_commit_of_an_undone_block_is_not_called(table: str) -> None:
    called: list[int] = []
    with pytest.raises(Stop):
        with atomic():
            on_commit(lambda: called.append(1))
            raise Stop
    assert called == []


def test_on_commit_outside_of_a_block_calls_at_once(table: str) -> None:
    called: list[int] = []

    def later() -> None:
        called.append(2)

    on_commit(lambda: called.append(1))
    on_commit(later)
    with atomic():
        on_commit(later)
    assert called == [1, 2, 2]


def test_a_query_in_on_commit_is_outside_of_the_block(table: str) -> None:
    def more() -> None:
        add(2)

    with atomic():
        add(1)
        on_commit(more)
    assert numbers() == [1, 2]


def test_what_follows_a_withdrawal_is_outside_of_the_block(table: str) -> None:
    block = atomic()
    with block:
        add(1)
        block.withdraw()
        assert numbers() == []
    assert numbers() == [1]


def test_two_databases_have_blocks_of_their_own(table: str) -> None:
    with connect("sqlite:///:memory:", alias="second") as second:
        second.execute("create table t (id integer)")
        with pytest.raises(Stop):
            with atomic(), atomic("second"):
                second.execute("insert into t values (1)")
                raise Stop
        assert second.fetch_rows("select * from t") == []


@pytest.mark.databases("mysql")
def test_a_change_of_tables_in_a_block_is_an_error_on_mariadb(table: str) -> None:
    with pytest.raises(TransactionError, match="had ended before"):
        with atomic():
            add(1)
            database().execute("create table if not exists other_of (id integer)")
