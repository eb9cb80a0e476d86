"""Which database does a URL mean?"""

from __future__ import annotations

import pytest

from covet.drivers.url import parse_url
from covet.errors import ConfigurationError


def test_a_url_is_taken_apart() -> None:
    url = parse_url("postgres://ann:p%40ss%2Fw%23d@db.example:5433/blog?pool_size=5", {})
    assert (url.scheme, url.user, url.password) == ("postgresql", "ann", "p@ss/w#d")
    assert (url.host, url.port, url.database) == ("db.example", 5433, "blog")
    assert url.options["pool_size"] == 5
    assert url.options["acquire_timeout"] == 30.0


def test_its_texts_hide_the_password() -> None:
    url = parse_url("mariadb://ann:s3cret@[::1]:3307/blog", {})
    assert str(url) == "mysql://ann:***@[::1]:3307/blog"
    assert "s3cret" not in repr(url)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:///blog.db", "blog.db"),
        ("sqlite:////srv/my%20blog.db", "/srv/my blog.db"),
        ("sqlite:///:memory:", ":memory:"),
        ("sqlite://", ":memory:"),
    ],
)
def test_paths_of_sqlite(text: str, path: str) -> None:
    url = parse_url(text, {})
    assert url.database == path
    assert url.in_memory == (path == ":memory:")


def test_keywords_win_over_the_query_string() -> None:
    url = parse_url("sqlite:///x.db?timeout=1&pool_size=2", {"timeout": 9})
    assert (url.options["timeout"], url.options["pool_size"]) == (9.0, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "postgresq://localhost/x",
            "'postgresq' is no kind of database that covet knows (in connect()). Did you mean "
            "'postgresql'? Known: sqlite, postgresql, postgres, mysql, mariadb.",
        ),
        (
            "oracle://localhost/x",
            "'oracle' is no kind of database that covet knows (in connect()). "
            "Known: sqlite, postgresql, postgres, mysql, mariadb.",
        ),
        (
            "blog.db",
            "The database URL has no scheme (in connect()). Examples: sqlite:///file.db, "
            "postgresql://user@host/name, mysql://user@host/name.",
        ),
        (
            "sqlite://blog.db",
            "A SQLite URL has three slashes before a relative path, four before an absolute one "
            "(in connect()). Write sqlite:///file.db, sqlite:////srv/file.db or "
            "sqlite:///:memory:.",
        ),
        (
            "mysql://ann:s3cret@host:x/blog",
            "The mysql URL cannot be read (in connect()). Write it as "
            "scheme://user:password@host:port/name?option=value, with the signs @ : / ? # % in "
            "a user name or password written as %40 %3A %2F %3F %23 %25.",
        ),
        (
            "mysql://ann:s3#cret@host/blog",
            "The mysql URL cannot be read (in connect()). Write it as "
            "scheme://user:password@host:port/name?option=value, with the signs @ : / ? # % in "
            "a user name or password written as %40 %3A %2F %3F %23 %25.",
        ),
        (
            "sqlite:///x.db?pool_sise=5",
            "'pool_sise' is no option of sqlite (in connect()). Did you mean 'pool_size'? "
            "Options: acquire_timeout, connect_timeout, pool_min_size, pool_size, "
            "statement_timeout, timeout.",
        ),
        (
            "sqlite:///x.db?pool_size=0",
            "The option pool_size takes a whole number above 0, not '0' (in connect()).",
        ),
        (
            "sqlite:///x.db?timeout=soon",
            "The option timeout takes a number of seconds above 0, not 'soon' (in connect()).",
        ),
        (
            "mysql://h/x?ssl_mode=on",
            "The option ssl_mode takes one of disabled, preferred, required, verify_ca, "
            "verify_identity, not 'on' (in connect()).",
        ),
    ],
)
def test_what_is_wrong_with_a_url(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_url(text, {})
    assert str(caught.value) == message
    assert "s3" not in str(caught.value)
    assert caught.value.__cause__ is None
