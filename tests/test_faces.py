"""Do the two public faces say the same words, and does the package keep its colours apart?"""

from __future__ import annotations

import io
import pathlib
import re
import subprocess
import sys
import tokenize
import zipfile

import pytest

import covet
from covet import aio, sync

ROOT = pathlib.Path(covet.__file__).parent
# The programs have no annotations: their functions are checked all the same.
MYPY = ["--strict", "--allow-untyped-defs", "--allow-untyped-calls"]


def test_a_face_has_the_names_without_colour_and_those_that_have_one() -> None:
    for face in (aio, sync):
        assert sorted(face.__all__) == sorted([*covet.__all__, *covet.COLOURED])


def test_every_name_of_a_face_is_there() -> None:
    for face in (aio, sync):
        assert [name for name in face.__all__ if not hasattr(face, name)] == []


@pytest.mark.parametrize("name", covet.__all__)
def test_a_name_without_colour_is_the_same_object_in_both(name: str) -> None:
    assert getattr(aio, name) is getattr(sync, name) is getattr(covet, name)


@pytest.mark.parametrize("name", sorted(covet.COLOURED - {"loaded"}))
def test_a_name_with_a_colour_is_another_object_in_each(name: str) -> None:
    assert getattr(aio, name) is not getattr(sync, name)


@pytest.mark.parametrize("name", sorted(covet.COLOURED))
def test_covet_itself_says_where_a_coloured_name_is(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Python sets `covet.database` once another test has imported covet.database.orm.
    monkeypatch.delattr(covet, name, raising=False)
    with pytest.raises(AttributeError) as raised:
        getattr(covet, name)

    assert str(raised.value) == (
        f"covet has no {name}, as it comes in two colours. "
        f"Write 'from covet.aio import {name}' for async code, "
        f"'from covet.sync import {name}' for sync code."
    )


def test_no_name_has_a_colour_and_none() -> None:
    assert covet.COLOURED.isdisjoint(covet.__all__)


@pytest.mark.parametrize("checker", [["mypy", *MYPY], ["pyright"]], ids=["mypy", "pyright"])
def test_the_programs_of_the_readme_have_no_type_errors(
    checker: list[str], tmp_path: pathlib.Path
) -> None:
    programs = re.findall(
        r"```python\n(.*?)```", (ROOT.parent.parent / "README.md").read_text(), re.S
    )
    assert len(programs) == 2
    files = [tmp_path / "async_half.py", tmp_path / "sync_half.py"]
    for file, program in zip(files, programs, strict=True):
        file.write_text(program)

    done = subprocess.run(
        [pathlib.Path(sys.executable).parent / checker[0], *checker[1:], *files],
        cwd=ROOT.parent.parent,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout


def test_the_sync_tree_holds_no_word_of_the_other_colour() -> None:
    words = {"async", "await", "asyncio", "aiosqlite", "aiomysql"}
    found = [
        f"{path.name}: {token.string}"
        for path in (ROOT / "_sync").rglob("*.py")
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
        if token.type == tokenize.NAME and token.string in words
    ]

    assert found == []


def test_a_sync_program_imports_nothing_of_the_async_colour() -> None:
    program = (
        "import sys; import covet.sync; "
        "print(*[name for name in sys.modules if name.startswith('covet._async')])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("\n", "")


def test_the_built_wheel_holds_both_trees(tmp_path: pathlib.Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT.parent.parent,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")

    names = set(zipfile.ZipFile(wheel).namelist())

    for tree in ("_async", "_sync"):
        for path in (ROOT / tree).glob("*.py"):
            assert f"covet/{tree}/{path.name}" in names
    for path in (ROOT / "panel" / "templates").iterdir():
        assert f"covet/panel/templates/{path.name}" in names
    assert "covet/py.typed" in names
