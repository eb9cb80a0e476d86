"""Are the answers the same in both colours, on every database, and without one?

The flights are those in ``data/``; ``scripts/compare_flights.py`` asks about all of them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .reference import Reference
from examples.flights._async import questions as async_questions
from examples.flights._async import run as async_run
from examples.flights._sync import questions as sync_questions
from examples.flights._sync import run as sync_run
from examples.flights.answers import Answer
from examples.flights.command import finish
from examples.flights.data import Data
from examples.flights.screen import SilentScreen

SAMPLE = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[2]
NAMES = [question.__name__ for question in async_questions.QUESTIONS]
TELL = {"async": async_run.tell, "sync": sync_run.tell}

Answers = dict[str, tuple[Any, Any]]


@pytest.fixture(scope="module")
def reference() -> Answers:
    found = Reference(Data(SAMPLE))
    return {name: getattr(found, name)() for name in NAMES}


@pytest.fixture(scope="module")
def told(url: str) -> Callable[[str, Data | None], list[Answer]]:
    """Load the data, or none, into the database and answer the questions, in a colour."""

    def told(colour: str, data: Data | None) -> list[Answer]:
        return list(finish(TELL[colour](url, data, SilentScreen())))

    return told


@pytest.mark.parametrize("asked", TELL)
@pytest.mark.parametrize("loaded", TELL)
def test_the_answers_are_right_in_the_colour_that_loaded_and_in_the_other(
    loaded: str, asked: str, told: Callable[..., list[Answer]], reference: Answers
) -> None:
    answers = told(loaded, Data(SAMPLE))
    if asked != loaded:
        answers = told(asked, None)
    assert {
        name: (answer.facts, answer.rows) for name, answer in zip(NAMES, answers, strict=True)
    } == reference


def test_both_colours_ask_the_same_questions() -> None:
    assert [(question.__name__, question.__doc__) for question in sync_questions.QUESTIONS] == [
        (question.__name__, question.__doc__) for question in async_questions.QUESTIONS
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_question_has_an_empty_answer_in_the_sample(name: str, reference: Answers) -> None:
    facts, rows = reference[name]
    assert facts
    assert 0 not in facts[:1]
    assert len(rows) != 1


@pytest.mark.parametrize("colour", TELL)
def test_the_command_prints_every_question_with_its_answer_and_sql(
    colour: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'flights.db'}"
    command = [sys.executable, "-m", f"examples.flights._{colour}", url, "--data", str(SAMPLE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert f"told by {colour} code on sqlite:///" in done.stdout
    for question in async_questions.QUESTIONS:
        assert f"  {question.__doc__}\n" in done.stdout
    assert "Hawaiian Airlines Inc. 51 from John F Kennedy Intl to Honolulu Intl" in done.stdout
    assert "\n      SELECT " in done.stdout
    assert f"{len(NAMES)} questions answered in " in done.stdout
