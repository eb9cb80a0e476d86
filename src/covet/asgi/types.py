"""What is an ASGI application made of, to a type checker? (No package is needed for that.)"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
# Any of them: each framework has types of its own for what it takes.
ASGIApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
