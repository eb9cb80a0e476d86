"""Which databases does this run test on?

A test that asks for ``kind``, or for a fixture that does (``url``, ``scratch``, ``database``,
``db``), runs once on each database; ``@pytest.mark.databases("sqlite")`` names fewer of them.
"""

from __future__ import annotations

import gc
import os
import re
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

import covet._async.database
import covet._async.model
import covet._async.signals
import covet._sync.database
import covet._sync.model
import covet._sync.signals
from covet.schema import registry

from . import browsers, servers
from .databases import Scratch
from .databases import scratch as new_scratch

KINDS = ("sqlite", *(product.kind for product in servers.PRODUCTS))
MAY_INSTALL = "COVET_TEST_MAY_INSTALL"
FOUND = pytest.StashKey[list[servers.Server]]()
BROWSER = pytest.StashKey[browsers.Browser]()

hypothesis.settings.register_profile(
    "covet",
    deadline=None,  # a database may take its time
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
)
hypothesis.settings.load_profile("covet")


# Servers: found, or started, once by the process that the user called; workers inherit its URLs.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases",
        default=",".join(KINDS),
        metavar="KINDS",
        help=f"test on these only ({','.join(KINDS)}); the others' servers are not looked for",
    )
    parser.addoption("--long", action="store_true", help="with as much data as the promise names")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "databases(kind, ...): the databases that the test is meant for; else all"
    )
    if hasattr(config, "workerinput"):
        return
    if not chosen(config) <= set(KINDS):
        raise pytest.UsageError(f"--databases takes {', '.join(KINDS)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # our servers are to end with us
    config.stash[FOUND] = found = find_servers(chosen(config))
    for server in found:
        os.environ[server.product.variable] = server.url or ""
    missing = [server.product.name for server in found if server.url is None]
    if "sqlite" in chosen(config):  # on which the pages are tested that a browser is to show
        config.stash[BROWSER] = browser = find_browser()
        os.environ[browsers.VARIABLE] = browser.path or ""
        missing += [] if browser.path else ["Chromium"]
    if missing and os.environ.get("CI"):
        raise pytest.UsageError(f"CI tests with all there is, and has no {', no '.join(missing)}")


def find_servers(kinds: set[str]) -> list[servers.Server]:
    """The servers to test on, started if need be, installed if scripts/test allowed it."""
    try:
        return servers.provide(only=kinds, may_install=bool(os.environ.get(MAY_INSTALL)))
    except servers.Unusable as error:
        raise pytest.UsageError(str(error)) from None


def find_browser() -> browsers.Browser:
    """The browser to test with, installed if scripts/test allowed it."""
    return browsers.provide(may_install=bool(os.environ.get(MAY_INSTALL)))


def pytest_unconfigure(config: pytest.Config) -> None:
    for server in config.stash.get(FOUND, []):
        server.stop()


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = ["databases: SQLite (a temporary file)"] if "sqlite" in chosen(config) else []
    for server in config.stash.get(FOUND, []):
        name, origin = server.product.name, server.origin
        lines.append(
            f"databases: {name} ({origin})"
            if server.url
            else f"!!! NO {name.upper()}, ITS TESTS ARE SKIPPED: {origin}"
        )
    if browser := config.stash.get(BROWSER, None):
        missing = f"!!! NO CHROMIUM, ITS TESTS ARE SKIPPED: {browser.origin}"
        lines.append(f"browser: Chromium ({browser.origin})" if browser.path else missing)
    return lines


def chosen(config: pytest.Config) -> set[str]:
    """The kinds of database to test on."""
    return set(filter(None, config.getoption("--databases").split(",")))


# Databases: one of each kind for each worker, made when first asked for.


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect garbage of tests alone: what stands for thousands of tests stays until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("databases")
    meant = marker.args if marker else KINDS
    kinds = [kind for kind in KINDS if kind in meant and kind in chosen(metafunc.config)]
    metafunc.parametrize("kind", kinds or [None], scope="module", indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that are for none of the chosen databases."""
    refuse_addresses(items)
    left_out = {item for item in items if parameters(item).get("kind", "") is None}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def refuse_addresses(items: list[pytest.Item]) -> None:
    """Workers have to agree on the tests' names, and none knows another's addresses."""
    for item in items:
        if re.search(r" at 0x[0-9a-f]{6}", item.nodeid):
            raise pytest.UsageError(f"give parametrize ids without addresses: {item.nodeid}")


def parameters(item: pytest.Item) -> dict[str, object]:
    """What a test is called with."""
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec else {}


@pytest.fixture(scope="module")
def kind(request: pytest.FixtureRequest) -> str:
    """The database that the test runs on: sqlite, postgresql or mysql."""
    return str(request.param)


@pytest.fixture(scope="session")
def scratches() -> Iterator[Callable[[str], Scratch]]:
    """Gives the run's own database of a kind."""
    made: dict[str, Scratch] = {}

    def give(kind: str) -> Scratch:
        if kind not in made:
            made[kind] = new_scratch(kind, server_for(kind))
        return made[kind]

    yield give
    for scratch in made.values():
        scratch.drop()


def server_for(kind: str) -> str | None:
    """The URL of the server for a kind of database; skips the test where there is none."""
    product = next((product for product in servers.PRODUCTS if product.kind == kind), None)
    if product is None:
        return None
    return os.environ.get(product.variable) or pytest.skip(f"no {product.name} on this machine")


@pytest.fixture(scope="module")
def scratch(kind: str, scratches: Callable[[str], Scratch]) -> Iterator[Scratch]:
    """The run's own database, without tables at the module's start."""
    scratch = scratches(kind)
    yield scratch
    scratch.clear()


@pytest.fixture(scope="module")
def url(scratch: Scratch) -> str:
    """The URL of the run's own database."""
    return scratch.url


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing else is there: no models, databases or receivers, and a folder of its own."""
    monkeypatch.setattr(registry, "TWINS", {})
    for model in (covet._async.model, covet._sync.model):
        for models in ("models", "named", "pending"):
            monkeypatch.setattr(model.registry, models, {})
    for database in (covet._async.database, covet._sync.database):
        monkeypatch.setattr(database, "_connected", {})
    for signals in (covet._async.signals, covet._sync.signals):
        for one in vars(signals).values():
            if isinstance(one, signals.Signal):
                monkeypatch.setattr(one, "receivers", ())
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
