"""What can code say to the ``atomic()`` block that it runs in?"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from ..drivers.transactions import Callback
from ..errors import ConfigurationError, TransactionError, short
from ..pairs import async_call, async_done, async_guarded, async_unfit
from .connection import Session, Statement, session_of
from .ending import reporting


def on_commit(
    function: Callable[[], Any], using: str | None = "default", *, robust: bool = False
) -> Any:
    """Call a function after the outermost block is committed; at once outside of any block.

    Functions are called in the order in which they were given. Nothing is called where the block,
    or the inner block in which this was said, is rolled back, or where nobody knows whether it was
    committed. An error in a function is raised where the block ends, which stays committed, and
    keeps those behind it from being called.

    Args:
        function: takes nothing; what it gives is waited for if it can be.
        using: the alias of the database.
        robust: an error is written to the logger ``covet.transaction`` instead, and those behind it
            are called.

    Returns:
        Nothing, or what the function gives where it is called at once.

    Raises:
        TransactionError: the block is broken already.
        ConfigurationError: the function cannot be called here.

    Example:
        >>> async with atomic():
        ...     post = await Post.objects.create(title="Hello")
        ...     on_commit(lambda: print("stored", post.pk))
    """
    _check_callable(function)
    callback = Callback(function, robust)
    session = session_of(using or "default")
    if session is None:
        return async_guarded(function, reporting(callback)) if robust else async_call(function)
    session.block.check()
    session.block.callbacks.append(callback)
    return async_done()


def _check_callable(function: object) -> None:
    if not callable(function):
        raise ConfigurationError(
            f"{short(function)} cannot be called",
            asked="on_commit()",
            fix="Give it a function that takes nothing: on_commit(lambda: tell(post)).",
        )
    if (wrong := async_unfit(function)) is not None:
        raise ConfigurationError(wrong[0], asked="on_commit()", fix=wrong[1])


def set_rollback(rollback: bool, using: str | None = "default") -> None:
    """Have the innermost block undone at its end, though nothing is raised; or not, after all.

    A block that is broken is undone in any case.

    Args:
        rollback: whether it is to be undone.
        using: the alias of the database.

    Raises:
        TransactionError: there is no block.

    Example:
        >>> async with atomic():
        ...     report = await import_all(rows)
        ...     set_rollback(dry_run)
    """
    session = _session(using, "set_rollback")
    session.block.check_open()
    session.block.undone = bool(rollback)


def get_rollback(using: str | None = "default") -> bool:
    """Whether the innermost block will be undone: it is broken, or its code wants it.

    Args:
        using: the alias of the database.

    Raises:
        TransactionError: there is no block.

    Example:
        >>> async with atomic():
        ...     get_rollback()
        False
    """
    block = _session(using, "get_rollback").block
    return block.undone or block.broken is not None


async def savepoint(using: str | None = "default") -> str:
    """A place in the block to go back to; an inner ``atomic()`` is shorter for most uses.

    Args:
        using: the alias of the database.

    Returns:
        Its name, for ``savepoint_rollback()`` and ``savepoint_commit()`` in the same block.

    Raises:
        TransactionError: there is no block, or it is broken.

    Example:
        >>> async with atomic():
        ...     before = await savepoint()
        ...     await Post.objects.all().delete()
        ...     await savepoint_rollback(before)
    """
    session = _session(using, "savepoint")
    block = session.block
    await session.take_turn()
    try:
        name, since = block.new_name(), perf_counter()
        await session.send(_transaction(block.commands.savepoint.format(name)))
        block.points.made(name, len(block.callbacks), frozenset(session.streams))
        session.tell("savepoint", since)
    finally:
        session.turn.leave()
    return name


async def savepoint_commit(sid: str, using: str | None = "default") -> None:
    """Forget a savepoint, and those made after it; what was done since stays.

    Args:
        sid: what ``savepoint()`` gave.
        using: the alias of the database.

    Raises:
        TransactionError: there is no block, it is broken, or it has no such savepoint.

    Example:
        >>> async with atomic():
        ...     before = await savepoint()
        ...     await Post.objects.create(title="Hello")
        ...     await savepoint_commit(before)
    """
    session = _session(using, "savepoint_commit")
    block = session.block
    await session.take_turn()
    try:
        point, since = block.points.find(sid, "savepoint_commit"), perf_counter()
        await session.send(_transaction(block.commands.release.format(point.name)))
        block.points.released(point)
        session.tell("release", since)
    finally:
        session.turn.leave()


async def savepoint_rollback(sid: str, using: str | None = "default") -> None:
    """Go back to a savepoint: what was done since is undone, and the savepoint stays.

    A block that a statement broke since then is whole again.

    Args:
        sid: what ``savepoint()`` gave.
        using: the alias of the database.

    Raises:
        TransactionError: there is no block, it has no such savepoint, or the server has undone the
            whole transaction already.

    Example:
        >>> async with atomic():
        ...     before = await savepoint()
        ...     try:
        ...         await Post.objects.create(title="Hello")
        ...     except IntegrityError:
        ...         await savepoint_rollback(before)
    """
    session = _session(using, "savepoint_rollback")
    block = session.block
    await session.take_turn(block.check_way_back)
    try:
        point, since = block.points.find(sid, "savepoint_rollback"), perf_counter()
        await session.end_streams(point.streams)
        await session.send(_transaction(block.commands.rollback_to.format(point.name)))
        block.is_back_at(point)
        session.tell("rollback_to", since)
    finally:
        session.has_changed()
        session.turn.leave()


def _session(using: str | None, asked: str) -> Session:
    session = session_of(using or "default")
    if session is None:
        raise TransactionError(
            f"There is no atomic() block on {using or 'default'!r} here",
            asked=f"{asked}()",
            fix="Call it inside of one.",
        )
    return session


def _transaction(command: str) -> Statement:
    return Statement("execute", "transaction", command)
