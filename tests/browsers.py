"""Which browser do the tests of pages drive, and where does it come from?

From ``COVET_TEST_CHROMIUM``, or from this machine, or, if that is allowed, from Debian's package.
Never from playwright, which would download one of its own.
"""

from __future__ import annotations

import os
import shutil
from typing import NamedTuple

from scripts.environment import apt_install

VARIABLE = "COVET_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing is to be asked of the net, which may be closed.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Browser(NamedTuple):
    """A browser's program, or why there is none."""

    path: str | None
    origin: str


def provide(*, may_install: bool) -> Browser:
    """The browser from the first source that has it; one without a path if none does."""
    said = os.environ.get(VARIABLE)
    if said:
        found = shutil.which(said)
        return Browser(found, VARIABLE if found else f"{VARIABLE} names no program: {said}")
    path = installed()
    if path is None and may_install and apt_install("chromium"):
        path = installed()
    return Browser(path, path or "not installed (apt install chromium)")


def installed() -> str | None:
    """The program on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)
