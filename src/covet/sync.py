"""covet for sync code: import models, fields and connections from here."""

from __future__ import annotations

import covet

from . import *  # noqa: F403
from ._sync.database import Database, connect, database
from ._sync.manager import Manager
from ._sync.model import Model
from ._sync.queryset import QuerySet
from ._sync.relations import ForeignKey, OneToOneField, RelatedManager
from ._sync.schema import create_tables, drop_tables
from ._sync.transaction import atomic, on_commit
from .pairs import sync_loaded as loaded

__all__ = [
    "Database",
    "ForeignKey",
    "Manager",
    "Model",
    "OneToOneField",
    "QuerySet",
    "RelatedManager",
    "atomic",
    "connect",
    "create_tables",
    "database",
    "drop_tables",
    "loaded",
    "on_commit",
]
__all__ += covet.__all__
