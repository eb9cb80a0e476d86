"""What does a check need to know about one authored file?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from .rules import Renamer, Token, tokens_of


@dataclass(frozen=True)
class Source:
    """One authored file, parsed and cut into tokens."""

    path: PurePath
    tree: ast.Module
    tokens: list[Token]
    library: bool
    root: Path | None

    @classmethod
    def read(cls, text: str, path: PurePath, *, library: bool, root: Path | None) -> Source:
        """The parsed file; SyntaxError where it cannot be parsed."""
        return cls(path, ast.parse(text), tokens_of(text), library, root)

    @property
    def instead(self) -> str:
        """Where code belongs that cannot be twinned."""
        if self.library:
            return "take it from pairs.py"
        return "write it without, or mark the file `# covet: no twin — <reason>`"


# A check yields the line and the reason of each construct that it refuses.
Found = Iterator[tuple[int, str]]
Check = Callable[[Source, Renamer], Found]
