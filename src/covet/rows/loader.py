"""How do rows become instances or values? By one function, generated for each plan.

Calling ``__init__``, setting attributes in a loop or building dictionaries costs two to six times
as much (``../shared/speed.md``, section 4). The generated loop unpacks a row into names, makes the
object and sets its attributes; a column that needs no conversion costs one assignment.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from ..errors import FieldError
from ..query import ast
from ..query.spec import Output
from ..schema.fields import Field
from ..schema.peers import Origin, Rows
from ..schema.record import Record
from ..schema.ways import NOBODY, AnyWay, WayBack
from ..sql.dialects import Dialect
from ..sql.types import type_info
from .unreadable import UNREADABLE, first_unreadable, unreadable

Load: TypeAlias = Callable[[Iterable[Sequence[Any]], Origin], list[Any]]


class Source:
    """The source text of a loader while it is put together, and what its names mean."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.names: dict[str, Any] = {}
        self.fields: dict[int, Field[Any]] = {}

    def value(self, n: int, expr: ast.Expr) -> str:
        """The text of column ``n`` as a Python value; ``n`` makes its names its own."""
        field = expr.field
        if field is None:
            return f"c{n}"
        return self.converted(n, field, expr.nullable)

    def converted(self, n: int, field: Field[Any], nullable: bool) -> str:
        """The text of column ``n`` read as a field's value."""
        info = type_info(self.dialect.name, field)
        if info.convert is None:
            return f"c{n}"
        self.fields[n] = field
        template = info.convert
        for name, meaning in info.names.items():
            own = f"{name}_{n}"
            self.names[own] = meaning
            template = re.sub(rf"\b{name}\b", own, template)
        text = template.format(x=f"c{n}")
        return f"None if c{n} is None else {text}" if nullable else text

    def guarded(self, lines: list[str]) -> Load:
        """The finished function, which says which value it is that cannot be read."""
        self.names |= {"UNREADABLE": UNREADABLE, "explain": self._explain}
        return self.function(
            [
                "    try:",
                *(f"    {line}" for line in lines),
                "    except UNREADABLE as error:",
                "        explain(rows, error)",
                "        raise",
            ]
        )

    def _explain(self, rows: Iterable[Sequence[Any]], error: Exception) -> None:
        """Raise for a value that cannot be read; nothing if a receiver's own error came through."""
        readers = ((n, cell_reader(self.dialect, field)) for n, field in self.fields.items())
        cell = first_unreadable(rows, readers)
        if cell is not None:
            raise unreadable(cell, self.fields[cell.column]) from error

    def function(self, lines: list[str]) -> Load:
        """The finished function. All names in it are covet's own or identifiers of a model."""
        exec("\n".join(["def load(rows, origin):", *lines]), self.names)
        load: Load = self.names["load"]
        return load


def cell_reader(dialect: Dialect, field: Field[Any]) -> Callable[[Any], object]:
    """What reads one value of a field."""
    read = read_fields(dialect, [field])
    return lambda value: read((value,))


def loader(model: type[Record], output: Output, select: ast.Select, dialect: Dialect) -> Load:
    """The function that makes of the rows of a SELECT what a query was asked for.

    Args:
        model: whose instances are made.
        output: what the rows become.
        select: the statement; its hidden outputs are left out.
        dialect: the database that the rows come from.
    """
    source = Source(dialect)
    shown = len(select.outputs) - select.hidden
    named = [f"c{n}" for n in range(len(select.outputs))]
    target = ", ".join(named) + ("," if len(named) == 1 else "")
    if output.kind == "instances":
        return _instances(source, model, select, target)
    columns = [source.value(n, expr) for n, expr in enumerate(select.outputs[:shown])]
    values = _keys(columns, select)
    return source.guarded(
        [
            "    return [",
            f"        {_shape(source, output, values)}",
            f"        for {target} in rows",
            "    ]",
        ]
    )


def _keys(columns: list[str], select: ast.Select) -> list[str]:
    """The texts of values: those of one column as they are, those of several as tuples."""
    values: list[str] = []
    place = 0
    for width in select.widths:
        values.append(_key(columns[place : place + width], select.outputs, place))
        place += width
    return values


def _key(columns: list[str], outputs: tuple[ast.Expr, ...], place: int) -> str:
    """The text of a value that has one or several columns, the first of them at a place."""
    if len(columns) == 1:
        return columns[0]
    missing = [f"c{n} is None" for n in range(place, place + len(columns)) if outputs[n].nullable]
    whole = f"({', '.join(columns)})"
    return f"(None if {' or '.join(missing)} else {whole})" if missing else whole


def _instances(source: Source, model: type[Record], select: ast.Select, target: str) -> Load:
    """The loader of instances: those of each table are peers, with an origin of their own.

    A single row has no peers, and a plain list is made sooner.
    """
    below = _all_related(select.related, "o")
    loop = _instance(source, "o", model, select.fields, select.outputs, 0, "        ")
    for related in select.related:
        loop += _beside(source, "o", related, select.outputs, "        ")
    first = len(select.outputs) - select.hidden - len(select.names)
    for n, name in enumerate(select.names, first):
        loop.append(f"        o.{name} = {source.value(n, select.outputs[n])}")
    if select.keyed:
        first = len(select.outputs) - select.keyed
        key = [source.value(n, expr) for n, expr in enumerate(select.outputs[first:], first)]
        loop.append(f"        keys.append({_key(key, select.outputs, first)})")
    loop += told(source, "o", model, "        ")
    source.names["Rows"] = Rows
    return source.guarded(
        [
            f"    found = {'Rows()' if select.keyed else 'Rows() if len(rows) > 1 else []'}",
            "    append = found.append",
            "    origin_o = origin",
            *(
                f"    origin_{n} = origin_{parent}.beside({way.name!r}); {n}s = type(found)()"
                for n, parent, way in below
            ),
            *(["    keys = found.keys = []"] if select.keyed else []),
            f"    for {target} in rows:",
            *loop,
            "        append(o)",
            "    if len(found) > 1: found.belong(origin)",
            *(line for n, _, _ in below for line in _belonging(n)),
            "    return found",
        ]
    )


def _belonging(name: str) -> list[str]:
    """The lines that make rows peers that came along; whoever watches hears where none did."""
    return [
        f"    if len({name}s) > 1: {name}s.belong(origin_{name})",
        f"    elif not {name}s: origin_{name}.none_came()",
    ]


def _all_related(related: Iterable[ast.Related], parent: str) -> list[tuple[str, str, AnyWay]]:
    """All that a row brings along: its name in the loader, its parent's, and the way to it."""
    found: list[tuple[str, str, AnyWay]] = []
    for one in related:
        name = f"r{one.place}"
        found += [(name, parent, one.way), *_all_related(one.children, name)]
    return found


def _instance(
    source: Source,
    name: str,
    model: type[Record],
    fields: tuple[Field[Any], ...],
    outputs: tuple[ast.Expr, ...],
    place: int,
    indent: str,
) -> list[str]:
    """The lines that make one object of the columns from ``place`` on; it has no other fields."""
    source.names |= {"new": object.__new__, f"class_{name}": model}
    lines = [f"{name} = new(class_{name})", f"{name}._origin = origin_{name}"]
    for n, field in enumerate(fields, place):
        lines.append(f"{name}.{field.attname} = {source.value(n, outputs[n])}")
    return [indent + line for line in lines]


def told(source: Source, name: str, model: type[Record], indent: str) -> list[str]:
    """The line that tells of an object that is complete now, if anybody listens."""
    told = model._told and model._told.of_rows(model)
    if told is None:
        return []
    source.names[f"told_{name}"] = told
    return [f"{indent}told_{name}({name})"]


def _beside(
    source: Source, parent: str, related: ast.Related, outputs: tuple[ast.Expr, ...], indent: str
) -> list[str]:
    """The lines that make a related object, hang it on its parent, and go on from there."""
    table, way = related.table, related.way
    assert table.registry is not None
    name = f"r{related.place}"
    key = related.place + related.fields.index(table.pk.members[0])
    inner = indent + "    " if related.outer else indent
    lines = [f"{indent}if c{key} is not None:"] if related.outer else []
    model = table.registry.models[table.label]
    lines += _instance(source, name, model, related.fields, outputs, related.place, inner)
    lines += [f"{inner}{name}s.append({name})", f"{inner}{parent}.{way.cache_name} = {name}"]
    if isinstance(way, WayBack):
        lines.append(f"{inner}{name}.{way.field.cache_name} = {parent}")
    for child in related.children:
        lines += _beside(source, name, child, outputs, inner)
    lines += told(source, name, model, inner)
    if related.outer and isinstance(way, WayBack):
        lines += [f"{indent}else:", f"{inner}{parent}.{way.cache_name} = nobody"]
        source.names["nobody"] = NOBODY
    return lines


def _shape(source: Source, output: Output, values: list[str]) -> str:
    if output.kind == "values":
        return (
            "{" + ", ".join(f"{p!r}: {v}" for p, v in zip(output.paths, values, strict=True)) + "}"
        )
    if output.kind == "flat":
        return values[0]
    inside = ", ".join(values) + ("," if len(values) == 1 else "")
    if output.kind == "named":
        source.names["Row"] = _row_class(output.paths)
        return f"Row({inside})"
    return f"({inside})"


def _row_class(paths: tuple[str, ...]) -> Any:
    try:
        return namedtuple("Row", paths)
    except ValueError as error:
        raise FieldError(
            f"values_list(named=True) cannot name its columns {', '.join(paths)}: {error}"
        ) from None


def read_fields(dialect: Dialect, fields: Sequence[Field[Any]]) -> Callable[[Sequence[Any]], Any]:
    """The function that reads one row of columns as the values of these fields."""
    source = Source(dialect)
    return _reader(source, [source.converted(n, f, True) for n, f in enumerate(fields)])


def reader(dialect: Dialect, exprs: Sequence[ast.Expr]) -> Callable[[Sequence[Any]], Any]:
    """The function that reads one row as the values of these expressions."""
    source = Source(dialect)
    return _reader(source, [source.value(n, expr) for n, expr in enumerate(exprs)])


def _reader(source: Source, values: list[str]) -> Callable[[Sequence[Any]], Any]:
    names = ", ".join(f"c{n}" for n in range(len(values)))
    text = ", ".join(values)
    exec(f"def read(row):\n    ({names},) = row\n    return ({text},)", source.names)
    read: Callable[[Sequence[Any]], Any] = source.names["read"]
    return read
