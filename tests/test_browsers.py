"""Does the run find the browser that its user means?"""

from __future__ import annotations

import os
import sys

import pytest

from . import browsers
from .browsers import NAMES, VARIABLE, Browser


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is named, and nothing is installed."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")


def test_the_one_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, sys.executable)
    assert browsers.provide(may_install=False) == Browser(sys.executable, VARIABLE)


def test_a_name_of_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/nowhere/chromium")
    found = browsers.provide(may_install=True)
    assert found == Browser(None, f"{VARIABLE} names no program: /nowhere/chromium")


def test_none_is_installed_unless_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(browsers, "apt_install", lambda *names: asked.extend(names))
    missing = Browser(None, "not installed (apt install chromium)")
    assert browsers.provide(may_install=False) == missing
    assert asked == []
    assert browsers.provide(may_install=True) == missing
    assert asked == ["chromium"]


def test_what_is_installed_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    def install(name: str) -> bool:
        program = f"{tmp_path}/{name}"
        with open(program, "w", opener=lambda path, flags: os.open(path, flags, 0o755)):
            monkeypatch.setenv("PATH", str(tmp_path))
        return True

    monkeypatch.setattr(browsers, "apt_install", install)
    path = f"{tmp_path}/{NAMES[0]}"
    assert browsers.provide(may_install=True) == Browser(path, path)
