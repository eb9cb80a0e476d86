"""Which questions tell whether another row has what an instance must have for itself?"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple

from ..errors import NON_FIELD_ERRORS, short
from ..expressions import Q
from ..query.spec import QuerySpec
from ..schema.constraints import UniqueConstraint
from ..schema.fields import Field
from ..schema.record import NOT_VALUES, Record
from ..schema.table import Table
from .saving import take_keys


class Check(NamedTuple):
    """A question, and what to say where it finds a row.

    Attributes:
        spec: the other rows that have the same.
        name: the field that is at fault, or ``"__all__"``.
        message: what is wrong.
    """

    spec: QuerySpec
    name: str
    message: str


def checks(record: Record, exclude: Container[str]) -> Iterator[Check]:
    """The questions for an instance, in Django's order; none where a value is NULL or unknown.

    Args:
        record: the instance; where it is in the database, its own row is no other.
        exclude: names of fields that are not asked about.

    Raises:
        ValidationError: a related object that is not saved yet, or a value of the wrong type.
    """
    take_keys(record)
    others = QuerySpec(record._table)
    if record._origin is not None and record._is_pk_set():
        others = others.where(~Q(pk=record.pk))
    for group in groups(record._table):
        members = (member for field in group for member in (field, *field.members))
        if not any(field.name in exclude for field in members):
            yield from _same(record, group, others)
    for field in record._table.fields:
        if field.name not in exclude:
            for part, name in field.unique_for:
                if name not in exclude:
                    yield from _same_part(record, field, part, name, others)


def groups(table: Table) -> Iterator[tuple[Field[Any], ...]]:
    """The fields that together are unique, group by group."""
    options = table.options
    constraints = [c.fields for c in options.constraints if isinstance(c, UniqueConstraint)]
    seen = set()
    for names in (*options.unique_together, *constraints):
        group = tuple(table.field(name.removeprefix("-")) for name in names)
        if group not in seen:
            seen.add(group)
            yield group
    for field in dict.fromkeys((*table.fields, *table.wide, table.pk)):
        if (field.unique or field.primary_key) and (field,) not in seen:
            yield (field,)


def _known(record: Record, field: Field[Any]) -> Any:
    """A value in its normal form; None where it is NULL, not loaded or the database's to make."""
    value = field.value_of(record)
    return None if value is None or isinstance(value, NOT_VALUES) else field.check(value)


def _same(record: Record, group: Iterable[Field[Any]], others: QuerySpec) -> Iterator[Check]:
    given = {}
    for field in group:
        value = _known(record, field)
        if value is None or (field.primary_key and record._origin is not None):
            return
        given[field] = value
    model = record._table.model_name
    spec = others.where(Q(**{field.attname: value for field, value in given.items()}))
    if len(given) == 1:
        ((field, value),) = given.items()
        yield Check(spec, field.name, f"is {short(value)}, which another {model} has already")
    else:
        names = [field.name for field in given]
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        yield Check(spec, NON_FIELD_ERRORS, f"Another {model} has the same {listed} already")


def _same_part(
    record: Record, field: Field[Any], part: str, name: str, others: QuerySpec
) -> Iterator[Check]:
    """The question of ``unique_for_date`` and its like: the same value on the same day."""
    moment = record._table.field(name)
    when = _known(record, moment)
    value = _known(record, field)
    if when is None or value is None:
        return
    parts = ("year", "month", "day") if part == "date" else (part,)
    same = {f"{moment.attname}__{p}": getattr(when, p) for p in parts}
    model, word = record._table.model_name, "day" if part == "date" else part
    yield Check(
        others.where(Q(**{field.attname: value, **same})),
        field.name,
        f"is {short(value)}, which another {model} of the same {word} ({name}) has already",
    )
