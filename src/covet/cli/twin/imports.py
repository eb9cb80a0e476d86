"""Which imports of an authored file would be missing or wrong in its twin?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from .modules import module_file, names_of
from .rules import Renamer
from .source import Found, Source

# What unasync leaves as it is, and what means nothing in sync code.
ASYNC_MODULES = frozenset({"aiomysql", "aiosqlite", "anyio", "asyncio", "pytest_asyncio", "trio"})
ASYNC_NAMES = {
    "collections.abc": {"Awaitable", "Coroutine"},
    "contextlib": {
        "AbstractAsyncContextManager",
        "AsyncContextDecorator",
        "AsyncExitStack",
        "aclosing",
    },
    "inspect": {
        "isasyncgen",
        "isasyncgenfunction",
        "isawaitable",
        "iscoroutine",
        "iscoroutinefunction",
    },
    "types": {"AsyncGeneratorType", "CoroutineType", "coroutine"},
    "typing": {"AsyncContextManager", "Awaitable", "Coroutine"},
}
# Right after unasync, but the library takes all that concerns colours from one place.
ASYNC_NAMES_IN_A_LIBRARY = {"contextlib": {"asynccontextmanager"}}


class Used(NamedTuple):
    """A module, and mostly a name, that a file imports or reads from an imported module."""

    line: int
    module: str
    level: int
    name: str | None

    @property
    def top(self) -> str:
        return "" if self.level else self.module.partition(".")[0]

    def __str__(self) -> str:
        return "." * self.level + ".".join(filter(None, (self.module, self.name)))


def wrong_imports(file: Source, renamer: Renamer) -> Found:
    """Async tools, and names whose twins do not exist where they would be imported from."""
    for used in (*_imported(file.tree), *_read_from_modules(file.tree)):
        if _is_async_only(file, used):
            yield used.line, f"`{used}` has no sync counterpart: {_instead(file, used)}"
        elif used.name is not None and renamer.changes(used.name):
            yield from _without_counterpart(file, renamer, used, used.name)


def absolute_imports(file: Source, renamer: Renamer) -> Found:
    """Imports of covet by its name, which would not follow the package when it is moved."""
    for used in _imported(file.tree):
        if used.top == "covet":
            yield used.line, f"`{used.module}`: in the library, import by relative imports"


def _imported(tree: ast.Module) -> Iterator[Used]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Used(node.lineno, alias.name, 0, None)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Used(node.lineno, node.module or "", node.level, alias.name)


def _read_from_modules(tree: ast.Module) -> Iterator[Used]:
    modules = dict(_module_names(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            module, level = modules.get(_dotted(node.value), (None, 0))
            if module is not None:
                yield Used(node.lineno, module, level, node.attr)


def _module_names(tree: ast.Module) -> Iterator[tuple[str, tuple[str, int]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name, (alias.name, 0)
        elif isinstance(node, ast.ImportFrom):
            # It may be a module or not; what is not will not be found as one.
            for alias in node.names:
                module = f"{node.module}.{alias.name}" if node.module else alias.name
                yield alias.asname or alias.name, (module, node.level)


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case _:
            return ""


def _is_async_only(file: Source, used: Used) -> bool:
    if used.level:
        return False
    names = set(ASYNC_NAMES.get(used.module, ()))
    if file.library:
        names |= ASYNC_NAMES_IN_A_LIBRARY.get(used.module, set())
    return used.top in ASYNC_MODULES or used.name in names


def _instead(file: Source, used: Used) -> str:
    if used.top == "pytest_asyncio":
        return "use pytest.fixture, with asyncio_mode = auto"
    return file.instead


def _without_counterpart(file: Source, renamer: Renamer, used: Used, name: str) -> Found:
    if file.root is None or _is_twinned(file.path, used):
        return
    found = module_file(file.root, file.path, used.module, used.level)
    if found is None:
        # Not there yet, if it is one of ours; else unasync knows the name or it is wrong.
        right = used.level or used.top == "covet" or renamer.is_standard(name)
        there: frozenset[str] = frozenset()
    else:
        there = names_of(found)
        right = not there
    twin = renamer.rename(name)
    if not right and twin not in there:
        where = "." * used.level + used.module
        yield used.line, f"`{name}` becomes `{twin}`, which `{where}` lacks: {file.instead}"


def _is_twinned(path: PurePath, used: Used) -> bool:
    """Is the imported file generated too, so that its names change along?"""
    folder = path.parts[: len(path.parts) - used.level] if used.level else ()
    return "_async" in (*folder, *used.module.split("."))
