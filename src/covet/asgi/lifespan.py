"""How is an app told that the server starts and stops, and how is a server answered?"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from ..errors import CovetError, short
from ..pairs.primitives import async_settle
from .types import ASGIApp, Message, Receive, Send

logger = logging.getLogger("covet.asgi")

# How long an app's task may go on after it has said that it is done.
END_WITHIN = 10.0
# What an app may answer, and what it is about.
PHASES = {
    f"lifespan.{phase}.{outcome}": phase
    for phase in ("startup", "shutdown")
    for outcome in ("complete", "failed")
}


async def answer(receive: Receive, send: Send, whole: AbstractAsyncContextManager[None]) -> None:
    """Answer a server: a block is entered when it starts, and left when it stops."""
    phase = "startup"
    await receive()
    try:
        async with whole:
            await send({"type": "lifespan.startup.complete"})
            phase = "shutdown"
            await receive()
    except BaseException:
        await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
        raise
    await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def running(app: ASGIApp, place: str, state: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """A block in which an app is started, as a server would.

    Args:
        app: the app. One that does not speak the protocol is left alone.
        place: where it is, for messages.
        state: what its state begins with.

    Returns:
        What it has added to the state.

    Raises:
        CovetError: the app says that it cannot start, or that it stopped badly.
    """
    own = dict(state)
    talk = _Talk(app, place, own)
    try:
        await talk.start()
        try:
            yield {name: own[name] for name in own if own[name] is not state.get(name, own)}
        finally:
            await talk.stop()
    finally:
        await talk.end()


class _Talk:
    """A talk with an app, which has it in a task of its own.

    What an app opens as it starts it closes in the same task, as some things demand.
    """

    def __init__(self, app: ASGIApp, place: str, state: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        self._app = app
        self._place = place
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._answers = {phase: loop.create_future() for phase in ("startup", "shutdown")}
        self._asked = False
        self._task = loop.create_task(self._run(state), name=f"lifespan of {place}")

    async def _run(self, state: dict[str, Any]) -> None:
        asgi = {"version": "3.0", "spec_version": "2.0"}
        await self._app(
            {"type": "lifespan", "asgi": asgi, "state": state}, self._receive, self._send
        )

    async def _receive(self) -> Message:
        self._asked = True
        return await self._told.get()

    async def _send(self, message: Message) -> None:
        answered = self._answers.get(PHASES.get(message["type"], ""))
        if answered is None or answered.done():
            raise RuntimeError(f"{short(message['type'])} is no answer to a server now")
        answered.set_result(message)

    async def _tell(self, phase: str) -> Message | None:
        """Tell the app something; its answer, None if it ends without one."""
        self._told.put_nowait({"type": f"lifespan.{phase}"})
        answered = self._answers[phase]
        await asyncio.wait([self._task, answered], return_when=asyncio.FIRST_COMPLETED)
        return answered.result() if answered.done() else None

    async def start(self) -> None:
        message = await self._tell("startup")
        if message is None:
            self._log_silence()
        elif message["type"] == "lifespan.startup.failed":
            raise await self._failed("could not start", message)

    def _log_silence(self) -> None:
        """ASGI has apps without a lifespan raise, or end; one that was starting may have failed."""
        error = self._error()
        if self._asked and error is not None:
            logger.warning("%s raised as it started, and is used", self._place, exc_info=error)
        else:
            logger.debug("%s has no lifespan", self._place)

    async def stop(self) -> None:
        if not self._answers["startup"].done():
            return
        message = await self._tell("shutdown")
        if message is None and self._error() is None:
            return  # it has ended before it was told to
        if message is None or message["type"] == "lifespan.shutdown.failed":
            raise await self._failed("did not stop well", message)

    async def end(self) -> None:
        """See to it that the task is over."""
        if not self._answers["shutdown"].done():
            self._task.cancel()
        await async_settle(self._task, END_WITHIN)

    async def _failed(self, how: str, message: Message | None) -> CovetError:
        """What went wrong, by the last line of what the app says, with its exception as cause."""
        await async_settle(self._task, END_WITHIN)
        cause = self._error()
        text = (message or {}).get("message") or (cause and f"{type(cause).__name__}: {cause}")
        said = str(text or "it does not say why").strip().splitlines()[-1]
        error = CovetError(f"{self._place} {how}: {said}")
        error.__cause__ = cause
        return error

    def _error(self) -> BaseException | None:
        done = self._task.done() and not self._task.cancelled()
        return self._task.exception() if done else None
