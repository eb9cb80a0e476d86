"""Django's models on the tables of covet's test models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models


class HexUUIDField(models.UUIDField):
    """A UUID as covet stores it on MariaDB: Django takes the newer type for granted."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if connection.vendor == "mysql" and value is not None:
            return self.to_python(value).hex
        return super().get_db_prep_value(value, connection, prepared)


class Author(models.Model):
    name = models.CharField(max_length=40)
    note = models.TextField(null=True)
    score = models.IntegerField(null=True)
    rating = models.FloatField(null=True)
    active = models.BooleanField(null=True)
    born = models.DateField(null=True)
    mentor = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="apprentices", db_constraint=False
    )

    class Meta:
        db_table = "oracle_author"
        managed = False


class Post(models.Model):
    title = models.CharField(max_length=40)
    body = models.TextField(null=True)
    views = models.IntegerField()
    likes = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    weight = models.DecimalField(max_digits=38, decimal_places=10, null=True)
    ratio = models.FloatField(null=True)
    draft = models.BooleanField(null=True)
    day = models.DateField(null=True)
    posted = models.DateTimeField(null=True)
    starts = models.TimeField(null=True)
    took = models.DurationField(null=True)
    token = HexUUIDField(null=True)
    blob = models.BinaryField(null=True)
    author = models.ForeignKey(
        Author, models.CASCADE, null=True, related_name="posts", db_constraint=False
    )

    class Meta:
        db_table = "oracle_post"
        managed = False


BY_TABLE: Mapping[str, Any] = {"author": Author, "post": Post}
