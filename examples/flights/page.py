"""How does an answer look on a page?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Any, Literal, NamedTuple

from .answers import Answer
from .sql import Query, grouped, laid_out, parameters

WIDTH = 96
Style = Literal["question", "answer", "heading", "table", "sql", "note"]


class Line(NamedTuple):
    """Some text, without its indent, and what it is."""

    style: Style
    text: str


def page(number: int, question: str, answer: Answer, queries: Sequence[Query]) -> Iterator[Line]:
    """The question, the answer, the table below it, and the SQL behind both."""
    yield Line("question", f"{number:2}  {question}")
    yield Line("answer", fill(answer.sentence, WIDTH))
    if answer.rows:
        yield from table(answer)
    for statement in grouped(queries):
        yield Line("sql", laid_out(statement.sql, WIDTH))
        note = [f"with {parameters(statement.params)}"] if statement.params else []
        note += [f"and {statement.times - 1} more like it"] if statement.times > 1 else []
        if note:
            yield Line("note", ", ".join(note))
    yield Line("note", spent(queries))


def table(answer: Answer) -> Iterator[Line]:
    """The rows in columns: numbers to the right, all else to the left."""
    cells = [[shown(value) for value in row] for row in answer.rows]
    widths = [max(map(len, column)) for column in zip(answer.columns, *cells, strict=True)]
    numeric = [isinstance(value, int) for value in answer.rows[0]]
    for number, row in enumerate([answer.columns, *cells]):
        aligned = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        yield Line("table" if number else "heading", "   ".join(aligned).rstrip())


def shown(value: Any) -> str:
    """A cell of a table."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def spent(queries: Sequence[Query]) -> str:
    """How many queries there were, and how long they took."""
    seconds = sum(query.seconds for query in queries)
    return f"{len(queries)} {'query' if len(queries) == 1 else 'queries'}, {duration(seconds)}"


def duration(seconds: float) -> str:
    """A time in the unit that fits it."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"
