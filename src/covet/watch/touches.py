"""Which relations of loaded rows does the program touch? Noted only while somebody asks.

Reading a relation is what programs do most. While nobody asks, nothing is in the way of it: what
notes takes the place of the descriptors' ``__get__``, and leaves it again.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any


class Touches:
    """Has the descriptors of relations note what is read through them.

    Attributes:
        on: whether somebody asks. Statements that are sent then keep the paths of the relations of
            their rows that were read, in ``Query.touched``.
    """

    def __init__(self) -> None:
        self.on = False
        self._asking = 0
        self._lock = Lock()
        self._plain: dict[type[Any], Callable[..., Any]] = {}

    def of(self, *descriptors: type[Any]) -> None:
        """Know of classes whose objects are what relations are read through."""
        for cls in descriptors:
            self._plain[cls] = vars(cls)["__get__"]

    def wanted(self) -> None:
        """Somebody asks."""
        with self._lock:
            self._asking += 1
            if self._asking == 1:
                self._put({cls: _noting(plain) for cls, plain in self._plain.items()})
                self.on = True

    def unwanted(self) -> None:
        """Somebody asks no more."""
        with self._lock:
            self._asking -= 1
            if self._asking == 0:
                self.on = False
                self._put(self._plain)

    @staticmethod
    def _put(methods: dict[type[Any], Callable[..., Any]]) -> None:
        for cls, method in methods.items():
            setattr(cls, "__get__", method)  # noqa: B010


def _noting(plain: Callable[..., Any]) -> Callable[..., Any]:
    def __get__(descriptor: Any, instance: Any, owner: Any = None) -> Any:
        if instance is not None:
            _note(instance, getattr(descriptor, "way", descriptor).name)
        return plain(descriptor, instance, owner)

    return __get__


def _note(instance: Any, name: str) -> None:
    origin = instance._origin
    source = None if origin is None else origin.source
    if source is not None and source.query.touched is not None:
        source.query.touched.add((*source.path, name))


TOUCHES = Touches()
