"""Are servers looked for in the right order, and is one of our own run and ended properly?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from signal import SIGTERM

import pytest

from . import servers
from .servers import POSTGRESQL, keep, private
from .servers.find import find
from .servers.products import Product

# Stand-ins for a server, in sh: the user that root becomes may not reach our Python.
SERVING = """echo $$ > server.pid; exec sleep 60"""
FAILING = """echo no room; exit 1"""


def plan_of(script: str) -> Callable[[Path, int, str | None], private.Plan]:
    """The plan of a server that is a script."""
    commands = ["true"], ["sh", "-c", script]
    return lambda folder, port, user: private.Plan(*commands, f"fake://{port}", SIGTERM)


class Connection:
    def close(self) -> None:
        pass


def product(reachable: set[str]) -> Product:
    """A product of which only these URLs answer, and which is not installed."""

    def connect(url: str) -> Connection:
        if url not in reachable:
            raise ConnectionError(f"nobody at {url}")
        return Connection()

    return replace(
        POSTGRESQL,
        variable="COVET_TEST_FAKE_URL",
        connect=connect,
        may_create=lambda connection: True,
        programs=lambda: None,
    )


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(keep, "KEPT", tmp_path / "running.json")
    monkeypatch.delenv("COVET_TEST_IGNORE_RUNNING", raising=False)


def test_the_environment_names_a_server_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVET_TEST_FAKE_URL", "fake://mine")

    found = find(product({"fake://mine", POSTGRESQL.default}), may_start=False, may_install=False)

    assert (found.url, found.origin) == ("fake://mine", "COVET_TEST_FAKE_URL")


def test_a_named_server_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVET_TEST_FAKE_URL", "fake://mine")

    with pytest.raises(servers.Unusable, match=r"COVET_TEST_FAKE_URL .* nobody at fake://mine"):
        find(product({POSTGRESQL.default}), may_start=False, may_install=False)


def test_then_comes_the_default_port() -> None:
    found = find(product({POSTGRESQL.default}), may_start=False, may_install=False)

    assert found.url == POSTGRESQL.default


def test_running_servers_can_be_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVET_TEST_IGNORE_RUNNING", "1")

    found = find(product({POSTGRESQL.default}), may_start=True, may_install=False)

    assert (found.url, found.origin) == (None, "not running, and not installed")


def test_a_server_whose_user_may_not_create_databases_is_passed_over() -> None:
    powerless = replace(product({POSTGRESQL.default}), may_create=lambda connection: False)

    assert find(powerless, may_start=False, may_install=False).url is None


def test_a_private_server_ends_with_its_folder() -> None:
    _, server = private.start(plan_of(SERVING), "nobody", lambda url: True)
    assert server.pid() is not None

    server.stop()

    assert (server.pid(), server.folder.exists()) == (None, False)


def test_a_private_server_that_ends_at_once_tells_why() -> None:
    with pytest.raises(private.NotStarted, match="no room"):
        private.start(plan_of(FAILING), "nobody", lambda url: False)


def test_a_server_left_running_is_known_to_the_next_command() -> None:
    url, server = private.start(plan_of(SERVING), "nobody", lambda url: True)
    private.eventually(lambda: (server.folder / "server.pid").exists())

    keep.remember([keep.Kept("postgresql", url, server)])
    recalled = keep.recall()["postgresql"]

    assert (recalled.url, recalled.private.pid()) == (url, server.pid())
    server.stop()
    assert keep.recall() == {}
