"""What does the query panel see of an ASGI app, and what does it show to whom?"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from litestar import Litestar, get
from quart import Quart
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from covet import sync
from covet.aio import (
    FETCH_ONE,
    CharField,
    Database,
    ForeignKey,
    Model,
    connect,
)
from covet.asgi import CovetPyASGI, QueryPanelMiddleware
from covet.errors import ConfigurationError
from covet.panel import recording
from covet.panel.badge import BADGE

from .speaking import ASKED, ask, scope_of

pytestmark = pytest.mark.databases("sqlite")
everywhere = pytest.mark.databases("sqlite", "postgresql", "mysql")


class Author(Model):
    name = CharField(max_length=100)
    secret = CharField(max_length=100, default="", sensitive=True)


class Post(Model):
    title = CharField(max_length=100)
    author = ForeignKey(Author, related_name="posts")


PAGE = "<html><body><h1>Hello</h1></body></html>"
LOCAL = ("127.0.0.1", 4000)


def panel(app: Any, **more: Any) -> QueryPanelMiddleware:
    return QueryPanelMiddleware(app, **{"debug": True, **more})


def browser(app: Any, client: tuple[str, int] = LOCAL, **more: Any) -> httpx.AsyncClient:
    """A client on this machine."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=client)
    return httpx.AsyncClient(transport=transport, **{"base_url": "http://localhost", **more})


def starlette(endpoint: Callable[..., Any], *around: Middleware, **more: Any) -> Starlette:
    """An app with one endpoint, in the panel's middleware."""
    middleware = [Middleware(QueryPanelMiddleware, debug=True, **more), *around]
    return Starlette(routes=[Route("/", endpoint)], middleware=middleware)


async def page(request: Any) -> HTMLResponse:
    await Author.objects.count()
    return HTMLResponse(PAGE)


async def requests_of(client: httpx.AsyncClient, **filter: str) -> list[Any]:
    answer = await client.get("/__covet__/api/", params=filter)
    return list(answer.json()["requests"])


async def first_of(client: httpx.AsyncClient) -> Any:
    """What the panel knows of the last request."""
    (last, *_) = await requests_of(client)
    return (await client.get(last["url"])).json()


async def ten_posts() -> None:
    for n in range(10):
        author = await Author.objects.create(name=f"Author {n}")
        await Post.objects.create(title=f"Post {n}", author=author)


async def one_by_one(request: Any) -> HTMLResponse:
    names = []
    for post in await Post.objects.fetch_mode(FETCH_ONE).order_by("id").fetch():
        names.append((await post.author).name)  # the line that sends them
    return HTMLResponse(f"<body>{names}</body>")


# ------------------------------------------------------------------------- what a response is given


async def endpoint() -> str:
    await Author.objects.count()
    return PAGE


def litestar() -> Any:
    return panel(Litestar([get("/", media_type="text/html")(endpoint)]))


def quart() -> Any:
    app = Quart("of_one_view")
    app.get("/")(endpoint)
    app.asgi_app = panel(app.asgi_app)  # type: ignore[method-assign]
    return app


def fastapi() -> Any:
    app = FastAPI()
    app.add_middleware(QueryPanelMiddleware, debug=True)
    app.get("/", response_class=HTMLResponse)(endpoint)
    return app


@pytest.mark.parametrize("make", [litestar, quart, fastapi])
async def test_pages_of_all_frameworks_get_headers_and_a_badge(
    db: Database, make: Callable[[], Any]
) -> None:
    async with browser(make()) as client:
        answer = await client.get("/")
        assert answer.headers["x-covet-queries"] == "1"
        assert answer.text.count("covet-badge") == BADGE.count("covet-badge")
        assert (await first_of(client))["query_count"] == 1


async def test_headers_say_how_many_queries_a_request_sent_and_how_long_they_took(
    db: Database,
) -> None:
    async def three(request: Any) -> PlainTextResponse:
        await asyncio.gather(*(Author.objects.count() for _ in range(3)))
        return PlainTextResponse("", headers={"Server-Timing": "mine;dur=1"})

    async with browser(starlette(three)) as client:
        answer = await client.get("/")
    assert answer.headers["x-covet-queries"] == "3"
    mine, ours = answer.headers.get_list("server-timing")
    assert mine == "mine;dur=1"
    assert re.fullmatch(r'db;dur=[\d.]+;desc="3 queries", total;dur=[\d.]+', ours)


async def test_a_page_gets_a_badge_that_leads_to_its_request(db: Database) -> None:
    async with browser(starlette(page)) as client:
        answer = await client.get("/")
        link = re.search(r'<a id="covet-badge" href="([^"]+)"[^>]*>1 query', answer.text)
        assert link is not None
        assert "<h1>Hello</h1><style>" in answer.text
        assert answer.text.endswith("</a></body></html>")
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert "<title>GET / · covet</title>" in (await client.get(link[1])).text


async def test_a_page_that_other_middleware_passes_on_in_parts_gets_one(db: Database) -> None:
    async def pass_on(request: Any, call_next: Any) -> Any:
        return await call_next(request)

    app = starlette(page, Middleware(BaseHTTPMiddleware, dispatch=pass_on))
    async with browser(app) as client:
        assert "covet-badge" in (await client.get("/")).text


async def test_a_compressed_page_gets_none_and_is_whole(db: Database) -> None:
    async def large(request: Any) -> HTMLResponse:
        return HTMLResponse("<body>" + "x" * 5000 + "</body>")

    async with browser(starlette(large, Middleware(GZipMiddleware))) as client:
        answer = await client.get("/")
    assert answer.text == "<body>" + "x" * 5000 + "</body>"
    assert answer.headers["x-covet-queries"] == "0"


async def test_head_is_left_alone(db: Database) -> None:
    async with browser(starlette(page)) as client:
        answer = await client.head("/")
    assert answer.content == b""
    assert answer.headers["content-length"] == str(len(PAGE))


async def test_a_stream_is_passed_on_part_by_part_and_heard_to_its_end(db: Database) -> None:
    sent_on: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(3):
            await Author.objects.count()
            await send({"type": "http.response.body", "body": b"<body>", "more_body": True})
            sent_on.append(len(heard))
        await send({"type": "http.response.body", "body": b"</body>"})

    heard: list[Any] = []

    async def send(message: Any) -> None:
        heard.append(message)

    async def receive() -> Any:
        return ASKED

    watched = panel(app)
    scope = scope_of("/", client=LOCAL, headers=[(b"host", b"localhost")])
    await watched(scope, receive, send)
    assert sent_on == [2, 3, 4]
    assert b"".join(m.get("body", b"") for m in heard) == b"<body><body><body></body>"
    async with browser(watched) as client:
        assert (await first_of(client))["query_count"] == 3


@pytest.mark.parametrize("body", [b"<body>Half</bo", b""])
async def test_an_app_that_fails_after_the_start_of_a_page_has_started_it(
    db: Database, body: bytes
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html"), (b"content-length", b"99")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if body:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        raise RuntimeError("no more")

    heard: list[Any] = []

    async def send(message: Any) -> None:
        heard.append(message)

    watched = panel(app)
    scope = scope_of("/", client=LOCAL, headers=[(b"host", b"localhost")])
    with pytest.raises(RuntimeError, match="no more"):
        await watched(scope, None, send)  # type: ignore[arg-type]
    assert [m["type"] for m in heard] == ["http.response.start", "http.response.body"][
        : 1 + bool(body)
    ]
    async with browser(watched) as client:
        (last,) = await requests_of(client)
    assert (last["status"], last["error"]) == (200, "RuntimeError: no more")


async def test_an_app_that_does_not_end_its_page_has_started_it(db: Database) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html"), (b"content-length", b"99")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<body>", "more_body": True})

    heard = await ask(
        panel(app), scope_of("/", client=LOCAL, headers=[(b"host", b"localhost")], root_path=None)
    )
    assert (heard.status, heard.body) == (200, b"<body>")


async def test_a_mounted_app_gets_links_below_its_prefix(db: Database) -> None:
    inner = panel(Starlette(routes=[Route("/", page)]))
    async with browser(Starlette(routes=[Mount("/blog", inner)])) as client:
        assert 'href="/blog/__covet__/requests/1"' in (await client.get("/blog/")).text
        assert (await client.get("/blog/__covet__")).headers["location"] == "/blog/__covet__/"
        listed = await client.get("/blog/__covet__/")
    assert 'href="/blog/__covet__/requests/1"' in listed.text


async def test_an_app_below_a_stripped_path_does_too(db: Database) -> None:
    outer = CovetPyASGI()
    outer.mount("/blog", panel(Starlette(routes=[Route("/", page)])), strip_path=True)
    async with browser(outer) as client:
        assert 'href="/blog/__covet__/requests/1"' in (await client.get("/blog/")).text
        assert (await client.get("/blog/__covet__/requests/1")).status_code == 200


# ----------------------------------------------------------------------------- what is remembered


async def test_an_n_plus_one_comes_first_with_its_fix_and_its_line(db: Database) -> None:
    await ten_posts()
    async with browser(starlette(one_by_one)) as client:
        answer = await client.get("/")
        found = await first_of(client)
        shown = (await client.get("/__covet__/requests/1")).text
    assert answer.headers["x-covet-queries"] == "11"
    assert "<b>N+1</b>" in answer.text
    (finding,) = found["findings"]
    assert finding["queries"] == found["groups"][0]["queries"]
    assert (finding["kind"], finding["fix"]) == ("n_plus_one", 'select_related("author")')
    assert finding["site"]["source"].endswith("# the line that sends them")
    assert [group["count"] for group in found["groups"]] == [10, 1]
    assert found["queries"][1]["relation"] == "Post.author"
    for text in ("select_related(&#34;author&#34;)", "# the line that sends them", ">N+1<"):
        assert text in shown


async def test_what_is_loaded_in_vain_is_found(db: Database) -> None:
    await ten_posts()

    async def wasteful(request: Any) -> HTMLResponse:
        posts = await Post.objects.select_related("author").fetch()
        return HTMLResponse(f"<body>{[post.title for post in posts]}</body>")

    async with browser(starlette(wasteful)) as client:
        await client.get("/")
        (finding,) = (await first_of(client))["findings"]
    assert finding["kind"] == "unused"


async def test_requests_at_the_same_time_do_not_mix(db: Database) -> None:
    both = asyncio.Barrier(2)

    async def some(request: Any) -> PlainTextResponse:
        await both.wait()
        for _ in range(int(request.query_params["n"])):
            await asyncio.create_task(Author.objects.count())
            await asyncio.sleep(0)
        return PlainTextResponse("")

    async with browser(starlette(some)) as client:
        answers = await asyncio.gather(client.get("/?n=2"), client.get("/?n=5"))
    assert [answer.headers["x-covet-queries"] for answer in answers] == ["2", "5"]


async def test_what_runs_after_the_response_is_added_to_its_request(db: Database) -> None:
    async def later(request: Any) -> PlainTextResponse:
        async def work() -> None:
            await Author.objects.count()

        return PlainTextResponse("", background=BackgroundTask(work))

    async with browser(starlette(later)) as client:
        answer = await client.get("/")
        assert answer.headers["x-covet-queries"] == "0"
        (last,) = await requests_of(client)
    assert last["query_count"] == 1


async def test_an_error_is_remembered_and_raised_on(db: Database) -> None:
    async def broken(request: Any) -> None:
        with suppress(Exception):
            await db.fetch("select nonsense")
        raise LookupError("<b>nothing</b>")

    async with browser(starlette(broken)) as client:
        assert (await client.get("/")).status_code == 500
        found = await first_of(client)
        assert found["error"] == "LookupError: <b>nothing</b>"
        assert "nonsense" in found["queries"][0]["error"]
        assert "&lt;b&gt;nothing&lt;/b&gt;" in (await client.get("/__covet__/")).text


async def test_a_cancelled_request_is_remembered(db: Database) -> None:
    async def endless(request: Any) -> None:
        await asyncio.Event().wait()

    app = starlette(endless)
    async with browser(app) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.get("/")
        assert (await first_of(client))["error"] == "CancelledError"


def test_a_websocket_is_one_record_when_it_closes(url: str) -> None:
    async def talk(websocket: Any) -> None:
        await websocket.accept()
        async for _ in websocket.iter_text():
            async with connect(url, alias="socket") as db:
                await db.fetch("select 1")
            await websocket.send_text("done")

    app = panel(Starlette(routes=[WebSocketRoute("/talk", talk)]))
    with TestClient(app, base_url="http://localhost", client=LOCAL) as client:
        with client.websocket_connect("/talk") as socket:
            for _ in range(6):
                socket.send_text("go")
                socket.receive_text()
            assert client.get("/__covet__/api/").json()["requests"] == []
            socket.close(4001)
        (found,) = client.get("/__covet__/api/").json()["requests"]
    assert (found["method"], found["path"], found["status"]) == ("WS", "/talk", 4001)
    assert (found["query_count"], found["finding_count"]) == (6, 0)  # each message asks anew


@pytest.mark.parametrize("code", [1000, 4001])
def test_a_client_that_closes_its_websocket_is_no_error(code: int) -> None:
    async def talk(websocket: Any) -> None:
        await websocket.accept()
        while True:
            await websocket.receive_text()

    app = panel(Starlette(routes=[WebSocketRoute("/talk", talk)]))
    with TestClient(app, base_url="http://localhost", client=LOCAL) as client:
        with suppress(WebSocketDisconnect), client.websocket_connect("/talk") as socket:
            socket.close(code)
        (found,) = client.get("/__covet__/api/").json()["requests"]
    assert (found["status"], found["error"]) == (code, None)


async def test_the_lifespan_passes(db: Database) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    await panel(app)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]


async def test_requests_are_filtered(db: Database) -> None:
    async with browser(starlette(page)) as client:
        await client.get("/?a=first")
        await client.get("/?a=second")
        assert [r["query_string"] for r in await requests_of(client, q="get FIRST")] == ["a=first"]
        listed = (await client.get("/__covet__/?q=first")).text
    hidden = dict(re.findall(r'<tr data-search="GET /\?a=(\w+)[^"]*"( hidden)?>', listed))
    assert hidden == {"first": "", "second": " hidden"}


# ------------------------------------------------------------------------------------- the pages


async def test_what_a_user_typed_stays_text(db: Database) -> None:
    async def find(request: Any) -> PlainTextResponse:
        await Author.objects.filter(name=request.query_params["q"]).exists()
        return PlainTextResponse("")

    evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    async with browser(starlette(find)) as client:
        await client.get("/", params={"q": evil})
        pages = [
            (await client.get(path, params={"q": evil})).text
            for path in ("/__covet__/", "/__covet__/requests/1")
        ]
    for text in pages:
        assert text.count("<script") == text.count("</script>") == 1
        assert "<img" not in text
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in pages[1]


async def test_pages_let_nothing_else_in(db: Database) -> None:
    async with browser(starlette(page)) as client:
        await client.get("/")
        answers = [
            await client.get("/__covet__/" + path)
            for path in ("", "requests/1", "requests/99", "api/", "api/requests/1", "nothing")
        ]
    nonces = set()
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        if "text/html" in answer.headers["content-type"]:
            (nonce,) = set(re.findall(r"'nonce-([\w-]+)'", policy))
            tags = re.findall(r"<(?:style|script)[^>]*>", answer.text)
            assert tags == [f'<style nonce="{nonce}">', f'<script nonce="{nonce}">']
            nonces.add(nonce)
    assert len(nonces) == 3
    assert [answer.status_code for answer in answers] == [200, 200, 404, 200, 200, 404]


async def test_other_methods_are_refused(db: Database) -> None:
    async with browser(starlette(page)) as client:
        await client.get("/")
        answer = await client.get("/__covet__/requests/1/explain")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert (await client.post("/__covet__/")).status_code == 405
        assert (await client.head("/__covet__/")).content == b""


async def test_the_panels_own_requests_are_not_remembered(db: Database) -> None:
    async with browser(starlette(page)) as client:
        await client.get("/__covet__/")
        assert await requests_of(client) == []


# ------------------------------------------------------------------------------------- who sees it


async def test_strangers_see_neither_panel_nor_badge_nor_headers(db: Database) -> None:
    async with browser(starlette(page), client=("10.0.0.9", 1)) as client:
        answer = await client.get("/")
        assert answer.text == PAGE
        assert "x-covet-queries" not in answer.headers
        refused = await client.get("/__covet__/")
    assert refused.status_code == 403
    assert "this request came from 10.0.0.9" in refused.text


async def test_strangers_can_be_allowed(db: Database) -> None:
    app = starlette(page, allow=["10.0.0.0/8"], hosts=["dev.example.org"])
    async with browser(app, client=("10.0.0.9", 1), base_url="http://dev.example.org") as client:
        assert "covet-badge" in (await client.get("/")).text
        assert (await client.get("/__covet__/")).status_code == 200
        through = {"X-Forwarded-For": "8.8.8.8"}
        assert (await client.get("/__covet__/", headers=through)).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Origin": "http://evil.example"},
    ],
)
async def test_other_sites_and_proxies_are_refused(db: Database, headers: Any) -> None:
    async with browser(starlette(page)) as client:
        await client.get("/")
        for path in ("/__covet__/", "/__covet__/requests/1", "/__covet__/api/"):
            assert (await client.get(path, headers=headers)).status_code == 403


async def test_without_debug_everything_passes_untouched() -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        sent.append((scope, receive, send))

    scope, receive, send = scope_of("/__covet__/"), object(), object()
    await QueryPanelMiddleware(app)(scope, receive, send)  # type: ignore[arg-type]
    assert sent == [(scope, receive, send)]


def test_without_debug_no_extra_is_needed_and_with_it_it_is_named() -> None:
    program = """
import sys
sys.modules.update(jinja2=None, pygments=None)
from covet import asgi, wsgi
for module in asgi, wsgi:
    module.QueryPanelMiddleware(None)
    try:
        module.QueryPanelMiddleware(None, debug=True)
    except Exception as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    said = (
        "The query panel needs the package jinja2, which is not installed "
        '(in QueryPanelMiddleware(debug=True)). pip install "covet[debug]"\n'
    )
    assert (done.stdout, done.stderr) == (said * 2, "")


async def test_what_cannot_be_examined_is_shown_all_the_same(
    db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(queries: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(recording, "find", fail)
    async with browser(starlette(page)) as client:
        assert "covet-badge" in (await client.get("/")).text
        assert (await first_of(client))["query_count"] == 1
    assert "A request's queries could not be examined" in caplog.text


@pytest.mark.parametrize("value", ["0", 1, None])
def test_debug_is_true_or_false(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="debug is True or False, not"):
        panel(page, debug=value)


@pytest.mark.parametrize("path", ["", "/", "covet", "/a b", "/covet/", 3])
def test_the_pages_have_a_path(path: Any) -> None:
    with pytest.raises(ConfigurationError, match="is no path for the panel"):
        panel(page, path=path)


async def test_the_pages_can_be_elsewhere(db: Database) -> None:
    async with browser(starlette(page, path="/dev/queries")) as client:
        assert 'href="/dev/queries/requests/1"' in (await client.get("/")).text
        assert (await client.get("/dev/queries/")).status_code == 200
        assert (await client.get("/__covet__/")).status_code == 404


# ------------------------------------------------------------------------------------- EXPLAIN


async def explain(client: httpx.AsyncClient, path: str = "", **form: str) -> httpx.Response:
    """Press the button of the first request's query."""
    token = (await client.get("/__covet__/api/")).json()["token"]
    form = {"token": token, "query": "1", **form}
    return await client.post(f"/__covet__{path}/requests/1/explain", data=form)


async def by_name(request: Any) -> PlainTextResponse:
    await Author.objects.filter(name__in=["<b>", "c"]).fetch()
    return PlainTextResponse("")


@everywhere
async def test_a_plan_is_asked_for_with_the_parameters(db: Database, kind: str) -> None:
    async with browser(starlette(by_name)) as client:
        await client.get("/")
        answer = await explain(client, "/api")
        shown = await explain(client)
    words = {"sqlite": "SCAN author", "postgresql": "Seq Scan on author", "mysql": "select_type"}
    assert words[kind] in answer.json()["plan"]
    assert words[kind] in shown.text
    assert "Back to" in shown.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"token": "guessed"}, 403),
        ({"token": ""}, 403),
        ({"query": "2"}, 404),
        ({"query": "0"}, 404),
        ({"query": "-1"}, 404),
        ({"query": "x"}, 404),
        ({"query": "1" * 5000}, 403),  # no form of the panel is as long
    ],
)
async def test_only_a_query_of_a_record_is_explained(
    db: Database, form: dict[str, str], status: int
) -> None:
    async with browser(starlette(by_name)) as client:
        await client.get("/")
        assert (await explain(client, "/api", **form)).status_code == status
        assert (await explain(client, **form)).status_code == status


async def test_sensitive_values_are_neither_shown_nor_explained(db: Database) -> None:
    async def sign_in(request: Any) -> PlainTextResponse:
        await Author.objects.filter(name="Ann", secret=f"hunter{2}").exists()
        return PlainTextResponse("")

    async with browser(starlette(sign_in)) as client:
        await client.get("/")
        found = await first_of(client)
        assert found["queries"][0]["params"] == "('Ann', ***, 1)"
        assert "hunter2" not in (await client.get("/__covet__/requests/1")).text
        assert "hidden" in (await explain(client, "/api")).json()["error"]


async def test_a_form_of_another_site_explains_nothing(db: Database) -> None:
    async with browser(starlette(by_name)) as client:
        await client.get("/")
        token = (await client.get("/__covet__/api/")).json()["token"]
        answer = await client.post(
            "/__covet__/requests/1/explain",
            data={"token": token, "query": "1"},
            headers={"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
        )
    assert answer.status_code == 403


async def test_a_second_statement_is_never_run(db: Database) -> None:
    async def writes(request: Any) -> PlainTextResponse:
        await Author.objects.create(name="a")
        with suppress(Exception):
            await db.fetch("select 1; delete from author")
        return PlainTextResponse("")

    async with browser(starlette(writes)) as client:
        await client.get("/")
        assert (await explain(client, "/api")).json() == {"error": "Only a SELECT is explained."}
        answer = await explain(client, "/api", query="2")
    assert answer.status_code == 409
    assert "semicolon" in answer.json()["error"]
    assert await Author.objects.count() == 1


async def test_a_plan_that_cannot_be_had_is_said(db: Database, url: str) -> None:
    async def elsewhere(request: Any) -> PlainTextResponse:
        async with connect(url, alias="elsewhere") as other:
            await other.fetch("select 1")
        return PlainTextResponse("")

    async with browser(starlette(elsewhere)) as client:
        await client.get("/")
        answer = await explain(client, "/api")
    assert answer.status_code == 409
    assert "The database 'elsewhere' is not connected" in answer.json()["error"]


async def test_what_sync_code_asks_is_heard_and_explained(url: str) -> None:
    """FastAPI runs plain functions in threads."""
    app = FastAPI()
    app.add_middleware(QueryPanelMiddleware, debug=True)

    @app.get("/")
    def plain() -> str:
        sync.database("plain").fetch("select 1")
        return "done"

    with sync.connect(url, alias="plain"):
        async with browser(app) as client:
            assert (await client.get("/")).headers["x-covet-queries"] == "1"
            assert "plan" in (await explain(client, "/api")).json()


async def test_raw_apps_are_watched_too(db: Database) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Author.objects.count()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"raw"})

    scope = scope_of("/", client=LOCAL, headers=[(b"host", b"[::1]:80")])
    heard = await ask(panel(app), scope)
    headers = dict(heard.messages[0]["headers"])
    assert headers[b"x-covet-queries"] == b"1"
    assert heard.body == b"raw"


async def test_a_response_in_parts_is_heard_to_its_end(db: Database) -> None:
    async def stream(request: Any) -> StreamingResponse:
        async def parts() -> Any:
            for _ in range(2):
                yield f"{await Author.objects.count()}"

        return StreamingResponse(parts(), media_type="text/html")

    async with browser(starlette(stream)) as client:
        answer = await client.get("/")
        assert (answer.text, answer.headers["x-covet-queries"]) == ("00", "1")  # until the start
        assert (await first_of(client))["query_count"] == 2
