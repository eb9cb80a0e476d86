"""How do MariaDB and MySQL differ?"""

from __future__ import annotations

from .base import Dialect, Server


class MysqlDialect(Dialect):
    """MariaDB 10.5 or newer (tested), MySQL 8 (expected to work)."""

    name = "mysql"
    quote = "`"
    limit_all = "18446744073709551615"  # the manual's own way to say "all"
    default_values = "() VALUES ()"
    null_ordering = False
    table_comments = True

    def __init__(self, server: Server | None = None) -> None:
        super().__init__(server)
        self.mariadb = server is None or server.product == "mariadb"
        self.returning_on_insert = self.mariadb
