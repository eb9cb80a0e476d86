"""How does the example go, from connecting to the last answer?"""

from __future__ import annotations

from covet.aio import capture_queries, connect

from ..answers import Answer, Question
from ..data import Data
from ..screen import Screen
from .load import load
from .questions import QUESTIONS

COLOUR = __name__.split(".")[-2].strip("_")


async def tell(url: str, data: Data | None, screen: Screen) -> list[Answer]:
    """The answers, shown on the screen as they come; without data the tables are left alone."""
    async with connect(url) as database:
        screen.title(f"The flights of 2013, told by {COLOUR} code on {database.url}")
        if data is not None:
            await load(data, screen)
        return [await ask(question, screen) for question in QUESTIONS]


async def ask(question: Question, screen: Screen) -> Answer:
    """The answer to one question, shown with the SQL behind it."""
    with capture_queries() as queries:
        answer: Answer = await question()
    screen.answer(question.__doc__ or question.__name__, answer, queries)
    return answer
