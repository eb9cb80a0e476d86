"""Which savepoints did a block's own code make, and what does going back to one undo?"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from ..errors import TransactionError, short


class Savepoint(NamedTuple):
    """One that the code of a block made.

    Attributes:
        name: its name on the server.
        callbacks: how many functions waited for the commit when it was made.
        streams: the results that were being read then, which outlive a way back to it.
    """

    name: str
    callbacks: int
    streams: AbstractSet[Any]


class Savepoints:
    """Those that stand in one block, oldest first."""

    __slots__ = ("standing",)

    def __init__(self) -> None:
        self.standing: list[Savepoint] = []

    def made(self, name: str, callbacks: int, streams: AbstractSet[Any]) -> None:
        """One was made."""
        self.standing.append(Savepoint(name, callbacks, streams))

    def find(self, sid: object, asked: str) -> Savepoint:
        """The savepoint that a name stands for.

        Raises:
            TransactionError: it does not stand in this block.
        """
        for point in self.standing:
            if point.name == sid:
                return point
        raise TransactionError(
            f"No savepoint {short(sid)} stands in this atomic() block",
            asked=f"{asked}()",
            fix="Give it what savepoint() gave in the same block, before that was released, or "
            "undone with an earlier one.",
        )

    def back_to(self, point: Savepoint) -> None:
        """What was made after it is gone; it stands itself."""
        del self.standing[self.standing.index(point) + 1 :]

    def released(self, point: Savepoint) -> None:
        """It is gone, and what was made after it."""
        del self.standing[self.standing.index(point) :]
