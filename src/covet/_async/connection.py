"""How does a statement get to a connection, and who is told of it?"""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter
from typing import Any, Literal

from ..drivers import AsyncConnection
from ..drivers.base import Params
from ..drivers.transactions import Block
from ..errors import TransactionError
from ..pairs import AsyncTurn
from ..watch.events import Query, listeners, tell
from .pool import Pool

Kind = Literal["fetch", "execute", "transaction"]


class Session:
    """An atomic block's hold on its connection.

    Attributes:
        block: the rules.
        connection: the connection, the same for all blocks of a transaction.
        outer: the session of the block around it.
        turn: who may speak now. A block inside holds it until it has ended, so that a task
            started in this block cannot get its statements into that savepoint.
        changed: the tables that the transaction has changed; None stands for any.
    """

    __slots__ = ("block", "changed", "connection", "outer", "patience", "pool", "turn")

    def __init__(
        self, block: Block, connection: AsyncConnection, pool: Pool, outer: Session | None
    ) -> None:
        self.block = block
        self.connection = connection
        self.pool = pool
        self.outer = outer
        self.turn = AsyncTurn()
        self.changed: set[str | None] = set() if outer is None else outer.changed
        self.patience: float = pool.url.options["acquire_timeout"]

    async def take_turn(self) -> None:
        """Wait until nobody else speaks on the connection.

        Raises:
            TransactionError: the block has ended or is broken, or the wait was too long.
        """
        self.block.check()
        if not await self.turn.take(self.patience):
            raise TransactionError(
                f"Waited {self.patience:g} s for a turn in the atomic() block on "
                f"{self.block.alias!r}, which another task holds",
                fix="Do not wait inside an inner block for a task of the outer one.",
            )
        try:
            self.block.check()
        except BaseException:
            self.turn.leave()
            raise

    async def run(self, method: str, kind: Kind, sql: str, params: Params) -> Any:
        """Run a statement in the block."""
        await self.take_turn()
        try:
            return await self.send(method, kind, sql, params)
        finally:
            self.turn.leave()

    async def send(self, method: str, kind: Kind, sql: str, params: Params) -> Any:
        """Run a statement; the turn is ours already."""
        connection = self.connection
        try:
            return await told(connection, self.block.alias, method, kind, sql, params)
        except BaseException as error:
            ours = connection.translate(error)
            gone = connection.closed or connection.ended_by(error)
            self.block.failed(ours or error, gone=gone)
            if ours is None:
                raise
            raise ours from error


# Alias → the innermost block's session. None almost always, which is quick to see.
sessions: ContextVar[dict[str, Session] | None] = ContextVar("covet_sessions", default=None)


def session_of(alias: str) -> Session | None:
    """The innermost atomic block on a database that this code runs in."""
    current = sessions.get()
    return None if current is None else current.get(alias)


async def told(
    connection: AsyncConnection, alias: str, method: str, kind: Kind, sql: str, params: Params
) -> Any:
    """Run a statement on a connection and tell those who listen."""
    run = getattr(connection, method)
    if listeners.get() is None:
        return await run(sql, params)
    start = perf_counter()
    try:
        result = await run(sql, params)
    except BaseException as error:
        tell(Query(sql, params, perf_counter() - start, -1, alias, kind, error))
        raise
    seconds = perf_counter() - start
    tell(Query(sql, params, seconds, _rowcount(method, result), alias, kind))
    return result


def _rowcount(method: str, result: Any) -> int:
    if method == "fetch":
        return len(result)
    return len(result[1]) if method == "fetch_named" else result.rowcount
