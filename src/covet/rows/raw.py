"""What do the rows of raw SQL become? Instances, by the names of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import getattr_static
from typing import Any

from ..errors import FieldError, short
from ..schema.fields import Field
from ..schema.peers import Rows
from ..schema.record import Record
from ..sql.dialects import Dialect
from .loader import Load, Source, cell_reader, told
from .plans import planned
from .unreadable import UNREADABLE, first_unreadable

Column = tuple[str, Field[Any] | None]
"""The name of an attribute, and the field whose values it has, if it is one's."""


def check_statement(sql: object, params: object) -> None:
    """Refuse what is no SQL, and what are no parameters.

    Raises:
        FieldError: naming which.
    """
    if not isinstance(sql, str):
        raise FieldError(f"raw() takes SQL as a text, not {short(sql)}")
    if not isinstance(params, Sequence) or isinstance(params, str | bytes | bytearray):
        raise FieldError(
            f"raw() takes a list of parameters, not {short(params)}",
            fix="Give them in the order of the placeholders: ? on SQLite, %s on the others.",
        )


def check_translations(model: type[Record], translations: object) -> dict[str, Field[Any]]:
    """The fields that columns of other names stand for.

    Raises:
        UnknownField: a name that the model does not have.
        FieldError: it is no dictionary, or names a field of no column of its own.
    """
    if translations is None:
        return {}
    if not isinstance(translations, Mapping):
        raise FieldError(
            f"raw() takes translations as a dictionary, not {short(translations)}",
            fix="Write translations={column: field}.",
        )
    found: dict[str, Field[Any]] = {}
    for column, name in translations.items():
        field = model._table.field(name, f"raw(translations={{…: {short(name)}}})")
        first, *others = field.members
        if others:
            parts = ", ".join(member.attname for member in field.members)
            raise FieldError(
                f"{short(column)} is one column, and {model.__name__}.{field.name} has several",
                fix=f"Translate to one of {parts}.",
            )
        found[column] = first
    return found


def raw_plan(
    model: type[Record],
    names: Sequence[str],
    translations: Mapping[str, Field[Any]],
    dialect: Dialect,
) -> RawPlan:
    """The plan that makes instances of rows with columns of these names."""
    renamed = tuple((column, field.attname) for column, field in translations.items())
    key = (dialect, "raw", tuple(names), renamed)
    plan: RawPlan | None = model._plans.get(key)
    return plan or planned(model, key, lambda: RawPlan(model, names, translations, dialect))


class RawPlan:
    """What is known of rows with certain columns: what each is, and what makes instances."""

    __slots__ = ("_columns", "_dialect", "_load", "_model")

    def __init__(
        self,
        model: type[Record],
        names: Sequence[str],
        translations: Mapping[str, Field[Any]],
        dialect: Dialect,
    ) -> None:
        self._model = model
        self._dialect = dialect
        self._columns = _columns(model, names, translations)
        self._load = _loader(model, self._columns, dialect)

    def load(self, rows: Sequence[Sequence[Any]], origin: Any) -> list[Any]:
        """The instances.

        Raises:
            FieldError: a column does not hold what its field reads.
        """
        try:
            return self._load(rows, origin)
        except UNREADABLE as error:
            wrong = self._unreadable(rows)
            if wrong is None:  # a receiver's own error
                raise
            raise wrong from error

    def _unreadable(self, rows: Sequence[Sequence[Any]]) -> FieldError | None:
        readers = (
            (place, cell_reader(self._dialect, field))
            for place, (_, field) in enumerate(self._columns)
            if field is not None
        )
        cell = first_unreadable(rows, readers)
        if cell is None:
            return None
        name, _ = self._columns[cell.column]
        return FieldError(
            f"{self._model.__name__}.{name} cannot be read from {short(cell.value)}, "
            "which the SQL gives for it",
            fix="Give the column as it is stored, or another name with AS.",
        )


def _columns(
    model: type[Record], names: Sequence[str], translations: Mapping[str, Field[Any]]
) -> list[Column]:
    """What each column is: a field's, or an attribute of its own.

    Raises:
        FieldError: the primary key is not among them, or one has a name that cannot be.
    """
    found = [_column(model, name, translations) for name in names]
    taken: set[str] = set()
    for name, _ in found:
        if name in taken:
            raise FieldError(
                f"The SQL gives two columns for {model.__name__}.{name}",
                fix="Name the columns that you want, each with a name of its own: … AS other.",
            )
        taken.add(name)
    for member in model._table.pk.members:
        if member.attname not in taken:
            raise FieldError(
                f"The SQL gives no column {member.column!r}, which is in the primary key of "
                f"{model.__name__}",
                fix=f"Select it, or say which column it is: "
                f"raw(…, translations={{'…': {member.attname!r}}}).",
            )
    return found


def _column(model: type[Record], name: str, translations: Mapping[str, Field[Any]]) -> Column:
    field = translations.get(name) or _field(model, name)
    if field is not None:
        return field.attname, field
    found = getattr_static(model, name, None)
    is_hiding = callable(found) or hasattr(type(found), "__get__") or name in model._table.names
    if name.startswith("_") or is_hiding:
        raise FieldError(
            f"The column {short(name)} of the SQL would hide {model.__name__}.{name}",
            fix="Give it another name: … AS other.",
        )
    return name, None


def _field(model: type[Record], name: str) -> Field[Any] | None:
    """The field with a column, or an attribute, of this name; letters' case counts last."""
    fields = model._table.fields
    for called in (
        {field.column: field for field in fields},
        {field.attname: field for field in fields},
    ):
        if name in called:
            return called[name]
    return next((field for field in fields if field.column.lower() == name.lower()), None)


def _loader(model: type[Record], columns: Sequence[Column], dialect: Dialect) -> Load:
    """The function that makes instances. No name that came from the SQL is in its text."""
    source = Source(dialect)
    source.names |= {"new": object.__new__, "model": model, "Rows": Rows, "put": setattr}
    lines: list[str] = []
    for n, (name, field) in enumerate(columns):
        if field is not None:
            lines.append(f"o.{name} = {source.converted(n, field, True)}")
        else:
            source.names[f"name_{n}"] = name
            lines.append(f"put(o, name_{n}, c{n})")
    target = "".join(f"c{n}, " for n in range(len(columns)))
    return source.function(
        [
            "    found = Rows() if len(rows) > 1 else []",
            "    append = found.append",
            f"    for {target} in rows:",
            "        o = new(model)",
            "        o._origin = origin",
            *(f"        {line}" for line in lines),
            *told(source, "o", model, "        "),
            "        append(o)",
            "    if len(found) > 1: found.belong(origin)",
            "    return found",
        ]
    )
