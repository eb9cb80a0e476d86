"""What does a docstring or a comment about async code say in the sync twin?

Code in it (doctest lines, indented and fenced blocks, ``literals``) loses ``await`` and ``async``,
and names are renamed everywhere. The words around it stay as they are.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from .rules import Token

Rename = Callable[[str], str]

# Words that are true in one colour only.
COLOURED = re.compile(
    r"\b(async|await(?:s|ed|ing|able|ables)?|asyncio|asynchronous(?:ly)?|coroutines?)\b", re.I
)
LITERAL = re.compile(r"(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.S)
NAME = re.compile(r"[A-Za-z_]\w*")
KEYWORD = re.compile(r"\basync[ \t]+(?=(?:with|for|def)\b)|\bawait[ \t]+(?=\S)")
# (await post.author).name, which reads post.author.name without its await
AWAITED = re.compile(r"(?<![\w)\]])\(await[ \t]+([\w.]+(?:\([^()]*\))?)\)(?=[.\[])")
TAIL = re.compile(r"(?<=\S)\s+# .*$")


def is_prose(token: Token, docstrings: Docstrings) -> bool:
    """Is this token a comment, or (part of) a docstring?"""
    return token.name == "COMMENT" or (
        token.name == "STRING" and (token.line, token.offset) in docstrings
    )


class Docstrings:
    """Where the docstrings of a file are; strings that stand alone after an attribute included."""

    def __init__(self, tree: ast.AST) -> None:
        self._spans = [
            _Span(
                (value.lineno, value.col_offset), (value.end_lineno or 0, value.end_col_offset or 0)
            )
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr)
            and isinstance(value := node.value, ast.Constant)
            and isinstance(value.value, str)
        ]

    def __contains__(self, position: tuple[int, int]) -> bool:
        return any(span.start <= position < span.end for span in self._spans)


class _Span(NamedTuple):
    start: tuple[int, int]
    end: tuple[int, int]


def rewritten(token: Token, rename: Rename) -> Token:
    """A comment or docstring token as it reads in the sync twin."""
    rewrite = _comment if token.name == "COMMENT" else _docstring
    return token._replace(src=rewrite(token.src, rename))


def _comment(src: str, rename: Rename) -> str:
    body = src.removeprefix("#")
    is_code = body.startswith("    ") or _is_prompt(body)
    return "#" + (_code(body, rename) if is_code else _words(body, rename))


def _docstring(src: str, rename: Rename) -> str:
    return "\n".join(
        (_code if is_code else _words)("\n".join(line for line, _ in lines), rename)
        for is_code, lines in groupby(_marked(src.split("\n")), key=lambda marked: marked[1])
    )


def _marked(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Each line of a docstring, and whether it is code."""
    margin = min((_indent(line) for line in lines[1:] if line.strip()), default=0)
    fenced = block = False
    blank_before = False
    for number, line in enumerate(lines):
        blank = not line.strip()
        deep = number > 0 and _indent(line) >= margin + 4
        if not blank:
            # As in Markdown: an indented block begins after a blank line, and ends with its indent.
            block = deep and (block or blank_before)
        if line.strip().startswith("```"):
            fenced = not fenced
        yield line, number > 0 and (fenced or block or _is_prompt(line))
        blank_before = blank


def _is_prompt(line: str) -> bool:
    return line.lstrip().startswith((">>> ", "... "))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _code(text: str, rename: Rename) -> str:
    return "\n".join(_code_line(line, rename) for line in text.split("\n"))


def _code_line(line: str, rename: Rename) -> str:
    tail = TAIL.search(line)
    end = len(line) if tail is None else tail.start()
    return _bare(line[:end], rename) + _words(line[end:], rename)


def _bare(code: str, rename: Rename) -> str:
    return _names(KEYWORD.sub("", AWAITED.sub(r"\1", code)), rename)


def _words(text: str, rename: Rename) -> str:
    def literal(match: re.Match[str]) -> str:
        return match[1] + KEYWORD.sub("", AWAITED.sub(r"\1", match[2])) + match[1]

    return _names(LITERAL.sub(literal, text), rename)


def _names(text: str, rename: Rename) -> str:
    return NAME.sub(lambda match: rename(match[0]), text)


def coloured(tokens: Iterable[Token]) -> Iterator[tuple[int, str]]:
    """Line and word of what is still true in one colour only."""
    for token in tokens:
        for word in COLOURED.finditer(token.src):
            yield token.line + token.src.count("\n", 0, word.start()), word[0]
