"""What does a page of the documentation claim, and is it true?

A page's blocks run from top to bottom in one namespace, as at the prompt of ``python -m asyncio``.

- ``python`` and ``pycon`` blocks run. Once as they stand, and once more as their sync twin: a page
  that is written for async code has to hold for sync code too, word for word. A block that says so
  behind its language, or imports ``asyncio`` or ``covet.sync``, runs in its own colour only.
- ``text`` below a ``python`` block is what that block prints.
- ``sql`` below one is what it sends to the database, and if nothing is sent the SQL of the query
  that its last line is.
- A table that begins with ``Query`` or ``Field`` and names databases has their SQL or column types.

``…`` in what is expected stands for anything, and one space for any white space.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import contextvars
import importlib.util
import inspect
import io
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from doctest import DocTestParser
from pathlib import Path, PurePath
from types import CodeType, FunctionType
from typing import Any

from sybil import Document, Example, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

import covet._async.database as async_database
import covet._sync.database as sync_database
from covet.cli.twin import render
from covet.pairs import SyncRows
from covet.schema.fields import Field
from covet.sql.types import type_info
from covet.watch import capture_queries

ASYNC, SYNC = "async", "sync"
DIALECTS = {"SQL": "sqlite", "SQLite": "sqlite", "PostgreSQL": "postgresql", "MariaDB": "mysql"}
FENCES = RawFencedCodeBlockLexer(re.compile(r"(?P<language>\w+) ?(?P<words>[^\n]*)$\n", re.M))
TABLE = re.compile(r"^\|.*\|\n\|[-:| ]+\|\n(?:\|.*\|\n)+", re.M)
CELL = re.compile(r"(?<!\\)\|")
CODE = re.compile(r"(?P<ticks>`+) ?(?P<code>.+?) ?(?P=ticks)")


class Page:
    """One page being run in one colour.

    Attributes:
        document: the page, to be evaluated example by example.
        printed: what the last ``python`` block printed.
        sent: the SQL that it sent, or of the query that it is; None where there is none.
        ended: where that block ends, so that what it is said to give can be seen to follow it.
    """

    def __init__(self, path: Path, colour: str) -> None:
        self.colour = colour
        self.runner = asyncio.Runner()
        self.document = Document.parse(str(path), self._blocks, self._tables)
        self.document.namespace.update(__name__="__main__", __builtins__=builtins)
        self.printed, self.sent, self.ended = "", "", -1

    def run(self) -> None:
        """Run every example.

        Raises:
            SybilFailure: what a page says is not what happens.
        """
        with self.runner:
            try:
                for example in self.document.examples():
                    example.evaluate()
            finally:
                self.runner.run(self._close())

    async def _close(self) -> None:
        """Close what the page has connected and left open."""
        for one in list(async_database._connected.values()):
            await one.close()
        for other in list(sync_database._connected.values()):
            other.close()

    # --- what is on the page -------------------------------------------------------------------

    def _blocks(self, document: Document) -> Iterator[Region]:
        evaluators: dict[str, Callable[[Example], str | None]] = {
            "python": self._python,
            "pycon": self._session,
            "text": self._text,
            "sql": self._sql,
        }
        for region in FENCES(document):
            evaluator = evaluators.get(region.lexemes["language"])
            if evaluator is not None:
                parsed = (region.lexemes["source"], region.lexemes["words"].split())
                yield Region(region.start, region.end, parsed, evaluator)

    def _tables(self, document: Document) -> Iterator[Region]:
        for match in TABLE.finditer(document.text):
            rows = [_cells(line) for line in match[0].splitlines()]
            if rows[0][0] in ("Query", "Field") and DIALECTS.keys() & set(rows[0]):
                yield Region(match.start(), match.end(), (rows[0], rows[2:]), self._table)

    # --- what it claims ------------------------------------------------------------------------

    def _python(self, example: Example) -> None:
        source, words = example.parsed
        self.ended = -1
        if not self._is_for_us(source, words):
            return
        with contextlib.redirect_stdout(io.StringIO()) as out, capture_queries() as queries:
            value = self._execute(source, example)
        self.printed, self.ended = out.getvalue(), example.end
        sql = getattr(value, "sql", None)
        self.sent = "; ".join(query.sql for query in queries) or (sql()[0] if sql else "")

    def _session(self, example: Example) -> str | None:
        source, words = example.parsed
        if not self._is_for_us(source, words):
            return None
        for step in DocTestParser().get_examples(source):
            got = self._step(step.source, example, example.line + 1 + step.lineno)
            wanted = step.want
            if "Traceback (most recent call last):" in wanted:
                wanted = f"Traceback (most recent call last): … {step.exc_msg}"
            if not agree(wanted, got):
                return f"{step.source}says\n\n{got}\ninstead of\n\n{step.want}"
        return None

    def _text(self, example: Example) -> str | None:
        return self._follows(example, self.printed, "prints")

    def _sql(self, example: Example) -> str | None:
        return self._follows(example, self.sent, "sends")

    def _follows(self, example: Example, got: str, verb: str) -> str | None:
        if self.ended < 0:  # its block is of the other colour
            return None
        if self.document.text[self.ended : example.start].strip():
            return "does not stand below the block that it belongs to"
        wanted = example.parsed[0]
        return None if agree(wanted, got) else f"the block {verb}\n\n{got}\ninstead of\n\n{wanted}"

    def _table(self, example: Example) -> str | None:
        heads, rows = example.parsed
        for row in rows:
            thing = self._execute(_code(row[0]), example)
            for head, cell in zip(heads, row, strict=True):
                if head in DIALECTS:
                    wanted, got = _code(cell), said(thing, DIALECTS[head])
                    if not agree(wanted, got):
                        return f"{row[0]} is\n\n{got}\n\non {head}, not\n\n{wanted}"
        return None

    # --- running -------------------------------------------------------------------------------

    def _is_for_us(self, source: str, words: list[str]) -> bool:
        for word in words:
            if word.startswith("needs="):
                if importlib.util.find_spec(word.removeprefix("needs=")) is None:
                    return False
            elif word not in (ASYNC, SYNC):
                raise ValueError(f"{self.document.path}: {word!r} behind a block's language")
        only_async = ASYNC in words or "asyncio" in source
        only_sync = SYNC in words or "covet.sync" in source
        return not (only_sync if self.colour == ASYNC else only_async)

    def _twin(self, source: str) -> str:
        if self.colour == ASYNC or "covet.sync" in source:
            return source
        return render(source, PurePath("example.py")).split("\n", 2)[2]  # without its header

    def _execute(self, source: str, example: Example) -> Any:
        """Run a block, and give the value of its last line if that is an expression."""
        tree = ast.parse(self._twin(source))
        ast.increment_lineno(tree, example.line)
        last = tree.body[-1] if tree.body else None
        name = "_last_value"
        if isinstance(last, ast.Expr):
            target = ast.copy_location(ast.Name(name, ast.Store()), last)
            tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
        self._run(tree, "exec", example)
        return example.namespace.pop(name, None)

    def _step(self, source: str, example: Example, line: int) -> str:
        """What the prompt answers to one statement."""
        out = io.StringIO()
        shown, sys.displayhook = sys.displayhook, _display
        try:
            with contextlib.redirect_stdout(out):
                tree = ast.increment_lineno(ast.parse(self._twin(source)), line - 1)
                self._run(ast.Interactive(tree.body), "single", example)
        except Exception:
            return out.getvalue() + traceback.format_exc()
        finally:
            sys.displayhook = shown
        return out.getvalue()

    def _run(self, tree: Any, mode: str, example: Example) -> None:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code: CodeType = compile(tree, example.path, mode, flags, dont_inherit=True)
        result = FunctionType(code, example.namespace)()
        if inspect.iscoroutine(result):
            self.runner.run(result, context=contextvars.copy_context())


def _display(value: Any) -> None:
    """Show a value as the prompt does; what is a list after ``await`` is one in sync code too."""
    if isinstance(value, SyncRows):
        value = value.fetch()
    if value is not None:
        print(repr(value))


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in CELL.split(line.strip())[1:-1]]


def _code(cell: str) -> str:
    found = CODE.fullmatch(cell)
    if found is None:
        raise ValueError(f"a cell holds one piece of code, not {cell!r}")
    return found["code"]


def said(thing: Any, dialect: str) -> str:
    """The SQL of a query, or the column type of a field, on a database."""
    if isinstance(thing, Field):
        return type_info(dialect, thing).column(thing.value_field)
    return str(thing.sql(dialect)[0])


def agree(wanted: str, got: str) -> bool:
    """Whether a text is what was wanted; ``…`` matches anything and one space any white space."""
    parts = [re.escape(" ".join(part.split())) for part in wanted.split("…")]
    pattern = r"\s*.*?\s*".join(part.replace(r"\ ", " ") for part in parts)
    return re.fullmatch(pattern, " ".join(got.split()), re.S) is not None
