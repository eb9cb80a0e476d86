"""What can be asked of a transaction, and by which commands does it begin on each database?"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias, get_args

from ..errors import ConfigurationError, NotSupportedError, nearest, short
from .base import Commands

Isolation: TypeAlias = Literal[
    "read uncommitted", "read committed", "repeatable read", "serializable"
]
LEVELS: tuple[Isolation, ...] = get_args(Isolation)


class Terms(NamedTuple):
    """The arguments of ``atomic()``, but for the database.

    Attributes:
        savepoint: an inner block is a savepoint, rather than a part of the block around it.
        durable: the block has to be the outermost one.
        isolation: how far the transaction is kept apart from others; None leaves it at what the
            connection has.
        read_only: nothing can be written in it.
        deferrable: it waits until it can neither fail by others' writing nor make them fail.
        retries: how often a function is run again where the others were in its way.
    """

    savepoint: bool = True
    durable: bool = False
    isolation: Isolation | None = None
    read_only: bool = False
    deferrable: bool = False
    retries: int = 0

    def check(self) -> None:
        """Raise if they cannot be meant.

        Raises:
            ConfigurationError: an unknown level, a number of retries that is none, or terms that
                do not go together.
        """
        if self.isolation is not None and self.isolation not in LEVELS:
            raise _unknown_level(self.isolation)
        if type(self.retries) is not int or self.retries < 0:
            raise ConfigurationError(
                f"retries has to be a whole number from 0 on, not {short(self.retries)}",
                asked="atomic(retries=…)",
            )
        if self.deferrable and not (self.read_only and self.isolation == "serializable"):
            raise ConfigurationError(
                "deferrable=True means something for a serializable block that only reads",
                asked="atomic(deferrable=True)",
                fix='Say isolation="serializable" and read_only=True too, or leave it out.',
            )

    @property
    def of_outermost(self) -> list[str]:
        """Those that were asked for and that only the outermost block can have."""
        return [name for name in ("isolation", "read_only", "deferrable") if getattr(self, name)]


class Opening(NamedTuple):
    """How a transaction begins.

    Attributes:
        begin: the commands, in order.
        restore: what makes the connection as it was, once the transaction has ended.
    """

    begin: tuple[str, ...]
    restore: tuple[str, ...] = ()


def opening(terms: Terms, commands: Commands, product: str) -> Opening:
    """The commands for a transaction on these terms.

    Args:
        terms: the terms, checked.
        commands: the plain words of the database.
        product: the server: ``"sqlite"``, ``"postgresql"``, ``"mariadb"`` or ``"mysql"``.

    Raises:
        NotSupportedError: the database has no such transactions.
    """
    if terms.deferrable and product != "postgresql":
        raise NotSupportedError(
            "Only PostgreSQL has deferrable transactions", fix="Leave deferrable=True out."
        )
    return _OPENINGS[product](terms, commands)


def _postgresql(terms: Terms, commands: Commands) -> Opening:
    words = [commands.begin]
    if terms.isolation:
        words.append(f"ISOLATION LEVEL {terms.isolation.upper()}")
    if terms.read_only:
        words.append("READ ONLY")
    if terms.deferrable:
        words.append("DEFERRABLE")
    return Opening((" ".join(words),))


def _mysql(terms: Terms, commands: Commands) -> Opening:
    begin = f"{commands.begin} READ ONLY" if terms.read_only else commands.begin
    if not terms.isolation:
        return Opening((begin,))
    # Without the word SESSION it is about the next transaction only.
    return Opening((f"SET TRANSACTION ISOLATION LEVEL {terms.isolation.upper()}", begin))


def _sqlite(terms: Terms, commands: Commands) -> Opening:
    # Each transaction of SQLite's is serializable, which keeps the promise of every level.
    if terms.read_only:
        return Opening(("PRAGMA query_only = 1", "BEGIN"), ("PRAGMA query_only = 0",))
    return Opening((commands.begin,))


_OPENINGS = {"postgresql": _postgresql, "mariadb": _mysql, "mysql": _mysql, "sqlite": _sqlite}


def _unknown_level(level: object) -> ConfigurationError:
    meant = nearest(level, LEVELS)
    known = ", ".join(map(repr, LEVELS))
    return ConfigurationError(
        f"There is no isolation level {short(level)}",
        asked="atomic(isolation=…)",
        possible=LEVELS,
        fix=(f"Did you mean {meant!r}? " if meant else "") + f"Levels: {known}.",
    )
