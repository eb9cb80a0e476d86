"""Which database does a URL mean, and with which options?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from ..errors import ConfigurationError, nearest, short

SCHEMES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
}
EXAMPLES = "sqlite:///file.db, postgresql://user@host/name, mysql://user@host/name"


def _whole(text: Any) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("not positive")
    return number


def _from_zero(text: Any) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("negative")
    return number


def _seconds(text: Any) -> float:
    number = float(text)
    if not 0 < number < 1e9:
        raise ValueError("not positive")
    return number


def _text(value: Any) -> str:
    return str(value)


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a connection."""

    read: Callable[[Any], Any]
    wants: str
    default: Any = None


_WHOLE = "a whole number above 0"
_SECONDS = "a number of seconds above 0"
_TEXT = "text"

COMMON: dict[str, Option] = {
    "pool_size": Option(_whole, _WHOLE, 10),
    "acquire_timeout": Option(_seconds, _SECONDS, 30.0),
    "connect_timeout": Option(_seconds, _SECONDS, 10.0),
    "pool_min_size": Option(_from_zero, "a whole number from 0", 0),
    "statement_timeout": Option(_seconds, _SECONDS),
}
# Files do not go away, as servers do.
OF_SERVERS: dict[str, Option] = {
    "pool_check_after": Option(_seconds, _SECONDS, 10.0),
    "pool_max_idle": Option(_seconds, _SECONDS, 600.0),
    "pool_max_lifetime": Option(_seconds, _SECONDS, 3600.0),
}
# libpq's own, handed on as they are.
LIBPQ = (
    "application_name",
    "channel_binding",
    "gssencmode",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "options",
    "passfile",
    "require_auth",
    "service",
    "sslcert",
    "sslcertmode",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
)
OPTIONS: dict[str, dict[str, Option]] = {
    "sqlite": {**COMMON, "timeout": Option(_seconds, _SECONDS, 5.0)},
    "postgresql": {
        **COMMON,
        **OF_SERVERS,
        "host": Option(_text, _TEXT),
        "prepare_threshold": Option(_whole, _WHOLE, 5),
        **{name: Option(_text, _TEXT) for name in LIBPQ},
    },
    "mysql": {
        **COMMON,
        **OF_SERVERS,
        "unix_socket": Option(_text, _TEXT),
        "ssl_mode": Option(_text, _TEXT, "preferred"),
        "ssl_ca": Option(_text, _TEXT),
        "ssl_cert": Option(_text, _TEXT),
        "ssl_key": Option(_text, _TEXT),
    },
}
SSL_MODES = ("disabled", "preferred", "required", "verify_ca", "verify_identity")


@dataclass(frozen=True, slots=True)
class DatabaseURL:
    """A database's address, taken apart. Its text never shows the password.

    Attributes:
        scheme: ``"sqlite"``, ``"postgresql"`` or ``"mysql"`` (MariaDB too).
        database: the name; for SQLite the file's path, or ``":memory:"``.
        options: every option of this scheme, those not given with their defaults.
    """

    scheme: str
    database: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        if self.scheme == "sqlite":
            return f"sqlite:///{self.database}"
        host = self.host or ""
        host = f"[{host}]" if ":" in host else host
        user = quote(self.user or "", safe="")
        secret = ":***" if self.password else ""
        login = f"{user}{secret}@" if user or secret else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{login}{host}{port}/{quote(self.database)}"

    @property
    def in_memory(self) -> bool:
        """Does the database live in one connection only?"""
        return self.scheme == "sqlite" and self.database in (":memory:", "")


def parse_url(url: str | None, options: Mapping[str, Any]) -> DatabaseURL:
    """Take a URL apart; options given by name win over those in its query string.

    Raises:
        ConfigurationError: no URL, an unknown scheme, a bad port, an unknown or malformed option.
    """
    text = os.environ.get("DATABASE_URL", "") if url is None else url
    if not text:
        raise ConfigurationError(
            "No database was named",
            asked="connect()",
            fix=f"Give connect() a URL ({EXAMPLES}) or set DATABASE_URL.",
        )
    if not isinstance(text, str):
        raise ConfigurationError(
            f"The database URL is of type {type(text).__name__}, not a text",
            asked="connect()",
            fix=f"Examples: {EXAMPLES}.",
        )
    scheme = _scheme(text)
    # Python's own words about a malformed URL may quote the part that holds the password.
    try:
        parts = urlsplit(text)
        port = parts.port
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        host = parts.hostname
    except ValueError:
        raise ConfigurationError(
            f"The {scheme} URL cannot be read",
            asked="connect()",
            fix="Write it as scheme://user:password@host:port/name?option=value, with the signs "
            "@ : / ? # % in a user name or password written as %40 %3A %2F %3F %23 %25.",
        ) from None
    given = _read_options(scheme, {**dict(pairs), **options})
    if parts.fragment:
        raise ConfigurationError(
            f"The {scheme} URL has a # in it",
            asked="connect()",
            fix="Write # as %23 in a user name, password or file name.",
        )
    if scheme == "sqlite":
        return DatabaseURL(scheme, _sqlite_path(parts.netloc, parts.path), options=given)
    return DatabaseURL(
        scheme,
        unquote(parts.path.removeprefix("/")),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        host=given.get("host") or (unquote(host) if host else None),
        port=port,
        options=given,
    )


def _scheme(text: str) -> str:
    name, found, _ = text.partition("://")
    name = name.lower()
    if found and name in SCHEMES:
        return SCHEMES[name]
    if not found:
        # The text may be anything, a password included: it is not repeated.
        raise ConfigurationError(
            "The database URL has no scheme", asked="connect()", fix=f"Examples: {EXAMPLES}."
        )
    guess = nearest(name, SCHEMES)
    known = ", ".join(SCHEMES)
    raise ConfigurationError(
        f"{short(name)} is no kind of database that covet knows",
        asked="connect()",
        possible=sorted(SCHEMES, key=lambda scheme: scheme != guess),
        fix=f"Did you mean {guess!r}? Known: {known}." if guess else f"Known: {known}.",
    )


def _sqlite_path(netloc: str, path: str) -> str:
    if netloc:
        raise ConfigurationError(
            "A SQLite URL has three slashes before a relative path, four before an absolute one",
            asked="connect()",
            fix="Write sqlite:///file.db, sqlite:////srv/file.db or sqlite:///:memory:.",
        )
    return unquote(path.removeprefix("/")) or ":memory:"


def _read_options(scheme: str, given: Mapping[str, Any]) -> dict[str, Any]:
    known = OPTIONS[scheme]
    read = {name: option.default for name, option in known.items()}
    for name, value in given.items():
        option = known.get(name)
        if option is None:
            raise _unknown_option(scheme, name)
        try:
            read[name] = option.read(value)
        except (TypeError, ValueError):
            raise ConfigurationError(
                f"The option {name} takes {option.wants}, not {short(value)}", asked="connect()"
            ) from None
    if scheme == "mysql" and read["ssl_mode"] not in SSL_MODES:
        raise ConfigurationError(
            f"The option ssl_mode takes one of {', '.join(SSL_MODES)}, "
            f"not {short(read['ssl_mode'])}",
            asked="connect()",
        )
    return read


def _unknown_option(scheme: str, name: str) -> ConfigurationError:
    known = sorted(OPTIONS[scheme])
    guess = nearest(name, known)
    fix = f"Options: {', '.join(known)}."
    return ConfigurationError(
        f"{short(name)} is no option of {scheme}",
        asked="connect()",
        possible=sorted(known, key=lambda option: option != guess),
        fix=f"Did you mean {guess!r}? {fix}" if guess else fix,
    )
