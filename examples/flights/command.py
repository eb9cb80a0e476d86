"""What does the command line of either colour say, and how is it run?"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .data import Data
from .download import DataMissing, nycflights13
from .screen import Screen


def main(tell: Callable[..., Any], arguments: Sequence[str] | None = None) -> None:
    """Run ``tell``, of either colour, as the command line asks."""
    options = parser(tell).parse_args(arguments)
    try:
        data = None if options.keep else Data(options.data or nycflights13())
    except DataMissing as missing:
        sys.exit(str(missing))
    screen = terminal()
    finish(tell(options.url, data, screen))
    screen.close()


def parser(tell: Callable[..., Any]) -> argparse.ArgumentParser:
    """The command line: a URL and two options."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {tell.__module__.rpartition('.')[0]}",
        description="Load the flights that left New York in 2013 into a database, and ask it.",
    )
    parser.add_argument(
        "url",
        nargs="?",
        default="sqlite:///flights.db",
        help="the database; its tables flights_… are made anew (%(default)s)",
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="CSV files other than PyPI's")
    parser.add_argument("--keep", action="store_true", help="ask the tables as they are")
    return parser


def finish(result: Any) -> Any:
    """What a function of either colour returns, with an event loop where it takes one."""
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def terminal() -> Screen:
    """The screen that suits the standard output; with rich, if there is one to enjoy it."""
    if sys.stdout.isatty() and importlib.util.find_spec("rich"):
        from .rich_screen import RichScreen

        return RichScreen()
    return Screen()
