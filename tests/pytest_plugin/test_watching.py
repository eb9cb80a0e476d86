"""Is what a test's body sends watched, whoever runs the test?"""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import ASYNC, SYNC, Run

MODELS = """
    from covet.aio import *

    class Author(Model):
        name = CharField(max_length=20)

    class Post(Model):
        author = ForeignKey(Author, on_delete=CASCADE, related_name="posts")
        title = CharField(max_length=20)
"""
WATCHED = """
    import unittest

    import pytest
    from hypothesis import HealthCheck, given, settings, strategies
    from covet.aio import *
    from models import Author

    FEW = settings(
        max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
    )

    async def ask(times):
        for _ in range(times):
            await Author.objects.count()

    @pytest.fixture
    async def ann(covet_db):
        return await Author.objects.create(name="Ann")

    async def test_only_the_body_is_tracked(covet_queries, ann):
        assert len(covet_queries) == 0
        await ask(2)
        assert [query.shape for query in covet_queries] == ['SELECT COUNT(*) FROM "author"'] * 2

    async def test_queries_are_counted(ann, assert_num_queries):
        with assert_num_queries(1):
            await ask(1)
        with pytest.raises(AssertionError, match="2 queries were sent, 1 expected"):
            with assert_num_queries(1):
                await ask(2)

    @pytest.mark.max_queries(1)
    class TestBudgets:
        async def test_within(self, ann):
            await ask(1)

        async def test_beyond(self, ann):
            await ask(2)

        @pytest.mark.max_queries(rows=1)
        async def test_the_nearest_holds(self, ann):
            await ask(1)

        @pytest.mark.max_queries(rows=1)
        async def test_rows_beyond(self, ann):
            await ask(2)

        async def test_what_fails_by_itself_says_so(self, ann):
            await ask(2)
            raise ZeroDivisionError("by itself")

        async def test_what_is_skipped_is_skipped(self, ann):
            await ask(2)
            pytest.skip("enough")

    @pytest.mark.max_queries()
    async def test_a_marker_without_a_limit():
        pass

    async def test_the_user_s_own_budgets_are_left_alone(ann):
        with pytest.raises(BudgetExceeded):
            with query_budget(queries=1):
                await ask(2)

    @pytest.mark.max_queries(1)
    @FEW
    @given(number=strategies.integers())
    async def test_each_example_has_its_budget(ann, number):
        await ask(1)

    @pytest.mark.max_queries(1)
    @FEW
    @given(number=strategies.integers())
    async def test_an_example_beyond(ann, number):
        await ask(2)
"""
RUNNERS_ASYNC = """
    import unittest

    import pytest
    import pytest_asyncio
    from covet.aio import *
    from models import Author

    pytestmark = pytest.mark.max_queries(1)

    @pytest.fixture(scope="module")
    def anyio_backend():
        return "asyncio"

    def adding():  # pytest-asyncio notes the loop on the function, so each fixture has its own
        async def add(covet_db):
            await Author.objects.create(name="Ann")

        return add

    of_anyio = pytest.fixture(adding(), name="of_anyio")
    of_asyncio = pytest_asyncio.fixture(adding(), name="of_asyncio")
    of_module = pytest_asyncio.fixture(loop_scope="module", name="of_module")(adding())

    @pytest.fixture(scope="module")
    async def task(anyio_backend):
        yield  # has anyio run all tests of the module in one task, made before any of them

    async def ask(times):
        for _ in range(times):
            assert await Author.objects.count() == 1

    @pytest.mark.anyio
    async def test_anyio(task, of_anyio):
        await ask(1)

    @pytest.mark.anyio
    async def test_anyio_beyond(task, of_anyio):
        await ask(2)

    @pytest.mark.asyncio(loop_scope="module")
    async def test_asyncio_in_a_wider_loop(of_module):
        await ask(1)

    @pytest.mark.asyncio
    async def test_asyncio_beyond(of_asyncio):
        await ask(2)

    class TestOfUnittest(unittest.IsolatedAsyncioTestCase):
        async def test_beyond(self):
            async with connect("sqlite://") as db:
                await db.fetch("SELECT 1")
                await db.fetch("SELECT 1")
"""
RUNNERS_SYNC = """
    import unittest

    import pytest
    from covet.sync import *
    from models import Author

    @pytest.mark.max_queries(1)
    @pytest.mark.covet_db
    class TestOfUnittest(unittest.TestCase):
        def test_within(self):
            Author.objects.create(name="Ann")

        def test_beyond(self):
            assert Author.objects.count() == 0
            assert Author.objects.count() == 0
"""
LOOPS = """
    import pytest
    from covet.aio import *
    from models import Author, Post

    @pytest.fixture
    async def authors(covet_db):
        for number in range(6):
            await Author.objects.create(name=f"Author {number}")

    async def look():
        for author in await Author.objects.all().fetch():
            await author.posts.filter(title="Hello").fetch()

    async def test_one_for_each(authors):
        await look()

    @pytest.mark.allow_n_plus_one
    async def test_all_are_allowed(authors):
        await look()

    @pytest.mark.allow_n_plus_one("Author.posts")
    async def test_these_are_allowed(authors):
        await look()

    @pytest.mark.allow_n_plus_one(relation="Author.posts")
    async def test_a_wrong_marker(authors):
        await look()

    @pytest.mark.allow_n_plus_one("Post.author")
    async def test_others_are_allowed(authors):
        await look()
"""


def test_the_body_of_a_test_is_watched(project: Run) -> None:
    result = project(WATCHED, "-rf", models=MODELS)

    result.assert_outcomes(passed=6, failed=5, skipped=1)
    result.stdout.fnmatch_lines_random(
        [
            "The block is over its budget: 2 queries of 1. Sent:",
            '   1. SELECT COUNT(*) FROM "author"',
            "      at test_it.py:*",
            "The block is over its budget: 2 rows of 1. Sent:",
            "E*ZeroDivisionError: by itself",
            "The marker max_queries has no limit. Write @pytest.mark.max_queries(3), or *",
            "FAILED test_it.py::test_an_example_beyond - *",
        ]
    )


def test_it_is_watched_whoever_runs_the_test(project: Run, colour: str) -> None:
    source = RUNNERS_SYNC if colour == SYNC else RUNNERS_ASYNC
    options = [] if colour == SYNC else ["--override-ini=asyncio_mode=strict"]
    result = project(source, *options, models=MODELS)

    failed = 1 if colour == SYNC else 3
    result.assert_outcomes(passed=1 if colour == SYNC else 2, failed=failed)
    assert result.stdout.str().count("over its budget: 2 queries of 1. Sent") == failed


def test_n_plus_one_fails_a_test(project: Run) -> None:
    result = project(LOOPS, "--covet-n-plus-one=raise", models=MODELS)

    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(
        ["N+1 QUERY DETECTED (WARNING)", "Query executed 6 times:", "*prefetch_related*"]
    )
    result.stdout.fnmatch_lines(["The marker allow_n_plus_one takes no names. Write *"])


def test_n_plus_one_is_a_warning(project: Run, pytester: pytest.Pytester) -> None:
    options = ["-o", "covet_n_plus_one=warn", "-o", "filterwarnings=default"]
    project(LOOPS, *options, models=MODELS).assert_outcomes(passed=4, failed=1, warnings=2)

    pytester.runpytest_inprocess(*options, "--covet-n-plus-one=off").assert_outcomes(passed=5)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("-ocovet_n_plus_one=loud", "covet_n_plus_one is raise, warn, off, not 'loud'"),
        ("--covet-queries=-1", "--covet-queries takes a number from 0, not -1"),
    ],
)
def test_wrong_options_are_refused(pytester: pytest.Pytester, option: str, message: str) -> None:
    result = pytester.runpytest_inprocess("-oasyncio_default_fixture_loop_scope=function", option)
    result.stderr.fnmatch_lines([f"*{message}"])


def test_the_end_of_a_run_shows_the_slowest_and_the_most_repeated_queries(project: Run) -> None:
    result = project(LOOPS, "--covet-queries=1", "-k", "test_one_for_each", models=MODELS)

    result.stdout.fnmatch_lines(
        [
            "*= slowest queries =*",
            "*.?? ms  SELECT*",
            "*test_it.py::test_one_for_each at test_it.py:1?",
            "*= most repeated queries =*",
            '     6 times  SELECT "post"*"author_id" = ? AND *',
            "*test_it.py::test_one_for_each at test_it.py:1?, *.?? ms together",
        ],
        consecutive=True,
    )


@pytest.mark.parametrize("colour", [ASYNC])
@pytest.mark.databases("postgresql")
def test_workers_have_databases_of_their_own_and_one_summary(
    project: Run, colour: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
        import pytest
        from covet.aio import *

        class Author(Model):
            name = CharField(max_length=20, unique=True)

        @pytest.mark.parametrize("time", range(4))
        async def test_it(covet_db, covet_database_url, worker_id, time):
            await Author.objects.create(name="Ann")
            assert covet_database_url.endswith(f"_{worker_id}")
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the workers start sooner
    plugins = [
        f"-p{name}" for name in ("pytest_asyncio.plugin", "xdist.plugin", "covet.pytest_plugin")
    ]
    result = project(source, *plugins, "-n2", "--covet-queries=0", url=url)

    result.assert_outcomes(passed=4)
    for time in range(4):
        result.stdout.fnmatch_lines(["*= slowest queries =*", f"*test_it.py::test_it[[]{time}]*"])


def test_a_run_without_databases_imports_no_colour() -> None:
    code = "import sys, covet.pytest_plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "covet.pytest_plugin.fixtures" in modules
    assert modules.isdisjoint({"covet._async", "covet._sync", "covet.drivers", "aiosqlite"})
