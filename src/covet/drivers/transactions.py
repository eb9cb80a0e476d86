"""What does an atomic block say to the server, and what does it still allow?

The rules without the waiting: a ``Block`` names the command to send, is told how that went, and
refuses what may not happen any more.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, NamedTuple

from ..errors import CommitOutcomeUnknown, TransactionError
from .base import Commands, worded
from .savepoints import Savepoint, Savepoints
from .terms import Opening


class State(Enum):
    """Where in its life a block is."""

    NEW = "new"
    OPEN = "open"
    OVER = "over"


Outcome = Literal["commit", "rollback", "release", "rollback_to", "nothing"]


class Callback(NamedTuple):
    """A function that waits for the commit.

    Attributes:
        function: takes nothing.
        robust: an error in it is logged, and keeps no other from being called.
    """

    function: Callable[[], Any]
    robust: bool = False


class Block:
    """One ``atomic()`` block: the whole transaction, a savepoint, or a part of the block around it.

    Attributes:
        parent: the block around it, None for the outermost.
        broken: what broke it, as a phrase, or None. A broken block can only be left, or go back to
            a savepoint.
        gone: the server has no transaction any more, so there is nothing to roll back.
        undone: its code wants it rolled back, whatever comes.
        callbacks: what to call after the outermost commit.
        points: the savepoints that its code made.
        restore: the commands that make the connection as it was.
        outcome: how it ended, once that is known.
        doubt: that this cannot be known, as an error.
    """

    __slots__ = (
        "alias",
        "broken",
        "callbacks",
        "cause",
        "commands",
        "committing",
        "doubt",
        "gone",
        "name",
        "named",
        "opening",
        "outcome",
        "parent",
        "points",
        "restore",
        "state",
        "undone",
    )

    def __init__(
        self,
        commands: Commands,
        alias: str,
        parent: Block | None = None,
        savepoint: bool = True,
        opening: Opening | None = None,
    ) -> None:
        self.commands = commands
        self.alias = alias
        self.parent = parent
        self.state = State.NEW
        self.broken: str | None = None
        self.cause: BaseException | None = None
        self.gone = False
        self.undone = False
        self.callbacks: list[Callback] = []
        self.points = Savepoints()
        self.named = 0
        self.committing = False
        self.outcome: Outcome | None = None
        self.doubt: CommitOutcomeUnknown | None = None
        self.name = self.new_name() if parent is not None and savepoint else None
        self.opening, self.restore = opening or self._plain_opening()

    def _plain_opening(self) -> Opening:
        if self.parent is None:
            return Opening((self.commands.begin,))
        return Opening((self.commands.savepoint.format(self.name),) if self.name else ())

    def new_name(self) -> str:
        """A name for a savepoint, numbered through the whole transaction: none is used twice."""
        root = self.root
        root.named += 1
        return f"covet_{root.named}"

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
        self.check_open()
        block: Block | None = self
        while block is not None:
            if block.broken:
                raise self._is_broken(block)
            block = block.parent

    def check_open(self) -> None:
        """Raise if the block has ended.

        Raises:
            TransactionError: it has.
        """
        if self.state is not State.OPEN:
            raise TransactionError(
                f"The atomic() block on {self.alias!r} has ended; "
                "a task that it started still uses it",
                fix="Wait for the task inside the block, or start it outside.",
            )

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

    def opened(self) -> None:
        """The commands were carried out."""
        self.state = State.OPEN

    def failed(self, error: BaseException, *, gone: bool) -> None:
        """A statement in the block failed or was cancelled."""
        self._break(error)
        if gone:
            block = self
            while block.parent is not None:
                block = block.parent
                block._break(error)
            block.gone = True

    def _break(self, error: BaseException) -> None:
        if self.broken is None:
            self.broken = f"{type(error).__name__}: {worded(error)}".rstrip(": .")
            self.cause = error

    def closing(self, error: BaseException | None) -> Outcome:
        """How the block has to end; ``error`` is what its body raised."""
        whole = error is None and not self.broken and not self.undone
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

    def ended(self, outcome: Outcome, error: BaseException | None) -> None:
        """The block has ended like this."""
        self.state = State.OVER
        self.outcome = outcome
        if self.parent is None:
            return
        if outcome == "release" or (outcome == "nothing" and self._is_whole(error)):
            self.parent.callbacks.extend(self.callbacks)
        elif outcome == "nothing":
            # Without a savepoint of its own, what it did can only be undone with its parent.
            self._undo_parent(error)

    def _is_whole(self, error: BaseException | None) -> bool:
        return error is None and not self.broken and not self.undone

    def _undo_parent(self, error: BaseException | None) -> None:
        parent = self.parent
        if parent is None or parent.broken:
            return
        if error is None and not self.broken:
            parent.undone = True  # as its code wanted, so nothing is wrong
            return
        parent.broken = self.broken or f"{type(error).__name__} in a block inside it"
        parent.cause = self.cause or error

    def not_ended(self, error: BaseException, *, gone: bool) -> None:
        """What was to end the block failed, or was cut off; so what stands of it is not known."""
        self.failed(error, gone=gone)
        self.state = State.OVER
        self._undo_parent(error)

    def lost_commit(self, error: BaseException, *, answered: bool) -> CommitOutcomeUnknown | None:
        """The error for a COMMIT that failed or was cut off, if it may have been carried out.

        Args:
            error: what happened.
            answered: the server has said that it did not commit.
        """
        if not self.committing or answered:
            return None
        why = f"{type(error).__name__}: {worded(error)}".rstrip(": .")
        self.doubt = CommitOutcomeUnknown(
            f"Whether the transaction on {self.alias!r} was committed is not known: COMMIT was "
            f"sent and its answer not read ({why})",
            fix="Look for what it was to store before you do it again.",
        )
        return self.doubt

    # --- savepoints of the block's own code -----------------------------------------------------

    def check_way_back(self) -> None:
        """Raise if the block cannot go back to a savepoint of its own any more.

        Raises:
            TransactionError: the block is over, the transaction gone, or a block around broken.
        """
        broken, self.broken = self.broken, None
        try:
            self.check()
        finally:
            self.broken = broken
        if self.root.gone:
            raise self._is_broken(self)

    def is_back_at(self, point: Savepoint) -> None:
        """All that happened since the savepoint is undone, and with it what broke the block."""
        self.points.back_to(point)
        del self.callbacks[point.callbacks :]
        self.broken = self.cause = None

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
