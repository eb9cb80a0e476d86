"""What does each error say, word for word, and what does it know besides?"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from covet import F, Q, errors
from covet.aio import CharField, DateField, ForeignKey, IntegerField, JSONField, Model
from covet.errors import (
    CovetError,
    FieldError,
    NotLoaded,
    UnknownField,
    UnknownLookup,
    ValidationError,
)


class Author(Model):
    name = CharField(max_length=100)
    age = IntegerField(null=True)


class Post(Model):
    title = CharField(max_length=100)
    views = IntegerField(default=0)
    made = DateField(null=True)
    data = JSONField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")


posts: Any = Post.objects.all()

SAID: list[tuple[Callable[[], Any], type[CovetError], str]] = [
    (
        lambda: posts.filter(titel__icontains="x"),
        UnknownField,
        "Post has no field 'titel' (in filter(titel__icontains=…)). Did you mean 'title'? "
        "Fields: author, data, id, made, title, views.",
    ),
    (
        lambda: posts.exclude(Q(views=1) | Q(xyz=2), made=None),
        UnknownField,
        "Post has no field 'xyz' (in exclude(Q(Q(views=…) | Q(xyz=…)), made=…)). "
        "Fields: author, data, id, made, title, views.",
    ),
    (
        lambda: posts.filter(author__nmae="x"),
        UnknownField,
        "Author has no field 'nmae' (in filter(author__nmae=…)). Did you mean 'name'? "
        "Fields: age, id, name, posts.",
    ),
    (
        lambda: posts.filter(F("veiws") > 3),
        UnknownField,
        "Post has no field 'veiws' (in filter(F('veiws') > …)). Did you mean 'views'? "
        "Fields: author, data, id, made, title, views.",
    ),
    (
        lambda: posts.order_by("-veiws", "title"),
        UnknownField,
        "Post has no field 'veiws' (in order_by('-veiws', 'title')). Did you mean 'views'? "
        "Fields: author, data, id, made, title, views.",
    ),
    (
        lambda: posts.values("author__nmae"),
        UnknownField,
        "Author has no field 'nmae' (in values('author__nmae')). Did you mean 'name'? "
        "Fields: age, id, name, posts.",
    ),
    (
        lambda: posts.filter(views__gtt=3),
        UnknownLookup,
        "Post.views has no lookup 'gtt' (in filter(views__gtt=…)). Did you mean 'gt'? "
        "Lookups: exact, gt, gte, in, isnull, lt, lte, range.",
    ),
    (
        lambda: posts.filter(**{"title__exact) OR 1=1 --": 1}),
        UnknownLookup,
        "Post.title has no lookup 'exact) OR 1=1 --' "
        "(in filter(**{'title__exact) OR 1=1 --': …})). "
        "Lookups: contains, endswith, exact, gt, gte, icontains, iendswith, iexact, in, iregex, "
        "isnull, istartswith, lt, lte, range, regex, startswith.",
    ),
    (
        lambda: posts.filter(data__has_key=["a", "b"]),
        FieldError,
        "Post.data__has_key takes one key, not ('a', 'b') (in filter(data__has_key=…)).",
    ),
    (
        lambda: posts.filter(views__in=3),
        FieldError,
        "Post.views__in takes a list of values (in filter(views__in=…)). Write "
        "views__in=[…], or views=… for one value.",
    ),
    (
        lambda: posts.filter(views=[1, 2]),
        FieldError,
        "Post.views__exact compares with one value, not with several (in filter(views=…)). "
        "Use views__in for a list of values.",
    ),
    (
        lambda: posts.filter(views__gt=None),
        FieldError,
        "Post.views__gt compares with None, which nothing is true of (in "
        "filter(views__gt=…)). Use views__isnull=True.",
    ),
    (
        lambda: posts.filter(views__range=3),
        FieldError,
        "Post.views__range takes the first and the last value (in filter(views__range=…)). "
        "Write views__range=(low, high).",
    ),
    (
        lambda: posts.filter(views__isnull=1),
        FieldError,
        "Post.views__isnull takes True or False (in filter(views__isnull=…)).",
    ),
    (
        lambda: posts.filter(views=F("title")),
        FieldError,
        "Post.views is of type integer and cannot be compared with Post.title, which is of "
        "type text (in filter(views=…)).",
    ),
    (
        lambda: posts.filter(views__gt=F("title") + 1),
        FieldError,
        "'+' calculates with numbers, and Post.title is of type text (in filter(views__gt=…)).",
    ),
    (
        lambda: posts.filter(views__gt=F("views") + object),
        FieldError,
        "<class 'object'> cannot be used in an expression (in filter(views__gt=…)). Types: "
        "Decimal, UUID, bool, bytes, date, datetime, float, int, str, time, timedelta.",
    ),
    (
        lambda: posts.filter(views=F("views__gt")),
        FieldError,
        "F('views__gt') names a lookup; F takes the name of a field (in filter(views=…)).",
    ),
    (
        lambda: posts.filter(views=Q(title="x")),
        FieldError,
        "Post.views is of type integer and cannot be compared with the value, "
        "which is of type boolean (in filter(views=…)).",
    ),
    (
        lambda: posts.filter(True),
        FieldError,
        "True is not a condition. "
        "Give a Q object, a comparison such as Post.views > 10, or a keyword lookup.",
    ),
    (
        lambda: posts.filter(Author.name == "x"),
        FieldError,
        f"Author.name belongs to {__name__}.Author, and this is a query on {__name__}.Post "
        "(in filter(Author.name == …)). "
        "Name it by its path from Post: F('…__name').",
    ),
    (
        lambda: posts.filter(F("views").compare("contains", 1)),
        FieldError,
        "F('views').compare('contains', 1): the left side has no lookup 'contains' (in "
        "filter(F('views').compare('contains', …))). Lookups: exact, gt, gte, in, isnull, "
        "lt, lte, range.",
    ),
    (
        lambda: posts.order_by(3),
        FieldError,
        '3 is nothing to order by (in order_by(3)). Give "-views", or F("views").desc().',
    ),
    (
        lambda: posts.order_by("views__gt"),
        FieldError,
        "'views__gt' names a lookup where a field is wanted (in order_by('views__gt')).",
    ),
    (
        lambda: posts.values(3),
        FieldError,
        "values() takes names of fields, not 3.",
    ),
    (
        lambda: posts.values_list(flat=True),
        FieldError,
        "values_list(flat=True) takes exactly one field, and not named=True.",
    ),
    (
        lambda: posts[:3].filter(views=1),
        FieldError,
        "filter() cannot change a query once a slice of it was taken. "
        "Call filter() before slicing.",
    ),
    (
        lambda: posts[-1:],
        FieldError,
        "A query cannot be sliced at -1. "
        "Use whole numbers from 0 up; turn it round with reverse().",
    ),
    (
        lambda: posts[::2],
        FieldError,
        "A query cannot be sliced in steps. Slice the fetched list.",
    ),
    (
        lambda: posts.filter(**{"views" * 200: 1}),
        FieldError,
        f"'{('views' * 200)[:78]}… is too long for a path; the limit is 500 "
        f"(in filter(**{{'{('views' * 200)[:78]}…: …}})).",
    ),
    (
        lambda: posts.sql("oracle"),
        errors.ConfigurationError,
        "There is no dialect 'oracle'. Dialects: sqlite, postgresql, mysql.",
    ),
    (
        lambda: posts.filter(views="many").sql("sqlite"),
        ValidationError,
        "Post.views must be a whole number, not 'many'.",
    ),
    (
        lambda: posts.filter(views__range=[1]).sql("sqlite"),
        ValidationError,
        "Post.views needs both ends of a range, and not (1,).",
    ),
    (
        lambda: len(posts),
        NotLoaded,
        "The rows of this query on Post are not loaded, so len() cannot be answered. "
        "Write await qs.count(), or await the query first.",
    ),
    (
        lambda: iter(posts),
        NotLoaded,
        "The rows of this query on Post are not loaded, so for … in cannot be answered. "
        "Write async for … in, or await the query first.",
    ),
    (
        lambda: bool(posts),
        NotLoaded,
        "The rows of this query on Post are not loaded, so its truth cannot be answered. "
        "Write await qs.exists(), or await the query first.",
    ),
    (
        lambda: posts[0],
        NotLoaded,
        "The rows of this query on Post are not loaded, so [n] cannot be answered. "
        "Write (await qs[n:n + 1])[0], or await the query first.",
    ),
    (
        lambda: None in posts,
        NotLoaded,
        "The rows of this query on Post are not loaded, so in cannot be answered. "
        "Write item in await qs, or await the query first.",
    ),
]


@pytest.mark.parametrize(("do", "error", "words"), SAID, ids=[words[:50] for _, _, words in SAID])
def test_the_words(do: Callable[[], Any], error: type[CovetError], words: str) -> None:
    with pytest.raises(error) as caught:
        do()
    assert str(caught.value) == words


def test_an_error_keeps_its_four_parts() -> None:
    with pytest.raises(UnknownField) as caught:
        posts.filter(titel="x")
    error = caught.value
    assert error.wrong == "Post has no field 'titel'"
    assert error.asked == "filter(titel=…)"
    assert error.possible == ("title", "author", "data", "id", "made", "views")
    assert error.fix is not None
    assert error.fix.startswith("Did you mean 'title'?")
    assert (error.model, error.name) == ("Post", "titel")


def test_the_sentence_ends_once() -> None:
    assert str(CovetError("It broke")) == "It broke."
    assert str(CovetError("It broke.")) == "It broke."
    assert str(CovetError("Did it break?")) == "Did it break?"
    assert str(CovetError("It broke", asked="do()")) == "It broke (in do())."
    assert (
        str(CovetError("It broke", asked="do()", fix="Mend it.")) == "It broke (in do()). Mend it."
    )


def test_values_are_shown_escaped_and_cut() -> None:
    assert errors.short("a\nb\x00") == "'a\\nb\\x00'"
    assert errors.short("x" * 1000) == f"'{'x' * 78}…"
    assert len(errors.short([1] * 1000)) <= 80
    assert len(errors.short({"a": "x" * 1000})) <= 80


def test_calls_are_cut() -> None:
    text = str(CovetError("It broke", asked="f(" + "x" * 1000 + ")"))
    assert len(text) < 330
    assert text.endswith("…).")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("views__gt", "views__gt=…"),
        ("a b", "**{'a b': …}"),
        ("a\nb", "**{'a\\nb': …}"),
        ("", "**{'': …}"),
        ("x" * 100, f"**{{'{'x' * 78}…: …}}"),
    ],
)
def test_keywords_are_shown_as_python_takes_them(name: str, shown: str) -> None:
    assert errors.keyword(name) == shown


def test_a_validation_error_knows_its_messages_by_field() -> None:
    error = ValidationError({"title": ["is empty", "is bad"], "__all__": "no"}, model="Post")
    assert str(error) == "Post.title is empty; Post.title is bad; Post: no."
    assert error.messages == ["is empty", "is bad", "no"]
    assert error.message_dict == {"title": ["is empty", "is bad"], "__all__": ["no"]}
    assert str(ValidationError("no")) == "no."
    assert str(ValidationError(["one", "two"])) == "one; two."


@pytest.mark.parametrize(
    ("error_class", "name"),
    [
        (errors.ProtectedError, "protected_objects"),
        (errors.RestrictedError, "restricted_objects"),
    ],
)
def test_what_prevents_a_deletion_is_kept(error_class: Any, name: str) -> None:
    error = error_class("Post cannot be deleted", {1, 2}, fix="Delete those first.")

    assert isinstance(error, errors.IntegrityError)
    assert str(error) == "Post cannot be deleted. Delete those first."
    for twin in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (str(twin), getattr(twin, name)) == (str(error), {1, 2})


def test_names_follow_the_builtin_errors_where_they_are_expected() -> None:
    assert issubclass(ValidationError, ValueError)
    assert not issubclass(NotLoaded, AttributeError)  # a template would render nothing
    assert issubclass(UnknownField, FieldError)
    assert issubclass(UnknownLookup, FieldError)
    assert issubclass(errors.QueryTooComplex, FieldError)
    assert issubclass(errors.IntegrityError, errors.DatabaseError)
    assert issubclass(Post.DoesNotExist, errors.ObjectDoesNotExist)
    assert issubclass(Post.MultipleObjectsReturned, errors.MultipleObjectsReturned)
    for name in vars(errors):
        found = getattr(errors, name)
        if isinstance(found, type) and issubclass(found, Exception):
            assert issubclass(found, CovetError | Warning)


@pytest.mark.parametrize(
    "error",
    [
        CovetError("wrong", asked="do()", possible=["a"], fix="Mend it."),
        UnknownField("Post", "titel", ["title"], "filter(titel=…)"),
        UnknownLookup("Post", "views", "gtt", ["gt"]),
        ValidationError({"title": ["is empty"]}, model="Post", code="empty"),
        Post.DoesNotExist("No Post matches", asked="Post.objects.get()"),
    ],
)
def test_errors_survive_pickle_and_copy(error: CovetError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert again.__dict__ == error.__dict__
