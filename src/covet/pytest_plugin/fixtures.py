"""What may a test ask for?"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import ConfigurationError
from ..watch import QueryTracker
from ..watch import assert_num_queries as count_queries
from .watching import TRACKER, is_async

if TYPE_CHECKING:
    from .. import aio, sync
    from .databases import Tables

try:
    import pytest_asyncio
except ImportError:
    pytest_asyncio = None  # type: ignore[assignment]

DATABASE_URL = "COVET_DATABASE_URL"


# ---------------------------------------------------------------------------------------- watching


@pytest.fixture
def covet_queries(request: pytest.FixtureRequest) -> Iterator[QueryTracker]:
    """The statements that the test's body sends: a ``QueryTracker``.

    Those of other fixtures are not among them.

    Example:
        >>> async def test_a_page_is_one_query(covet_queries):
        ...     await Post.objects.select_related("author")[:20].fetch()
        ...     assert len(covet_queries) == 1
    """
    stash = request.node.stash
    stash[TRACKER] = tracker = QueryTracker()
    yield tracker
    del stash[TRACKER]  # pytest keeps its tests to the end


@pytest.fixture
def assert_num_queries() -> Callable[..., Any]:
    """The function ``covet.assert_num_queries()``.

    Example:
        >>> async def test_a_page_is_two_queries(assert_num_queries):
        ...     with assert_num_queries(2):
        ...         await Post.objects.prefetch_related("tags")[:20].fetch()
    """
    return count_queries


# --------------------------------------------------------------------------------------- databases
# covet's colours and drivers are imported where a test asks for a database, not by every run.


@pytest.fixture(scope="session")
def covet_database_url(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of the tests' own database: one for each worker, new at the session's start."""
    from .databases import database_of_tests

    url = os.environ.get(DATABASE_URL) or pytestconfig.getini("covet_database_url")
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "")
    with database_of_tests(url, worker, tmp_path_factory.mktemp("covet")) as made:
        yield made


@pytest.fixture(scope="session")
def covet_db_setup(covet_database_url: str) -> None:
    """Override it to prepare the database: to run migrations, or to store what all tests share.

    Tables of declared models that are not there afterwards are made before the first test.
    """


@pytest.fixture(scope="session")
def _covet_tables(covet_database_url: str, covet_db_setup: object) -> Tables:
    from .databases import Tables

    return Tables(covet_database_url)


@pytest.fixture
def covet_db(request: pytest.FixtureRequest) -> Any:
    """The connected database of the test's colour; what the test does to it is undone.

    It is the ``Database`` of ``covet.aio`` in coroutine functions, of ``covet.sync`` in all others.

    Example:
        >>> async def test_a_post_is_stored(covet_db):
        ...     await Post.objects.create(title="Hello")
        ...     assert await Post.objects.count() == 1
    """
    colour = "async" if is_async(request.node) else "sync"
    return request.getfixturevalue(f"covet_db_{colour}")


@pytest.fixture
def covet_db_sync(request: pytest.FixtureRequest, _covet_tables: Tables) -> Iterator[sync.Database]:
    """The connected database of ``covet.sync``; what the test does to it is undone."""
    from .. import sync
    from .._sync.model import registry
    from ..sync.testing import RolledBack

    _covet_tables.make(registry)
    if is_transactional(request.node):
        with sync.connect(_covet_tables.url) as database:
            yield database
        _covet_tables.empty(registry)
    else:
        with sync.connect(_covet_tables.url) as database, RolledBack():
            yield database


@pytest.fixture
def covet_db_async(request: pytest.FixtureRequest) -> Any:
    """The connected database of ``covet.aio``; what the test does to it is undone."""
    return request.getfixturevalue(f"_covet_db_{loop_of(request)}")


def loop_of(request: pytest.FixtureRequest) -> str:
    """Whose event loop a test runs in: anyio's, or pytest-asyncio's of a scope.

    Raises:
        ConfigurationError: it runs in none.
    """
    test, config = request.node, request.config
    if not is_async(test):
        raise ConfigurationError(
            f"{test.name} is a plain function, and covet.aio needs an event loop",
            asked="covet_db_async",
            fix="Write async def, or use covet_db_sync.",
        )
    if "anyio_backend" in request.fixturenames:
        return "anyio"
    mark = test.get_closest_marker("asyncio")
    if mark is None or pytest_asyncio is None:
        raise ConfigurationError(
            f"No plugin of pytest runs {test.name}",
            asked="covet_db_async",
            fix="Install pytest-asyncio and set asyncio_mode = auto, or mark the test for anyio.",
        )
    scope = mark.kwargs.get("loop_scope") or mark.kwargs.get("scope")
    return str(scope or config.getini("asyncio_default_test_loop_scope"))


def _in_loop(loop: Any) -> Any:
    """The fixture behind ``covet_db_async`` in an event loop: it has to be that of the test."""

    async def isolated(
        request: pytest.FixtureRequest, _covet_tables: Tables
    ) -> AsyncIterator[aio.Database]:
        from .. import aio
        from .._async.model import registry
        from ..aio.testing import RolledBack

        _covet_tables.make(registry)
        if is_transactional(request.node):
            async with aio.connect(_covet_tables.url) as database:
                yield database
            _covet_tables.empty(registry)
        else:
            async with aio.connect(_covet_tables.url) as database, RolledBack():
                yield database

    name = f"_covet_db_{loop}"
    if loop == "anyio" or pytest_asyncio is None:
        return pytest.fixture(isolated, name=name)
    return pytest_asyncio.fixture(loop_scope=loop, name=name)(isolated)


_covet_db_anyio = _in_loop("anyio")
_covet_db_function = _in_loop("function")
_covet_db_class = _in_loop("class")
_covet_db_module = _in_loop("module")
_covet_db_package = _in_loop("package")
_covet_db_session = _in_loop("session")


@pytest.fixture
def covet_on_commit(request: pytest.FixtureRequest) -> Any:
    """A block that gives what ``on_commit()`` was given in it, and with ``execute=True`` calls it.

    As a test is rolled back, nothing is called otherwise. It is of the colour of ``covet_db``.

    Example:
        >>> async def test_a_mail_is_sent(covet_db, covet_on_commit):
        ...     async with covet_on_commit(execute=True) as callbacks:
        ...         await register("ann@example.org")
        ...     assert len(callbacks) == 1
    """
    if is_async(request.node) and "covet_db_sync" not in request.fixturenames:
        from .._async import testing
    else:
        from .._sync import testing  # type: ignore[no-redef]
    return testing.CommitCallbacks


def is_transactional(test: pytest.Function) -> bool:
    """Whether a test commits.

    Raises:
        ConfigurationError: its marker ``covet_db`` says something else.
    """
    mark = test.get_closest_marker("covet_db")
    if mark is None:
        return False
    if mark.args or mark.kwargs.keys() - {"transactional"}:
        raise ConfigurationError(
            f"The marker covet_db of {test.name} takes no more than transactional",
            fix="Write @pytest.mark.covet_db(transactional=True), or without it.",
        )
    return bool(mark.kwargs.get("transactional"))
