"""What may be set in ``pyproject.toml`` and in code, and what is refused?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from covet import ConfigurationError, NPlusOneDetector, detect_n_plus_one
from covet.watch.n_plus_one import find
from covet.watch.settings import Settings, settings

FORMS = (
    'Entries: a relation ("Author.posts", "Post.*"), a model ("Author"), a file ("app/legacy/*", '
    '"jobs.py") or a function of a file ("app/views.py:index").'
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, below that of the project."""
    below = tmp_path / "src"
    below.mkdir()
    monkeypatch.chdir(below)
    return tmp_path


def say(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)


def test_without_a_file_or_a_table_the_defaults_hold(folder: Path) -> None:
    assert Settings() == Settings(5, "log", (), True)
    say(folder, "[tool.other]\nx = 1\n")
    assert settings() == Settings()


def test_the_nearest_file_says_what_holds_and_code_says_otherwise(folder: Path) -> None:
    say(
        folder,
        '[tool.covet.n_plus_one]\nthreshold = 3\naction = "warn"\nallow = ["Post.*"]\n'
        "unused = false\n",
    )

    assert settings() == Settings(3, "warn", ("Post.*",), False)
    assert NPlusOneDetector().settings == settings()
    changed = detect_n_plus_one(9, "raise", ["jobs.py"], unused=True).settings
    assert changed == Settings(9, "raise", ("Post.*", "jobs.py"), True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("threshold = 1", "1 is no threshold (in {}). Give a number from 2: so many queries are "),
        ("threshold = true", "True is no threshold (in {})."),
        ('action = "print"', "There is no action 'print' (in {}). Actions: 'log', 'warn', 'raise'"),
        ('allow = "Post"', "allow takes a list, not 'Post' (in {}). " + FORMS),
        ("allow = [5]", "5 allows nothing (in {}). " + FORMS),
        ("unused = 1", "unused is either true or false, not 1 (in {})."),
        (
            "treshold = 3",
            "There is no setting 'treshold' (in {}). Did you mean 'threshold'? Settings: "
            "threshold, action, allow, unused.",
        ),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(text: str, message: str, folder: Path) -> None:
    say(folder, f"[tool.covet.n_plus_one]\n{text}\n")
    with pytest.raises(ConfigurationError) as raised:
        settings()
    where = f"[tool.covet.n_plus_one] of {folder / 'pyproject.toml'}"
    assert str(raised.value).startswith(message.format(where))


@pytest.mark.parametrize("text", ["[tool", "\xff"])
def test_a_file_that_is_none_is_refused(text: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml cannot be read: "):
        settings()


def test_a_setting_in_the_place_of_the_table_is_refused(folder: Path) -> None:
    say(folder, "[tool.covet]\nn_plus_one = 5\n")
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml is no table, but 5\.$"):
        settings()


@pytest.mark.parametrize(
    "entry", ["", "*", "*.*", "**/*", "Author.posts.tags", "a b", ":index", "Author:posts", 5, None]
)
def test_an_entry_of_no_form_is_refused(entry: Any) -> None:
    with pytest.raises(ConfigurationError, match=r" allows nothing \(in NPlusOneDetector\(…\)\)"):
        NPlusOneDetector(allow=[entry])


def test_wrong_arguments_are_refused_by_name() -> None:
    untyped: Any = detect_n_plus_one
    with pytest.raises(ConfigurationError) as raised:

        @untyped
        def page() -> None: ...

    assert str(raised.value).endswith(
        "is no threshold (in detect_n_plus_one(…)). "
        "As a decorator it is written with brackets: @detect_n_plus_one()."
    )
    with pytest.raises(ConfigurationError, match=r"0 is no threshold \(in find\(…\)\)"):
        find([], threshold=0)
    with pytest.raises(ConfigurationError, match=r"allow takes a list, not 'Post'"):
        find([], allow="Post")


def pages() -> Any:
    yield


async def slow_pages() -> Any:
    yield


class Page: ...


@pytest.mark.parametrize("function", [pages, slow_pages])
def test_a_generator_function_is_refused_as_its_code_runs_later(function: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        detect_n_plus_one()(function)
    assert str(raised.value) == (
        f"{function.__name__} is a generator function, whose code runs after it was called "
        "(in detect_n_plus_one(…)). Write the detector as a with block inside of it."
    )


@pytest.mark.parametrize("thing", [Page, "page"])
def test_what_is_no_function_is_refused(thing: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"is no function \(in detect_n_plus_one\(…\)\)"):
        detect_n_plus_one()(thing)
