"""What is watched while a test's body runs?

A scope is seen in its own context only, and who runs a test decides about its context:
pytest-asyncio copies the one around, anyio has one task for many tests. So scopes are entered where
they are seen for certain, in the test function itself: it is wrapped.
"""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any, Literal, TypeAlias

import pytest

from ..errors import BudgetExceeded, ConfigurationError, NPlusOneError, NPlusOneWarning
from ..watch import NPlusOneDetector, QueryTracker, query_budget
from ..watch.budgets import Budget
from ..watch.tracker import Scope
from .summary import Summary

N_PLUS_ONE = pytest.StashKey[Literal["raise", "warn", "off"]]()
SUMMARY = pytest.StashKey[Summary]()
TRACKER = pytest.StashKey[QueryTracker]()

VERDICTS = (BudgetExceeded, ConfigurationError, NPlusOneError, NPlusOneWarning)

Enter: TypeAlias = Callable[[], Scope[Any]]
"""Gives the scope for a run of a test's body; Hypothesis runs it many times."""


def scopes_of(item: pytest.Item) -> Iterator[Enter]:
    """What watches a test's body: nothing, unless an option, a marker or a fixture says so."""
    stash = item.config.stash
    if (tracker := item.stash.get(TRACKER, None)) is not None:
        yield lambda: tracker
    if (summary := stash.get(SUMMARY, None)) is not None:
        yield lambda: summary.of(item.nodeid)
    if (mark := item.get_closest_marker("max_queries")) is not None:
        yield lambda: max_queries(*mark.args, **mark.kwargs)
    if (action := stash[N_PLUS_ONE]) != "off":
        allowed = list(item.iter_markers("allow_n_plus_one"))
        if all(mark.args or mark.kwargs for mark in allowed):
            yield lambda: detector(action, allowed)


def max_queries(
    n: int | None = None, *, rows: int | None = None, ms: float | None = None
) -> Budget:
    """The budget of a marker."""
    if n is None and rows is None and ms is None:
        raise ConfigurationError(
            "The marker max_queries has no limit",
            fix="Write @pytest.mark.max_queries(3), or give it rows= or ms=.",
        )
    return query_budget(queries=n, rows=rows, ms=ms)


def detector(action: Literal["raise", "warn"], allowed: list[pytest.Mark]) -> NPlusOneDetector:
    """What looks for N+1 queries that markers do not allow."""
    if any(mark.kwargs for mark in allowed):
        raise ConfigurationError(
            "The marker allow_n_plus_one takes no names",
            fix='Write @pytest.mark.allow_n_plus_one("Author.posts"), or without brackets.',
        )
    allow = [one for mark in allowed for one in mark.args]
    # What is loaded for nothing is no sign of a mistake: a test looks at some of its rows.
    return NPlusOneDetector(action=action, allow=allow, unused=False)


def watched(function: Callable[..., Any], scopes: list[Enter]) -> Callable[..., Any]:
    """A test function whose body runs in scopes."""

    @wraps(function)
    async def waits(*args: Any, **kwargs: Any) -> Any:
        with judged(scopes):
            return await function(*args, **kwargs)

    @wraps(function)
    def runs(*args: Any, **kwargs: Any) -> Any:
        with judged(scopes):
            return function(*args, **kwargs)

    return waits if inspect.iscoroutinefunction(function) else runs


@contextmanager
def judged(scopes: list[Enter]) -> Iterator[None]:
    """A block in scopes, which fails the test with what they say of it, and no traceback."""
    is_theirs = True
    try:
        with ExitStack() as stack:
            for scope in scopes:
                stack.enter_context(scope())
            is_theirs = False
            yield
            is_theirs = True
    except VERDICTS as verdict:
        if is_theirs:
            raise pytest.fail.Exception(str(verdict), pytrace=False) from None
        raise


def place_of(item: pytest.Function) -> tuple[Any, str]:
    """Where those who run a test look for its function: an object, and the attribute's name."""
    if is_hypothesis(item):
        return item.obj.hypothesis, "inner_test"
    if isinstance(item.instance, unittest.TestCase) and is_async(item):
        return item.instance, item.name
    return item, "obj"


def is_hypothesis(item: pytest.Function) -> bool:
    """Whether Hypothesis calls the test's function, so many times."""
    return hasattr(item.obj, "hypothesis")


def is_async(item: pytest.Function) -> bool:
    """Whether a test is a coroutine function."""
    function = item.obj.hypothesis.inner_test if is_hypothesis(item) else item.obj
    return inspect.iscoroutinefunction(function)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Have a test's body watched."""
    if not isinstance(item, pytest.Function) or not (scopes := list(scopes_of(item))):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        holder, name = place_of(item)
        patch.setattr(holder, name, watched(getattr(holder, name), scopes))
        return (yield)
