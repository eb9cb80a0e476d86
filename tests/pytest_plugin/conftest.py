"""How does a test run the tests of a user's project, in both colours?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from textwrap import dedent

import pytest

from covet.cli.twin import render

ASYNC, SYNC = "async", "sync"
INI = """
[pytest]
addopts = -p no:cacheprovider --strict-markers
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture(params=[ASYNC, SYNC])
def colour(request: pytest.FixtureRequest) -> str:
    """The colour of the user's project."""
    return str(request.param)


@pytest.fixture
def project(
    pytester: pytest.Pytester, alone: None, monkeypatch: pytest.MonkeyPatch, colour: str
) -> Run:
    """Runs tests that are written for async code, or their twin."""
    for name in ("COVET_DATABASE_URL", "CI"):  # there pytest writes longer lines
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(pytester.path)

    def run(source: str, *options: str, url: str = "sqlite://", **files: str) -> pytest.RunResult:
        pytester.makeini(f"{INI}covet_database_url = {url}\n")
        for name, text in {**files, "test_it": source}.items():
            text = dedent(text)
            if colour == SYNC:
                text = render(text, PurePath("test_it.py"))
            pytester.makepyfile(**{name: text})
        return pytester.runpytest_inprocess(*options)

    return run
