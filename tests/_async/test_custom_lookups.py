"""What do lookups and transforms of one's own mean, and where are they known?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from covet.aio import (
    CharField,
    Count,
    Database,
    DateField,
    F,
    Field,
    FieldError,
    ForeignKey,
    Func,
    IntegerField,
    Lookup,
    Model,
    NotSupportedError,
    Q,
    TextField,
    Transform,
    UnknownLookup,
    ValidationError,
    Value,
)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    body = TextField(null=True)
    views = IntegerField(default=0)
    made = DateField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


class NotEqual(Lookup):
    lookup_name = "ne"
    template = "%(lhs)s <> %(rhs)s"


class Size(Transform[int]):
    lookup_name = "size"
    function = "LENGTH"
    returns = "integer"


class Loud(Transform[str]):
    lookup_name = "loud"
    function = "UPPER"
    bilateral = True


class Divides(Lookup):
    """The remainder is zero; the percent sign is SQL's own."""

    lookup_name = "divides"
    template = "%(lhs)s %% %(rhs)s = 0"


class About(Lookup):
    """Said by what there is, with a value of its own."""

    lookup_name = "about"

    def as_condition(self, lhs: Any, rhs: Any) -> Any:
        return (lhs >= rhs - 1) & (lhs <= rhs + Value(1))


class Words(Lookup):
    """Another type on the right side."""

    lookup_name = "longer_than"
    template = "LENGTH(%(lhs)s) > %(rhs)s"
    takes = "integer"


class Same(Lookup):
    """Each database says it otherwise, and None is a value."""

    lookup_name = "same"
    templates = {
        "sqlite": "%(lhs)s IS %(rhs)s",
        "postgresql": "%(lhs)s IS NOT DISTINCT FROM %(rhs)s",
        "mysql": "%(lhs)s <=> %(rhs)s",
    }
    can_use_none_as_rhs = True


class Shifted(Transform[int]):
    """A transform that brings a value with it."""

    lookup_name = "shifted"
    arity = 2
    template = "(%(expressions)s)"
    arg_joiner = " + "

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, Value(100))


REGISTERED: list[tuple[Any, type]] = [
    (Field, NotEqual),
    (TextField, Size),
    (TextField, Loud),
    (IntegerField, Divides),
    (IntegerField, About),
    (CharField, Words),
    (TextField, Same),
    (IntegerField, Shifted),
]


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    for holder, lookup in REGISTERED:
        holder.register_lookup(lookup)
    yield
    for holder, lookup in REGISTERED:
        holder.unregister_lookup(lookup)


async def write() -> None:
    ann = await Author.objects.create(name="Ann")
    bob = await Author.objects.create(name="Bob")
    await Post.objects.create(title="a", body="A", views=3, author=ann)
    await Post.objects.create(title="bb", body="bread", views=4, author=bob)
    await Post.objects.create(title="ccc", views=9)


async def titles(*conditions: Any, **lookups: Any) -> str:
    """The titles of the posts that a condition keeps; the rest are those that it leaves out."""
    kept = await Post.objects.filter(*conditions, **lookups).order_by("title").fetch()
    left = await Post.objects.exclude(*conditions, **lookups).order_by("title").fetch()
    assert sorted(post.title for post in (*kept, *left)) == ["a", "bb", "ccc"]
    return " ".join(post.title for post in kept)


@pytest.mark.parametrize(
    ("lookups", "expected"),
    [
        ({"title__ne": "a"}, "bb ccc"),
        ({"views__ne": 4}, "a ccc"),
        ({"body__ne": "A"}, "bb"),
        ({"body__ne": F("title")}, "a bb"),
        ({"author__name__ne": "Ann"}, "bb"),
        ({"title__size": 2}, "bb"),
        ({"title__size__gte": 2}, "bb ccc"),
        ({"title__size__in": [1, 3]}, "a ccc"),
        ({"title__size__ne": 1}, "bb ccc"),
        ({"title__size__divides": 2}, "bb"),
        ({"title__size": F("views") - 2}, "a bb"),
        ({"body__size__isnull": True}, "ccc"),
        ({"title__loud": "bB"}, "bb"),
        ({"title__loud__startswith": "b"}, "bb"),
        ({"title__loud__in": [F("body"), "CCc"]}, "a ccc"),
        ({"title__loud__range": ("A", F("body"))}, "a bb"),
        ({"title__loud": F("body")}, "a"),
        ({"body__loud": None}, "ccc"),
        ({"views__divides": 3}, "a ccc"),
        ({"views__about": 4}, "a bb"),
        ({"views__about": F("views") + 1}, "a bb ccc"),
        ({"title__longer_than": 1}, "bb ccc"),
        ({"body__same": None}, "ccc"),
        ({"body__same": "A"}, "a"),
        ({"body__same": F("body")}, "a bb ccc"),
        ({"views__shifted": 103}, "a"),
        ({"views__shifted__gt": 103}, "bb ccc"),
        ({"views__shifted__about": 104}, "a bb"),
        ({"made__isnull": True, "views__shifted": 109}, "ccc"),
    ],
    ids=str,
)
async def test_they_stand_in_paths(db: Database, lookups: dict[str, Any], expected: str) -> None:
    await write()
    assert await titles(**lookups) == expected


async def test_transforms_stand_wherever_a_field_may(db: Database) -> None:
    await write()
    assert await Post.objects.order_by("-title__size").values_list(
        "title__size", "title__loud", "views__shifted"
    ) == [(3, "CCC", 109), (2, "BB", 104), (1, "A", 103)]
    assert await Post.objects.annotate(n=F("title__size") * 2).filter(n__divides=4).values_list(
        "n", flat=True
    ) == [4]
    assert await Post.objects.values("title__size").annotate(n=Count("pk")).order_by(
        "title__size"
    ) == [{"title__size": size, "n": 1} for size in (1, 2, 3)]
    loud = Post.objects.annotate(loud=Loud("title")).filter(loud__size=2)
    assert await loud.values_list("loud", flat=True) == ["BB"]
    assert await Author.objects.filter(posts__title__size__gt=1).values_list("name", flat=True) == [
        "Bob"
    ]
    assert await Author.objects.exclude(posts__title__ne="a").values_list("name", flat=True) == [
        "Ann"
    ]


async def test_lookups_are_for_expressions_too(db: Database) -> None:
    await write()
    assert await titles((F("views") + 1).compare("divides", 2)) == "a ccc"
    assert await titles(Q(views__about=4) | Q(title__ne="a")) == "a bb ccc"
    assert await titles(~Q(body__ne="A")) == "a ccc"


async def test_the_nearest_one_counts(db: Database) -> None:
    await write()

    class Never(Lookup):
        lookup_name = "ne"
        template = "%(lhs)s <> %(rhs)s AND 1 = 0"

    assert await titles(title__ne="a") == "bb ccc"
    CharField.register_lookup(Never)
    assert await titles(title__ne="a") == ""
    assert await titles(body__ne="A") == "bb"  # a TextField is above a CharField
    field = Post._table.field("title")
    field.register_lookup(NotEqual)
    assert await titles(title__ne="a") == "bb ccc"
    assert await Author.objects.filter(name__ne="Ann").count() == 0
    field.unregister_lookup(NotEqual)
    assert await titles(title__ne="a") == ""
    CharField.unregister_lookup(Never)
    assert await titles(title__ne="a") == "bb ccc"


async def test_one_of_covets_own_can_be_replaced(db: Database) -> None:
    await write()

    class Exact(Lookup):
        lookup_name = "exact"
        template = "LOWER(%(lhs)s) = LOWER(%(rhs)s)"

    field = Post._table.field("title")
    field.register_lookup(Exact)
    assert await titles(title="BB") == "bb"
    field.unregister_lookup(Exact)
    assert await titles(title="BB") == ""


async def test_a_function_can_be_registered_under_any_name(db: Database) -> None:
    await write()

    class Hex(Func[str]):
        function = "HEX"
        templates = {"postgresql": "UPPER(encode(%(expressions)s::bytea, 'hex'))"}

    CharField.register_lookup(Hex, "in_hex")
    assert await titles(title__in_hex="61") == "a"
    CharField.unregister_lookup(Hex, "in_hex")
    with pytest.raises(UnknownLookup):
        Post.objects.filter(title__in_hex="61")


async def test_foreign_keys_have_those_of_the_keys_that_they_hold(db: Database) -> None:
    await write()
    ann = await Author.objects.get(name="Ann")
    assert await titles(author__ne=ann.pk) == "bb"
    assert await titles(author__ne=ann) == "bb"
    assert await titles(author_id__ne=ann.pk) == "bb"


def test_the_decorator_gives_the_class_back() -> None:
    @DateField.register_lookup
    class Odd(Transform[int]):
        lookup_name = "odd"
        function = "ODD"
        returns = "integer"

    assert isinstance(Odd("made"), Transform)
    assert Post.objects.filter(made__odd=1).sql("sqlite")[0].endswith('ODD("post"."made") = ?')
    DateField.unregister_lookup(Odd)


async def test_a_template_for_other_databases_only_is_an_error(db: Database) -> None:
    class Nowhere(Lookup):
        lookup_name = "nowhere"
        templates = {"oracle": "%(lhs)s"}

    field = Post._table.field("title")
    field.register_lookup(Nowhere)
    query = Post.objects.filter(title__nowhere="x")
    with pytest.raises(NotSupportedError) as caught:
        await query.fetch()
    field.unregister_lookup(Nowhere)
    assert "has no template of the lookup Nowhere. Give it one in templates = {…}" in str(
        caught.value
    )


class Silent(Lookup):
    lookup_name = "silent"


class Nonsense(Lookup):
    lookup_name = "nonsense"

    def as_condition(self, lhs: Any, rhs: Any) -> Any:
        return "lhs = rhs"


class Spaced(Lookup):
    lookup_name = "two__words"


def asked(lookup: type[Lookup], value: Any) -> Any:
    """A question with a lookup that is registered while it is asked."""
    field = Post._table.field("title")
    field.register_lookup(lookup)
    try:
        return Post.objects.filter(**{f"title__{lookup.lookup_name}": value})
    finally:
        field.unregister_lookup(lookup)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: CharField.register_lookup(str),
            "<class 'str'> is neither a Lookup nor a Transform. Write class NotEqual(Lookup): "
            "lookup_name = …",
        ),
        (
            lambda: CharField.register_lookup(Spaced),
            "Spaced has the lookup_name 'two__words', which cannot stand in a path. Use letters, "
            "digits and single underscores.",
        ),
        (
            lambda: DateField.unregister_lookup(NotEqual),
            "NotEqual is not registered as 'ne' for DateField.",
        ),
        (
            lambda: asked(Silent, 1),
            "Silent does not say what it means (in filter(title__silent=…)). Give it "
            'template = "%(lhs)s <> %(rhs)s", or as_condition().',
        ),
        (
            lambda: asked(Nonsense, 1),
            "Nonsense.as_condition() gives 'lhs = rhs', which is no condition (in "
            "filter(title__nonsense=…)). Return a Q, a comparison such as lhs > rhs, or an "
            "expression.",
        ),
        (
            lambda: Post.objects.filter(title__ne=None),
            "Post.title__ne compares with None, which it does not take (in "
            "filter(title__ne=…)). Use title__isnull=True.",
        ),
        (
            lambda: Post.objects.filter(title__ne=["a", "b"]),
            "Post.title__ne compares with one value, not with several (in filter(title__ne=…)).",
        ),
        (
            lambda: Post.objects.filter(title__loud__in=["a"]),
            "Post.title is compared by a transform of both sides, which takes no list (in "
            "filter(title__loud__in=…)). Join the comparisons with single values by |.",
        ),
        (
            lambda: Post.objects.filter(title__siz=2),
            "Post.title has no lookup 'siz' (in filter(title__siz=…)). Did you mean 'size'? "
            "Lookups: contains, endswith, exact, gt, gte, icontains, iendswith, iexact, in, "
            "iregex, isnull, istartswith, longer_than, loud, lt, lte, ne, range, regex, same, "
            "size, startswith.",
        ),
    ],
)
def test_what_cannot_be_is_refused(ask: Callable[[], Any], message: str) -> None:
    with pytest.raises(FieldError) as caught:
        ask()
    assert str(caught.value) == message


def test_a_value_of_another_type_is_refused_when_it_is_bound() -> None:
    with pytest.raises(ValidationError):
        Post.objects.filter(views__divides="many").sql("sqlite")
