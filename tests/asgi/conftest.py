"""How does a test of an app reach the database? As all tests of async code do."""

from __future__ import annotations

from .._async.conftest import database, db

__all__ = ["database", "db"]
