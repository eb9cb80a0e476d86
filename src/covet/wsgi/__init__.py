"""covet in WSGI apps: ``AtomicRequests`` wraps any of them."""

from __future__ import annotations

from .atomic import AtomicRequests

__all__ = ["AtomicRequests"]
