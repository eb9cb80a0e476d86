"""What must waiting, locking and "who am I" be called by, so that one text does for both colours?

Each ``AsyncX`` / ``async_x`` has a ``SyncX`` / ``sync_x`` with the same methods; the generator
swaps the names. Only what truly differs is here.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import AsyncExitStack
from contextlib import ExitStack as SyncExitStack
from types import TracebackType
from typing import Annotated, Any, Generic, NoReturn, Protocol, Self, TypeAlias, TypeVar

from ..errors import name_of
from ..watch.receivers import waits

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
F = TypeVar("F", bound=Callable[..., Any])

# What asyncio.iscoroutinefunction() looks for, before Python 3.12 gave it a public name.
_marker = getattr(asyncio.coroutines, "_is_coroutine", None)

# What calling a function of the user's gives: something to wait for, or the thing itself.
AsyncReturn: TypeAlias = Coroutine[Any, Any, T]
SyncReturn: TypeAlias = Annotated[T, "the thing itself"]


# ---------------------------------------------------------------------------------- who is running


def async_home() -> asyncio.AbstractEventLoop:
    """What connections belong to: the running event loop."""
    return asyncio.get_running_loop()


def sync_home() -> str:
    """What connections belong to: the process, which all threads share."""
    return "process"


def async_home_ended(home: asyncio.AbstractEventLoop) -> bool:
    """Can nothing be waited for in this event loop any more?"""
    return home.is_closed()


def sync_home_ended(home: str) -> bool:
    """Never: a fork is noticed where it happens."""
    return False


def async_current() -> str:
    """The running task's name, for messages."""
    task = asyncio.current_task()
    return f"task {task.get_name()!r}" if task else "a callback"


def sync_current() -> str:
    """The running thread's name, for messages."""
    return f"thread {threading.current_thread().name!r}"


def async_origin() -> Sequence[tuple[str, int, str]]:
    """The lines where the running task's coroutine was made, if Python was told to remember."""
    task = asyncio.current_task()
    made = task and getattr(task.get_coro(), "cr_origin", None)
    return made or ()


def async_marked(function: F, method: Callable[..., Any]) -> F:
    """A function that hands on what a method gives, known as one to wait for if the method is.

    Frameworks ask before they call: ``background.add_task(Post.objects.create, title="Tea")``.
    """
    if inspect.iscoroutinefunction(method):
        if sys.version_info >= (3, 12):
            inspect.markcoroutinefunction(function)
        else:
            function._is_coroutine = _marker  # type: ignore[attr-defined]
    return function


def sync_marked(function: F, method: Callable[..., Any]) -> F:
    """The function: nothing is waited for."""
    return function


def sync_origin() -> Sequence[tuple[str, int, str]]:
    """None: all lines that led here are on the stack."""
    return ()


# ----------------------------------------------------------------------------------------- waiting


async def async_sleep(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


def sync_sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def async_within(seconds: float | None) -> contextlib.AbstractAsyncContextManager[Any]:
    """Bound what is waited for in the block; TimeoutError when the time is over."""
    return asyncio.timeout(seconds)


class _Unbounded:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


def async_no_block() -> contextlib.AbstractAsyncContextManager[Any]:
    """A block that does nothing."""
    return _Unbounded()


def sync_no_block() -> contextlib.AbstractContextManager[Any]:
    """A block that does nothing."""
    return _Unbounded()


def sync_within(seconds: float | None) -> contextlib.AbstractContextManager[Any]:
    """A thread cannot be stopped from outside: there the drivers keep the time by themselves."""
    return _Unbounded()


async def async_finish(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """See work through to its end although the task is cancelled, for so many seconds at most.

    The cancellation is raised again afterwards, so nothing is swallowed. For what must not stop
    half-way: a rollback, a commit, a close.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await async_settle(task, seconds)
        raise


async def async_hurry(work: Coroutine[Any, Any, Any], seconds: float) -> None:
    """See work through that a cancelled task leaves behind, for so many seconds at most.

    What goes wrong in it is not raised, as the cancellation is on its way.
    """
    await async_settle(asyncio.ensure_future(work), seconds)


async def async_settle(task: asyncio.Future[Any], seconds: float) -> None:
    """Wait for a task to end, through any number of cancellations; cancel it when it is late."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not task.done() and loop.time() < deadline:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task], timeout=max(0.0, deadline - loop.time()))
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task], timeout=1.0)
    if task.done() and not task.cancelled():
        task.exception()  # looked at, so that nothing is reported as never retrieved


def sync_finish(result: T, seconds: float) -> T:
    """The work was done when this was called."""
    return result


def sync_hurry(result: object, seconds: float) -> None:
    """The work was done when this was called."""


class AsyncTicket:
    """A place in a queue: whoever has something gives it to the ticket, its owner waits for it."""

    __slots__ = ("_future",)

    def __init__(self) -> None:
        self._future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def give(self, thing: object) -> bool:
        """Hand something over; False if the owner has given up waiting."""
        if self._future.done():
            return False
        self._future.set_result(thing)
        return True

    def expire(self) -> None:
        """Give up waiting, if nothing has come."""
        self.give(None)

    def received(self) -> Any:
        """What was given, or None."""
        done = self._future.done() and not self._future.cancelled()
        return self._future.result() if done else None

    async def wait(self, seconds: float) -> Any:
        """What is given within the time, else None."""
        timer = asyncio.get_running_loop().call_later(seconds, self.expire)
        try:
            return await self._future
        finally:
            timer.cancel()


class SyncTicket:
    """A place in a queue: whoever has something gives it to the ticket, its owner waits for it."""

    __slots__ = ("_gate", "_right", "_thing")

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._gate.acquire()
        # Whoever pops it decides what becomes of the ticket. Nothing here waits for a lock that the
        # same thread may have: the garbage collector may give in the middle of any line.
        self._right: list[None] = [None]
        self._thing: Any = None

    def _has_right(self) -> bool:
        try:
            self._right.pop()
        except IndexError:
            return False
        return True

    def give(self, thing: object) -> bool:
        """Hand something over; False if the owner has given up waiting."""
        if not self._has_right():
            return False
        self._thing = thing
        self._gate.release()
        return True

    def expire(self) -> None:
        """Give up waiting, if nothing has come."""
        self.give(None)

    def received(self) -> Any:
        """What was given, or None."""
        return self._thing

    def wait(self, seconds: float) -> Any:
        """What is given within the time, else None."""
        in_time = self._gate.acquire(timeout=min(max(seconds, 0), threading.TIMEOUT_MAX))
        if not in_time and not self._has_right():
            self._gate.acquire()  # somebody is giving at this moment
        return self._thing


# ------------------------------------------------------------------------------------------- locks


class AsyncTurn:
    """A lock that tasks take in order of arrival, with a bound on the waiting."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def take(self, seconds: float) -> bool:
        """Take it; False if the time was over first."""
        lock = self._lock
        if not lock.locked():
            return await lock.acquire()  # free: does not wait
        try:
            async with asyncio.timeout(seconds):
                return await lock.acquire()
        except TimeoutError:
            return False

    def leave(self) -> None:
        """Let the next one have it."""
        self._lock.release()


class SyncTurn:
    """A lock that threads take, with a bound on the waiting."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def take(self, seconds: float) -> bool:
        """Take it; False if the time was over first."""
        return self._lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX))

    def leave(self) -> None:
        """Let the next one have it."""
        self._lock.release()


# ------------------------------------------------------------------------- functions and decorators


class AsyncDone:
    """Something that can be waited for, and need not be."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, None]:
        return
        yield


_DONE = AsyncDone()
SyncDone: TypeAlias = None


def async_call(function: Callable[[], object]) -> Awaitable[object]:
    """Call a function or a coroutine function; what is left to wait for."""
    result = function()
    return result if inspect.isawaitable(result) else _DONE


def sync_call(function: Callable[[], object]) -> object:
    """Call a function."""
    result = function()
    if inspect.iscoroutine(result):
        result.close()
        raise TypeError(f"{name_of(function)} is a coroutine function; covet.sync cannot run it")
    return result


def async_guarded(
    function: Callable[[], object], report: Callable[[Exception], None]
) -> Awaitable[object]:
    """The same as ``async_call``, but errors are reported and not raised."""
    try:
        result = function()
    except Exception as error:
        report(error)
        return _DONE
    return _guarded(result, report) if inspect.isawaitable(result) else _DONE


async def _guarded(work: Awaitable[object], report: Callable[[Exception], None]) -> None:
    try:
        await work
    except Exception as error:
        report(error)


def sync_guarded(function: Callable[[], object], report: Callable[[Exception], None]) -> None:
    """The same as ``sync_call``, but errors are reported and not raised."""
    try:
        sync_call(function)
    except Exception as error:
        report(error)


async def async_answer(function: Callable[[], Any]) -> Any:
    """What a function or a coroutine function answers.

    Only coroutines are waited for: a queryset that is returned is not meant to be run.
    """
    result = function()
    return await result if inspect.iscoroutine(result) else result


def sync_answer(function: Callable[[], Any]) -> Any:
    """What a function answers."""
    return sync_call(function)


def async_done() -> AsyncDone:
    """Nothing is left to wait for."""
    return _DONE


def sync_done() -> None:
    """Nothing is left to wait for."""


def async_decorable(function: Callable[..., Any]) -> str | None:
    """Why a function cannot be wrapped by a decorator of this colour, or None."""
    if inspect.iscoroutinefunction(function):
        return None
    return f"{name_of(function)} is not an `async def` function"


def sync_decorable(function: Callable[..., Any]) -> str | None:
    """Why a function cannot be wrapped by a decorator of this colour, or None."""
    kinds = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    if any(is_kind(function) for is_kind in kinds):
        return f"{name_of(function)} is not a plain function"
    return None


def async_unfit(function: Callable[..., Any]) -> tuple[str, str] | None:
    """Why a function cannot be called by a signal of this colour, and what to do; or None."""
    return None


def sync_unfit(function: Callable[..., Any]) -> tuple[str, str] | None:
    """Why a function cannot be called by a signal of this colour, and what to do; or None."""
    if not waits(function):
        return None
    reason = f"{name_of(function)} is a coroutine function, which covet.sync cannot wait for"
    return reason, "Write def without async, or import models and signals from covet.aio."


# ----------------------------------------------------------------------------------------- opening


class _AsyncOpens(Protocol):
    async def open(self) -> None: ...
    async def close(self) -> None: ...


class _SyncOpens(Protocol):
    def open(self) -> None: ...
    def close(self) -> None: ...


A = TypeVar("A", bound=_AsyncOpens)
S = TypeVar("S", bound=_SyncOpens)


class AsyncBlock:
    """A block of async code, which says so to whoever enters it with a plain ``with``."""

    __slots__ = ()

    def __enter__(self) -> NoReturn:
        raise TypeError(f"Write 'async with': {self!r} is of covet.aio")

    def __exit__(self, *_: object) -> None:
        """Never reached; Python looks for it first."""


class SyncBlock:
    """A block of sync code, which says so to whoever enters it with ``async with``."""

    __slots__ = ()

    async def __aenter__(self) -> NoReturn:
        raise TypeError(f"Write plain 'with': {self!r} is of covet.sync")

    async def __aexit__(self, *_: object) -> None:
        """Never reached; Python looks for it first."""


class AsyncOpening(AsyncBlock, Generic[A]):
    """Something not opened yet: ``await`` it, or open and close it with ``async with``."""

    __slots__ = ("_thing",)

    def __init__(self, thing: A) -> None:
        self._thing = thing

    async def _open(self) -> A:
        await self._thing.open()
        return self._thing

    def __await__(self) -> Generator[Any, None, A]:
        return self._open().__await__()

    async def __aenter__(self) -> A:
        return await self._open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._thing.close()

    def __repr__(self) -> str:
        return f"<not opened yet: {self._thing!r}>"


SyncOpening: TypeAlias = Annotated[S, "opened at once"]


def async_open(thing: A) -> AsyncOpening[A]:
    """Something to ``await`` or to enter, which opens the thing."""
    return AsyncOpening(thing)


def sync_open(thing: S) -> S:
    """The thing, opened."""
    thing.open()
    return thing


class AsyncCloses(AsyncBlock):
    """Makes what was opened leave by ``async with``: its block closes it."""

    async def close(self) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class SyncCloses(SyncBlock):
    """Makes what was opened leave by ``with``: its block closes it."""

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


__all__ = [
    "AsyncBlock",
    "AsyncCloses",
    "AsyncDone",
    "AsyncExitStack",
    "AsyncOpening",
    "AsyncReturn",
    "AsyncTicket",
    "AsyncTurn",
    "SyncBlock",
    "SyncCloses",
    "SyncDone",
    "SyncExitStack",
    "SyncOpening",
    "SyncReturn",
    "SyncTicket",
    "SyncTurn",
    "async_answer",
    "async_call",
    "async_current",
    "async_decorable",
    "async_done",
    "async_finish",
    "async_guarded",
    "async_home",
    "async_home_ended",
    "async_hurry",
    "async_marked",
    "async_no_block",
    "async_open",
    "async_origin",
    "async_sleep",
    "async_unfit",
    "async_within",
    "name_of",
    "sync_answer",
    "sync_call",
    "sync_current",
    "sync_decorable",
    "sync_done",
    "sync_finish",
    "sync_guarded",
    "sync_home",
    "sync_home_ended",
    "sync_hurry",
    "sync_marked",
    "sync_no_block",
    "sync_open",
    "sync_origin",
    "sync_sleep",
    "sync_unfit",
    "sync_within",
]
