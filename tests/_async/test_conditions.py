"""What do conditions mean when they are combined: Q trees, typed conditions, and the two mixed?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext, suppress
from functools import reduce
from itertools import product
from typing import Any

import pytest

from covet.aio import (
    BooleanField,
    CharField,
    Database,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    Q,
    QueryTooComplex,
    UnknownField,
    UnknownLookup,
    ValidationError,
    capture_queries,
)

from ..pairs import async_fixture


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    """Its names are those of parameters, to see that none of them is in the way."""

    number = IntegerField()
    a = BooleanField(null=True)
    b = BooleanField(null=True)
    c = BooleanField(null=True)
    views = IntegerField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


class Odd(Model):
    self = IntegerField(default=0)
    conditions = IntegerField(default=0)
    using = IntegerField(default=0)
    defaults = IntegerField(default=0)
    key = IntegerField(default=0)
    values = IntegerField(default=0)
    model = IntegerField(default=0)
    args = IntegerField(default=0)
    kwargs = IntegerField(default=0)
    rows = IntegerField(default=0)
    origin = IntegerField(default=0)


THREE = (True, False, None)
ROWS = list(product(THREE, THREE, THREE))


@async_fixture
async def posts(db: Database) -> AsyncIterator[None]:
    """A post for each combination of true, false and NULL in a, b and c."""
    await Post.objects.bulk_create(
        [Post(number=n, a=a, b=b, c=c, views=n) for n, (a, b, c) in enumerate(ROWS)]
    )
    yield


async def found(query: Any) -> list[int]:
    return sorted(await query.values_list("number", flat=True).fetch())


def those(test: Any) -> list[int]:
    """The numbers of the rows for which a Python function of a, b and c is true."""
    return [n for n, row in enumerate(ROWS) if test(*row)]


A, B, C = Q(a=True), Q(b=True), Q(c=True)


@pytest.mark.parametrize(
    ("condition", "test"),
    [
        (A & B, lambda a, b, c: a is True and b is True),
        (A | B, lambda a, b, c: a is True or b is True),
        (A ^ B, lambda a, b, c: (a is True) != (b is True)),
        (A ^ B ^ C, lambda a, b, c: ((a is True) + (b is True) + (c is True)) % 2 == 1),
        (~A, lambda a, b, c: a is not True),
        (~~A, lambda a, b, c: a is True),
        (~(A & B), lambda a, b, c: not (a is True and b is True)),
        (~(A | B), lambda a, b, c: a is not True and b is not True),
        (~(A ^ B), lambda a, b, c: (a is True) == (b is True)),
        (~A & ~B, lambda a, b, c: a is not True and b is not True),
        (A & (B | ~C), lambda a, b, c: a is True and (b is True or c is not True)),
        (~(A | ~(B & ~C)), lambda a, b, c: a is not True and b is True and c is not True),
        (Q(a=None) | Q(b=False), lambda a, b, c: a is None or b is False),
        (~Q(a=None) & Q(b__isnull=True), lambda a, b, c: a is not None and b is None),
        (Q(a=F("b")), lambda a, b, c: a is not None and a == b),
        (~Q(a=F("b")), lambda a, b, c: not (a is not None and a == b)),
        (Q(A, B, c=False), lambda a, b, c: a is True and b is True and c is False),
        (Q(A | B, C), lambda a, b, c: (a is True or b is True) and c is True),
        (Post.a == True, lambda a, b, c: a is True),  # noqa: E712
        (Post.a != True, lambda a, b, c: a is not True),  # noqa: E712
        (Post.a.in_([True, False]), lambda a, b, c: a is not None),
        (Post.a.is_null() & Post.b.is_null(False), lambda a, b, c: a is None and b is not None),
        ((Post.a == Post.b) | C, lambda a, b, c: (a is not None and a == b) or c is True),
    ],
    ids=lambda value: repr(value) if isinstance(value, Q) else "",
)
async def test_a_condition_keeps_the_rows_for_which_it_is_true(
    posts: None, condition: Q, test: Any
) -> None:
    assert await found(Post.objects.filter(condition)) == those(test)
    assert await found(Post.objects.exclude(condition)) == those(lambda *row: not test(*row))


async def test_typed_conditions_mix_with_keywords_and_q(posts: None) -> None:
    query = Post.objects.filter(Post.views > 10, Q(a=None) | Q(b=True), Post.views < 25, c=True)
    assert await found(query) == [
        n for n, (a, b, c) in enumerate(ROWS) if 10 < n < 25 and (a is None or b) and c
    ]
    assert await found(Post.objects.filter(Post.views.in_([3, 4]))) == [3, 4]
    assert await found(Post.objects.filter((Post.views + 1) * 2 >= 50)) == [24, 25, 26]
    assert await found(Post.objects.filter(Post.views.compare("range", (2, 4)))) == [2, 3, 4]


async def test_conditions_may_be_given_as_pairs(posts: None) -> None:
    assert await found(Post.objects.filter(("views__lt", 2))) == [0, 1]  # type: ignore[arg-type]


async def test_the_empty_condition_says_nothing(posts: None) -> None:
    assert await Post.objects.filter(Q() & A | Q()).count() == 9
    assert await Post.objects.filter(Q(Q(), Q(Q()))).count() == 27
    assert reduce(lambda one, other: one | other, [A, B], Q()) == A | B


@pytest.mark.parametrize("levels", [5, 30, 500])
async def test_q_nested_alternately_works_or_is_too_complex(posts: None, levels: int) -> None:
    condition, test = Q(views=0), {0}
    for n in range(1, levels):
        if n % 2:
            condition, test = condition | Q(views=n), test | {n}
        else:
            condition, test = condition & Q(views__lt=1000), test
    await works_or_is_too_complex(condition, test, must_work=levels <= 30)


@pytest.mark.parametrize("levels", [5, 30, 500])
async def test_q_nested_to_the_right_works_or_is_too_complex(posts: None, levels: int) -> None:
    condition, test = Q(views=0), {0}
    for n in range(1, levels):
        if n % 2:
            condition, test = Q(views=n) | condition, test | {n}
        else:
            condition, test = Q(views__lt=1000) & condition, test
    await works_or_is_too_complex(condition, test, must_work=levels <= 30)


@pytest.mark.parametrize("levels", [5, 30, 500])
async def test_q_negated_on_each_level_works_or_is_too_complex(posts: None, levels: int) -> None:
    condition = Q(views=0)
    for n in range(1, levels):
        condition = ~condition & ~Q(views=1000 + n)
    # The last one is ~views=0 where the number of negations is odd.
    test = {0} if levels % 2 else set(range(1, 27))
    await works_or_is_too_complex(condition, test, must_work=levels <= 30)


async def test_five_hundred_negations_cancel_out(posts: None) -> None:
    condition = Q(views=0)
    for _ in range(500):
        condition = ~condition
    assert await found(Post.objects.filter(condition)) == [0]
    assert await Post.objects.filter(~condition).count() == 26


async def test_five_hundred_levels_of_xor_are_one_level(posts: None) -> None:
    condition = reduce(lambda one, other: one ^ other, [Q(views=n) for n in range(500)])
    assert await found(Post.objects.filter(condition)) == list(range(27))


@pytest.mark.parametrize("symbol", ["|", "&"])
async def test_loops_of_one_operator_stay_flat_however_long(posts: None, symbol: str) -> None:
    many = [Q(views=n) if symbol == "|" else ~Q(views=n) for n in range(5, 1005)]
    condition = many[0]
    for other in many[1:]:
        condition = condition | other if symbol == "|" else condition & other
    expected = range(5, 27) if symbol == "|" else range(5)
    assert await found(Post.objects.filter(condition)) == list(expected)


async def works_or_is_too_complex(condition: Q, numbers: set[int], must_work: bool) -> None:
    """A deep condition gives the right rows, or is refused by its own error before any SQL."""
    rows = None
    with capture_queries() as queries, nullcontext() if must_work else suppress(QueryTooComplex):
        rows = await found(Post.objects.filter(condition))
    if rows is None:
        assert queries == []
    else:
        assert rows == sorted(n for n in numbers if n < 27)


async def test_hundreds_of_filters_one_after_the_other_are_one_and(posts: None) -> None:
    query = Post.objects.all()
    for n in range(3, 300):
        query = query.exclude(views=n)
    assert await found(query) == [0, 1, 2]


# --- what a condition cannot be -----------------------------------------------------------------


@pytest.mark.parametrize("thing", [True, 1, "views=1", None, ["views", 1], {"views": 1}])
async def test_only_conditions_are_conditions(db: Database, thing: Any) -> None:
    for call in (Post.objects.filter, Post.objects.exclude, Q):
        with pytest.raises(FieldError, match="is not a condition"):
            call(thing)


async def test_an_expression_has_no_truth_value(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        bool(F("views"))
    assert str(caught.value) == (
        "F('views') is an expression and has no truth value in Python. "
        "Combine conditions with & and |, not with 'and' and 'or'."
    )


async def test_a_condition_is_a_value_too(db: Database) -> None:
    await Post.objects.bulk_create(
        [Post(number=n, a=a, b=b) for n, (a, b) in enumerate(product((True, False), repeat=2))]
    )
    alike = Post.objects.filter(a=Q(b=True)).order_by("number")
    assert await alike.values_list("number", flat=True).fetch() == [0, 3]
    with pytest.raises(FieldError, match="is of type integer and cannot be compared"):
        Post.objects.filter(number=Q(b=True))
    with pytest.raises(FieldError, match="is an ordering and cannot be a value"):
        Post.objects.filter(number=F("views").desc())


async def test_a_field_of_another_model_is_an_error(db: Database) -> None:
    for condition in (Author.name == "x", Q(number=F("number")) & (Author.id > 1)):
        with pytest.raises(FieldError) as caught:
            Post.objects.filter(condition)
        assert "and this is a query on" in str(caught.value)
    with pytest.raises(FieldError):
        Post.objects.filter(number=Author.id)
    with pytest.raises(FieldError):
        Post.objects.order_by(Author.name)


# --- names that users send ----------------------------------------------------------------------

ATTACKS = [
    "number__exact) OR 1=1 --",
    'number" OR 1=1 --',
    "number; DROP TABLE post",
    "number__in OR 1=1",
    "_connector",
    "_negated",
    "connector",
    "negated",
    "children",
    "__class__",
    "_spec",
    "_alias",
    "pk__pk",
    "number__",
    "__number",
    "",
    "__",
    "views%s",
    "views\x00",
    "views\n",
    "a" * 10_000,
    "author__" * 300 + "name",
    "author__name__posts",
    "posts__posts",
]


@pytest.mark.parametrize("name", ATTACKS, ids=lambda name: repr(name)[:30])
async def test_names_from_outside_never_reach_sql(posts: None, name: str) -> None:
    with capture_queries() as queries:
        for ask in (
            lambda: Post.objects.filter(**{name: 1}),
            lambda: Post.objects.exclude(**{name: 1}),
            lambda: Post.objects.filter(Q(**{name: 1}) | Q(a=True)),
            lambda: Post.objects.filter(F(name) > 1),
            lambda: Post.objects.filter(views=F(name)),
            lambda: Post.objects.order_by(name),
            lambda: Post.objects.order_by(f"-{name}"),
            lambda: Post.objects.order_by(F(name).desc()),
            lambda: Post.objects.values(name),
            lambda: Post.objects.values_list("number", name),
        ):
            with pytest.raises(FieldError) as caught:
                ask()
            assert len(str(caught.value)) < 1000
            assert str(caught.value).isprintable()
        for wait in (
            lambda: Post.objects.get(**{name: 1}),
            lambda: Post.objects.update(**{name: 1}),
            lambda: Post.objects.create(**{name: 1}),
            lambda: Post.objects.get_or_create(**{f"{name}__exact": 1}),
            lambda: Post.objects.in_bulk([1], field_name=name),
        ):
            with pytest.raises(FieldError) as caught:
                await wait()
            assert len(str(caught.value)) < 1000
            assert str(caught.value).isprintable()
    assert queries == []


async def test_the_state_of_a_condition_is_not_reached_by_keyword(posts: None) -> None:
    for name in ("_connector", "_negated", "connector", "negated", "conditions", "lookups"):
        with pytest.raises(UnknownField) as caught:
            Post.objects.filter(**{name: "OR"})
        assert str(caught.value).startswith(f"Post has no field {name!r} (in filter({name}=…)).")


async def test_a_dictionary_as_a_value_is_no_lookup(posts: None) -> None:
    with capture_queries() as queries, pytest.raises(ValidationError):
        await Post.objects.filter(views={"__gt": 0}).fetch()
    assert queries == []


async def test_values_that_look_like_sql_are_values(db: Database) -> None:
    for name in (
        "' OR '1'='1",
        '"; DROP TABLE author; --',
        "\\' OR 1=1 -- ",
        "%s",
        "?",
        "{}",
        "%(a)s",
    ):
        await Author.objects.create(name=name[:20])
        assert await Author.objects.filter(name=name[:20]).count() == 1
        assert await Author.objects.filter(name__contains=name[:20]).count() == 1
    assert await Author.objects.filter(name="' OR '1'='1' --").count() == 0


async def test_an_unknown_lookup_names_the_nearest(db: Database) -> None:
    with pytest.raises(UnknownLookup) as caught:
        Author.objects.filter(name__icontain="x")
    assert str(caught.value) == (
        "Author.name has no lookup 'icontain' (in filter(name__icontain=…)). "
        "Did you mean 'icontains'? Lookups: contains, endswith, exact, gt, gte, icontains, "
        "iendswith, iexact, in, iregex, isnull, istartswith, lt, lte, range, regex, startswith."
    )


async def test_an_unknown_field_names_the_nearest_and_the_whole_call(db: Database) -> None:
    with pytest.raises(UnknownField) as caught:
        Post.objects.exclude(Q(a=True) | ~Q(veiws__gt=3), number=1)
    assert str(caught.value) == (
        "Post has no field 'veiws' (in exclude(Q(Q(a=…) | ~Q(veiws__gt=…)), number=…)). "
        "Did you mean 'views'? Fields: a, author, b, c, id, number, views."
    )


# --- fields that are called like parameters -----------------------------------------------------


async def test_fields_may_be_called_like_parameters(db: Database) -> None:
    names = [field for field in vars(await Odd.objects.create()) if field not in ("id", "_origin")]
    for n, name in enumerate(names):
        if name in ("using", "defaults"):
            continue  # keywords of create() and get_or_create() themselves, as in Django
        odd = await Odd.objects.create(**{name: n + 1})
        assert await Odd.objects.filter(**{name: n + 1}).get() == odd
        assert await Odd.objects.get(**{name: n + 1}) == odd
        assert not await Odd.objects.exclude(**{name: n + 1}).filter(pk=odd.pk).exists()
        assert await Odd.objects.filter(Q(**{name: n + 1})).update(**{name: 0}) == 1
        assert await Odd.objects.filter(pk=odd.pk).values(name).get() == {name: 0}
        assert getattr(await Odd.objects.get(pk=odd.pk), name) == 0
        found, is_new = await Odd.objects.get_or_create(**{name: 100 + n})
        assert is_new
        assert getattr(found, name) == 100 + n


async def test_a_field_called_defaults_is_reached_by_its_lookup(db: Database) -> None:
    odd, is_new = await Odd.objects.get_or_create(defaults__exact=5, defaults={"using": 6})
    assert is_new
    assert (odd.defaults, odd.using) == (5, 6)
    assert await Odd.objects.filter(defaults=5, using=6).get() == odd
