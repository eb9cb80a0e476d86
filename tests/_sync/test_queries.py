# generated from tests/_async/test_queries.py by scripts/generate_sync.py;
# change that file, not this one
"""What does a query give: which rows, in which order and shape, and with how many statements?"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from covet.sync import (
    BooleanField,
    CharField,
    ConfigurationError,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    Q,
    TextField,
    UnknownField,
    capture_queries,
    connect,
    create_tables,
)

from ..pairs import sync_fixture


class Author(Model):
    name = CharField(max_length=100, unique=True)
    age = IntegerField(null=True)

    class Meta:
        ordering = ("-name",)


class Post(Model):
    title = CharField(max_length=100)
    views = IntegerField(default=0)
    rating = IntegerField(null=True)
    draft = BooleanField(default=False)
    author = ForeignKey(Author, null=True, related_name="posts")


class Comment(Model):
    text = TextField()
    post = ForeignKey(Post, related_name="comments")

    class Meta:
        ordering = ("post", "-text")


@sync_fixture
def posts(db: Database) -> Iterator[list[Post]]:
    """Five posts: a (9 views) to e; Ann has two, Bob two, and one has no author."""
    ann = Author.objects.create(name="Ann", age=30)
    bob = Author.objects.create(name="Bob")
    yield [
        Post.objects.create(title="a", views=9, rating=3, author=ann),
        Post.objects.create(title="b", views=4, rating=None, author=bob),
        Post.objects.create(title="c", views=4, rating=1, author=ann),
        Post.objects.create(title="d", views=7, rating=None, author=None),
        Post.objects.create(title="e", views=1, rating=2, author=bob),
    ]


def titles(query: Any) -> str:
    """The titles of a query's posts, one after the other."""
    return "".join([post.title for post in query.fetch()])


# --- narrowing ----------------------------------------------------------------------------------


def test_all_gives_every_row(posts: list[Post]) -> None:
    assert sorted(post.pk for post in Post.objects.all().fetch()) == [p.pk for p in posts]


def test_rows_are_instances_with_the_values_of_their_row(posts: list[Post]) -> None:
    post = Post.objects.get(title="a")
    assert post == posts[0]
    assert (post.views, post.rating, post.draft) == (9, 3, False)
    assert post.author_id == posts[0].author_id


def test_filters_chain_and_leave_the_query_before_as_it_was(posts: list[Post]) -> None:
    some = Post.objects.filter(views__gt=1).order_by("title")
    fewer = some.filter(rating=None)
    assert titles(fewer) == "bd"
    assert titles(some) == "abcd"


def test_several_lookups_must_all_hold(posts: list[Post]) -> None:
    assert titles(Post.objects.filter(views=4, rating=1)) == "c"
    assert titles(Post.objects.filter(Q(views=4), Post.rating == 1, title="c")) == "c"


def test_exclude_is_the_complement_of_filter_with_nulls_too(posts: list[Post]) -> None:
    ordered = Post.objects.order_by("title")
    assert titles(ordered.filter(rating__gt=1)) == "ae"
    assert titles(ordered.exclude(rating__gt=1)) == "bcd"
    assert titles(ordered.exclude(author__age=30)) == "bde"
    assert titles(ordered.exclude(views=4, rating=1)) == "abde"
    assert titles(ordered.exclude(views=4).exclude(rating=2)) == "ad"


def test_filter_without_conditions_says_nothing(posts: list[Post]) -> None:
    assert Post.objects.filter().count() == 5
    assert Post.objects.exclude().count() == 5
    assert Post.objects.filter(Q()).count() == 5
    assert Post.objects.exclude(~Q()).count() == 5


def test_none_has_no_rows_and_sends_nothing(db: Database) -> None:
    nothing = Post.objects.none()
    with capture_queries() as queries:
        assert nothing.fetch() == []
        assert nothing.all().filter(title="a").order_by("views").fetch() == []
        assert nothing.count() == 0
        assert not nothing.exists()
        assert nothing.first() is None
        assert nothing.last() is None
        assert nothing.values_list("title", flat=True).fetch() == []
        assert nothing.in_bulk() == {}
        assert nothing.update(views=3) == 0
        assert nothing.delete() == (0, {})
        with pytest.raises(Post.DoesNotExist):
            nothing.get()
    assert queries == []


# --- one row ------------------------------------------------------------------------------------


def test_get_gives_the_one_row(posts: list[Post]) -> None:
    with capture_queries() as queries:
        assert Post.objects.get(title="b") == posts[1]
        assert Post.objects.get(Q(title="b")) == posts[1]
        assert Post.objects.filter(title="b").get() == posts[1]
        assert Post.objects.get(pk=posts[1].pk) == posts[1]
    assert len(queries) == 4


def test_get_without_a_row_names_model_and_conditions(posts: list[Post]) -> None:
    with pytest.raises(Post.DoesNotExist) as caught:
        Post.objects.filter(views__gt=1).get(title="z", author__name="Ann")
    assert str(caught.value) == (
        "No Post matches (in Post.objects.get(views__gt=1, title='z', author__name='Ann'))."
    )


def test_get_of_an_excluded_query_says_so(posts: list[Post]) -> None:
    with pytest.raises(Post.DoesNotExist) as caught:
        Post.objects.exclude(views__gt=0).get()
    assert str(caught.value) == "No Post matches (in Post.objects.get(~Q(views__gt=0)))."


def test_get_with_several_rows_says_how_many(posts: list[Post]) -> None:
    with pytest.raises(Post.MultipleObjectsReturned) as caught:
        Post.objects.get(views=4)
    assert str(caught.value) == (
        "2 objects of Post match, where one was asked for (in Post.objects.get(views=4)). "
        "Use filter(), or conditions that only one can meet."
    )


def test_get_does_not_fetch_thousands_of_rows_to_complain(db: Database) -> None:
    Post.objects.bulk_create([Post(title="x") for _ in range(30)])
    with capture_queries() as queries, pytest.raises(Post.MultipleObjectsReturned) as caught:
        Post.objects.get()
    assert queries[0].rowcount == 21
    assert str(caught.value).startswith("more than 20 objects of Post match")


def test_get_of_another_models_error_is_not_caught(posts: list[Post]) -> None:
    with pytest.raises(Post.DoesNotExist) as caught:
        Post.objects.get(title="z")
    assert not isinstance(caught.value, Author.DoesNotExist)


def test_get_of_a_slice_looks_only_in_it(posts: list[Post]) -> None:
    ordered = Post.objects.order_by("title")
    assert ordered[1:2].get() == posts[1]
    with pytest.raises(Post.MultipleObjectsReturned):
        ordered[1:3].get()
    with pytest.raises(Post.DoesNotExist):
        ordered[9:10].get()
    assert ordered[4:].get() == posts[4]
    with pytest.raises(FieldError, match=r"^get\(\) cannot change a query once a slice of it was"):
        ordered[1:3].get(title="b")


def test_first_and_last_follow_the_order(posts: list[Post]) -> None:
    ordered = Post.objects.order_by("-views", "title")
    with capture_queries() as queries:
        assert ordered.first() == posts[0]
        assert ordered.last() == posts[4]
    assert [query.rowcount for query in queries] == [1, 1]


def test_first_and_last_go_by_key_where_there_is_no_order(posts: list[Post]) -> None:
    assert Post.objects.first() == posts[0]
    assert Post.objects.last() == posts[4]
    assert Post.objects.order_by().first() == posts[0]


def test_first_and_last_of_a_model_with_ordering_follow_it(posts: list[Post]) -> None:
    first, last = Author.objects.first(), Author.objects.last()
    assert first is not None
    assert last is not None
    assert (first.name, last.name) == ("Bob", "Ann")


def test_first_and_last_of_nothing_are_none(db: Database) -> None:
    assert Post.objects.first() is None
    assert Post.objects.filter(views=1).last() is None


def test_first_of_a_slice_is_its_first_and_last_is_refused(posts: list[Post]) -> None:
    ordered = Post.objects.order_by("title")
    assert ordered[2:].first() == posts[2]
    assert ordered[2:2].first() is None
    with pytest.raises(FieldError, match=r"^last\(\) cannot change"):
        ordered[2:4].last()


def test_count_and_exists_ask_the_database_only_that(posts: list[Post]) -> None:
    query = Post.objects.filter(views=4)
    with capture_queries() as queries:
        assert query.count() == 2
        assert query.exists()
        assert not query.filter(title="z").exists()
    assert "COUNT(*)" in queries[0].sql
    assert [query.rowcount for query in queries] == [1, 1, 0]


def test_count_and_exists_heed_slices(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    assert query[1:3].count() == 2
    assert query[3:].count() == 2
    assert query[:99].count() == 5
    assert query[9:].count() == 0
    assert query[3:].exists()
    assert not query[5:].exists()
    assert not query[2:2].exists()


def test_count_and_exists_of_distinct_values(posts: list[Post]) -> None:
    views = Post.objects.values_list("views", flat=True).distinct()
    assert views.count() == 4
    assert views.exists()
    assert views[1:].count() == 3
    assert views.order_by("title").count() == len(views.order_by("title").fetch())


def test_count_counts_a_row_once_for_each_related_row_like_the_rows(
    posts: list[Post],
) -> None:
    authors = Author.objects.filter(posts__views__gt=0)
    assert authors.count() == len(authors.all().fetch()) == 4
    assert authors.distinct().count() == len(authors.distinct().fetch()) == 2


# --- order --------------------------------------------------------------------------------------


def test_order_by_names_up_and_down(posts: list[Post]) -> None:
    assert titles(Post.objects.order_by("views", "title")) == "ebcda"
    assert titles(Post.objects.order_by("views", "-title")) == "ecbda"
    assert titles(Post.objects.order_by("-views", "title")) == "adbce"
    assert titles(Post.objects.order_by("-pk")) == "edcba"


def test_a_later_order_by_replaces_the_earlier(posts: list[Post]) -> None:
    assert titles(Post.objects.order_by("views").order_by("-title")) == "edcba"


def test_nulls_sort_as_the_smallest_values(posts: list[Post]) -> None:
    assert titles(Post.objects.order_by("rating", "title")) == "bdcea"
    assert titles(Post.objects.order_by("-rating", "title")) == "aecbd"


def test_an_expression_says_where_nulls_go(posts: list[Post]) -> None:
    rating = F("rating")
    by = Post.objects.order_by
    assert titles(by(rating.asc(nulls_first=True), "title")) == "bdcea"
    assert titles(by(rating.asc(nulls_last=True), "title")) == "ceabd"
    assert titles(by(rating.desc(nulls_first=True), "title")) == "bdaec"
    assert titles(by(rating.desc(nulls_last=True), "title")) == "aecbd"
    assert titles(by(Post.rating.desc(), "title")) == "aecbd"
    assert titles(by(Post.rating, "title")) == "bdcea"


def test_order_by_an_expression_with_values(posts: list[Post]) -> None:
    query = Post.objects.filter(views__gt=1).order_by((F("views") * -1 + 2).asc(), "title")
    assert titles(query) == "adbc"
    assert titles(query.filter(title__in=["a", "b"])) == "ab"


@pytest.mark.parametrize("term", [3, None, ["views"], object(), b"views"])
def test_what_is_nothing_to_order_by_is_refused(db: Database, term: Any) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.order_by("title", term)
    assert "is nothing to order by (in order_by('title', " in str(caught.value)
    assert str(caught.value).endswith('Give "-views", or F("views").desc().')


def test_order_by_a_related_field_keeps_rows_without_relation(posts: list[Post]) -> None:
    assert titles(Post.objects.order_by("author__name", "title")) == "dacbe"
    assert titles(Post.objects.order_by("-author__name", "title")) == "beacd"
    assert titles(Post.objects.order_by(F("author__age").asc(nulls_last=True), "title")) == (
        "acbde"
    )


def test_order_by_a_relation_follows_the_related_models_ordering(posts: list[Post]) -> None:
    assert titles(Post.objects.order_by("author", "title")) == "beacd"  # Author: -name
    assert titles(Post.objects.order_by("-author", "title")) == "dacbe"


def test_order_by_a_key_does_not_look_at_the_related_model(posts: list[Post]) -> None:
    query = Post.objects.order_by("author_id", "title")
    assert "JOIN" not in query.sql("sqlite")[0]
    assert titles(query) == "dacbe"


def test_ordering_of_the_model_may_lead_over_several_relations(posts: list[Post]) -> None:
    for post, text in ((posts[0], "x"), (posts[1], "y"), (posts[0], "z")):
        Comment.objects.create(text=text, post=post)
    texts = Comment.objects.values_list("text", flat=True)
    assert texts.fetch() == ["z", "x", "y"]
    assert texts.order_by("-post__author", "text").fetch() == ["x", "z", "y"]


def test_meta_ordering_holds_until_order_by(posts: list[Post]) -> None:
    assert Author.objects.values_list("name", flat=True).fetch() == ["Bob", "Ann"]
    names = Author.objects.order_by("name").values_list("name", flat=True)
    assert names.fetch() == ["Ann", "Bob"]
    assert "ORDER BY" not in Author.objects.order_by().sql("sqlite")[0]


def test_reverse_turns_the_order_round_and_back(posts: list[Post]) -> None:
    query = Post.objects.order_by("-views", F("rating").asc(nulls_last=True))
    assert titles(query) == "adcbe"
    assert titles(query.reverse()) == "ebcda"
    assert titles(query.reverse().reverse()) == "adcbe"
    assert Author.objects.reverse().values_list("name", flat=True) == ["Ann", "Bob"]


def test_reverse_without_order_goes_by_key_downwards(posts: list[Post]) -> None:
    assert titles(Post.objects.reverse()) == "edcba"


def test_order_by_after_reverse_starts_afresh(posts: list[Post]) -> None:
    assert titles(Post.objects.order_by("views").reverse().order_by("title")) == "abcde"


def test_a_random_order_has_the_same_rows(posts: list[Post]) -> None:
    assert sorted(titles(Post.objects.order_by("?"))) == list("abcde")
    assert sorted(titles(Post.objects.order_by("draft", "?"))) == list("abcde")


def test_ordered_tells_whether_there_is_an_order(db: Database) -> None:
    assert not Post.objects.all().ordered
    assert Post.objects.order_by("title").ordered
    assert Author.objects.all().ordered
    assert not Author.objects.order_by().ordered


# --- slices -------------------------------------------------------------------------------------


def test_slices_are_taken_by_the_database(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    with capture_queries() as queries:
        assert titles(query[:2]) == "ab"
        assert titles(query[1:3]) == "bc"
        assert titles(query[3:]) == "de"
        assert titles(query[:]) == "abcde"
        assert titles(query[4:99]) == "e"
        assert titles(query[0:0]) == ""
        assert titles(query[3:2]) == ""
    assert [query.rowcount for query in queries] == [2, 2, 2, 5, 1]


def test_a_slice_of_a_slice_is_counted_from_its_first_row(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    assert titles(query[1:4][1:2]) == "c"
    assert titles(query[1:4][1:]) == "cd"
    assert titles(query[1:4][:9]) == "bcd"
    assert titles(query[2:][1:]) == "de"
    assert titles(query[2:][:1]) == "c"
    assert titles(query[:3][3:]) == ""
    assert titles(query[1:2][5:]) == ""


@pytest.mark.parametrize(
    ("bounds", "shown"),
    [
        (slice(-1, None), "-1"),
        (slice(None, -2), "-2"),
        (slice("a", None), "'a'"),
        (slice(None, 1.5), "1.5"),
        (slice(True, None), "True"),
    ],
)
def test_a_slice_needs_whole_numbers_from_zero_up(db: Database, bounds: Any, shown: str) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.all()[bounds]
    assert str(caught.value) == (
        f"A query cannot be sliced at {shown}. "
        "Use whole numbers from 0 up; turn it round with reverse()."
    )


def test_a_slice_takes_no_steps(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.all()[0:4:2]
    assert str(caught.value) == "A query cannot be sliced in steps. Slice the fetched list."


def test_a_slice_beyond_64_bits_is_refused_or_empty(posts: list[Post]) -> None:
    assert Post.objects.all()[: 2**63 - 1].count() == 5
    with pytest.raises(FieldError):
        Post.objects.all()[: 2**63]
    with pytest.raises(FieldError):
        Post.objects.all()[2**63 :]


@pytest.mark.parametrize("call", ["filter", "exclude", "order_by", "reverse", "distinct"])
def test_a_slice_cannot_be_changed(db: Database, call: str) -> None:
    part = Post.objects.order_by("title")[:3]
    arguments = {"filter": [Q(views=1)], "exclude": [Q(views=1)], "order_by": ["views"]}
    with pytest.raises(FieldError) as caught:
        getattr(part, call)(*arguments.get(call, []))
    assert str(caught.value) == (
        f"{call}() cannot change a query once a slice of it was taken. "
        f"Call {call}() before slicing."
    )


def test_values_and_using_may_follow_a_slice(posts: list[Post]) -> None:
    part = Post.objects.order_by("title")[1:3]
    assert part.values_list("title", flat=True).fetch() == ["b", "c"]
    assert titles(part.using("default")) == "bc"


# --- distinct -----------------------------------------------------------------------------------


def test_distinct_gives_a_row_once_though_several_related_rows_match(
    posts: list[Post],
) -> None:
    authors = Author.objects.filter(posts__views__gt=0).order_by("name")
    assert [author.name for author in authors.fetch()] == ["Ann", "Ann", "Bob", "Bob"]
    assert [author.name for author in authors.distinct().fetch()] == ["Ann", "Bob"]


def test_distinct_values(posts: list[Post]) -> None:
    views = Post.objects.order_by("views").values_list("views", flat=True).distinct()
    assert views.fetch() == [1, 4, 7, 9]
    assert views[1:3].fetch() == [4, 7]


def test_distinct_with_an_order_that_is_not_selected(posts: list[Post]) -> None:
    titled = Post.objects.order_by("author__name", "title").distinct()
    assert titles(titled) == "dacbe"
    pairs = Post.objects.order_by("-title").values_list("draft", flat=True).distinct()
    assert pairs.fetch() == [False] * 5  # what it is ordered by is told apart too
    assert titles(Post.objects.distinct().order_by((F("views") + 1).asc(), "title")) == ("ebcda")


def test_distinct_in_random_order(posts: list[Post]) -> None:
    views = Post.objects.order_by("?").values_list("draft", flat=True).distinct()
    assert set(views.fetch()) == {False}


# --- other shapes of rows -----------------------------------------------------------------------


def test_values_gives_dictionaries(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")[:2]
    with capture_queries() as queries:
        assert query.values("title", "author__name").fetch() == [
            {"title": "a", "author__name": "Ann"},
            {"title": "b", "author__name": "Bob"},
        ]
    assert len(queries) == 1


def test_values_without_names_gives_all_columns(posts: list[Post]) -> None:
    row = Post.objects.order_by("title").values().fetch()[0]
    assert row == {
        "id": posts[0].pk,
        "title": "a",
        "views": 9,
        "rating": 3,
        "draft": False,
        "author_id": posts[0].author_id,
    }


def test_values_names_relations_and_keys_as_they_were_asked(posts: list[Post]) -> None:
    row = Post.objects.filter(title="a").values("pk", "author", "author_id").fetch()[0]
    key = posts[0].author_id
    assert row == {"pk": posts[0].pk, "author": key, "author_id": key}


def test_values_across_a_null_relation_are_none(posts: list[Post]) -> None:
    rows = Post.objects.filter(title="d").values("author__name", "author__age").fetch()
    assert rows == [{"author__name": None, "author__age": None}]


def test_values_across_a_relation_to_many_give_a_row_each(posts: list[Post]) -> None:
    rows = Author.objects.order_by("name", "posts__title").values_list("name", "posts__title")
    assert rows.fetch() == [("Ann", "a"), ("Ann", "c"), ("Bob", "b"), ("Bob", "e")]


def test_values_are_converted_as_instances_are(posts: list[Post]) -> None:
    assert Post.objects.order_by("title").values_list("draft", "author__posts__draft")[
        :1
    ].fetch() == [(False, False)]


def test_values_list_gives_tuples_in_the_order_asked(posts: list[Post]) -> None:
    query = Post.objects.filter(title="a")
    assert query.values_list("views", "title").fetch() == [(9, "a")]
    assert query.values_list("views").fetch() == [(9,)]
    assert query.values_list().fetch() == [(posts[0].pk, "a", 9, 3, False, posts[0].author_id)]


def test_flat_values_are_bare(posts: list[Post]) -> None:
    assert Post.objects.order_by("title").values_list("views", flat=True).fetch() == [
        9, 4, 4, 7, 1,
    ]  # fmt: skip
    assert Post.objects.get(title="a") == posts[0]


def test_named_values_have_attributes(posts: list[Post]) -> None:
    rows = Post.objects.order_by("title").values_list("title", "author__name", named=True)
    assert (rows[0].title, rows[0].author__name) == ("a", "Ann")
    assert rows[0]._fields == ("title", "author__name")
    assert rows[0] == ("a", "Ann")


def test_one_value_may_be_asked_of_get_and_first(posts: list[Post]) -> None:
    flat = Post.objects.order_by("title").values_list("title", flat=True)
    assert flat.first() == "a"
    assert flat.last() == "e"
    assert flat.filter(views=7).get() == "d"


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        (("title", "views"), {"flat": True}),
        ((), {"flat": True}),
        (("title",), {"flat": True, "named": True}),
    ],
)
def test_flat_takes_exactly_one_field(
    db: Database, fields: tuple[str, ...], options: dict[str, Any]
) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.values_list(*fields, **options)
    assert str(caught.value) == (
        "values_list(flat=True) takes exactly one field, and not named=True."
    )


def test_values_of_unknown_names_are_refused_at_once(db: Database) -> None:
    with pytest.raises(UnknownField) as caught:
        Post.objects.values("titel")
    assert str(caught.value) == (
        "Post has no field 'titel' (in values('titel')). Did you mean 'title'? "
        "Fields: author, comments, draft, id, rating, title, views."
    )
    with pytest.raises(FieldError):
        Post.objects.values_list("title__icontains")
    with pytest.raises(FieldError, match=r"^values\(\) takes names of fields, not 3\.$"):
        Post.objects.values(3)  # type: ignore[arg-type]


def test_named_values_need_names_that_differ(db: Database) -> None:
    with pytest.raises(FieldError):
        Post.objects.values_list("title", "title", named=True).fetch()


def test_parts_of_moments_cannot_be_confused_with_lookups(db: Database) -> None:
    with pytest.raises(FieldError, match="names a lookup where a field is wanted"):
        Post.objects.values("title__exact")
    with pytest.raises(FieldError, match="names a lookup where a field is wanted"):
        Post.objects.order_by("views__gt")


# --- by key -------------------------------------------------------------------------------------


def test_in_bulk_gives_rows_by_their_key(posts: list[Post]) -> None:
    a, b = posts[0], posts[1]
    with capture_queries() as queries:
        assert Post.objects.in_bulk([a.pk, b.pk, 10**6]) == {a.pk: a, b.pk: b}
        assert Post.objects.in_bulk(iter([a.pk])) == {a.pk: a}
    assert len(queries) == 2
    assert Post.objects.filter(views=4).in_bulk() == {p.pk: p for p in (posts[1], posts[2])}
    assert Post.objects.in_bulk([]) == {}


def test_in_bulk_takes_another_unique_field(posts: list[Post]) -> None:
    found = Author.objects.in_bulk(["Ann", "Zoe"], field_name="name")
    assert [author.name for author in found.values()] == ["Ann"]
    assert list(found) == ["Ann"]
    with pytest.raises(FieldError) as caught:
        Post.objects.in_bulk(["a"], field_name="title")
    assert str(caught.value) == "in_bulk() needs a unique field, and 'title' is not."
    with pytest.raises(UnknownField):
        Post.objects.in_bulk(["a"], field_name="titel")


def test_in_bulk_takes_more_keys_than_a_statement_has_parameters(db: Database) -> None:
    created = Post.objects.bulk_create([Post(title=f"{n}") for n in range(1500)])
    found = Post.objects.in_bulk([post.pk for post in created])
    assert len(found) == 1500


# --- another database ---------------------------------------------------------------------------


def test_using_asks_the_named_database(posts: list[Post]) -> None:
    with connect("sqlite:///:memory:", alias="second"):
        create_tables(Author, Post, Comment, using="second")
        Post.objects.using("second").create(title="z")
        there = Post.objects.using("second")
        with capture_queries("second") as queries:
            assert titles(there) == "z"
            assert there.filter(title="a").count() == 0
            assert titles(there.all().order_by("title").exclude(title="a")) == "z"
        assert len(queries) == 3
        assert Post.objects.filter(title="z").count() == 0
        assert there.db == "second"
        assert titles(Post.objects.using("second").using("default").filter(title="a")) == "a"


def test_rows_remember_where_they_came_from(posts: list[Post]) -> None:
    with connect("sqlite:///:memory:", alias="second"):
        create_tables(Author, Post, Comment, using="second")
        post = Post.objects.using("second").create(title="z")
        post.title = "y"
        post.save()
        assert titles(Post.objects.using("second")) == "y"
        found = Post.objects.using("second").get()
        found.delete()
        assert not Post.objects.using("second").exists()
    assert Post.objects.count() == 5


# --- the rows that a query keeps ----------------------------------------------------------------


def test_rows_are_fetched_once_and_kept(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    with capture_queries() as queries:
        first = query.fetch()
        again = query
        looped = [post for post in query]
    assert len(queries) == 1
    assert first == again == looped == posts
    assert all(one is other for one, other in zip(first, looped, strict=True))


def test_a_fetched_query_answers_everything_from_its_rows(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    query.fetch()
    with capture_queries() as queries:
        assert query.count() == 5
        assert query.exists()
        assert query.first() == posts[0]
        assert query.last() == posts[4]
        assert len(query) == 5
        assert bool(query)
        assert query[1] == posts[1]
        assert query[-1] == posts[4]
        assert list(query[1:3]) == posts[1:3]
        assert posts[0] in query
        assert Post(title="new") not in query
        assert [post.title for post in query] == list("abcde")
    assert queries == []


def test_a_fetched_empty_query_answers_from_its_rows(db: Database) -> None:
    query = Post.objects.filter(title="z")
    query.fetch()
    with capture_queries() as queries:
        assert query.count() == 0
        assert not query.exists()
        assert query.first() is None
        assert query.last() is None
        assert len(query) == 0
        assert not query
    assert queries == []


def test_a_key_that_is_not_there_is_an_index_error(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    query.fetch()
    with pytest.raises(IndexError):
        query[5]


def test_chaining_starts_afresh(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    query.fetch()
    Post.objects.create(title="f")
    with capture_queries() as queries:
        assert titles(query) == "abcde"
        assert queries == []
        assert titles(query.all()) == "abcdef"
        assert query.all().count() == 6
        assert titles(query.filter(views=0)) == "f"
        assert titles(query.reverse()) == "fedcba"
        assert query.values_list("title", flat=True).fetch() == list("abcdef")
    assert len(queries) == 5


def test_first_and_count_do_not_make_the_query_fetched(posts: list[Post]) -> None:
    query = Post.objects.order_by("title")
    query.first()
    query.count()
    with capture_queries() as queries:
        query.fetch()
    assert len(queries) == 1


def test_each_call_of_the_manager_is_a_new_query(posts: list[Post]) -> None:
    with capture_queries() as queries:
        Post.objects.count()
        Post.objects.count()
    assert len(queries) == 2


# --- looking ------------------------------------------------------------------------------------


def test_repr_tells_the_rows_that_are_loaded(posts: list[Post]) -> None:
    query = Post.objects.filter(views=9)
    query.fetch()
    assert repr(query) == f"<QuerySet of Post: [{posts[0]!r}]>"


def test_repr_of_many_rows_is_cut(db: Database) -> None:
    Post.objects.bulk_create([Post(title=str(n)) for n in range(25)])
    query = Post.objects.order_by("pk")
    query.fetch()
    assert repr(query).endswith(", … 5 more]>")
    assert repr(query).count("<Post") == 20


def test_sql_is_told_without_asking_the_database(db: Database) -> None:
    query = Post.objects.filter(title="a").order_by("views")[:3].values_list("views")
    with capture_queries() as queries:
        sqlite = query.sql("sqlite")
        mysql = query.sql("mysql")
        own = query.sql()
    assert queries == []
    assert sqlite == (
        'SELECT "post"."views" FROM "post" WHERE "post"."title" = ? '
        'ORDER BY "post"."views" ASC LIMIT ?',
        ("a", 3),
    )
    assert mysql == (
        "SELECT `post`.`views` FROM `post` WHERE `post`.`title` = %s "
        "ORDER BY `post`.`views` ASC LIMIT %s",
        ("a", 3),
    )
    assert own == query.sql(db.dialect.name)
    with pytest.raises(ConfigurationError) as caught:
        query.sql("oracle")
    assert str(caught.value) == (
        "There is no dialect 'oracle'. Dialects: sqlite, postgresql, mysql."
    )


def test_what_sql_tells_is_what_is_sent(posts: list[Post]) -> None:
    query = Post.objects.filter(views__in=[4, 9], author__name="Ann").order_by("title")
    with capture_queries() as queries:
        query.fetch()
    assert (queries[0].sql, tuple(queries[0].params)) == query.sql()


def test_a_query_may_be_copied_but_not_pickled_half_done(posts: list[Post]) -> None:
    rows = Post.objects.order_by("title").fetch()
    assert pickle.loads(pickle.dumps(rows)) == rows
