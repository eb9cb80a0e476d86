"""How do many instances become few INSERTs? Cut into batches that the server takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple

from ..errors import FieldError, ValidationError
from ..expressions.shape import Queried, Shaped
from ..query import ast, writes
from ..query.writes import Assigned
from ..schema.fields import NOT_PROVIDED, Field
from ..schema.record import DB_DEFAULT, Record
from ..schema.table import Table
from ..sql.dialects import Dialect
from ..sql.types import binder
from .arguments import check_batch_size
from .plans import planned
from .saving import (
    InsertPlan,
    compiled_insert,
    forget_expressions,
    insert_plan,
    take_keys,
    to_insert,
)
from .sizes import within_bytes

MOST_CALCULATED = 100
"""How many rows one statement makes where any of them has expressions."""

CALCULATED = (Shaped, Queried)
"""What an attribute may hold that the database is to calculate."""


class Batch(NamedTuple):
    """One INSERT: its text and parameters, whose instances it is, and how to read its answer.

    Attributes:
        written: where any has expressions, what each instance's row is set to.
    """

    sql: str
    params: tuple[Any, ...]
    records: Sequence[Any]
    plan: InsertPlan
    written: Sequence[Assigned] = ()


class Kind(NamedTuple):
    """What is the same for instances that one INSERT can have.

    Attributes:
        model: what they are instances of.
        fields: the fields that they have values for.
        filled: those that the database fills in.
        batch_size: the most rows in one statement; None for as many as the server takes.
        dialect: the database that is written to.
        conflict: what becomes of a row that is there already; None for an error.
    """

    model: type[Record]
    fields: tuple[Field[Any], ...]
    filled: tuple[Field[Any], ...]
    batch_size: int | None
    dialect: Dialect
    conflict: ast.Conflict | None

    @property
    def returned(self) -> tuple[Field[Any], ...]:
        """What comes back of new rows, where the database can give it."""
        if self.conflict is None:
            return self.filled
        # A row that was there has the key that it had; one that is passed over is not returned.
        pk = self.model._table.pk.members
        return tuple(dict.fromkeys((*self.filled, *pk))) if self.conflict.updates else ()


def check(
    model: type[Record], records: Sequence[Any], batch_size: int | None, validate: bool = True
) -> None:
    """Refuse what cannot be created together.

    Args:
        model: what all of them are instances of.
        records: the instances.
        batch_size: the most rows in one statement; None for as many as the server takes.
        validate: whether choices and validators are checked too.

    Raises:
        FieldError: an instance of another model, or a batch size below 1.
        ValidationError: a choice or a validator that refuses a value.
    """
    if model._table.parents:
        raise FieldError(
            f"bulk_create() cannot make {model.__name__}s, whose rows are in several tables",
            fix="Save them one by one, in one atomic() block.",
        )
    check_batch_size("bulk_create", batch_size)
    for record in records:
        if record.__class__ is not model:
            raise FieldError(
                f"bulk_create() of {model.__name__} was given {type(record).__name__}",
                fix=f"Give instances of {model.__name__}.",
            )
        if validate and model._table.ruled_fields:
            record._validate()


def batches(
    model: type[Record],
    records: Sequence[Any],
    batch_size: int | None,
    dialect: Dialect,
    conflict: ast.Conflict | None = None,
) -> list[Batch]:
    """The INSERTs for instances; every value is checked before the first is sent.

    Args:
        model: what all of them are instances of.
        records: the instances.
        batch_size: the most rows in one statement; None for as many as the server takes.
        dialect: the database that is written to.
        conflict: what becomes of a row that is there already; None for an error. Of rows that are
            passed over no keys come back.

    Raises:
        ValidationError: a value that its field does not accept.
        FieldError: an expression over columns, or of another type than its field.
    """
    found: list[Batch] = []
    for filled, group in _alike(model._table, records).items():
        fields = tuple(f for f in model._table.fields if f not in filled)
        found += _group(Kind(model, fields, filled, batch_size, dialect, conflict), group)
    return found


def _alike(table: Table, records: Iterable[Any]) -> dict[tuple[Field[Any], ...], list[Any]]:
    """Instances by the fields that the database is to fill in, which the statement leaves out."""
    optional = [
        f for f in table.fields if f is table.auto_field or f.db_default is not NOT_PROVIDED
    ]
    prepared = [f for f in table.fields if type(f).pre_save is not Field.pre_save]
    has_relations = bool(table.relations)
    groups: dict[tuple[Field[Any], ...], list[Any]] = {}
    for record in records:
        if has_relations:
            take_keys(record)
        for field in prepared:
            setattr(record, field.attname, field.pre_save(record, True))
        known = record.__dict__
        filled = tuple(
            f
            for f in optional
            if (value := known.get(f.attname)) is DB_DEFAULT
            or (value is None and f is table.auto_field)
        )
        groups.setdefault(filled, []).append(record)
    return groups


def _group(kind: Kind, records: list[Any]) -> Iterator[Batch]:
    """The INSERTs for instances that have the same fields."""
    model, fields, filled, batch_size, dialect, _ = kind
    if not fields:  # nothing to list: one INSERT of defaults each
        for record in records:
            written, _ = to_insert(record)
            plan = insert_plan(model, written, filled, dialect)
            yield Batch(*plan.bind(()), [record], plan)
        return
    values_of_all = [_values(field, records) for field in fields]
    if any(map(_has_expressions, values_of_all)):
        yield from _mixed(kind, records)
        return
    size = rows_per_statement(len(fields), batch_size, dialect)
    columns_of_all = [
        _params(field, values, dialect) for field, values in zip(fields, values_of_all, strict=True)
    ]
    most = dialect.server and dialect.server.packet
    for start, end in within_bytes(_cuts(kind, columns_of_all, size), columns_of_all, most):
        part = records[start:end]
        plan = _plan(kind, len(part))
        columns = [params[start:end] for params in columns_of_all]
        if dialect.bulk_insert_by_unnest:
            values: tuple[Any, ...] = tuple(columns)
        else:
            values = tuple(chain.from_iterable(zip(*columns, strict=True)))
        yield Batch(*plan.bind(values), part, plan)


def _mixed(kind: Kind, records: list[Any]) -> Iterator[Batch]:
    """The INSERTs where some have expressions, in the order of the instances.

    A few neighbours without expressions go along with those that have some, and many do not.
    """
    size, conflict = min(MOST_CALCULATED, kind.batch_size or MOST_CALCULATED), kind.conflict
    if conflict is not None and conflict.updates and not kind.dialect.updates_twice:
        size = 1  # nobody knows whether two rows calculate the same key

    def is_calculated(part: list[Any]) -> bool:
        return any(_has_expressions(_values(field, part)) for field in kind.fields)

    parts = (records[start : start + size] for start in range(0, len(records), size))
    for calculated, run in groupby(parts, is_calculated):
        if calculated:
            for part in run:
                yield from _calculated(kind, part)
        else:
            plain = list(chain.from_iterable(run))
            yield from _group(kind, plain)


def _calculated(kind: Kind, records: list[Any]) -> Iterator[Batch]:
    """INSERTs in which each row has values or expressions of its own."""
    rows = [
        writes.assigned((f, getattr(record, f.attname)) for f in kind.fields) for record in records
    ]
    for start, end in _cuts_by_values(rows, kind.dialect):
        some = rows[start:end]
        plan = _mixed_plan(kind, some)
        values = tuple(chain.from_iterable(row.values for row in some))
        yield Batch(*plan.bind(values), records[start:end], plan, some)


def _cuts_by_values(rows: list[Assigned], dialect: Dialect) -> Iterator[tuple[int, int]]:
    """Where statements begin and end, as an expression may bind any number of values."""
    start = bound = 0
    for n, row in enumerate(rows):
        bound += len(row.values)
        if dialect.most_parameters is not None and bound > dialect.most_parameters and n > start:
            yield start, n
            start, bound = n, len(row.values)
    yield start, len(rows)


def _cuts(kind: Kind, columns: list[list[Any]], size: int) -> Iterator[tuple[int, int]]:
    """Where statements begin and end.

    Where one statement must not come to the same row twice, the row's second new version is the
    next statement's, so that the last one counts as it does elsewhere.
    """
    count = len(columns[0])
    fields, conflict = kind.fields, kind.conflict
    target = conflict.target if conflict is not None and not kind.dialect.updates_twice else ()
    if not target or not set(target).issubset(fields):
        yield from ((start, min(start + size, count)) for start in range(0, count, size))
        return
    seen: set[tuple[Any, ...]] = set()
    start = 0
    keys = zip(*(columns[fields.index(field)] for field in target), strict=True)
    for n, key in enumerate(keys):
        if key in seen or n - start == size:
            yield start, n
            start = n
            seen.clear()
        if None not in key:  # NULL is equal to nothing, so it is no conflict
            seen.add(key)
    yield start, count


def rows_per_statement(width: int, batch_size: int | None, dialect: Dialect) -> int:
    """How many rows of so many columns one statement may have."""
    most = dialect.most_rows_per_insert
    if dialect.most_parameters is not None and not dialect.bulk_insert_by_unnest:
        most = min(most, dialect.most_parameters // width)
    return max(1, most if batch_size is None else min(most, batch_size))


def column(field: Field[Any], records: list[Any], dialect: Dialect) -> list[Any]:
    """One field's parameters, for all instances.

    Raises:
        ValidationError: a value that the field does not accept, or None where it is not null.
    """
    return _params(field, _values(field, records), dialect)


def _values(field: Field[Any], records: list[Any]) -> list[Any]:
    return list(map(attrgetter(field.attname), records))


def _has_expressions(values: list[Any]) -> bool:
    return any(issubclass(cls, CALCULATED) for cls in set(map(type, values)))


def _params(field: Field[Any], values: list[Any], dialect: Dialect) -> list[Any]:
    if not field.null and any(value is None for value in values):
        raise ValidationError({field.name: ["must not be None"]}, model=field.model)
    return list(map(binder(dialect.name, field), values))


def _plan(kind: Kind, rows: int) -> InsertPlan:
    model, fields, _, _, dialect, conflict = kind
    count = 0 if dialect.bulk_insert_by_unnest else rows
    key = (dialect, "insert many", conflict, count, *(field.name for field in fields))
    plan: InsertPlan | None = model._plans.get(key)
    return plan or planned(
        model,
        key,
        lambda: compiled_insert(
            dialect,
            kind.returned,
            lambda returned: ast.InsertMany(model._table, fields, rows, returned, conflict),
        ),
    )


def _mixed_plan(kind: Kind, rows: list[Assigned]) -> InsertPlan:
    model, dialect, conflict = kind.model, kind.dialect, kind.conflict
    shape = (word for row in rows for word in (*row.key, ";"))
    key = (dialect, "insert rows", conflict, *shape)
    plan: InsertPlan | None = model._plans.get(key)
    return plan or planned(
        model,
        key,
        lambda: compiled_insert(
            dialect,
            kind.returned,
            lambda returned: writes.insert(model._table, rows, returned, conflict),
        ),
    )


def forget_calculated(batches: Iterable[Batch]) -> None:
    """Values that only the database knows now are not loaded any more; of rows that are saved."""
    for batch in batches:
        for record, written in zip(batch.records, batch.written, strict=False):
            if record._origin is not None:
                forget_expressions(record, written)
