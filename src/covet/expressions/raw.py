"""What can only be said in SQL itself?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import FieldError, short
from .base import Expression
from .shape import type_shape


class RawSQL(Expression[Any]):
    """A piece of SQL as an expression; its parameters are bound, on every database by ``%s``.

    The text is sent as it is, so it must never hold what a user typed: that belongs in ``params``.
    It can name the columns of the query's tables, and has to be SQL that the database knows.

    Args:
        sql: the text, with ``%s`` for each parameter and ``%%`` for a percent sign.
        params: the parameters.
        output_field: a field of the type that its values have in Python; left out, they are
            what the driver gives.

    Raises:
        FieldError: there are more or fewer parameters than ``%s``.

    Example:
        >>> from covet import RawSQL
        >>> RawSQL("views %% %s", (2,))
        RawSQL('views %% %s', (2,))
    """

    __slots__ = ("output_field", "params", "pieces", "sql")

    def __init__(self, sql: str, params: Iterable[Any] = (), output_field: Any = None) -> None:
        if not isinstance(sql, str):
            raise FieldError(f"{type(self).__name__}() takes a text, not {short(sql)}")
        if not isinstance(params, list | tuple):
            raise FieldError(
                f"The parameters of {type(self).__name__}() are a list, not {short(params)}",
                fix=f"Write {type(self).__name__}(sql, [value]).",
            )
        self.sql = sql
        self.params = tuple(params)
        self.output_field = output_field
        self.pieces = tuple(_pieces(sql))
        if len(self.pieces) - 1 != len(self.params):
            raise FieldError(
                f"{type(self).__name__}({short(sql)}) has {len(self.pieces) - 1} times %s, and "
                f"{len(self.params)} parameters",
                fix="A percent sign is written %%.",
            )
        self.key = ("RAW", sql, type_shape(output_field))
        self.values = self.params
        self.depth = 1

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sql!r}{f', {self.params!r}' if self.params else ''})"


class RawExpression(RawSQL):
    """A piece of SQL for the query builder: ``RawExpression("views %% %s", 2)``.

    It is ``RawSQL`` with its parameters one by one, and with what holds for that: the text is sent
    as it is, so what a user typed belongs in the parameters. ``RawExpression("*")`` is the star of
    ``Count``. Everything else stands in brackets, so that it can be a part of anything.

    Args:
        sql: the text, with ``%s`` for each parameter and ``%%`` for a percent sign.
        *params: the parameters; a single list or tuple is taken as all of them.
        output_field: a field of the type that its values have in Python; left out, they are
            what the driver gives.

    Raises:
        FieldError: there are more or fewer parameters than ``%s``.

    Example:
        >>> from covet import RawExpression
        >>> RawExpression("EXTRACT(YEAR FROM created_at)")
        RawExpression('EXTRACT(YEAR FROM created_at)')
    """

    __slots__ = ()

    def __init__(self, sql: str, *params: Any, output_field: Any = None) -> None:
        if len(params) == 1 and isinstance(params[0], list | tuple):
            params = tuple(params[0])
        super().__init__(sql, params, output_field)


def _pieces(sql: str) -> list[str]:
    """The text between the places of parameters, with its percent signs as they are meant."""
    found = [""]
    for n, part in enumerate(sql.split("%%")):
        first, *more = part.split("%s")
        found[-1] += ("%" if n else "") + first
        found += more
    return found
