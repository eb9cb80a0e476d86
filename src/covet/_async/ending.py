"""How does a block end, whatever happens meanwhile?"""

from __future__ import annotations

from collections.abc import Callable

from ..drivers.transactions import Block, Callback, Outcome, State
from ..errors import CommitOutcomeUnknown, DatabaseError, TransactionError, name_of
from ..pairs import (
    async_call,
    async_finish,
    async_guarded,
    async_hurry,
    async_no_block,
    async_within,
)
from ..watch.logs import TRANSACTION
from .connection import Session, Statement
from .pool import CLEAN_WITHIN

# How long the end of a block may take after it was cancelled, and how long what comes after it.
END_WITHIN = 0.75


async def end(session: Session, error: BaseException | None) -> None:
    """End a block: what its body raised, if anything, decides how.

    Cancelled, this goes on to its end, for a moment. If the commit went through, what waits for it
    is called; if nobody can know, that is the cause of the cancellation.

    Raises:
        CommitOutcomeUnknown: the connection was lost before COMMIT was answered.
        TransactionError: it was rolled back, though its body raised nothing.
        DatabaseError: the server refused to commit.
    """
    block = session.block
    if not (error is None or isinstance(error, Exception)):
        await async_hurry(_end(session, error), END_WITHIN)
        return
    try:
        await async_finish(_end(session, error), END_WITHIN)
    except Exception:
        raise
    except BaseException as cut:
        if block.outcome == "commit":
            cut.add_note(f"The transaction on {block.alias!r} was committed all the same.")
            await _call_late(block)
        elif (doubt := _doubt(block, cut)) is not None:
            cut.__cause__ = doubt
        raise
    if error is None and block.broken:
        raise block.left_broken()
    if block.outcome == "commit":
        for callback in block.callbacks:
            await call_back(callback)


def _doubt(block: Block, cut: BaseException) -> CommitOutcomeUnknown | None:
    if block.state is State.OVER:
        return block.doubt
    return block.lost_commit(cut, answered=False)  # still at it, and nobody waits for it any more


async def call_back(callback: Callback) -> None:
    """Call what waits for a commit."""
    if callback.robust:
        await async_guarded(callback.function, reporting(callback))
    else:
        await async_call(callback.function)


def reporting(callback: Callback) -> Callable[[Exception], None]:
    """What logs an error of a function that waits for a commit."""

    def report(error: Exception) -> None:
        TRANSACTION.error(
            "on_commit() called %s, which failed", name_of(callback.function), exc_info=error
        )

    return report


async def _call_late(block: Block) -> None:
    """Call what waits for a commit whose task was cancelled: errors have nowhere else to go."""
    try:
        async with async_within(END_WITHIN):
            for callback in block.callbacks:
                await call_back(callback._replace(robust=True))
    except TimeoutError:
        TRANSACTION.error(
            "The task of a commit was cancelled, and what on_commit() called did not end in time"
        )


async def _end(session: Session, error: BaseException | None) -> Outcome:
    """Close the block; nothing here may be left out, whatever goes wrong."""
    block = session.block
    outcome = block.closing(error)
    mine = False
    try:
        # A statement of a child task in flight has the turn; it is waited for.
        mine = await session.turn.take(session.patience)
        if not mine:
            raise TransactionError("A statement of a task that was started in it never ended")
        outcome = block.closing(error)
        await session.end_streams()
        await _send(session, outcome)
    except BaseException as failure:
        if not mine:
            await session.connection.halt()
        doubt = _failed(session, outcome, failure)
        if doubt is not None and isinstance(failure, Exception):
            raise doubt from failure
        if error is None and outcome in ("commit", "release"):
            raise
        return "nothing"  # what broke the block matters more than its clean-up
    else:
        block.ended(outcome, error)
        session.tell(outcome, session.opened)
        return outcome
    finally:
        session.has_changed()
        if mine:
            session.turn.leave()
        await give_back(session)


async def _send(session: Session, outcome: Outcome) -> None:
    block, connection = session.block, session.connection
    if outcome == "commit":
        if not connection.in_transaction:
            raise block.vanished()
        block.committing = True
    elif connection.closed and outcome != "release":
        return
    # A server that is silent keeps nobody who gives up: it rolls back what it hears no more of.
    undoing = outcome in ("rollback", "rollback_to")
    async with connection.within(CLEAN_WITHIN) if undoing else async_no_block():
        for command in block.command(outcome):
            await session.send(Statement("execute", "transaction", command))


def _failed(
    session: Session, outcome: Outcome, failure: BaseException
) -> CommitOutcomeUnknown | None:
    """Note that the end failed; the error to raise instead if that leaves a commit in doubt."""
    block, connection = session.block, session.connection
    # An answer of the server's is an error of covet's by now.
    answered = not connection.closed and (
        isinstance(failure, DatabaseError) or connection.in_transaction
    )
    doubt = block.lost_commit(failure, answered=answered)
    block.not_ended(failure, gone=connection.closed)
    session.tell(outcome, session.opened, doubt or failure)
    return doubt


async def give_back(session: Session) -> bool:
    """Let others have the connection, as it was before the block; whether it is fit for them."""
    connection = session.connection
    if session.outer is not None:
        session.outer.turn.leave()
        return not connection.closed
    connection.holder = None
    try:
        if not connection.closed:
            async with connection.within(CLEAN_WITHIN):
                for command in session.block.restore:
                    await connection.execute(command, ())
    except BaseException:
        connection.abandon()
        raise
    finally:
        await session.pool.mend(connection)
    return not connection.closed
