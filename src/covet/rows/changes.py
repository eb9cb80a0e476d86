"""How do many changed instances become few UPDATEs? Cut into batches that the server takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ..errors import FieldError, short
from ..expressions import Expression, Q, Value
from ..query import ast, writes
from ..query.resolve import select_keys
from ..query.spec import Output, QuerySpec
from ..query.writes import Assigned
from ..schema.fields import Field
from ..schema.record import DB_DEFAULT, Record
from ..schema.table import Table
from ..sql.compiler import compiled
from ..sql.dialects import Dialect
from ..sql.plan import Statement
from .arguments import check_batch_size, listed
from .bulk import column, rows_per_statement
from .plans import planned
from .saving import forget, shown, take_keys

MOST_SWITCHED = 200
"""How many rows one statement changes where each has expressions of its own."""

Fields = tuple[Field[Any], ...]


class Change(NamedTuple):
    """One UPDATE: its text and parameters, and the table that it changes."""

    table: str
    sql: str
    params: tuple[Any, ...]


def columns(table: Table, names: Iterable[str]) -> Fields:
    """The columns that ``bulk_update()`` is to set.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: no field, or one of the primary key.
    """
    if isinstance(names, str):
        raise FieldError(
            f"bulk_update() was given the string {short(names)}, not a list of fields",
            fix=f"Write fields=[{short(names)}].",
        )
    if not isinstance(names, Iterable):
        raise FieldError(f"bulk_update() was given {short(names)}, not a list of fields")
    given = list(names)
    asked = f"bulk_update(fields={short(given)})"
    found = dict.fromkeys(m for name in given for m in table.field(name, asked).members)
    if not found:
        raise FieldError("bulk_update() was given no fields", fix='Write fields=["…"].')
    keys = {member for part in table.parts for member in (part.pk, *part.pk.members)}
    for field in found:
        if field in keys:
            raise FieldError(
                f"bulk_update() cannot set {table.model_name}.{field.name}, by which rows are found"
            )
    return tuple(found)


def checked(
    model: type[Record],
    records: Iterable[Any],
    fields: Fields,
    batch_size: int | None,
    validate: bool,
) -> list[Any]:
    """The instances, each row once: the first of several counts, as in Django.

    Raises:
        FieldError: an instance of another model, or one that lacks its key or a field.
        ValidationError: a related object that is not saved, a choice or a validator that refuses.
    """
    check_batch_size("bulk_update", batch_size)
    pk = model._table.pk
    names = {field.name for field in fields}
    found: dict[Any, Any] = {}
    for record in listed("bulk_update", "instances", records):
        if not isinstance(record, model):
            raise FieldError(
                f"bulk_update() of {model.__name__} was given {type(record).__name__}",
                fix=f"Give instances of {model.__name__}.",
            )
        key = pk.value_of(record)
        if key is None:
            raise FieldError(
                f"bulk_update() was given {shown(record)}, which has no primary key",
                fix="Save it first; bulk_create() saves many.",
            )
        take_keys(record)
        for field in fields:
            if record.__dict__.get(field.attname, DB_DEFAULT) is DB_DEFAULT:
                raise FieldError(
                    f"bulk_update() was given {shown(record)}, whose {field.name} is not loaded",
                    fix=f'Load it with refresh_from_db(fields=["{field.name}"]).',
                )
        if validate:
            record._validate(names)
        found.setdefault(pk.check(key), record)
    return list(found.values())


def questions(spec: QuerySpec, records: Sequence[Any], dialect: Dialect) -> Iterator[QuerySpec]:
    """What to ask for the keys of those instances whose rows a query has."""
    keys = [record.pk for record in records]
    for start in range(0, len(keys), dialect.most_keys):
        some = spec.ordered(()).where(Q(pk__in=keys[start : start + dialect.most_keys]))
        yield some.giving(Output("list", ("pk",)))


def present(records: Sequence[Any], keys: Iterable[Any]) -> list[Any]:
    """The instances whose keys were found."""
    found = set(keys)
    return [record for record in records if record._table.pk.check(record.pk) in found]


def by_part(table: Table, fields: Fields) -> dict[Table, Fields]:
    """The columns by the table that has them."""
    groups: dict[Table, Fields] = {}
    for field in fields:
        links = table.inherited.get(field, ())
        part = links[-1].target.concrete if links else table
        groups[part] = (*groups.get(part, ()), field)
    return groups


def changes(
    model: type[Record],
    spec: QuerySpec,
    fields: Fields,
    records: Sequence[Any],
    batch_size: int | None,
    dialect: Dialect,
) -> Iterator[Change]:
    """The UPDATEs for instances: one for many plain values, others for those with expressions.

    Args:
        model: the model of the table that has the columns.
        spec: the rows that may be changed.
        fields: the columns.
        records: the instances.
        batch_size: the most rows in one statement; None for as many as the server takes.
        dialect: the database that is written to.

    Raises:
        ValidationError: a value that its field does not accept.
        FieldError: an expression that does not fit its column.
    """
    plain: list[Any] = []
    calculated: list[Any] = []
    for record in records:
        values = (record.__dict__[field.attname] for field in fields)
        has_expressions = any(isinstance(v, Expression | Q) for v in values)
        (calculated if has_expressions else plain).append(record)
    table = model._table
    by_key = (*table.pk.members, *fields)
    size = rows_per_statement(len(by_key), batch_size, dialect)
    found = [column(field, plain, dialect) for field in by_key] if plain else []
    for start in range(0, len(plain), size):
        part = [params[start : start + size] for params in found]
        plan = _plan(model, spec, fields, len(part[0]), dialect)
        rows = part if dialect.bulk_insert_by_unnest else chain(*zip(*part, strict=True))
        yield Change(table.name, *plan.bind((*spec.values, *rows)))
    size = min(MOST_SWITCHED, batch_size or MOST_SWITCHED)
    for start in range(0, len(calculated), size):
        yield _switch(model, spec, fields, calculated[start : start + size], dialect)


def _plan(
    model: type[Record], spec: QuerySpec, fields: Fields, rows: int, dialect: Dialect
) -> Statement:
    count = 0 if dialect.bulk_insert_by_unnest else rows
    names = (field.name for field in fields)
    key = (dialect, "update many", spec.key, count, *names)
    plan: Statement | None = model._plans.get(key)
    return plan or planned(
        model,
        key,
        lambda: compiled(
            ast.UpdateMany(select_keys(spec), fields, rows, len(spec.values)), dialect
        ),
    )


def _switch(
    model: type[Record], spec: QuerySpec, fields: Fields, records: Sequence[Any], dialect: Dialect
) -> Change:
    """One UPDATE with a CASE for each column, as each row has values of its own kind."""
    keys = tuple(model._table.pk.value_of(record) for record in records)
    chosen = spec.where(Q(pk__in=list(keys)))
    rows = [_assigned(record, fields) for record in records]
    shape = (word for row in rows for word in (*row.key, ";"))
    key = (dialect, "update by case", chosen.key, *shape)
    plan: Statement | None = model._plans.get(key)
    plan = plan or planned(
        model, key, lambda: compiled(writes.by_case(chosen, fields, rows), dialect)
    )
    values = chain.from_iterable(row.values for row in rows)
    return Change(model._table.name, *plan.bind((*chosen.values, *keys, *values)))


def _assigned(record: Any, fields: Fields) -> Assigned:
    values = ((field, record.__dict__[field.attname]) for field in fields)
    return writes.assigned((f, v.value if isinstance(v, Value) else v) for f, v in values)


def forget_expressions(records: Iterable[Record], fields: Fields) -> None:
    """Values that only the database knows now are not loaded any more."""
    for record in records:
        for field in fields:
            if isinstance(record.__dict__.get(field.attname), Expression):
                forget(record, field)
