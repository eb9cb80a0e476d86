"""What do several queries give together? UNION, INTERSECT and EXCEPT of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..errors import FieldError, NotSupportedError
from . import ast
from .operands import Operand
from .types import ANY, family, is_comparable

if TYPE_CHECKING:
    from .spec import QuerySpec

OPERATORS = {"union": "UNION", "intersection": "INTERSECT", "difference": "EXCEPT"}


class Combined(NamedTuple):
    """Queries whose rows are put together.

    Attributes:
        call: the name of the method that did: ``"union"``.
        all: whether equal rows stay, as many as there are.
        parts: the queries; their values are the first of the whole query's, in this order.
    """

    call: str
    all: bool
    parts: tuple[QuerySpec, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The shape of it."""
        inside = [word for part in self.parts for word in (*part.inner_key, "|")]
        return (f"{self.call}(", str(self.all), *inside, ")")

    @property
    def starts(self) -> Iterator[int]:
        """Where the values of each part begin."""
        start = 0
        for part in self.parts:
            yield start
            start += len(part.values) + len(part.window_values)


def combined(call: str, everything: bool, specs: Sequence[QuerySpec]) -> QuerySpec | None:
    """The query of several ones' rows; None if it is known to have no rows.

    Queries without rows are left out where that makes no difference.
    """
    if call == "union":
        parts = [spec for spec in specs if not spec.nothing]
    elif call == "intersection":
        parts = list(specs) if not any(spec.nothing for spec in specs) else []
    else:
        rest = [spec for spec in specs[1:] if not spec.nothing]
        parts = [] if specs[0].nothing else [specs[0], *rest]
    if not parts:
        return None
    if len(parts) == 1 and (everything or call != "union"):
        return parts[0]
    return specs[0].of_combined(Combined(call, everything, tuple(parts)))


def labels(spec: QuerySpec, select: ast.Select) -> list[tuple[str, ...]]:
    """What each output of a SELECT can be called.

    Args:
        spec: what the SELECT is about.
        select: the SELECT.
    """
    pk = spec.table.pk
    found: list[tuple[str, ...]] = []
    if spec.output.kind != "instances":
        for path, width in zip(spec.output.paths, select.widths, strict=True):
            is_key = path in (pk.name, pk.attname)
            one = (path, "pk") if is_key else (path,)
            found += [one] if width == 1 else [(f"{path}_{n}",) for n in range(width)]
        return found
    shown = len(select.outputs) - select.hidden
    for field in select.fields:
        key = ("pk",) if field is pk else ()
        found.append(tuple(dict.fromkeys((field.attname, field.name, *key))))
    related = shown - len(select.names) - len(found)
    found += [(f"related_{n}",) for n in range(related)]
    return [*found, *((name,) for name in select.names)]


def names_of(spec: QuerySpec, select: ast.Select, alias: str) -> dict[str, Operand]:
    """What can be named of a SELECT from around it.

    Args:
        spec: what the SELECT is about.
        select: the SELECT.
        alias: the name that it has as a table.
    """
    found: dict[str, Operand] = {}
    for place, names in enumerate(labels(spec, select)):
        expr = select.outputs[place]
        field = expr.field or ANY
        output = ast.Output(alias, f"c{place}", field, expr.nullable)
        for name in names:
            found.setdefault(name, Operand(output, field, ast.NOWHERE))
    return found


def check_alike(call: str, selects: Sequence[ast.Select]) -> None:
    """Refuse to put together what has other columns.

    Raises:
        FieldError: another number of columns, or another type in one of them.
    """
    first = selects[0]
    for number, select in enumerate(selects[1:], 2):
        if len(select.outputs) != len(first.outputs):
            raise FieldError(
                f"{call}() of queries with {len(first.outputs)} and {len(select.outputs)} columns",
                fix="Give all of them the same columns with values() or values_list().",
            )
        for place, (one, other) in enumerate(zip(first.outputs, select.outputs, strict=True), 1):
            left, right = one.field or ANY, other.field or ANY
            if not is_comparable(left, right):
                raise FieldError(
                    f"{call}(): column {place} is of type {family(left)} in the first query and "
                    f"{family(right)} in number {number}",
                    fix="Make them one with Cast(…, output_field).",
                )


def not_on_combined(call: str, combination: str) -> NotSupportedError:
    """The error for a call that would change what was put together."""
    return NotSupportedError(
        f"{call}() cannot be called after {combination}()",
        fix=f"Call it on each query before {combination}(); behind it there are order_by(), "
        "slices, values(), values_list(), count(), exists() and further combinations.",
    )
