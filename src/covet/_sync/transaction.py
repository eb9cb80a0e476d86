# generated from src/covet/_async/transaction.py by scripts/generate_sync.py;
# change that file, not this one
"""How is a block of code made all or nothing?"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Any, ParamSpec, TypeVar, overload

from ..drivers.transactions import Block, Outcome
from ..errors import ConfigurationError, TransactionError
from ..pairs import (
    SyncBlock,
    SyncReturn,
    sync_call,
    sync_current,
    sync_decorable,
    sync_done,
    sync_finish,
)
from ..schema.peers import WRITES
from ..watch.observers import TransactionEvent, on_transaction
from ..watch.sites import taken_at
from .connection import Session, Statement, session_of, sessions
from .database import database

P = ParamSpec("P")
T = TypeVar("T")

# How long the end of a block may take after its task was cancelled.
END_WITHIN = 10.0


class Atomic(SyncBlock):
    """A block that happens as a whole or not at all; made by ``atomic()``."""

    def __init__(self, using: str, savepoint: bool, durable: bool) -> None:
        self.using = using
        self.savepoint = savepoint
        self.durable = durable
        self._session: Session | None = None

    def __repr__(self) -> str:
        return f"atomic(using={self.using!r})"

    def __call__(self, function: Callable[P, SyncReturn[T]]) -> Callable[P, SyncReturn[T]]:
        """Make every call of a function a block."""
        _check_decorable(function)

        @wraps(function)
        def whole(*args: P.args, **kwargs: P.kwargs) -> T:
            with Atomic(self.using, self.savepoint, self.durable):
                return function(*args, **kwargs)

        return whole

    def __enter__(self) -> None:
        if self._session is not None:
            raise TransactionError(
                "This atomic() is in use already", fix="Call atomic() for each block."
            )
        outer = session_of(self.using)
        if outer is None:
            session = self._begin()
        else:
            session = self._nest(outer)
        self._session = session
        sessions.set({**(sessions.get() or {}), self.using: session})

    def withdraw(self) -> None:
        """Let nothing new begin in the open block, before it is left.

        What was started in the block and outlives it goes on outside of any transaction, where it
        would get an error else. For the block of a web request, which no code of the request wrote.

        Example:
            >>> block = atomic()
            >>> with block:
            ...     start_something_that_writes_now_and_later()
            ...     block.withdraw()
        """
        if self._session is not None:
            self._session.withdrawn = True

    def _begin(self) -> Session:
        """Open a transaction on a connection of its own."""
        pool = database(self.using).pool
        connection = pool.acquire()
        connection.doing, connection.holder = "atomic()", sync_current() + taken_at()
        session = Session(Block(connection.commands, self.using), connection, pool, None)
        try:
            self._open(session)
        except BaseException:
            connection.holder = None
            pool.mend(connection)
            raise
        return session

    def _nest(self, outer: Session) -> Session:
        """Open a savepoint on the connection of the block around."""
        if self.durable and not outer.of_test:
            raise TransactionError(
                "A durable atomic() block cannot be inside another one",
                fix="Call it outside of every atomic() block.",
            )
        outer.take_turn()
        block = Block(outer.connection.commands, self.using, outer.block, self.savepoint)
        session = Session(block, outer.connection, outer.pool, outer)
        try:
            self._open(session)
        except BaseException as error:
            # Whether the savepoint stands is unknown: the block around is broken with it.
            outer.block.failed(error, gone=outer.connection.closed)
            outer.turn.leave()
            raise
        return session

    def _open(self, session: Session) -> None:
        command = session.block.opening()
        if command is not None:
            session.send(Statement("execute", "transaction", command))
            _tell(session, "savepoint" if session.outer else "begin", session.opened)
        session.block.opened()

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        session = self._session
        assert session is not None
        self._session = None
        self._leave_context(session)
        block = session.block
        outcome = sync_finish(self._end(session, error), END_WITHIN)
        if error is None and block.broken:
            raise block.left_broken()
        if outcome == "commit":
            for callback in block.callbacks:
                sync_call(callback)

    def _leave_context(self, session: Session) -> None:
        current = dict(sessions.get() or {})
        if session.outer is None:
            current.pop(self.using, None)
        else:
            current[self.using] = session.outer
        sessions.set(current or None)

    def _end(self, session: Session, error: BaseException | None) -> Outcome:
        """Close the block; nothing here may be left out, whatever goes wrong."""
        block = session.block
        # A statement of a child task in flight has the turn; it is waited for.
        mine = session.turn.take(session.patience)
        outcome = block.closing(error)
        try:
            if not mine:
                session.connection.abandon()
                raise TransactionError("A statement of a task that was started in it never ended")
            session.end_streams()
            if outcome == "commit" and not session.connection.in_transaction:
                raise block.vanished()
            self._send(session, outcome)
        except BaseException as failure:
            block.failed(failure, gone=session.connection.closed)
            block.closed(outcome, failure)
            _tell(session, outcome, session.opened, failure)
            if error is None and outcome in ("commit", "release"):
                raise
            return "nothing"  # what broke the block matters more than its clean-up
        else:
            block.closed(outcome, error)
            _tell(session, outcome, session.opened)
            return outcome
        finally:
            for table in session.changed:  # from now on others see it, or nobody does
                WRITES.to(table)
            if mine:
                session.turn.leave()
            self._give_back(session)

    def _send(self, session: Session, outcome: Outcome) -> None:
        if session.connection.closed and outcome not in ("commit", "release"):
            return
        for command in session.block.command(outcome):
            session.send(Statement("execute", "transaction", command))

    def _give_back(self, session: Session) -> None:
        if session.outer is not None:
            session.outer.turn.leave()
            return
        session.connection.holder = None
        session.pool.mend(session.connection)


@overload
def atomic(using: Callable[P, SyncReturn[T]], /) -> Callable[P, SyncReturn[T]]: ...


@overload
def atomic(
    using: str | None = "default", *, savepoint: bool = True, durable: bool = False
) -> Atomic: ...


def atomic(
    using: Callable[P, SyncReturn[T]] | str | None = "default",
    *,
    savepoint: bool = True,
    durable: bool = False,
) -> Callable[P, SyncReturn[T]] | Atomic:
    """Make a block, or each call of a function, happen as a whole or not at all.

    An exception that leaves the block undoes all that was done in it. A block inside another one is
    a savepoint: it can fail alone. A block in which a statement failed can only be left; put what
    may fail into an inner block and catch the error outside of that.

    Args:
        using: the alias of the database; or the function, when used as ``@atomic``.
        savepoint: False makes an inner block a part of the outer one, which then fails with it.
        durable: True refuses to be an inner block.

    Returns:
        A context manager that is a decorator too; or the function, when used as ``@atomic``.

    Raises:
        TransactionError: the block is used in a way that it cannot be, or was rolled back though
            its body raised nothing.

    Example:
        >>> with atomic():
        ...     Account.objects.filter(id=1).update(balance=F("balance") - 10)
        ...     Account.objects.filter(id=2).update(balance=F("balance") + 10)
    """
    if using is None or isinstance(using, str):
        return Atomic(using or "default", savepoint, durable)
    return Atomic("default", savepoint, durable)(using)


def on_commit(function: Callable[[], Any], using: str | None = "default") -> Any:
    """Call a function after the outermost block is committed; at once outside of any block.

    Nothing is called where the block, or the inner block in which this was said, is rolled back.

    Args:
        function: takes nothing; what it gives is waited for if it can be.
        using: the alias of the database.

    Returns:
        Nothing, or what the function gives where it is called at once.

    Raises:
        TransactionError: the block is broken already.

    Example:
        >>> with atomic():
        ...     post = Post.objects.create(title="Hello")
        ...     on_commit(lambda: print("stored", post.pk))
    """
    session = session_of(using or "default")
    if session is None:
        return sync_call(function)
    session.block.check()
    session.block.callbacks.append(function)
    return sync_done()


def _tell(session: Session, action: Any, since: float, error: BaseException | None = None) -> None:
    """Tell those who observe transactions of one's beginning or end."""
    if on_transaction.functions and action != "nothing":
        seconds = perf_counter() - since
        on_transaction.tell(
            TransactionEvent(session.block.alias, action, session.number, seconds, error)
        )


def _check_decorable(function: Callable[..., Any]) -> None:
    wrong = sync_decorable(function)
    if wrong is not None:
        raise ConfigurationError(wrong, asked="atomic()")
