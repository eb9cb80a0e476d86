"""What do type checkers make of fields? Read by mypy --strict and pyright; nothing runs here.

A line with ``# type: ignore[…]`` is a mistake that both checkers must find: a comment that silences
nothing is an error itself.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_type
from uuid import UUID, uuid4

from covet.schema import fields as f
from covet.schema.choices import IntegerChoices, TextChoices

if TYPE_CHECKING:
    pass


if TYPE_CHECKING:
    from covet.expressions import Q
    from covet.expressions.base import FieldRef


class Status(TextChoices):
    DRAFT = "d", "Draft"
    LIVE = "l"


class Size(IntegerChoices):
    SMALL = 1, "S"


class Post:
    id = f.BigAutoField(primary_key=True)
    small_id = f.SmallAutoField()
    auto = f.AutoField()
    title = f.CharField(max_length=200, unique=True, choices=Status, default=Status.DRAFT)
    body = f.TextField("the text", blank=True)
    slug = f.SlugField(allow_unicode=True)
    email = f.EmailField(null=True, validators=[print])
    url = f.URLField(null=False)
    views = f.IntegerField(default=0, db_index=True)
    big = f.BigIntegerField(null=True)
    small = f.SmallIntegerField(choices=[(1, "one"), (2, "two")])
    positive = f.PositiveIntegerField()
    positive_big = f.PositiveBigIntegerField(null=True)
    positive_small = f.PositiveSmallIntegerField()
    share = f.FloatField()
    price = f.DecimalField(max_digits=10, decimal_places=2)
    rebate = f.DecimalField(max_digits=10, decimal_places=2, null=True)
    live = f.BooleanField(default=False)
    day = f.DateField(auto_now=True)
    at = f.TimeField(null=True)
    created = f.DateTimeField(auto_now_add=True)
    deleted = f.DateTimeField(null=True)
    took = f.DurationField(default=timedelta)
    key = f.UUIDField(default=uuid4)
    image = f.BinaryField(max_length=10)
    data = f.JSONField(default=dict, null=True)
    ip = f.GenericIPAddressField(protocol="IPv4", null=True)


def on_an_instance_a_field_is_its_value(post: Post) -> None:
    assert_type(post.id, int)
    assert_type(post.small_id, int)
    assert_type(post.auto, int)
    assert_type(post.title, str)
    assert_type(post.body, str)
    assert_type(post.slug, str)
    assert_type(post.email, str | None)
    assert_type(post.url, str)
    assert_type(post.views, int)
    assert_type(post.big, int | None)
    assert_type(post.small, int)
    assert_type(post.positive, int)
    assert_type(post.positive_big, int | None)
    assert_type(post.positive_small, int)
    assert_type(post.share, float)
    assert_type(post.price, Decimal)
    assert_type(post.rebate, Decimal | None)
    assert_type(post.live, bool)
    assert_type(post.day, date)
    assert_type(post.at, time | None)
    assert_type(post.created, datetime)
    assert_type(post.deleted, datetime | None)
    assert_type(post.took, timedelta)
    assert_type(post.key, UUID)
    assert_type(post.image, bytes)
    assert_type(post.data, Any)
    assert_type(post.ip, str | None)


def on_the_class_a_field_is_an_expression_of_its_type() -> None:
    assert_type(Post.title, FieldRef[str])
    assert_type(Post.email, FieldRef[str | None])
    assert_type(Post.views > 10, Q)
    assert_type(Post.created <= datetime.now(UTC), Q)
    assert_type(Post.big == None, Q)  # noqa: E711


def assignments_keep_to_the_type(post: Post) -> None:
    post.title = "x"
    post.big = None
    post.big = len("abc")
    assert_type(post.big, int)
    post.title = 3  # type: ignore[assignment]
    post.title = None  # type: ignore[assignment]
    post.views = "3"  # type: ignore[assignment]
    post.live = None  # type: ignore[assignment]


def mistakes_that_checkers_find(post: Post) -> None:
    _ = Post.views > "x"  # type: ignore[operator]
    _ = Post.title < 3  # type: ignore[operator]
    post.email.upper()  # type: ignore[union-attr]
    f.CharField(max_lenght=3)  # type: ignore[call-overload]
    f.CharField(max_length="3")  # type: ignore[call-overload]
    f.IntegerField(max_length=3)  # type: ignore[call-overload]
    f.IntegerField(unique="yes")  # type: ignore[call-overload]
    f.DateField(auto_now="yes")  # type: ignore[call-overload]
    f.UUIDField(null="yes")  # type: ignore[call-overload]


def choices_have_the_type_of_their_values() -> None:
    assert_type(Status.DRAFT.value, str)
    assert_type(Status.DRAFT.label, str)
    assert_type(Size.SMALL.value, int)
    assert_type(Status.labels, list[str])


def a_field_of_ones_own() -> None:
    class Colour(f.CharField[str]):
        def check(self, value: Any) -> str:
            return str(super().check(value)).lower()

    class Wall:
        colour = Colour(max_length=7)

    assert_type(Wall().colour, str)
