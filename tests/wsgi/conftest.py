"""How does a test of an app reach the database? As all tests of sync code do."""

from __future__ import annotations

from .._sync.conftest import database, db

__all__ = ["database", "db"]
