"""How is SQL shown? On lines of its own for each clause, and in colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from markupsafe import Markup, escape
from pygments import format as rendered
from pygments.formatters import HtmlFormatter
from pygments.lexer import inherit
from pygments.lexers.sql import SqlLexer
from pygments.token import Keyword, Name, Punctuation, String, Whitespace

from .limits import cut

Token: TypeAlias = tuple[Any, str]

# Words that begin a line.
_CLAUSE = re.compile(
    "FROM|WHERE|GROUP|HAVING|WINDOW|ORDER|LIMIT|OFFSET|SET|VALUES|RETURNING|UNION|INTERSECT|EXCEPT"
)
_JOIN = re.compile("JOIN|INNER|LEFT|RIGHT|FULL|CROSS|NATURAL")
_NOT_BEFORE = {"FROM": "DISTINCT"}  # IS DISTINCT FROM
LONGEST_LIST = 40
# Colours take twenty times the room of the text, and a while: a page may have 500 statements.
MOST_COLOURED = 3_000


class Lexer(SqlLexer):
    """SQL with MariaDB's quoted names and the drivers' placeholders."""

    tokens = {  # noqa: RUF012
        "root": [
            (r"`(?:``|[^`])*`", String.Symbol),
            (r"%s|%\(\w+\)s|\?", Name.Variable),
            inherit,
        ]
    }


_LEXER = Lexer(stripnl=True, ensurenl=False)
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


@lru_cache(maxsize=128)
def sql_html(sql: str) -> Markup:
    """A statement in colours, each clause on a line of its own."""
    if len(sql) > MOST_COLOURED:
        return escape(sql)
    return _html(laid_out(_LEXER.get_tokens(sql)))


@lru_cache(maxsize=128)
def sql_line(sql: str) -> Markup:
    """A statement in colours on one line, without the columns that it selects if these are many."""
    line = " ".join(sql.split())
    if len(line) > MOST_COLOURED:
        return escape(cut(line, MOST_COLOURED))
    return _html(without_columns(list(_LEXER.get_tokens(line))))


def _html(tokens: Iterable[Token]) -> Markup:
    # Pygments escapes what it is given.
    return Markup(rendered(tokens, _FORMATTER).rstrip("\n"))


def laid_out(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens with each clause on a line of its own; what is in brackets stays together."""
    depth, before = 0, ""
    held: Token | None = None  # a space, which may become a line break
    for kind, text in tokens:
        if kind in Whitespace or text.isspace():
            held = (Whitespace, " " if "\n" not in text else text)
            continue
        depth += text.count("(") - text.count(")") if kind in Punctuation else 0
        word = text.upper() if kind in Keyword else ""
        if held is not None:
            breaks = depth == 0 and begins_line(word, before)
            yield (Whitespace, "\n") if breaks else held
        yield kind, text
        held, before = None, word


def begins_line(word: str, before: str) -> bool:
    """Whether a keyword begins a clause, or a join, given the keyword that stands before it."""
    if _JOIN.fullmatch(word):
        return not (_JOIN.fullmatch(before) or before == "OUTER")
    return _CLAUSE.fullmatch(word) is not None and before != _NOT_BEFORE.get(word)


def without_columns(tokens: list[Token]) -> Iterator[Token]:
    """The tokens with ``…`` in the place of a long list of columns."""
    first = next((n for n, (_, text) in enumerate(tokens) if not text.isspace()), 0)
    end = _end_of_columns(tokens, first)
    if end is None or sum(len(text) for _, text in tokens[first + 1 : end]) <= LONGEST_LIST:
        yield from tokens
        return
    yield tokens[first]
    yield Punctuation, " … "
    yield from tokens[end:]


def _end_of_columns(tokens: list[Token], first: int) -> int | None:
    if not tokens or tokens[first][1].upper() != "SELECT":
        return None
    depth = 0
    for n, (kind, text) in enumerate(tokens[first + 1 :], first + 1):
        depth += text.count("(") - text.count(")") if kind in Punctuation else 0
        if depth == 0 and kind in Keyword and text.upper() == "FROM":
            return n
    return None
