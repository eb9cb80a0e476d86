"""Does a twin say in sync code what its source says in async code, on every Python?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePath

import pytest

from covet.cli import twin

LIBRARY = "src/covet/_async/thing.py"
PROGRAM = "tests/_async/test_thing.py"
ROOT = Path(__file__).parents[2]
Render = Callable[..., str]
Refuse = Callable[..., list[str]]


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
def test_code_loses_its_colour(source: str, expected: str, rendered: Render) -> None:
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
def test_parentheses_go_where_only_await_needed_them(
    awaited: str, plain: str, rendered: Render
) -> None:
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
def test_code_in_docstrings_loses_its_colour(prose: str, expected: str, rendered: Render) -> None:
    assert rendered(f'"""{prose}"""\n', LIBRARY) == f'"""{expected}"""\n'


def test_an_indented_docstring_counts_its_blocks_from_its_own_margin(rendered: Render) -> None:
    source = '''
    class Manager:
        """First line.

        Example:

            post = await Post.objects.get()

        Last line.
        """
    '''

    assert "    post = Post.objects.get()\n" in rendered(source, LIBRARY)


def test_docstrings_of_attributes_are_docstrings(rendered: Render) -> None:
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
def test_code_in_comments_loses_its_colour(comment: str, expected: str, rendered: Render) -> None:
    assert rendered(f"x = 1  {comment}\n", LIBRARY) == f"x = 1  {expected}\n"


@pytest.mark.parametrize(
    "word", ["async", "Await", "awaited", "asyncio", "asynchronous", "coroutine"]
)
def test_the_library_names_no_colour_in_its_prose(word: str, refused: Refuse) -> None:
    (docstring,) = refused(f'"""First.\n\nThis is {word}.\n"""\n', LIBRARY)
    (comment,) = refused(f"x = 1\n# this is {word}\n", LIBRARY)

    assert docstring.startswith(f"{LIBRARY}:3: `{word}` in prose is wrong in the sync twin: ")
    assert comment.startswith(f"{LIBRARY}:2: `{word}` in prose is wrong in the sync twin: ")


def test_a_comment_inside_an_example_is_prose(refused: Refuse) -> None:
    (problem,) = refused('"""First.\n\n    await a  # await twice is fine\n"""\n', LIBRARY)

    assert problem.startswith(f"{LIBRARY}:3: `await` in prose")


def test_programs_may_say_what_they_like(rendered: Render) -> None:
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
def test_the_library_names_no_colour_in_its_strings(
    string: str, word: str, refused: Refuse
) -> None:
    assert refused(f"x = 1\ny = {string}\n", LIBRARY) == [
        f"{LIBRARY}:2: `{word}` in a string is not rewritten: say it without a colour, "
        "or take it from pairs.py"
    ]


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
    path = ":".join([str(ROOT / "src"), *(p for p in sys.path if "site-packages" in p)])
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
