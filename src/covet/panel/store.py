"""Which requests are remembered? The last ones, within bounds of number and size."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from .limits import MOST_STORED
from .records import Request


class Store:
    """The last requests of the process.

    Args:
        most: how many.
        size: about how many bytes they may take together.
    """

    def __init__(self, most: int, size: int = MOST_STORED) -> None:
        self._most = most
        self._size = size
        self._used = 0
        self._requests: OrderedDict[int, tuple[Request, int]] = OrderedDict()
        self._lock = Lock()

    def put(self, request: Request) -> None:
        """Remember a request, in the place of what was known of it; the oldest make room."""
        weight = request.weight
        with self._lock:
            _, before = self._requests.get(request.id, (None, 0))
            self._used += weight - before
            self._requests[request.id] = (request, weight)
            while len(self._requests) > self._most or (
                self._used > self._size and len(self._requests) > 1
            ):
                _, (_, freed) = self._requests.popitem(last=False)
                self._used -= freed

    def get(self, number: int) -> Request | None:
        """The request with a number, if it is remembered."""
        found = self._requests.get(number)
        return found[0] if found else None

    def latest(self) -> list[Request]:
        """All that are remembered, the newest first."""
        with self._lock:
            requests = [request for request, _ in self._requests.values()]
        return sorted(requests, key=lambda one: one.id, reverse=True)
