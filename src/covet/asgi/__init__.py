"""covet in ASGI apps: ``CovetPyASGI`` puts apps together, the middleware wraps any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError
from .atomic import AtomicRequests
from .panel import QueryPanelMiddleware

if TYPE_CHECKING:
    from .app import CovetPyASGI


def __getattr__(name: str) -> Any:
    """CovetPyASGI, the one thing here that needs Starlette."""
    if name != "CovetPyASGI":
        raise AttributeError(f"module 'covet.asgi' has no attribute {name!r}")
    try:
        from .app import CovetPyASGI
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "starlette":
            raise
        raise ConfigurationError(
            "CovetPyASGI needs the package starlette, which is not installed",
            fix='pip install "covet[asgi]"',
        ) from error
    return CovetPyASGI


__all__ = ["AtomicRequests", "CovetPyASGI", "QueryPanelMiddleware"]
