"""What does an atomic block say, and what does it still allow? The rules without a server."""

from __future__ import annotations

import pytest

from covet.drivers.base import Commands
from covet.drivers.transactions import Block, Callback, State
from covet.errors import IntegrityError, TransactionError

WORDS = Commands()


def opened(parent: Block | None = None, savepoint: bool = True) -> Block:
    block = Block(WORDS, "default", parent, savepoint)
    block.opened()
    return block


def test_the_outermost_begins_and_commits() -> None:
    block = Block(WORDS, "default")
    assert block.opening == ("BEGIN",)
    assert block.state is State.NEW
    block.opened()
    assert block.closing(None) == "commit"
    assert block.command("commit") == ["COMMIT"]


def test_savepoints_are_numbered_through_the_transaction() -> None:
    root = opened()
    first = opened(root)
    first.ended("release", None)
    second = opened(root)
    inner = opened(second)
    assert [block.name for block in (first, second, inner)] == ["covet_1", "covet_2", "covet_3"]
    assert inner.command("release") == ["RELEASE SAVEPOINT covet_3"]
    assert inner.command("rollback_to") == [
        "ROLLBACK TO SAVEPOINT covet_3",
        "RELEASE SAVEPOINT covet_3",
    ]


def test_an_error_breaks_its_own_block_only() -> None:
    root = opened()
    inner = opened(root)
    inner.failed(IntegrityError("duplicate"), gone=False)
    assert inner.closing(None) == "rollback_to"
    inner.ended("rollback_to", None)
    root.check()
    assert root.closing(None) == "commit"


def test_a_transaction_that_is_gone_breaks_all_its_blocks() -> None:
    root = opened()
    middle = opened(root)
    inner = opened(middle)
    inner.failed(IntegrityError("deadlock"), gone=True)
    for block in (inner, middle, root):
        with pytest.raises(TransactionError, match="is broken by IntegrityError: deadlock"):
            block.check()
    assert (inner.closing(None), middle.closing(None)) == ("nothing", "nothing")
    assert root.closing(None) == "rollback"


def test_a_block_that_has_ended_takes_no_query() -> None:
    block = opened()
    block.ended("commit", None)
    with pytest.raises(TransactionError, match="has ended"):
        block.check()


def test_callbacks_go_up_with_a_release_and_away_with_a_rollback() -> None:
    root = opened()
    kept, undone = opened(root), opened(root)
    kept.callbacks.append(Callback(lambda: "kept"))
    undone.callbacks.append(Callback(lambda: "undone"))
    kept.ended("release", None)
    undone.ended("rollback_to", ValueError())
    assert [each.function() for each in root.callbacks] == ["kept"]


def test_a_part_of_a_block_breaks_the_whole() -> None:
    root = opened()
    part = opened(root, savepoint=False)
    assert part.opening == ()
    assert part.closing(ValueError()) == "nothing"
    part.ended("nothing", ValueError("x"))
    with pytest.raises(TransactionError, match="broken by ValueError in a block inside it"):
        root.check()
