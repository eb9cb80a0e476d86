"""What has to be written to save an instance, and what the database answers to it?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from ..errors import FieldError, keyword, short
from ..expressions import Q
from ..expressions.shape import INT64_MAX, INT64_MIN, PLAIN, Shaped
from ..query import ast, writes
from ..query.locks import Links
from ..query.spec import QuerySpec
from ..query.writes import Assigned
from ..schema.fields import Field
from ..schema.record import DB_DEFAULT, Record, settable
from ..schema.relations import Unsaved
from ..schema.table import Table
from ..sql.compiler import compiled
from ..sql.dialects import Dialect
from ..sql.plan import Statement
from ..sql.types import binder
from .loader import read_fields
from .plans import planned


class InsertPlan:
    """What is known of a shape of INSERT: its statement, and the fields that it returns."""

    __slots__ = ("bind", "read", "returned")

    def __init__(
        self,
        statement: Statement,
        returned: tuple[Field[Any], ...],
        read: Callable[[Sequence[Any]], Any] | None,
    ) -> None:
        self.bind = statement.bind
        self.returned = returned
        self.read = read

    def take_in(self, record: Record, row: Sequence[Any]) -> None:
        """Give an instance the values that the database filled in."""
        assert self.read is not None
        for field, value in zip(self.returned, self.read(row), strict=True):
            setattr(record, field.attname, value)


def to_insert(
    record: Record, table: Table | None = None
) -> tuple[Assigned, tuple[Field[Any], ...]]:
    """What an INSERT of an instance sets, and the fields that the database will fill in.

    Args:
        record: the instance.
        table: the one of its tables that is meant, if it has several.

    Raises:
        ValidationError: None for a field that is not null, or a related object without a key.
    """
    table = table or record._table
    take_keys(record)
    pairs: list[tuple[Field[Any], Any]] = []
    filled: list[Field[Any]] = []
    for field in table.local_fields:
        value = field.pre_save(record, True)
        if value is DB_DEFAULT or (value is None and field is table.auto_field):
            filled.append(field)
        else:
            pairs.append((field, value))
    return writes.assigned(pairs), tuple(filled)


def insert_plan(
    model: type[Record], written: Assigned, filled: tuple[Field[Any], ...], dialect: Dialect
) -> InsertPlan:
    """The plan of an INSERT."""
    key = (dialect, "insert", written.key)
    plan: InsertPlan | None = model._plans.get(key)
    return plan or planned(
        model,
        key,
        lambda: compiled_insert(
            dialect, filled, lambda returned: writes.insert(model._table, (written,), returned)
        ),
    )


def compiled_insert(
    dialect: Dialect,
    filled: tuple[Field[Any], ...],
    node: Callable[[tuple[Field[Any], ...]], ast.Insert | ast.InsertMany],
) -> InsertPlan:
    """An INSERT that returns what the database fills in, where the database can.

    Args:
        dialect: the database that is written to.
        filled: the fields that it fills in.
        node: gives the statement for the fields that it returns.
    """
    returned = filled if dialect.returning_on_insert else ()
    statement = compiled(node(returned), dialect)
    return InsertPlan(statement, returned, read_fields(dialect, returned) if returned else None)


def to_update(
    record: Record, names: Collection[str] | None, table: Table | None = None
) -> Assigned:
    """What an UPDATE of an instance sets: all that is loaded, or only the named fields.

    Raises:
        ValidationError: as for ``to_insert``.
    """
    take_keys(record)
    known = record.__dict__
    table = table or record._table
    key = table.pk.members
    return writes.assigned(
        (field, field.pre_save(record, False))
        for field in table.local_fields
        if field not in key
        and field.attname in known
        and (names is None or field.name in names)
        and known[field.attname] is not DB_DEFAULT
    )


def update_plan(
    model: type[Record],
    spec: QuerySpec,
    written: Assigned,
    dialect: Dialect,
    links: Links = (),
    asked_of: Table | None = None,
) -> Statement:
    """The plan of an UPDATE; it binds the values of the spec, its window, and the assignments'."""
    key = (
        dialect,
        "update",
        spec.window,
        spec.key,
        written.key,
    )  # the fields say which links it goes along
    plan: Statement | None = model._plans.get(key)
    return plan or planned(
        model,
        key,
        lambda: compiled(writes.update(spec, written, links, asked_of), dialect),
    )


def delete_plan(model: type[Record], spec: QuerySpec, dialect: Dialect) -> Statement:
    """The plan of a DELETE."""
    key = (dialect, "delete", spec.window, spec.key)
    plan: Statement | None = model._plans.get(key)
    return plan or planned(model, key, lambda: compiled(writes.delete(spec), dialect))


def row_of(record: Record, table: Table | None = None) -> QuerySpec:
    """The question for one instance's own row; in one of its tables, if it has several.

    Raises:
        FieldError: it has no primary key yet.
    """
    table = table or record._table
    key = table.pk.value_of(record)
    if key is None:
        name = type(record).__name__
        raise FieldError(f"This {name} has no primary key, so it has no row", fix="Save it first.")
    if type(key) not in PLAIN and not (type(key) is int and INT64_MIN <= key <= INT64_MAX):
        return QuerySpec(table).where(Q(pk=key))
    model = type(record)
    known = ("row of", table)
    row: QuerySpec | None = model._plans.get(known)
    row = row or planned(model, known, lambda: QuerySpec(table).where(Q(pk=key)))
    spec = row.copy()  # the same question, of another row
    spec.values = (key,)
    return spec


def take_keys(record: Record) -> None:
    """Take over the keys of related objects that were saved after they were assigned.

    Raises:
        ValidationError: a related object that is not saved yet.
    """
    known = record.__dict__
    for field in record._table.relations:
        field.take_key(record)
        related = known.get(field.cache_name)
        if type(related) is Unsaved:
            field.key_of(related.record)  # which says that it has none


def update_names(table: Table, names: Iterable[str]) -> frozenset[str]:
    """The fields that ``update_fields`` names.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: the primary key, or a string where a list is wanted.
    """
    if isinstance(names, str):
        raise FieldError(
            f"update_fields is the string {short(names)}, not a list",
            fix=f"Write update_fields=[{short(names)}].",
        )
    named = [table.field(name, f"save(update_fields=[{short(name)}])") for name in names]
    keys = {member for part in table.parts for member in (part.pk, *part.pk.members)}
    for field in named:
        if field in keys:
            is_part = any(field in part.pk.members and field is not part.pk for part in table.parts)
            raise FieldError(
                f"{table.model_name}.{field.name} {'is part of' if is_part else 'is'} the primary "
                "key and cannot be in update_fields"
            )
    fields = [member for field in named for member in field.members]
    return frozenset(field.name for field in fields if field not in keys)


def names_to_update(model: type[Record], names: Iterable[str]) -> list[str] | None:
    """The ``update_fields`` for saving what was set; None, for all, where a property was.

    Fields with ``auto_now`` go along, as the row is being changed.
    """
    table = model._table
    if any(name not in table.names and settable(model, name) for name in names):
        return None
    moments = [field.name for field in table.fields if getattr(field, "auto_now", False)]
    return [*names, *moments]


def forget_expressions(record: Record, written: Assigned) -> None:
    """Values that only the database knows now are not loaded any more."""
    for field, value in zip(written.fields, written.given, strict=True):
        if isinstance(value, Shaped):
            forget(record, field)


def forget_defaults(record: Record) -> None:
    """Values that the database filled in and did not return are not loaded."""
    for field in record._table.fields:
        if record.__dict__.get(field.attname) is DB_DEFAULT:
            forget(record, field)


def forget(record: Record, field: Field[Any]) -> None:
    """Note that a value is not loaded any more."""
    record.__dict__.pop(field.attname, None)
    record._forgotten |= {field.attname}


def to_refresh(record: Record, names: Iterable[str] | None) -> tuple[Field[Any], ...]:
    """The fields that ``refresh_from_db()`` reads: the named ones, or all but those deferred.

    Raises:
        UnknownField: a name that the model does not have.
    """
    table = record._table
    if names is not None:
        named = [table.field(name, "refresh_from_db(fields=…)") for name in names]
        return tuple(member for field in named for member in field.members)
    known = record.__dict__.keys() | record._forgotten
    return tuple(field for field in table.fields if field.attname in known)


def missing(record: Record) -> tuple[Field[Any], ...]:
    """The fields that are not loaded."""
    return tuple(field for field in record._table.fields if field.attname not in record.__dict__)


def are_deferred(record: Record, fields: Iterable[Field[Any]]) -> bool:
    """Whether a row's fields were never read, so that a value is as good as a newer one."""
    known = record.__dict__.keys() | record._forgotten
    return record._origin is not None and not any(field.attname in known for field in fields)


def lacks(record: Record, fields: Iterable[Field[Any]]) -> bool:
    """Whether a row's instance has not all of these fields."""
    known = record.__dict__
    return any(field.attname not in known for field in fields)


class Waiting:
    """Instances of one model that lack fields, by their keys.

    Args:
        records: the instances.
        fields: what any of them may lack.
    """

    def __init__(self, records: Iterable[Record], fields: Sequence[Field[Any]]) -> None:
        self.fields = fields
        self.records: dict[Any, list[Record]] = {}
        for record in records:
            if record._is_pk_set():
                self.records.setdefault(record.pk, []).append(record)

    def conditions(self, dialect: Dialect) -> Iterator[Q]:
        """The questions for their rows, each for as many as a list may have."""
        keys = iter(self.records)
        for first in keys:
            some = [first, *islice(keys, dialect.most_members(first) - 1)]
            yield Q(pk__in=some) if len(some) > 1 else Q(pk=first)

    def take(self, rows: Iterable[Sequence[Any]]) -> None:
        """Give the instances what they lack; each row begins with its key."""
        for key, *values in rows:
            for record in self.records.get(key, ()):
                for field, value in zip(self.fields, values, strict=True):
                    if field.attname not in record.__dict__:
                        setattr(record, field.attname, value)


def shown(record: Record) -> str:
    """An instance for a message: one that has not all its fields must not load them for that."""
    if not missing(record):
        return repr(record)
    return f"<{type(record).__name__}: {Record.__str__(record)}>"


def take_values(record: Record, fields: Sequence[Field[Any]], values: Sequence[Any]) -> None:
    """Give an instance what was read of its row."""
    for field, value in zip(fields, values, strict=True):
        setattr(record, field.attname, value)
    if record._forgotten:
        record._forgotten -= {field.attname for field in fields}


def check_values(written: Assigned, dialect: Dialect) -> None:
    """Refuse values before anything is asked, where they are bound only later.

    Raises:
        ValidationError: a value that its field does not accept.
    """
    for field, value in zip(written.fields, written.given, strict=True):
        if value is not None and not isinstance(value, Shaped):
            binder(dialect.name, field)(value)


def check_settable(table: Table, values: dict[str, Any], call: str) -> Assigned:
    """The assignments of ``update(**values)``.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: nothing is set.
        ValidationError: None for a field that is not null.
    """
    if not values:
        raise FieldError(f"{call}() sets nothing", fix=f"Write {call}(field=value).")
    shown = f"{call}({', '.join(map(keyword, list(values)[:5]))})"
    return writes.assigned(
        pair
        for name, value in values.items()
        for pair in writes.spread(table.field(name, shown), value)
    )
