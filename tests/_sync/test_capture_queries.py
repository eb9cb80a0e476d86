# generated from tests/_async/test_capture_queries.py by scripts/generate_sync.py;
# change that file, not this one
"""What was sent to the database?"""

from __future__ import annotations

import pytest

from covet.errors import ProgrammingError
from covet.sync import Database, atomic, capture_queries, connect

MODELS: list[type] = []


def test_it_lists_what_was_sent(db: Database) -> None:
    with capture_queries() as queries:
        db.fetch_rows("select 1")
        db.fetch("select 2 as n")
        db.execute("select 3")
    db.fetch_rows("select 4")
    assert [(query.sql, query.kind, query.rowcount) for query in queries] == [
        ("select 1", "fetch", 1),
        ("select 2 as n", "fetch", 1),
        ("select 3", "execute", 1),
    ]
    assert all(query.seconds > 0 and query.alias == "default" for query in queries)
    assert str(queries[0]) == "select 1"


def test_parameters_are_kept_apart(db: Database) -> None:
    sql = f"select {db.dialect.placeholder}"
    with capture_queries() as queries:
        db.fetch_rows(sql, ("x",))
    assert (queries[0].sql, tuple(queries[0].params)) == (sql, ("x",))
    assert str(queries[0]) == f"{sql} ('x',)"


def test_blocks_inside_one_another_both_see(db: Database) -> None:
    with capture_queries() as outer:
        db.fetch_rows("select 1")
        with capture_queries() as inner:
            db.fetch_rows("select 2")
    assert [query.sql for query in outer] == ["select 1", "select 2"]
    assert [query.sql for query in inner] == ["select 2"]


def test_a_failed_statement_is_listed_with_its_error(db: Database) -> None:
    with capture_queries() as queries, pytest.raises(ProgrammingError):
        db.fetch_rows("select nosuch")
    assert [query.rowcount for query in queries] == [-1]
    assert queries[0].error is not None


def test_transactions_are_listed_when_asked_for(db: Database) -> None:
    with capture_queries() as queries:
        with atomic():
            db.fetch_rows("select 1")
    assert [query.sql for query in queries] == ["select 1"]
    with capture_queries(transactions=True) as queries:
        with atomic(), atomic():
            db.fetch_rows("select 1")
    assert [query.sql for query in queries][1:] == [
        "SAVEPOINT covet_1",
        "select 1",
        "RELEASE SAVEPOINT covet_1",
        "COMMIT",
    ]
    assert {query.kind for query in queries} == {"fetch", "transaction"}


def test_one_database_only(db: Database) -> None:
    with connect("sqlite:///:memory:", alias="second") as second:
        with capture_queries("second") as queries:
            db.fetch_rows("select 1")
            second.fetch_rows("select 2")
    assert [(query.sql, query.alias) for query in queries] == [("select 2", "second")]
