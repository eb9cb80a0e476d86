"""What does a connection of any driver offer, and how are driver errors worded?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from ..errors import ConfigurationError, ConnectionFailed, CovetError, DatabaseError
from ..sql.dialects.base import Server
from .url import DatabaseURL

Params = Sequence[Any]
Rows = list[tuple[Any, ...]]

LONGEST_MESSAGE = 300

# Servers stop what takes longer than statement_timeout. How many seconds later the connection is
# given up, if they say nothing.
GRACE = 1.0


class Result(NamedTuple):
    """What a statement did.

    Attributes:
        rowcount: the rows it matched, on every database (also those that an UPDATE left as they
            were); -1 where nobody can tell.
        lastrowid: the number that an INSERT drew, on SQLite and MariaDB; else None.
    """

    rowcount: int
    lastrowid: int | None = None


class Commands(NamedTuple):
    """The words of a transaction; a savepoint's name is put into the last three."""

    begin: str = "BEGIN"
    commit: str = "COMMIT"
    rollback: str = "ROLLBACK"
    savepoint: str = "SAVEPOINT {}"
    release: str = "RELEASE SAVEPOINT {}"
    rollback_to: str = "ROLLBACK TO SAVEPOINT {}"


class Lease(Protocol):
    """What a pool writes on a connection: who has it, and how old it is.

    Attributes:
        doing: the statement, or what else it is used for.
        holder: the task or the thread that has it for longer than a statement.
        traced: something was left on it that its next user is not to find.
    """

    doing: str
    holder: str | None
    since: float
    look_at: float
    traced: bool
    until: float


class Stream(Protocol):
    """The rows of one statement, so many at a time, as far as it is the same in both colours.

    Attributes:
        sql: the statement.
        params: its parameters.
        begun: it was sent.
        names: the columns, known with the first rows.
        done: all rows were read.
        wanted: somebody still reads it; what nobody wants is closed before the next statement.
        spool: where the rest of the rows is, if it was set aside.
    """

    sql: str
    params: Params
    begun: bool
    names: list[str]
    done: bool
    wanted: bool
    spool: object | None

    @property
    def in_the_way(self) -> bool:
        """Can nothing else be said on the connection until it is closed or set aside?"""
        ...


class AsyncStream(Stream, Protocol):
    """The rows of one statement, so many at a time."""

    async def fetch(self) -> Rows: ...

    async def set_aside(self) -> None:
        """Read the rest into a file, so that the connection is free."""
        ...

    async def close(self) -> None: ...


class SyncStream(Stream, Protocol):
    """The rows of one statement, so many at a time."""

    def fetch(self) -> Rows: ...
    def set_aside(self) -> None: ...
    def close(self) -> None: ...


class AsyncConnection(Lease, Protocol):
    """One connection to a server, used by one task at a time."""

    commands: ClassVar[Commands]
    portable: ClassVar[bool]  # can it be used from another event loop than the one that made it?
    server: Server

    @classmethod
    async def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self:
        """Connect; ``server`` is what an earlier connection found out."""
        ...

    @staticmethod
    def translate(error: BaseException) -> CovetError | None:
        """covet's error for one of the driver's, None for any other."""
        ...

    async def fetch(self, sql: str, params: Params) -> Rows: ...
    async def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]: ...
    async def execute(self, sql: str, params: Params) -> Result: ...
    def stream(self, sql: str, params: Params, size: int) -> AsyncStream: ...
    async def ping(self, within: float) -> None: ...
    async def close(self) -> None: ...

    def within(self, seconds: float) -> AbstractAsyncContextManager[Any]:
        """Bound each statement in a block, which fails if the server does not answer in time."""
        ...

    async def halt(self) -> None:
        """Have the server stop what somebody else still waits for, and drop the connection."""
        ...

    def abandon(self) -> None:
        """Drop it without a word to the server."""
        ...

    @property
    def in_transaction(self) -> bool: ...

    @property
    def closed(self) -> bool: ...

    def ended_by(self, error: BaseException) -> bool:
        """Did this error end the transaction on the server, whatever the driver believes?"""
        ...


class SyncConnection(Lease, Protocol):
    """One connection to a server, used by one thread at a time."""

    commands: ClassVar[Commands]
    portable: ClassVar[bool]
    server: Server

    @classmethod
    def connect(cls, url: DatabaseURL, server: Server | None = None) -> Self: ...

    @staticmethod
    def translate(error: BaseException) -> CovetError | None: ...

    def fetch(self, sql: str, params: Params) -> Rows: ...
    def fetch_named(self, sql: str, params: Params) -> tuple[list[str], Rows]: ...
    def execute(self, sql: str, params: Params) -> Result: ...
    def stream(self, sql: str, params: Params, size: int) -> SyncStream: ...
    def ping(self, within: float) -> None: ...
    def close(self) -> None: ...
    def within(self, seconds: float) -> AbstractContextManager[Any]: ...
    def halt(self) -> None: ...
    def abandon(self) -> None: ...

    @property
    def in_transaction(self) -> bool: ...

    @property
    def closed(self) -> bool: ...

    def ended_by(self, error: BaseException) -> bool: ...


def worded(text: object) -> str:
    """A driver's message as part of a sentence of ours: one line, printable, cut."""
    line = " ".join(str(text).split())
    line = "".join(sign if sign.isprintable() else "?" for sign in line)
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def database_error(
    kind: type[DatabaseError], text: object, cause: BaseException, fix: str | None = None
) -> DatabaseError:
    """covet's error of a kind, with the driver's as its cause."""
    error = kind(worded(text) or type(cause).__name__, fix=fix)
    error.__cause__ = cause
    return error


NO_TABLE_FIX = "Make the tables of your models with create_tables()."


def missing_driver(product: str, module: str, extra: str) -> ConfigurationError:
    """The error for an extra that is not installed."""
    return ConfigurationError(
        f"{product} needs the package {module}, which is not installed",
        asked="connect()",
        fix=f'pip install "covet[{extra}]"',
    )


# One sentence for each way of failing, alike for all servers.
REFUSED = "the connection was refused"
REFUSED_FIX = "Does the server run there?"
NO_DATABASE = "there is no such database"
WRONG_PASSWORD = "the user or the password was refused"
UNKNOWN_HOST = "the host is not known"
NO_ANSWER = "no answer in time"


def connection_failed(
    url: DatabaseURL, reason: str, cause: BaseException | None
) -> ConnectionFailed:
    """The error for a connection that could not be made. The password is taken out of the text."""
    secret = url.password
    fix = REFUSED_FIX if reason == REFUSED else None
    hide: Callable[[str], str] = (lambda t: t.replace(secret, "***")) if secret else (lambda t: t)
    # A driver's message that repeats the password is not shown as the cause either.
    shown = cause if cause is None or not secret or secret not in str(cause) else None
    error = ConnectionFailed(f"Cannot connect to {url}: {hide(worded(reason))}", fix=fix)
    error.__cause__ = shown
    error.__suppress_context__ = True
    return error
