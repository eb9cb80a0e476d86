# generated from examples/flights/_async/run.py by scripts/generate_sync.py;
# change that file, not this one
"""How does the example go, from connecting to the last answer?"""

from __future__ import annotations

from covet.sync import capture_queries, connect

from ..answers import Answer, Question
from ..data import Data
from ..screen import Screen
from .load import load
from .questions import QUESTIONS

COLOUR = __name__.split(".")[-2].strip("_")


def tell(url: str, data: Data | None, screen: Screen) -> list[Answer]:
    """The answers, shown on the screen as they come; without data the tables are left alone."""
    with connect(url) as database:
        screen.title(f"The flights of 2013, told by {COLOUR} code on {database.url}")
        if data is not None:
            load(data, screen)
        return [ask(question, screen) for question in QUESTIONS]


def ask(question: Question, screen: Screen) -> Answer:
    """The answer to one question, shown with the SQL behind it."""
    with capture_queries() as queries:
        answer: Answer = question()
    screen.answer(question.__doc__ or question.__name__, answer, queries)
    return answer
