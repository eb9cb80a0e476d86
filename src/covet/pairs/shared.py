"""When several want the same thing loaded at once, who does it?

The first task; the others wait, look again, and find it there. Threads do not share instances as
tasks do, and a lock would only make them wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any

from ..schema.peers import Origin


class AsyncShared:
    """A piece of work on the rows of one origin, done by one task at a time.

    Args:
        origin: the rows.
        work: what tells this work from others.
    """

    __slots__ = ("_key", "_lock", "_turns")

    def __init__(self, origin: Origin, work: Hashable) -> None:
        if origin.turns is None:
            origin.turns = {}
        self._turns = origin.turns
        self._key = (work, asyncio.get_running_loop())
        self._lock: tuple[asyncio.Lock, list[int]] = self._turns.setdefault(
            self._key, (asyncio.Lock(), [0])
        )

    async def __aenter__(self) -> None:
        lock, waiting = self._lock
        waiting[0] += 1
        try:
            await lock.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._lock[0].release()
        self._leave()

    def _leave(self) -> None:
        waiting = self._lock[1]
        waiting[0] -= 1
        if not waiting[0]:
            self._turns.pop(self._key, None)


class SyncShared:
    """The same for threads: each does its own."""

    __slots__ = ()

    def __init__(self, origin: Origin, work: Hashable) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: Any) -> None: ...
