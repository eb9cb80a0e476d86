# generated from src/covet/_async/ending.py by scripts/generate_sync.py;
# change that file, not this one
"""How does a block end, whatever happens meanwhile?"""

from __future__ import annotations

from collections.abc import Callable

from ..drivers.transactions import Block, Callback, Outcome, State
from ..errors import CommitOutcomeUnknown, DatabaseError, TransactionError, name_of
from ..pairs import (
    sync_call,
    sync_finish,
    sync_guarded,
    sync_hurry,
    sync_no_block,
    sync_within,
)
from ..watch.logs import TRANSACTION
from .connection import Session, Statement
from .pool import CLEAN_WITHIN

# How long the end of a block may take after it was cancelled, and how long what comes after it.
END_WITHIN = 0.75


def end(session: Session, error: BaseException | None) -> None:
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
        sync_hurry(_end(session, error), END_WITHIN)
        return
    try:
        sync_finish(_end(session, error), END_WITHIN)
    except Exception:
        raise
    except BaseException as cut:
        if block.outcome == "commit":
            cut.add_note(f"The transaction on {block.alias!r} was committed all the same.")
            _call_late(block)
        elif (doubt := _doubt(block, cut)) is not None:
            cut.__cause__ = doubt
        raise
    if error is None and block.broken:
        raise block.left_broken()
    if block.outcome == "commit":
        for callback in block.callbacks:
            call_back(callback)


def _doubt(block: Block, cut: BaseException) -> CommitOutcomeUnknown | None:
    if block.state is State.OVER:
        return block.doubt
    return block.lost_commit(cut, answered=False)  # still at it, and nobody waits for it any more


def call_back(callback: Callback) -> None:
    """Call what waits for a commit."""
    if callback.robust:
        sync_guarded(callback.function, reporting(callback))
    else:
        sync_call(callback.function)


def reporting(callback: Callback) -> Callable[[Exception], None]:
    """What logs an error of a function that waits for a commit."""

    def report(error: Exception) -> None:
        TRANSACTION.error(
            "on_commit() called %s, which failed", name_of(callback.function), exc_info=error
        )

    return report


def _call_late(block: Block) -> None:
    """Call what waits for a commit whose task was cancelled: errors have nowhere else to go."""
    try:
        with sync_within(END_WITHIN):
            for callback in block.callbacks:
                call_back(callback._replace(robust=True))
    except TimeoutError:
        TRANSACTION.error(
            "The task of a commit was cancelled, and what on_commit() called did not end in time"
        )


def _end(session: Session, error: BaseException | None) -> Outcome:
    """Close the block; nothing here may be left out, whatever goes wrong."""
    block = session.block
    outcome = block.closing(error)
    mine = False
    try:
        # A statement of a child task in flight has the turn; it is waited for.
        mine = session.turn.take(session.patience)
        if not mine:
            raise TransactionError("A statement of a task that was started in it never ended")
        outcome = block.closing(error)
        session.end_streams()
        _send(session, outcome)
    except BaseException as failure:
        if not mine:
            session.connection.halt()
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
        give_back(session)


def _send(session: Session, outcome: Outcome) -> None:
    block, connection = session.block, session.connection
    if outcome == "commit":
        if not connection.in_transaction:
            raise block.vanished()
        block.committing = True
    elif connection.closed and outcome != "release":
        return
    # A server that is silent keeps nobody who gives up: it rolls back what it hears no more of.
    undoing = outcome in ("rollback", "rollback_to")
    with connection.within(CLEAN_WITHIN) if undoing else sync_no_block():
        for command in block.command(outcome):
            session.send(Statement("execute", "transaction", command))


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


def give_back(session: Session) -> bool:
    """Let others have the connection, as it was before the block; whether it is fit for them."""
    connection = session.connection
    if session.outer is not None:
        session.outer.turn.leave()
        return not connection.closed
    connection.holder = None
    try:
        if not connection.closed:
            with connection.within(CLEAN_WITHIN):
                for command in session.block.restore:
                    connection.execute(command, ())
    except BaseException:
        connection.abandon()
        raise
    finally:
        session.pool.mend(connection)
    return not connection.closed
