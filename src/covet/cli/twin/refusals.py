"""Which constructs have no twin that would be right, or the same on every Python?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .imports import absolute_imports, wrong_imports
from .prose import Docstrings, coloured, is_prose, rewritten
from .report import Problem
from .rules import Renamer, Token
from .source import Check, Found, Source

BUILTINS = {"aiter": "async for", "anext": "async for"}
METHODS = frozenset({"aclose", "asend", "athrow"})
RENAMED = re.compile(r"\bAsync[A-Z]\w*|\basync_\w+|\bcovet\.aio\b")


def refusals(file: Source, renamer: Renamer) -> list[Problem]:
    """Everything in a file that must be written in another way, in the order of its lines."""
    checks = (*EVERYWHERE, *IN_A_LIBRARY) if file.library else EVERYWHERE
    found = {one for check in checks for one in check(file, renamer)}
    return [Problem(file.path, reason, line) for line, reason in sorted(found)]


def _spaces(file: Source, renamer: Renamer) -> Found:
    # unasync removes the token that follows, whatever it is.
    for token, after in zip(file.tokens, file.tokens[1:], strict=False):
        if token.src in ("async", "await") and after.name not in ("UNIMPORTANT_WS", "ESCAPED_NL"):
            yield token.line, f"`{token.src}` needs a space after it, or `{after.src}` is lost"


def _f_strings(file: Source, renamer: Renamer) -> Found:
    strings = [node for node in ast.walk(file.tree) if isinstance(node, ast.JoinedStr)]
    inner = {id(node) for string in strings for node in ast.walk(string) if node is not string}
    for string in strings:
        # The line of the outermost one: those of its parts differ between Python 3.11 and 3.12.
        for what in _coloured_parts(string, renamer) if id(string) not in inner else ():
            reason = f"`{what}` in an f-string is not rewritten: give the value a name before it"
            yield string.lineno, reason


def _coloured_parts(string: ast.JoinedStr, renamer: Renamer) -> Iterator[str]:
    for node in ast.walk(string):
        match node:
            case ast.Await():
                yield "await"
            case ast.comprehension(is_async=1):
                yield "async for"
            case (
                ast.Name(id=str(name)) | ast.Attribute(attr=str(name)) | ast.keyword(arg=str(name))
            ) if renamer.changes(name):
                yield name
            case ast.FormattedValue(value=value):
                yield from _renamed_strings(value, renamer)


def _renamed_strings(value: ast.expr, renamer: Renamer) -> Iterator[str]:
    for node in ast.walk(value):
        match node:
            case ast.Constant(value=str(text)) if renamer.changes(text):
                yield text


def _without_meaning(file: Source, renamer: Renamer) -> Found:
    for node in ast.walk(file.tree):
        match node:
            case ast.FunctionDef(name="__await__") | ast.AsyncFunctionDef(name="__await__"):
                yield node.lineno, f"`__await__` has no sync counterpart: {file.instead}"
            case ast.Name(id=name) if name in BUILTINS:
                yield node.lineno, f"`{name}` is not rewritten: use `{BUILTINS[name]}`"
            case ast.Attribute(attr=name) if name in METHODS:
                yield node.lineno, f"`.{name}` is not rewritten: {file.instead}"


def _collisions(file: Source, renamer: Renamer) -> Found:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from _collisions_in(node.body, file, renamer)


def _collisions_in(body: list[ast.stmt], file: Source, renamer: Renamer) -> Found:
    seen: dict[str, str] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            twin = renamer.rename(node.name)
            first = seen.setdefault(twin, node.name)
            if first != node.name:
                both = f"`{first}` and `{node.name}` both become `{twin}`"
                yield node.lineno, f"{both}: for one of them, {file.instead}"


def _asyncio(file: Source, renamer: Renamer) -> Found:
    # pytest.mark.asyncio; imports are another check's.
    for before, token in zip(file.tokens, file.tokens[1:], strict=False):
        if token.src == "asyncio" and before.src == ".":
            yield token.line, "`asyncio` is not rewritten: with asyncio_mode = auto, omit the mark"


def _prose(file: Source, renamer: Renamer) -> Found:
    docstrings = Docstrings(file.tree)
    prose = [token for token in file.tokens if is_prose(token, docstrings)]
    for line, word in coloured(rewritten(token, renamer.rename) for token in prose):
        yield (
            line,
            f"`{word}` in prose is wrong in the sync twin: say it without a colour, or as code in "
            "``literals`` or an example, which is rewritten",
        )


def _strings(file: Source, renamer: Renamer) -> Found:
    docstrings = Docstrings(file.tree)
    for token in file.tokens:
        if token.name == "STRING" and not is_prose(token, docstrings):
            for line, word in (*coloured([token]), *_names_in(token, renamer)):
                reason = f"`{word}` in a string is not rewritten: say it without a colour"
                yield line, f"{reason}, or {file.instead}"


def _names_in(token: Token, renamer: Renamer) -> Found:
    # A string that is one name, as in __all__, is renamed.
    if not renamer.changes(token.src[1:-1]):
        for name in RENAMED.finditer(token.src):
            yield token.line + token.src.count("\n", 0, name.start()), name[0]


EVERYWHERE: tuple[Check, ...] = (
    _spaces,
    _f_strings,
    _without_meaning,
    _collisions,
    _asyncio,
    wrong_imports,
)
IN_A_LIBRARY: tuple[Check, ...] = (absolute_imports, _prose, _strings)
