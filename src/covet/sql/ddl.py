"""Which statements make the tables of models, and take them away again?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import ModelError
from ..query import ast
from ..query.conditions import Conditions
from ..query.joins import Aliases, Scope
from ..schema.constraints import CheckConstraint, Index
from ..schema.fields import NOT_PROVIDED, Field
from ..schema.on_delete import in_definition
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from .compiler import Compiler
from .dialects import Dialect
from .dialects.base import LONGEST_NAME
from .text import SQL, ListSlot, Slot, ValueSlot
from .types import binder, type_info


def creation(tables: Sequence[Table], dialect: Dialect) -> list[str]:
    """The statements that create tables, in the order in which to run them.

    Foreign keys come after all tables, so that they may go round in circles; SQLite takes them
    with the table, as it looks at the other table only when rows are written.

    Raises:
        ModelError: two models want the same table.
        FieldError: a name that cannot be an identifier.
    """
    statements = [create_table(table, dialect) for table in tables]
    if not dialect.foreign_keys_inline:
        for table in tables:
            statements += [
                f"ALTER TABLE {dialect.quoted(table.name)} "
                f"ADD {_foreign_key(table, field, dialect)}"
                for field in table.local_relations
                if field.db_constraint
            ]
    for table in tables:
        statements += _indexes(table, dialect)
        statements += dialect.comment_statements(
            table.name,
            table.options.db_table_comment,
            [(field.column, field.db_comment) for field in table.local_fields if field.db_comment],
        )
    return statements


def removal(tables: Sequence[Table], dialect: Dialect) -> list[str]:
    """The statements that drop tables: those that refer to others before the others."""
    ordered, circular = in_order(tables)
    statements = []
    if not dialect.drops_with_keys:
        statements += [
            f"ALTER TABLE {dialect.quoted(table.name)} DROP FOREIGN KEY "
            f"{dialect.quoted(constraint_name(table, field.members, 'fk'))}"
            for table, field in circular
            if field.db_constraint
        ]
    if circular and dialect.drops_with_keys == "deferred":
        for table in reversed(ordered):
            statements += [f"DROP TABLE {dialect.quoted(table.name)}", _stand_in(table, dialect)]
    suffix = " CASCADE" if dialect.drops_with_keys == "cascade" else ""
    statements += [
        f"DROP TABLE {dialect.quoted(table.name)}{suffix}" for table in reversed(ordered)
    ]
    return statements


def _stand_in(table: Table, dialect: Dialect) -> str:
    """A table without keys in the place of one that was dropped.

    SQLite deletes the rows of a table that it drops, and for that needs all tables that those which
    refer to it refer to.
    """
    columns = ", ".join(f"{dialect.quoted(field.column)} UNIQUE" for field in table.local_fields)
    if len(table.pk.members) > 1:
        columns += f", UNIQUE ({_columns(table.pk.members, dialect)})"
    return f"CREATE TABLE {dialect.quoted(table.name)} ({columns})"


def in_order(
    tables: Sequence[Table],
) -> tuple[list[Table], list[tuple[Table, ForeignKeyField[Any]]]]:
    """Tables with those that others refer to first, and the keys that go round in a circle."""
    wanted = {table.name: table for table in tables}
    ordered: list[Table] = []
    circular: list[tuple[Table, ForeignKeyField[Any]]] = []
    state: dict[str, str] = {}

    def visit(table: Table) -> None:
        state[table.name] = "open"
        for field in table.local_relations:
            target = wanted.get(field.target.name)
            if target is None or target is table:
                continue
            if state.get(target.name) == "open":
                circular.append((table, field))
            elif target.name not in state:
                visit(target)
        state[table.name] = "done"
        ordered.append(table)

    for table in tables:
        if table.name not in state:
            visit(table)
    return ordered, circular


def refuse_doubles(tables: Sequence[Table]) -> None:
    """Refuse two models that want the same table.

    Raises:
        ModelError: two do.
    """
    seen: dict[str, Table] = {}
    for table in tables:
        other = seen.setdefault(table.name.lower(), table)
        if other is not table:
            raise ModelError(
                f"{other.label} and {table.label} both have the table {table.name!r}",
                fix="Give one of them Meta.db_table or Meta.app_label.",
            )


def create_table(table: Table, dialect: Dialect) -> str:
    """``CREATE TABLE …`` with its columns, its keys and its checks."""
    lines = [column_definition(table, field, dialect) for field in table.local_fields]
    if len(table.pk.members) > 1:
        lines.append(f"PRIMARY KEY ({_columns(table.pk.members, dialect)})")
    lines += _uniques(table, dialect)
    lines += _checks(table, dialect)
    if dialect.foreign_keys_inline:
        lines += [_foreign_key(table, f, dialect) for f in table.local_relations if f.db_constraint]
    body = ",\n    ".join(lines)
    options = dialect.table_options(table.options.db_table_comment)
    return f"CREATE TABLE {dialect.quoted(table.name)} (\n    {body}\n){options}"


def column_definition(table: Table, field: Field[Any], dialect: Dialect) -> str:
    """One column: its type, whether it can be NULL, its default, its key."""
    stored = field.value_field
    name = dialect.quoted(field.column)
    if field is table.auto_field:
        return f"{name} {dialect.auto_key(type_info(dialect.name, field).column(field))}"
    info = type_info(dialect.name, field)
    words = [name, dialect.column_type(info.column(stored)), "NULL" if field.null else "NOT NULL"]
    if field.db_default is not NOT_PROVIDED:
        words.append(f"DEFAULT ({_default(field, dialect)})")
    if field.primary_key:
        words.append("PRIMARY KEY")
    check = info.check(stored)
    if check is not None and stored is field:
        words += dialect.limits_name(field.column)
        words.append(f"CHECK ({dialect.in_text(check).format(column=name)})")
    words.append(dialect.column_comment(field.db_comment))
    return " ".join(word for word in words if word)


def _default(field: Field[Any], dialect: Dialect) -> str:
    if hasattr(field.db_default, "key"):
        raise ModelError(
            f"{field.model}.{field.name} has an expression as db_default, which is not supported",
            fix="Give a plain value.",
        )
    param = binder(dialect.name, field)(field.db_default)
    template: str = type_info(dialect.name, field).placeholder
    return template.replace("{p}", dialect.literal(param))


def _uniques(table: Table, dialect: Dialect) -> list[str]:
    groups: list[tuple[str | None, list[Field[Any]]]] = [
        (None, [*field.members])
        for field in (*table.local_fields, *table.local_wide)
        if field.unique and not field.primary_key
    ]
    groups += [(None, _named(table, names)) for names in table.options.unique_together]
    groups += [
        (constraint.name, _named(table, constraint.fields))
        for constraint in table.options.constraints
        if not isinstance(constraint, CheckConstraint)
    ]
    return [
        f"CONSTRAINT {dialect.quoted(name or constraint_name(table, fields, 'uniq'))} "
        f"UNIQUE ({_columns(fields, dialect)})"
        for name, fields in groups
    ]


def _checks(table: Table, dialect: Dialect) -> list[str]:
    return [
        f"CONSTRAINT {dialect.quoted(constraint.name)} "
        f"CHECK ({_condition(table, constraint, dialect)})"
        for constraint in table.options.constraints
        if isinstance(constraint, CheckConstraint)
    ]


class _Defining(Compiler):
    """The compiler of definitions, with as few functions of covet's own as can be.

    Other programs than covet write to the table as well.
    """

    def arithmetic(self, node: ast.Arithmetic) -> SQL:
        """It is not checked for overflow."""
        return self.calculated(node)


def _condition(table: Table, constraint: CheckConstraint, dialect: Dialect) -> str:
    """A check's condition with its values as literals: a definition takes no parameters."""
    scope = Scope(table, Aliases())
    asked = f"CheckConstraint {constraint.name}"
    condition = Conditions(asked).condition(constraint.condition, 0, scope, 0)
    if scope.joined:
        raise ModelError(f"{table.model_name}: {asked} reaches into another table")
    values = constraint.condition.values
    text = ""
    for piece in _Defining(dialect).where(condition):
        if isinstance(piece, str):
            text += piece
        elif isinstance(piece, ListSlot):
            members = piece.bind(values[piece.place])
            text += f"({', '.join(dialect.literal(member) for member in members) or 'NULL'})"
        elif isinstance(piece, ValueSlot):
            raise dialect.unsupported(
                "constraint that looks for one JSON document in another", "Check it in clean()."
            )
        else:
            text += piece.template.replace("{p}", dialect.literal(_bound(piece, values)))
    return text


def _bound(slot: Slot, values: tuple[Any, ...]) -> Any:
    return slot.bind(None if slot.place is None else values[slot.place])


def _foreign_key(table: Table, field: ForeignKeyField[Any], dialect: Dialect) -> str:
    target = field.target
    rule = in_definition(field.on_delete)
    return (
        f"CONSTRAINT {dialect.quoted(constraint_name(table, field.members, 'fk'))} "
        f"FOREIGN KEY ({_columns(field.members, dialect)}) REFERENCES "
        f"{dialect.quoted(target.name)} ({_columns(field.target_field.members, dialect)})"
        f"{f' ON DELETE {rule}' if rule else ''}{dialect.key_timing}"
    )


def _indexes(table: Table, dialect: Dialect) -> list[str]:
    single = [
        Index(field.name)
        for field in (*table.local_fields, *table.local_wide)
        if field.db_index
        and not field.unique
        and not field.primary_key
        and not (field.is_relation and dialect.indexes_keys and field.db_constraint)  # type: ignore[attr-defined]
    ]
    return [_index(table, index, dialect) for index in (*single, *table.options.indexes)]


def _index(table: Table, index: Index, dialect: Dialect) -> str:
    named = [(f, word) for word in index.fields for f in _named(table, [word])]
    fields = [field for field, _ in named]
    name = index.name or constraint_name(table, fields, "idx")
    columns = ", ".join(
        dialect.index_column(
            dialect.quoted(field.column), type_info(dialect.name, field).column(field.value_field)
        )
        + (" DESC" if word.startswith("-") else "")
        for field, word in named
    )
    return f"CREATE INDEX {dialect.quoted(name)} ON {dialect.quoted(table.name)} ({columns})"


def _named(table: Table, names: Iterable[str]) -> list[Field[Any]]:
    return [
        member for name in names for member in table.field(name.removeprefix("-"), "Meta").members
    ]


def _columns(fields: Iterable[Field[Any]], dialect: Dialect) -> str:
    return ", ".join(dialect.quoted(field.column) for field in fields)


def constraint_name(table: Table, fields: Sequence[Field[Any]], suffix: str) -> str:
    """A name made of table, columns and kind; a long one is cut and told apart by a hash."""
    name = "_".join([table.name, *(field.column for field in fields), suffix])
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    room = LONGEST_NAME - len(digest) - len(suffix) - 2
    return f"{name.encode()[:room].decode(errors='ignore')}_{digest}_{suffix}"
