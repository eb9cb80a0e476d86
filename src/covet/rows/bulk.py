"""How do many instances become few INSERTs? Cut into batches that the server takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from ..errors import FieldError, ValidationError
from ..query import ast
from ..schema.fields import NOT_PROVIDED, Field
from ..schema.record import DB_DEFAULT, Record
from ..schema.table import Table
from ..sql.dialects import Dialect
from ..sql.types import binder
from .arguments import check_batch_size
from .plans import planned
from .saving import InsertPlan, compiled_insert, insert_plan, take_keys, to_insert


class Batch(NamedTuple):
    """One INSERT: its text and parameters, whose instances it is, and how to read its answer."""

    sql: str
    params: tuple[Any, ...]
    records: Sequence[Any]
    plan: InsertPlan


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
    """
    found: list[Batch] = []
    for filled, group in _alike(model._table, records).items():
        fields = tuple(f for f in model._table.fields if f not in filled)
        found += _group(model, fields, filled, group, batch_size, dialect, conflict)
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


def _group(
    model: type[Record],
    fields: tuple[Field[Any], ...],
    filled: tuple[Field[Any], ...],
    records: list[Any],
    batch_size: int | None,
    dialect: Dialect,
    conflict: ast.Conflict | None,
) -> Iterator[Batch]:
    if not fields:  # nothing to list: one INSERT of defaults each
        for record in records:
            written, _ = to_insert(record)
            plan = insert_plan(model, written, filled, dialect)
            yield Batch(*plan.bind(()), [record], plan)
        return
    size = rows_per_statement(len(fields), batch_size, dialect)
    columns_of_all = [column(field, records, dialect) for field in fields]
    for start, end in _cuts(fields, columns_of_all, size, dialect, conflict):
        part = records[start:end]
        plan = _plan(model, fields, filled, len(part), dialect, conflict)
        columns = [params[start:end] for params in columns_of_all]
        if dialect.bulk_insert_by_unnest:
            values: tuple[Any, ...] = tuple(columns)
        else:
            values = tuple(chain.from_iterable(zip(*columns, strict=True)))
        yield Batch(*plan.bind(values), part, plan)


def _cuts(
    fields: tuple[Field[Any], ...],
    columns: list[list[Any]],
    size: int,
    dialect: Dialect,
    conflict: ast.Conflict | None,
) -> Iterator[tuple[int, int]]:
    """Where statements begin and end.

    Where one statement must not come to the same row twice, the row's second new version is the
    next statement's, so that the last one counts as it does elsewhere.
    """
    count = len(columns[0])
    target = conflict.target if conflict is not None and not dialect.updates_twice else ()
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
    values = list(map(attrgetter(field.attname), records))
    if not field.null and any(value is None for value in values):
        raise ValidationError({field.name: ["must not be None"]}, model=field.model)
    return list(map(binder(dialect.name, field), values))


def _plan(
    model: type[Record],
    fields: tuple[Field[Any], ...],
    filled: tuple[Field[Any], ...],
    rows: int,
    dialect: Dialect,
    conflict: ast.Conflict | None,
) -> InsertPlan:
    count = 0 if dialect.bulk_insert_by_unnest else rows
    key = (dialect, "insert many", conflict, count, *(field.name for field in fields))
    plan: InsertPlan | None = model._plans.get(key)
    if conflict is not None:
        # A row that was there has the key that it had; one that is passed over is not returned.
        known = dict.fromkeys((*filled, *model._table.pk.members))
        filled = tuple(known) if conflict.updates else ()
    return plan or planned(
        model,
        key,
        lambda: compiled_insert(
            dialect,
            filled,
            lambda returned: ast.InsertMany(model._table, fields, rows, returned, conflict),
        ),
    )
