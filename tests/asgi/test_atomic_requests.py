"""What of a request is kept, and what does its client hear?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from anyio import CancelScope, from_thread
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, WebSocket
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from covet.aio import (
    CharField,
    Database,
    Model,
    atomic,
    connect,
    create_tables,
    database,
    on_commit,
)
from covet.asgi import AtomicRequests, CovetPyASGI
from covet.errors import ConfigurationError, DatabaseError, IntegrityError, TransactionError

from .speaking import ASKED, GONE, Heard, ask, scope_of


class Note(Model):
    text = CharField(max_length=50, unique=True)


Endpoint = Callable[..., Any]
OLD, NEW = {"spec_version": "2.0"}, {"spec_version": "2.4"}


async def add(text: str) -> None:
    await Note.objects.create(text=text)


async def notes() -> list[str]:
    return list(await Note.objects.order_by("text").values_list("text", flat=True))


def app_of(endpoint: Endpoint, *around: Middleware, **more: Any) -> FastAPI:
    """A FastAPI app with one endpoint, whose requests are atomic."""
    app = FastAPI(middleware=[*around, Middleware(AtomicRequests, **more)])
    app.add_api_route("/", endpoint)
    return app


async def status_of(app: Any, **scope: Any) -> int | None:
    """What the client reads, whatever is raised to the server after that."""
    heard = Heard()
    try:
        await app(scope_of("/", **scope), partial(asyncio.sleep, 0, ASKED), heard.send)
    except Exception:
        return heard.status or 500  # as servers do
    return heard.status


# --------------------------------------------------------------------------------- what is kept


async def test_the_response_starts_once_others_see_what_was_done(db: Database, url: str) -> None:
    async def endpoint() -> str:
        await add("a")
        return "done"

    seen: list[Any] = []
    async with connect(url, alias="watcher") as watcher:

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                seen.append(await watcher.fetch_rows("select text from note"))

        await app_of(endpoint)(scope_of("/"), partial(asyncio.sleep, 0, ASKED), send)
    assert seen == [[("a",)]]


async def raise_error() -> None:
    await add("a")
    raise RuntimeError("no")


async def raise_conflict() -> None:
    await add("a")
    raise HTTPException(409)


async def answer_conflict() -> Response:
    await add("a")
    return JSONResponse({}, 409)


async def answer_redirect() -> Response:
    await add("a")
    return Response(status_code=302)


@pytest.mark.parametrize(
    ("endpoint", "status", "rollback_from", "kept"),
    [
        (raise_error, 500, 400, []),
        (raise_error, 500, 500, []),
        (raise_conflict, 409, 400, []),
        (answer_conflict, 409, 400, []),
        (answer_conflict, 409, 410, ["a"]),
        (answer_redirect, 302, 400, ["a"]),
    ],
)
async def test_errors_are_undone(
    db: Database, endpoint: Endpoint, status: int, rollback_from: int, kept: list[str]
) -> None:
    inside = app_of(endpoint, rollback_from=rollback_from)
    assert (await status_of(inside), await notes()) == (status, kept)

    await Note.objects.all().delete()
    app = FastAPI()
    app.add_api_route("/", endpoint)
    around = AtomicRequests(app, rollback_from=rollback_from)
    assert (await status_of(around), await notes()) == (status, kept)


async def test_an_inner_block_fails_alone(db: Database) -> None:
    async def endpoint() -> None:
        await add("a")
        try:
            async with atomic():
                await add("a")
        except IntegrityError:
            await add("b")

    assert await status_of(app_of(endpoint)) == 200
    assert await notes() == ["a", "b"]


async def test_no_answer_is_no_success(db: Database) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await add("a")

    assert await status_of(AtomicRequests(app)) is None
    assert await notes() == []


async def test_a_request_may_have_several_databases(db: Database, url: str) -> None:
    async def endpoint(fail: bool) -> None:
        await add("a")
        await second.execute("insert into t values (1)")
        if fail:
            raise HTTPException(500)

    async with connect("sqlite:///:memory:", alias="second") as second:
        await second.execute("create table t (id integer)")
        app = app_of(endpoint, using=["default", "second"])
        for fail, kept in ((b"1", 0), (b"0", 1)):
            await status_of(app, query_string=b"fail=" + fail)
            assert len(await notes()) == len(await second.fetch_rows("select * from t")) == kept


# --------------------------------------------------------------------------- commits that fail


@pytest.fixture
async def break_commit(db: Database, kind: str, url: str) -> Callable[[], Awaitable[None]]:
    """Gives what makes the commit of the block around it fail, and nothing before."""
    if kind != "mysql":
        await db.execute("create table if not exists parent_of (id integer primary key)")
        await db.execute(
            "create table if not exists child_of (id integer primary key, parent integer"
            " references parent_of (id) deferrable initially deferred)"
        )

    async def hurt() -> None:
        await add("a")
        if kind == "mysql":  # which defers nothing
            (row,) = await db.fetch("select connection_id()")
            async with connect(url, alias="killer") as killer:
                await killer.execute(f"kill {row[0]}")
        else:
            await db.execute("insert into child_of values (1, 99)")

    return hurt


async def test_a_failed_commit_is_a_500(db: Database, break_commit: Endpoint) -> None:
    async def endpoint() -> str:
        await break_commit()
        return "done"

    app = FastAPI()
    app.add_api_route("/", endpoint)
    for whole in (app_of(endpoint), AtomicRequests(app)):
        assert await status_of(whole) == 500
        assert await status_of(whole, asgi=OLD) == 500
    assert await notes() == []
    with pytest.raises(DatabaseError):
        await ask(AtomicRequests(app), scope_of("/"))


async def test_a_streamed_response_does_not_start_after_a_failed_commit(
    db: Database, break_commit: Endpoint
) -> None:
    async def parts() -> AsyncIterator[str]:
        yield "done"

    async def endpoint() -> Response:
        await break_commit()
        return StreamingResponse(parts())

    for asgi in (OLD, NEW):
        assert await status_of(app_of(endpoint), asgi=asgi) == 500
    assert await notes() == []


async def test_an_app_may_say_what_failed_but_not_that_it_did_not(
    db: Database, break_commit: Endpoint
) -> None:
    """An app that swallows what is raised to it, and answers again."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await break_commit()
        for status in (200, *answers):
            try:
                await send({"type": "http.response.start", "status": status, "headers": []})
                await send({"type": "http.response.body", "body": b"%d" % status})
            except DatabaseError:
                # What it goes on to say belongs to no response.
                await send({"type": "http.response.body", "body": b"late"})

    answers = [204, 409]
    heard = await ask(AtomicRequests(app), scope_of("/"))
    assert (heard.status, heard.body) == (409, b"409")

    answers = [200]
    with pytest.raises(DatabaseError):
        await ask(AtomicRequests(app), scope_of("/"))


async def test_an_error_that_was_swallowed_with_its_block_broken_is_a_500(db: Database) -> None:
    async def endpoint() -> str:
        await add("a")
        try:
            await add("a")
        except IntegrityError:
            return "never mind"
        return "done"

    with pytest.raises(TransactionError, match="is broken by IntegrityError"):
        await ask(app_of(endpoint), scope_of("/"))
    assert await status_of(app_of(endpoint)) == 500
    assert await notes() == []


# ---------------------------------------------------------------------- clients that go away


async def test_a_cancelled_request_is_undone(db: Database) -> None:
    waiting = asyncio.Event()

    async def endpoint() -> None:
        await add("a")
        waiting.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(ask(app_of(endpoint), scope_of("/")))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await notes() == []


async def test_a_commit_that_was_cancelled_is_no_success(db: Database) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await add("a")
        with CancelScope() as scope:  # as Starlette does where a client goes while it streams
            scope.cancel()
            await send({"type": "http.response.start", "status": 200, "headers": []})

    heard = Heard()
    with pytest.raises(TransactionError, match="whether that was committed is not known"):
        await AtomicRequests(app)(scope_of("/"), partial(asyncio.sleep, 0, ASKED), heard.send)
    assert heard.messages == []
    async with atomic():  # the connection is back, and clean
        assert await notes() in (["a"], [])


async def test_a_request_whose_client_has_gone_is_undone(db: Database) -> None:
    async def endpoint(request: Request) -> str:
        await add("a")
        while not await request.is_disconnected():
            await asyncio.sleep(0)
        return "stopped"

    await ask(app_of(endpoint), scope_of("/"), [ASKED, GONE])
    assert await notes() == []


# ------------------------------------------------------------------------- tasks and threads


async def test_tasks_and_threads_of_a_request_are_in_its_transaction(db: Database) -> None:
    async def endpoint() -> None:
        await asyncio.gather(add("a"), add("b"))
        raise HTTPException(500)

    def in_a_thread() -> None:  # FastAPI runs it in a thread, as it is no coroutine function
        from_thread.run(add, "c")
        assert from_thread.run(notes) == ["c"]
        raise HTTPException(500)

    assert await status_of(app_of(endpoint)) == 500
    assert await status_of(app_of(in_a_thread)) == 500
    assert await notes() == []


@pytest.mark.parametrize("asgi", [OLD, NEW], ids=["ASGI 2.0", "ASGI 2.4"])
async def test_what_follows_the_start_is_outside(db: Database, asgi: Any) -> None:
    """Of ASGI before 2.4, Starlette streams in a task of its own."""

    async def parts() -> AsyncIterator[str]:
        async for note in Note.objects.order_by("text").iterator(chunk_size=1):
            yield note.text
        await add("streamed")

    async def endpoint(background: BackgroundTasks) -> Response:
        await Note.objects.bulk_create([Note(text="a"), Note(text="b")])
        background.add_task(add, "background")
        return StreamingResponse(parts())

    heard = await ask(app_of(endpoint), scope_of("/", asgi=asgi), [ASKED])
    assert (heard.status, heard.body) == (200, b"ab")
    assert await notes() == ["a", "b", "background", "streamed"]


async def test_a_stream_that_fails_is_cut_off(db: Database) -> None:
    async def parts() -> AsyncIterator[str]:
        yield "one"
        raise RuntimeError("no")

    async def endpoint() -> Response:
        await add("a")
        return StreamingResponse(parts())

    heard = Heard()
    with pytest.raises(RuntimeError):
        await app_of(endpoint)(scope_of("/"), partial(asyncio.sleep, 0, ASKED), heard.send)
    assert heard.messages[-1]["more_body"]
    assert await notes() == ["a"]


async def pass_on(request: Any, call_next: Any) -> Any:
    response = await call_next(request)
    await add("dispatched")
    return response


@pytest.mark.parametrize("outside", [True, False])
async def test_middleware_with_tasks_of_its_own_does_no_harm(db: Database, outside: bool) -> None:
    async def endpoint(background: BackgroundTasks, fail: bool = False) -> str:
        await add("a")
        background.add_task(add, "background")
        if fail:
            raise HTTPException(400)
        return "done"

    both = [Middleware(BaseHTTPMiddleware, dispatch=pass_on), Middleware(AtomicRequests)]
    app = FastAPI(middleware=both if outside else both[::-1])
    app.add_api_route("/", endpoint)

    await ask(app, scope_of("/", query_string=b"fail=1"))
    assert await notes() == (["dispatched"] if outside else [])

    await Note.objects.all().delete()
    assert (await ask(app, scope_of("/"))).body == b'"done"'
    assert await notes() == ["a", "background", "dispatched"]


async def test_a_task_that_outlives_its_request_goes_on_outside(db: Database) -> None:
    late = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    async def later() -> None:
        await add("in time")
        await late.wait()
        await add("late")
        async with atomic():
            await add("later")

    async def endpoint() -> str:
        tasks.append(asyncio.create_task(later()))
        while not await notes():
            await asyncio.sleep(0)
        return "done"

    await ask(app_of(endpoint), scope_of("/"))
    assert await notes() == ["in time"]
    late.set()
    await tasks[0]
    assert await notes() == ["in time", "late", "later"]


async def test_on_commit_comes_before_the_start(db: Database) -> None:
    log: list[str] = []

    async def endpoint() -> str:
        on_commit(lambda: log.append("committed"))
        log.append("answered")
        return "done"

    async def send(message: Any) -> None:
        log.append(message["type"])

    await app_of(endpoint)(scope_of("/"), partial(asyncio.sleep, 0, ASKED), send)
    assert log == ["answered", "committed", "http.response.start", "http.response.body"]


# ------------------------------------------------------------------------------------- the rest


def test_through_a_client_and_a_mount(url: str) -> None:
    there = Note.objects.using("there")

    async def endpoint(request: Request) -> Response:
        await there.create(text=request.url.path)
        return PlainTextResponse("done", 200 if "good" in request.url.path else 400)

    atomic_there = Middleware(AtomicRequests, using="there")
    app = CovetPyASGI(databases={"there": url})
    app.mount("/notes", Starlette(routes=[Route("/{x}", endpoint)], middleware=[atomic_there]))

    with TestClient(app) as client:
        assert client.portal is not None
        client.portal.call(partial(create_tables, Note, using="there"))
        assert client.get("/notes/good").status_code == 200
        assert client.get("/notes/bad").status_code == 400
        kept = client.portal.call(there.values_list("text", flat=True).fetch)
        client.portal.call(there.all().delete)
    assert list(kept) == ["/notes/good"]


async def test_one_route_may_be_atomic_alone(db: Database) -> None:
    async def endpoint(request: Request) -> Response:
        await add(request.url.path)
        raise HTTPException(400)

    one = Route("/one", endpoint, middleware=[Middleware(AtomicRequests)])
    app = Starlette(routes=[one, Route("/other", endpoint)])
    for path in ("/one", "/other"):
        assert (await ask(app, scope_of(path))).status == 400
    assert await notes() == ["/other"]


async def test_websockets_pass_untouched(db: Database) -> None:
    app = FastAPI()

    @app.websocket("/")
    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        await add("a")
        await websocket.send_text("added")
        await websocket.close()
        raise RuntimeError("after that")

    heard, said = Heard(), [{"type": "websocket.connect"}]
    with pytest.raises(RuntimeError):
        await AtomicRequests(app)(
            {**scope_of("/"), "type": "websocket", "subprotocols": []},
            partial(asyncio.sleep, 0, said[0]),
            heard.send,
        )
    assert [message["type"] for message in heard.messages] == [
        *("websocket.accept", "websocket.send", "websocket.close"),
    ]
    assert await notes() == ["a"]


async def test_a_database_that_is_not_connected_is_a_500() -> None:
    with pytest.raises(ConfigurationError, match="'nowhere' is not connected"):
        await ask(app_of(raise_error, using="nowhere"), scope_of("/"))


async def test_what_began_is_undone_if_another_database_cannot_begin(db: Database) -> None:
    with pytest.raises(ConfigurationError, match="'nowhere' is not connected"):
        await ask(AtomicRequests(FastAPI(), using=["default", "nowhere"]), scope_of("/"))
    async with atomic(durable=True):
        await add("a")
    assert database() is db


@pytest.mark.parametrize("using", ["", [], None, 3, [None], b"default"])
def test_what_is_no_alias_is_refused(using: Any) -> None:
    with pytest.raises(ConfigurationError, match="using takes the alias of a database"):
        AtomicRequests(FastAPI(), using)


@pytest.mark.parametrize("status", ["400", None, True, 600])
def test_what_is_no_status_is_refused(status: Any) -> None:
    with pytest.raises(ConfigurationError, match="rollback_from takes a status from 400 to 500"):
        AtomicRequests(FastAPI(), rollback_from=status)


async def test_nothing_of_a_request_that_was_rolled_back_goes_on(db: Database) -> None:
    """A middleware that does not wait for its app says 504, and the app is still at work."""
    go = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await add("first")
        await go.wait()
        await add("second")

    async def hurried(scope: Any, receive: Any, send: Any) -> None:
        tasks.append(asyncio.create_task(slow(scope, receive, send)))
        await asyncio.wait(tasks, timeout=0.05)
        await send({"type": "http.response.start", "status": 504, "headers": []})
        await send({"type": "http.response.body"})

    heard = await ask(AtomicRequests(hurried), scope_of("/"))
    assert heard.status == 504
    go.set()
    with pytest.raises(TransactionError, match="has ended; a task that it started still uses it"):
        await tasks[0]
    assert await notes() == []
