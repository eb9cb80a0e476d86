"""What does the magazine store?"""

from __future__ import annotations

from covet.aio import CASCADE, BooleanField, CharField, ForeignKey, Model, PositiveIntegerField


class Author(Model):
    """Somebody who writes."""

    name = CharField(max_length=100)
    city = CharField(max_length=100)

    class Meta:
        app_label = "webapp"


class Post(Model):
    """Something written."""

    author = ForeignKey(Author, on_delete=CASCADE, related_name="posts")
    title = CharField(max_length=200)
    views = PositiveIntegerField()
    published = BooleanField()

    class Meta:
        app_label = "webapp"
