"""Transactions around tests, for sync code: what a test does is undone at its end."""

from __future__ import annotations

from .._sync.testing import CommitCallbacks, RolledBack

__all__ = ["CommitCallbacks", "RolledBack"]
