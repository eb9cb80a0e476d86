"""What does an atomic block say to the server, and what does it still allow?

The rules without the waiting: a ``Block`` names the command to send, is told how that went, and
refuses what may not happen any more.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Literal

from ..errors import TransactionError
from .base import Commands, worded


class State(Enum):
    """Where in its life a block is."""

    NEW = "new"
    OPEN = "open"
    OVER = "over"


Outcome = Literal["commit", "rollback", "release", "rollback_to", "nothing"]


class Block:
    """One ``atomic()`` block: the whole transaction, a savepoint, or a part of the block around it.

    Attributes:
        parent: the block around it, None for the outermost.
        broken: what broke it, as a phrase, or None. A broken block can only be left.
        gone: the server has no transaction any more, so there is nothing to roll back.
        callbacks: what to call after the outermost commit.
    """

    __slots__ = (
        "alias",
        "broken",
        "callbacks",
        "cause",
        "commands",
        "gone",
        "name",
        "parent",
        "savepoints",
        "state",
    )

    def __init__(
        self,
        commands: Commands,
        alias: str,
        parent: Block | None = None,
        savepoint: bool = True,
    ) -> None:
        self.commands = commands
        self.alias = alias
        self.parent = parent
        self.state = State.NEW
        self.broken: str | None = None
        self.cause: BaseException | None = None
        self.gone = False
        self.callbacks: list[Callable[[], Any]] = []
        self.savepoints = 0
        self.name: str | None = None
        if parent is not None and savepoint:
            root = self.root
            root.savepoints += 1
            # Numbered through the whole transaction: no name is ever used twice.
            self.name = f"covet_{root.savepoints}"

    @property
    def root(self) -> Block:
        """The outermost block."""
        block = self
        while block.parent is not None:
            block = block.parent
        return block

    def check(self) -> None:
        """Raise if no query may be sent in this block any more.

        Raises:
            TransactionError: the block is over, or broken.
        """
        if self.state is not State.OPEN:
            raise TransactionError(
                f"The atomic() block on {self.alias!r} has ended; "
                "a task that it started still uses it",
                fix="Wait for the task inside the block, or start it outside.",
            )
        block: Block | None = self
        while block is not None:
            if block.broken:
                raise self._is_broken(block)
            block = block.parent

    def check_open_for_rows(self) -> None:
        """Raise if rows that were asked for in this block can be read no more.

        Raises:
            TransactionError: the block is over.
        """
        if self.state is State.OVER:
            raise TransactionError(
                f"The atomic() block on {self.alias!r} in which these rows were asked for has "
                "ended, and there are more of them",
                fix="Read them to their end inside the block, or ask for them outside of it.",
            )

    def _is_broken(self, block: Block) -> TransactionError:
        error = TransactionError(
            f"The atomic() block on {self.alias!r} is broken by {block.broken}",
            fix="Leave it: put what may fail into an atomic() of its own, "
            "and catch the error outside of that.",
        )
        error.__cause__ = block.cause
        return error

    def opening(self) -> str | None:
        """The command that opens the block, if it needs one."""
        if self.parent is None:
            return self.commands.begin
        return self.commands.savepoint.format(self.name) if self.name else None

    def opened(self) -> None:
        """The command was carried out."""
        self.state = State.OPEN

    def failed(self, error: BaseException, *, gone: bool) -> None:
        """A statement in the block failed or was cancelled."""
        root = self.root
        for block in {self, root} if gone else {self}:
            if block.broken is None:
                block.broken = f"{type(error).__name__}: {worded(error)}".rstrip(": .")
                block.cause = error
        root.gone = root.gone or gone

    def closing(self, error: BaseException | None) -> Outcome:
        """How the block has to end; ``error`` is what its body raised."""
        whole = error is None and not self.broken
        if self.parent is None:
            if self.root.gone:
                return "rollback"  # harmless where nothing is open, and a driver may be wrong
            return "commit" if whole else "rollback"
        if self.name is None or self.root.gone:
            return "nothing"
        return "release" if whole else "rollback_to"

    def command(self, outcome: Outcome) -> list[str]:
        """The commands for an outcome, in order."""
        if outcome == "commit":
            return [self.commands.commit]
        if outcome == "rollback":
            return [self.commands.rollback]
        release = self.commands.release.format(self.name)
        if outcome == "release":
            return [release]
        if outcome == "rollback_to":
            # Rolling back to a savepoint leaves it standing.
            return [self.commands.rollback_to.format(self.name), release]
        return []

    def closed(self, outcome: Outcome, error: BaseException | None) -> None:
        """The block has ended like this."""
        self.state = State.OVER
        if self.parent is None:
            return
        undone = error is not None or self.broken is not None
        if not undone:
            self.parent.callbacks.extend(self.callbacks)
        elif outcome == "nothing" and not self.parent.broken:
            # Without a savepoint of its own, what it did can only be undone with its parent.
            self.parent.broken = self.broken or f"{type(error).__name__} in a block inside it"
            self.parent.cause = self.cause or error

    def left_broken(self) -> TransactionError:
        """The error for a block whose body swallowed what broke it."""
        error = TransactionError(
            f"The atomic() block on {self.alias!r} was rolled back, as it is broken by "
            f"{self.broken}",
            fix="Catch the error outside of the block, or put what may fail into an atomic() "
            "of its own.",
        )
        error.__cause__ = self.cause
        return error

    def vanished(self) -> TransactionError:
        """The error for a transaction that a statement in it had ended already."""
        return TransactionError(
            f"The transaction on {self.alias!r} had ended before its atomic() block did",
            fix="Keep COMMIT and ROLLBACK, and on MariaDB statements that change tables, "
            "out of the block.",
        )
