"""Which statement may the database be asked about, and what is said where it may not?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..sql.explaining import is_select
from .records import Statement

if TYPE_CHECKING:
    from .replies import Reply

_CHANGES = re.compile(r"\b(?:insert|(?<!for )(?<!key )update|delete|merge|replace|into)\b", re.I)


class Question(NamedTuple):
    """A statement that the database is asked about.

    Attributes:
        alias: the database.
        sql: the statement's text, as the program sent it.
        params: its parameters.
    """

    alias: str
    sql: str
    params: Sequence[Any]


class Plan(NamedTuple):
    """What came of it.

    Attributes:
        text: the database's answer, or why there is none.
        failed: whether there is none.
    """

    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Explain:
    """A reply that needs a plan first.

    Attributes:
        question: what the database is asked.
        reply: makes the reply.
    """

    question: Question
    reply: Callable[[Plan], Reply]


def refused(statement: Statement) -> str | None:
    """Why a statement's plan is not asked for; None where it may be.

    The text is one that the program has sent, and EXPLAIN does not run it. But a second statement
    behind a semicolon would be run.
    """
    sql = statement.sql
    begins_with = sql.lstrip("( \t\r\n")[:4].upper()
    if not is_select(sql) or (begins_with == "WITH" and _CHANGES.search(sql)):
        return "Only a SELECT is explained."
    if ";" in sql.rstrip("; \t\r\n"):
        return "A statement with a semicolon in it is not explained, as it may be several."
    if statement.given is None:
        return "Its parameters are hidden or too large, and were not kept."
    return None


def question(statement: Statement) -> Question:
    """What the database is asked."""
    assert statement.given is not None
    return Question(statement.alias, statement.sql.rstrip("; \t\r\n"), statement.given)
