"""What becomes of findings, and which were said to be all right?"""

from __future__ import annotations

import logging
from typing import Any

import pytest

from covet.aio import (
    FETCH_ONE,
    CharField,
    Database,
    ForeignKey,
    Model,
    NPlusOneDetector,
    NPlusOneError,
    NPlusOneWarning,
    detect_n_plus_one,
)
from covet.watch import Finding

from ..pairs import async_fixture

pytestmark = pytest.mark.databases("sqlite")  # none of it is about the database

POSTS = 6


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")


@async_fixture
async def rows(db: Database) -> Database:
    """Some posts of an author."""
    author = await Author.objects.create(name="Ann")
    await Post.objects.bulk_create([Post(title=f"post {n}", author=author) for n in range(POSTS)])
    return db


def only(detector: NPlusOneDetector) -> Finding:
    """The one thing that was found."""
    (finding,) = detector.findings
    return finding


async def loop() -> None:
    for post in await Post.objects.fetch_mode(FETCH_ONE).fetch():
        await post.author


async def test_findings_are_logged(rows: Database, caplog: pytest.LogCaptureFixture) -> None:
    with detect_n_plus_one() as detector:
        await loop()

    (record,) = [one for one in caplog.records if one.name == "covet.n_plus_one"]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "\n" + only(detector).text()
    assert record.finding == only(detector).as_dict()  # type: ignore[attr-defined]


async def test_warnings_are_given_at_the_line_of_the_loop(rows: Database) -> None:
    detector = detect_n_plus_one(action="warn")
    with pytest.warns(NPlusOneWarning, match="N\\+1 QUERY DETECTED") as warned, detector:
        await loop()

    (one,) = warned
    site = only(detector).site
    assert site is not None
    assert (one.filename, one.lineno) == (site.file, site.line)
    assert isinstance(one.message, NPlusOneWarning)
    assert one.message.finding is only(detector)


async def test_an_error_has_all_findings(rows: Database) -> None:
    detector = detect_n_plus_one(action="raise")

    async def page() -> None:
        await Post.objects.all().count()
        await Post.objects.all().fetch()
        await loop()

    with pytest.raises(NPlusOneError) as raised, detector:
        await page()

    error = raised.value
    assert [one.kind for one in error.findings] == ["n_plus_one", "count_then_fetch"]
    assert list(error.findings) == detector.findings
    assert str(error).startswith("An N+1 query was found:\n====")
    assert error.findings[0].text() in str(error)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("action", ["raise", "warn"])
async def test_another_error_is_not_hidden(
    action: Any, rows: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def page() -> None:
        await loop()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), detect_n_plus_one(action=action) as detector:
        await page()

    assert only(detector).kind == "n_plus_one"
    assert len(caplog.records) == (action == "raise")  # it is not lost


async def test_advice_is_never_raised(rows: Database, caplog: pytest.LogCaptureFixture) -> None:
    with detect_n_plus_one(action="raise") as detector:
        await Post.objects.all().count()
        await Post.objects.select_related("author").fetch()
        await Post.objects.all().fetch()

    assert [one.kind for one in detector.findings] == ["count_then_fetch", "unused"]
    assert len(caplog.records) == 2


async def test_each_call_of_a_function_is_watched_by_itself(rows: Database) -> None:
    @detect_n_plus_one(action="raise")
    async def pages(times: int) -> str:
        """Some pages."""
        for _ in range(times):
            await Post.objects.get(title="post 1")
        return "done"

    for _ in range(3):
        assert await pages(4) == "done"
    with pytest.raises(NPlusOneError):
        await pages(5)
    assert (pages.__name__, pages.__doc__) == ("pages", "Some pages.")


# --- what is allowed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        "Post.author",
        "Post.*",
        "Post",
        "Author",
        "test_n_plus_one_actions.py",
        "tests/*/test_n_plus_one_actions.py:loop",
        "test_n_plus_one_actions.py:test_what_is_allowed*",
    ],
)
async def test_what_is_allowed_is_not_reported(entry: str, rows: Database) -> None:
    with detect_n_plus_one(action="raise", allow=[entry]) as detector:
        await loop()
    assert detector.findings == []


@pytest.mark.parametrize("entry", ["Author.author", "Posts", "test_n_plus.py", "*.py:other"])
async def test_what_is_allowed_is_nothing_else(entry: str, rows: Database) -> None:
    with detect_n_plus_one(allow=[entry]) as detector:
        await loop()
    assert len(detector.findings) == 1


async def test_the_threshold_is_how_many_are_too_many(rows: Database) -> None:
    for threshold in (POSTS, POSTS + 1):
        with detect_n_plus_one(threshold=threshold) as detector:
            await loop()
        assert len(detector.findings) == (threshold == POSTS)
