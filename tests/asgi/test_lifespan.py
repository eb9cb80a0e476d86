"""What is started and stopped with an app, in which order, and what if a part of it fails?"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from covet.aio import IntegerField, Model, connect, create_tables, database
from covet.asgi import CovetPyASGI
from covet.errors import ConfigurationError, ConnectionFailed, CovetError

from .speaking import Server, ask, scope_of, start_and_fail, telling

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


class Visit(Model):
    number = IntegerField()


class Log(list[str]):
    """What has happened, in order."""

    def lifespan(self, name: str, state: dict[str, Any] | None = None) -> Lifespan:
        @asynccontextmanager
        async def lifespan(app: Any) -> AsyncIterator[Any]:
            self.append(f"+{name}")
            try:
                yield state
            finally:
                self.append(f"-{name}")

        return lifespan


async def test_what_is_started_is_stopped_in_reverse() -> None:
    log = Log()
    inner = CovetPyASGI(lifespan=log.lifespan("inner"))
    inner.mount("/deep", Starlette(lifespan=log.lifespan("deep")))
    app = CovetPyASGI(router=Router(lifespan=log.lifespan("router")), lifespan=log.lifespan("app"))
    app.mount("/a", FastAPI(lifespan=log.lifespan("fastapi")))
    app.mount("/a/longer", inner)

    async with Server(app, state={}).serving():
        assert log == ["+app", "+router", "+fastapi", "+inner", "+deep"]
    assert log[5:] == ["-deep", "-inner", "-fastapi", "-router", "-app"]


async def test_an_app_starts_again_after_it_has_stopped() -> None:
    log = Log()
    app = CovetPyASGI(lifespan=log.lifespan("app"))
    app.mount("/a", Starlette(lifespan=log.lifespan("a")))

    for _ in range(2):
        async with Server(app, state={}).serving():
            with pytest.raises(ConfigurationError) as caught:
                app.mount("/late", telling())
    assert str(caught.value) == (
        "The app has started, and would not start what is mounted at '/late' (in mount()). "
        "Mount before the server starts."
    )
    assert log == ["+app", "+a", "-a", "-app"] * 2
    app.mount("/later", telling())


async def test_an_app_that_is_mounted_twice_is_started_once() -> None:
    log = Log()
    twice, app = Starlette(lifespan=log.lifespan("twice", {"x": 1})), CovetPyASGI()
    app.mount("/v1", twice)
    app.mount("/v2", twice)

    async with Server(app, state={}).serving():
        assert log == ["+twice"]
        assert [mounted.state for mounted in app.mounts] == [{"x": 1}] * 2


async def test_an_app_that_is_mounted_in_itself_does_not_start_for_ever() -> None:
    inner, outer = CovetPyASGI(), CovetPyASGI()
    inner.mount("/outer", outer)
    outer.mount("/inner", inner)
    error, said = await start_and_fail(outer)
    assert str(error).startswith("The app at '/inner' could not start: covet.errors.CovetError: ")
    assert "The app is started while it runs already. Let one server run it" in said


# -------------------------------------------------------------------------------------- odd apps


async def refuses(scope: Any, receive: Any, send: Any) -> None:
    raise NotImplementedError(scope["type"])


async def returns(scope: Any, receive: Any, send: Any) -> None:
    return


async def returns_once_started(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})


async def answers_unasked(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def cancels_itself(scope: Any, receive: Any, send: Any) -> None:
    raise asyncio.CancelledError


async def never_ends(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    try:
        await send({"type": "lifespan.shutdown.complete"})
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)


ODD = [refuses, returns, returns_once_started, answers_unasked, cancels_itself, never_ends]


@pytest.mark.parametrize("odd", ODD)
async def test_odd_apps_disturb_nobody(odd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("covet.asgi.lifespan.END_WITHIN", 0.05)
    log = Log()
    app = CovetPyASGI()
    app.mount("/odd", odd)
    app.mount("/good", Starlette(lifespan=log.lifespan("good")))

    async with Server(app, state={}).serving():
        assert log == ["+good"]
    assert log == ["+good", "-good"]
    assert [t for t in asyncio.all_tasks() if t.get_name().startswith("lifespan")] == []


async def test_static_files_have_no_lifespan_and_need_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("static")
    app = CovetPyASGI()
    app.mount("/static", StaticFiles(directory=tmp_path))
    async with Server(app, state={}).serving():
        assert (await ask(app, scope_of("/static/a.txt"))).body == b"static"


async def test_an_app_that_raises_as_it_starts_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def raises(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise ValueError("no settings")

    app = CovetPyASGI()
    app.mount("/a", raises)
    app.mount("/b", refuses)
    caplog.clear()
    async with Server(app, state={}).serving():
        pass
    warned = [r for r in caplog.records if r.name == "covet.asgi" and r.levelno >= logging.WARNING]
    assert [r.getMessage() for r in warned] == ["The app at '/a' raised as it started, and is used"]
    assert warned[0].exc_info is not None


async def test_what_is_no_answer_is_an_error_of_the_app_that_gives_it() -> None:
    raised: list[str] = []

    async def talks_http(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        for wrong in ("lifespan.startup.complete", "http.response.start"):
            try:
                await send({"type": wrong})
            except RuntimeError as error:
                raised.append(str(error))
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    app = CovetPyASGI()
    app.mount("/a", talks_http)
    async with Server(app, state={}).serving():
        pass
    assert raised == [
        "'lifespan.startup.complete' is no answer to a server now",
        "'http.response.start' is no answer to a server now",
    ]


# --------------------------------------------------------------------------------------- failing


@asynccontextmanager
async def cannot_start(app: Any) -> AsyncIterator[None]:
    raise ValueError("no settings")
    yield


@asynccontextmanager
async def cannot_stop(app: Any) -> AsyncIterator[None]:
    yield
    raise ValueError("still busy")


async def test_an_app_that_cannot_start_stops_the_start() -> None:
    log = Log()
    app = CovetPyASGI(lifespan=log.lifespan("app"))
    app.mount("/a", Starlette(lifespan=log.lifespan("a")))
    app.mount("/b", FastAPI(lifespan=cannot_start))
    app.mount("/c", Starlette(lifespan=log.lifespan("c")))

    error, said = await start_and_fail(app)

    assert isinstance(error, CovetError)
    assert str(error) == "The app at '/b' could not start: ValueError: no settings."
    assert isinstance(error.__cause__, ValueError)
    assert "The app at '/b' could not start" in said
    assert log == ["+app", "+a", "-a", "-app"]


async def test_a_start_that_fails_shuts_down_what_had_started() -> None:
    told: list[str] = []

    async def plain(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(2):
            kind = (await receive())["type"]
            told.append(kind)
            await send({"type": f"{kind}.complete"})

    app = CovetPyASGI()
    app.mount("/a", plain)
    app.mount("/b", FastAPI(lifespan=cannot_start))
    await start_and_fail(app)
    assert told == ["lifespan.startup", "lifespan.shutdown"]


async def test_an_app_that_says_that_it_failed_need_not_say_why() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})

    app = CovetPyASGI()
    app.mount("/a", fails)
    error, _ = await start_and_fail(app)
    assert str(error) == "The app at '/a' could not start: it does not say why."


@pytest.mark.parametrize("says_so", [True, False])
async def test_an_app_that_stops_badly_keeps_nobody_from_stopping(says_so: bool) -> None:
    async def raises(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise ValueError("still busy")

    log = Log()
    app = CovetPyASGI(lifespan=log.lifespan("app"))
    app.mount("/a", Starlette(lifespan=log.lifespan("a")))
    app.mount("/b", Starlette(lifespan=cannot_stop) if says_so else raises)
    app.mount("/c", Starlette(lifespan=log.lifespan("c")))
    server = Server(app, state={})
    task = asyncio.create_task(app(server.scope, server.told.get, server.answered.put))

    assert await server.say("startup") == "lifespan.startup.complete"
    assert await server.say("shutdown") == "lifespan.shutdown.failed"
    with pytest.raises(CovetError, match=r"^The app at '/b' did not stop well: ValueError"):
        await task
    assert log == ["+app", "+a", "+c", "-c", "-a", "-app"]


async def test_a_server_that_gives_up_leaves_nothing_behind() -> None:
    log = Log()

    @asynccontextmanager
    async def slow(app: Any) -> AsyncIterator[None]:
        log.append("+slow")
        try:
            await asyncio.Event().wait()
            yield
        finally:
            log.append("-slow")

    app = CovetPyASGI(lifespan=log.lifespan("app"))
    app.mount("/slow", Starlette(lifespan=slow))
    server = Server(app, state={})
    task = asyncio.create_task(app(server.scope, server.told.get, server.answered.put))
    await server.told.put({"type": "lifespan.startup"})
    while "+slow" not in log:
        await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert log == ["+app", "+slow", "-slow", "-app"]


# ----------------------------------------------------------------------------------------- state


async def telling_state(request: Any) -> Response:
    return JSONResponse(request.scope["state"])


SAYS_STATE = [Route("/", telling_state)]


@pytest.mark.parametrize("supported", [True, False])
async def test_each_app_sees_its_own_state_over_that_around_it(supported: bool) -> None:
    log = Log()
    inner = CovetPyASGI(lifespan=log.lifespan("inner", {"b": "inner", "c": "inner"}))
    inner.mount("/deep", Starlette(routes=SAYS_STATE, lifespan=log.lifespan("deep", {"c": "deep"})))
    inner.add_route("/", telling_state)
    app = CovetPyASGI(lifespan=log.lifespan("app", {"a": "app", "b": "app"}))
    app.mount("/inner", inner)
    app.mount("/other", Starlette(routes=SAYS_STATE, lifespan=log.lifespan("o", {"b": "other"})))
    app.add_route("/", telling_state)
    server = Server(app, **({"state": {}} if supported else {}))

    async def seen(path: str) -> Any:
        scope = scope_of(path)
        if supported:
            scope["state"] = dict(server.scope["state"])  # as servers do
        else:
            del scope["state"]
        return json.loads((await ask(app, scope)).body)

    async with server.serving():
        assert await seen("/") == {"a": "app", "b": "app"}
        assert await seen("/inner/") == {"a": "app", "b": "inner", "c": "inner"}
        assert await seen("/inner/deep/") == {"a": "app", "b": "inner", "c": "deep"}
        assert await seen("/other/") == {"a": "app", "b": "other"}


def test_what_a_mounted_app_puts_into_a_requests_state_is_seen_around_it() -> None:
    sub = FastAPI(lifespan=Log().lifespan("sub", {"pool": "sub"}))
    seen: list[Any] = []

    @sub.get("/")
    async def put(request: Request) -> str:
        request.state.user = request.state.user + "+" + request.state.pool
        return "ok"

    class Around:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope["state"]["user"] = "ann"
            await self.app(scope, receive, send)
            if scope["type"] == "http":
                seen.append(scope["state"]["user"])

    app = CovetPyASGI(lifespan=Log().lifespan("app", {"user": None}))
    app.mount("/sub", sub)
    app.add_middleware(Around)
    with TestClient(app) as client:
        client.get("/sub/")
    assert seen == ["ann+sub"]


# ------------------------------------------------------------------------------------- databases


async def test_databases_are_open_before_any_lifespan_and_closed_after_it(tmp_path: Path) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        seen.append(repr(database()) + repr(database("archive")))
        await create_tables(Visit)
        yield
        assert await Visit.objects.count() == 0

    app = CovetPyASGI(
        databases={
            "default": f"sqlite:///{tmp_path}/a.db",
            "archive": {"url": f"sqlite:///{tmp_path}/b.db", "pool_size": 3},
        }
    )
    app.mount("/", Starlette(lifespan=lifespan))
    for _ in range(2):
        async with Server(app, state={}).serving():
            assert len(seen) == 1
        seen.clear()
        for alias in ("default", "archive"):
            with pytest.raises(ConfigurationError, match="is not connected"):
                database(alias)


async def test_databases_that_were_opened_are_closed_when_the_start_fails(tmp_path: Path) -> None:
    app = CovetPyASGI(
        databases={
            "default": f"sqlite:///{tmp_path}/a.db",
            "second": f"sqlite:///{tmp_path}/no/such/folder.db",
        }
    )
    error, said = await start_and_fail(app)
    assert isinstance(error, ConnectionFailed)
    assert "unable to open database file" in said

    app = CovetPyASGI(databases=f"sqlite:///{tmp_path}/a.db", lifespan=cannot_start)
    error, _ = await start_and_fail(app)
    assert isinstance(error, ValueError)
    with pytest.raises(ConfigurationError, match="is not connected"):
        database()


async def test_the_environments_database_is_read_as_the_app_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = CovetPyASGI(databases={"default": {"pool_size": 2}})
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/env.db")
    async with Server(app).serving():
        assert database().url.endswith("env.db")


async def test_an_alias_in_use_stops_the_start(tmp_path: Path) -> None:
    async with connect(f"sqlite:///{tmp_path}/a.db") as db:
        error, _ = await start_and_fail(CovetPyASGI(databases=f"sqlite:///{tmp_path}/b.db"))
        assert isinstance(error, ConfigurationError)
        assert database() is db


@pytest.mark.parametrize(
    ("databases", "message"),
    [
        (["sqlite:///a.db"], "databases takes a URL, or URLs by alias, not ['sqlite:///a.db']"),
        ({3: "sqlite:///a.db"}, "databases takes a URL, or URLs by alias, not the alias 3"),
        ("sqlite://a.db", "A SQLite URL has three slashes"),
        ({"default": 7}, "The database URL is of type int, not a text"),
        ({"a": {"url": "sqlite:///a.db", "pool_sise": 3}}, "'pool_sise' is no option of sqlite"),
        ({"a": {"url": "sqlite:///a.db", "alias": "b"}}, "'alias' is no option of sqlite"),
    ],
)
def test_databases_that_cannot_be_are_refused_at_once(databases: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CovetPyASGI(databases=databases)
    assert str(caught.value).startswith(message)
