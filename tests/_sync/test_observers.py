# generated from tests/_async/test_observers.py by scripts/generate_sync.py;
# change that file, not this one
"""Are those told who watch the whole process, and do they do no harm?"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from covet.sync import (
    CharField,
    ConfigurationError,
    ConnectionFailed,
    Database,
    Model,
    PoolTimeout,
    atomic,
    capture_queries,
    connect,
    log_slow_queries,
    on_connect,
    on_pool,
    on_query,
    on_transaction,
)
from covet.watch.switch import WATCH


class Note(Model):
    text = CharField(max_length=50)


MODELS = [Note]


@pytest.fixture
def seen() -> Iterator[list[Any]]:
    """The events that were told of; nobody listens any more at the end."""
    events: list[Any] = []
    yield events
    for observers in (on_query, on_transaction, on_pool, on_connect):
        observers.disconnect(events.append)
    assert not WATCH.on


def test_every_query_is_told(db: Database, seen: list[Any]) -> None:
    on_query(seen.append)
    on_query(seen.append)  # once is enough
    Note.objects.create(text="a")
    Note.objects.count()
    assert [query.sql.split()[0] for query in seen] == ["INSERT", "SELECT"]
    assert on_query.disconnect(seen.append)
    assert not on_query.disconnect(seen.append)
    Note.objects.count()
    assert len(seen) == 2


def test_one_that_raises_breaks_nothing(
    db: Database, seen: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    @on_query
    def broken(query: Any) -> None:
        raise ValueError("of the observer")

    try:
        on_query(seen.append)
        with caplog.at_level(logging.ERROR, "covet.watch"):
            with atomic():
                Note.objects.create(text="a")
        assert Note.objects.count() == 1
    finally:
        on_query.disconnect(broken)
    assert len(seen) >= 3
    assert "broken failed as an observer of on_query" in caplog.text
    assert "of the observer" in caplog.text


def test_transactions_are_told(db: Database, seen: list[Any]) -> None:
    on_transaction(seen.append)
    with atomic():
        with atomic():
            Note.objects.create(text="a")
        with pytest.raises(KeyError):
            with atomic():
                raise KeyError
    with pytest.raises(KeyError):
        with atomic():
            raise KeyError
    assert [event.action for event in seen] == [
        "begin",
        "savepoint",
        "release",
        "savepoint",
        "rollback_to",
        "commit",
        "begin",
        "rollback",
    ]
    assert {event.number for event in seen[:6]} == {seen[0].number}
    assert seen[6].number == seen[7].number != seen[0].number
    assert all(event.alias == "default" and event.seconds >= 0 for event in seen)
    assert {event.error for event in seen} == {None}


def test_pools_and_connections_are_told(db: Database, seen: list[Any], url: str) -> None:
    on_pool(seen.append)
    on_connect(seen.append)
    with connect(url, alias="other", pool_size=1, acquire_timeout=0.05) as other:
        (made, taken, given) = seen
        assert type(made).__name__ == "ConnectEvent"
        assert (made.alias, made.error, made.url) == ("other", None, other.url)
        assert (taken.action, given.action) == ("acquire", "release")
        assert (taken.size, taken.in_use, taken.idle) == (1, 1, 0)
        seen.clear()
        with atomic("other"):
            with pytest.raises(PoolTimeout):
                _second(other)
    assert [event.action for event in seen] == ["acquire", "timeout", "release"]
    assert seen[1].seconds == pytest.approx(0.05)
    assert all(event.alias == "other" for event in seen)


def _second(other: Database) -> None:
    """Ask for a connection beside that of the block."""
    other.pool.acquire()


@pytest.mark.databases("postgresql", "mysql")
def test_a_failed_connection_is_told(
    seen: list[Any], url: str, caplog: pytest.LogCaptureFixture
) -> None:
    on_connect(seen.append)
    scheme = url.partition(":")[0]
    with caplog.at_level(logging.INFO, "covet.pool"), pytest.raises(ConnectionFailed):
        connect(f"{scheme}://nobody:secret@127.0.0.1:1/none", alias="none")
    (event,) = seen
    assert event.error is not None
    assert "secret" not in event.url + caplog.text
    assert "no connection after" in caplog.text


def test_what_cannot_observe_is_refused(db: Database) -> None:
    with pytest.raises(TypeError, match=r"^3 is not a function \(in on_query\(…\)\)\.$"):
        on_query(3)  # type: ignore[type-var]


# --- loggers --------------------------------------------------------------------------------------


def test_statements_are_logged_when_the_logger_is_on(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    assert not WATCH.on
    with caplog.at_level(logging.DEBUG, "covet.sql"):
        assert WATCH.on
        Note.objects.filter(text="two\nlines").count()
    assert not WATCH.on
    Note.objects.count()
    (record,) = [each for each in caplog.records if each.name == "covet.sql"]
    assert record.levelname == "DEBUG"
    assert "SELECT COUNT(*)" in record.getMessage()
    assert "two\\nlines" in record.getMessage()
    assert "\n" not in record.getMessage()
    assert record.query.rowcount == 1  # type: ignore[attr-defined]


def test_the_root_logger_turns_it_on_too(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Note.objects.count()
    assert any(each.name == "covet.sql" for each in caplog.records)
    assert not WATCH.on


def test_slow_statements_are_logged_with_their_plan(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    log_slow_queries(ms=0, explain=True)
    try:
        Note.objects.filter(text="a").fetch()
        with atomic():
            Note.objects.filter(text="b").fetch()
    finally:
        log_slow_queries(None)
    assert not WATCH.on
    slow = [each.getMessage() for each in caplog.records if each.name == "covet.slow"]
    with_plan = [message for message in slow if "\n" in message]
    assert len(with_plan) == 1  # in a block a plan that fails would break it
    assert "test_observers.py" in with_plan[0]
    assert "note" in with_plan[0].partition("\n")[2]
    assert any("'b'" in message for message in slow)


def test_quick_statements_are_not_slow(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    log_slow_queries(ms=60_000)
    try:
        Note.objects.count()
    finally:
        log_slow_queries(None)
    assert not [each for each in caplog.records if each.name == "covet.slow"]


@pytest.mark.parametrize("ms", [-1, "5", True, float("nan")], ids=repr)
def test_times_that_are_none_are_refused(ms: Any) -> None:
    with pytest.raises(ConfigurationError, match="is no number of milliseconds"):
        log_slow_queries(ms)


def test_all_is_off_when_nobody_watches(db: Database) -> None:
    assert not WATCH.on
    with capture_queries():
        assert WATCH.on
    assert not WATCH.on
