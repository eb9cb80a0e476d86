# generated from tests/_async/test_peers.py by scripts/generate_sync.py;
# change that file, not this one
"""How many queries does it take to walk from many rows to what they are related to?"""

from __future__ import annotations

import gc
from collections.abc import Generator
from typing import Any

import pytest

from covet.sync import (
    FETCH_ONE,
    FETCH_PEERS,
    FETCH_RAISE,
    CharField,
    Database,
    FetchMode,
    FieldError,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    NotLoaded,
    OneToOneField,
    capture_queries,
    prefetch_related_objects,
    set_default_fetch_mode,
)


class Tag(Model):
    word = CharField(max_length=20)

    def __str__(self) -> str:
        return self.word


class Author(Model):
    name = CharField(max_length=20)
    boss = ForeignKey("self", null=True, related_name="staff")

    def __str__(self) -> str:
        return self.name


class Passport(Model):
    owner = OneToOneField(Author, related_name="passport")
    number = IntegerField()


class Post(Model):
    title = CharField(max_length=20)
    author = ForeignKey(Author, related_name="posts")
    tags = ManyToManyField(Tag, related_name="posts")

    def __str__(self) -> str:
        return self.title


def blog(authors: int = 5, posts: int = 3, tags: int = 2) -> None:
    people = Author.objects.bulk_create([Author(name=f"{n + 1:03}") for n in range(authors)])
    words = Tag.objects.bulk_create([Tag(word=chr(97 + n)) for n in range(tags)])
    Passport.objects.bulk_create(
        [Passport(owner=one, number=n) for n, one in enumerate(people) if n % 2]
    )
    written = Post.objects.bulk_create(
        [Post(title=f"{one.name}.{n + 1}", author=one) for one in people for n in range(posts)]
    )
    links = Post.tags.through
    links.objects.bulk_create([links(post=post, tag=word) for post in written for word in words])


# --- to one -----------------------------------------------------------------------------------


def test_a_foreign_key_is_loaded_for_all_at_once(db: Database) -> None:
    blog()
    posts = Post.objects.order_by("title").fetch()

    with capture_queries() as queries:
        names = [post.author.name for post in posts]

    assert len(queries) == 1
    assert names == [post.title[:3] for post in posts]


def test_the_way_back_of_one_to_one_is_loaded_for_all_at_once(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        found: list[Any] = []
        for one in authors:
            try:
                found.append(one.passport.number)
            except Passport.DoesNotExist:
                found.append(None)
        assert authors[1].passport.owner is authors[1]

    assert len(queries) == 1
    assert found == [None, 1, None, 3, None]


def test_what_is_reached_for_peers_is_peers(db: Database) -> None:
    blog()
    boss = Author.objects.create(name="boss")
    Author.objects.exclude(pk=boss.pk).update(boss=boss)
    posts = Post.objects.order_by("title").fetch()

    with capture_queries() as queries:
        for post in posts:
            author = post.author
            assert author.boss == boss
            hasattr(author, "passport")

    assert len(queries) <= 3


def test_peers_behind_select_related(db: Database) -> None:
    blog()
    posts = Post.objects.select_related("author").order_by("title").fetch()

    with capture_queries() as queries:
        passports = []
        for post in posts:
            author = post.author
            try:
                passports.append(author.passport.number)
            except Passport.DoesNotExist:
                passports.append(None)

    assert len(queries) == 1
    assert passports == [None] * 3 + [1] * 3 + [None] * 3 + [3] * 3 + [None] * 3


def test_only_living_peers_are_loaded_for(db: Database) -> None:
    blog()
    posts = Post.objects.order_by("title").fetch()
    kept = posts[:1] + posts[-1:]
    del posts
    gc.collect()

    with capture_queries() as queries:
        kept[0].author
        kept[1].author

    assert len(queries) == 1
    assert len(queries[0].params) <= 2 or queries[0].params == [kept[0].author_id]
    assert [peer.title for peer in kept[0]._state.peers] == ["001.1", "005.3"]


def test_a_list_of_ones_own_keeps_its_peers(db: Database) -> None:
    blog()
    odd = [post for post in Post.objects.order_by("title") if post.title.endswith("1")]

    with capture_queries() as queries:
        for post in odd:
            post.author

    assert len(queries) == 1


def test_a_key_that_was_set_since_counts(db: Database) -> None:
    blog()
    posts = Post.objects.order_by("title").fetch()
    last = Author.objects.order_by("-name").first()
    assert last is not None
    posts[0].author_id = last.pk
    posts[1].author = last

    assert [post.author.name for post in posts[:4]] == ["005", "005", "001", "002"]


def test_a_row_that_is_gone_is_missed_only_where_it_is_asked_for(db: Database) -> None:
    blog()
    posts = Post.objects.order_by("title").fetch()
    posts[3].author_id = 999_999

    assert posts[0].author.name == "001"
    with pytest.raises(Author.DoesNotExist):
        posts[3].author
    assert posts[4].author.name == "002"


# --- to many ----------------------------------------------------------------------------------


def test_one_touch_loads_the_rows_of_one(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        assert len(authors[0].posts.all()) == 3
        assert len(authors[0].posts.all()) == 3

    assert [query.rowcount for query in queries] == [3, 3]


def test_from_the_second_on_one_query_serves_all(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        found = [[post.title for post in one.posts.order_by()] for one in authors[:1]]
        assert len(found[0]) == 3
    with capture_queries() as queries:
        for one in authors:
            assert sorted(post.title[:3] for post in one.posts.all()) == [one.name] * 3

    assert len(queries) == 2


def test_five_hundred_at_a_time(db: Database) -> None:
    blog(authors=1203, posts=1, tags=0)
    authors = Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            assert [post.title for post in one.posts.all()] == [f"{one.name}.1"]

    assert len(queries) == 1 + 3


def test_a_hundred_authors_with_posts_and_tags_take_five_queries(db: Database) -> None:
    blog(authors=100, posts=3)
    walked = []

    with capture_queries() as queries:
        for author in Author.objects.order_by("name"):
            for post in author.posts.all():
                for tag in post.tags.all():
                    walked.append((author.name, post.title, tag.word))

    assert len(queries) <= 5
    assert len(walked) == 100 * 3 * 2
    assert sorted(walked)[-1] == ("100", "100.3", "b")


def test_level_by_level_it_takes_no_more(db: Database) -> None:
    blog(authors=100, posts=3)

    with capture_queries() as queries:
        authors = Author.objects.order_by("name").fetch()
        posts = [post for one in authors for post in one.posts.all()]
        words = [tag.word for post in posts for tag in post.tags.all()]

    assert len(queries) <= 5
    assert sorted(words) == ["a"] * 300 + ["b"] * 300


def test_a_single_object_is_no_loop(db: Database) -> None:
    blog(posts=9)
    author = Author.objects.get(name="002")

    posts = author.posts.order_by("title").fetch()
    with capture_queries() as queries:
        posts[0].tags.all().fetch()
    assert [query.rowcount for query in queries] == [2]


def test_what_is_narrowed_further_is_a_query_of_its_own(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            one.posts.filter(title__endswith="1").fetch()
            one.posts.order_by("-title").fetch()
            one.posts.all()[:1].fetch()
            one.posts.count()

    assert len(queries) == 4 * 5


def test_rows_loaded_ahead_are_never_older_than_what_was_written(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()
    for one in authors[:2]:
        one.posts.all().fetch()

    Post.objects.create(title="new", author=authors[4])
    assert len(authors[4].posts.all()) == 4
    Post.objects.filter(author=authors[3]).update(author=authors[4])
    assert len(authors[4].posts.all()) == 7
    assert len(authors[3].posts.all()) == 0
    db.execute("DELETE FROM post_tags")
    Post.objects.filter(author=authors[4]).delete()
    assert len(authors[4].posts.all()) == 0
    assert len(authors[2].posts.all()) == 3


def test_a_loop_that_writes_what_it_reads_loads_nothing_in_vain(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            for post in one.posts.all():
                post.title = "new"
                post.save(update_fields=["title"])

    fetched = [query.rowcount for query in queries if query.sql.startswith("SELECT")]
    assert fetched == [3] * 5


def test_a_loop_that_writes_elsewhere_is_served_by_one_query(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            posts = one.posts.all().fetch()
            Tag.objects.create(word=f"{len(posts)} by {one}")

    assert sum(query.sql.startswith("SELECT") for query in queries) == 2


def test_children_know_their_parent(db: Database) -> None:
    blog()
    authors = Author.objects.order_by("name").fetch()

    for one in authors:
        for post in one.posts.all():
            with capture_queries() as queries:
                assert post.author is one
            assert queries == []
    (post,) = authors[0].posts.filter(title="001.1")
    assert post.author is authors[0]
    assert authors[0].posts.get(title="001.2").author is authors[0]


def test_each_chunk_of_an_iterator_is_a_group_of_peers(db: Database) -> None:
    blog(authors=10, posts=1)

    with capture_queries() as queries:
        names = [post.author.name for post in Post.objects.order_by("title").iterator(chunk_size=4)]

    assert len(queries) == 1 + 3
    assert names == [f"{n + 1:03}" for n in range(10)]


def test_an_iterator_prefetches_by_chunks(db: Database) -> None:
    blog(authors=3, posts=2)

    with capture_queries() as queries:
        query = Post.objects.prefetch_related("tags").order_by("title")
        found = [len(post.tags.all()) for post in query.iterator(chunk_size=4)]
        values = [t for t in Post.objects.order_by("title").values_list("title").iterator()]

    assert len(queries) == 1 + 2 + 1
    assert found == [2] * 6
    assert values[0] == ("001.1",)
    with pytest.raises(FieldError):
        [post for post in query.iterator(chunk_size=0)]


def test_many_to_many_from_the_other_side(db: Database) -> None:
    blog(tags=4)
    words = Tag.objects.order_by("word").fetch()

    with capture_queries() as queries:
        for word in words:
            assert len(word.posts.all()) == 15

    assert len(queries) == 2


# --- modes ------------------------------------------------------------------------------------


def test_one_by_one(db: Database) -> None:
    blog()
    posts = Post.objects.fetch_mode(FETCH_ONE).order_by("title").fetch()
    authors = Author.objects.fetch_mode(FETCH_ONE).fetch()

    with capture_queries() as queries:
        for post in posts[:3]:
            post.author
        for one in authors:
            one.posts.all().fetch()

    assert len(queries) == 3 + 5


def test_strict(db: Database) -> None:
    blog()
    posts = Post.objects.fetch_mode(FETCH_RAISE).order_by("title").fetch()
    authors = Author.objects.fetch_mode(FETCH_RAISE).fetch()

    with capture_queries() as queries:
        with pytest.raises(NotLoaded) as error:
            posts[0].author
        assert str(error.value) == (
            "Post.author has not been loaded, and its fetch mode is FETCH_RAISE. "
            'Load it with the query: select_related("author") or prefetch_related("author").'
        )
        with pytest.raises(NotLoaded) as error:
            authors[0].passport
        assert 'select_related("passport")' in str(error.value)
        with pytest.raises(NotLoaded) as error:
            authors[0].posts.all().fetch()
        assert str(error.value) == (
            "Author.posts has not been loaded, and its fetch mode is FETCH_RAISE. "
            'Load it with the query: prefetch_related("posts").'
        )
        with pytest.raises(NotLoaded):
            posts[0].tags.all().fetch()
    assert queries == []


def test_strict_lets_through_what_is_loaded_or_asked_for(db: Database) -> None:
    blog()
    query = Post.objects.fetch_mode(FETCH_RAISE).select_related("author").prefetch_related("tags")
    posts = query.order_by("title")

    assert posts[0].author.name == "001"
    assert len(posts[0].tags.all()) == 2
    assert posts[0].tags.filter(word="a").count() == 1
    posts[0].tags.add(Tag.objects.create(word="c"))
    prefetch_related_objects([posts[0].author], "passport")


def test_the_mode_is_inherited(db: Database) -> None:
    blog()
    post = Post.objects.fetch_mode(FETCH_ONE).order_by("title")[0]
    strict = (
        Post.objects.fetch_mode(FETCH_RAISE)
        .select_related("author")
        .prefetch_related("tags")
        .order_by("title")
    )[0]

    assert post.author._state.fetch_mode is FETCH_ONE
    assert post.tags.all()[0]._state.fetch_mode is FETCH_ONE
    assert post.tags.filter(word="a")[0]._state.fetch_mode is FETCH_ONE
    with pytest.raises(NotLoaded):
        strict.author.passport
    with pytest.raises(NotLoaded):
        strict.tags.all()[0].posts.all().fetch()


@pytest.fixture
def strict() -> Generator[FetchMode]:
    before = set_default_fetch_mode(FETCH_RAISE)
    yield before
    set_default_fetch_mode(before)


def test_the_default_of_the_process(db: Database, strict: FetchMode) -> None:
    assert strict is FETCH_PEERS
    blog()
    posts = Post.objects.order_by("title").fetch()

    with pytest.raises(NotLoaded):
        posts[0].author
    posts = Post.objects.fetch_mode(FETCH_PEERS).order_by("title")
    assert posts[0].author.name == "001"


def test_no_other_mode_is_taken() -> None:
    with pytest.raises(FieldError) as error:
        Post.objects.fetch_mode("peers")  # type: ignore[arg-type]

    assert str(error.value) == (
        "fetch_mode() takes a fetch mode, not 'peers'. Use FETCH_PEERS, FETCH_ONE or FETCH_RAISE."
    )
    with pytest.raises(FieldError):
        set_default_fetch_mode(None)  # type: ignore[arg-type]
