"""How is an operation cancelled at its n-th await, for every n?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Literal

Manner = Literal["before", "after", "twice"]
"""When a task is cancelled: while it waits; when what it waited for has come and it has not woken
yet, so that the answer is lost; or while it waits and once more while it cleans up."""

MOST_AWAITS = 400


class CancelAt:
    """An operation that cancels the task that waits for it, at its n-th await.

    Attributes:
        awaits: how often it has waited.
    """

    def __init__(self, work: Coroutine[Any, Any, Any], at: int, manner: Manner) -> None:
        self.awaits = 0
        self._work = work
        self._at = {at, at + 1} if manner == "twice" else {at}
        self._late = manner == "after"

    def __await__(self) -> Generator[Any, Any, Any]:
        task = asyncio.current_task()
        assert task is not None
        step: Callable[[], Any] = lambda: self._work.send(None)  # noqa: E731
        while True:
            try:
                waited_for = step()
            except StopIteration as done:
                return done.value
            self.awaits += 1
            if self.awaits in self._at:
                if self._late and waited_for is not None:
                    # Comes before the callback by which the task is woken.
                    waited_for.add_done_callback(lambda _: task.cancel())
                else:
                    task.cancel()
            try:
                yield waited_for
            except BaseException as error:
                thrown = error
                step = lambda: self._work.throw(thrown)  # noqa: B023, E731
            else:
                step = lambda: self._work.send(None)  # noqa: E731


async def outcome_of(
    operation: Callable[[], Coroutine[Any, Any, Any]], at: int, manner: Manner
) -> tuple[Any, bool]:
    """What an operation gave or raised that was cancelled at an await, and if it came so far."""
    cancelling = CancelAt(operation(), at, manner)

    async def run() -> Any:
        return await cancelling

    (outcome,) = await asyncio.gather(asyncio.ensure_future(run()), return_exceptions=True)
    return outcome, cancelling.awaits >= at
