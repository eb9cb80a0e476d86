"""How does each HTTP request become a transaction, of which the client hears once it is kept?"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AsyncExitStack

from ..aio import atomic
from ..errors import CommitOutcomeUnknown
from ..requests import RequestRules, Undone, request_rules
from .types import ASGIApp, Message, Receive, Scope, Send


class AtomicRequests:
    """An ASGI app whose every HTTP request happens as a whole or not at all.

    The request runs in ``atomic()``. Its transaction ends when the response starts: that is held
    until the commit has succeeded, so a client that reads 200 can rely on it. Rolled back is a
    request that raises, that is cancelled or whose client has gone before, that gives no response,
    or one with a status of 400 and above: to a middleware, an error that a view raises and a
    framework makes a response of is a status. A commit that fails is raised where the response was
    to start, and ends as any error of the app does, with a 500.

    What comes after the start is outside of the transaction: the parts of a streamed body, as in
    Django, and background tasks. WebSockets and the lifespan pass untouched.

    Args:
        app: any ASGI app.
        using: the alias of the database, or several of them. Each has a transaction of its own;
            they are committed one after the other, in reverse order.
        rollback_from: the first status that rolls back; 500 keeps what requests with 4xx did.

    Raises:
        ConfigurationError: an argument cannot be used.

    Example:
        >>> app = FastAPI(middleware=[Middleware(AtomicRequests)])
    """

    def __init__(
        self, app: ASGIApp, using: str | Iterable[str] = "default", *, rollback_from: int = 400
    ) -> None:
        self.app = app
        self._rules = request_rules(using, rollback_from)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = _Request(self._rules, receive, send)
        await request.begin()
        try:
            await self.app(scope, request.receive, request.send)
        except BaseException as error:
            await request.end(error)
            raise
        await request.end(Undone())  # unless a response has ended it
        if request.failure is not None and not request.answered:
            raise request.failure  # the app has swallowed it, and said nothing else


class _Request:
    """One request: its transactions, and what the client has been told.

    Attributes:
        answered: the client was given a status.
        failure: what kept the transactions from ending well.
    """

    def __init__(self, rules: RequestRules, receive: Receive, send: Send) -> None:
        self.answered = False
        self.failure: Exception | None = None
        self._rules = rules
        self._receive = receive
        self._send = send
        self._blocks = [atomic(alias) for alias in rules.aliases]
        self._stack = AsyncExitStack()
        self._ended = False
        self._client_gone = False

    async def begin(self) -> None:
        async with AsyncExitStack() as stack:
            for block in self._blocks:
                await stack.enter_async_context(block)
            self._stack = stack.pop_all()

    async def end(self, error: BaseException | None) -> None:
        """Commit, or roll back for an error; the second time, nothing is left to do."""
        if self._ended:
            return
        self._ended = True
        if error is None:
            for block in self._blocks:
                # A framework may run parts of a request in tasks of their own, which have their own
                # copy of what is current; a background task among them is to find no ended block.
                # Of what was rolled back nothing goes on: half of it would be stored alone.
                block.withdraw()
            await self._stack.aclose()
        else:
            await self._stack.__aexit__(type(error), error, error.__traceback__)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._client_gone = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._decide(message["status"])
            self.answered = True
        if self.answered or self.failure is None:
            await self._send(message)

    async def _decide(self, status: int) -> None:
        """End the transactions as the status says; raise if that says more than is true."""
        undo = self._client_gone or self._rules.undo(status)
        try:
            await self.end(Undone() if undo else None)
        except Exception as failure:
            self.failure = failure
            raise
        except BaseException as cut_off:
            # What cancelled this may be a framework's own, which does not raise it any further.
            self.failure = CommitOutcomeUnknown(
                "The response was cancelled as its transaction ended; whether that was committed "
                "is not known"
            )
            self.failure.__cause__ = cut_off
            raise
        if self.failure is not None and status < 400:
            raise self.failure
