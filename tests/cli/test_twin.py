"""Does the twin generator make the right sync code, refuse the rest and find every difference?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePath
from textwrap import dedent

import pytest

from covet.cli import twin
from covet.cli.twin import RULES, Refused, Rule, generate, main, problems
from covet.errors import ConfigurationError

pytest.importorskip("unasync")

LIBRARY = "src/covet/_async/thing.py"
PROGRAM = "tests/_async/test_thing.py"
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def rendered(source: str, path: str = PROGRAM, root: Path | None = None) -> str:
    """The twin of a text, without its header."""
    text = twin.render(dedent(source), PurePath(path), library=path.startswith("src"), root=root)
    return text.split("\n", 2)[2]


def refused(source: str, path: str = PROGRAM, root: Path | None = None) -> list[str]:
    with pytest.raises(Refused) as info:
        rendered(source, path, root)
    return [str(problem) for problem in info.value.problems]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], None]:
    def write(path: str, source: str = "") -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(dedent(source), "utf-8")

    (tmp_path / "pyproject.toml").write_bytes(PYPROJECT.read_bytes())
    return write


@pytest.fixture
def house(tmp_path: Path, write: Callable[[str, str], None]) -> Path:
    """A small repository whose twins are up to date and in which every rule is of use."""
    write("src/covet/pairs.py", "def async_nap(): ...\ndef sync_nap(): ...\n")
    write(LIBRARY, "from ..pairs import async_nap\n\n\nasync def rest():\n    await async_nap()\n")
    write(PROGRAM, "from covet.aio import Model\n\n\nasync def test_it():\n    await Model.all()\n")
    assert generate(tmp_path)[1] == []
    return tmp_path


def found(root: Path, **options: object) -> list[str]:
    return [str(problem) for problem in problems(root, **options)]  # type: ignore[arg-type]


# --- what becomes of code -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f():\n    await g()\n", "def f():\n    g()\n"),
        ("async def f():\n    async with a as b: ...\n", "def f():\n    with a as b: ...\n"),
        ("async def f():\n    async for a in b: ...\n", "def f():\n    for a in b: ...\n"),
        (
            "async def f():\n    return [a async for a in b]\n",
            "def f():\n    return [a for a in b]\n",
        ),
        ("def __aenter__(self): ...\n", "def __enter__(self): ...\n"),
        ("from covet.aio import Model\n", "from covet.sync import Model\n"),
        ("import covet.aio as orm\n", "import covet.sync as orm\n"),
        ("from covet import aio\naio.connect()\n", "from covet import sync\nsync.connect()\n"),
        ("async_nap(AsyncLock())\n", "sync_nap(SyncLock())\n"),
        ("__all__ = ['AsyncLock', 'async_nap']\n", "__all__ = ['SyncLock', 'sync_nap']\n"),
        ("say('AsyncLock is held by async_nap')\n", "say('AsyncLock is held by async_nap')\n"),
        ("match = case = type = async_\n", "match = case = type = async_\n"),
        ("say(f'{a!r:>{width}} {{await}}')\n", "say(f'{a!r:>{width}} {{await}}')\n"),
        ("say(f'async{a}await')\n", "say(f'async{a}await')\n"),
        ("(await a).b\n", "a.b\n"),
    ],
)
def test_code_loses_its_colour(source: str, expected: str) -> None:
    assert rendered(source) == expected


@pytest.mark.parametrize(
    ("awaited", "plain"),
    [
        ("(await post.author).name", "post.author.name"),
        ("print((await get(1, (2,))).name)", "print(get(1, (2,)).name)"),
        ("return (await rows())[0]", "return rows()[0]"),
        ("[(await a)[0], (await (a)).b]", "[a[0], (a).b]"),
        ("(await (await a.b).c).d", "a.b.c.d"),
        ("(await a + 1).real", "(a + 1).real"),
        ("(await a or b).real", "(a or b).real"),
        ("print(await a).real", "print(a).real"),
        ("x[0](await a).real", "x[0](a).real"),
    ],
)
def test_parentheses_go_where_only_await_needed_them(awaited: str, plain: str) -> None:
    assert rendered(f"async def f():\n    {awaited}\n") == f"def f():\n    {plain}\n"


def test_a_twin_names_its_source() -> None:
    text = twin.render("x = 1\n", PurePath(PROGRAM))

    assert text == (
        "# generated from tests/_async/test_thing.py by scripts/generate_sync.py;\n"
        "# change that file, not this one\n"
        "x = 1\n"
    )


def test_a_script_keeps_its_first_line() -> None:
    text = twin.render("#!/usr/bin/env python\nx = 1\n", PurePath(PROGRAM))

    assert text.startswith("#!/usr/bin/env python\n# generated from ")


# --- what becomes of prose ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("Use ``await qs.fetch()`` here.", "Use ``qs.fetch()`` here."),
        ("Use `async with connect():`.", "Use `with connect():`."),
        ("``async for`` and ``async def``", "``for`` and ``def``"),
        ("From covet.aio, an AsyncLock.", "From covet.sync, an SyncLock."),
        ("Doctest:\n\n>>> await a.b()\n", "Doctest:\n\n>>> a.b()\n"),
        ("Block:\n\n    (await a.b).c  # all\n", "Block:\n\n    a.b.c  # all\n"),
        ("Fence:\n```\nawait a.b()\n```\n", "Fence:\n```\na.b()\n```\n"),
        (
            "Block:\n\n    async with a:\n        await b\n\nEnd.",
            "Block:\n\n    with a:\n        b\n\nEnd.",
        ),
    ],
)
def test_code_in_docstrings_loses_its_colour(prose: str, expected: str) -> None:
    assert rendered(f'"""{prose}"""\n', LIBRARY) == f'"""{expected}"""\n'


def test_an_indented_docstring_counts_its_blocks_from_its_own_margin() -> None:
    source = '''
    class Manager:
        """First line.

        Example:

            post = await Post.objects.get()

        Last line.
        """
    '''

    assert "    post = Post.objects.get()\n" in rendered(source, LIBRARY)


def test_docstrings_of_attributes_are_docstrings() -> None:
    source = 'class A:\n    b = 1\n    """What ``await a`` gives."""\n'

    assert '"""What ``a`` gives."""' in rendered(source, LIBRARY)


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# as in `await a.b()`", "# as in `a.b()`"),
        ("#     await a.b()", "#     a.b()"),
        ("# >>> await a.b()", "# >>> a.b()"),
        ("# type: ignore[misc]", "# type: ignore[misc]"),
    ],
)
def test_code_in_comments_loses_its_colour(comment: str, expected: str) -> None:
    assert rendered(f"x = 1  {comment}\n", LIBRARY) == f"x = 1  {expected}\n"


@pytest.mark.parametrize(
    "word", ["async", "Await", "awaited", "asyncio", "asynchronous", "coroutine"]
)
def test_the_library_names_no_colour_in_its_prose(word: str) -> None:
    (docstring,) = refused(f'"""First.\n\nThis is {word}.\n"""\n', LIBRARY)
    (comment,) = refused(f"x = 1\n# this is {word}\n", LIBRARY)

    assert docstring.startswith(f"{LIBRARY}:3: `{word}` in prose is wrong in the sync twin: ")
    assert comment.startswith(f"{LIBRARY}:2: `{word}` in prose is wrong in the sync twin: ")


def test_a_comment_inside_an_example_is_prose() -> None:
    (problem,) = refused('"""First.\n\n    await a  # await twice is fine\n"""\n', LIBRARY)

    assert problem.startswith(f"{LIBRARY}:3: `await` in prose")


def test_programs_may_say_what_they_like() -> None:
    assert rendered('"""The async one."""\n# awaited\nx = "asyncio"\n') == (
        '"""The async one."""\n# awaited\nx = "asyncio"\n'
    )


@pytest.mark.parametrize(
    ("string", "word"),
    [
        ("'write await first'", "await"),
        ("f'write await {x}'", "await"),
        ("'see covet.aio'", "covet.aio"),
        ("'list[AsyncLock]'", "AsyncLock"),
        ("'use async_nap()'", "async_nap"),
    ],
)
def test_the_library_names_no_colour_in_its_strings(string: str, word: str) -> None:
    assert refused(f"x = 1\ny = {string}\n", LIBRARY) == [
        f"{LIBRARY}:2: `{word}` in a string is not rewritten: say it without a colour, "
        "or take it from pairs.py"
    ]


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("f'{await x}'", "await"),
        ("f'{[a async for a in x]}'", "async for"),
        ("f'{a:{await x}}'", "await"),
        ("f'{AsyncLock}'", "AsyncLock"),
        ("f'{a.async_nap}'", "async_nap"),
        ("f'{a(aio=1)}'", "aio"),
        ('''f"{a['aio']}"''', "aio"),
        ("'a' f'{await x}'", "await"),
    ],
)
def test_f_strings_hold_nothing_to_rewrite(expression: str, what: str) -> None:
    assert refused(f"async def f():\n    return {expression}\n") == [
        f"{PROGRAM}:2: `{what}` in an f-string is not rewritten: give the value a name before it"
    ]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import asyncio", "asyncio"),
        ("from asyncio import gather", "asyncio.gather"),
        ("import asyncio.locks", "asyncio.locks"),
        ("import aiosqlite", "aiosqlite"),
        ("from contextlib import AsyncExitStack", "contextlib.AsyncExitStack"),
        ("from contextlib import aclosing", "contextlib.aclosing"),
        ("from collections.abc import Awaitable", "collections.abc.Awaitable"),
        ("from typing import Coroutine", "typing.Coroutine"),
        ("from inspect import isawaitable", "inspect.isawaitable"),
    ],
)
def test_async_tools_are_not_imported(source: str, what: str) -> None:
    assert refused(f"x = 1\n{source}\n", LIBRARY) == [
        f"{LIBRARY}:2: `{what}` has no sync counterpart: take it from pairs.py"
    ]
    assert refused(f"x = 1\n{source}\n") == [
        f"{PROGRAM}:2: `{what}` has no sync counterpart: "
        "write it without, or mark the file `# covet: no twin — <reason>`"
    ]


def test_async_tools_are_not_read_from_modules() -> None:
    source = """\
    import collections.abc
    import contextlib as c
    c.AsyncExitStack
    collections.abc.Awaitable
    """

    assert [problem.partition(" has")[0] for problem in refused(source)] == [
        f"{PROGRAM}:3: `contextlib.AsyncExitStack`",
        f"{PROGRAM}:4: `collections.abc.Awaitable`",
    ]


def test_asynccontextmanager_has_its_twin_but_the_library_takes_it_from_pairs() -> None:
    source = "from contextlib import asynccontextmanager\n"

    assert rendered(source) == "from contextlib import contextmanager\n"
    assert refused(source, LIBRARY) == [
        f"{LIBRARY}:1: `contextlib.asynccontextmanager` has no sync counterpart: "
        "take it from pairs.py"
    ]


def test_tests_use_the_fixtures_and_marks_of_both_colours() -> None:
    assert refused("import pytest_asyncio\n") == [
        f"{PROGRAM}:1: `pytest_asyncio` has no sync counterpart: "
        "use pytest.fixture, with asyncio_mode = auto"
    ]
    assert refused("import pytest\n\npytest.mark.asyncio\n") == [
        f"{PROGRAM}:3: `asyncio` is not rewritten: with asyncio_mode = auto, omit the mark"
    ]


def test_the_library_imports_itself_relatively() -> None:
    assert refused("import covet.errors\nfrom covet.pairs import x\n", LIBRARY) == [
        f"{LIBRARY}:1: `covet.errors`: in the library, import by relative imports",
        f"{LIBRARY}:2: `covet.pairs`: in the library, import by relative imports",
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("async def f():\n    await(x)\n", "2: `await` needs a space after it, or `(` is lost"),
        (
            "class A:\n    def __await__(self): ...\n",
            "2: `__await__` has no sync counterpart: take it from pairs.py",
        ),
        ("x = 1\nanext(x)\n", "2: `anext` is not rewritten: use `async for`"),
        ("x = 1\nx.aclose()\n", "2: `.aclose` is not rewritten: take it from pairs.py"),
        (
            "class A:\n    def __iter__(self): ...\n    def __aiter__(self): ...\n",
            "3: `__iter__` and `__aiter__` both become `__iter__`: "
            "for one of them, take it from pairs.py",
        ),
    ],
)
def test_what_would_come_out_wrong_is_refused(source: str, reason: str) -> None:
    assert refused(source, LIBRARY) == [f"{LIBRARY}:{reason}"]


def test_every_reason_is_given_in_the_order_of_lines() -> None:
    lines = [
        problem.split(":")[1] for problem in refused("import trio\nx = f'{aio}'\nimport anyio\n")
    ]

    assert lines == ["1", "2", "3"]


def test_a_name_without_its_counterpart_is_refused(
    tmp_path: Path, write: Callable[[str, str], None]
) -> None:
    write("src/covet/pairs.py", "class AsyncLock: ...\nasync_nap = sync_nap = None\n")

    assert refused("from ..pairs import AsyncLock, async_nap\n", LIBRARY, tmp_path) == [
        f"{LIBRARY}:1: `AsyncLock` becomes `SyncLock`, which `..pairs` lacks: take it from pairs.py"
    ]
    assert refused("from .. import pairs\npairs.AsyncLock\n", LIBRARY, tmp_path) == [
        f"{LIBRARY}:2: `AsyncLock` becomes `SyncLock`, which `..pairs` lacks: take it from pairs.py"
    ]
    assert len(refused("from covet.pairs import AsyncLock\n", PROGRAM, tmp_path)) == 1


@pytest.mark.parametrize(
    "pairs",
    [
        "def sync_nap(): ...",
        "from .naps import nap as sync_nap",
        "if TYPE_CHECKING:\n    import sync_nap\nelse:\n    async_nap = 1",
        "try:\n    async_nap = 1\nexcept ImportError:\n    sync_nap: int = 1",
        "being ( written",
        "",
    ],
)
def test_a_counterpart_is_found_however_it_is_made(
    pairs: str, tmp_path: Path, write: Callable[[str, str], None]
) -> None:
    write("src/covet/pairs.py", pairs)

    assert rendered("from ..pairs import async_nap\n", LIBRARY, tmp_path) == (
        "from ..pairs import sync_nap\n"
    )


def test_other_packages_have_no_twins(tmp_path: Path) -> None:
    assert refused("from unittest.mock import AsyncMock\n", root=tmp_path) == [
        f"{PROGRAM}:1: `AsyncMock` becomes `SyncMock`, which `unittest.mock` lacks: "
        "write it without, or mark the file `# covet: no twin — <reason>`"
    ]
    assert rendered("from typing import AsyncIterator\n", root=tmp_path) == (
        "from typing import Iterator\n"
    )


def test_a_face_is_imported_from_its_package(
    tmp_path: Path, write: Callable[[str, str], None]
) -> None:
    write("src/covet/__init__.py", "class Q: ...\n")
    write("src/covet/sync.py", "")

    assert rendered("from covet import aio\n", root=tmp_path) == "from covet import sync\n"


def test_a_name_that_no_rule_rewrites_is_not_left_over() -> None:
    assert refused("from covet._async.pool import Pool\n") == [
        f"{PROGRAM}: its twin would still hold _async: no rule rewrites it"
    ]


def test_a_twin_that_would_not_compile_is_refused() -> None:
    (problem,) = refused("x = 1\nreturn x\n")

    assert problem.startswith(f"{PROGRAM}: its twin would not compile: 'return' outside function")


def test_a_file_that_cannot_be_parsed_is_named(house: Path) -> None:
    (house / PROGRAM).write_text("def f(:\n")

    (problem,) = found(house)
    assert problem.startswith(f"{PROGRAM}:1: cannot be parsed: ")


def test_only_python_has_twins(house: Path, write: Callable[[str, str], None]) -> None:
    write("tests/_async/data.csv", "a,b")
    write("tests/_async/async_helpers.py", "")
    (house / "tests/_async/latin.py").write_bytes(b"# \xe9\n")

    assert found(house) == [
        "tests/_async/async_helpers.py: the twin would be imported as `sync_helpers`: "
        "give it a name without a colour",
        "tests/_async/data.csv: only .py files have twins: keep data outside of _async",
        "tests/_async/latin.py: is not UTF-8",
    ]


# --- files without a twin -----------------------------------------------------------------------


def test_a_marked_file_has_no_twin(house: Path, write: Callable[[str, str], None]) -> None:
    write(
        "tests/_async/test_tasks.py", '"""Tasks."""\n# covet: no twin — gathers\nimport asyncio\n'
    )

    assert found(house) == []
    assert generate(house) == ([], [])


def test_the_twin_of_a_marked_file_is_an_orphan(
    house: Path, write: Callable[[str, str], None]
) -> None:
    write("tests/_async/test_tasks.py", "# covet: no twin — gathers\n")
    write("tests/_sync/test_tasks.py", "")

    assert found(house) == [
        "tests/_sync/test_tasks.py: orphan: "
        "tests/_async/test_tasks.py says that it has no twin (gathers)"
    ]


def test_a_mark_gives_its_reason_and_the_library_has_none(
    house: Path, write: Callable[[str, str], None]
) -> None:
    write("tests/_async/test_tasks.py", "x = 1\n# covet: no twin\n")
    write("src/covet/_async/tasks.py", "# covet: no twin — gathers\n")

    assert found(house) == [
        "src/covet/_async/tasks.py:1: every file of the library has a twin",
        "tests/_async/test_tasks.py:2: `# covet: no twin — <reason>` needs its reason",
    ]


# --- what the check finds -----------------------------------------------------------------------

TWIN = "tests/_sync/test_thing.py"


def test_what_was_generated_is_up_to_date(house: Path) -> None:
    assert found(house) == []
    assert generate(house) == ([], [])
    assert (house / TWIN).read_text() == (
        "# generated from tests/_async/test_thing.py by scripts/generate_sync.py;\n"
        "# change that file, not this one\n"
        "from covet.sync import Model\n\n\n"
        "def test_it():\n    Model.all()\n"
    )


def test_a_truncated_twin_is_named(house: Path) -> None:
    text = (house / TWIN).read_text()
    (house / TWIN).write_text("".join(text.splitlines(keepends=True)[:4]))

    assert found(house) == [f"{TWIN}:4: truncated: it ends at line 4 of 7"]


def test_an_empty_twin_is_truncated(house: Path) -> None:
    (house / TWIN).write_text("")

    assert found(house) == [f"{TWIN}: truncated: it ends at line 0 of 7"]


def test_a_twin_that_goes_on_is_named(house: Path) -> None:
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
def test_a_twin_edited_by_hand_is_named(house: Path, old: str, new: str, shown: str) -> None:
    text = (house / TWIN).read_bytes()
    (house / TWIN).write_bytes(text.replace(old.encode(), new.encode()))

    assert found(house) == [
        f"{TWIN}:7: edited by hand, or its source changed since: "
        f"should be '    Model.all()', is {shown}"
    ]


def test_a_missing_twin_is_named(house: Path) -> None:
    (house / TWIN).unlink()

    assert found(house) == [f"{TWIN}: missing: it has not been generated"]


def test_an_orphan_is_named_whatever_it_is(house: Path, write: Callable[[str, str], None]) -> None:
    write("src/covet/_sync/old.py", "")
    write("tests/_sync/data.txt", "")
    write("examples/blog/_sync/main.py", "")

    assert found(house) == [
        "src/covet/_sync/old.py: orphan: src/covet/_async/old.py does not exist",
        "tests/_sync/data.txt: orphan: tests/_async/data.txt does not exist",
        "examples/blog/_sync/main.py: orphan: examples/blog/_async/main.py does not exist",
    ]


def test_caches_are_no_orphans(house: Path, write: Callable[[str, str], None]) -> None:
    write("tests/_sync/__pycache__/test_old.cpython-311.pyc", "")
    write("tests/_sync/.DS_Store", "")

    assert found(house) == []


def test_a_rule_that_matches_nothing_is_named(house: Path) -> None:
    rules = (*RULES, Rule("nothing", "something", "never"))

    assert found(house, rules=rules) == [
        "src/covet/cli/twin/rules.py: the rule nothing → something matches nothing: remove it"
    ]


def test_a_refused_file_hides_nothing_else(house: Path) -> None:
    (house / PROGRAM).write_text("from covet.aio import a\nimport asyncio\n")
    (house / "src/covet/_sync/thing.py").unlink()

    assert [problem.split(": ")[0] for problem in found(house)] == [
        f"{PROGRAM}:2",
        "src/covet/_sync/thing.py",
    ]


# --- what generating does -----------------------------------------------------------------------


def test_generating_mends_what_the_check_finds(
    house: Path, write: Callable[[str, str], None]
) -> None:
    (house / TWIN).write_text("")
    write(
        "tests/_sync/old.py", "# generated from tests/_async/old.py by scripts/generate_sync.py;\n"
    )

    assert generate(house) == ([f"wrote {TWIN}", "removed tests/_sync/old.py"], [])
    assert found(house) == []


def test_generating_leaves_what_was_written_by_hand(
    house: Path, write: Callable[[str, str], None]
) -> None:
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


def test_imports_and_exports_are_sorted_anew(
    house: Path, write: Callable[[str, str], None]
) -> None:
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


def test_carriage_returns_do_not_reach_the_twin(house: Path) -> None:
    (house / PROGRAM).write_bytes((house / PROGRAM).read_bytes().replace(b"\n", b"\r\n"))

    assert found(house) == []


# --- the command line ---------------------------------------------------------------------------


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


# --- the same on every Python -------------------------------------------------------------------

EVERYTHING = r'''
"""Docs with ``await x``."""
from contextlib import asynccontextmanager

class A:
    async def f(self, x, width=3):
        async with x as y, y:
            yield (await y.z).name
        print(f"async{x}await {{await}} {x!r:>{width}} {x['a']:%Y}", rf"\d{x}" "AsyncB", b"AsyncB")
        print(f"""{
            x
        } AsyncC async_d""", 'async_d', "AsyncC")
        return [a async for a in x if await \
            a]
'''


@pytest.mark.parametrize("python", ["python3.12", "python3.13"])
def test_the_twin_is_the_same_on_every_python(python: str) -> None:
    program = (
        # unasync needs setuptools for its build command only, and ours may be too old for them.
        "import sys; from unittest.mock import MagicMock; from pathlib import PurePath;"
        "sys.modules.update({n: MagicMock() for n in ('setuptools', 'setuptools.command')});"
        "sys.modules['setuptools.command'].build_py.build_py = object;"
        "from covet.cli.twin import render;"
        "sys.stdout.write(render(sys.stdin.read(), PurePath('x.py')))"
    )
    path = ":".join([str(PYPROJECT.parent / "src"), *(p for p in sys.path if "site-packages" in p)])
    interpreter = _interpreter(python)
    if interpreter is None:
        pytest.skip(f"{python} is not on this machine")

    done = subprocess.run(
        [interpreter, "-c", program],
        input=EVERYTHING,
        env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == twin.render(EVERYTHING, PurePath("x.py"))


def _interpreter(name: str) -> str | None:
    version = name.removeprefix("python")
    places = [
        *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")),
        *(Path(folder) / name for folder in ("/usr/bin", "/usr/local/bin")),
    ]
    return next((str(place) for place in places if place.exists()), None)
