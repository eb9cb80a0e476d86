"""Which names does a twin change, and into what?

``unasync`` removes ``async`` and ``await`` and renames ``__aenter__``, ``AsyncIterator``,
``AsyncThing`` → ``SyncThing`` and the like. ``RULES`` is what covet adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .tools import tool


class Rule(NamedTuple):
    """One name, or all names that begin alike (``find`` and ``replace`` end in ``*``)."""

    find: str
    replace: str
    reason: str

    def apply(self, name: str) -> str | None:
        """The new name, or None where the rule does not match."""
        if not self.find.endswith("*"):
            return self.replace if name == self.find else None
        start = self.find[:-1]
        if not name.startswith(start) or name == start:
            return None
        return self.replace[:-1] + name.removeprefix(start)


RULES = (
    Rule("aio", "sync", "covet.aio is the public face of async code, covet.sync of sync code"),
    Rule("async_*", "sync_*", "functions that differ by hand come in pairs, async_x and sync_x"),
)


class Token(NamedTuple):
    """A piece of source text; the pieces of a file joined give the file."""

    name: str
    src: str
    line: int
    offset: int  # in UTF-8 bytes from the line's start, as ast counts


class Renamer:
    """Gives names their twins, and remembers which of its rules were of use."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self.rules = tuple(rules)
        self.used: set[Rule] = set()
        self._unasync = tool("unasync").Rule("/_async/", "/_sync/")
        self._known = self._unasync._unasync_name
        # unasync's own table holds exact names only; this is where it looks up every one.
        self._unasync._unasync_name = self.rename

    def rename(self, name: str) -> str:
        """The name in sync code. What is no name, such as a sentence in a string, stays."""
        if not name.isidentifier():
            return name
        for rule in self.rules:
            renamed = rule.apply(name)
            if renamed is not None:
                self.used.add(rule)
                return renamed
        return str(self._known(name))

    def changes(self, name: str) -> bool:
        """Does this name read differently in sync code?"""
        return self.rename(name) != name

    def is_standard(self, name: str) -> bool:
        """Is this one of Python's own names that unasync renames rightly?"""
        return name in self._unasync.token_replacements

    def tokens(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """The tokens of the sync code."""
        return iter(self._unasync._unasync_tokens(tokens))


def tokens_of(source: str) -> list[Token]:
    """The tokens of a file, with each f-string as one string.

    From Python 3.12 on, the tokenizer looks into f-strings and unasync would rewrite them; before,
    they were strings. As one string they are left alone everywhere; ``refusals`` sees to it that
    there was nothing to rewrite.
    """
    tokens: list[Token] = []
    depth = 0
    for name, src, line, offset in tool("tokenize_rt").src_to_tokens(source):
        starts, ends = name.endswith("STRING_START"), name.endswith("STRING_END")
        if depth:
            last = tokens[-1]
            tokens[-1] = last._replace(src=last.src + src)
        else:
            tokens.append(Token("STRING" if starts else name, src, line, offset))
        depth += starts - ends
    return tokens
