"""How much does the panel remember, whatever an app does?"""

from __future__ import annotations

from typing import Any

import pytest

from covet.errors import ConfigurationError
from covet.panel import Limits
from covet.panel.limits import MOST_GIVEN, MOST_PARAMS, MOST_SQL, weight
from covet.panel.recording import Recording
from covet.panel.records import Request, shown, statement
from covet.panel.store import Store
from covet.panel.visits import Visit
from covet.sql.hidden import sensitive
from covet.watch import Query

VISIT = Visit("GET", "/posts", "", "page=2", "127.0.0.1", ())


def query(sql: str = "SELECT 1", params: tuple[Any, ...] = (), **more: Any) -> Query:
    return Query(sql, params, 0.001, 1, "default", started=5.0, **more)


def request(number: int, *queries: Query, limits: Limits | None = None) -> Request:
    recording = Recording(number, VISIT, limits or Limits())
    for one in queries:
        recording.keep(one)
    return recording.request()


def test_the_oldest_requests_are_forgotten() -> None:
    store = Store(3)
    for number in range(1, 6):
        store.put(request(number))
    assert [one.id for one in store.latest()] == [5, 4, 3]
    assert store.get(2) is None


def test_the_size_of_all_requests_is_bounded() -> None:
    large = [query("SELECT " + "x" * 5000) for _ in range(10)]
    store = Store(100, size=400_000)
    for number in range(1, 21):
        store.put(request(number, *large))
    kept = store.latest()
    assert [one.id for one in kept] == [20, 19, 18]
    assert sum(one.weight for one in kept) <= 400_000


def test_a_request_that_is_put_again_takes_its_own_place() -> None:
    store = Store(2)
    store.put(request(1))
    store.put(request(2))
    store.put(request(1, query()))
    assert [(one.id, one.count) for one in store.latest()] == [(2, 0), (1, 1)]


def test_the_first_statements_are_shown_and_all_are_counted() -> None:
    found = request(1, *(query() for _ in range(30)), limits=Limits(queries=10))
    assert len(found.statements) == 10
    assert found.count == 30


def test_the_time_is_that_of_all_statements() -> None:
    recording = Recording(1, VISIT, Limits(queries=10))
    for number in range(5_000):  # one after the other, each with another one in it
        for started, seconds in ((number + 0.2, 0.1), (number, 0.5)):
            recording.keep(Query("SELECT 1", (), seconds, 1, "default", started=started))
    assert recording.database_seconds == pytest.approx(2_500)
    recording.keep(Query("SELECT 1", (), 99.5, 1, "default", started=4_901.0))
    assert recording.database_seconds == pytest.approx(2_550)


def test_what_the_database_says_of_hidden_values_is_not_shown() -> None:
    said = ValueError("Key (token)=(hunter2) already exists")
    open_one = statement(query("SELECT ?", ("hunter2",), error=said), 1, 0.0)
    assert open_one.error == "ValueError: Key (token)=(hunter2) already exists"
    hidden = statement(query("SELECT ?", sensitive(["hunter2"], [0]), error=said), 1, 0.0)
    assert (hidden.error, hidden.params, hidden.given) == ("ValueError", "(***,)", None)


def test_a_long_statement_is_cut_and_cannot_be_explained() -> None:
    found = statement(query("SELECT " + "x" * 50_000, (1,)), 1, 0.0)
    assert len(found.sql) == len(found.shape) == MOST_SQL
    assert found.given is None


def test_large_parameters_are_shown_cut_and_not_kept() -> None:
    found = statement(query("SELECT ?", ("x" * 9_000,)), 1, 0.0)
    assert len(found.params) < 100
    assert found.given is None
    many = statement(query("SELECT ?", tuple(range(100_000))), 1, 0.0)
    assert len(many.params) == MOST_PARAMS
    assert many.given is None


@pytest.mark.parametrize(
    ("params", "text"),
    [((), ""), ((1,), "(1,)"), (("a", None), "('a', None)"), ({"p0": "x"}, "{'p0': 'x'}")],
)
def test_parameters_are_shown_by_their_repr(params: Any, text: str) -> None:
    assert shown(params) == text


def test_a_long_list_is_weighed_without_being_walked() -> None:
    assert weight([1] * 1_000_000) >= MOST_GIVEN
    assert weight(["x" * 100] * 3) == 50 + 3 * 150


def test_statements_that_ran_at_once_are_busy_once() -> None:
    recording = Recording(1, VISIT, Limits())
    for started in (0.0, 0.5, 3.0):
        recording.keep(Query("SELECT 1", (), 1.0, 1, "default", started=recording._began + started))
    assert recording.database_seconds == pytest.approx(2.5)
    assert recording.headers()[0][1].startswith('db;dur=2500.0;desc="3 queries", total;dur=')


@pytest.mark.parametrize("name", ["requests", "queries"])
@pytest.mark.parametrize("value", [0, -1, True, "9", 1.5])
def test_a_limit_is_a_number_from_1(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"is no number of {name}"):
        Limits(**{name: value})
