"""How is a block of code made all or nothing?"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, overload

from ..drivers.retrying import is_transient, pause
from ..drivers.terms import Isolation, Terms, opening
from ..drivers.transactions import Block
from ..errors import ConfigurationError, TransactionError
from ..pairs import (
    AsyncBlock,
    AsyncReturn,
    async_current,
    async_decorable,
    async_finish,
    async_sleep,
)
from ..watch.sites import taken_at
from .connection import Session, Statement, session_of, sessions
from .database import database
from .ending import END_WITHIN, end, give_back

P = ParamSpec("P")
T = TypeVar("T")

# How often covet's own transactions are run again where others are in their way.
OWN_RETRIES = 5


class Atomic(AsyncBlock):
    """A block that happens as a whole or not at all; made by ``atomic()``."""

    def __init__(self, using: str, terms: Terms) -> None:
        self.using = using
        self.terms = terms
        self._session: Session | None = None
        self._is_committed = False

    def __repr__(self) -> str:
        return f"atomic(using={self.using!r})"

    def __call__(self, function: Callable[P, AsyncReturn[T]]) -> Callable[P, AsyncReturn[T]]:
        """Make every call of a function a block."""
        _check_decorable(function)

        @wraps(function)
        async def whole(*args: P.args, **kwargs: P.kwargs) -> T:
            return await self.run(lambda: function(*args, **kwargs))

        return whole

    async def run(self, call: Callable[[], AsyncReturn[T]]) -> T:
        """Call a function in a block, again and again as long as others are in its way."""
        attempt = 0
        while True:
            attempt += 1
            block = Atomic(self.using, self.terms._replace(retries=0))
            is_outermost = session_of(self.using) is None
            try:
                async with block:
                    return await call()
            except Exception as error:
                is_last = attempt > self.terms.retries or not is_outermost
                if is_last or block._is_committed or not is_transient(error):
                    raise
            await async_sleep(pause(attempt))

    async def __aenter__(self) -> None:
        if self._session is not None:
            raise TransactionError(
                "This atomic() is in use already", fix="Call atomic() for each block."
            )
        if self.terms.retries:
            raise ConfigurationError(
                "The body of a with block cannot be run again",
                asked="atomic(retries=…)",
                fix="Put it into a function: @atomic(retries=3) makes every call of it a block, "
                "atomic(retries=3)(function)() one.",
            )
        outer = session_of(self.using)
        if outer is None:
            session = await self._begin()
        else:
            session = await self._nest(outer)
        self._session = session
        sessions.set({**(sessions.get() or {}), self.using: session})

    def withdraw(self) -> None:
        """Let nothing new begin in the open block, before it is left.

        What was started in the block and outlives it goes on outside of any transaction, where it
        would get an error else. For the block of a web request, which no code of the request wrote.

        Example:
            >>> block = atomic()
            >>> async with block:
            ...     start_something_that_writes_now_and_later()
            ...     block.withdraw()
        """
        if self._session is not None:
            self._session.withdrawn = True

    async def _begin(self) -> Session:
        """Open a transaction on a connection of its own."""
        pool = database(self.using).pool
        connection = await pool.acquire()
        connection.doing, connection.holder = "atomic()", async_current() + taken_at()
        try:
            commands = connection.commands
            how = opening(self.terms, commands, connection.server.product)
        except BaseException:
            connection.holder = None
            await pool.mend(connection)
            raise
        session = Session(Block(commands, self.using, opening=how), connection, pool, None)
        try:
            await self._open(session)
        except BaseException:
            if len(how.begin) > len(how.restore) + 1:
                connection.abandon()  # what was set for one transaction would be for the next
            await async_finish(give_back(session), END_WITHIN)
            raise
        return session

    async def _nest(self, outer: Session) -> Session:
        """Open a savepoint on the connection of the block around."""
        if not outer.of_test:  # which is to the code of a test as if there were none
            self._check_inner()
        await outer.take_turn()
        block = Block(outer.connection.commands, self.using, outer.block, self.terms.savepoint)
        session = Session(block, outer.connection, outer.pool, outer)
        try:
            await self._open(session)
        except BaseException as error:
            # Whether the savepoint stands is unknown: the block around is broken with it.
            outer.block.failed(error, gone=outer.connection.closed)
            outer.turn.leave()
            raise
        return session

    def _check_inner(self) -> None:
        if self.terms.durable:
            raise TransactionError(
                "A durable atomic() block cannot be inside another one",
                fix="Call it outside of every atomic() block.",
            )
        if asked := self.terms.of_outermost:
            words = " and ".join(asked)
            raise TransactionError(
                f"An atomic() block with {words} cannot be inside another one: it is about the "
                "whole transaction",
                fix=f"Say {words} where the outermost block begins.",
            )

    async def _open(self, session: Session) -> None:
        for command in session.block.opening:
            await session.send(Statement("execute", "transaction", command))
        if session.block.opening:
            session.tell("savepoint" if session.outer else "begin", session.opened)
        session.block.opened()

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        session = self._session
        assert session is not None
        self._session = None
        self._leave_context(session)
        try:
            await end(session, error)
        finally:
            self._is_committed = session.block.outcome == "commit"

    def _leave_context(self, session: Session) -> None:
        current = dict(sessions.get() or {})
        if session.outer is None:
            current.pop(self.using, None)
        else:
            current[self.using] = session.outer
        sessions.set(current or None)


async def whole(using: str | None, function: Callable[[], AsyncReturn[T]]) -> T:
    """Run a transaction of covet's own, again and again where others are in its way.

    For what can be done twice without harm: all that it changes, but for instances of its own, is
    in the database.
    """
    return await Atomic(using or "default", Terms(retries=OWN_RETRIES)).run(function)


@overload
def atomic(using: Callable[P, AsyncReturn[T]], /) -> Callable[P, AsyncReturn[T]]: ...


@overload
def atomic(
    using: str | None = "default",
    *,
    savepoint: bool = True,
    durable: bool = False,
    isolation: Isolation | None = None,
    read_only: bool = False,
    deferrable: bool = False,
    retries: int = 0,
) -> Atomic: ...


def atomic(
    using: Callable[P, AsyncReturn[T]] | str | None = "default",
    *,
    savepoint: bool = True,
    durable: bool = False,
    isolation: Isolation | None = None,
    read_only: bool = False,
    deferrable: bool = False,
    retries: int = 0,
) -> Callable[P, AsyncReturn[T]] | Atomic:
    """Make a block, or each call of a function, happen as a whole or not at all.

    An exception that leaves the block undoes all that was done in it. A block inside another one is
    a savepoint: it can fail alone. A block in which a statement failed can only be left; put what
    may fail into an inner block and catch the error outside of that.

    Args:
        using: the alias of the database; or the function, when used as ``@atomic``.
        savepoint: False makes an inner block a part of the outer one, which then fails with it.
        durable: True refuses to be an inner block.
        isolation: ``"read uncommitted"``, ``"read committed"``, ``"repeatable read"`` or
            ``"serializable"``, for this transaction; the database may keep it further apart. This
            and the next two are for the outermost block.
        read_only: True has the database refuse to write.
        deferrable: True has a serializable block that only reads wait until nothing can make it
            fail; on PostgreSQL.
        retries: how often a function is run again after a deadlock, or another error of which the
            only reason is another transaction. Inside another block it is not: what failed there
            can only be run again with all of it.

    Returns:
        A context manager that is a decorator too; or the function, when used as ``@atomic``.

    Raises:
        TransactionError: the block is used in a way that it cannot be, or was rolled back though
            its body raised nothing.
        CommitOutcomeUnknown: the connection was lost before the commit was answered.
        ConfigurationError: arguments that mean nothing.
        NotSupportedError: the database has no such transactions.

    Example:
        >>> async with atomic():
        ...     await Account.objects.filter(id=1).update(balance=F("balance") - 10)
        ...     await Account.objects.filter(id=2).update(balance=F("balance") + 10)
    """
    terms = Terms(savepoint, durable, isolation, read_only, deferrable, retries)
    terms.check()
    if using is None or isinstance(using, str):
        return Atomic(using or "default", terms)
    return Atomic("default", terms)(using)


def _check_decorable(function: Callable[..., Any]) -> None:
    wrong = async_decorable(function)
    if wrong is not None:
        raise ConfigurationError(wrong, asked="atomic()")
