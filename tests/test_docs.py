"""Does every example of the documentation run, in both colours, and give what the page says?"""

from __future__ import annotations

import doctest
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sybil.example import SybilFailure

from covet import errors, expressions
from covet.aio import Manager, QuerySet
from covet.drivers.url import LIBPQ, OPTIONS
from covet.query_builder import changing, query
from covet.schema import choices, validators

from .oracle.django_twin import ready as ready  # a page needs a Django that has its settings
from .pages import ASYNC, SYNC, Page, agree

ROOT = Path(__file__).parent.parent
ON_EVERY_DATABASE = [ROOT / "docs" / "explanation" / "one-meaning.md"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NONE = "\N{EN DASH}"
pytestmark = pytest.mark.usefixtures("alone")
COLOURS = pytest.mark.parametrize("colour", [ASYNC, SYNC])


def name(path: Path) -> str:
    """A page as the test's name shows it."""
    return str(path.relative_to(ROOT))


@pytest.fixture(autouse=True)
def frameworks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A page may name Django's settings, though the process has some; and Litestar sets up logs."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "which.are.configured")
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@COLOURS
@pytest.mark.parametrize(
    "path", [page for page in PAGES if page not in ON_EVERY_DATABASE], ids=name
)
def test_page_is_true(path: Path, colour: str) -> None:
    Page(path, colour).run()


@COLOURS
@pytest.mark.parametrize("path", ON_EVERY_DATABASE, ids=name)
def test_page_is_true_on_every_database(
    path: Path, colour: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    Page(path, colour).run()


@COLOURS
def test_the_readme_prints_what_it_says(colour: str) -> None:
    page = Page(ROOT / "README.md", colour)
    page.run()
    assert f"Both print `{page.printed.strip()}`" in page.document.text


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_every_option_of_connect_is_listed_with_its_default() -> None:
    text = (ROOT / "docs" / "reference" / "connect.md").read_text()
    listed = {
        name: default.strip("`")
        for names, default in re.findall(r"^\| (`[a-z_].*?) \| (.*?) \|", text, re.M)
        for name in re.findall(r"`(\w+)`", names)
    }
    for options in OPTIONS.values():
        for name, option in options.items():
            if name not in LIBPQ:
                default = NONE if option.default is None else str(option.default)
                assert listed[name] == default.removesuffix(".0")


def test_every_method_of_querysets_and_managers_is_listed() -> None:
    text = (ROOT / "docs" / "reference" / "querysets.md").read_text()
    listed = set(re.findall(r"`(?:\w+\.)?(\w+)[(`]", text))
    inner = {"bound", "unbound"}  # which only the making of models calls
    for cls in (QuerySet, Manager):
        public = {name for name in dir(cls) if not name.startswith("_")} - inner
        assert public <= listed, sorted(public - listed)


@pytest.mark.parametrize(
    "module", [errors, expressions.base, expressions.q, query, changing, choices, validators]
)
def test_examples_of_docstrings_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


MODEL = """
```python
from covet.aio import *

class Post(Model):
    title = CharField(max_length=9)
```
"""


@COLOURS
@pytest.mark.parametrize(
    "claim",
    [
        "```python\n1 / 0\n```",
        "```python\nprint(1)\n```\n\n```text\n2\n```",
        "```python\nPost.objects.all()\n```\n\n```sql\nSELECT 1\n```",
        "```python\nprint(1)\n```\nThis prints\n```text\n1\n```",
        "```pycon\n>>> 1 + 1\n3\n```",
        "```pycon\n>>> 1 / 0\n```",
        "```pycon\n>>> 1\nTraceback (most recent call last):\nValueError\n```",
        "| Query | SQL |\n|---|---|\n| `Post.objects.all()` | `SELECT 1` |\n",
        "| Field | MariaDB |\n|---|---|\n| `IntegerField()` | `bigint` |\n",
    ],
)
def test_a_wrong_claim_is_found(claim: str, colour: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{MODEL}\n{claim}\n")
    with pytest.raises((SybilFailure, ZeroDivisionError)):
        Page(page, colour).run()


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
