# generated from tests/_async/test_windows.py by scripts/generate_sync.py;
# change that file, not this one
"""What does ``Window`` say of a row among others?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from covet.sync import (
    Avg,
    CharField,
    Count,
    Database,
    DecimalField,
    F,
    FieldError,
    ForeignKey,
    IntegerField,
    Model,
    Q,
    Rank,
    RowNumber,
    RowRange,
    Sum,
    Window,
    loaded,
)


class Author(Model):
    name = CharField(max_length=20)


class Post(Model):
    title = CharField(max_length=20)
    views = IntegerField(default=0)
    price = DecimalField(max_digits=8, decimal_places=2, default=Decimal("2.50"))
    author = ForeignKey(Author, related_name="posts")


def write() -> None:
    ann = Author.objects.create(name="Ann")
    bob = Author.objects.create(name="Bob")
    for title, views, author in (("a", 3, ann), ("b", 12, bob), ("c", 7, bob), ("d", 7, ann)):
        Post.objects.create(title=title, views=views, author=author, price=Decimal(views))


posts: Any = Post.objects.order_by("title")
place: Any = Window(Rank(), order_by="-views")
own: Any = Window(RowNumber(), partition_by="author", order_by=["-views", "title"])


def test_ranks(db: Database) -> None:
    write()

    rows = posts.annotate(place=place, own=own).values_list("title", "place", "own").fetch()
    assert rows == [("a", 4, 2), ("b", 1, 1), ("c", 2, 2), ("d", 2, 1)]


def test_aggregates_over_windows(db: Database) -> None:
    write()

    running = Window(Sum("price"), order_by="title", frame=RowRange(None, 0))
    near = Window(Avg("price"), order_by="title", frame=RowRange(-1, 1))
    rows = posts.annotate(r=running, n=near).values_list("r", "n").fetch()
    assert [r for r, _ in rows] == [3, 15, 22, 29]
    assert [round(n, 4) for _, n in rows] == [
        Decimal("7.5"), Decimal("7.3333"), Decimal("8.6667"), Decimal("7"),
    ]  # fmt: skip
    share = Window(Sum("views"), partition_by="author__name")
    assert posts.annotate(s=share).values_list("s", flat=True).fetch() == [10, 19, 19, 10]


def test_filtering_by_a_window(db: Database) -> None:
    write()

    best = posts.annotate(own=own).filter(own=1)
    assert [post.title for post in best.fetch()] == ["b", "d"]
    assert best.count() == 2
    assert best.exists() is True
    assert [post.title for post in best.filter(views__gt=9).fetch()] == ["b"]
    assert [post.title for post in best.order_by("own", "-title")[:1].fetch()] == ["d"]
    either = posts.alias(own=own).filter(Q(own=1) | Q(title="a"))
    assert either.values_list("title", flat=True).fetch() == ["a", "b", "d"]
    assert [loaded(post.author).name for post in best.select_related("author").fetch()] == [
        "Bob",
        "Ann",
    ]
    assert best.aggregate(Sum("views")) == {"views__sum": 19}
    assert best.update(views=0) == 2
    assert Post.objects.filter(views=0).count() == 2


def test_windows_over_groups(db: Database) -> None:
    write()

    counted = Post.objects.values("author").annotate(total=Sum("views"))
    ranked = counted.annotate(place=Window(Rank(), order_by=F("total").desc())).order_by("place")
    assert ranked.values_list("total", "place").fetch() == [(19, 1), (10, 2)]
    written = Author.objects.annotate(n=Count("posts"), of=Window(Sum(Count("posts"))))
    assert {row.of for row in written.fetch()} == {4}


def test_a_window_function_needs_its_window(db: Database) -> None:
    with pytest.raises(FieldError) as caught:
        Post.objects.annotate(place=Rank())
    assert "Write Window(Rank(), order_by=…)" in str(caught.value)
