"""What of a request is kept, and what does its client hear?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from flask import Flask, Response, abort

from covet.errors import ConfigurationError, DatabaseError, IntegrityError, TransactionError
from covet.sync import CharField, Database, Model, atomic, connect, database
from covet.wsgi import AtomicRequests


class Note(Model):
    text = CharField(max_length=50, unique=True)


def add(text: str) -> None:
    Note.objects.create(text=text)


def notes() -> list[str]:
    return list(Note.objects.order_by("text").values_list("text", flat=True))


def flask_of(view: Callable[[], Any], **more: Any) -> Flask:
    """A Flask app with one view, whose requests are atomic."""
    app = Flask("of_one_view")
    app.add_url_rule("/", "view", view)
    app.wsgi_app = AtomicRequests(app.wsgi_app, **more)  # type: ignore[method-assign]
    return app


class Answer:
    """What a server hears of an app; it calls the app as PEP 3333 says, and has that checked."""

    def __init__(self, app: Any, checked: bool = True) -> None:
        environ: dict[str, Any] = {"wsgi.input": BytesIO(), "QUERY_STRING": ""}
        setup_testing_defaults(environ)
        self.log: list[str] = []
        self.written = b""
        body = (validator(app) if checked else app)(environ, self.start)
        try:
            self.body = self.written + b"".join(body)
        finally:
            body.close()

    def start(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        self.log.append(status)
        return self.write

    def write(self, data: bytes) -> None:
        self.written += data


def plain(start_response: Any, status: str = "200 OK") -> Any:
    return start_response(status, [("Content-Type", "text/plain")])


# --------------------------------------------------------------------------------- what is kept


def test_the_response_starts_once_others_see_what_was_done(db: Database, url: str) -> None:
    def view() -> str:
        add("a")
        return "done"

    seen: list[Any] = []
    with connect(url, alias="watcher") as watcher:

        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            seen.append((status, watcher.fetch_rows("select text from note")))

        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        flask_of(view).wsgi_app(environ, start)
    assert seen == [("200 OK", [("a",)])]


def raise_error() -> None:
    add("a")
    raise RuntimeError("no")


def raise_conflict() -> None:
    add("a")
    abort(409)


def answer_conflict() -> Response:
    add("a")
    return Response(status=409)


@pytest.mark.parametrize(
    ("view", "status", "rollback_from", "kept"),
    [
        (raise_error, 500, 400, []),
        (raise_conflict, 409, 400, []),
        (answer_conflict, 409, 400, []),
        (answer_conflict, 409, 410, ["a"]),
    ],
)
def test_errors_are_undone(
    db: Database, view: Any, status: int, rollback_from: int, kept: list[str]
) -> None:
    client = flask_of(view, rollback_from=rollback_from).test_client()
    assert (client.get("/").status_code, notes()) == (status, kept)


def test_an_inner_block_fails_alone(db: Database) -> None:
    def view() -> str:
        add("a")
        try:
            with atomic():
                add("a")
        except IntegrityError:
            add("b")
        return "done"

    assert flask_of(view).test_client().get("/").status_code == 200
    assert notes() == ["a", "b"]


def test_a_request_may_have_several_databases(db: Database) -> None:
    def view() -> None:
        add("a")
        second.execute("insert into t values (1)")
        abort(500)

    with connect("sqlite:///:memory:", alias="second") as second:
        second.execute("create table t (id integer)")
        flask_of(view, using=["default", "second"]).test_client().get("/")
        assert notes() == second.fetch_rows("select * from t") == []


# --------------------------------------------------------------------------- commits that fail


def break_commit(kind: str, url: str) -> None:
    """Do something, and make the commit of the block around it fail."""
    add("a")
    if kind == "mysql":  # which defers nothing
        (row,) = database().fetch("select connection_id()")
        with connect(url, alias="killer") as killer:
            killer.execute(f"kill {row[0]}")
    else:
        database().execute("insert into child_of values (1, 99)")


@pytest.fixture(autouse=True)
def deferred(db: Database, kind: str) -> None:
    """Tables whose foreign key is checked by the commit."""
    if kind != "mysql":
        db.execute("create table if not exists parent_of (id integer primary key)")
        db.execute(
            "create table if not exists child_of (id integer primary key, parent integer"
            " references parent_of (id) deferrable initially deferred)"
        )


def test_a_failed_commit_starts_no_response(kind: str, url: str) -> None:
    closed: list[str] = []

    def view() -> Response:
        break_commit(kind, url)
        response = Response("done")
        response.call_on_close(lambda: closed.append("closed"))
        return response

    with pytest.raises(DatabaseError):
        Answer(flask_of(view))
    assert closed == ["closed"]
    assert notes() == []


def test_an_error_that_was_swallowed_with_its_block_broken_starts_no_response() -> None:
    def view() -> str:
        add("a")
        try:
            add("a")
        except IntegrityError:
            return "never mind"
        return "done"

    with pytest.raises(TransactionError, match="is broken by IntegrityError"):
        Answer(flask_of(view))
    assert notes() == []


# ------------------------------------------------------------------------------- other ways


def test_what_follows_the_start_is_outside() -> None:
    def parts() -> Iterator[str]:
        for note in Note.objects.order_by("text").iterator(chunk_size=1):
            yield note.text
        add("streamed")

    def view() -> Response:
        Note.objects.bulk_create([Note(text="a"), Note(text="b")])
        return Response(parts())

    assert Answer(flask_of(view)).body == b"ab"
    assert notes() == ["a", "b", "streamed"]


@pytest.mark.parametrize(("status", "kept"), [("200 OK", ["a"]), ("404 Not Found", [])])
def test_an_app_may_start_with_its_first_part(status: str, kept: list[str]) -> None:
    closed: list[str] = []

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        try:
            yield b""
            add("a")
            plain(start_response, status)
            yield b"one"
            yield b"two"
        finally:
            closed.append("closed")

    answer = Answer(AtomicRequests(app), checked=False)
    assert (answer.log, answer.body, closed) == ([status], b"onetwo", ["closed"])
    assert notes() == kept


def test_a_client_that_stops_reading_closes_the_body() -> None:
    closed: list[str] = []

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        try:
            plain(start_response)
            yield b"one"
            yield b"two"
        finally:
            closed.append("closed")

    body: Any = AtomicRequests(app)({}, lambda status, headers, exc_info=None: lambda data: None)
    assert next(iter(body)) == b"one"
    body.close()
    assert closed == ["closed"]


def test_an_app_may_change_its_mind_until_it_has_started() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        add("a")
        plain(start_response)
        plain(start_response, "404 Not Found")
        yield b"one"
        plain(start_response, "500 Oh")
        yield b"two"

    answer = Answer(AtomicRequests(app), checked=False)
    assert answer.log == ["404 Not Found", "500 Oh"]
    assert notes() == []


def test_an_app_may_write_as_of_old() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        add("a")
        plain(start_response)(b"one")
        return [b"two"]

    answer = Answer(AtomicRequests(app))
    assert (answer.log, answer.body) == (["200 OK"], b"onetwo")
    assert notes() == ["a"]

    def late(environ: Any, start_response: Any) -> Iterator[bytes]:
        write = plain(start_response)
        yield b"one"
        write(b"two")

    assert Answer(AtomicRequests(late), checked=False).written == b"two"


def test_an_app_that_starts_nothing_is_undone() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        add("a")
        return []

    assert Answer(AtomicRequests(app), checked=False).log == []
    assert notes() == []


def test_a_body_that_fails_at_once_is_closed() -> None:
    closed: list[str] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            add("a")
            raise RuntimeError("no")
            yield b""

        def close(self) -> None:
            closed.append("closed")

    with pytest.raises(RuntimeError):
        Answer(AtomicRequests(lambda environ, start_response: Body()), checked=False)
    assert closed == ["closed"]
    assert notes() == []


def test_what_is_no_alias_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="using takes the alias of a database"):
        AtomicRequests(Flask("none"), [])
