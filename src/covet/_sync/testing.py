# generated from src/covet/_async/testing.py by scripts/generate_sync.py;
# change that file, not this one
"""How does a test leave a database as it found it, and what would its commits have called?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..drivers.terms import Terms
from ..drivers.transactions import Block
from ..errors import TransactionError
from ..pairs import SyncBlock
from .connection import session_of
from .ending import call_back
from .transaction import Atomic


class Undone(Exception):
    """Leaves a block that is to be rolled back though nothing was raised in it."""


class RolledBack(SyncBlock):
    """A transaction around a test, which is undone whatever happens.

    The code in it is served as if it were in none: its ``atomic()`` blocks may be durable. What it
    gives to ``on_commit()`` is not called, as nothing is committed; ``CommitCallbacks`` has it.

    Args:
        using: the alias of the database.
    """

    def __init__(self, using: str = "default") -> None:
        self.using = using
        self._atomic = Atomic(using, Terms(durable=True))

    def __repr__(self) -> str:
        return f"RolledBack(using={self.using!r})"

    def __enter__(self) -> None:
        self._atomic.__enter__()
        session = session_of(self.using)
        assert session is not None
        session.of_test = True

    def __exit__(self, *_: object) -> None:
        self._atomic.__exit__(Undone, Undone(), None)


class CommitCallbacks(SyncBlock):
    """A block that gives what would be called after its commits, as a list, at its end.

    Args:
        using: the alias of the database.
        execute: whether it is called then, too; not where an error leaves the block.

    Raises:
        TransactionError: there is no ``RolledBack`` block around it.

    Example:
        >>> with CommitCallbacks(execute=True) as callbacks:
        ...     register(user)
        >>> len(callbacks)
        1
    """

    def __init__(self, using: str = "default", *, execute: bool = False) -> None:
        self.using = using
        self.execute = execute
        self.callbacks: list[Callable[[], Any]] = []
        self._seen = 0

    def __repr__(self) -> str:
        return f"CommitCallbacks(using={self.using!r}, execute={self.execute})"

    def _block(self) -> Block:
        """The block of the test."""
        session = session_of(self.using)
        block = session.block.root if session else None
        while session is not None and session.outer is not None:
            session = session.outer
        if block is None or session is None or not session.of_test:
            raise TransactionError(
                f"No transaction on {self.using!r} is put around the test, so what is given to "
                "on_commit() is called when it is committed",
                fix="Use it in a test that is rolled back.",
            )
        return block

    def __enter__(self) -> list[Callable[[], Any]]:
        self._seen = len(self._block().callbacks)
        self.callbacks = []
        return self.callbacks

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        waiting = self._block().callbacks
        while self._seen < len(waiting):  # one that is called may add others
            callback = waiting[self._seen]
            self._seen += 1
            self.callbacks.append(callback.function)
            if self.execute and error is None:
                call_back(callback)
