"""What is an answer: a sentence, the facts in it, and perhaps a table?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Question = Callable[[], Any]  # gives an Answer, which has to be awaited in one of the colours


class Answer(NamedTuple):
    """A sentence with holes in it, the facts that fill them, and rows that tell more.

    Two answers are equal when their facts and rows are, whichever database they came from.
    """

    words: str
    facts: tuple[Any, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()

    @property
    def sentence(self) -> str:
        """The words with the facts in them."""
        return self.words.format(*self.facts)

    def with_table(self, columns: str, rows: Iterable[Sequence[Any]]) -> Answer:
        """The answer with a table below it; ``columns`` are the headings, separated by commas."""
        headings = tuple(heading.strip() for heading in columns.split(","))
        return self._replace(columns=headings, rows=tuple(tuple(row) for row in rows))


def answer(words: str, *facts: Any) -> Answer:
    """An answer whose words have a hole, such as ``{:,}``, for each fact."""
    return Answer(words, facts)


def certain(found: T | None) -> T:
    """What was found, where the data is known to hold it."""
    if found is None:
        raise LookupError("the flights data lacks a row that a question is about")
    return found
