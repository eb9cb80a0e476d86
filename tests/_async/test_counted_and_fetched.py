"""Is it noticed that rows were counted, or asked whether they are there, and fetched as well?"""

from __future__ import annotations

from covet.aio import (
    BooleanField,
    CharField,
    Database,
    ForeignKey,
    Model,
    NPlusOneDetector,
    detect_n_plus_one,
)
from covet.watch import Finding

from ..pairs import async_fixture


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    published = BooleanField(default=True)
    author = ForeignKey(Author, related_name="posts")


@async_fixture
async def rows(db: Database) -> None:
    """A post of an author."""
    author = await Author.objects.create(name="author 1")
    await Post.objects.create(title="a", author=author)


def only(detector: NPlusOneDetector) -> Finding:
    """The one thing that was found."""
    (finding,) = detector.findings
    return finding


async def test_rows_that_are_counted_and_fetched(rows: None) -> None:
    with detect_n_plus_one() as detector:
        await Post.objects.filter(published=True).count()
        await Post.objects.filter(published=True).fetch()

    finding = only(detector)
    assert (finding.kind, finding.count, finding.fix) == ("count_then_fetch", 1, "len(rows)")
    assert finding.site is not None
    assert finding.site.source.endswith("Post.objects.filter(published=True).count()")
    assert finding.source is not None
    assert finding.source.source.endswith("Post.objects.filter(published=True).fetch()")


async def test_rows_that_are_asked_for_before_and_behind_their_fetch(rows: None) -> None:
    with detect_n_plus_one() as detector:
        await Post.objects.all().exists()
        await Post.objects.all().fetch()
        await Post.objects.all().count()

    assert [one.fix for one in detector.findings] == ["if rows:", "len(rows)"]


async def test_rows_that_may_have_changed_are_rightly_asked_for_again(rows: None) -> None:
    author = await Author.objects.get(name="author 1")
    with detect_n_plus_one() as detector:
        await Post.objects.all().count()
        await Post.objects.create(title="", author=author)
        await Post.objects.all().fetch()

        await Post.objects.filter(title="a").count()
        await Post.objects.filter(title="b").fetch()
        await Author.objects.all().count()
        await Author.objects.all()[:2].fetch()

    assert detector.findings == []


async def test_rows_that_are_not_kept_have_to_be_counted(rows: None) -> None:
    with detect_n_plus_one() as detector:
        await Post.objects.all().count()
        async for post in Post.objects.all().iterator():
            assert post.title
    assert detector.findings == []


async def test_a_line_that_is_run_several_times_is_one_finding(rows: None) -> None:
    with detect_n_plus_one() as detector:
        for _ in range(3):
            if await Post.objects.filter(title="a").exists():
                await Post.objects.filter(title="a").fetch()

    assert (only(detector).fix, only(detector).count) == ("if rows:", 3)
    assert len(only(detector).serials) == 3
