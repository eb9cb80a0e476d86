"""Do the tests' own databases start, empty and end as they should?"""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import urlsplit

import pytest

from .databases import Scratch, is_stale, new_name
from .servers import PRODUCTS


def connect(kind: str, url: str) -> Any:
    """A connection of the driver's own."""
    if kind == "sqlite":
        return sqlite3.connect(urlsplit(url).path, isolation_level=None)
    return next(product for product in PRODUCTS if product.kind == kind).connect(url)


@pytest.fixture
def cursor(kind: str, scratch: Scratch) -> Any:
    """A cursor on the run's own database."""
    connection = connect(kind, scratch.url)
    yield connection.cursor()
    connection.close()


def count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])


def test_a_database_is_emptied_whatever_refers_to_what(scratch: Scratch, cursor: Any) -> None:
    cursor.execute("CREATE TABLE author (id integer PRIMARY KEY)")
    cursor.execute(
        "CREATE TABLE post (id integer PRIMARY KEY, author_id integer,"
        " FOREIGN KEY (author_id) REFERENCES author (id))"
    )
    cursor.execute("INSERT INTO author VALUES (1)")
    cursor.execute("INSERT INTO post VALUES (1, 1)")

    scratch.empty()

    assert (count(cursor, "author"), count(cursor, "post")) == (0, 0)


def test_text_of_every_language_fits(scratch: Scratch, cursor: Any) -> None:
    cursor.execute("CREATE TABLE word (text varchar(20))")
    cursor.execute("INSERT INTO word VALUES ('日本語 🎉 é')")

    cursor.execute("SELECT text FROM word")

    assert cursor.fetchone()[0] == "日本語 🎉 é"


def test_a_module_leaves_no_tables(kind: str, scratch: Scratch, cursor: Any) -> None:
    cursor.execute("CREATE TABLE leftover (id integer)")

    scratch.clear()

    again = connect(kind, scratch.url)
    again.cursor().execute("CREATE TABLE leftover (id integer)")
    again.close()


def test_only_databases_of_long_ago_are_stale() -> None:
    assert is_stale("covet_test_1700000000_0a1b2c3d_gw0")
    assert not is_stale(new_name())
    assert not is_stale("covet_test_mine")
    assert not is_stale("customers")


@pytest.mark.databases("sqlite")
def test_the_marker_names_the_databases_that_a_test_is_for(kind: str) -> None:
    assert kind == "sqlite"
