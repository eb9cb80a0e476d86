"""Which file does an import mean, and which names does that file hold?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePath


def module_file(root: Path, path: PurePath, module: str, level: int) -> Path | None:
    """The file that ``from {'.' * level}{module} import …`` in ``path`` reads, if it is ours."""
    if level:
        folders = [root / PurePath(*path.parts[: len(path.parts) - level])]
    else:
        folders = [root / "src", root]
    for folder in folders:
        place = folder.joinpath(*module.split(".")) if module else folder
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                return file
    return None


def names_of(file: Path) -> frozenset[str]:
    """The names that can be imported from a module; empty while it cannot be parsed."""
    names = _names_of(file, file.stat().st_mtime_ns)
    if file.name != "__init__.py":
        return names
    return names | {inner.stem for inner in file.parent.iterdir() if inner.stem != "__init__"}


@lru_cache(maxsize=256)
def _names_of(file: Path, changed: int) -> frozenset[str]:
    try:
        return frozenset(_names(ast.parse(file.read_bytes()).body))
    except SyntaxError:
        return frozenset()


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield statement.name
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name for alias in statement.names)
            case ast.If() | ast.Try():
                for part in ("body", "orelse", "handlers", "finalbody"):
                    yield from _names(getattr(statement, part, []))
            case ast.ExceptHandler():
                yield from _names(statement.body)
            case _:
                yield from _stored(statement)


def _stored(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
