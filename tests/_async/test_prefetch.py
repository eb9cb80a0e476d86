"""How are relations fetched in advance, and how many queries does it take?"""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    ManyToManyField,
    Model,
    OneToOneField,
    Prefetch,
    RelatedManager,
    UnknownField,
    capture_queries,
    loaded,
    prefetch_related_objects,
)


class Tag(Model):
    word = CharField(max_length=20)

    def __str__(self) -> str:
        return self.word


class Author(Model):
    name = CharField(max_length=20)
    boss = ForeignKey("self", null=True, related_name="staff")
    posts: RelatedManager[Post]

    def __str__(self) -> str:
        return self.name


class Passport(Model):
    owner = OneToOneField(Author, related_name="passport")
    number = IntegerField()


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    author = ForeignKey(Author, related_name="posts", related_query_name="post")
    editor = ForeignKey(Author, null=True, related_name="edited")
    tags = ManyToManyField(Tag, related_name="posts")

    def __str__(self) -> str:
        return self.title


class Comment(Model):
    text = CharField(max_length=20)
    post = ForeignKey(Post, related_name="comments")


async def blog(authors: int = 3, posts: int = 3, tags: int = 2) -> None:
    """Authors 1…n with posts ``1.1`` … and the tags ``a``, ``b``; the even ones have a passport."""
    people = await Author.objects.bulk_create([Author(name=str(n + 1)) for n in range(authors)])
    words = await Tag.objects.bulk_create([Tag(word=chr(97 + n)) for n in range(tags)])
    await Passport.objects.bulk_create(
        [Passport(owner=one, number=n) for n, one in enumerate(people) if n % 2]
    )
    written = await Post.objects.bulk_create(
        [
            Post(title=f"{one.name}.{n + 1}", author=one, views=n)
            for one in people
            for n in range(posts)
        ]
    )
    links = Post.tags.through
    await links.objects.bulk_create(
        [links(post=post, tag=word) for post in written for word in words]
    )


def titles(posts: Any) -> list[str]:
    return sorted(str(post) for post in posts)


# --- each kind of relation --------------------------------------------------------------------


async def test_the_rows_that_point_here_take_one_more_query(db: Database) -> None:
    await blog()
    with capture_queries() as queries:
        authors = await Author.objects.prefetch_related("posts").order_by("name").fetch()
        found = [titles(one.posts.all()) for one in authors]

    assert len(queries) == 2
    assert found == [["1.1", "1.2", "1.3"], ["2.1", "2.2", "2.3"], ["3.1", "3.2", "3.3"]]


async def test_what_was_prefetched_answers_without_a_query(db: Database) -> None:
    await blog()
    ann = (await Author.objects.prefetch_related("posts").order_by("name").fetch())[0]
    post = await Post.objects.get(title="1.1")
    other = await Post.objects.get(title="2.1")

    with capture_queries() as queries:
        posts = ann.posts.all()
        assert len(posts) == 3
        assert post in posts
        assert other not in posts
        assert bool(posts)
        assert posts[0].title.startswith("1.")
        assert await ann.posts.count() == 3
        assert await ann.posts.exists()
        assert await ann.posts.contains(post)
        assert titles(await ann.posts.all()) == ["1.1", "1.2", "1.3"]
        assert [one.author.name for one in ann.posts.all()] == ["1", "1", "1"]
    assert queries == []

    with capture_queries() as queries:
        assert await ann.posts.filter(views=0).count() == 1
    assert len(queries) == 1


async def test_an_author_without_posts_has_an_empty_list(db: Database) -> None:
    await Author.objects.create(name="Ann")
    (ann,) = await Author.objects.prefetch_related("posts", "passport", "boss").fetch()

    with capture_queries() as queries:
        assert list(ann.posts.all()) == []
        assert not hasattr(ann, "nothing")
        with pytest.raises(Passport.DoesNotExist):
            await ann.passport
        assert await ann.boss is None
    assert queries == []


async def test_foreign_keys_there_and_one_to_one_back(db: Database) -> None:
    await blog()
    with capture_queries() as queries:
        posts = await Post.objects.prefetch_related("author__passport", "editor").fetch()
        numbers = {}
        for post in posts:
            author = loaded(post.author)
            numbers[author.name] = author.passport.number if author.name == "2" else None
            assert await post.editor is None
    assert len(queries) == 3
    assert numbers == {"1": None, "2": 1, "3": None}


async def test_rows_with_the_same_key_share_their_object(db: Database) -> None:
    await blog()
    posts = await Post.objects.prefetch_related("author").filter(title__startswith="1.")

    assert len({id(loaded(post.author)) for post in posts}) == 1


async def test_many_to_many_from_both_sides(db: Database) -> None:
    await blog()
    with capture_queries() as queries:
        posts = await Post.objects.prefetch_related("tags").fetch()
        assert {tuple(titles(post.tags.all())) for post in posts} == {("a", "b")}
    assert len(queries) == 2

    with capture_queries() as queries:
        words = await Tag.objects.prefetch_related("posts__author").order_by("word").fetch()
        assert [len(word.posts.all()) for word in words] == [9, 9]
        assert {post.author.name for word in words for post in word.posts.all()} == {"1", "2", "3"}
    assert len(queries) == 3


async def test_the_rows_of_the_table_between(db: Database) -> None:
    await blog()
    through = Post.tags.through
    links = await through.objects.prefetch_related("post", "tag").fetch()

    with capture_queries() as queries:
        assert {loaded(link.tag).word for link in links} == {"a", "b"}
    assert queries == []


async def test_nested_paths_take_one_query_for_each_relation(db: Database) -> None:
    await blog()
    post = await Post.objects.get(title="1.1")
    await Comment.objects.create(post=post, text="well")

    with capture_queries() as queries:
        authors = await Author.objects.prefetch_related(
            "posts__tags", "posts__comments", "posts", "passport"
        ).fetch()
        seen = sorted(
            (author.name, one.title, len(one.tags.all()), len(one.comments.all()))
            for author in authors
            for one in author.posts.all()
        )
    assert len(queries) == 5
    assert len(seen) == 9
    assert seen[0] == ("1", "1.1", 2, 1)


async def test_on_top_of_select_related(db: Database) -> None:
    await blog()
    with capture_queries() as queries:
        posts = await Post.objects.select_related("author").prefetch_related("author__posts")
        assert {len(post.author.posts.all()) for post in posts} == {3}
    assert len(queries) == 2


async def test_no_rows_no_further_queries(db: Database) -> None:
    await blog()
    with capture_queries() as queries:
        assert await Author.objects.filter(name="x").prefetch_related("posts__tags") == []
        assert await Author.objects.none().prefetch_related("posts") == []
    assert len(queries) == 1


async def test_get_first_and_related_managers_prefetch_too(db: Database) -> None:
    await blog()
    query = Author.objects.prefetch_related("posts")

    for ann in (await query.get(name="1"), await query.order_by("name").first()):
        with capture_queries() as queries:
            assert len(loaded(ann).posts.all()) == 3
        assert queries == []
    posts = await loaded(ann).posts.prefetch_related("tags").fetch()
    with capture_queries() as queries:
        assert [len(post.tags.all()) for post in posts] == [2, 2, 2]
    assert queries == []


async def test_nothing_is_fetched_twice(db: Database) -> None:
    await blog()
    authors = await Author.objects.prefetch_related("posts").fetch()

    with capture_queries() as queries:
        await prefetch_related_objects(authors, "posts")
    assert queries == []
    with capture_queries() as queries:
        await prefetch_related_objects(authors, "posts__tags")
    assert len(queries) == 1


async def test_instances_that_lack_it_are_fetched_for_alone(db: Database) -> None:
    await blog()
    authors = await Author.objects.order_by("name").fetch()
    await prefetch_related_objects(authors[:1], "posts")
    await Post.objects.all().update(views=7)

    await prefetch_related_objects(authors, "posts")

    assert {post.views for post in authors[0].posts.all()} == {0, 1, 2}
    assert {post.views for post in authors[1].posts.all()} == {7}


async def test_none_takes_it_back(db: Database) -> None:
    await blog()
    with capture_queries() as queries:
        await Author.objects.prefetch_related("posts").prefetch_related(None).fetch()
    assert len(queries) == 1


# --- querysets of one's own ---------------------------------------------------------------------


async def test_a_filtered_and_ordered_selection(db: Database) -> None:
    await blog()
    chosen = Prefetch("posts", Post.objects.filter(views__gt=0).order_by("-views"))
    authors = await Author.objects.prefetch_related(chosen).order_by("name").fetch()

    with capture_queries() as queries:
        assert [post.title for post in authors[0].posts.all()] == ["1.3", "1.2"]
    assert queries == []


async def test_a_selection_beside_the_relation(db: Database) -> None:
    await blog()
    best = Post.objects.filter(views=2)
    with capture_queries() as queries:
        authors = await Author.objects.prefetch_related(
            Prefetch("posts", best, to_attr="best"), "posts", "best__tags"
        ).order_by("name")
        first: Any = authors[0]
        assert [post.title for post in first.best] == ["1.3"]
        assert len(first.posts.all()) == 3
        assert titles(first.best[0].tags.all()) == ["a", "b"]
    assert len(queries) == 4


async def test_a_selection_of_a_single_object(db: Database) -> None:
    await blog()
    posts: Any = await Post.objects.prefetch_related(
        Prefetch("author", Author.objects.filter(name="1"), to_attr="first_author")
    ).order_by("title")

    assert [post.first_author and post.first_author.name for post in posts][:4] == [
        "1",
        "1",
        "1",
        None,
    ]


async def test_a_slice_is_one_of_each_owners_rows(db: Database) -> None:
    await blog(posts=4)
    best = Post.objects.order_by("-views")
    with capture_queries() as queries:
        query = Author.objects.order_by("name").prefetch_related(
            Prefetch("posts", best[:2], to_attr="best"),
            Prefetch("posts", best[1:3], to_attr="next"),
            Prefetch("posts", best[3:], to_attr="rest"),
        )
        authors: Any = await query.fetch()
    assert len(queries) == 4
    assert [[p.title for p in one.best] for one in authors][:2] == [["1.4", "1.3"], ["2.4", "2.3"]]
    assert [[p.title for p in one.next] for one in authors][:2] == [["1.3", "1.2"], ["2.3", "2.2"]]
    assert [[p.title for p in one.rest] for one in authors][:2] == [["1.1"], ["2.1"]]


async def test_a_slice_of_many_to_many(db: Database) -> None:
    await blog(tags=3)
    last = Prefetch("posts", Post.objects.select_related("author").order_by("-title")[:2])
    words: Any = await Tag.objects.order_by("word").prefetch_related(last).fetch()

    with capture_queries() as queries:
        assert [[post.title for post in word.posts.all()] for word in words] == [["3.3", "3.2"]] * 3
        assert words[0].posts.all()[0].author.name == "3"
    assert queries == []


async def test_a_selection_with_annotations(db: Database) -> None:
    await blog()
    counted = Post.objects.annotate(more=F("views") + 10, writer=F("author__name"))
    with capture_queries() as queries:
        query = Author.objects.order_by("name").prefetch_related(
            Prefetch("posts", counted.order_by("-more")),
            Prefetch("posts", counted.filter(more__lt=12).order_by("-more")[:1], to_attr="best"),
        )
        authors: Any = await query.fetch()
        shown = [[(p.more, p.writer) for p in one.posts.all()] for one in authors[:2]]
        best = [[p.more for p in one.best] for one in authors]
    assert len(queries) == 3
    assert shown == [[(12, "1"), (11, "1"), (10, "1")], [(12, "2"), (11, "2"), (10, "2")]]
    assert best == [[11]] * 3

    words: Any = await Tag.objects.prefetch_related(Prefetch("posts", counted)).fetch()
    assert {p.more - p.views for word in words for p in word.posts.all()} == {10}


async def test_lists_of_keys_are_split_where_a_server_takes_no_more(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await blog(authors=5)
    monkeypatch.setattr(db.dialect, "most_members", lambda member: 2)

    with capture_queries() as queries:
        authors = await Author.objects.order_by("name").prefetch_related("posts__tags").fetch()
        found = [titles(one.posts.all()) for one in authors]
        marked = [titles(post.tags.all()) for one in authors for post in one.posts.all()]

    assert len(queries) == 1 + 3 + 8  # 5 authors and 15 posts, two at a time
    assert found == [[f"{n}.1", f"{n}.2", f"{n}.3"] for n in range(1, 6)]
    assert marked == [["a", "b"]] * 15


async def test_a_selection_that_prefetches_in_turn(db: Database) -> None:
    await blog()
    inner = Prefetch("posts", Post.objects.prefetch_related("tags").select_related("author"))
    with capture_queries() as queries:
        authors = await Author.objects.prefetch_related(inner).fetch()
        assert {len(post.tags.all()) for one in authors for post in one.posts.all()} == {2}
    assert len(queries) == 3


async def test_a_filter_over_the_same_relation_does_not_change_whose_rows_they_are(
    db: Database,
) -> None:
    await blog()
    a, b = await Tag.objects.order_by("word").fetch()
    (only,) = await Post.objects.filter(title="1.1").fetch()
    await only.tags.set([a])

    words: Any = await Tag.objects.order_by("word").prefetch_related(
        Prefetch("posts", Post.objects.filter(tags=a), to_attr="with_a")
    )

    assert [len(word.with_a) for word in words] == [9, 8]
    assert b == words[1]


async def test_many_owners_take_two_queries(db: Database) -> None:
    await Author.objects.bulk_create([Author(name=str(n)) for n in range(3000)])
    ann = await Author.objects.order_by("id").first()
    await Post.objects.create(title="x", author=ann)

    with capture_queries() as queries:
        authors = await Author.objects.order_by("id").prefetch_related("posts", "passport").fetch()
        assert sum(len(one.posts.all()) for one in authors) == 1
    assert len(queries) == 3


# --- when the rows change -----------------------------------------------------------------------


async def test_changing_through_the_manager_drops_what_was_prefetched(db: Database) -> None:
    await blog(authors=2)
    ann = await Author.objects.prefetch_related("posts").get(name="1")
    (bread,) = await Post.objects.prefetch_related("tags").filter(title="1.1")
    new = await ann.posts.create(title="new")
    assert "new" in titles(await ann.posts.all())

    await prefetch_related_objects([ann], "posts")
    await new.delete()
    assert "new" in titles(ann.posts.all())  # prefetched is prefetched
    await ann.posts.add(await Post.objects.get(title="2.1"))
    assert titles(await ann.posts.all()) == ["1.1", "1.2", "1.3", "2.1"]

    (a, _b) = await Tag.objects.order_by("word")
    await bread.tags.remove(a)
    assert titles(await bread.tags.all()) == ["b"]
    for change in (
        lambda: bread.tags.add(a),
        lambda: bread.tags.set([a]),
        lambda: bread.tags.clear(),
        lambda: bread.tags.create(word="c"),
    ):
        await prefetch_related_objects([bread], "tags")
        before = titles(bread.tags.all())
        await change()
        assert titles(await bread.tags.all()) != before


async def test_refreshing_forgets_what_was_prefetched(db: Database) -> None:
    await blog(authors=1)
    ann = await Author.objects.prefetch_related("posts", "passport").get(name="1")
    await Post.objects.filter(title="1.1").delete()

    await ann.refresh_from_db()

    assert titles(await ann.posts.all()) == ["1.2", "1.3"]


async def test_what_was_prefetched_is_pickled(db: Database) -> None:
    await blog()
    ann = await Author.objects.prefetch_related("posts__tags", "boss", "passport").get(name="2")
    twin = pickle.loads(pickle.dumps(ann))

    with capture_queries() as queries:
        assert titles(twin.posts.all()) == ["2.1", "2.2", "2.3"]
        assert titles(twin.posts.all()[0].tags.all()) == ["a", "b"]
        assert twin.passport.number == 1
    assert queries == []


async def test_a_query_is_pickled_with_what_it_is_about(db: Database) -> None:
    await blog()
    ann = await Author.objects.get(name="1")
    first = Prefetch("tags", Tag.objects.order_by("word")[:1], to_attr="first")
    query = ann.posts.filter(views__gt=0).prefetch_related(first).select_related("author")

    again = pickle.loads(pickle.dumps(query))

    assert titles(await again) == ["1.2", "1.3"]
    assert [post.first[0].word for post in again] == ["a", "a"]
    assert titles(await pickle.loads(pickle.dumps(ann.posts.all()))) == ["1.1", "1.2", "1.3"]


# --- what cannot be ---------------------------------------------------------------------------


async def test_what_is_no_relation_is_refused_in_the_line_that_names_it() -> None:
    with pytest.raises(UnknownField) as error:
        Author.objects.prefetch_related("posts__tagz")
    assert str(error.value) == (
        "Post has no field 'tagz' (in prefetch_related('posts__tagz')). Did you mean 'tags'? "
        "Fields: author, comments, editor, tags."
    )
    with pytest.raises(FieldError) as error:
        Author.objects.prefetch_related("name")
    assert "Author.name is no relation" in str(error.value)
    with pytest.raises(FieldError) as error:
        Author.objects.prefetch_related("post")
    assert str(error.value) == (
        "Author.post is a name for lookups; the attribute is 'posts' "
        "(in prefetch_related('post')). Write 'posts'."
    )


async def test_a_selection_that_does_not_fit_is_refused() -> None:
    for wrong, says in (
        (lambda: Prefetch("posts", Tag.objects.all()), "Give a queryset of Post"),
        (lambda: Prefetch("posts", Post.objects.values()), "values() gives none"),
        (lambda: Prefetch("posts", to_attr="name"), "Author has 'name' already"),
        (lambda: Prefetch("posts", to_attr="save"), "Author has 'save' already"),
        (lambda: Prefetch("posts", to_attr="no name"), "needs a plain name"),
        (lambda: Prefetch("posts", to_attr="_origin"), "needs a plain name"),
        (lambda: Prefetch("posts", 7), "was given 7 as its queryset"),
        (lambda: Prefetch(7), "takes the name of a relation"),  # type: ignore[arg-type]
    ):
        with pytest.raises(FieldError) as error:
            Author.objects.prefetch_related(wrong())
        assert says in str(error.value)


async def test_two_selections_for_one_relation_are_refused() -> None:
    with pytest.raises(FieldError) as error:
        Author.objects.prefetch_related("posts__tags", Prefetch("posts", Post.objects.all()))

    assert "told twice what to fetch as 'posts'" in str(error.value)


async def test_objects_of_several_models_are_refused(db: Database) -> None:
    with pytest.raises(FieldError):
        await prefetch_related_objects([Author(name="a"), Tag(word="b")], "posts")
    await prefetch_related_objects([], "posts")
