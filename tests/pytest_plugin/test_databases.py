"""Does each test find the tests' database as it was, and is it gone afterwards?"""

from __future__ import annotations

from pathlib import Path

import pytest

from covet import ConfigurationError, ConnectionFailed
from covet.pytest_plugin.databases import database_of_tests
from covet.sync import connect

from .conftest import Run

MODELS = """
    from covet.aio import *

    class Author(Model):
        name = CharField(max_length=20, unique=True)

    class Post(Model):
        author = ForeignKey(Author, on_delete=CASCADE, related_name="posts")
        title = CharField(max_length=20)
"""
TESTS = """
    from pathlib import Path

    import pytest
    from covet.aio import *
    from models import Author, Post

    @pytest.fixture
    async def ann(covet_db):
        return await Author.objects.create(name="Ann")

    @pytest.mark.parametrize("time", [1, 2])
    async def test_rows_are_gone_in_the_next_test(ann, time):
        await Post.objects.create(author=ann, title="Hello")
        assert await Author.objects.count() == 1

    async def test_a_block_that_fails_is_undone_alone(ann):
        with pytest.raises(IntegrityError):
            async with atomic():
                await Author.objects.create(name="Bob")
                await Author.objects.create(name="Ann")
        assert await Author.objects.get() == ann

    async def test_a_block_may_be_durable(covet_db):
        async with atomic(durable=True):
            await Author.objects.create(name="Ann")
            with pytest.raises(TransactionError, match="durable"):
                async with atomic(durable=True):
                    pass

    async def test_what_fails_outside_of_a_block_breaks_the_test(ann):
        with pytest.raises(IntegrityError):
            await Author.objects.create(name="Ann")
        with pytest.raises(TransactionError, match="is broken by IntegrityError"):
            await Author.objects.count()

    async def test_and_no_other(ann):
        assert await Author.objects.count() == 1

    async def test_callbacks_of_commits_are_caught(covet_db, covet_on_commit):
        called = []
        async with atomic():
            await on_commit(lambda: called.append("before"))
        async with covet_on_commit() as callbacks:
            async with atomic():
                await on_commit(lambda: called.append("caught"))
            assert callbacks == []
        assert len(callbacks) == 1
        assert called == []

    async def test_callbacks_of_commits_are_called_if_asked(covet_db, covet_on_commit):
        called = []

        def call():
            called.append("first")
            on_commit(lambda: called.append("second"))

        async with covet_on_commit(execute=True) as callbacks:
            async with atomic():
                await on_commit(call)
            with pytest.raises(ZeroDivisionError):
                async with atomic():
                    await on_commit(lambda: called.append("undone"))
                    1 / 0
        assert called == ["first", "second"]
        assert len(callbacks) == 2

    async def test_callbacks_are_not_called_after_an_error(covet_db, covet_on_commit):
        called = []
        with pytest.raises(ZeroDivisionError):
            async with covet_on_commit(execute=True):
                await on_commit(lambda: called.append("first"))
                1 / 0
        assert called == []

    @pytest.mark.covet_db(transactional=True)
    class TestThatCommits:
        async def test_others_see_the_rows(self, ann, covet_database_url):
            await Post.objects.create(author=ann, title="Hello")
            async with connect(covet_database_url, alias="other"):
                assert await Post.objects.using("other").count() == 1

        async def test_rows_are_deleted_and_callbacks_called(self, covet_on_commit):
            assert await Author.objects.count() == 0
            called = []
            async with atomic():
                await on_commit(lambda: called.append(1))
            assert called == [1]
            with pytest.raises(TransactionError, match="No transaction on 'default' is put around"):
                async with covet_on_commit():
                    pass

    async def test_after_tests_that_commit(ann):
        assert await Author.objects.count() == 1

    def test_the_database_has_a_name_of_its_own(covet_database_url):
        Path("url.txt").write_text(covet_database_url)
"""
PREPARED = """
    import pytest
    from covet.aio import *

    @pytest.fixture(scope="session")
    def covet_db_setup(covet_database_url):
        from covet.sync import connect

        with connect(covet_database_url) as db:
            db.execute("CREATE TABLE author (id integer primary key, name text)")
            db.execute("INSERT INTO author (id, name) VALUES (1, 'Ann')")
"""
USES_PREPARED = """
    from covet.aio import *

    class Author(Model):
        name = CharField(max_length=20)

    class Post(Model):
        author = ForeignKey(Author, on_delete=CASCADE)

    async def test_what_all_tests_share(covet_db):
        post = await Post.objects.create(author_id=1)
        assert await Post.objects.filter(author__name="Ann").get() == post
"""


def test_each_test_finds_the_database_as_it_was(project: Run, url: str, kind: str) -> None:
    result = project(TESTS, url=url, models=MODELS)

    result.assert_outcomes(passed=13)
    made = Path("url.txt").read_text()
    if kind == "sqlite":
        assert made.endswith("/test.db")
        assert not Path(made.removeprefix("sqlite:///")).exists()
    else:
        assert made == url.replace("/covet_test_", "/test_covet_test_")
        with pytest.raises(ConnectionFailed):
            connect(made)


def test_the_database_can_be_prepared(project: Run) -> None:
    project(USES_PREPARED, conftest=PREPARED).assert_outcomes(passed=1)


def test_who_cannot_have_a_database_is_told_why(project: Run, colour: str) -> None:
    source = """
        import pytest
        from covet.aio import *

        @pytest.mark.covet_db(transaction=True)
        async def test_a_wrong_marker():
            pass

        def test_of_the_other_colour(covet_db_async):
            pass
    """
    result = project(source, "-rE")

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "E *The marker covet_db of test_a_wrong_marker takes no more than transactional. *",
            "E *test_of_the_other_colour is a plain function, and covet.aio needs an event loop *",
        ]
    )


@pytest.mark.databases("postgresql", "mysql")
def test_what_was_left_behind_is_replaced(url: str, tmp_path: Path) -> None:
    killed = database_of_tests(url, "gw7", tmp_path)
    left = killed.__enter__()
    with connect(left) as db:
        db.execute("CREATE TABLE author (id integer)")

    with database_of_tests(url, "gw7", tmp_path) as made, connect(made) as db:
        assert made == left
        assert made.endswith("_gw7")
        db.execute("CREATE TABLE author (id integer)")


def test_a_url_without_a_database_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError) as raised,
        database_of_tests("postgresql://ann@host", "", tmp_path),
    ):
        pass
    assert str(raised.value) == (
        "postgresql://ann@host/ names no database (in covet_database_url). "
        "Write one: postgresql://ann@host/blog has the tests' database test_blog beside it."
    )
