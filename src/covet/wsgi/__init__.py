"""covet in WSGI apps: middleware that wraps any of them."""

from __future__ import annotations

from .atomic import AtomicRequests
from .panel import QueryPanelMiddleware

__all__ = ["AtomicRequests", "QueryPanelMiddleware"]
