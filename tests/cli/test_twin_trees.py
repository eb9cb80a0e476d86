"""Does the check find every difference between the trees, and does generating mend it?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path, PurePath

import pytest

from covet.cli import twin
from covet.cli.twin import RULES, Rule, generate, main
from covet.errors import ConfigurationError

LIBRARY = "src/covet/_async/thing.py"
PROGRAM = "tests/_async/test_thing.py"
Write = Callable[..., None]
Find = Callable[..., list[str]]


def test_a_marked_file_has_no_twin(house: Path, write: Write, found: Find) -> None:
    write(
        "tests/_async/test_tasks.py", '"""Tasks."""\n# covet: no twin — gathers\nimport asyncio\n'
    )

    assert found(house) == []
    assert generate(house) == ([], [])


def test_the_twin_of_a_marked_file_is_an_orphan(house: Path, write: Write, found: Find) -> None:
    write("tests/_async/test_tasks.py", "# covet: no twin — gathers\n")
    write("tests/_sync/test_tasks.py", "")

    assert found(house) == [
        "tests/_sync/test_tasks.py: orphan: "
        "tests/_async/test_tasks.py says that it has no twin (gathers)"
    ]


def test_a_mark_gives_its_reason_and_the_library_has_none(
    house: Path, write: Write, found: Find
) -> None:
    write("tests/_async/test_tasks.py", "x = 1\n# covet: no twin\n")
    write("src/covet/_async/tasks.py", "# covet: no twin — gathers\n")

    assert found(house) == [
        "src/covet/_async/tasks.py:1: every file of the library has a twin",
        "tests/_async/test_tasks.py:2: `# covet: no twin — <reason>` needs its reason",
    ]


TWIN = "tests/_sync/test_thing.py"


def test_what_was_generated_is_up_to_date(house: Path, found: Find) -> None:
    assert found(house) == []
    assert generate(house) == ([], [])
    assert (house / TWIN).read_text() == (
        "# generated from tests/_async/test_thing.py by scripts/generate_sync.py;\n"
        "# change that file, not this one\n"
        "from covet.sync import Model\n\n\n"
        "def test_it():\n    Model.all()\n"
    )


def test_a_truncated_twin_is_named(house: Path, found: Find) -> None:
    text = (house / TWIN).read_text()
    (house / TWIN).write_text("".join(text.splitlines(keepends=True)[:4]))

    assert found(house) == [f"{TWIN}:4: truncated: it ends at line 4 of 7"]


def test_an_empty_twin_is_truncated(house: Path, found: Find) -> None:
    (house / TWIN).write_text("")

    assert found(house) == [f"{TWIN}: truncated: it ends at line 0 of 7"]


def test_a_twin_that_goes_on_is_named(house: Path, found: Find) -> None:
    with (house / TWIN).open("a") as file:
        file.write("x = 1\n")

    assert found(house) == [f"{TWIN}:8: goes on after its end with 'x = 1'"]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Model.all()", "Model.none()", "'    Model.none()'"),
        ("    Model.all()\n", "    Model.all()\r\n", "'    Model.all()\\r'"),
        ("    Model.all()\n", "\n\n", "''"),
    ],
)
def test_a_twin_edited_by_hand_is_named(
    house: Path, old: str, new: str, shown: str, found: Find
) -> None:
    text = (house / TWIN).read_bytes()
    (house / TWIN).write_bytes(text.replace(old.encode(), new.encode()))

    assert found(house) == [
        f"{TWIN}:7: edited by hand, or its source changed since: "
        f"should be '    Model.all()', is {shown}"
    ]


def test_a_missing_twin_is_named(house: Path, found: Find) -> None:
    (house / TWIN).unlink()

    assert found(house) == [f"{TWIN}: missing: it has not been generated"]


def test_an_orphan_is_named_whatever_it_is(house: Path, write: Write, found: Find) -> None:
    write("src/covet/_sync/old.py", "")
    write("tests/_sync/data.txt", "")
    write("examples/blog/_sync/main.py", "")

    assert found(house) == [
        "src/covet/_sync/old.py: orphan: src/covet/_async/old.py does not exist",
        "tests/_sync/data.txt: orphan: tests/_async/data.txt does not exist",
        "examples/blog/_sync/main.py: orphan: examples/blog/_async/main.py does not exist",
    ]


def test_caches_are_no_orphans(house: Path, write: Write, found: Find) -> None:
    write("tests/_sync/__pycache__/test_old.cpython-311.pyc", "")
    write("tests/_sync/.DS_Store", "")

    assert found(house) == []


def test_a_rule_that_matches_nothing_is_named(house: Path, found: Find) -> None:
    rules = (*RULES, Rule("nothing", "something", "never"))

    assert found(house, rules=rules) == [
        "src/covet/cli/twin/rules.py: the rule nothing → something matches nothing: remove it"
    ]


def test_a_refused_file_hides_nothing_else(house: Path, found: Find) -> None:
    (house / PROGRAM).write_text("from covet.aio import a\nimport asyncio\n")
    (house / "src/covet/_sync/thing.py").unlink()

    assert [problem.split(": ")[0] for problem in found(house)] == [
        f"{PROGRAM}:2",
        "src/covet/_sync/thing.py",
    ]


def test_generating_mends_what_the_check_finds(house: Path, write: Write, found: Find) -> None:
    (house / TWIN).write_text("")
    write(
        "tests/_sync/old.py", "# generated from tests/_async/old.py by scripts/generate_sync.py;\n"
    )

    assert generate(house) == ([f"wrote {TWIN}", "removed tests/_sync/old.py"], [])
    assert found(house) == []


def test_generating_leaves_what_was_written_by_hand(house: Path, write: Write) -> None:
    write("tests/_sync/mine.py", "x = 1\n")

    done, left = generate(house)

    assert done == []
    assert [problem.path for problem in left] == [PurePath("tests/_sync/mine.py")]
    assert (house / "tests/_sync/mine.py").exists()


def test_a_refused_file_keeps_its_twin_and_holds_up_no_other(house: Path) -> None:
    before = (house / TWIN).read_text()
    (house / PROGRAM).write_text("from covet.aio import a\nimport asyncio\n")
    (house / LIBRARY).write_text("from ..pairs import async_nap\n")

    done, left = generate(house)

    assert done == ["wrote src/covet/_sync/thing.py"]
    assert len(left) == 1
    assert (house / TWIN).read_text() == before


def test_imports_and_exports_are_sorted_anew(house: Path, write: Write) -> None:
    for module in ("__init__", "schema", "sync"):  # ruff knows its own packages by their files
        write(f"src/covet/{module}.py", "")
    write(
        "tests/_async/test_order.py",
        """\
        import os

        from covet.aio import Model
        from covet.schema import Field
        from pytest import raises

        __all__ = ["async_nap", "bed", "yawn"]
        """,
    )
    generate(house)

    text = (house / "tests/_sync/test_order.py").read_text()
    assert text.split("\n", 2)[2] == (
        "import os\n\n"
        "from pytest import raises\n\n"
        "from covet.schema import Field\n"
        "from covet.sync import Model\n\n"
        '__all__ = ["bed", "sync_nap", "yawn"]\n'
    )


def test_carriage_returns_do_not_reach_the_twin(house: Path, found: Find) -> None:
    (house / PROGRAM).write_bytes((house / PROGRAM).read_bytes().replace(b"\n", b"\r\n"))

    assert found(house) == []


def test_the_command_generates_and_checks(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (house / TWIN).unlink()

    assert main(house, ["--check"]) == 1
    assert main(house, []) == 0
    assert main(house, []) == 0
    assert main(house, ["--check"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{TWIN}: missing: it has not been generated",
        f"wrote {TWIN}",
        "nothing to do: the twins are up to date",
        "2 twins are up to date",
    ]


def test_another_ruff_than_the_pinned_one_is_refused(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (house / "pyproject.toml").write_text('[dependency-groups]\ndev = ["ruff==0.0.1"]\n')

    assert main(house, ["--check"]) == 2
    assert "but pyproject.toml pins 0.0.1. Install it: pip install ruff==0.0.1" in (
        capsys.readouterr().err
    )


def test_what_ruff_complains_of_is_passed_on(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (house / "pyproject.toml").write_text("[tool.ruff]\nno-such-setting = 1\n")

    assert main(house, ["--check"]) == 2
    assert "no-such-setting" in capsys.readouterr().err


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unasync", None)

    with pytest.raises(ConfigurationError) as info:
        twin.Renamer()
    assert str(info.value) == (
        "The twin generator needs unasync, which is not installed. "
        "Install it: pip install unasync==0.6.0 ruff"
    )
