"""How does the query builder change rows?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

from ..errors import FieldError, keyword, short
from ..expressions.shape import Queried
from ..query.free.names import checked_name
from ..query.free.spec import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    FreeSpec,
    Item,
    NamedTable,
    Nested,
    OnConflict,
    values_of,
)
from . import given
from .base import Saying


class Changing(Saying):
    """INSERT, UPDATE and DELETE."""

    def insert(
        self,
        rows: Mapping[str, Any] | Iterable[Mapping[str, Any]] | Queried | None = None,
        /,
        *,
        columns: Iterable[str] = (),
        **values: Any,
    ) -> Self:
        """An INSERT of one or more rows, or of the rows that a query gives.

        Args:
            rows: a row as a mapping of columns and values, several of them, or a query.
            columns: of a query: which columns its values go into; those that it selects when left
                out.
            **values: the row itself, in the place of ``rows``: ``insert(title="A", views=3)``.

        Raises:
            FieldError: no row; rows that differ in their columns.

        Example:
            >>> from covet.query_builder import Query
            >>> Query("posts").insert(title="A", views=3).sql("postgresql")
            ('INSERT INTO "posts" ("title", "views") VALUES (%s, %s)', ('A', 3))
        """
        self._check_table("insert")
        if isinstance(rows, Queried):
            return self._inserted_from(given.spec_of(rows, "insert"), tuple(columns))
        listed: list[Any] = [rows] if isinstance(rows, Mapping) else list(rows or ())
        if values:
            listed.append(values)
        if not listed:
            raise FieldError("insert() has no rows", fix="Give at least one: insert(title=…).")
        for row in listed:
            if not isinstance(row, Mapping):
                raise FieldError(f"insert() takes mappings of columns and values, not {short(row)}")
        names = tuple(checked_name(name, "a column", "insert()") for name in listed[0])
        items: list[tuple[Item, ...]] = []
        start = self._spec.start
        for row in listed:
            if row.keys() != listed[0].keys():
                raise FieldError(
                    f"The rows of insert() differ in their columns: {short(sorted(row))} and "
                    f"{short(sorted(names))}",
                    fix="Give None where a row has no value.",
                )
            one: list[Item] = []
            for name in names:
                item = Item(given.value_of(row[name]), start, "insert()", name)
                start += len(values_of(item.what))
                one.append(item)
            items.append(tuple(one))
        every = [item for row in items for item in row]
        return self._grown(every, kind=INSERT, columns=names, rows=tuple(items))

    def _inserted_from(self, spec: FreeSpec, columns: tuple[str, ...]) -> Self:
        names = columns or tuple(given.output_name(item) for item in spec.outputs)
        if not names:
            raise FieldError(
                "insert() has to know the columns that a query's values go into",
                fix='Say them: insert(query, columns=("title", "views")).',
            )
        names = tuple(checked_name(name, "a column", "insert()") for name in names)
        nested = Nested(spec, self._spec.start)
        return self._with(self._spec.grown(spec.values, kind=INSERT, columns=names, query=nested))

    def on_conflict(self, *columns: str, update: Iterable[str] = ()) -> Self:
        """What becomes of a row that a unique constraint refuses: it is passed over, or updates.

        Args:
            *columns: the columns of the constraint; to pass over rows it may be any.
            update: the columns that the row which is there takes from the new one; when left out,
                the new row is passed over.

        Raises:
            FieldError: an update without the columns of the constraint.

        Example:
            >>> from covet.query_builder import Query
            >>> Query("tags").insert(name="new").on_conflict("name").sql("sqlite")[0]
            'INSERT INTO "tags" ("name") VALUES (?) ON CONFLICT DO NOTHING'
        """
        if isinstance(update, str):
            update = (update,)
        target, updates = (
            tuple(checked_name(name, "a column", "on_conflict()") for name in names)
            for names in (columns, update)
        )
        if updates and not target:
            raise FieldError(
                "on_conflict(update=…) has to know the columns of the constraint",
                fix='Name them: on_conflict("id", update=["title"]).',
            )
        return self._with(replace(self._spec, conflict=OnConflict(target, updates)))

    def update(self, row: Mapping[str, Any] | None = None, /, **values: Any) -> Self:
        """An UPDATE of the rows that ``where()`` says; of all of them with ``all_rows()``.

        Args:
            row: columns and their values, where a name cannot be a keyword.
            **values: columns and their values: ``views=F("views") + 1``.

        Raises:
            FieldError: nothing to set.

        Example:
            >>> from covet.query_builder import F, Query
            >>> Query("posts").where(id=3).update(views=F("views") + 1).sql("sqlite")
            ('UPDATE "posts" SET "views" = ("posts"."views" + ?) WHERE "posts"."id" = ?', (1, 3))
        """
        self._check_table("update")
        items: list[Item] = []
        start = self._spec.start
        for name, value in {**(row or {}), **values}.items():
            checked_name(name, "a column", "update()")
            item = Item(given.value_of(value), start, f"update({keyword(name)})", name)
            start += len(values_of(item.what))
            items.append(item)
        if not items:
            raise FieldError("update() has nothing to set", fix="Write update(title=…).")
        return self._grown(items, kind=UPDATE, assignments=(*self._spec.assignments, *items))

    def delete(self) -> Self:
        """A DELETE of the rows that ``where()`` says; of all of them with ``all_rows()``."""
        self._check_table("delete")
        return self._with(replace(self._spec, kind=DELETE))

    def all_rows(self) -> Self:
        """Say that an UPDATE or a DELETE without ``where()`` is meant."""
        return self._with(replace(self._spec, every=True))

    def returning(self, /, *columns: Any, **named: Any) -> Self:
        """What an INSERT, UPDATE or DELETE gives of each row, to be read by ``fetch()``.

        MariaDB has it for INSERT and DELETE only, and MySQL not at all: ``NotSupportedError``.

        Args:
            *columns: names of columns, ``"*"``, or expressions.
            **named: columns and expressions with a name.
        """
        items = self._items("returning", [(None, each) for each in columns], named)
        return self._grown(items, returning=(*self._spec.returning, *items))

    def _check_table(self, method: str) -> None:
        if not isinstance(self._spec.source, NamedTable):
            raise FieldError(f"{method}() is about a table, and this is a query on a query")
        if self._spec.kind != SELECT and (method != "update" or self._spec.kind != UPDATE):
            raise FieldError(f"{method}() cannot follow {self._spec.kind}()")
