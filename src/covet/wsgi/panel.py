"""How does a WSGI app get the query panel?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .._async import database as async_database
from .._sync import database as sync_database
from .._sync.explaining import explained
from ..panel import Limits, badge, panel
from ..panel.explaining import Explain, Plan, Question
from ..panel.limits import MOST_FORM
from ..panel.records import error_text
from ..panel.visits import Visit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ..panel.app import Panel
    from ..panel.recording import Recording

OTHER_COLOUR = (
    "The database {alias!r} is connected by covet.aio, which a WSGI app cannot wait for. "
    "Connect it by covet.sync too, to have its plans here."
)


class QueryPanelMiddleware:
    """A WSGI app that shows what each of its requests asks of the databases.

    The twin of ``covet.asgi.QueryPanelMiddleware``.

    Args:
        app: any WSGI app.
        debug: True to have the panel; without it, requests pass untouched.
        allow: networks or addresses whose clients may see it too: ``["192.168.1.0/24"]``.
        hosts: names by which the app may be asked for, besides ``localhost`` and addresses.
        path: the path below which its pages are.
        requests: how many requests are remembered.
        queries: how many statements of a request are shown.

    Raises:
        ConfigurationError: an argument cannot be used, or the extra ``debug`` is not installed.

    Example:
        >>> app = Flask(__name__)
        >>> app.wsgi_app = QueryPanelMiddleware(app.wsgi_app, debug=True)
    """

    def __init__(
        self,
        app: WSGIApplication,
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

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        panel = self._panel
        if panel is None:
            return self.app(environ, start_response)
        visit = visit_of(environ)
        if panel.owns(visit.path):
            return _answer(panel, visit, environ, start_response)
        recording = panel.recording(visit)
        response = _Response(panel, recording, visit, start_response)
        try:
            with recording:
                response.take(self.app(environ, response.start))
        except BaseException as error:
            recording.failed(error)
            panel.keep(recording)
            raise
        return response


def visit_of(environ: WSGIEnvironment) -> Visit:
    """What the panel knows of a request."""
    return Visit(
        method=environ["REQUEST_METHOD"].upper(),
        path=_text(environ.get("PATH_INFO", "")),
        root=_text(environ.get("SCRIPT_NAME", "")).rstrip("/"),
        query_string=environ.get("QUERY_STRING", ""),
        client=environ.get("REMOTE_ADDR"),
        headers=tuple(
            (key[5:].replace("_", "-").lower(), str(value))
            for key, value in environ.items()
            if key.startswith("HTTP_")
        ),
    )


def _text(path: str) -> str:
    """A path as WSGI has it, each character of which stands for a byte."""
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


class _Response:
    """What the app answers, on its way out. A page that may get a badge is held until whole."""

    def __init__(
        self, panel: Panel, recording: Recording, visit: Visit, start_response: StartResponse
    ) -> None:
        self._panel = panel
        self._recording = recording
        self._visit = visit
        self._start_response = start_response
        self._is_shown = panel.access.knows(visit)
        self._start: tuple[Any, ...] | None = None
        self._has_begun = False
        self._body: Iterable[bytes] = ()
        self._parts: Iterator[bytes] = iter(())

    def start(self, *start: Any) -> Callable[[bytes], object]:
        """What the app is given as ``start_response``: until a part is sent, it may think again."""
        if self._has_begun:
            return self._start_response(*start)
        self._start = start
        self._recording.status = int(start[0][:3])
        return self.write

    def write(self, data: bytes) -> None:
        """The way of old to send a part of the body."""
        if not self._has_begun:
            self._begin()
        self._server_write(data)

    def take(self, body: Iterable[bytes]) -> None:
        """Take what the app returns."""
        self._body = body
        self._parts = iter(body)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        part = self._next()
        if not self._has_begun and self._start is not None:
            part = self._first(part)
        if part is None:
            self._over()
            raise StopIteration
        return part

    def close(self) -> None:
        """Let go of the body; what the app asks of the databases then is heard too."""
        close = getattr(self._body, "close", None)
        if close is not None:
            with self._recording:
                close()
        self._over()

    def _next(self) -> bytes | None:
        """The next part of the body, or None."""
        try:
            with self._recording:
                return next(self._parts, None)
        except BaseException as error:
            self._recording.failed(error)
            raise

    def _first(self, part: bytes | None) -> bytes | None:
        """Begin the response with its first part: all of it, if it may get a badge."""
        assert self._start is not None
        headers = self._start[1]
        length = badge.length_of(headers)
        is_whole = length is not None or isinstance(self._body, list | tuple)
        may = badge.may_carry(self._visit, self._recording.status or 0, headers)
        if self._is_shown and may and is_whole and part is not None:
            part = self._page(part, length)
        if not self._has_begun:
            self._begin()
            self._panel.keep(self._recording)  # whoever reads no further asks for it already
        return part

    def _page(self, first: bytes, length: int | None) -> bytes:
        """The whole body, with a badge if it is a page that can carry one."""
        body = bytearray(first)
        while (part := self._next()) is not None:
            body += part
            if length is not None and len(body) > length:
                return bytes(body)
        page = bytes(body)
        self._over()  # now, so that whoever follows the badge finds what it leads to
        marked = badge.carry(page, self._panel.badge(self._recording, self._visit))
        if marked is not None and self._start is not None:
            status, headers, *rest = self._start
            self._start = (status, badge.corrected(headers, len(marked)), *rest)
        return page if marked is None else marked

    def _begin(self) -> None:
        assert self._start is not None
        status, headers, *rest = self._start
        more = self._recording.headers() if self._is_shown else []
        self._has_begun = True
        self._server_write = self._start_response(status, [*headers, *more], *rest)

    def _over(self) -> None:
        self._recording.responded()
        self._panel.keep(self._recording)


def _answer(
    panel: Panel, visit: Visit, environ: WSGIEnvironment, start_response: StartResponse
) -> list[bytes]:
    """Answer a request for a page of the panel."""
    answer = panel.answer(visit, _form(environ) if visit.method == "POST" else b"")
    reply = answer.reply(_plan(answer.question)) if isinstance(answer, Explain) else answer
    start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(reply.headers))
    return [b"" if visit.method == "HEAD" else reply.body]


def _form(environ: WSGIEnvironment) -> bytes:
    """The body of a request; nothing where it is longer than any form of the panel."""
    said = environ.get("CONTENT_LENGTH") or "0"
    if not said.isdecimal() or len(said) > 9 or int(said) > MOST_FORM:
        return b""
    form: bytes = environ["wsgi.input"].read(int(said))
    return form


def _plan(question: Question) -> Plan:
    """Ask the database, which has to be connected in this colour."""
    alias = question.alias
    if async_database.is_connected(alias) and not sync_database.is_connected(alias):
        return Plan(OTHER_COLOUR.format(alias=alias), failed=True)
    try:
        return Plan(explained(*question))
    except Exception as error:
        return Plan(error_text(error), failed=True)
