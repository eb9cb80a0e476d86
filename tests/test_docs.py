"""Does every example of the documentation run, in both colours, and give what the page says?"""

from __future__ import annotations

from pathlib import Path

import pytest

import covet._async.database
import covet._async.model
import covet._sync.database
import covet._sync.model
from covet.schema import registry

from .pages import ASYNC, SYNC, Page, agree

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A page is alone in its process: no other models, no other databases, a folder of its own."""
    monkeypatch.setattr(registry, "TWINS", {})
    for model in (covet._async.model, covet._sync.model):
        monkeypatch.setattr(model.registry, "models", {})
        monkeypatch.setattr(model.registry, "pending", [])
    for database in (covet._async.database, covet._sync.database):
        monkeypatch.setattr(database, "_connected", {})
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("colour", [ASYNC, SYNC])
@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_is_true(path: Path, colour: str) -> None:
    Page(path, colour).run()


@pytest.mark.parametrize(
    ("wanted", "got", "is_same"),
    [
        ("SELECT 1\n  FROM a", "SELECT 1 FROM a\n", True),
        ("… WHERE x = ?", "SELECT * FROM a WHERE x = ?", True),
        ("… WHERE x = ?", "SELECT * FROM a WHERE x = ? LIMIT ?", False),
        ("a.b", "axb", False),
    ],
)
def test_expected_text_agrees(wanted: str, got: str, is_same: bool) -> None:
    assert agree(wanted, got) is is_same
