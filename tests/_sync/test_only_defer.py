# generated from tests/_async/test_only_defer.py by scripts/generate_sync.py;
# change that file, not this one
"""Which fields are loaded, and what may be done with an instance that has not all of them?"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from covet.sync import (
    FETCH_ONE,
    FETCH_RAISE,
    CharField,
    Database,
    DatabaseError,
    F,
    FetchMode,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    NotLoaded,
    OneToOneField,
    Prefetch,
    Q,
    TextField,
    UnknownField,
    capture_queries,
    connect,
    create_tables,
    drop_tables,
    loaded,
)


class Publisher(Model):
    name = CharField(max_length=20)
    town = CharField(max_length=20, default="Rome")


class Author(Model):
    name = CharField(max_length=20)
    bio = TextField(default="")
    code = IntegerField(unique=True)
    publisher = ForeignKey(Publisher, null=True, related_name="authors")


class Post(Model):
    title = CharField(max_length=20)
    body = TextField(default="text")
    views = IntegerField(default=0)
    author = ForeignKey(Author, related_name="posts")
    editor = ForeignKey(Author, null=True, to_field="code", related_name="edited")


class Cover(Model):
    post = OneToOneField(Post, related_name="cover")
    pages = IntegerField(default=1)
    colour = CharField(max_length=9, default="red")


def write() -> Post:
    house = Publisher.objects.create(name="House")
    ann = Author.objects.create(name="Ann", bio="long", code=7, publisher=house)
    bob = Author.objects.create(name="Bob", code=8)
    post = Post.objects.create(title="a", body="A", views=1, author=ann, editor=bob)
    Post.objects.create(title="b", body="B", author=bob)
    Cover.objects.create(post=post, pages=3)
    return post


def missing(record: Any) -> set[str]:
    found: set[str] = record.get_deferred_fields()
    return found


posts = Post.objects.order_by("title")


# --- which are loaded ----------------------------------------------------------------------------

ALL_BUT_KEY = {"title", "body", "views", "author_id", "editor_id"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (posts, set()),
        (posts.only("title"), ALL_BUT_KEY - {"title"}),
        (posts.only("pk"), ALL_BUT_KEY),
        (posts.only("author"), ALL_BUT_KEY - {"author_id"}),
        (posts.only("author_id"), ALL_BUT_KEY - {"author_id"}),
        (posts.only(), set()),
        (posts.only("title").only("body"), ALL_BUT_KEY - {"body"}),
        (posts.defer("body"), {"body"}),
        (posts.defer("pk"), set()),
        (posts.defer("author_id"), {"author_id"}),
        (posts.defer("body").defer("views"), {"body", "views"}),
        (posts.defer("body", "views").defer(None), set()),
        (posts.only("title").defer(None), set()),
        (posts.only("title", "body").defer("body"), ALL_BUT_KEY - {"title"}),
        (posts.only("title").defer("title"), set()),
        (posts.only("title").defer("title", "body"), {"body"}),
        (posts.defer("body").only("title", "body"), ALL_BUT_KEY - {"title"}),
        (posts.only("title", "body").defer("body").only("views"), ALL_BUT_KEY - {"views"}),
        (posts.only("title").filter(views=1).order_by("body"), ALL_BUT_KEY - {"title"}),
        (posts.only("title")[:1], ALL_BUT_KEY - {"title"}),
        (posts.only("title").distinct(), ALL_BUT_KEY - {"title"}),
        (posts.only("title").all(), ALL_BUT_KEY - {"title"}),
    ],
    ids=lambda case: "",
)
def test_the_fields_that_are_named_are_loaded(db: Database, query: Any, expected: set[str]) -> None:
    post = write()

    found = query.all().fetch()  # anew: a query keeps its rows, and it serves three databases

    assert found[0] == post
    assert missing(found[0]) == expected


def test_only_these_columns_are_asked_for(db: Database) -> None:
    text, _ = posts.only("title").sql("sqlite")

    assert text == 'SELECT "post"."id", "post"."title" FROM "post" ORDER BY "post"."title" ASC'


def test_get_first_and_in_bulk_leave_them_out_too(db: Database) -> None:
    post = write()
    query = posts.only("title")

    found = [query.get(title="a"), query.first(), query.in_bulk()[post.pk]]

    assert [missing(one) for one in found] == [ALL_BUT_KEY - {"title"}] * 3


def test_values_have_what_they_name_all_the_same(db: Database) -> None:
    write()

    assert posts.only("title").values_list("title", "body").fetch() == [
        ("a", "A"),
        ("b", "B"),
    ]
    assert set(posts.only("title").values().fetch()[0]) == {"id", *ALL_BUT_KEY}


def test_counting_and_writing_take_no_notice(db: Database) -> None:
    write()
    query = posts.only("title")

    assert (query.count(), query.distinct().count(), query.exists()) == (
        2,
        2,
        True,
    )
    assert query.update(views=F("views") + 1) == 2


# --- with select_related -------------------------------------------------------------------------


def test_paths_name_fields_of_related_rows(db: Database) -> None:
    write()
    query = posts.select_related("author__publisher").only("title", "author__publisher__name")

    with capture_queries() as queries:
        post = query.fetch()[0]
        author = loaded(post.author)
        house = loaded(author.publisher)

    assert len(queries) == 1
    assert missing(post) == ALL_BUT_KEY - {"title", "author_id"}
    assert missing(author) == {"name", "bio", "code"}
    assert house is not None
    assert (house.name, missing(house)) == ("House", {"town"})


def test_a_relation_named_as_a_whole_has_all_its_fields(db: Database) -> None:
    write()

    post = posts.select_related("author").only("title", "author").fetch()[0]

    assert missing(post) == ALL_BUT_KEY - {"title", "author_id"}
    assert missing(loaded(post.author)) == set()


def test_defer_names_fields_of_related_rows(db: Database) -> None:
    write()

    post = posts.select_related("author").defer("body", "author__bio").fetch()[0]

    assert missing(post) == {"body"}
    assert missing(loaded(post.author)) == {"bio"}


def test_a_path_without_select_related_is_the_key_alone(db: Database) -> None:
    write()

    post = posts.only("author__name").fetch()[0]

    assert missing(post) == ALL_BUT_KEY - {"author_id"}


def test_the_keys_that_tie_rows_together_are_loaded(db: Database) -> None:
    write()
    query = posts.select_related("editor", "cover").only("editor__name", "cover__pages")

    with capture_queries() as queries:
        a, b = query.fetch()
        bob, cover = loaded(a.editor), a.cover  # type: ignore[attr-defined]
        assert cover.post is a
        assert b.editor is None

    assert len(queries) == 1
    assert bob is not None
    assert (bob.name, missing(bob)) == ("Bob", {"bio", "publisher_id"})
    assert (cover.pages, missing(cover)) == (3, {"colour"})


def test_relations_that_nobody_named_bring_their_keys(db: Database) -> None:
    write()

    post = posts.select_related().only("title").fetch()[0]

    assert loaded(post.author).name == "Ann"
    assert missing(post) == ALL_BUT_KEY - {"title", "author_id"}


@pytest.mark.parametrize(
    "query",
    [
        posts.select_related("author").only("title"),
        posts.only("title").select_related("author"),
        posts.defer("author").select_related("author"),
    ],
    ids=lambda case: "",
)
def test_a_key_cannot_be_left_out_and_followed(db: Database, query: Any) -> None:
    with pytest.raises(FieldError) as error:
        query.fetch()

    assert str(error.value) == (
        "Field Post.author cannot be both deferred and traversed using select_related at the same "
        'time. Name "author" in only(), or leave it out of select_related().'
    )


def test_the_last_call_decides_whether_they_agree(db: Database) -> None:
    write()

    query = posts.only("title").select_related("author").only("title", "author__name")

    assert loaded(query.fetch()[0].author).name == "Ann"


# --- an instance without some of its fields ------------------------------------------------------


def test_what_is_loaded_needs_no_query(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)

    with capture_queries() as queries:
        assert (found.title, str(found), repr(found)) == (
            "a",
            f"Post object ({post.pk})",
            f"<Post: Post object ({post.pk})>",
        )
        assert found == post
        assert hash(found) == hash(post)

    assert queries == []


def test_a_field_is_loaded_by_naming_it(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)

    with capture_queries() as queries:
        found.refresh_from_db(fields=["body", "author"])

    assert [query.sql.count(" FROM ") for query in queries] == [1]
    assert (found.body, missing(found)) == ("A", {"views", "editor_id"})


def test_refreshing_all_leaves_the_deferred_alone(db: Database) -> None:
    post = write()
    found = posts.only("title", "views").get(pk=post.pk)
    Post.objects.update(views=5)

    found.refresh_from_db()

    assert (found.views, missing(found)) == (5, ALL_BUT_KEY - {"title", "views"})


def test_a_row_that_is_gone_is_an_error(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)
    Cover.objects.all().delete()
    Post.objects.all().delete()

    with pytest.raises(Post.DoesNotExist) as error:
        found.refresh_from_db(fields=["body"])

    assert str(error.value) == (f"<Post: Post object ({post.pk})> is not in the database any more.")


def test_saving_writes_only_what_is_loaded(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)
    Post.objects.update(body="new")
    found.title = "c"

    with capture_queries() as queries:
        found.save()

    assert len(queries) == 1
    assert missing(found) == ALL_BUT_KEY - {"title"}
    assert Post.objects.filter(pk=post.pk).values_list("title", "body").fetch() == [("c", "new")]


def test_a_field_that_was_set_is_written(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)

    found.body = "new"
    found.save()

    assert Post.objects.filter(pk=post.pk).values_list("title", "body").fetch() == [("a", "new")]


def test_saving_fails_where_the_row_is_gone(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)
    Cover.objects.all().delete()
    Post.objects.all().delete()

    with pytest.raises(DatabaseError) as error:
        found.save()

    assert str(error.value) == (
        f"<Post: Post object ({post.pk})> could not be updated: there is no such row."
    )


def test_another_database_gets_the_deferred_fields_too(db: Database) -> None:
    house = Publisher.objects.create(name="House", town="Oslo")
    found = Publisher.objects.only("name").get()

    with connect("sqlite:///:memory:", alias="copy"):
        create_tables(Publisher, using="copy")
        found.save(using="copy")
        copied = Publisher.objects.using("copy").values_list("pk", "name", "town").fetch()
        drop_tables(Publisher, using="copy")

    assert copied == [(house.pk, "House", "Oslo")]


def test_pickles_and_copies_stay_without_them(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)

    with capture_queries() as queries:
        again = [pickle.loads(pickle.dumps(found)), copy.copy(found), copy.deepcopy(found)]

    assert queries == []
    assert [missing(one) for one in again] == [ALL_BUT_KEY - {"title"}] * 3
    again[0].refresh_from_db(fields=["body"])
    assert again[0].body == "A"


def test_what_is_not_loaded_is_not_validated(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)

    with capture_queries() as queries:
        found.full_clean()

    assert queries == []


def test_a_relation_is_loaded_along_a_deferred_key(db: Database) -> None:
    post = write()
    found = posts.only("title").get(pk=post.pk)

    assert found.author.name == "Ann"
    assert missing(found) == ALL_BUT_KEY - {"title", "author_id"}


def test_an_instance_that_has_everything_has_nothing_deferred(db: Database) -> None:
    post = write()

    assert missing(post) == missing(Post.objects.get(title="b")) == set()


# --- and its peers -------------------------------------------------------------------------------


def test_a_field_is_loaded_for_all_living_rows_of_the_query(db: Database) -> None:
    write()
    a, b = posts.only("title").fetch()

    with capture_queries() as queries:
        a.refresh_from_db(fields=["body", "views"])
        b.refresh_from_db(fields=["body"])

    assert (a.body, b.body, a.views, b.views) == ("A", "B", 1, 0)
    assert len(queries) == 2  # the second reads again what was loaded already


def test_what_a_peer_has_is_left_to_it(db: Database) -> None:
    write()
    a, b = posts.only("title").fetch()
    b.body = "mine"

    a.refresh_from_db(fields=["body", "views"])

    assert (a.body, b.body, b.views) == ("A", "mine", 0)


def test_related_rows_are_peers_too(db: Database) -> None:
    write()
    query = posts.select_related("author").defer("author__bio")
    ann, bob = [loaded(post.author) for post in query.fetch()]

    with capture_queries() as queries:
        ann.refresh_from_db(fields=["bio"])

    assert len(queries) == 1
    assert (ann.bio, bob.bio, missing(bob)) == ("long", "", set())


def test_a_peer_whose_row_is_gone_stays_as_it_is(db: Database) -> None:
    write()
    a, b = posts.only("title").fetch()
    Post.objects.filter(title="b").delete()

    a.refresh_from_db(fields=["body"])

    assert (a.body, missing(b)) == ("A", ALL_BUT_KEY - {"title"})


@pytest.mark.parametrize("mode", [FETCH_ONE, FETCH_RAISE])
def test_a_fetch_mode_may_leave_the_peers_alone(db: Database, mode: FetchMode) -> None:
    write()
    a, b = posts.only("title").fetch_mode(mode).fetch()

    a.refresh_from_db(fields=["body"])

    assert (a.body, missing(b)) == ("A", ALL_BUT_KEY - {"title"})


def test_relations_along_deferred_keys_are_loaded_for_all(db: Database) -> None:
    write()
    found = posts.only("title").fetch()

    with capture_queries() as queries:
        names = [post.author.name for post in found]

    assert names == ["Ann", "Bob"]
    assert len(queries) == 2


def test_a_strict_query_does_not_load_the_key_of_a_relation(db: Database) -> None:
    write()
    post = posts.only("title").fetch_mode(FETCH_RAISE).fetch()[0]

    with capture_queries() as queries, pytest.raises(NotLoaded, match=r"FETCH_RAISE"):
        post.author

    assert queries == []


def test_many_rows_are_asked_for_in_parts(db: Database) -> None:
    Publisher.objects.bulk_create([Publisher(name=str(n)) for n in range(2500)])
    found = Publisher.objects.only("name").fetch()

    found[0].refresh_from_db(fields=["town"])

    assert {house.town for house in found} == {"Rome"}


# --- with prefetch_related -----------------------------------------------------------------------


def test_what_is_prefetched_may_lack_its_own_key(db: Database) -> None:
    write()
    query = Author.objects.order_by("name").prefetch_related(Prefetch("posts", posts.only("title")))

    with capture_queries() as queries:
        authors: Any = query.fetch()
        titles = [[post.title for post in author.posts.all()] for author in authors]
        again = [post.author for post in authors[0].posts.all()]

    assert titles == [["a"], ["b"]]
    assert again == [authors[0]]
    assert len(queries) == 2
    assert missing(authors[0].posts.all()[0]) == ALL_BUT_KEY - {"title"}


def test_what_a_manager_gives_knows_its_owner_without_the_key(db: Database) -> None:
    write()
    ann: Any = Author.objects.get(name="Ann")

    with capture_queries() as queries:
        [post] = ann.posts.only("title").fetch()
        assert post.author is ann

    assert len(queries) == 1


def test_the_way_back_to_one_row_goes_without_its_key(db: Database) -> None:
    write()
    query = posts.prefetch_related(Prefetch("cover", Cover.objects.only("pages")))

    with capture_queries() as queries:
        post = query.fetch()[0]
        cover = post.cover
        assert cover.post is post

    assert (cover.pages, missing(cover)) == (3, {"colour", "post_id"})
    assert len(queries) == 2


# --- what is refused -----------------------------------------------------------------------------


def test_paths_that_lead_nowhere_are_refused_at_once() -> None:
    with pytest.raises(UnknownField) as error:
        Post.objects.only("title", "titel")
    assert str(error.value) == (
        "Post has no field 'titel' (in only('title', 'titel')). Did you mean 'title'? "
        "Fields: author, body, editor, id, title, views."
    )
    with pytest.raises(UnknownField):
        Post.objects.defer("author__titel")
    with pytest.raises(FieldError, match=r"^Post\.title is no relation"):
        Post.objects.defer("title__name")
    with pytest.raises(FieldError, match=r"^Author\.posts leads to several rows"):
        Author.objects.only("posts__title")
    with pytest.raises(FieldError) as wrong:
        Post.objects.only(None)  # type: ignore[arg-type]
    assert str(wrong.value) == "only() takes names of fields, not None."


@pytest.mark.parametrize("call", ["only", "defer"])
def test_rows_that_are_no_instances_have_nothing_to_leave_out(call: str) -> None:
    with pytest.raises(FieldError) as error:
        getattr(Post.objects.values("title"), call)("title")

    assert str(error.value) == (
        f"{call}() cannot be called after values() or values_list(), whose rows have what these "
        f"name. Leave out {call}(), and name the fields in values() or values_list()."
    )


def test_queries_without_the_same_columns_do_not_share_a_plan() -> None:
    queries = [
        posts,
        posts.only("title"),
        posts.defer("title"),
        posts.only("title", "body"),
        posts.only("title").filter(Q(body="x")),
    ]

    assert len({query.sql("sqlite")[0] for query in queries}) == len(queries)
