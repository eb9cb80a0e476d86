# generated from tests/_async/test_counted_and_fetched.py by scripts/generate_sync.py;
# change that file, not this one
"""Is it noticed that rows were counted, or asked whether they are there, and fetched as well?"""

from __future__ import annotations

from covet.sync import (
    BooleanField,
    CharField,
    Database,
    ForeignKey,
    Model,
    NPlusOneDetector,
    detect_n_plus_one,
)
from covet.watch import Finding

from ..pairs import sync_fixture


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    published = BooleanField(default=True)
    author = ForeignKey(Author, related_name="posts")


@sync_fixture
def rows(db: Database) -> None:
    """A post of an author."""
    author = Author.objects.create(name="author 1")
    Post.objects.create(title="a", author=author)


def only(detector: NPlusOneDetector) -> Finding:
    """The one thing that was found."""
    (finding,) = detector.findings
    return finding


def test_rows_that_are_counted_and_fetched(rows: None) -> None:
    with detect_n_plus_one() as detector:
        Post.objects.filter(published=True).count()
        Post.objects.filter(published=True).fetch()

    finding = only(detector)
    assert (finding.kind, finding.count, finding.fix) == ("count_then_fetch", 1, "len(rows)")
    assert finding.site is not None
    assert finding.site.source.endswith("Post.objects.filter(published=True).count()")
    assert finding.source is not None
    assert finding.source.source.endswith("Post.objects.filter(published=True).fetch()")


def test_rows_that_are_asked_for_before_and_behind_their_fetch(rows: None) -> None:
    with detect_n_plus_one() as detector:
        Post.objects.all().exists()
        Post.objects.all().fetch()
        Post.objects.all().count()

    assert [one.fix for one in detector.findings] == ["if rows:", "len(rows)"]


def test_rows_that_may_have_changed_are_rightly_asked_for_again(rows: None) -> None:
    author = Author.objects.get(name="author 1")
    with detect_n_plus_one() as detector:
        Post.objects.all().count()
        Post.objects.create(title="", author=author)
        Post.objects.all().fetch()

        Post.objects.filter(title="a").count()
        Post.objects.filter(title="b").fetch()
        Author.objects.all().count()
        Author.objects.all()[:2].fetch()

    assert detector.findings == []


def test_rows_that_are_not_kept_have_to_be_counted(rows: None) -> None:
    with detect_n_plus_one() as detector:
        Post.objects.all().count()
        for post in Post.objects.all().iterator():
            assert post.title
    assert detector.findings == []


def test_a_line_that_is_run_several_times_is_one_finding(rows: None) -> None:
    with detect_n_plus_one() as detector:
        for _ in range(3):
            if Post.objects.filter(title="a").exists():
                Post.objects.filter(title="a").fetch()

    assert (only(detector).fix, only(detector).count) == ("if rows:", 3)
    assert len(only(detector).serials) == 3
