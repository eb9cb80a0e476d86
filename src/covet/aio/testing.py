"""Transactions around tests, for async code: what a test does is undone at its end."""

from __future__ import annotations

from .._async.testing import CommitCallbacks, RolledBack

__all__ = ["CommitCallbacks", "RolledBack"]
