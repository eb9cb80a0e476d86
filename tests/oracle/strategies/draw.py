"""How are things drawn: how often, how many, and for how long is a test tried?"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]

engine.MAX_SHRINKING_SECONDS = 60
"""Making a failure small must end before the test run takes it for hanging, which is at 300 s."""

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""Twenty times the examples, for a night or before a release."""


def examples(number: int) -> settings:
    """How a test of the oracle runs: ``number`` examples, or many more when thorough.

    Explaining a failure takes more runs than finding it, and the note on the failing question says
    it better.
    """
    return settings(
        max_examples=number * 20 if THOROUGH else number,
        deadline=None,
        print_blob=True,
        report_multiple_bugs=THOROUGH,
        phases=[phase for phase in Phase if phase is not Phase.explain],
        # The database with its empty tables outlives the examples: each leaves it as it was.
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def mostly(usual: st.SearchStrategy[T], other: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Two times out of three the usual."""
    return st.integers(0, 2).flatmap(lambda n: usual if n else other)


@st.composite
def some(draw: Draw[Any], of: st.SearchStrategy[T], most: int, least: int = 0) -> list[T]:
    """A list whose longer lengths are likelier; ``st.lists`` prefers the ends."""
    lengths = [length for length in range(least, most + 1) for _ in range(1 + min(length, 3))]
    length = draw(st.sampled_from(lengths))
    found: list[T] = draw(st.lists(of, min_size=length, max_size=length))
    return found
