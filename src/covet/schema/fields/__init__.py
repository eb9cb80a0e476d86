"""Which fields are there? All of them in one place."""

from .base import NOT_PROVIDED, Field, FieldOptions, stored_as
from .documents import JSONField, JSONNull
from .integers import (
    AutoField,
    BigAutoField,
    BigIntegerField,
    IntegerField,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SmallAutoField,
    SmallIntegerField,
)
from .moments import DateField, DateTimeField, DurationField, TimeField
from .numbers import DecimalField, FloatField
from .others import BinaryField, BooleanField, UUIDField
from .text import CharField, EmailField, GenericIPAddressField, SlugField, TextField, URLField

__all__ = [
    "NOT_PROVIDED",
    "AutoField",
    "BigAutoField",
    "BigIntegerField",
    "BinaryField",
    "BooleanField",
    "CharField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DurationField",
    "EmailField",
    "Field",
    "FieldOptions",
    "FloatField",
    "GenericIPAddressField",
    "IntegerField",
    "JSONField",
    "JSONNull",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SlugField",
    "SmallAutoField",
    "SmallIntegerField",
    "TextField",
    "TimeField",
    "URLField",
    "UUIDField",
    "stored_as",
]
