"""How many queries does it take to walk from many rows to what they are related to?"""

from __future__ import annotations

import gc
from collections.abc import Generator
from typing import Any

import pytest

from covet.aio import (
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


async def blog(authors: int = 5, posts: int = 3, tags: int = 2) -> None:
    people = await Author.objects.bulk_create([Author(name=f"{n + 1:03}") for n in range(authors)])
    words = await Tag.objects.bulk_create([Tag(word=chr(97 + n)) for n in range(tags)])
    await Passport.objects.bulk_create(
        [Passport(owner=one, number=n) for n, one in enumerate(people) if n % 2]
    )
    written = await Post.objects.bulk_create(
        [Post(title=f"{one.name}.{n + 1}", author=one) for one in people for n in range(posts)]
    )
    links = Post.tags.through
    await links.objects.bulk_create(
        [links(post=post, tag=word) for post in written for word in words]
    )


# --- to one -----------------------------------------------------------------------------------


async def test_a_foreign_key_is_loaded_for_all_at_once(db: Database) -> None:
    await blog()
    posts = await Post.objects.order_by("title").fetch()

    with capture_queries() as queries:
        names = [(await post.author).name for post in posts]

    assert len(queries) == 1
    assert names == [post.title[:3] for post in posts]


async def test_the_way_back_of_one_to_one_is_loaded_for_all_at_once(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        found: list[Any] = []
        for one in authors:
            try:
                found.append((await one.passport).number)
            except Passport.DoesNotExist:
                found.append(None)
        assert await (await authors[1].passport).owner is authors[1]

    assert len(queries) == 1
    assert found == [None, 1, None, 3, None]


async def test_what_is_reached_for_peers_is_peers(db: Database) -> None:
    await blog()
    boss = await Author.objects.create(name="boss")
    await Author.objects.exclude(pk=boss.pk).update(boss=boss)
    posts = await Post.objects.order_by("title").fetch()

    with capture_queries() as queries:
        for post in posts:
            author = await post.author
            assert await author.boss == boss
            hasattr(author, "passport")

    assert len(queries) <= 3


async def test_peers_behind_select_related(db: Database) -> None:
    await blog()
    posts = await Post.objects.select_related("author").order_by("title").fetch()

    with capture_queries() as queries:
        passports = []
        for post in posts:
            author = await post.author
            try:
                passports.append((await author.passport).number)
            except Passport.DoesNotExist:
                passports.append(None)

    assert len(queries) == 1
    assert passports == [None] * 3 + [1] * 3 + [None] * 3 + [3] * 3 + [None] * 3


async def test_only_living_peers_are_loaded_for(db: Database) -> None:
    await blog()
    posts = await Post.objects.order_by("title").fetch()
    kept = posts[:1] + posts[-1:]
    del posts
    gc.collect()

    with capture_queries() as queries:
        await kept[0].author
        await kept[1].author

    assert len(queries) == 1
    assert len(queries[0].params) <= 2 or queries[0].params == [kept[0].author_id]
    assert [peer.title for peer in kept[0]._state.peers] == ["001.1", "005.3"]


async def test_a_list_of_ones_own_keeps_its_peers(db: Database) -> None:
    await blog()
    odd = [post for post in await Post.objects.order_by("title") if post.title.endswith("1")]

    with capture_queries() as queries:
        for post in odd:
            await post.author

    assert len(queries) == 1


async def test_a_key_that_was_set_since_counts(db: Database) -> None:
    await blog()
    posts = await Post.objects.order_by("title").fetch()
    last = await Author.objects.order_by("-name").first()
    assert last is not None
    posts[0].author_id = last.pk
    posts[1].author = last

    assert [(await post.author).name for post in posts[:4]] == ["005", "005", "001", "002"]


async def test_a_row_that_is_gone_is_missed_only_where_it_is_asked_for(db: Database) -> None:
    await blog()
    posts = await Post.objects.order_by("title").fetch()
    posts[3].author_id = 999_999

    assert (await posts[0].author).name == "001"
    with pytest.raises(Author.DoesNotExist):
        await posts[3].author
    assert (await posts[4].author).name == "002"


# --- to many ----------------------------------------------------------------------------------


async def test_one_touch_loads_the_rows_of_one(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        assert len(await authors[0].posts.all()) == 3
        assert len(await authors[0].posts.all()) == 3

    assert [query.rowcount for query in queries] == [3, 3]


async def test_from_the_second_on_one_query_serves_all(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        found = [[post.title for post in await one.posts.order_by()] for one in authors[:1]]
        assert len(found[0]) == 3
    with capture_queries() as queries:
        for one in authors:
            assert sorted(post.title[:3] for post in await one.posts.all()) == [one.name] * 3

    assert len(queries) == 2


async def test_five_hundred_at_a_time(db: Database) -> None:
    await blog(authors=1203, posts=1, tags=0)
    authors = await Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            assert [post.title for post in await one.posts.all()] == [f"{one.name}.1"]

    assert len(queries) == 1 + 3


async def test_a_hundred_authors_with_posts_and_tags_take_five_queries(db: Database) -> None:
    await blog(authors=100, posts=3)
    walked = []

    with capture_queries() as queries:
        for author in await Author.objects.order_by("name"):
            for post in await author.posts.all():
                for tag in await post.tags.all():
                    walked.append((author.name, post.title, tag.word))

    assert len(queries) <= 5
    assert len(walked) == 100 * 3 * 2
    assert sorted(walked)[-1] == ("100", "100.3", "b")


async def test_level_by_level_it_takes_no_more(db: Database) -> None:
    await blog(authors=100, posts=3)

    with capture_queries() as queries:
        authors = await Author.objects.order_by("name").fetch()
        posts = [post for one in authors for post in await one.posts.all()]
        words = [tag.word for post in posts for tag in await post.tags.all()]

    assert len(queries) <= 5
    assert sorted(words) == ["a"] * 300 + ["b"] * 300


async def test_a_single_object_is_no_loop(db: Database) -> None:
    await blog(posts=9)
    author = await Author.objects.get(name="002")

    posts = await author.posts.order_by("title").fetch()
    with capture_queries() as queries:
        await posts[0].tags.all().fetch()
    assert [query.rowcount for query in queries] == [2]


async def test_what_is_narrowed_further_is_a_query_of_its_own(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            await one.posts.filter(title__endswith="1").fetch()
            await one.posts.order_by("-title").fetch()
            await one.posts.all()[:1].fetch()
            await one.posts.count()

    assert len(queries) == 4 * 5


async def test_rows_loaded_ahead_are_never_older_than_what_was_written(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()
    for one in authors[:2]:
        await one.posts.all().fetch()

    await Post.objects.create(title="new", author=authors[4])
    assert len(await authors[4].posts.all()) == 4
    await Post.objects.filter(author=authors[3]).update(author=authors[4])
    assert len(await authors[4].posts.all()) == 7
    assert len(await authors[3].posts.all()) == 0
    await db.execute("DELETE FROM post_tags")
    await Post.objects.filter(author=authors[4]).delete()
    assert len(await authors[4].posts.all()) == 0
    assert len(await authors[2].posts.all()) == 3


async def test_a_loop_that_writes_what_it_reads_loads_nothing_in_vain(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            for post in await one.posts.all():
                post.title = "new"
                await post.save(update_fields=["title"])

    fetched = [query.rowcount for query in queries if query.sql.startswith("SELECT")]
    assert fetched == [3] * 5


async def test_a_loop_that_writes_elsewhere_is_served_by_one_query(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()

    with capture_queries() as queries:
        for one in authors:
            posts = await one.posts.all().fetch()
            await Tag.objects.create(word=f"{len(posts)} by {one}")

    assert sum(query.sql.startswith("SELECT") for query in queries) == 2


async def test_children_know_their_parent(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()

    for one in authors:
        for post in await one.posts.all():
            with capture_queries() as queries:
                assert await post.author is one
            assert queries == []
    (post,) = await authors[0].posts.filter(title="001.1")
    assert await post.author is authors[0]
    assert await (await authors[0].posts.get(title="001.2")).author is authors[0]


async def test_each_chunk_of_an_iterator_is_a_group_of_peers(db: Database) -> None:
    await blog(authors=10, posts=1)

    with capture_queries() as queries:
        names = [
            (await post.author).name
            async for post in Post.objects.order_by("title").iterator(chunk_size=4)
        ]

    assert len(queries) == 1 + 3
    assert names == [f"{n + 1:03}" for n in range(10)]


async def test_an_iterator_prefetches_by_chunks(db: Database) -> None:
    await blog(authors=3, posts=2)

    with capture_queries() as queries:
        query = Post.objects.prefetch_related("tags").order_by("title")
        found = [len(post.tags.all()) async for post in query.iterator(chunk_size=4)]
        values = [t async for t in Post.objects.order_by("title").values_list("title").iterator()]

    assert len(queries) == 1 + 2 + 1
    assert found == [2] * 6
    assert values[0] == ("001.1",)
    with pytest.raises(FieldError):
        [post async for post in query.iterator(chunk_size=0)]


async def test_many_to_many_from_the_other_side(db: Database) -> None:
    await blog(tags=4)
    words = await Tag.objects.order_by("word").fetch()

    with capture_queries() as queries:
        for word in words:
            assert len(await word.posts.all()) == 15

    assert len(queries) == 2


# --- modes ------------------------------------------------------------------------------------


async def test_one_by_one(db: Database) -> None:
    await blog()
    posts = await Post.objects.fetch_mode(FETCH_ONE).order_by("title").fetch()
    authors = await Author.objects.fetch_mode(FETCH_ONE).fetch()

    with capture_queries() as queries:
        for post in posts[:3]:
            await post.author
        for one in authors:
            await one.posts.all().fetch()

    assert len(queries) == 3 + 5


async def test_strict(db: Database) -> None:
    await blog()
    posts = await Post.objects.fetch_mode(FETCH_RAISE).order_by("title").fetch()
    authors = await Author.objects.fetch_mode(FETCH_RAISE).fetch()

    with capture_queries() as queries:
        with pytest.raises(NotLoaded) as error:
            await posts[0].author
        assert str(error.value) == (
            "Post.author has not been loaded, and its fetch mode is FETCH_RAISE. "
            'Load it with the query: select_related("author") or prefetch_related("author").'
        )
        with pytest.raises(NotLoaded) as error:
            await authors[0].passport
        assert 'select_related("passport")' in str(error.value)
        with pytest.raises(NotLoaded) as error:
            await authors[0].posts.all().fetch()
        assert str(error.value) == (
            "Author.posts has not been loaded, and its fetch mode is FETCH_RAISE. "
            'Load it with the query: prefetch_related("posts").'
        )
        with pytest.raises(NotLoaded):
            await posts[0].tags.all().fetch()
    assert queries == []


async def test_strict_lets_through_what_is_loaded_or_asked_for(db: Database) -> None:
    await blog()
    query = Post.objects.fetch_mode(FETCH_RAISE).select_related("author").prefetch_related("tags")
    posts = await query.order_by("title")

    assert (await posts[0].author).name == "001"
    assert len(await posts[0].tags.all()) == 2
    assert await posts[0].tags.filter(word="a").count() == 1
    await posts[0].tags.add(await Tag.objects.create(word="c"))
    await prefetch_related_objects([await posts[0].author], "passport")


async def test_the_mode_is_inherited(db: Database) -> None:
    await blog()
    post = (await Post.objects.fetch_mode(FETCH_ONE).order_by("title"))[0]
    strict = (
        await Post.objects.fetch_mode(FETCH_RAISE)
        .select_related("author")
        .prefetch_related("tags")
        .order_by("title")
    )[0]

    assert (await post.author)._state.fetch_mode is FETCH_ONE
    assert (await post.tags.all())[0]._state.fetch_mode is FETCH_ONE
    assert (await post.tags.filter(word="a"))[0]._state.fetch_mode is FETCH_ONE
    with pytest.raises(NotLoaded):
        await (await strict.author).passport
    with pytest.raises(NotLoaded):
        await strict.tags.all()[0].posts.all().fetch()


@pytest.fixture
def strict() -> Generator[FetchMode]:
    before = set_default_fetch_mode(FETCH_RAISE)
    yield before
    set_default_fetch_mode(before)


async def test_the_default_of_the_process(db: Database, strict: FetchMode) -> None:
    assert strict is FETCH_PEERS
    await blog()
    posts = await Post.objects.order_by("title").fetch()

    with pytest.raises(NotLoaded):
        await posts[0].author
    posts = await Post.objects.fetch_mode(FETCH_PEERS).order_by("title")
    assert (await posts[0].author).name == "001"


def test_no_other_mode_is_taken() -> None:
    with pytest.raises(FieldError) as error:
        Post.objects.fetch_mode("peers")  # type: ignore[arg-type]

    assert str(error.value) == (
        "fetch_mode() takes a fetch mode, not 'peers'. Use FETCH_PEERS, FETCH_ONE or FETCH_RAISE."
    )
    with pytest.raises(FieldError):
        set_default_fetch_mode(None)  # type: ignore[arg-type]
