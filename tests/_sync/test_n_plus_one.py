# generated from tests/_async/test_n_plus_one.py by scripts/generate_sync.py;
# change that file, not this one
"""Which queries could one query have replaced, where, and what is to be written instead?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from covet.sync import (
    FETCH_ONE,
    BooleanField,
    CharField,
    Count,
    Database,
    ForeignKey,
    ManyToManyField,
    Model,
    NPlusOneDetector,
    OneToOneField,
    Prefetch,
    Q,
    QueryTracker,
    capture_queries,
    detect_n_plus_one,
    prefetch_related_objects,
)
from covet.watch import Finding
from covet.watch.n_plus_one import find

from ..pairs import sync_fixture

AUTHORS = 6


class Tag(Model):
    word = CharField(max_length=20)


class Country(Model):
    name = CharField(max_length=20)


class Author(Model):
    name = CharField(max_length=20, unique=True)
    bio = CharField(max_length=20, default="")
    country = ForeignKey(Country, related_name="authors")


class Profile(Model):
    author = OneToOneField(Author, related_name="profile")


class Post(Model):
    title = CharField(max_length=20)
    published = BooleanField(default=True)
    author = ForeignKey(Author, related_name="posts", related_query_name="post")
    tags = ManyToManyField(Tag, related_name="posts")


@sync_fixture
def rows(db: Database) -> Database:
    """Authors with a profile, a post and a tag each."""
    country = Country.objects.create(name="Norway")
    names = [f"author {n}" for n in range(AUTHORS)]
    authors = Author.objects.bulk_create([Author(name=n, country=country) for n in names])
    Profile.objects.bulk_create([Profile(author=author) for author in authors])
    posts = Post.objects.bulk_create([Post(title=a.name, author=a) for a in authors])
    tag = Tag.objects.create(word="news")
    between: Any = Post.tags.through
    between.objects.bulk_create([between(post=post, tag=tag) for post in posts])
    return db


def only(detector: NPlusOneDetector) -> Finding:
    """The one thing that was found."""
    (finding,) = detector.findings
    return finding


def one_by_one(model: Any) -> Any:
    """Rows that do not load for each other."""
    return model.objects.fetch_mode(FETCH_ONE).order_by("pk")


# --- relations that are touched ------------------------------------------------------------------


def test_a_finding_says_what_where_and_what_to_write_instead(rows: Database) -> None:
    with detect_n_plus_one() as detector:
        posts = one_by_one(Post).filter(published=True).fetch()
        for post in posts:
            post.author

    finding = only(detector)
    assert (finding.kind, finding.count, finding.relation) == ("n_plus_one", AUTHORS, "Post.author")
    assert finding.fix == 'select_related("author")'
    assert finding.suggestion == (
        "Use select_related('author') to load related Author objects in a single query with JOIN"
    )
    assert finding.source is not None
    assert finding.source.source.endswith("one_by_one(Post).filter(published=True).fetch()")
    assert finding.site is not None
    assert finding.site.source.endswith("post.author")
    assert finding.site.line == finding.source.line + 2
    assert (finding.stack[0], Path(finding.site.file).name) == (finding.site, Path(__file__).name)
    assert finding.model == "Author"
    assert "WHERE" in finding.sql
    assert len(finding.serials) == AUTHORS
    assert finding.seconds > 0


def test_the_time_wasted_is_that_of_all_but_the_first(rows: Database) -> None:
    with QueryTracker() as tracker:
        for post in one_by_one(Post).fetch():
            post.author

    (finding,) = find(tracker)
    assert finding.serials == tuple(query.serial for query in list(tracker)[1:])
    assert finding.seconds == pytest.approx(sum(query.seconds for query in list(tracker)[2:]))


def countries_of_authors() -> None:
    for post in one_by_one(Post).select_related("author").fetch():
        author = post.author
        author.country


def countries_of_posts() -> None:
    for country in one_by_one(Country).fetch():
        for author in country.authors.all().fetch():
            for post in author.posts.all().fetch():
                post.tags.all().fetch()


def posts_of_tags() -> None:
    for post in one_by_one(Post).prefetch_related("tags").fetch():
        for tag in post.tags.all():
            tag.posts.all().fetch()


def profiles() -> None:
    for author in one_by_one(Author).fetch():
        author.profile


def left_out() -> None:
    for author in one_by_one(Author).defer("bio").fetch():
        author.refresh_from_db(["bio"])


def not_named() -> None:
    for author in one_by_one(Author).only("name").fetch():
        author.refresh_from_db(["bio"])


def of_got_ones() -> None:
    for key in Post.objects.values_list("title", flat=True).fetch():
        post = Post.objects.get(title=key)
        post.author


def chunks_of_one() -> None:
    for post in Post.objects.order_by("pk").iterator(chunk_size=1):
        post.author


def prefetched_chunks_of_one() -> None:
    for post in Post.objects.prefetch_related("tags").iterator(chunk_size=1):
        post.tags.all()


def prefetched_one_by_one() -> None:
    for post in Post.objects.order_by("pk").fetch():
        prefetch_related_objects([post], "tags")


def raw_rows() -> None:
    for post in Post.objects.raw("select * from post").fetch_mode(FETCH_ONE).fetch():
        post.author


def made_here() -> None:
    for key in Author.objects.values_list("pk", flat=True).fetch():
        Post(author_id=key).author


@pytest.mark.parametrize(
    ("loop", "relation", "fix", "line"),
    [
        (countries_of_authors, "Author.country", 'select_related("author__country")', 1),
        (countries_of_posts, "Author.posts", 'prefetch_related("authors__posts")', 1),
        (countries_of_posts, "Post.tags", 'prefetch_related("authors__posts__tags")', 1),
        (posts_of_tags, "Tag.posts", 'prefetch_related("tags__posts")', 1),
        (profiles, "Author.profile", 'select_related("profile")', 1),
        (left_out, "Author.bio", 'defer() without "bio"', 1),
        (not_named, "Author.bio", 'only(…, "bio")', 1),
        (of_got_ones, "Post.author", 'select_related("author")', 2),
        (chunks_of_one, "Post.author", 'select_related("author")', 1),
        (prefetched_chunks_of_one, "Post.tags", "iterator(chunk_size=2000)", 1),
        (prefetched_one_by_one, "Post.tags", 'prefetch_related("tags")', 1),
        (raw_rows, "Post.author", 'prefetch_related("author")', 1),
        (made_here, "Post.author", 'select_related("author")', None),
    ],
)
def test_the_fix_is_the_path_from_the_queryset_that_gave_the_rows(
    loop: Callable[[], Any],
    relation: str,
    fix: str,
    line: int | None,
    rows: Database,
) -> None:
    with detect_n_plus_one(unused=False) as detector:
        loop()

    (found,) = [one for one in detector.findings if one.relation == relation]
    assert (found.kind, found.count, found.fix) == ("n_plus_one", AUTHORS, fix)
    code: Any = loop
    at = None if found.source is None else found.source.line - code.__code__.co_firstlineno
    assert at == line


# --- questions of the user's own -----------------------------------------------------------------


def narrowed(author: Author) -> None:
    author.posts.filter(published=True, title="secret").order_by("-title")[:3].fetch()


def excluded(author: Author) -> None:
    author.posts.exclude(title="secret").values("title").fetch()


def first(author: Author) -> None:
    author.posts.order_by("title").first()


def counted(author: Author) -> None:
    author.posts.filter(title="secret").count()


def there(author: Author) -> None:
    author.posts.exists()


def got(author: Author) -> None:
    Author.objects.get(pk=author.pk)


def got_by_name(author: Author) -> None:
    Author.objects.get(name=author.name)


def same(author: Author) -> None:
    Author.objects.get(name="author 1")


def sums(author: Author) -> None:
    Post.objects.filter(author=author).count()


def made(author: Author) -> None:
    Tag.objects.create(word=author.name)


def saved(author: Author) -> None:
    author.save()


def updated(author: Author) -> None:
    Author.objects.filter(pk=author.pk).update(bio="secret")


def deleted(author: Author) -> None:
    Profile.objects.filter(author=author).delete()


def test_what_follows_from_a_deletion_is_not_told_of(rows: Database) -> None:
    with detect_n_plus_one() as detector, capture_queries() as queries:
        for author in Author.objects.all().fetch():
            author.delete()

    assert len(queries) > 2 * AUTHORS  # posts, tags of posts and profiles go as well
    assert [finding.fix for finding in detector.findings] == [
        "Author.objects.filter(pk__in=[…]).delete()"
    ]


def linked(author: Author) -> None:
    post = Post.objects.create(title="", author=author)
    post.tags.add(Tag.objects.get())


PREFETCH = 'prefetch_related(Prefetch("posts", queryset=Post.objects.'


@pytest.mark.parametrize(
    ("step", "relation", "fix"),
    [
        (
            narrowed,
            "Author.posts",
            f'{PREFETCH}filter(published=…, title=…).order_by("-title")[:3]))',
        ),
        (excluded, "Author.posts", f'{PREFETCH}filter(…).only("title")))'),
        (first, "Author.posts", f'{PREFETCH}order_by("title")[:1]))'),
        (
            counted,
            "Author.posts",
            'annotate(posts_count=Count("post", filter=Q(post__title=…), distinct=True))',
        ),
        (there, "Author.posts", 'annotate(posts_count=Count("post", distinct=True))'),
        (got, None, "Author.objects.in_bulk([…])"),
        (got_by_name, None, "Author.objects.filter(name__in=[…])"),
        (same, None, "one query before the loop"),
        (
            sums,
            None,
            'Post.objects.filter(author__in=[…]).values("author").annotate(count=Count("pk"))',
        ),
        (made, None, "Tag.objects.bulk_create([…])"),
        (saved, None, 'Author.objects.bulk_update([…], ["…"])'),
        (updated, None, "Author.objects.filter(pk__in=[…]).update(…)"),
        (deleted, None, "Profile.objects.filter(pk__in=[…]).delete()"),
        (linked, None, "Post.tags.through.objects.bulk_create([…], ignore_conflicts=True)"),
    ],
)
def test_repeated_questions_have_a_fix_that_names_no_value(
    step: Callable[[Author], Any], relation: str | None, fix: str, rows: Database
) -> None:
    with detect_n_plus_one() as detector:
        authors = Author.objects.order_by("pk").fetch()
        for author in authors:
            step(author)

    finding = next(one for one in detector.findings if one.fix == fix)
    assert finding.relation == relation
    assert finding.kind == ("n_plus_one" if relation else "repeated")
    assert (finding.source is not None) is (relation is not None)
    assert finding.count == AUTHORS
    assert [site.function for site in finding.stack[:2]] == [
        step.__name__,
        "test_repeated_questions_have_a_fix_that_names_no_value",
    ]
    assert "secret" not in str(detector.findings)


NAMES = {one.__name__: one for one in (Author, Count, Post, Prefetch, Q, Tag)}


@pytest.mark.parametrize(
    ("step", "name", "values"),
    [
        (counted, "posts_count", [0] * AUTHORS),
        (there, "posts_count", [1] * AUTHORS),
        (narrowed, None, None),
        (first, None, None),
    ],
)
def test_the_fix_is_code_that_runs_once_its_values_are_filled_in(
    step: Callable[[Author], Any], name: str | None, values: list[int] | None, rows: Database
) -> None:
    with detect_n_plus_one() as detector:
        for author in Author.objects.order_by("pk").fetch():
            step(author)

    fix = only(detector).fix.replace("published=…", "published=True").replace("…", "'secret'")
    found = eval(f"Author.objects.{fix}", NAMES).order_by("pk").fetch()
    if name is not None:
        assert [getattr(author, name) for author in found] == values
    else:
        assert all(len(author.posts.all()) <= 1 for author in found)


def test_a_count_is_right_beside_other_relations_to_many(rows: Database) -> None:
    more = Tag.objects.create(word="more")
    with detect_n_plus_one() as detector:
        for author in Author.objects.fetch():
            author.posts.count()
    for post in Post.objects.fetch():
        post.tags.add(more)

    tagged = Author.objects.annotate(tags_count=Count("post__tags"))
    found = eval(f"tagged.{only(detector).fix}", {"tagged": tagged, **NAMES}).fetch()
    assert {(author.tags_count, author.posts_count) for author in found} == {(2, 1)}


def test_the_other_side_of_many_to_many_is_counted_by_its_name(rows: Database) -> None:
    Tag.objects.bulk_create([Tag(word=str(n)) for n in range(AUTHORS)])
    with detect_n_plus_one() as detector:
        for tag in Tag.objects.fetch():
            tag.posts.count()

    found = eval(f"Tag.objects.{only(detector).fix}", NAMES).order_by("pk").fetch()
    assert [tag.posts_count for tag in found] == [AUTHORS, *[0] * AUTHORS]


def test_raw_sql_is_repeated_too(rows: Database) -> None:
    sql = f"select name from author where id = {rows.dialect.placeholder}"
    with detect_n_plus_one() as detector:
        for key in range(AUTHORS):
            rows.fetch(sql, [key])

    finding = only(detector)
    assert (finding.kind, finding.sql, finding.model) == ("repeated", sql, None)
    assert finding.fix == "one statement"


def test_a_function_that_calls_itself_is_a_loop(rows: Database) -> None:
    def down(depth: int) -> None:
        Author.objects.get(name=f"author {depth}")
        if depth:
            down(depth - 1)

    with detect_n_plus_one(threshold=AUTHORS - 1) as detector:
        down(AUTHORS - 1)

    assert only(detector).count == AUTHORS - 1  # all but the outermost call
