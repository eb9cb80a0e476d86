"""Where do progress and answers appear on a terminal, when rich is installed?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.syntax import Syntax
from rich.text import Text

from .page import Line
from .screen import DEEPER, INDENT, Screen

T = TypeVar("T")
STYLES = {
    "question": "bold cyan",
    "answer": "bold",
    "heading": "dim underline",
    "table": "",
    "note": "dim italic",
}


class RichScreen(Screen):
    """Colours, bars that know how long they will take, and highlighted SQL."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__()
        self.console = console or Console(highlight=False)

    def title(self, text: str) -> None:
        """Say what is going to be shown, below a line across the screen."""
        self.console.rule(f"[bold]{text}", align="left")

    def progress(self, name: str, batches: Iterable[list[T]], total: int) -> Iterator[list[T]]:
        """The batches, one by one, with a bar that vanishes when all of them are dealt with."""
        columns = (TextColumn(f"{name:8}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeRemainingColumn(), console=self.console, transient=True) as bar:
            self.bar, self.task = bar, bar.add_task(name, total=total)
            yield from super().progress(name, batches, total)

    def advanced(self, name: str, done: int, total: int) -> None:
        """Move the bar."""
        self.bar.update(self.task, completed=done)

    def line(self, line: Line) -> None:
        """Show a part of an answer in its style."""
        if line.style == "sql":
            text: Syntax | Text = Syntax(
                line.text, "sql", theme="ansi_dark", background_color="default"
            )
        else:
            text = Text(line.text, style=STYLES[line.style])
        self.console.print(Padding(text, (0, 0, 0, len(INDENT.get(line.style, DEEPER)))))

    def print(self, text: str) -> None:
        """Write some text as it is."""
        self.console.print(Text(text.rstrip(" ")))
