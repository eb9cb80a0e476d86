"""What does an ASGI server say to an app, message by message?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

GONE = {"type": "http.disconnect"}
ASKED = {"type": "http.request", "body": b"", "more_body": False}


def scope_of(path: str, **more: Any) -> dict[str, Any]:
    """The scope of a request, as uvicorn makes it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"test")],
        "state": {},
        **more,
    }


@dataclass
class Heard:
    """What an app has sent."""

    messages: list[Any] = field(default_factory=list)

    async def send(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int | None:
        """The status that the client got."""
        starts = [m["status"] for m in self.messages if m["type"] == "http.response.start"]
        assert len(starts) <= 1
        return starts[0] if starts else None

    @property
    def body(self) -> bytes:
        """The body that the client got."""
        return b"".join(m.get("body", b"") for m in self.messages)


async def ask(app: Any, scope: dict[str, Any], said: Sequence[Any] = (ASKED,)) -> Heard:
    """Send a request; what is raised by the app ends as a server ends it, with nothing more."""
    heard, left = Heard(), list(said)

    async def receive() -> Any:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    await app(scope, receive, heard.send)
    return heard


class Server:
    """A server that starts and stops an app."""

    def __init__(self, app: Any, **scope: Any) -> None:
        self.app = app
        self.scope = {"type": "lifespan", "asgi": {"version": "3.0"}, **scope}
        self.heard: list[Any] = []
        self.told: asyncio.Queue[Any] = asyncio.Queue()
        self.answered: asyncio.Queue[Any] = asyncio.Queue()

    async def say(self, phase: str) -> str:
        """Tell the app something; the type of its answer."""
        await self.told.put({"type": f"lifespan.{phase}"})
        async with asyncio.timeout(5):
            message = await self.answered.get()
        self.heard.append(message)
        return str(message["type"])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        """A block in which the app runs."""
        task = asyncio.create_task(self.app(self.scope, self.told.get, self.answered.put))
        assert await self.say("startup") == "lifespan.startup.complete"
        try:
            yield self
        except BaseException:
            task.cancel()
            await asyncio.wait([task])
            raise
        assert await self.say("shutdown") == "lifespan.shutdown.complete"
        await task


async def start_and_fail(app: Any) -> tuple[BaseException | None, str]:
    """Start an app that will not: what it raised, and what the server was told."""
    server = Server(app, state={})
    task = asyncio.create_task(app(server.scope, server.told.get, server.answered.put))
    said = await server.say("startup")
    await asyncio.wait([task])
    assert said == "lifespan.startup.failed"
    return task.exception(), str(server.heard[-1]["message"])


def telling(*keys: str) -> Callable[..., Any]:
    """An app that answers with what its scope says, and knows nothing else."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        text = " ".join(str(scope.get(key)) for key in keys)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": text.encode()})

    return app
