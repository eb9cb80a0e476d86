"""Which line of the user's code is running? The stack, without the library's own frames."""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, NamedTuple

COVET = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
LIBRARIES = tuple(
    {
        os.path.abspath(sysconfig.get_path(name)) + os.sep
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)
# Below these an event loop runs a task: who runs the loop has not asked the question.
LOOPS = tuple(
    os.path.join("asyncio", name) for name in ("events.py", "base_events.py", "runners.py")
)
MOST_FRAMES = 20
DEEPEST = 300


class Site(NamedTuple):
    """A line of code that was running.

    Attributes:
        file: its file, as Python names it.
        line: the line's number, from 1.
        function: the function's qualified name.
    """

    file: str
    line: int
    function: str

    @property
    def source(self) -> str:
        """The line's text without its indentation; empty where it cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    @property
    def path(self) -> str:
        """The file, relative to the working directory where it lies below that."""
        here = os.getcwd() + os.sep
        return self.file.removeprefix(here)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def stack(frame: FrameType | None = None) -> tuple[Site, ...]:
    """The lines of the user's code that led here, the innermost first.

    The user's code is what is neither covet's, nor Python's, nor installed as a package. Where
    there is none of it, the innermost line that is not covet's stands for it.

    Args:
        frame: where to look from; the caller when left out.
    """
    found: list[Site] = []
    nearest: Site | None = None
    frame = frame or sys._getframe(1)
    for _ in range(DEEPEST):
        if frame is None or len(found) == MOST_FRAMES:
            break
        owner = owner_of(frame.f_code)
        if owner == "loop":
            break
        if owner == "user":
            found.append(_site(frame))
        elif owner == "library" and nearest is None:
            nearest = _site(frame)
        frame = frame.f_back
    return tuple(found) or ((nearest,) if nearest else ())


@lru_cache(maxsize=4096)
def owner_of(code: CodeType) -> str:
    """Whose a piece of code is: ``"covet"``, ``"library"``, ``"loop"`` or ``"user"``."""
    file = os.path.abspath(code.co_filename)
    if file.startswith(COVET):
        return "covet"
    if file.endswith(LOOPS):
        return "loop"
    if code.co_filename.startswith("<frozen") or file.startswith(LIBRARIES):
        return "library"
    return "user"


def _site(frame: FrameType) -> Site:
    template: Any = frame.f_globals.get("__jinja_template__")
    line = frame.f_lineno
    if template is not None:  # compiled to Python; it knows which line of the template it was
        line = template.get_corresponding_lineno(line)
    return Site(frame.f_code.co_filename, line, frame.f_code.co_qualname)
