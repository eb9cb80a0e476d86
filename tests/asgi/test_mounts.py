"""Which app answers a request, and what does its scope say?"""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest
from fastapi import FastAPI, Request, WebSocket
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from litestar import Litestar, get
from quart import Quart
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, NoMatchFound, Route, Router
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import covet.asgi
from covet.asgi import CovetPyASGI
from covet.errors import ConfigurationError

from .speaking import ask, scope_of, telling

PLACE = ("path", "root_path", "mount_path", "sub_path")


def text(word: str) -> Any:
    """An endpoint that says a word."""

    async def endpoint(request: StarletteRequest) -> Response:
        return PlainTextResponse(word)

    return endpoint


async def told(app: Any, path: str, **more: Any) -> str:
    return (await ask(app, scope_of(path, **more))).body.decode()


# ------------------------------------------------------------------------------- which app answers


async def test_the_longest_prefix_answers_whatever_came_first() -> None:
    app = CovetPyASGI(routes=[Route("/", text("home"))])
    app.mount("/api", telling("mount_path"))
    app.mount("/api/v2", telling("mount_path"))
    app.mount("/", telling("mount_path"))

    paths = ["/", "/api", "/api/", "/api/v1", "/api/v2", "/api/v2/users", "/api/v22", "/apix"]
    assert [await told(app, path) for path in paths] == [
        *("home", "/api", "/api", "/api", "/api/v2", "/api/v2", "/api", "/"),
    ]
    assert [mounted.path for mounted in app.mounts] == ["/api/v2", "/api", ""]


async def test_a_prefix_ends_at_a_slash() -> None:
    app = CovetPyASGI()
    app.mount("/api", telling("path"))

    for path in ("/apix", "/ap", "/API", "/", "//api", "/apix/api"):
        assert (await ask(app, scope_of(path))).status == 404


async def test_a_route_of_the_apps_own_goes_before_a_mount() -> None:
    app = CovetPyASGI(routes=[Route("/api/health", text("well"), methods=["GET"])])
    app.mount("/api", telling("sub_path"))
    app.add_route("/api/late", text("late"))

    assert await told(app, "/api/health") == "well"
    assert await told(app, "/api/late") == "late"
    assert await told(app, "/api/health", method="POST") == "/health"


async def test_a_router_and_routes_answer_together() -> None:
    router = Router([Route("/one", text("one"))])
    app = CovetPyASGI(router=router, routes=[Route("/two", text("two"))])
    router.add_route("/three", text("three"))

    assert [await told(app, f"/{word}") for word in ("one", "two", "three")] == [
        *("one", "two", "three"),
    ]


def slashed(parts: list[str]) -> st.SearchStrategy[str]:
    """Ways to write a path to mount at."""
    between = st.sampled_from(["/", "//"])
    ends = st.sampled_from(["", "/", "//"])
    return st.tuples(ends, between, ends).map(lambda s: s[0] + s[1].join(parts) + s[2])


PARTS = st.lists(st.sampled_from(["a", "b", "ab", "é"]), max_size=3)
WRITTEN = PARTS.flatmap(lambda parts: slashed(parts).map(lambda text: (text, tuple(parts))))


@given(
    st.lists(WRITTEN, max_size=5),
    st.lists(st.sampled_from(["a", "b", "ab", "é", "", "c"]), max_size=4),
)
@example([("a", ("a",)), ("/", ())], ["ab"])
@example([("//a//b/", ("a", "b")), ("/a", ("a",))], ["a", "", "b"])
async def test_mounts_agree_with_a_model_of_parts(
    written: list[tuple[str, tuple[str, ...]]], asked: list[str]
) -> None:
    """The model: paths are lists of parts, and the longest that begins the request's answers."""
    app, at = CovetPyASGI(), set[tuple[str, ...]]()
    for path, parts in written:
        if parts in at:
            with pytest.raises(ConfigurationError, match="already"):
                app.mount(path, telling(*PLACE))
        else:
            app.mount(path, telling(*PLACE))
            at.add(parts)
    longest = max((p for p in at if tuple(asked[: len(p)]) == p), key=len, default=None)

    path = "/" + "/".join(asked)
    heard = await ask(app, scope_of(path))

    if longest is None:
        assert heard.status == 404
    else:
        mount = "".join(f"/{part}" for part in longest)
        below = "/" + "/".join(asked[len(longest) :])
        assert heard.body.decode() == f"{path} {mount} {mount or '/'} {below}"


# --------------------------------------------------------------------------- what its scope says


async def test_a_scope_says_where_the_app_stands() -> None:
    inner, outer = CovetPyASGI(), CovetPyASGI()
    inner.mount("v1", telling(*PLACE))
    outer.mount("/api/", inner)

    assert await told(outer, "/api/v1/users") == "/api/v1/users /api/v1 /v1 /users"
    assert await told(outer, "/api/v1") == "/api/v1 /api/v1 /v1 /"
    assert await told(outer, "/api/v1", root_path=None) == "/api/v1 /api/v1 /v1 /"
    proxied = "/site/api/v1/x /site/api/v1 /v1 /x"
    assert await told(outer, "/site/api/v1/x", root_path="/site") == proxied
    assert await told(outer, "/site/api/v1/x", root_path="/site/") == proxied
    # A server that leaves out what the proxy took off.
    assert await told(outer, "/api/v1/x", root_path="/site") == proxied


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"/api/users", "b'/users'"),
        (b"/api", "b'/'"),
        (b"/%61p%69/caf%c3%a9", "b'/caf%c3%a9'"),
        (b"/api%2Fusers", "b'%2Fusers'"),
        (b"/elsewhere", "b'/users%20of'"),  # a server's own idea: written anew from the path
        (None, "None"),
    ],
)
async def test_a_stripped_path_is_rewritten_with_its_bytes(raw: bytes | None, seen: str) -> None:
    app = CovetPyASGI()
    app.mount("/api", telling("raw_path"), strip_path=True)
    path = "/api/users of" if raw == b"/elsewhere" else "/api/users"

    assert await told(app, path, raw_path=raw) == seen


async def test_a_servers_bytes_may_lack_the_root_path() -> None:
    app = CovetPyASGI()
    app.mount("/api", telling("path", "raw_path"), strip_path=True)
    scope: dict[str, Any] = {"root_path": "/site", "raw_path": b"/a%70i/x"}
    assert await told(app, "/site/api/x", **scope) == "/x b'/x'"
    scope["raw_path"] = b"/s%69te/api/x"
    assert await told(app, "/site/api/x", **scope) == "/x b'/x'"


async def test_a_stripped_path_is_the_whole_path_to_the_app() -> None:
    app = CovetPyASGI()
    app.mount("/api", telling(*PLACE), strip_path=True)

    assert await told(app, "/api/users") == "/users /api /api /users"
    assert await told(app, "/api") == "/ /api /api /"
    assert await told(app, "/site/api/users", root_path="/site") == "/users /site/api /api /users"


async def test_stripped_mounts_nest_though_names_repeat() -> None:
    innermost, inner, outer = CovetPyASGI(), CovetPyASGI(), CovetPyASGI()
    innermost.add_route("/api/x", text("route"))
    innermost.mount("/api/api", telling(*PLACE), strip_path=True)
    inner.mount("/api", innermost, strip_path=True)
    outer.mount("/api", inner, strip_path=True)

    assert await told(outer, "/api/api/api/x", raw_path=b"/api/api/api/x") == "route"
    assert await told(outer, "/api/api/api/api/x") == "/x /api/api/api/api /api/api /x"


async def test_the_scope_of_who_asks_stays_as_it_was() -> None:
    app = CovetPyASGI()
    app.mount("/api", telling("path"), strip_path=True)
    scope = scope_of("/api/users", raw_path=b"/api/users")

    await ask(app, scope)

    assert (scope["path"], scope["raw_path"], scope["root_path"]) == (
        *("/api/users", b"/api/users", ""),
    )


# ---------------------------------------------------------------------------- through frameworks


def fastapi_app() -> Any:
    app = FastAPI()

    @app.get("/users/{name}", name="user")
    async def user(name: str, request: Request) -> dict[str, str]:
        return {"name": name, "at": str(request.url_for("api:user", name=name).path)}

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(websocket.scope["sub_path"])
        await websocket.close()

    return app


def test_fastapi_below_two_apps_answers_in_http_and_websockets() -> None:
    inner, outer = CovetPyASGI(), CovetPyASGI()
    inner.mount("/v1", fastapi_app(), name="api")
    outer.mount("/api", inner)
    client = TestClient(outer)

    with client.websocket_connect("/api/v1/ws") as websocket:
        assert websocket.receive_text() == "/ws"
    assert client.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/api/v1"}]
    assert client.get("/api/v1x/users/ann").status_code == 404


def test_routes_of_mounted_apps_have_urls() -> None:
    inner, outer = CovetPyASGI(), CovetPyASGI(routes=[Route("/home", text("x"), name="home")])
    inner.mount("/v1", fastapi_app(), name="v1")
    outer.mount("/api", inner, name="api")
    outer.mount("/flat", fastapi_app(), name="flat")

    assert outer.url_path_for("home") == "/home"
    assert outer.url_path_for("api:v1:user", name="ann") == "/api/v1/users/ann"
    assert outer.url_path_for("flat:user", name="bob") == "/flat/users/bob"
    assert outer.url_path_for("flat", path="/x") == "/flat/x"
    with pytest.raises(NoMatchFound):
        outer.url_path_for("api:user", name="ann")


def test_requests_know_the_urls_of_the_whole_site() -> None:
    app = CovetPyASGI()
    app.mount("/users", fastapi_app(), name="api")
    got = TestClient(app, root_path="/site").get("/users/users/ann").json()
    assert got == {"name": "ann", "at": "/site/users/users/ann"}


def test_starlette_and_covet_apps_nest_in_any_order() -> None:
    innermost = CovetPyASGI(routes=[Route("/c", text("found"), name="c")])
    middle = Starlette(routes=[Mount("/b", innermost, name="b")])
    app = CovetPyASGI()
    app.mount("/a", middle, name="a", strip_path=True)

    assert TestClient(app).get("/a/b/c").text == "found"
    assert app.url_path_for("a:b:c") == "/a/b/c"
    assert TestClient(app).get("/a/b/d").status_code == 404


def test_litestar_and_quart_answer_below_a_mount() -> None:
    @get("/hello")
    async def hello() -> str:
        return "Litestar"

    quart = Quart("quart_below")

    @quart.get("/hello")
    async def quart_hello() -> str:
        return "Quart"

    app = CovetPyASGI()
    app.mount("/litestar", Litestar([hello], logging_config=None))
    app.mount("/quart", quart)
    with TestClient(app) as client:
        assert client.get("/litestar/hello").text == "Litestar"
        assert client.get("/quart/hello").text == "Quart"


def test_a_websocket_that_nobody_answers_is_closed() -> None:
    app = CovetPyASGI()
    app.mount("/api", fastapi_app())
    with (
        pytest.raises(WebSocketDisconnect),
        TestClient(app).websocket_connect("/apix/ws"),
    ):
        pass


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/caf%C3%A9", "'/caf%C3%A9' is written as in a URL (in mount()). Write it as '/café'."),
        ("/./b", "No request has the path '/./b' (in mount()). Write it without . .. ? # and \\."),
        ("/a?b", "No request has the path '/a?b' (in mount()). Write it without . .. ? # and \\."),
        (
            "/users/{id}",
            "'/users/{id}' has parameters, which a path to mount at cannot have (in mount()). "
            "Give Starlette's Mount in routes=.",
        ),
        (None, 'A path to mount at is a text, not None (in mount()). Write mount("/api", app).'),
    ],
)  # fmt: skip
def test_a_path_that_no_request_has_is_refused(path: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CovetPyASGI().mount(path, telling())
    assert str(caught.value) == message


def test_the_same_path_is_refused_however_it_is_written() -> None:
    app = CovetPyASGI()
    app.mount("/api", telling())
    with pytest.raises(ConfigurationError) as caught:
        app.mount("//api/", telling())
    assert str(caught.value) == "Something is mounted at '/api' already (in mount())."
    assert len(app.mounts) == 1


@pytest.mark.parametrize("thing", [Flask("none"), lambda scope: None], ids=["Flask", "ASGI 2"])
def test_what_is_no_asgi_app_is_refused(thing: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"does not take \(scope, receive, send\)"):
        CovetPyASGI().mount("/x", thing)


def test_what_does_not_say_what_it_takes_is_trusted() -> None:
    app = CovetPyASGI()
    app.mount("/x", min)  # written in C, as other apps may be
    assert [mounted.app for mounted in app.mounts] == [min]


def test_only_what_needs_starlette_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    monkeypatch.delitem(sys.modules, "covet.asgi.app")
    with pytest.raises(ConfigurationError) as caught:
        covet.asgi.__getattr__("CovetPyASGI")
    assert str(caught.value) == (
        'CovetPyASGI needs the package starlette, which is not installed. pip install "covet[asgi]"'
    )
    without = "import sys, covet.asgi, covet.wsgi; sys.exit('starlette' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", without], check=False).returncode == 0


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^'x' is no ASGI app"):
        CovetPyASGI().mount("/x", "x")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="router takes Starlette's Router, not <fastapi"):
        CovetPyASGI(router=FastAPI())  # type: ignore[arg-type]


def test_mounts_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "covet.asgi"):
        CovetPyASGI().mount("api/", Quart("logged"))
    assert caplog.messages == ["mounted <Quart 'logged'> at /api"]
