"""Does anybody watch at all? One look answers it, and most programs never get further."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock


class Switch:
    """Whether anything in the process watches: a scope, an observer, or a logger.

    Attributes:
        on: what each query looks at. While it is off, watching costs this one look; while it is on,
            queries ask who watches *here*, as a scope is seen only in its own context.
    """

    __slots__ = ("_causes", "_lock", "_scopes", "on")

    def __init__(self) -> None:
        self.on = False
        self._causes: list[Callable[[], object]] = []
        self._scopes = 0
        self._lock = RLock()  # a level of logging can change while it is held

    def because(self, cause: Callable[[], object]) -> None:
        """Be on too where a function says so; call ``refresh()`` when it says otherwise."""
        self._causes.append(cause)
        self.refresh()

    def refresh(self) -> None:
        """Look again whether anybody watches."""
        with self._lock:
            self.on = self._scopes > 0 or any(cause() for cause in self._causes)

    def opened(self) -> None:
        """A scope was entered, in whatever task or thread."""
        with self._lock:
            self._scopes += 1
            self.on = True

    def closed(self) -> None:
        """A scope was left."""
        with self._lock:
            self._scopes -= 1
            self.refresh()


WATCH = Switch()
