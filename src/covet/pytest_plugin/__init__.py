"""What does covet give to pytest?

pytest loads this by itself. It looks at each test for an option, a marker or a fixture of covet's,
and does nothing where there is none.
"""

from __future__ import annotations

from typing import Any

import pytest

from . import fixtures, watching
from .summary import Summary
from .watching import N_PLUS_ONE, SUMMARY

ACTIONS = ("raise", "warn", "off")
MARKERS = (
    "max_queries(n, rows=None, ms=None): the most that the test may ask of its databases",
    "allow_n_plus_one(*relations): let one query for each of many rows pass: all, or those along "
    'the relations named, such as "Author.posts"',
    "covet_db(transactional=False): connect the tests' database; transactional=True commits, and "
    "deletes all rows afterwards",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which options there are."""
    group = parser.getgroup("covet")
    group.addoption(
        "--covet-n-plus-one",
        choices=ACTIONS,
        help="what to do about a query for each of many rows in a test (default: off)",
    )
    group.addoption(
        "--covet-queries",
        type=int,
        metavar="N",
        help="show the N slowest and the N most repeated queries at the end (0 for all)",
    )
    parser.addini("covet_n_plus_one", "the default of --covet-n-plus-one", default="off")
    parser.addini(
        "covet_database_url",
        "the database beside which covet_db makes its own, with test_ before the name; the "
        "environment's COVET_DATABASE_URL wins over it (default: SQLite)",
        default="sqlite://",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the fixtures, read the options, and say which markers there are."""
    for module in (fixtures, watching):
        config.pluginmanager.register(module, module.__name__)
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    action = config.getoption("covet_n_plus_one") or config.getini("covet_n_plus_one")
    if action not in ACTIONS:
        raise pytest.UsageError(f"covet_n_plus_one is {', '.join(ACTIONS)}, not {action!r}")
    config.stash[N_PLUS_ONE] = action
    most = config.getoption("covet_queries")
    if most is not None:
        if most < 0:
            raise pytest.UsageError(f"--covet-queries takes a number from 0, not {most}")
        config.stash[SUMMARY] = Summary(most)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give tests with the marker ``covet_db`` the fixture."""
    if isinstance(item, pytest.Function) and item.get_closest_marker("covet_db") is not None:
        databases = {"covet_db", "covet_db_async", "covet_db_sync"}
        if databases.isdisjoint(item.fixturenames):
            item.fixturenames.append("covet_db")


# The summary: each worker of pytest-xdist sends its own to the process that writes.


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what this worker has seen."""
    config: Any = session.config  # which xdist gives an attribute
    if SUMMARY in config.stash and hasattr(config, "workeroutput"):
        config.workeroutput["covet_queries"] = config.stash[SUMMARY].packed()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take what a worker has seen."""
    if SUMMARY in node.config.stash:
        node.config.stash[SUMMARY].unpack(
            getattr(node, "workeroutput", {}).get("covet_queries", [])
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the summary."""
    summary = terminalreporter.config.stash.get(SUMMARY, None)
    if summary is not None:
        summary.write(terminalreporter.section, terminalreporter.line)
