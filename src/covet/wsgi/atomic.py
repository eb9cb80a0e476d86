"""How does each request become a transaction, of which the client hears once it is kept?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..requests import Undone, request_rules
from ..sync import atomic

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class AtomicRequests:
    """A WSGI app whose every request happens as a whole or not at all.

    The twin of ``covet.asgi.AtomicRequests``: the request runs in ``atomic()``, its response starts
    once the commit has succeeded, and it is rolled back if it raises or has a status of 400 and
    above. The parts of a streamed body, from the first on, are made outside of the transaction.

    Args:
        app: any WSGI app.
        using: the alias of the database, or several of them. Each has a transaction of its own;
            they are committed one after the other, in reverse order.
        rollback_from: the first status that rolls back; 500 keeps what requests with 4xx did.

    Raises:
        ConfigurationError: an argument cannot be used.

    Example:
        >>> app = Flask(__name__)
        >>> app.wsgi_app = AtomicRequests(app.wsgi_app)
    """

    def __init__(
        self,
        app: WSGIApplication,
        using: str | Iterable[str] = "default",
        *,
        rollback_from: int = 400,
    ) -> None:
        self.app = app
        self._rules = request_rules(using, rollback_from)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = _Answer(start_response)
        try:
            self._run(environ, answer)
            return answer.begin()
        except BaseException:
            answer.close()
            raise

    def _run(self, environ: WSGIEnvironment, answer: _Answer) -> None:
        """Have the app answer, and commit or roll back."""
        with suppress(Undone), ExitStack() as blocks:
            for alias in self._rules.aliases:
                blocks.enter_context(atomic(alias))
            answer.take(self.app(environ, answer.start_response))
            if self._rules.undo(answer.status):
                raise Undone


class _Answer:
    """What the app answers, held until it may begin."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self._start: tuple[Any, ...] | None = None
        self._write: Any = None  # the server's, once it has begun
        self._written: list[bytes] = []
        self._body: Iterable[bytes] = ()

    @property
    def status(self) -> int | None:
        """The number of the status; None if the app named none."""
        return None if self._start is None else int(self._start[0][:3])

    def start_response(self, *start: Any) -> Any:
        """What the app is given: as long as nothing has been sent, it may change its mind."""
        if self._write is not None:
            return self._start_response(*start)
        self._start = start
        return self.write

    def write(self, data: bytes) -> None:
        """The way of old to send a part of the body."""
        if self._write is None:
            self._written.append(data)
        else:
            self._write(data)

    def take(self, body: Iterable[bytes]) -> None:
        """Take the body, and its first part if the app names the status only then."""
        self._body = body
        if self._start is not None:
            return
        parts, first = iter(body), []
        while self._start is None and (part := next(parts, None)) is not None:
            first.append(part)
        self._body = _Parts(chain(first, parts), body)

    def begin(self) -> Iterable[bytes]:
        """Start the response; gives the body."""
        if self._start is not None:
            self._write = self._start_response(*self._start)
            for data in self._written:
                self._write(data)
        return self._body

    def close(self) -> None:
        """Let go of a body that nobody will read."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


class _Parts:
    """The parts of a body of which the first were taken out already."""

    def __init__(self, parts: Iterator[bytes], body: Iterable[bytes]) -> None:
        self._parts = parts
        self.close = getattr(body, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        return self._parts
