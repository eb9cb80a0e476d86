"""What does the query panel see of a WSGI app, and what does it show to whom?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from threading import Barrier, Thread
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from flask import Flask, Response, request

from covet import aio
from covet.sync import FETCH_ONE, CharField, Database, ForeignKey, Model
from covet.wsgi import QueryPanelMiddleware

pytestmark = pytest.mark.databases("sqlite")
everywhere = pytest.mark.databases("sqlite", "postgresql", "mysql")


class Author(Model):
    name = CharField(max_length=100)


class Post(Model):
    title = CharField(max_length=100)
    author = ForeignKey(Author, related_name="posts")


PAGE = "<html><body><h1>Hello</h1></body></html>"


def panel(app: Any, **more: Any) -> QueryPanelMiddleware:
    return QueryPanelMiddleware(app, **{"debug": True, **more})


def client_of(view: Any, **more: Any) -> Any:
    """A client on this machine, of a Flask app with one view."""
    app = Flask("of_one_view")
    app.add_url_rule("/", "view", view, methods=["GET", "POST"])
    app.wsgi_app = panel(app.wsgi_app, **more)  # type: ignore[method-assign]
    return app.test_client()


def first_of(client: Any) -> Any:
    """What the panel knows of the last request."""
    return client.get(client.get("/__covet__/api/").json["requests"][0]["url"]).json


class Answer:
    """What a server hears of an app; it calls the app as PEP 3333 says, and has that checked."""

    def __init__(self, app: Any, path: str = "/", **environ: Any) -> None:
        environ = {"QUERY_STRING": "", "SCRIPT_NAME": "", "PATH_INFO": path, **environ}
        environ["wsgi.input"] = BytesIO()
        environ.update(REMOTE_ADDR="127.0.0.1", HTTP_HOST="localhost")
        setup_testing_defaults(environ)
        self.log: list[Any] = []
        body = validator(app)(environ, self.start)
        try:
            for part in body:
                self.log.append(part)
        finally:
            body.close()

    def start(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        self.headers = dict(headers)
        self.log.append(status)
        return self.log.append

    @property
    def body(self) -> bytes:
        return b"".join(part for part in self.log if isinstance(part, bytes))


def page() -> str:
    Author.objects.count()
    return PAGE


# ------------------------------------------------------------------------- what a response is given


def test_a_page_gets_headers_and_a_badge_that_leads_to_its_request(db: Database) -> None:
    client = client_of(page)
    answer = client.get("/")
    link = re.search(r'<a id="covet-badge" href="([^"]+)"[^>]*>1 query', answer.text)
    assert link is not None
    assert answer.headers["X-Covet-Queries"] == "1"
    assert re.match(r'db;dur=[\d.]+;desc="1 query", total;dur=', answer.headers["Server-Timing"])
    assert answer.content_length == len(answer.data)
    assert "<title>GET / · covet</title>" in client.get(link[1]).text


def test_head_and_json_are_left_alone(db: Database) -> None:
    client = client_of(lambda: {"a": 1})
    assert client.get("/").data == b'{"a":1}\n'
    head = client_of(page).head("/")
    assert (head.data, head.content_length) == (b"", len(PAGE))


def test_a_stream_is_passed_on_part_by_part_and_heard_to_its_end(db: Database) -> None:
    made: list[str] = []

    def parts() -> Iterator[bytes]:
        for n in range(3):
            Author.objects.count()
            made.append(f"{n}")
            yield b"<body>"

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/html")])
        return parts()

    watched = panel(app)
    heard = []
    environ: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1"}
    setup_testing_defaults(environ)
    for part in watched(environ, lambda *start: heard.append(start[0])):  # type: ignore[arg-type, return-value]
        heard.append(part)
        heard.append(len(made))
    assert heard == ["200 OK", b"<body>", 1, b"<body>", 2, b"<body>", 3]
    api = Answer(watched, "/__covet__/api/").body
    assert b'"query_count": 3' in api


def test_an_app_that_names_its_status_late_gets_a_badge(db: Database) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        headers = [("Content-Type", "text/html"), ("Content-Length", "27")]
        start_response("200 OK", headers)
        yield b"<body>"
        Author.objects.count()
        yield b"Some text."
        yield b"</body>    "[:11]

    answer = Answer(panel(app))
    assert answer.log[0] == "200 OK"
    assert b"Some text.<style>" in answer.body
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.headers["X-Covet-Queries"] == "1"


def test_the_way_of_old_to_write_a_body_works(db: Database) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Type", "text/html")])
        write(b"<body>")
        Author.objects.count()
        return [b"</body>"]

    answer = Answer(panel(app))
    assert answer.log == ["200 OK", b"<body>", b"</body>"]
    assert answer.headers["X-Covet-Queries"] == "0"


def test_an_empty_response_is_started(db: Database) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("204 No Content", [])
        return []

    answer = Answer(panel(app))
    assert answer.log == ["204 No Content"]
    assert answer.headers["X-Covet-Queries"] == "0"


def test_a_mounted_app_gets_links_below_its_prefix(db: Database) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<body></body>"]

    watched = panel(app)
    answer = Answer(watched, "/", SCRIPT_NAME="/bl\xc3\xb6g")
    assert b'href="/bl%C3%B6g/__covet__/requests/1"' in answer.body
    assert Answer(watched, "/__covet__", SCRIPT_NAME="/blog").headers["Location"] == (
        "/blog/__covet__/"
    )


# ----------------------------------------------------------------------------- what is remembered


def test_an_n_plus_one_comes_first_with_its_fix_and_its_line(db: Database) -> None:
    for n in range(10):
        Post.objects.create(title=f"Post {n}", author=Author.objects.create(name=f"Author {n}"))

    def one_by_one() -> str:
        names = []
        for post in Post.objects.fetch_mode(FETCH_ONE).order_by("id").fetch():
            names.append(post.author.name)  # the line that sends them
        return f"<body>{names}</body>"

    client = client_of(one_by_one)
    assert "<b>N+1</b>" in client.get("/").text
    found = first_of(client)
    (finding,) = found["findings"]
    assert (finding["kind"], finding["fix"]) == ("n_plus_one", 'select_related("author")')
    assert finding["site"]["source"].endswith("# the line that sends them")
    assert [group["count"] for group in found["groups"]] == [10, 1]


def test_what_a_stream_uses_late_was_not_loaded_in_vain(db: Database) -> None:
    Post.objects.create(title="Post", author=Author.objects.create(name="Ann"))

    def parts() -> Iterator[str]:
        (post,) = Post.objects.select_related("author").fetch()
        yield post.title
        yield post.author.name

    client = client_of(lambda: Response(parts()))
    with client.get("/") as answer:
        assert answer.text == "PostAnn"
    assert first_of(client)["findings"] == []


def test_threads_do_not_mix(db: Database) -> None:
    both = Barrier(2)

    def some() -> str:
        both.wait(5)
        for _ in range(int(request.args["n"])):
            Author.objects.count()
        return ""

    client = client_of(some)
    found: dict[str, str] = {}

    def ask(n: str) -> None:
        found[n] = client.application.test_client().get(f"/?n={n}").headers["X-Covet-Queries"]

    threads = [Thread(target=ask, args=(n,)) for n in ("2", "5")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"2": "2", "5": "5"}


def test_what_runs_as_the_response_is_closed_is_added_to_its_request(db: Database) -> None:
    def view() -> Response:
        response = Response("")
        response.call_on_close(Author.objects.count)
        return response

    client = client_of(view)
    with client.get("/") as answer:
        assert answer.headers["X-Covet-Queries"] == "0"
    assert first_of(client)["query_count"] == 1


@pytest.mark.parametrize("late", [False, True])
def test_an_error_is_remembered_and_raised_on(db: Database, late: bool) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])

        def fail() -> Iterator[bytes]:
            yield b"some"
            raise LookupError("nothing")

        if not late:
            raise LookupError("nothing")
        return fail()

    watched = panel(app)
    with suppress(LookupError):
        Answer(watched)
        pytest.fail("not raised")
    assert b'"error": "LookupError: nothing"' in Answer(watched, "/__covet__/api/").body


# ------------------------------------------------------------------------------------- who sees it


def test_strangers_see_neither_panel_nor_badge_nor_headers(db: Database) -> None:
    client = client_of(page)
    stranger = {"REMOTE_ADDR": "10.0.0.9"}
    answer = client.get("/", environ_overrides=stranger)
    assert answer.text == PAGE
    assert "X-Covet-Queries" not in answer.headers
    assert client.get("/__covet__/", environ_overrides=stranger).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://evil.example"},
    ],
)
def test_other_sites_and_proxies_are_refused(db: Database, headers: Any) -> None:
    client = client_of(page)
    assert client.get("/__covet__/").status_code == 200
    assert client.get("/__covet__/", headers=headers).status_code == 403


def test_without_debug_everything_passes_untouched() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        return environ, start_response

    environ, start = {"PATH_INFO": "/__covet__/"}, object()
    assert QueryPanelMiddleware(app)(environ, start) == (environ, start)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------- EXPLAIN


def explain(client: Any, **form: str) -> Any:
    token = client.get("/__covet__/api/").json["token"]
    form = {"token": token, "query": "1", **form}
    return client.post("/__covet__/api/requests/1/explain", data=form)


@everywhere
def test_a_plan_is_asked_for_with_the_parameters(db: Database, kind: str) -> None:
    def view() -> str:
        Author.objects.filter(name__in=["a", "b"]).fetch()
        return ""

    client = client_of(view)
    client.get("/")
    words = {"sqlite": "SCAN author", "postgresql": "Seq Scan on author", "mysql": "select_type"}
    assert words[kind] in explain(client).json["plan"]
    assert explain(client, token="guessed").status_code == 403
    assert explain(client, query="2").status_code == 404
    assert explain(client, query="1" * 5000).status_code == 403


def test_a_database_of_the_other_colour_is_said_to_be_one(url: str) -> None:
    async def count() -> None:
        async with aio.connect(url, alias="other") as db:
            await db.fetch("select 1")

    def view() -> str:
        asyncio.run(count())
        return ""

    client = client_of(view)
    client.get("/")
    assert "'other' is not connected" in explain(client).json["error"]

    async def while_it_is_connected() -> Any:
        async with aio.connect(url, alias="other"):
            return explain(client)

    answer = asyncio.run(while_it_is_connected())
    assert answer.status_code == 409
    assert answer.json["error"] == (
        "The database 'other' is connected by covet.aio, which a WSGI app cannot wait for. "
        "Connect it by covet.sync too, to have its plans here."
    )
