# generated from tests/_async/test_cursor_pages.py by scripts/generate_sync.py;
# change that file, not this one
"""Do pages between cursors hold exactly the rows of the query, and whose cursors are taken?"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covet.sync import (
    BooleanField,
    Case,
    CharField,
    Coalesce,
    CompositePrimaryKey,
    ConfigurationError,
    Count,
    CursorPage,
    Database,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    Index,
    IntegerField,
    InvalidCursor,
    JSONField,
    Model,
    OuterRef,
    RowNumber,
    Subquery,
    Sum,
    TimeField,
    UUIDField,
    ValidationError,
    Value,
    When,
    Window,
    atomic,
    capture_queries,
    loaded,
    set_cursor_secret,
)

from ..oracle.story import Undo

SECRET = "sixteen characters, or more"


class Author(Model):
    name = CharField(max_length=20, null=True)

    class Meta:
        ordering = ["-name"]


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(null=True)
    share = FloatField(null=True)
    price = DecimalField(max_digits=8, decimal_places=2, null=True)
    live = BooleanField(null=True)
    made = DateTimeField(null=True)
    day = DateField(null=True)
    hour = TimeField(null=True)
    took = DurationField(null=True)
    token = UUIDField(null=True)
    slug = CharField(max_length=20, unique=True, null=True)
    code = CharField(max_length=20, unique=True)
    notes = JSONField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")
    rank = IntegerField(default=0)

    class Meta:
        indexes = [Index(fields=["rank", "id"], name="by_rank")]


class Order(Model):
    pk = CompositePrimaryKey("tenant", "number")
    tenant = CharField(max_length=9)
    number = IntegerField()
    paid = BooleanField(default=False)


class Line(Model):
    order = ForeignKey(Order, null=True)
    note = CharField(max_length=9)


class Place(Model):
    name = CharField(max_length=9)
    opened = DateField(null=True)

    class Meta:
        ordering = [F("name").desc()]


class Restaurant(Place):
    stars = IntegerField(default=0)


class Dish(Model):
    name = CharField(max_length=9)
    place = ForeignKey(Restaurant, related_name="dishes")

    class Meta:
        order_with_respect_to = "place"


posts: Any = Post.objects


@pytest.fixture(autouse=True)
def secret() -> Iterator[None]:
    set_cursor_secret(SECRET)
    yield
    set_cursor_secret()


def write(*views: int | None, author: Any = None) -> None:
    for n, number in enumerate(views):
        posts.create(title="abcdefghijkl"[n], code=str(n), views=number, author=author)


def titles(rows: Any) -> str:
    return "".join(row.title for row in rows)


def forwards(query: Any, size: int) -> list[CursorPage[Any]]:
    page = query.page(size)
    found = [page]
    while page.has_next:
        page = query.page(size, after=page.next_cursor)
        found.append(page)
    return found


def backwards(query: Any, size: int, cursor: str) -> list[CursorPage[Any]]:
    """The pages before a cursor, the last one first."""
    page = query.page(size, before=cursor)
    found = [page]
    while page.has_previous:
        page = query.page(size, before=page.previous_cursor)
        found.append(page)
    return found


# --- pages ---------------------------------------------------------------------------------------


def test_pages_follow_one_another(db: Database) -> None:
    write(1, 5, 3, 5, None)
    query = posts.order_by("-views", "title")

    pages = forwards(query, 2)

    assert [titles(page) for page in pages] == ["bd", "ca", "e"]
    assert [(page.has_previous, page.has_next) for page in pages] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert pages[0].previous_cursor is None
    assert pages[2].next_cursor is None
    assert pages[2].end_cursor is not None


def test_pages_before_a_cursor_end_there(db: Database) -> None:
    write(1, 2, 3, 4, 5)
    query = posts.order_by("views")
    last = forwards(query, 2)[-1]

    before = query.page(3, before=last.previous_cursor)

    assert titles(before) == "bcd"
    assert before.has_previous
    assert before.has_next
    first = query.page(3, before=before.previous_cursor)
    assert titles(first) == "a"
    assert (first.has_previous, first.has_next) == (False, True)
    assert titles(query.page(2, after=first.next_cursor)) == "bc"


def test_a_page_is_a_sequence_of_its_rows(db: Database) -> None:
    write(1, 2, 3)

    page = posts.order_by("views").page(2)

    assert len(page) == 2
    assert page[0].title == "a"
    assert titles(page[1:]) == "b"
    assert page.rows == list(page)
    assert repr(page) == "<CursorPage of 2 rows has_next>"


def test_a_page_is_one_query_for_one_row_more(db: Database) -> None:
    write(1, 2, 3)
    first = posts.order_by("views").page(2)

    with capture_queries() as queries:
        posts.order_by("views").page(2, after=first.next_cursor)

    assert len(queries) == 1
    assert queries[0].params[-1] == 3
    assert "OFFSET" not in queries[0].sql


def test_an_index_on_the_order_is_used(db: Database) -> None:
    write(1, 2, 3)
    first = posts.order_by("rank").page(1)
    if db.dialect.name == "sqlite":
        plan = posts.order_by("rank").after(first.end_cursor).explain()
        assert plan == "SEARCH post USING INDEX by_rank (rank>?)"


def test_rows_that_come_and_go_move_no_others(db: Database) -> None:
    write(10, 20, 30, 40)
    query = posts.order_by("views")
    first = query.page(2)

    posts.create(title="x", code="x", views=5)
    posts.filter(title="b").delete()

    assert titles(query.page(2, after=first.next_cursor)) == "cd"


def test_the_page_behind_the_last_row_leads_back_to_it(db: Database) -> None:
    write(1, 2, 3)
    query = posts.order_by("views")
    whole = query.page(3)

    behind = query.page(2, after=whole.end_cursor)

    assert list(behind) == []
    assert (behind.has_previous, behind.has_next) == (True, False)
    assert titles(query.page(2, before=behind.previous_cursor)) == "bc"


def test_a_query_without_order_goes_by_its_key(db: Database) -> None:
    write(3, 2, 1)

    assert [titles(page) for page in forwards(posts.all(), 2)] == ["ab", "c"]


def test_the_order_of_the_meta_and_its_opposite(db: Database) -> None:
    for name in ("Ann", "Bob", None):
        Author.objects.create(name=name)
    names = [[a.name for a in page] for page in forwards(Author.objects.all(), 2)]
    assert names == [["Bob", "Ann"], [None]]
    names = [[a.name for a in page] for page in forwards(Author.objects.reverse(), 2)]
    assert names == [[None, "Ann"], ["Bob"]]


def test_pages_of_no_rows(db: Database) -> None:
    for query in (posts.none(), posts.all()):
        page = query.page(2)
        assert list(page) == []
        assert (page.has_previous, page.has_next, page.start_cursor) == (False, False, None)


def test_pages_of_related_rows_filters_and_prefetches(db: Database) -> None:
    ann: Any = Author.objects.create(name="Ann")
    write(1, 2, 3, author=ann)
    posts.create(title="z", code="z", views=2)

    query = ann.posts.filter(views__gt=1).order_by("-views").prefetch_related("author")
    page = query.page(1)

    assert titles(page) == "c"
    assert loaded(page[0].author) == ann
    assert titles(query.page(5, after=page.next_cursor)) == "b"


def test_rows_of_a_page_are_peers(db: Database) -> None:
    ann: Any = Author.objects.create(name="Ann")
    write(1, 2, 3, author=ann)

    page = posts.order_by("views").page(3)

    with capture_queries() as queries:
        for post in page:
            assert (post.author) == ann
    assert len(queries) == 1


# --- orders and shapes of rows -------------------------------------------------------------------


def test_the_key_of_several_columns_tells_rows_apart(db: Database) -> None:
    for tenant, number, paid in (("a", 1, True), ("a", 2, False), ("b", 1, True), ("b", 2, True)):
        Order.objects.create(tenant=tenant, number=number, paid=paid)
    for terms in ([], ["pk"], ["-pk"], ["paid"], ["-tenant"], ["tenant", "-number"]):
        query: Any = Order.objects.order_by(*terms)
        pages = forwards(query, 1)
        assert len({row.pk for page in pages for row in page}) == 4
        if terms and terms != ["paid"]:
            whole = Order.objects.order_by(*terms).fetch()
            if terms != ["-tenant"]:
                assert [page[0].pk for page in pages] == [row.pk for row in whole]


def test_a_relation_to_a_key_of_several_columns(db: Database) -> None:
    for number in (1, 2):
        Order.objects.create(tenant="a", number=number)
    one, two = Order.objects.order_by("number").fetch()
    for note, order in (("x", two), ("y", None), ("z", one), ("w", two)):
        Line.objects.create(note=note, order=order)
    query: Any = Line.objects.order_by("order", "note")
    assert "".join(page[0].note for page in forwards(query, 1)) == "yzwx"


def test_rows_of_children_and_parts_of_values(db: Database) -> None:
    for n, name in enumerate("abcab"):
        opened = date(2020 + n % 2, 1, 1) if n else None
        Restaurant.objects.create(name=name, stars=n % 2, opened=opened)
    for terms in ([], ["opened__year", "pk"], ["-name", "-stars", "pk"], ["-place_ptr_id"], ["id"]):
        query: Any = Restaurant.objects.order_by(*terms) if terms else Restaurant.objects.all()
        wanted = [row.pk for row in (query if terms else query.order_by("-name", "-pk"))]
        assert [row.pk for page in forwards(query, 2) for row in page] == wanted


def test_the_order_with_respect_to_a_relation(db: Database) -> None:
    places = [Restaurant.objects.create(name=name) for name in "ab"]
    for n in range(6):
        Dish.objects.create(name=str(n), place=places[n % 2])
    owned: Any = places[0]
    owned.set_dish_order([dish.pk for dish in owned.dishes.reverse()])
    pages = forwards(owned.dishes.all(), 2)
    assert [[dish.name for dish in page] for page in pages] == [["4", "2"], ["0"]]


def test_unique_columns_need_no_key_behind_them(db: Database) -> None:
    write(1, 2, 3)
    with capture_queries() as queries:
        posts.order_by("code").page(2)
        posts.order_by("slug").page(2)
    order = [query.sql.rpartition("ORDER BY")[2] for query in queries]
    assert "id" not in order[0]
    assert "id" in order[1]


def test_rows_of_values_and_of_some_fields(db: Database) -> None:
    write(3, 2, 1)
    query = posts.order_by("views")
    for shape, wanted in (
        (query.values("title"), [{"title": "b"}, {"title": "a"}]),
        (query.values_list("title"), [("b",), ("a",)]),
        (query.values_list("title", flat=True), ["b", "a"]),
        (query.only("title"), None),
    ):
        first = shape.page(1)
        second = shape.page(2, after=first.next_cursor)
        if wanted is None:
            assert titles(second) == "ba"
            assert "views" in second[0].get_deferred_fields()
        else:
            assert second.rows == wanted
        assert titles(query.page(1, before=second.previous_cursor)) == "c"


def test_annotations_and_expressions_are_orders_too(db: Database) -> None:
    write(1, 5, 3, None)
    for query in (
        posts.annotate(double=F("views") * 2).order_by("-double"),
        posts.alias(double=F("views") * 2).order_by(F("double").desc()),
        posts.order_by((F("views") * 2).desc()),
        posts.order_by(Post.views.desc()),
    ):
        assert [titles(page) for page in forwards(query, 2)] == ["bc", "ad"]


def test_several_rows_of_a_relation_by_a_name_for_them(db: Database) -> None:
    ann: Any = Author.objects.create(name="Ann")
    bob: Any = Author.objects.create(name="Bob")
    write(1, 2, 3, author=ann)
    posts.create(title="z", code="z", author=bob)
    query: Any = Author.objects.alias(title=F("posts__title")).order_by("title")
    names = [author.name for page in forwards(query, 1) for author in page]
    assert names == ["Ann", "Ann", "Ann", "Bob"]


def test_aggregates_are_orders_and_groups_have_pages(db: Database) -> None:
    people: list[Any] = [Author.objects.create(name=name) for name in ("Ann", "Bob", None)]
    for n in range(8):
        posts.create(title=str(n), code=str(n), views=n, author=people[n % 2])
    for query in (
        Author.objects.annotate(posted=Count("posts")).order_by("-posted"),
        Author.objects.alias(posted=Count("posts")).filter(posted__gte=0).order_by("-posted"),
        Author.objects.annotate(seen=Sum("posts__views")).order_by("seen", "name"),
    ):
        wanted = {row.pk for row in query}
        pages = forwards(query, 1)
        assert {row.pk for page in pages for row in page} == wanted
        assert len(pages) == 3
    groups: Any = posts.values("author__name").annotate(seen=Sum("views"), posted=Count("pk"))
    posts.create(title="x", code="x", views=16)
    for query, wanted in (
        (groups.order_by("-seen"), [16, 16, 12]),
        (groups.order_by("posted"), [16, 12, 16]),
        (groups.order_by("author__name"), [16, 12, 16]),
        (groups.order_by(), [16, 12, 16]),
    ):
        pages = forwards(query, 1)
        assert [page[0]["seen"] for page in pages] == wanted
        assert len(pages) == len(query)


def test_conditions_and_subqueries_are_orders(db: Database) -> None:
    ann: Any = Author.objects.create(name="Ann")
    write(1, 5, 3, None, author=ann)
    posts.create(title="z", code="z", views=9)
    name = Author.objects.filter(pk=OuterRef("author")).values("name")
    big = Case(When(views__gt=2, then=Value(1)), default=Value(0))
    for query in (
        posts.annotate(big=big).order_by("-big", "title"),
        posts.annotate(writer=Subquery(name)).order_by("writer", "-title"),
        posts.order_by(Coalesce(F("views"), 4), "pk"),
    ):
        wanted = titles(query)
        assert "".join(titles(page) for page in forwards(query, 2)) == wanted


def test_windows_have_no_pages(db: Database) -> None:
    for query in (
        posts.annotate(place=Window(RowNumber(), order_by="views")).order_by("pk"),
        posts.order_by(Window(RowNumber(), order_by="views")),
    ):
        with pytest.raises(FieldError) as error:
            query.page(2)
        assert str(error.value) == (
            "No cursor can go by the rows of windows, which would be about those of the page only "
            "(in page(2)). Use Paginator."
        )


def test_distinct_rows(db: Database) -> None:
    ann: Any = Author.objects.create(name="Ann")
    Author.objects.create(name="Bob")
    write(1, 2, author=ann)
    query: Any = Author.objects.filter(posts__views__gt=0).distinct()
    assert [a.name for page in forwards(query, 1) for a in page] == ["Ann"]


# --- after and before ----------------------------------------------------------------------------


def test_after_and_before_narrow_a_query(db: Database) -> None:
    write(1, 2, 3, 4, 5)
    query = posts.order_by("-views")
    page = query.page(3)

    assert titles(query.after(page.end_cursor).fetch()) == "ba"
    assert titles(query.before(page.end_cursor).fetch()) == "ed"
    between = query.after(page.start_cursor).before(page.end_cursor)
    assert titles(between.fetch()) == "d"
    assert query.after(page.end_cursor).count() == 2
    assert titles(query.after(page.end_cursor)[:1].fetch()) == "b"
    assert query.after(page.end_cursor).last().title == "a"
    assert titles(query.after(page.end_cursor).order_by("title").fetch()) == "ab"


def test_a_page_within_a_cursor(db: Database) -> None:
    write(1, 2, 3, 4, 5)
    query = posts.order_by("views")
    cursors = [page.end_cursor for page in forwards(query, 1)]
    page = query.before(cursors[3]).page(2, after=cursors[0])
    assert titles(page) == "bc"
    assert not page.has_next


# --- whose cursors are taken ---------------------------------------------------------------------

NOT_SIGNED = "This is no cursor, or it was changed, or signed by another secret."


def test_a_changed_cursor_is_refused(db: Database) -> None:
    write(1, 2, 3)
    query = posts.order_by("views")
    cursor = query.page(1).next_cursor
    data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    changed = [bytes([*data[:n], data[n] ^ 1, *data[n + 1 :]]) for n in range(len(data))]
    wrong = [base64.urlsafe_b64encode(text).decode().rstrip("=") for text in changed]
    with capture_queries() as queries:
        for text in (*wrong, "", "a", "äöü", cursor[:-4], cursor + "AAAA", "!" * 50):
            with pytest.raises(InvalidCursor) as error:
                query.page(1, after=text)
            assert str(error.value) == NOT_SIGNED
    assert len(queries) == 0
    assert isinstance(error.value, ValidationError)


def test_what_is_no_text_is_no_cursor(db: Database) -> None:
    with pytest.raises(InvalidCursor) as error:
        posts.page(1, after=7)
    assert str(error.value) == "A cursor is a text, not 7."
    with pytest.raises(InvalidCursor) as error:
        posts.page(1, after="a" * 100_001)
    assert str(error.value) == "A cursor has at most 100000 characters."


def test_a_cursor_of_another_query_is_refused(db: Database) -> None:
    write(1, 2, 3)
    Author.objects.create(name="Ann")
    Author.objects.create(name="Bob")
    query = posts.annotate(double=F("views") * 2, triple=F("views") * 3).order_by("double")
    cursor = query.page(1).next_cursor

    for other in (
        posts.order_by("views"),
        posts.annotate(double=F("views") * 3).order_by("double"),
        posts.annotate(double=F("views") * 4, triple=F("views") * 3).order_by("double"),
        query.order_by("-double"),
        query.reverse(),
        query.order_by(F("double").asc(nulls_last=True)),
        query.order_by("double", "title"),
        query.order_by("triple"),
        Author.objects.order_by("pk"),
        posts.order_by(F("views") * 2),
    ):
        with pytest.raises(InvalidCursor) as error:
            other.page(1, after=cursor)
    assert str(error.value) == (
        "The cursor in page(1) is of another model, or of another ordering."
    )
    with pytest.raises(InvalidCursor) as error:
        posts.order_by("views").after(cursor)
    assert str(error.value) == (
        "The cursor in after(…) is of another model, or of another ordering."
    )
    assert len(query.filter(views__gt=0).page(5, after=cursor)) == 2
    assert len(query.all().page(5, after=cursor)) == 2


def test_secrets_can_be_replaced(db: Database) -> None:
    write(1, 2)
    cursor = posts.page(1).next_cursor
    set_cursor_secret("another secret, of later", SECRET)
    assert len(posts.page(1, after=cursor)) == 1
    newer = posts.page(1).next_cursor
    assert newer != cursor
    set_cursor_secret("another secret, of later")
    assert len(posts.page(1, after=newer)) == 1
    with pytest.raises(InvalidCursor):
        posts.page(1, after=cursor)
    assert len(posts.page(1, after=cursor, secret=SECRET)) == 1
    assert posts.after(cursor, secret=SECRET.encode()).count() == 1


def test_without_a_secret_there_is_no_cursor(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    write(1, 2)
    cursor = posts.page(1).next_cursor
    set_cursor_secret()
    monkeypatch.delenv("COVET_SECRET", raising=False)
    with pytest.raises(ConfigurationError) as error:
        posts.page(1)
    assert str(error.value) == (
        "Cursors are signed, and no secret is set (in page(1)). Call set_cursor_secret(…), set "
        "COVET_SECRET in the environment, or give secret=…."
    )
    monkeypatch.setenv("COVET_SECRET", SECRET)
    assert len(posts.page(1, after=cursor)) == 1
    for short in ("fifteen letters", b"", 16):
        with pytest.raises(ConfigurationError) as error:
            posts.page(1, secret=short)
        assert str(error.value) == (
            "A secret for cursors is a text or bytes, at least 16 long (in page(1)). "
            "Make one with secrets.token_urlsafe()."
        )


# --- what cannot be ------------------------------------------------------------------------------


def test_orders_that_no_cursor_can_go_by(db: Database) -> None:
    for query, wrong in (
        (posts.order_by("?"), "'?' gives another order each time. Order by a field."),
        (
            Author.objects.order_by("posts__title"),
            "F('posts__title') has several values for one row. Give it a name with alias(), "
            "which makes a row of each, or use Paginator.",
        ),
        (
            posts.order_by("notes"),
            "F('notes') is a JSON document, which has no order. Order by something else.",
        ),
    ):
        with pytest.raises(FieldError) as error:
            query.page(2)
        wrong, _, fix = wrong.partition(". ")
        assert str(error.value) == (f"No cursor can go by this order: {wrong} (in page(2)). {fix}")
    with pytest.raises(FieldError) as error:
        posts.values("title").distinct().page(2)
    assert str(error.value) == (
        "No cursor can go by distinct values, as they are of no row (in page(2)). "
        "Take distinct() or values() away, or use Paginator."
    )


def test_sizes_and_cursors_that_make_no_page(db: Database) -> None:
    for size in (0, -1, "2", 2.0, None, True, 2**63):
        with pytest.raises(FieldError, match="A page has 1 row or more"):
            posts.page(size)
    with pytest.raises(FieldError) as error:
        posts.page(2, after="a", before="b")
    assert str(error.value) == (
        "A page begins behind one cursor, or ends before one (in page(after=…, before=…)). "
        "Narrow the query by the other: before(cursor).page(size, after=…)."
    )
    with pytest.raises(FieldError, match=r"page\(\) cannot change a query once a slice"):
        posts.all()[:2].page(2)
    with pytest.raises(FieldError, match=r"after\(\) cannot change a query once a slice"):
        posts.all()[:2].after("a")


# --- whatever the data and the order -------------------------------------------------------------

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
COLUMNS: dict[str, Any] = {
    "views": st.sampled_from([None, -1, 0, 7]),
    "share": st.sampled_from([None, -0.1, 0.0, 1 / 3, 1e300]),
    "price": st.sampled_from([None, *map(Decimal, ("-1.50", "0.00", "9.00", "10.00"))]),
    "live": st.sampled_from([None, False, True]),
    "made": st.sampled_from([None, NOON, NOON + timedelta(microseconds=1)]),
    "day": st.sampled_from([None, date(1, 1, 1), date(2026, 11, 20)]),
    "hour": st.sampled_from([None, time(0), time(23, 59, 59, 999999)]),
    "took": st.sampled_from([None, timedelta(-1), timedelta(0), timedelta(1, 0, 1)]),
    "token": st.sampled_from([None, UUID(int=0), UUID(int=2**127)]),
    "title": st.sampled_from(["", "a", "A", "a ", "é", "%", "\U0001f35e"]),
}
NAMES = st.lists(st.sampled_from([None, "Ann", "Bob", "bob"]), min_size=1, max_size=3)
PATHS = [*COLUMNS, "code", "author__name", "author_id", "double", "pk"]


@st.composite
def terms(draw: st.DrawFn) -> list[Any]:
    found: list[Any] = []
    for path in draw(st.lists(st.sampled_from(PATHS), max_size=3, unique=True)):
        descending = draw(st.booleans())
        nulls = draw(st.sampled_from([None, "nulls_first", "nulls_last"]))
        if nulls is None:
            found.append(f"-{path}" if descending else path)
        else:
            turn = F(path).desc if descending else F(path).asc
            found.append(turn(**{nulls: True}))
    return found


def is_descending(term: Any) -> bool:
    return term.startswith("-") if isinstance(term, str) else bool(term.descending)


@settings(max_examples=25)
@given(
    names=NAMES,
    rows=st.lists(st.fixed_dictionaries(COLUMNS), max_size=9),
    order=terms(),
    size=st.integers(1, 4),
    turned=st.booleans(),
    data=st.data(),
)
def test_walks_visit_exactly_the_rows_of_the_query_in_its_order(
    db: Database, names: Any, rows: Any, order: Any, size: int, turned: bool, data: Any
) -> None:
    try:
        with atomic():
            authors = [None, *[Author.objects.create(name=name) for name in names]]
            posts.bulk_create(
                Post(**row, code=str(n), author=data.draw(st.sampled_from(authors)))
                for n, row in enumerate(rows)
            )
            double = (F("views") + Value(1)) * 2
            last = F("pk").desc() if order and is_descending(order[-1]) else F("pk").asc()
            query = posts.alias(double=double).order_by(*order)
            whole = posts.alias(double=double).order_by(*order, last)
            if turned:
                query, whole = query.reverse(), whole.reverse()
            wanted = [post.id for post in whole.fetch()]

            pages = forwards(query, size)
            assert [post.id for page in pages for post in page] == wanted
            assert all(len(page) == size for page in pages[:-1])

            end = pages[-1].end_cursor
            if end is not None:
                back = backwards(query, size, end)
                assert [post.id for page in reversed(back) for post in page] == wanted[:-1]
                behind = [post.id for post in query.after(pages[0].end_cursor).fetch()]
                assert behind == wanted[size:]
            raise Undo
    except Undo:
        pass
