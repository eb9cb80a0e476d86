"""How does PostgreSQL differ?"""

from __future__ import annotations

from .base import Dialect


class PostgresqlDialect(Dialect):
    """PostgreSQL 13 or newer."""

    name = "postgresql"
    array_parameters = True
    bulk_insert_by_unnest = True
    nulls_are_smallest = False
    table_comments = True
    most_parameters = 65535  # a 16-bit count in the protocol's Bind message
    most_rows_per_insert = 10_000
