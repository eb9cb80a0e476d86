"""What is common to the ways of reading a result so many rows at a time?"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Callable
from typing import Any, Self

from ..errors import FieldError, OperationalError, short
from .base import Params, Rows

# What is set aside is kept in memory up to this many bytes, and on disk beyond.
IN_MEMORY = 1_000_000
HEAD = 8  # bytes that say how long a group is


MOST_ROWS = 2**31 - 1
"""What all three drivers can count to."""


def check_chunk_size(call: str, size: object) -> None:
    """Refuse what is no number of rows; it becomes a part of PostgreSQL's statement.

    Raises:
        FieldError: it is none.
    """
    if type(size) is not int:
        raise FieldError(f"{call}(chunk_size={short(size)}): a chunk is a whole number of rows")
    if size < 1:
        raise FieldError(f"{call}(chunk_size={short(size)}): a chunk has at least one row")
    if size > MOST_ROWS:
        raise FieldError(f"{call}(chunk_size={short(size)}): a chunk has at most {MOST_ROWS} rows")


class Spool:
    """Groups of rows in a temporary file without a name: all are put, then all are taken.

    A block in which it is filled closes it, unless it is to be kept.

    ``marshal`` writes what a driver got off the wire (numbers, text and bytes) many times faster
    than anything else; the file is nobody's but ours, and gone with the process.
    """

    __slots__ = ("_file", "_is_kept")

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._is_kept = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._is_kept:
            self.close()

    def kept(self) -> Self:
        """Itself, filled and to be read from its start."""
        self._is_kept = True
        self._file.seek(0)
        return self

    def put(self, group: list[Any]) -> None:
        """Add a group."""
        text = marshal.dumps(group)
        self._file.write(len(text).to_bytes(HEAD))
        self._file.write(text)

    def take(self) -> list[Any]:
        """The next group; an empty list at the end."""
        head = self._file.read(HEAD)
        group: list[Any] = marshal.loads(self._file.read(int.from_bytes(head))) if head else []
        return group

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


class RowStream:
    """What every driver's stream keeps of itself; ``Stream`` says what it is."""

    __slots__ = ("_broken", "_size", "begun", "done", "names", "params", "spool", "sql", "wanted")

    def __init__(self, sql: str, params: Params, size: int) -> None:
        self.sql = sql
        self.params = params
        self._size = size
        self.begun = False
        self._broken = False
        self.names: list[str] = []
        self.done = False
        self.wanted = True
        self.spool: Spool | None = None

    def check(self) -> None:
        """Refuse to read on where rows were lost.

        Raises:
            OperationalError: reading failed or was cancelled before.
        """
        if self._broken:
            raise OperationalError(
                "The rest of these rows is lost, as reading them failed or was cancelled before",
                fix="Ask for them again.",
            )

    def taken(self, spool: Spool, read: Callable[[list[Any]], Rows] | None = None) -> Rows:
        """The next rows that were set aside; ``read`` makes rows of them."""
        group = spool.take()
        if not group:
            self.done = True
            self.forget()
        return read(group) if read is not None else group

    def forget(self) -> None:
        """Let go what was set aside."""
        spool, self.spool = self.spool, None
        if spool is not None:
            spool.close()
