"""Which values does ``annotate()`` add to rows, and where can their names be used?"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from covet.aio import (
    Case,
    CharField,
    Database,
    DateTimeField,
    DecimalField,
    DurationField,
    F,
    FieldError,
    FloatField,
    ForeignKey,
    IntegerField,
    Model,
    Prefetch,
    Q,
    QueryTooComplex,
    UnknownField,
    UnknownLookup,
    Value,
    When,
    capture_queries,
    loaded,
)
from covet.errors import keyword

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Author(Model):
    name = CharField(max_length=20)
    boss = ForeignKey("self", null=True, related_name="staff")


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal("2.50"))
    share = FloatField(default=0.5)
    made = DateTimeField(default=NOON)
    took = DurationField(default=HOUR)
    author = ForeignKey(Author, related_name="posts")

    kept = "a plain attribute of the class"

    @property
    def label(self) -> str:
        return self.title


async def write() -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob", boss=ann)
    await Post.objects.create(title="a", views=3, author=ann)
    await Post.objects.create(title="b", views=12, author=bob)
    await Post.objects.create(title="c", views=7, author=bob)


posts: Any = Post.objects.order_by("title")
doubled: Any = posts.annotate(double=F("views") * 2)


def titles(rows: Any) -> str:
    return "".join(row.title for row in rows)


async def test_what_depends_on_decimals_compares_by_its_own_type(db: Database) -> None:
    await write()
    await Post.objects.filter(title="b").update(made=NOON - 24 * HOUR)
    cheap: Any = Case(When(F("price") + 1 < Decimal(9), then=F("made")), default=Value(NOON))
    text: Any = Case(When(price__lt=Decimal(9), then="title"), default=Value(""))

    assert titles(await posts.filter(cheap < NOON).fetch()) == "b"
    assert titles(await posts.filter(made__gte=cheap).fetch()) == "abc"
    assert titles(await Post.objects.order_by(cheap, "title").fetch()) == "bac"
    assert titles(await Post.objects.order_by(text.desc()).fetch()) == "cba"


# --- what rows get -------------------------------------------------------------------------------


async def test_instances_get_an_attribute(db: Database) -> None:
    await write()

    assert [post.double for post in await doubled.fetch()] == [6, 24, 14]
    assert (await doubled.get(title="b")).double == 24
    assert (await doubled.first()).double == 6
    assert (await doubled.last()).double == 14


async def test_values_get_a_key(db: Database) -> None:
    await write()

    assert (await doubled.values("title", "double").fetch())[0] == {"title": "a", "double": 6}
    assert await doubled.values_list("double", flat=True).fetch() == [6, 24, 14]
    assert await doubled.values_list("double", "title").filter(title="a").fetch() == [(6, "a")]
    assert (await doubled.values_list("title", "double", named=True).fetch())[0].double == 6
    assert (await doubled.values("title").fetch())[0] == {"title": "a"}


async def test_without_names_values_have_all_of_them(db: Database) -> None:
    await write()

    row = (await doubled.values().fetch())[0]

    assert list(row) == [
        "id", "title", "views", "price", "share", "made", "took", "author_id", "double",
    ]  # fmt: skip
    assert len((await doubled.values_list().fetch())[0]) == 9


async def test_what_is_annotated_after_values_is_in_them(db: Database) -> None:
    await write()
    query = posts.values("title").annotate(double=F("views") * 2).alias(triple=F("views") * 3)

    assert (await query.fetch())[0] == {"title": "a", "double": 6}
    flat = posts.values_list("title", flat=True).annotate(double=F("views") * 2)
    assert await flat.fetch() == ["a", "b", "c"]


async def test_values_take_expressions(db: Database) -> None:
    await write()

    assert (await posts.values("title", double=F("views") * 2).fetch())[0] == {
        "title": "a",
        "double": 6,
    }


async def test_they_reach_across_relations(db: Database) -> None:
    await write()
    query = posts.annotate(writer=F("author__name"), boss=F("author__boss__name"))

    with capture_queries() as queries:
        found = [(post.writer, post.boss) for post in await query.fetch()]

    assert found == [("Ann", None), ("Bob", "Ann"), ("Bob", "Ann")]
    assert len(queries) == 1


async def test_a_relation_by_itself_is_its_key(db: Database) -> None:
    await write()
    bob = await Author.objects.get(name="Bob")
    query = posts.annotate(writer=F("author"))

    assert (await query.get(title="b")).writer == bob.pk
    assert titles(await query.filter(writer=bob).fetch()) == "bc"
    assert titles(await query.order_by("writer", "-title").fetch()) == "acb"


async def test_across_a_relation_to_many_a_row_comes_once_for_each(db: Database) -> None:
    await write()
    query = Author.objects.annotate(title=F("posts__title")).order_by("title")

    assert [(author.name, author.title) for author in await query.fetch()] == [
        ("Ann", "a"),
        ("Bob", "b"),
        ("Bob", "c"),
    ]
    assert await query.count() == 3
    assert await query.distinct().count() == 3


VALUES: list[tuple[Any, Any]] = [
    (F("views") + 1, 4),
    (F("views") - 5, -2),
    (F("views") / 2, 1),
    (F("views") % 2, 1),
    (-F("views"), -3),
    (F("views") / 0, None),
    (F("views") * Decimal("1.5"), Decimal("4.5")),
    (F("price") * 2, Decimal("5.00")),
    (F("price") / 2, Decimal("1.25")),
    (F("share") * 3, 1.5),
    (F("price"), Decimal("2.50")),
    (F("made"), NOON),
    (F("made") + HOUR, NOON + HOUR),
    (F("made") - timedelta(microseconds=1), NOON - timedelta(microseconds=1)),
    (F("made") - F("made"), timedelta(0)),
    (F("took") * 2, 2 * HOUR),
    (F("made__year"), 2026),
    (F("made__date"), date(2026, 11, 20)),
    (F("made__time"), time(12)),
    (Value(5), 5),
    (Value(1.5), 1.5),
    (Value(True), True),
    (Value(Decimal("1.50")), Decimal("1.5")),
    (Value("x"), "x"),
    (Value("50%"), "50%"),
    (Value(b"x"), b"x"),
    (Value(NOON), NOON),
    (Value(date(2026, 11, 20)), date(2026, 11, 20)),
    (Value(time(12, 30, 0, 5)), time(12, 30, 0, 5)),
    (Value(HOUR), HOUR),
    (Value(uuid.UUID(int=7)), uuid.UUID(int=7)),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES, ids=lambda case: repr(case)[:30])
async def test_they_have_their_type(db: Database, expression: Any, expected: Any) -> None:
    await write()
    query = posts.annotate(value=expression)

    post = await query.get(title="a")

    assert (post.value, type(post.value)) == (expected, type(expected))
    assert await query.filter(title="a").values_list("value", flat=True).fetch() == [expected]
    assert titles(await query.distinct().order_by("value", "title").fetch()) == titles(
        await query.order_by("value", "title").fetch()
    )
    if expected is not None:
        assert await query.filter(title="a", value=expected).exists()


# --- where the names can be used -----------------------------------------------------------------


async def test_filters_take_them(db: Database) -> None:
    await write()

    assert titles(await doubled.filter(double=24).fetch()) == "b"
    assert titles(await doubled.filter(double__lt=20).fetch()) == "ac"
    assert titles(await doubled.exclude(double__lt=20).fetch()) == "b"
    assert titles(await doubled.filter(Q(double=6) | ~Q(double__in=[6, 24])).fetch()) == "ac"
    assert titles(await doubled.filter(F("double") > F("views") + 6).fetch()) == "bc"
    assert titles(await doubled.filter(views=F("double") - 7).fetch()) == "c"
    assert (await doubled.filter(double=24).get()).title == "b"


async def test_filters_over_relations_take_them(db: Database) -> None:
    await write()
    query = posts.annotate(writer=F("author__name"))

    assert titles(await query.filter(writer__startswith="B").fetch()) == "bc"
    assert titles(await query.exclude(writer="Bob").fetch()) == "a"
    assert titles(await query.filter(title=F("writer")).fetch()) == ""


async def test_parts_of_moments_are_parts_of_them(db: Database) -> None:
    await write()
    query = posts.annotate(later=F("made") + timedelta(days=60))

    assert await query.filter(later__year=2027).count() == 3
    assert await query.values_list("later__month", flat=True)[:1].fetch() == [1]
    assert (await query.annotate(day=F("later__date")).first()).day == date(2027, 1, 19)


async def test_orderings_take_them(db: Database) -> None:
    await write()

    assert titles(await doubled.order_by("-double").fetch()) == "bca"
    assert titles(await doubled.order_by(F("double").asc()).fetch()) == "acb"
    assert titles(await doubled.order_by("-double").reverse().fetch()) == "acb"
    assert titles(await doubled.distinct().order_by("-double").fetch()) == "bca"
    assert titles(await posts.annotate(one=Value(1)).order_by("one", "title").fetch()) == "abc"


async def test_an_annotation_may_name_those_before_it(db: Database) -> None:
    await write()
    query = doubled.annotate(more=F("double") + 1, most=F("more") * F("double"))

    assert await query.values_list("more", "most").first() == (7, 42)
    assert titles(await query.filter(most__gt=100, more__lt=20).fetch()) == "c"


async def test_an_alias_is_a_name_without_a_value_in_the_rows(db: Database) -> None:
    await write()
    query = posts.alias(double=F("views") * 2).filter(double__lt=20).order_by("-double")

    found = await query.fetch()

    assert titles(found) == "ca"
    assert "double" not in vars(found[0])
    assert "double" not in (await query.values().fetch())[0]
    assert [post.double for post in await query.annotate(double=F("double")).fetch()] == [14, 6]


async def test_a_name_given_anew_means_the_new_thing_from_there_on(db: Database) -> None:
    await write()
    query = doubled.filter(double=24).annotate(double=F("views") * 3)

    assert [post.double for post in await query.fetch()] == [36]
    assert await query.filter(double=36).count() == 1
    assert await query.filter(double=24).count() == 0


async def test_the_same_words_with_another_meaning_are_not_confused(db: Database) -> None:
    await write()

    assert titles(await doubled.filter(double=6).order_by("double").fetch()) == "a"
    tripled = posts.annotate(double=F("author__name"))
    assert titles(await tripled.filter(double="Ann").order_by("double").fetch()) == "a"
    with pytest.raises(FieldError):
        tripled.filter(double__year=6)
    with pytest.raises(UnknownField):
        posts.filter(double=6)
    with pytest.raises(UnknownField):
        posts.order_by("double")
    with pytest.raises(UnknownField):
        posts.values("double")


# --- with everything else ------------------------------------------------------------------------


async def test_they_go_with_select_related_and_only(db: Database) -> None:
    await write()
    query = doubled.select_related("author").only("title", "author__name")

    with capture_queries() as queries:
        post = (await query.annotate(name=F("author__name")).fetch())[1]

    assert len(queries) == 1
    assert (post.title, post.double, post.name, loaded(post.author).name) == ("b", 24, "Bob", "Bob")
    assert "views" not in vars(post)


async def test_an_annotation_may_be_called_as_a_related_rows_column(db: Database) -> None:
    await write()
    query = posts.select_related("author").annotate(name=F("views") + 1)

    found = await query.distinct().order_by("-name").fetch()

    assert [(post.name, loaded(post.author).name) for post in found] == [
        (13, "Bob"),
        (8, "Bob"),
        (4, "Ann"),
    ]
    assert await query.distinct().count() == 3


async def test_they_go_with_slices(db: Database) -> None:
    await write()

    assert [post.double for post in await doubled[1:].fetch()] == [24, 14]
    assert [post.more for post in await doubled[:1].annotate(more=F("double") + 1).fetch()] == [7]
    assert await doubled.filter(double__gt=6)[:1].count() == 1
    assert await doubled.distinct()[1:].count() == 2


async def test_counting_and_existing_take_them(db: Database) -> None:
    await write()

    assert await doubled.count() == 3
    assert await doubled.filter(double__gt=6).count() == 2
    assert await doubled.filter(double=24).exists()
    assert not await doubled.filter(double=25).exists()
    assert await doubled.values("double").distinct().count() == 3


async def test_what_is_not_needed_is_not_joined(db: Database) -> None:
    await write()

    with capture_queries() as queries:
        await posts.annotate(writer=F("author__name")).count()

    assert "JOIN" not in queries[0].sql


async def test_writing_goes_by_them(db: Database) -> None:
    await write()

    assert await doubled.filter(double__gt=6).update(views=F("double") + 1) == 2
    assert await posts.values_list("views", flat=True).fetch() == [3, 25, 15]
    writer = posts.annotate(writer=F("author__name"))
    assert await writer.filter(writer="Bob").update(views=0) == 2
    assert (await writer.filter(writer="Bob").delete())[0] == 2
    assert titles(await posts.fetch()) == "a"


async def test_managers_have_them_too(db: Database) -> None:
    await write()
    bob: Any = await Author.objects.get(name="Bob")

    found = await bob.posts.annotate(double=F("views") * 2).order_by("double").fetch()

    assert [post.double for post in found] == [14, 24]
    assert await Post.objects.alias(double=F("views") * 2).filter(double=24).count() == 1


async def test_prefetched_rows_have_them(db: Database) -> None:
    await write()
    best = doubled.order_by("-double")[:1]
    query: Any = Author.objects.order_by("name").annotate(boss_name=F("boss__name"))

    with capture_queries() as queries:
        ann, bob = await query.prefetch_related(Prefetch("posts", best, to_attr="best")).fetch()

    assert len(queries) == 2
    assert [(post.title, post.double) for post in (*ann.best, *bob.best)] == [("a", 6), ("b", 24)]
    assert (ann.boss_name, bob.boss_name) == (None, "Ann")


async def test_saving_an_instance_leaves_them_alone(db: Database) -> None:
    await write()
    post = await doubled.get(title="a")

    post.views = 5
    await post.save()
    await post.refresh_from_db()

    assert (post.views, post.double) == (5, 6)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"views": F("title")}, "The annotation 'views' conflicts with Post.views"),
        ({"author_id": F("id")}, "The annotation 'author_id' conflicts with Post.author_id"),
        ({"pk": F("id")}, "The annotation 'pk' conflicts with Post.pk"),
        ({"label": F("title")}, "The annotation 'label' would hide Post.label"),
        ({"save": F("title")}, "The annotation 'save' would hide Post.save"),
    ],
    ids=lambda case: "",
)
def test_names_that_the_model_has_are_refused(given: Any, message: str) -> None:
    for call in (Post.objects.annotate, Post.objects.alias):
        with pytest.raises(FieldError) as error:
            call(**given)
        asked = f"{call.__name__}({next(iter(given))}=…)"
        assert str(error.value) == f"{message} (in {asked}). Give it another name."


def test_names_of_relations_back_are_refused() -> None:
    with pytest.raises(FieldError, match=r"^The annotation 'posts' conflicts with Author\.posts "):
        Author.objects.annotate(posts=F("id"))


@pytest.mark.parametrize("name", ["_origin", "a b", 'x" FROM y --', "1", "class", ""])
def test_names_that_can_be_none_are_refused(name: str) -> None:
    with pytest.raises(FieldError) as error:
        Post.objects.annotate(**{name: F("id")})

    assert str(error.value) == (
        f"{name!r} cannot name an annotation (in annotate({keyword(name)})). "
        "Use a name that an attribute can have, not beginning with an underscore."
    )


def test_what_is_no_expression_is_refused() -> None:
    with pytest.raises(FieldError) as error:
        Post.objects.annotate(one=1)  # type: ignore[arg-type]
    assert str(error.value) == (
        "annotate(one=…) takes an expression, not 1. "
        "Write annotate(one=Value(…)) for a value, or F(…) for a field."
    )


def test_what_they_name_has_to_be_there() -> None:
    with pytest.raises(UnknownField) as error:
        doubled.annotate(more=F("duble") + 1)
    assert str(error.value) == (
        "Post has no field 'duble' (in annotate(more=…)). Did you mean 'double'? Fields: author, "
        "double, id, made, price, share, title, took, views."
    )
    with pytest.raises(UnknownField):
        posts.annotate(itself=F("itself") + 1)
    with pytest.raises(UnknownLookup) as lookup:
        doubled.filter(double__icontains="x")
    assert str(lookup.value).startswith(
        "Post.double has no lookup 'icontains' (in filter(double__icontains=…))."
    )
    with pytest.raises(FieldError, match=r"calculates with numbers"):
        posts.annotate(more=F("title") + 1)
    with pytest.raises(FieldError, match=r"^F\('double__exact'\) names a lookup"):
        doubled.annotate(more=F("double__exact"))


def test_an_alias_is_no_value_of_rows() -> None:
    with pytest.raises(FieldError) as error:
        posts.alias(double=F("views") * 2).values("double")
    assert str(error.value) == (
        "'double' is an alias, which rows do not have (in values('double')). "
        'Give it to the rows with annotate(double=F("double")).'
    )


async def test_another_table_can_be_written_from(db: Database) -> None:
    await Post.objects.create(title="Bread", author=await Author.objects.create(name="Ann"))

    await posts.annotate(writer=F("author__name")).update(title=F("writer"))

    assert await posts.values_list("title", flat=True) == ["Ann"]


def test_expressions_over_expressions_stay_within_limits() -> None:
    wide = deep = Post.objects.annotate(n0=F("views"))
    for n in range(1, 8):
        wide = wide.annotate(**{f"n{n}": F(f"n{n - 1}") + F(f"n{n - 1}")})
    for n in range(1, 100):
        deep = deep.annotate(**{f"n{n}": F(f"n{n - 1}")})

    with pytest.raises(QueryTooComplex) as error:
        wide.annotate(more=F("n7") + F("n7") + F("n7"))
    assert str(error.value) == (
        "The annotation 'more' is 18 levels deep and has 1532 parts, with all that it names; the "
        "limits are 100 and 1000."
    )
    with pytest.raises(QueryTooComplex, match=r"^The annotation 'more' is 101 levels deep"):
        deep.annotate(more=F("n99"))
