"""Which dialect does a database speak?"""

from __future__ import annotations

from functools import lru_cache

from ...errors import ConfigurationError, short
from .base import Dialect, Server
from .mysql import MysqlDialect
from .postgresql import PostgresqlDialect
from .sqlite import SqliteDialect

DIALECTS: dict[str, type[Dialect]] = {
    dialect.name: dialect for dialect in (SqliteDialect, PostgresqlDialect, MysqlDialect)
}


def dialect_for(name: str, server: Server | None = None) -> Dialect:
    """The dialect of a database; one object for equal servers, so that plans are shared.

    Args:
        name: ``"sqlite"``, ``"postgresql"`` or ``"mysql"``.
        server: what the driver found out on connecting; without it the newest server is assumed.

    Raises:
        ConfigurationError: there is no such dialect.
    """
    if not isinstance(name, str) or name not in DIALECTS:
        raise ConfigurationError(
            f"There is no dialect {short(name)}",
            possible=list(DIALECTS),
            fix=f"Dialects: {', '.join(DIALECTS)}.",
        )
    return _dialect(name, server)


@lru_cache(maxsize=64)
def _dialect(name: str, server: Server | None) -> Dialect:
    return DIALECTS[name](server)


__all__ = ["DIALECTS", "Dialect", "Server", "dialect_for"]
