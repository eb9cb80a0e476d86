"""covet: a Django-style ORM in two colours, ``covet.aio`` and ``covet.sync``, with one API.

This module holds what has no colour: fields, Q, F and errors. Models and connections come from
one of the two faces.
"""

from __future__ import annotations

from typing import Any

from .errors import (
    ConfigurationError,
    ConnectionFailed,
    CovetError,
    DatabaseError,
    DataError,
    EmptyPage,
    FieldError,
    IntegrityError,
    InterfaceError,
    InternalError,
    InvalidCursor,
    InvalidPage,
    ModelError,
    MultipleObjectsReturned,
    NotLoaded,
    NotSupportedError,
    ObjectDoesNotExist,
    OperationalError,
    PageNotAnInteger,
    PoolTimeout,
    ProgrammingError,
    ProtectedError,
    QueryTooComplex,
    RestrictedError,
    TransactionError,
    UnknownField,
    UnknownLookup,
    ValidationError,
)
from .expressions import F, OrderBy, Q, Value
from .query.cursors import set_cursor_secret
from .query.prefetch import Prefetch
from .rows.named import Row
from .rows.pages import CursorPage
from .rows.paging import Page, UnorderedObjectListWarning
from .schema.choices import Choices, IntegerChoices, TextChoices
from .schema.composite import CompositePrimaryKey
from .schema.constraints import CheckConstraint, Index, UniqueConstraint
from .schema.fields import (
    AutoField,
    BigAutoField,
    BigIntegerField,
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    EmailField,
    Field,
    FloatField,
    GenericIPAddressField,
    IntegerField,
    JSONField,
    JSONNull,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SlugField,
    SmallAutoField,
    SmallIntegerField,
    TextField,
    TimeField,
    URLField,
    UUIDField,
)
from .schema.on_delete import (
    CASCADE,
    DB_CASCADE,
    DB_SET_NULL,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_DEFAULT,
    SET_NULL,
)
from .schema.peers import (
    FETCH_ONE,
    FETCH_PEERS,
    FETCH_RAISE,
    FetchMode,
    set_default_fetch_mode,
)
from .schema.record import DB_DEFAULT
from .schema.reverse import get_reverse_relations, register_reverse_relation
from .schema.validators import (
    DecimalValidator,
    EmailValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
    ProhibitNullCharactersValidator,
    RegexValidator,
    StepValueValidator,
    URLValidator,
    validate_email,
    validate_ipv4_address,
    validate_ipv6_address,
    validate_ipv46_address,
    validate_slug,
)
from .watch.events import capture_queries

__version__ = "0.1.0"

__all__ = [
    "CASCADE",
    "DB_CASCADE",
    "DB_DEFAULT",
    "DB_SET_NULL",
    "DO_NOTHING",
    "FETCH_ONE",
    "FETCH_PEERS",
    "FETCH_RAISE",
    "PROTECT",
    "RESTRICT",
    "SET",
    "SET_DEFAULT",
    "SET_NULL",
    "AutoField",
    "BigAutoField",
    "BigIntegerField",
    "BinaryField",
    "BooleanField",
    "CharField",
    "CheckConstraint",
    "Choices",
    "CompositePrimaryKey",
    "ConfigurationError",
    "ConnectionFailed",
    "CovetError",
    "CursorPage",
    "DataError",
    "DatabaseError",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DecimalValidator",
    "DurationField",
    "EmailField",
    "EmailValidator",
    "EmptyPage",
    "F",
    "FetchMode",
    "Field",
    "FieldError",
    "FloatField",
    "GenericIPAddressField",
    "Index",
    "IntegerChoices",
    "IntegerField",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "InvalidCursor",
    "InvalidPage",
    "JSONField",
    "JSONNull",
    "MaxLengthValidator",
    "MaxValueValidator",
    "MinLengthValidator",
    "MinValueValidator",
    "ModelError",
    "MultipleObjectsReturned",
    "NotLoaded",
    "NotSupportedError",
    "ObjectDoesNotExist",
    "OperationalError",
    "OrderBy",
    "Page",
    "PageNotAnInteger",
    "PoolTimeout",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "Prefetch",
    "ProgrammingError",
    "ProhibitNullCharactersValidator",
    "ProtectedError",
    "Q",
    "QueryTooComplex",
    "RegexValidator",
    "RestrictedError",
    "Row",
    "SlugField",
    "SmallAutoField",
    "SmallIntegerField",
    "StepValueValidator",
    "TextChoices",
    "TextField",
    "TimeField",
    "TransactionError",
    "URLField",
    "URLValidator",
    "UUIDField",
    "UniqueConstraint",
    "UnknownField",
    "UnknownLookup",
    "UnorderedObjectListWarning",
    "ValidationError",
    "Value",
    "capture_queries",
    "get_reverse_relations",
    "register_reverse_relation",
    "set_cursor_secret",
    "set_default_fetch_mode",
    "validate_email",
    "validate_ipv4_address",
    "validate_ipv6_address",
    "validate_ipv46_address",
    "validate_slug",
]

COLOURED = frozenset(
    {
        "ManyToManyField",
        "prefetch_related_objects",
        "Database",
        "ForeignKey",
        "Manager",
        "Model",
        "OneToOneField",
        "Paginator",
        "QuerySet",
        "RawQuerySet",
        "RelatedManager",
        "atomic",
        "connect",
        "create_tables",
        "database",
        "drop_tables",
        "loaded",
        "on_commit",
        "related_choices",
    }
)


def __getattr__(name: str) -> Any:
    if name in COLOURED:
        raise AttributeError(
            f"covet has no {name}, as it comes in two colours. "
            f"Write 'from covet.aio import {name}' for async code, "
            f"'from covet.sync import {name}' for sync code."
        )
    raise AttributeError(f"module 'covet' has no attribute {name!r}")
