"""Does the twin generator refuse what would come out wrong, and say what to write instead?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

LIBRARY = "src/covet/_async/thing.py"
PROGRAM = "tests/_async/test_thing.py"
Render = Callable[..., str]
Refuse = Callable[..., list[str]]
Write = Callable[..., None]
Find = Callable[..., list[str]]


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
def test_f_strings_hold_nothing_to_rewrite(expression: str, what: str, refused: Refuse) -> None:
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
def test_async_tools_are_not_imported(source: str, what: str, refused: Refuse) -> None:
    assert refused(f"x = 1\n{source}\n", LIBRARY) == [
        f"{LIBRARY}:2: `{what}` has no sync counterpart: take it from pairs.py"
    ]
    assert refused(f"x = 1\n{source}\n") == [
        f"{PROGRAM}:2: `{what}` has no sync counterpart: "
        "write it without, or mark the file `# covet: no twin — <reason>`"
    ]


def test_async_tools_are_not_read_from_modules(refused: Refuse) -> None:
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


def test_asynccontextmanager_has_its_twin_but_the_library_takes_it_from_pairs(
    rendered: Render, refused: Refuse
) -> None:
    source = "from contextlib import asynccontextmanager\n"

    assert rendered(source) == "from contextlib import contextmanager\n"
    assert refused(source, LIBRARY) == [
        f"{LIBRARY}:1: `contextlib.asynccontextmanager` has no sync counterpart: "
        "take it from pairs.py"
    ]


def test_tests_use_the_fixtures_and_marks_of_both_colours(refused: Refuse) -> None:
    assert refused("import pytest_asyncio\n") == [
        f"{PROGRAM}:1: `pytest_asyncio` has no sync counterpart: "
        "use pytest.fixture, with asyncio_mode = auto"
    ]
    assert refused("import pytest\n\npytest.mark.asyncio\n") == [
        f"{PROGRAM}:3: `asyncio` is not rewritten: with asyncio_mode = auto, omit the mark"
    ]


def test_the_library_imports_itself_relatively(refused: Refuse) -> None:
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
def test_what_would_come_out_wrong_is_refused(source: str, reason: str, refused: Refuse) -> None:
    assert refused(source, LIBRARY) == [f"{LIBRARY}:{reason}"]


def test_every_reason_is_given_in_the_order_of_lines(refused: Refuse) -> None:
    lines = [
        problem.split(":")[1] for problem in refused("import trio\nx = f'{aio}'\nimport anyio\n")
    ]

    assert lines == ["1", "2", "3"]


def test_a_name_without_its_counterpart_is_refused(
    tmp_path: Path, write: Write, refused: Refuse
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
    pairs: str, tmp_path: Path, write: Write, rendered: Render
) -> None:
    write("src/covet/pairs.py", pairs)

    assert rendered("from ..pairs import async_nap\n", LIBRARY, tmp_path) == (
        "from ..pairs import sync_nap\n"
    )


def test_other_packages_have_no_twins(tmp_path: Path, rendered: Render, refused: Refuse) -> None:
    assert refused("from unittest.mock import AsyncMock\n", root=tmp_path) == [
        f"{PROGRAM}:1: `AsyncMock` becomes `SyncMock`, which `unittest.mock` lacks: "
        "write it without, or mark the file `# covet: no twin — <reason>`"
    ]
    assert rendered("from typing import AsyncIterator\n", root=tmp_path) == (
        "from typing import Iterator\n"
    )


def test_a_face_is_imported_from_its_package(
    tmp_path: Path, write: Write, rendered: Render
) -> None:
    write("src/covet/__init__.py", "class Q: ...\n")
    write("src/covet/sync.py", "")

    assert rendered("from covet import aio\n", root=tmp_path) == "from covet import sync\n"


def test_a_name_that_no_rule_rewrites_is_not_left_over(refused: Refuse) -> None:
    assert refused("from covet._async.pool import Pool\n") == [
        f"{PROGRAM}: its twin would still hold _async: no rule rewrites it"
    ]


def test_a_twin_that_would_not_compile_is_refused(refused: Refuse) -> None:
    (problem,) = refused("x = 1\nreturn x\n")

    assert problem.startswith(f"{PROGRAM}: its twin would not compile: 'return' outside function")


def test_a_file_that_cannot_be_parsed_is_named(house: Path, found: Find) -> None:
    (house / PROGRAM).write_text("def f(:\n")

    (problem,) = found(house)
    assert problem.startswith(f"{PROGRAM}:1: cannot be parsed: ")


def test_only_python_has_twins(house: Path, write: Write, found: Find) -> None:
    write("tests/_async/data.csv", "a,b")
    write("tests/_async/async_helpers.py", "")
    (house / "tests/_async/latin.py").write_bytes(b"# \xe9\n")

    assert found(house) == [
        "tests/_async/async_helpers.py: the twin would be imported as `sync_helpers`: "
        "give it a name without a colour",
        "tests/_async/data.csv: only .py files have twins: keep data outside of _async",
        "tests/_async/latin.py: is not UTF-8",
    ]
