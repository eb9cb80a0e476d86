"""How does an ASGI app get the query panel?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .._async import database as async_database
from .._async.explaining import explained as async_explained
from .._sync import database as sync_database
from .._sync.explaining import explained as sync_explained
from ..panel import Limits, badge, panel
from ..panel.explaining import Explain, Plan, Question
from ..panel.limits import MOST_FORM
from ..panel.records import error_text
from ..panel.visits import Visit
from .types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from ..panel.app import Panel
    from ..panel.recording import Recording

# What Starlette and Litestar leave a WebSocket's endpoint with when its client has closed it.
FAREWELL = "WebSocketDisconnect"


class QueryPanelMiddleware:
    """An ASGI app that shows what each of its requests asks of the databases.

    Pages below ``/__covet__/`` show the last requests, the time line of each, its queries by shape,
    and what is wasted with its fix; ``/__covet__/api/`` says the same in JSON. Each response gets
    the headers ``Server-Timing`` and ``X-Covet-Queries``, and each HTML page a badge. All of it is
    for clients on this machine, unless others are allowed.

    Args:
        app: any ASGI app.
        debug: True to have the panel; without it, requests pass untouched.
        allow: networks or addresses whose clients may see it too: ``["192.168.1.0/24"]``.
        hosts: names by which the app may be asked for, besides ``localhost`` and addresses.
        path: the path below which its pages are.
        requests: how many requests are remembered.
        queries: how many statements of a request are shown.

    Raises:
        ConfigurationError: an argument cannot be used, or the extra ``debug`` is not installed.

    Example:
        >>> app = QueryPanelMiddleware(app, debug=settings.DEBUG)
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        debug: bool = False,
        allow: Iterable[str] = (),
        hosts: Iterable[str] = (),
        path: str = "/__covet__",
        requests: int = 100,
        queries: int = 500,
    ) -> None:
        self.app = app
        self._panel = panel(debug, allow, hosts, path, Limits(requests, queries))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        panel = self._panel
        if panel is None or scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        visit = visit_of(scope)
        if scope["type"] == "http" and panel.owns(visit.path):
            await _answer(panel, visit, receive, send)
        else:
            await self._record(panel, visit, scope, receive, send)

    async def _record(
        self, panel: Panel, visit: Visit, scope: Scope, receive: Receive, send: Send
    ) -> None:
        recording = panel.recording(visit)
        response = _Response(panel, recording, visit, receive, send)
        try:
            with recording:
                await self.app(scope, response.receive, response.send)
        except BaseException as error:
            if type(error).__name__ != FAREWELL:
                recording.failed(error)
            if isinstance(error, Exception):
                await response.release()
            raise
        else:
            await response.release()  # of an app that has not ended its response
        finally:
            recording.responded()
            panel.keep(recording)


def visit_of(scope: Scope) -> Visit:
    """What the panel knows of a request."""
    root, path = (scope.get("root_path") or "").rstrip("/"), scope["path"]
    if root and (path + "/").startswith(root + "/"):  # older servers leave it out
        path = path[len(root) :]
    client = scope.get("client")
    return Visit(
        method=scope["method"].upper() if scope["type"] == "http" else "WS",
        path=path,
        root=root,
        query_string=scope.get("query_string", b"").decode("latin-1"),
        client=client[0] if client else None,
        headers=tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
        ),
    )


class _Response:
    """What the app sends, on its way out. A page that may get a badge is held until it is whole."""

    def __init__(
        self, panel: Panel, recording: Recording, visit: Visit, receive: Receive, send: Send
    ) -> None:
        self._panel = panel
        self._recording = recording
        self._visit = visit
        self._receive = receive
        self._send = send
        self._is_shown = panel.access.knows(visit)
        self._held: Message | None = None
        self._body = bytearray()

    async def receive(self) -> Message:
        """What the client sends; a WebSocket that is closed has a code."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._recording.status = message.get("code", 1005)
        return message

    async def send(self, message: Message) -> None:
        """Pass a message on, or hold it."""
        kind = message["type"]
        if kind.endswith("http.response.start"):
            await self._start(message)
        elif kind == "http.response.body":
            await self._part(message)
        else:
            if kind == "websocket.close":
                self._recording.status = message.get("code", 1000)
            await self.release()
            await self._send(message)

    async def _start(self, message: Message) -> None:
        status = message["status"]
        self._recording.status = status
        headers = _decoded(message.get("headers", ()))
        if self._is_shown and badge.may_carry(self._visit, status, headers):
            self._held = message
        else:
            await self._send_start(message)

    async def _part(self, message: Message) -> None:
        held, is_last = self._held, not message.get("more_body", False)
        if held is not None:
            self._body += message.get("body", b"")
            length = badge.length_of(_decoded(held.get("headers", ())))
            if not is_last and (length is None or len(self._body) > length):
                await self.release()
        if is_last:
            # First, so that whoever follows the badge finds what it leads to.
            self._recording.responded()
            self._panel.keep(self._recording)
        if held is None:
            await self._send(message)
        elif is_last:
            await self._send_page(held)

    async def _send_page(self, start: Message) -> None:
        self._held = None
        page = bytes(self._body)
        marked = badge.carry(page, self._panel.badge(self._recording, self._visit))
        if marked is not None:
            headers = badge.corrected(_decoded(start.get("headers", ())), len(marked))
            start = {**start, "headers": _encoded(headers)}
        await self._send_start(start)
        await self._send({"type": "http.response.body", "body": page if marked is None else marked})

    async def release(self) -> None:
        """Send what was held as it is: it is no whole page."""
        start, self._held = self._held, None
        if start is not None:
            await self._send_start(start)
            if self._body:
                part = {"type": "http.response.body", "body": bytes(self._body), "more_body": True}
                await self._send(part)

    async def _send_start(self, message: Message) -> None:
        if self._is_shown:
            more = _encoded(self._recording.headers())
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await self._send(message)


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def _answer(panel: Panel, visit: Visit, receive: Receive, send: Send) -> None:
    """Answer a request for a page of the panel."""
    answer = panel.answer(visit, await _form(receive) if visit.method == "POST" else b"")
    reply = answer.reply(await _plan(answer.question)) if isinstance(answer, Explain) else answer
    start = {"type": "http.response.start", "status": reply.status}
    await send({**start, "headers": _encoded(reply.headers)})
    body = b"" if visit.method == "HEAD" else reply.body
    await send({"type": "http.response.body", "body": body})


async def _form(receive: Receive) -> bytes:
    """The body of a request; nothing where it is longer than any form of the panel."""
    body = bytearray()
    while len(body) <= MOST_FORM:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
    return b""


async def _plan(question: Question) -> Plan:
    """Ask the database, in the colour that it is connected in."""
    alias = question.alias
    try:
        if sync_database.is_connected(alias) and not async_database.is_connected(alias):
            return Plan(await asyncio.to_thread(sync_explained, *question))
        return Plan(await async_explained(*question))
    except Exception as error:
        return Plan(error_text(error), failed=True)
