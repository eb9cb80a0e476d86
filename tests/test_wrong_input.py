"""Is whatever a user may pass by mistake refused in covet's own words?

Every class of expressions and every method of a queryset is called with values of all kinds. Each
call works, or raises an error of covet's, or Python's own ``TypeError`` for a wrong signature;
nothing else comes from inside.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

import covet
from covet import (
    Case,
    Count,
    Exists,
    Expression,
    F,
    Lateral,
    OrderBy,
    OuterRef,
    Q,
    Rank,
    RawSQL,
    Subquery,
    Sum,
    Value,
    When,
    Window,
    With,
)
from covet.aio import (
    CharField,
    DateField,
    ForeignKey,
    IntegerField,
    JSONField,
    ManyToManyField,
    Model,
    Prefetch,
    QuerySet,
    connect,
    create_tables,
)


class Author(Model):
    name = CharField(max_length=100)


class Tag(Model):
    word = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=100)
    views = IntegerField(default=0)
    made = DateField(null=True)
    data = JSONField(null=True)
    author = ForeignKey(Author, null=True, related_name="posts")
    tags = ManyToManyField(Tag)


class Rude:
    """What cannot even be shown."""

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        raise RuntimeError


posts: Any = Post.objects.all()

WRONG: list[Any] = [
    *(None, True, 0, -1, 2.5, float("nan"), 10**400, "", "views", "-views", "author", "tags", "*"),
    *("views__gt", "nul\0", "\ud800", "v" * 600, b"x", [], [1], [None], ["views"], [[1]], {}),
    *({"a": 1}, {1: 2}, (1, 2), {1}, object(), object, lambda: 1, Rude(), slice(1), ..., re),
    *(date(2020, 1, 1), timedelta(1), ValueError("x"), CharField, CharField()),
    *(
        Q(),
        Q(views=1),
        F("views"),
        F("nope"),
        F("tags"),
        F("views").desc(),
        Post.views,
        Author.name,
    ),
    *(Value(1), Value(None), Value(object()), Value([1]), OuterRef("pk"), OuterRef("nope")),
    *(Sum("views"), Count("*"), Rank(), Window(Rank(), order_by="views"), Case(), RawSQL("1")),
    *(When(views=1, then=1), Exists(posts), Subquery(posts.values("views", "title")), posts),
    *(posts.union(posts), Author.objects.all(), Post.objects, Post, Post(), Author(id=1)),
    *(With(posts), With(posts).col.views, Lateral(posts, "beside"), Prefetch("tags")),
]
SIGNATURE = re.compile(
    "unexpected keyword argument|missing .* argument|takes .* argument|multiple values|"
    "keywords must be strings|unsupported operand"
)
SPECIAL = {"Q", "OrderBy", "RowRange", "ValueRange", "With", "Lateral"}
PUBLIC = {name: getattr(covet, name) for name in covet.__all__}
CLASSES = {
    name: found
    for name, found in PUBLIC.items()
    if isinstance(found, type) and (issubclass(found, Expression) or name in SPECIAL)
}
METHODS = sorted(
    name for name in dir(QuerySet) if not name.startswith("_") and callable(getattr(QuerySet, name))
)


def is_fair(error: Exception) -> bool:
    """Whether an error is one that a user is meant to see."""
    if isinstance(error, covet.CovetError):
        return True
    return isinstance(error, TypeError) and SIGNATURE.search(str(error)) is not None


def tried(do: Callable[[], Any]) -> Any:
    """What a call gives; None where it is refused."""
    try:
        return do()
    except Exception as error:
        if is_fair(error):
            return None
        raise


def parameters(function: Any) -> list[str]:
    """The names that a function takes arguments by."""
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    found = inspect.signature(function).parameters.values()
    return [one.name for one in found if one.kind in kinds and one.name != "self"]


def used(value: Any) -> Iterator[Callable[[], Any]]:
    """The places where a value may stand in a query."""
    yield lambda: posts.annotate(e=value)
    yield lambda: posts.alias(e=value).filter(e=1)
    yield lambda: posts.filter(value)
    yield lambda: posts.filter(views=value)
    yield lambda: posts.filter(views__in=value)
    yield lambda: posts.filter(views__in=[value])
    yield lambda: posts.filter(views__range=(value, value))
    yield lambda: posts.filter(title__icontains=value)
    yield lambda: posts.filter(title__isnull=value)
    yield lambda: posts.filter(author=value)
    yield lambda: posts.filter(made__year=value)
    yield lambda: posts.filter(data=value)
    yield lambda: posts.exclude(tags=value)
    yield lambda: posts.order_by(value)
    yield lambda: posts.values(value)
    yield lambda: posts.values_list(value, flat=True)
    yield lambda: posts.values("title").annotate(e=value).filter(e__gt=1).order_by("e")
    yield lambda: posts.annotate(e=Sum(value))
    yield lambda: posts.annotate(e=Window(Sum("views"), partition_by=value))
    yield lambda: posts.annotate(e=Window(Sum("views"), order_by=value))
    yield lambda: posts.annotate(e=Case(When(views=1, then=value), default=value))
    yield lambda: posts.annotate(e=F("views") + value)
    yield lambda: posts.annotate(e=value + F("views"))
    yield lambda: posts.filter(F("views") > value)
    yield lambda: posts.filter(F("views").in_(value))
    yield lambda: posts.filter(F("views").compare(value, 1))
    yield lambda: posts.filter(Q(views=1) & value)
    yield lambda: With(posts).join(value)
    yield lambda: With(posts).join(Author, value).with_cte(value)
    yield lambda: With.recursive(value)


@pytest.mark.parametrize("value", WRONG, ids=lambda value: type(value).__name__)
def test_any_value_in_any_place(value: Any) -> None:
    for do in used(value):
        query = tried(do)
        if isinstance(query, QuerySet):
            for dialect in ("sqlite", "postgresql", "mysql"):
                tried(lambda query=query, dialect=dialect: query.sql(dialect))


@pytest.mark.parametrize("name", CLASSES)
def test_any_value_in_any_expression(name: str) -> None:
    cls = CLASSES[name]
    names = parameters(cls.__init__)
    for value in WRONG:
        calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = [((value,), {}), ((value, value), {})]
        calls += [(("views", value), {}), (("views", 1, value), {})]
        for word in names:
            calls += [(given, {word: value}) for given in ((), ("views",), (Sum("views"),))]
        for args, kwargs in calls:
            made = tried(lambda args=args, kwargs=kwargs: cls(*args, **kwargs))
            query = tried(lambda made=made: posts.annotate(e=made))
            tried(lambda query=query: query and query.sql())


@pytest.mark.parametrize("method", METHODS)
def test_any_value_in_any_method(method: str) -> None:
    async def call(query: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            found = getattr(query, method)(*args, **kwargs)
            if isinstance(found, QuerySet) or inspect.isawaitable(found):
                await found
            elif inspect.isasyncgen(found):
                async for _ in found:
                    pass
        except Exception as error:
            if not is_fair(error):
                raise AssertionError(f"{method}(*{len(args)} values, **{kwargs.keys()})") from error

    async def all_calls() -> None:
        await create_tables(Author, Post, Tag, using="wrong input")
        rows: Any = Post.objects.using("wrong input")
        await rows.create(title="Bread")
        names = parameters(getattr(QuerySet, method))
        kept = rows.order_by("views").values("title")
        for query in (rows, kept, rows.values("views").annotate(n=Count("*")), rows.union(rows)):
            for value in WRONG:
                await call(query, (value,), {})
                await call(query, ("title", value), {})
                await call(query, (), {"views": value})
                await call(query, (), {"nope": value})
                for word in names:
                    await call(query, (), {word: value})
                    await call(query, ("title",), {word: value})

    async def connected() -> None:
        async with await connect("sqlite:///:memory:", alias="wrong input"):
            await all_calls()

    asyncio.run(connected())


def test_an_ordering_is_about_an_expression() -> None:
    with pytest.raises(covet.FieldError) as caught:
        OrderBy("views")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "OrderBy() takes an expression, not 'views'. Write F(\"views\").desc()."
    )
