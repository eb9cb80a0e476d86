"""What do the tests of the twin generator share?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from textwrap import dedent
from typing import Any

import pytest

from covet.cli import twin

LIBRARY = "src/covet/_async/thing.py"
PROGRAM = "tests/_async/test_thing.py"
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
def rendered() -> Callable[..., str]:
    """The twin of a text, without its header."""
    pytest.importorskip("unasync")

    def rendered(source: str, path: str = PROGRAM, root: Path | None = None) -> str:
        library = path.startswith("src")
        text = twin.render(dedent(source), PurePath(path), library=library, root=root)
        return text.split("\n", 2)[2]

    return rendered


@pytest.fixture
def refused(rendered: Callable[..., str]) -> Callable[..., list[str]]:
    """Why a text has no twin."""

    def refused(source: str, path: str = PROGRAM, root: Path | None = None) -> list[str]:
        with pytest.raises(twin.Refused) as info:
            rendered(source, path, root)
        return [str(problem) for problem in info.value.problems]

    return refused


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    """Write a file of a small repository that is formatted as this one."""

    def write(path: str, source: str = "") -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(dedent(source), "utf-8")

    (tmp_path / "pyproject.toml").write_bytes(PYPROJECT.read_bytes())
    return write


@pytest.fixture
def house(tmp_path: Path, write: Callable[..., None]) -> Path:
    """A small repository whose twins are up to date and in which every rule is of use."""
    pytest.importorskip("unasync")
    write("src/covet/pairs.py", "def async_nap(): ...\ndef sync_nap(): ...\n")
    write(LIBRARY, "from ..pairs import async_nap\n\n\nasync def rest():\n    await async_nap()\n")
    write(PROGRAM, "from covet.aio import Model\n\n\nasync def test_it():\n    await Model.all()\n")
    assert twin.generate(tmp_path)[1] == []
    return tmp_path


@pytest.fixture
def found() -> Callable[..., list[str]]:
    """What the check says about a repository."""

    def found(root: Path, **options: Any) -> list[str]:
        return [str(problem) for problem in twin.problems(root, **options)]

    return found
