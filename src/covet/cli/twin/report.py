"""What is said about a file whose twin is wrong or cannot be made?"""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

from ...errors import short


class Problem(NamedTuple):
    """One reason why the trees do not agree: where, and what to do about it."""

    path: PurePath
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        return f"{self.path.as_posix()}{line}: {self.reason}"


def difference(path: PurePath, expected: bytes, found: bytes) -> Problem | None:
    """How a twin on disk differs from the generated one, with the first line that does; or None."""
    if expected == found:
        return None
    wanted, have = expected.splitlines(keepends=True), found.splitlines(keepends=True)
    if expected.startswith(found):
        return Problem(
            path, f"truncated: it ends at line {len(have)} of {len(wanted)}", len(have) or None
        )
    if found.startswith(expected):
        at = len(wanted) + 1
        return Problem(path, f"goes on after its end with {_shown(have[len(wanted) :])}", at)
    at = next(i for i in range(len(wanted)) if wanted[i : i + 1] != have[i : i + 1])
    return Problem(
        path,
        "edited by hand, or its source changed since: "
        f"should be {_shown(wanted[at:])}, is {_shown(have[at:])}",
        at + 1,
    )


def _shown(lines: list[bytes]) -> str:
    # The line's end is shown only where it is not the usual one, as it is then the difference.
    line = lines[0] if lines else b""
    return short(line.removesuffix(b"\n").decode("utf-8", "replace"))
