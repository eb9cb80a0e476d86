# generated from tests/_async/test_connect.py by scripts/generate_sync.py;
# change that file, not this one
"""How is a database connected, and what is said when it cannot be?"""

from __future__ import annotations

import sys
from pathlib import Path
from secrets import token_hex

import pytest

from covet.errors import ConfigurationError, ConnectionFailed, ProgrammingError
from covet.sync import Database, connect, database

MODELS: list[type] = []


@pytest.fixture
def alias() -> str:
    """A name that the module's own connection does not have."""
    return "other"


def mark(url: str) -> str:
    """The placeholder of the database at a URL."""
    return "?" if url.startswith("sqlite") else "%s"


def test_a_block_connects_and_closes(url: str, alias: str) -> None:
    with connect(url, alias=alias) as db:
        assert database(alias) is db
        assert db.fetch_rows("select 1") == [(1,)]
    with pytest.raises(ConfigurationError) as caught:
        db.fetch_rows("select 1")
    assert str(caught.value) == (
        "The database 'other' is closed. Use it inside its connect() block, or connect() again."
    )


def test_it_connects_without_a_block_too(url: str, alias: str) -> None:
    db = connect(url, alias=alias)
    try:
        assert isinstance(db, Database)
        assert db.fetch_rows("select 1") == [(1,)]
    finally:
        db.close()
    db.close()


def test_a_connected_database_can_be_left_by_its_own_block(url: str, alias: str) -> None:
    db = connect(url, alias=alias)
    with db:
        assert database(alias) is db
    with pytest.raises(ConfigurationError):
        database(alias)


def test_parameters_and_named_rows(url: str, alias: str) -> None:
    text = 'Ann\'s \\ "é" 🙂 % %s'
    with connect(url, alias=alias) as db:
        rows = db.fetch(f"select 7 as id, {mark(url)} as name", [text])
    row = rows[0]
    assert row == (7, text)
    assert (row[0], row["name"], row.name, row.id) == (7, text, text, 7)
    assert row.asdict() == {"id": 7, "name": text}
    with pytest.raises(AttributeError, match="The row has no column 'nam'; it has id, name"):
        _ = row.nam
    with pytest.raises(KeyError, match="The row has no column 'x'; it has id, name"):
        row["x"]


def test_rowcount_counts_matched_rows_everywhere(url: str, alias: str) -> None:
    with connect(url, alias=alias) as db:
        db.execute("create table counted (id integer primary key, n integer)")
        try:
            made = db.execute("insert into counted values (1, 1), (2, 1)")
            kept = db.execute("update counted set n = 1")
            gone = db.execute(f"delete from counted where id = {mark(url)}", (2,))
        finally:
            db.execute("drop table counted")
    assert (made.rowcount, kept.rowcount, gone.rowcount) == (2, 2, 1)


def test_a_text_holds_one_statement_only(url: str, alias: str) -> None:
    with connect(url, alias=alias) as db:
        for params in ((), (1,)):
            with pytest.raises(ProgrammingError):
                db.execute(f"select {mark(url) if params else 1}; select 2", params)
        assert db.fetch_rows("select 3") == [(3,)]


def test_the_session_is_in_utc(url: str, alias: str, kind: str) -> None:
    asked = {
        "sqlite": "select 'UTC'",
        "postgresql": "select current_setting('TimeZone')",
        "mysql": "select if(@@time_zone = '+00:00', 'UTC', @@time_zone)",
    }
    with connect(url, alias=alias) as db:
        assert db.fetch_rows(asked[kind]) == [("UTC",)]


def test_an_alias_is_used_once_at_a_time(url: str, alias: str) -> None:
    with connect(url, alias=alias) as db:
        with pytest.raises(ConfigurationError) as caught:
            connect(url, alias=alias)
        assert str(caught.value) == (
            f"'other' is connected to {db.url} already (in connect()). Close that one first, "
            "or give this one a name of its own: connect(url, alias='other2')."
        )
        assert db.fetch_rows("select 1") == [(1,)]
    with connect(url, alias=alias):
        pass


def test_an_unknown_alias() -> None:
    with connect("sqlite:///:memory:", alias="known"):
        with pytest.raises(ConfigurationError) as caught:
            database("nosuch")
    assert str(caught.value).startswith("The database 'nosuch' is not connected. Connected: ")
    assert "'known'" in str(caught.value)


@pytest.mark.databases("sqlite")
def test_the_url_comes_from_the_environment(
    url: str, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with connect(alias=alias) as db:
        assert db.url == url
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(ConfigurationError) as caught:
        connect(alias=alias)
    assert str(caught.value) == (
        "No database was named (in connect()). Give connect() a URL (sqlite:///file.db, "
        "postgresql://user@host/name, mysql://user@host/name) or set DATABASE_URL."
    )


def test_sqlite_settings(tmp_path: Path, alias: str) -> None:
    with connect(f"sqlite:///{tmp_path}/new.db?timeout=2.5", alias=alias) as db:
        assert db.fetch_rows("pragma foreign_keys") == [(1,)]
        assert db.fetch_rows("pragma journal_mode") == [("wal",)]
        assert db.fetch_rows("pragma busy_timeout") == [(2500,)]


def test_a_sqlite_path_relative_and_in_memory(
    tmp_path: Path, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with connect("sqlite:///here.db", alias=alias):
        assert (tmp_path / "here.db").exists()
    with connect("sqlite:///:memory:", alias=alias) as db:
        db.execute("create table t (id integer)")
        assert db.fetch_rows("select count(*) from t") == [(0,)]
    assert [file.name for file in tmp_path.iterdir()] == ["here.db"]


def test_what_is_no_sqlite_database(tmp_path: Path, alias: str) -> None:
    file = tmp_path / "text.db"
    file.write_text("This is a text, and a longer one than the header of a database. " * 20)
    with pytest.raises(ConnectionFailed) as caught:
        connect(f"sqlite:///{file}", alias=alias)
    assert str(caught.value) == (f"Cannot connect to sqlite:///{file}: file is not a database.")
    with pytest.raises(ConnectionFailed) as caught:
        connect(f"sqlite:///{tmp_path}/no/such.db", alias=alias)
    assert str(caught.value) == (
        f"Cannot connect to sqlite:///{tmp_path}/no/such.db: unable to open database file."
    )


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_refused_connection(scheme: str, alias: str) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        connect(f"{scheme}://ann:s3cret@127.0.0.1:1/blog", alias=alias)
    assert str(caught.value) == (
        f"Cannot connect to {scheme}://ann:***@127.0.0.1:1/blog: the connection was refused. "
        "Does the server run there?"
    )
    with pytest.raises(ConfigurationError):
        database(alias)


@pytest.mark.databases("postgresql", "mysql")
def test_no_such_database(url: str, alias: str, kind: str) -> None:
    wrong = url.rpartition("/")[0] + "/covet_nosuch"
    with pytest.raises(ConnectionFailed) as caught:
        connect(wrong, alias=alias)
    assert str(caught.value).endswith("/covet_nosuch: there is no such database.")


@pytest.mark.databases("mysql")
def test_a_wrong_password_is_not_shown(url: str, alias: str) -> None:
    user = f"covet_{token_hex(4)}"  # users are the server's: other runs may share it
    with connect(url, alias=alias) as db:
        for host in ("%%", "localhost"):
            db.execute(f"create user {user}@'{host}' identified by 'right'")
    host = url.partition("://")[2].rpartition("@")[2]
    try:
        with pytest.raises(ConnectionFailed) as caught:
            connect(f"mysql://{user}:wr0ng%21pass@{host}", alias=alias)
    finally:
        with connect(url, alias=alias) as db:
            db.execute(f"drop user {user}@'%%', {user}@localhost")
    assert str(caught.value) == (
        f"Cannot connect to mysql://{user}:***@{host}: the user or the password was refused."
    )
    assert "wr0ng" not in repr(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize(
    ("scheme", "module", "message"),
    [
        (
            "postgresql",
            "psycopg",
            "PostgreSQL needs the package psycopg, which is not installed (in connect()). "
            'pip install "covet[postgres]"',
        ),
        (
            "mariadb",
            "pymysql",
            "MariaDB needs the package pymysql, which is not installed (in connect()). "
            'pip install "covet[mysql]"',
        ),
        (
            "mysql",
            "aiomysql",
            "MariaDB needs the package aiomysql, which is not installed (in connect()). "
            'pip install "covet[mysql]"',
        ),
    ],
)
def test_a_missing_driver(
    scheme: str, module: str, message: str, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    for name in ("postgresql", "postgresql_wait", "mysql"):
        monkeypatch.delitem(sys.modules, f"covet.drivers.{name}", raising=False)
        monkeypatch.delattr(f"covet.drivers.{name}", raising=False)
    with pytest.raises(ConfigurationError) as caught:
        connect(f"{scheme}://127.0.0.1/blog", alias=alias)
    assert str(caught.value) == message


def test_the_password_is_in_no_text(alias: str) -> None:
    opening = connect("sqlite:///:memory:", alias=alias)
    db = opening
    db.close()
    assert repr(db) == "<Database 'other': sqlite:///:memory:, closed>"
