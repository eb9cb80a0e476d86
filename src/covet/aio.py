"""covet for async code: import models, fields and connections from here."""

from __future__ import annotations

import covet

from . import *  # noqa: F403
from ._async.database import Database, connect, database
from ._async.manager import Manager
from ._async.model import Model
from ._async.queryset import QuerySet
from ._async.relations import ForeignKey, OneToOneField, RelatedManager
from ._async.schema import create_tables, drop_tables
from ._async.transaction import atomic, on_commit
from .pairs import async_loaded as loaded

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
