"""How are the rows locked that are about to be changed?"""

from __future__ import annotations

from ..query.spec import Lock, QuerySpec
from ..sql.dialects import Dialect


def locks(spec: QuerySpec, dialect: Dialect) -> bool:
    """Whether the database locks the rows of a query like this, or has nothing to lock."""
    is_plain = not (spec.distinct or spec.distinct_on) and spec.grouped is None
    return is_plain or dialect.locks_distinct or not dialect.locks_rows


def locking_own(spec: QuerySpec, dialect: Dialect) -> QuerySpec:
    """A query that locks its rows, in all their tables; as it was where the database cannot.

    Rows of other tables stay free if the database can lock some tables only: that they are joined
    is no reason to change them.
    """
    if spec.lock is not None or not dialect.locks_rows or not locks(spec, dialect):
        return spec
    links = (link.name for part in spec.table.parts for link in part.parents)
    tables = ("self", *links) if dialect.locks_tables else ()
    return spec.locking(Lock(False, False, tables, False))
