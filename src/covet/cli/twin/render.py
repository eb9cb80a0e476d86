"""What is the sync text of one async file?"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence
from pathlib import Path, PurePath

from .prose import Docstrings, is_prose, rewritten
from .refusals import refusals
from .report import Problem
from .rules import Renamer, Token, tokens_of
from .source import Source

HEADER = "# generated from {path} by {by};\n# change that file, not this one\n"
SCRIPT = "scripts/generate_sync.py"
LEFT_OVERS = frozenset({"async", "await", "asyncio", "_async"})
ASYNC_NODES = (ast.AsyncFunctionDef, ast.AsyncWith, ast.AsyncFor, ast.Await)


class Refused(Exception):
    """A file has no twin that would be right; ``problems`` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def render(
    source: str,
    path: PurePath,
    *,
    renamer: Renamer | None = None,
    root: Path | None = None,
    library: bool = False,
    by: str = SCRIPT,
) -> str:
    """The twin of a file, with its header, before it is formatted; or Refused.

    ``path`` is relative to ``root``, where the modules that the file imports from are looked up.
    A ``library`` is held to more than a program: relative imports, prose that names no colour.
    """
    renamer = renamer or Renamer()
    file = Source.read(source, path, library=library, root=root)
    refused = refusals(file, renamer)
    text = _headed(_rewritten(file, renamer), HEADER.format(path=path.as_posix(), by=by))
    refused = refused or list(_left_over(text, path))
    if refused:
        raise Refused(refused)
    return text


def _rewritten(file: Source, renamer: Renamer) -> str:
    docstrings = Docstrings(file.tree)
    tokens = [
        rewritten(token, renamer.rename) if is_prose(token, docstrings) else token
        for token in _without_spare_parentheses(file.tokens)
    ]
    return "".join(token.src for token in renamer.tokens(tokens))


def _headed(text: str, header: str) -> str:
    if not text.startswith("#!"):
        return header + text
    first, _, rest = text.partition("\n")
    return f"{first}\n{header}{rest}"


def _without_spare_parentheses(tokens: Sequence[Token]) -> list[Token]:
    """``(await post.author).name`` needs its parentheses, ``(post.author).name`` does not."""
    spare: set[int] = set()
    for at, token in enumerate(tokens):
        if token.src == "await" and tokens[at - 1].src == "(":
            end = _end_of_awaited(tokens, at)
            if end is not None and not _is_call(tokens, at - 1):
                spare |= {at - 1, end}
    return [token for at, token in enumerate(tokens) if at not in spare]


def _is_call(tokens: Sequence[Token], at: int) -> bool:
    before = next((t for t in reversed(tokens[:at]) if t.name != "UNIMPORTANT_WS"), None)
    if before is None:
        return False
    if before.name == "NAME":
        return not keyword.iskeyword(before.src)
    return before.name == "STRING" or before.src in (")", "]", "}")


def _end_of_awaited(tokens: Sequence[Token], start: int) -> int | None:
    """Where the parenthesis closes that holds one awaited name, call or item and is read from."""
    depth = 0
    for at in range(start + 2, len(tokens) - 1):
        token = tokens[at]
        if token.src in ("(", "[", "{"):
            depth += 1
        elif token.src in (")", "]", "}"):
            if depth == 0:
                return at if tokens[at + 1].src in (".", "[") else None
            depth -= 1
        elif depth == 0 and not (token.name == "NAME" or token.src == "."):
            return None
    return None


def _left_over(text: str, path: PurePath) -> list[Problem]:
    """The last line of defence: what the generated text must never hold."""
    try:
        tree = ast.parse(text)
        compile(tree, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        return [Problem(path, f"its twin would not compile: {error.msg}: {error.text!r}")]
    names = {t.src for t in tokens_of(text) if t.name == "NAME"} & LEFT_OVERS
    names |= {type(node).__name__ for node in ast.walk(tree) if isinstance(node, ASYNC_NODES)}
    return [
        Problem(path, f"its twin would still hold {name}: no rule rewrites it")
        for name in sorted(names)
    ]
