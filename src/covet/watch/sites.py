"""Which line of the user's code is running? The stack, without the library's own frames."""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import FrameType
from typing import Any, NamedTuple, TypeAlias

Frames: TypeAlias = Sequence[tuple[str, int, str]]
"""Lines of code as Python gives them for where a coroutine was made: file, line, function."""

COVET = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
LIBRARIES = tuple(
    {
        os.path.abspath(sysconfig.get_path(name)) + os.sep
        for name in ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
    }
)
# Below these an event loop runs a task: who runs the loop has not asked the question.
LOOPS = tuple(
    os.path.join("asyncio", name) for name in ("events.py", "base_events.py", "runners.py")
)
MOST_FRAMES = 20
ORIGIN_DEPTH = 8
DEEPEST = 300
NEAREST = 15


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


def stack(origin: Callable[[], Frames] | None = None) -> tuple[Site, ...]:
    """The lines of the user's code that led here, the innermost first.

    The user's code is what is neither covet's, nor Python's, nor installed as a package or by
    one, as the commands ``pytest`` and ``uvicorn`` are. Where
    there is none of it, the innermost line that is not covet's stands for it.

    Args:
        origin: gives the lines where the running task was made, innermost first, for tasks that are
            made of covet's own: ``gather(Post.objects.get(id=1), …)``.
    """
    frames: list[tuple[Site, str]] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(frames) < DEEPEST:
        owner = owner_of(frame.f_code.co_filename)
        if owner == "loop":
            break
        if owner != "covet":
            frames.append((_site(frame), owner))
        frame = frame.f_back
    found = _users(frames)
    if not found and origin is not None:
        made = [(Site(*one), owner_of(one[0])) for one in origin()]
        found = _users(made)
        frames += [(site, owner) for site, owner in made if owner == "library"]
    return found or tuple(site for site, _ in frames[:1])


def taken_at() -> str:
    """`` at app.py:42``, the user's line that runs, for whoever has something for long."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(NEAREST):
        if frame is None:
            break
        if owner_of(frame.f_code.co_filename) == "user":
            return f" at {_site(frame)}"
        frame = frame.f_back
    return ""


def _users(frames: list[tuple[Site, str]]) -> tuple[Site, ...]:
    return tuple([site for site, owner in frames if owner == "user"][:MOST_FRAMES])


@lru_cache(maxsize=4096)
def owner_of(filename: str) -> str:
    """Whose the code in a file is: ``"covet"``, ``"library"``, ``"loop"`` or ``"user"``."""
    file = os.path.abspath(filename)
    if file.startswith(COVET):
        return "covet"
    if file.endswith(LOOPS):
        return "loop"
    if filename.startswith("<frozen") or file.startswith(LIBRARIES):
        return "library"
    return "user"


def _site(frame: FrameType) -> Site:
    template: Any = frame.f_globals.get("__jinja_template__")
    line = frame.f_lineno
    if template is not None:  # compiled to Python; it knows which line of the template it was
        line = template.get_corresponding_lineno(line)
    return Site(frame.f_code.co_filename, line, frame.f_code.co_qualname)


class Origins:
    """Has Python remember where coroutines are made, while anybody wants to know.

    Python keeps that setting for each thread, and so does this.
    """

    def __init__(self) -> None:
        self._thread = threading.local()

    def wanted(self) -> None:
        """Somebody wants to know."""
        thread = self._thread
        thread.wanting = getattr(thread, "wanting", 0) + 1
        if thread.wanting == 1:
            thread.before = sys.get_coroutine_origin_tracking_depth()
            sys.set_coroutine_origin_tracking_depth(max(thread.before, ORIGIN_DEPTH))

    def unwanted(self) -> None:
        """Somebody wants to know no more."""
        thread = self._thread
        wanting = getattr(thread, "wanting", 0)
        if wanting == 1:
            sys.set_coroutine_origin_tracking_depth(thread.before)
        thread.wanting = max(wanting - 1, 0)


ORIGINS = Origins()
