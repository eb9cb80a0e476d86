"""What can a user of the query builder say?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

from ..errors import FieldError, keyword, short
from ..expressions import Q, Subquery
from ..expressions.shape import Queried
from ..query.free.names import checked_alias, checked_name
from ..query.free.spec import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    Defined,
    FreeSpec,
    Item,
    JoinedTable,
    Locking,
    NamedTable,
    Nested,
    OnConflict,
    Together,
    values_of,
)
from ..sql.dialects import Dialect, dialect_for
from . import given
from .statements import said


class Query(Queried):
    """A statement on tables without models. Each method gives a new query; this one stays.

    Columns are named as in SQL: ``"title"`` is one of the first table, ``"p.title"`` of the table
    called ``p``. Names are checked and quoted, and every value is a parameter; SQL itself stands in
    ``RawExpression`` only.

    Args:
        table: a table's name, ``"schema.table"``, or another query, whose rows are the table.
        alias: what it is called in the query; its own name when left out.

    Raises:
        FieldError: a name that no table can have; a query as a table without an alias.

    Example:
        >>> from covet.query_builder import Count, Query
        >>> query = Query("posts").select("author_id", n=Count("*")).group_by("author_id")
        >>> query.having(n__gt=3).sql("sqlite")[1]
        (3,)
    """

    __slots__ = ("_spec",)

    def __init__(self, table: str | Query, alias: str | None = None) -> None:
        source, name, values = given.source(table, alias, 0, "Query")
        self._spec = FreeSpec(source, name, values=values)

    @property
    def spec(self) -> FreeSpec:
        """What was said so far, as plain data."""
        return self._spec

    def __repr__(self) -> str:
        return f"<Query: {self._spec.kind} {self._spec.alias}>"

    def _with(self, spec: FreeSpec) -> Self:
        new = object.__new__(type(self))
        new._spec = spec
        return new

    def _grown(self, items: Iterable[Item], **changes: Any) -> Self:
        """A query with more said, whose new parts bind the values of ``items``."""
        values = [value for item in items for value in values_of(item.what)]
        return self._with(self._spec.grown(values, **changes))

    # --- what is asked -------------------------------------------------------------------------

    def select(self, *columns: Any, **named: Any) -> Self:
        """Choose what is given; further calls add to it. Without any it is ``*``.

        Args:
            *columns: names of columns, ``"*"``, ``"p.*"``, or expressions.
            **named: columns and expressions with a name: ``n=Count("*")``.

        Raises:
            FieldError: something else; a name that no column can have.

        Example:
            >>> from covet.query_builder import Count, Query
            >>> Query("posts").select("title", n=Count("*")).sql("sqlite")[0]
            'SELECT "posts"."title", COUNT(*) AS "n" FROM "posts"'
        """
        items = self._items("select", [(None, each) for each in columns], named)
        return self._grown(items, outputs=(*self._spec.outputs, *items))

    def distinct(self) -> Self:
        """Give equal rows once."""
        return self._with(replace(self._spec, distinct=True))

    def where(self, *conditions: Any, **lookups: Any) -> Self:
        """Only the rows for which all conditions are true; further calls narrow them.

        Args:
            *conditions: ``Q`` objects, comparisons such as ``F("p.views") > 3``, or expressions
                that are true or false.
            **lookups: as ``filter()`` takes them: ``views__gt=3``, ``title__icontains="bread"``.

        Raises:
            FieldError: something else.

        Example:
            >>> from covet.query_builder import Query
            >>> Query("posts").where(views__gte=3, title__startswith="A").sql("postgresql")[1]
            (3, 'A%')
        """
        return self._narrowed("where", conditions, lookups)

    def having(self, *conditions: Any, **lookups: Any) -> Self:
        """Only the groups for which all conditions are true: ``having(Count("*") > 3)``.

        Args:
            *conditions: as for ``where()``; aggregates may stand in them.
            **lookups: of what ``select()`` gives a name to, or of columns: ``n__gt=3``.
        """
        return self._narrowed("having", conditions, lookups)

    def _narrowed(self, method: str, conditions: tuple[Any, ...], lookups: dict[str, Any]) -> Self:
        condition = Q(*conditions, **lookups)
        if not condition.children:
            return self
        asked = f"{method}({condition.inside(values=False)})"
        item = Item(condition, self._spec.start, asked)
        return self._grown([item], **{method: (*getattr(self._spec, method), item)})

    def group_by(self, *terms: Any) -> Self:
        """Group the rows by columns, by what ``select()`` named, or by expressions.

        Args:
            *terms: names or expressions; names that ``select()`` gave come before columns.
        """
        items = self._items("group_by", [(None, each) for each in terms], {}, everything=False)
        return self._grown(items, groups=(*self._spec.groups, *items))

    def order_by(self, *terms: Any) -> Self:
        """Order the rows, in the place of any order before; without terms there is none.

        Args:
            *terms: names, ``"-views"`` for the largest first, ``"?"`` for a random order,
                expressions, and orderings such as ``F("born").asc(nulls_last=True)``. Names that
                ``select()`` gave come before columns. NULLs are the smallest values unless told
                otherwise.
        """
        items: list[Item] = []
        start = self._spec.start
        for term in terms:
            item = Item(given.order(term), start, f"order_by({short(term)})")
            start += len(values_of(item.what))
            items.append(item)
        return self._grown(items, order=tuple(items))

    def limit(self, count: int | None) -> Self:
        """At most so many rows; None takes the limit away."""
        return self._counted("limit", count)

    def offset(self, count: int | None) -> Self:
        """Leave out so many rows at the start; None takes that away."""
        return self._counted("offset", count)

    def _counted(self, method: str, count: int | None) -> Self:
        if count is None:
            return self._with(replace(self._spec, **{method: None}))  # type: ignore[arg-type]
        if type(count) is not int or count < 0:
            raise FieldError(f"{method}() takes a number of rows, not {short(count)}")
        return self._with(self._spec.grown([count], **{method: self._spec.start}))

    def for_update(self, *, nowait: bool = False, skip_locked: bool = False) -> Self:
        """Lock the rows until the transaction ends; SQLite locks none, and needs none.

        Args:
            nowait: a row that is locked already is an ``OperationalError``.
            skip_locked: such rows are left out.

        Raises:
            FieldError: both.
        """
        if nowait and skip_locked:
            raise FieldError("for_update() takes nowait or skip_locked, not both")
        wait = "NOWAIT" if nowait else "SKIP LOCKED" if skip_locked else ""
        return self._with(replace(self._spec, lock=Locking(wait)))

    # --- further tables ------------------------------------------------------------------------

    def join(self, table: str | Query, alias: str | None = None, *, on: Any) -> Self:
        """Rows put beside the rows of another table for which a condition is true.

        Args:
            table: a table's name or a query, as for ``Query()``.
            alias: what it is called in the query; for a query it has to be said.
            on: the condition: ``F("posts.author_id") == F("a.id")``.

        Raises:
            FieldError: names that cannot be, or no condition.

        Example:
            >>> from covet.query_builder import F, Query
            >>> query = Query("posts", "p").join("authors", "a", on=F("p.author_id") == F("a.id"))
            >>> query.select("p.title", "a.name").order_by("a.name").limit(5)
            <Query: select p>
        """
        return self._joined("join", "INNER", table, alias, on)

    def left_join(self, table: str | Query, alias: str | None = None, *, on: Any) -> Self:
        """The same, where rows without a partner stay, beside NULLs."""
        return self._joined("left_join", "LEFT", table, alias, on)

    def right_join(self, table: str | Query, alias: str | None = None, *, on: Any) -> Self:
        """The same, where rows of the other table stay if they have no partner."""
        return self._joined("right_join", "RIGHT", table, alias, on)

    def full_join(self, table: str | Query, alias: str | None = None, *, on: Any) -> Self:
        """The same, where rows of both stay; ``NotSupportedError`` on MariaDB and MySQL."""
        return self._joined("full_join", "FULL", table, alias, on)

    def cross_join(self, table: str | Query, alias: str | None = None) -> Self:
        """Every row beside every row of another table."""
        return self._joined("cross_join", "CROSS", table, alias, None)

    def _joined(
        self, method: str, kind: str, table: str | Query, alias: str | None, on: Any
    ) -> Self:
        source, name, values = given.source(table, alias, self._spec.start, method)
        asked = f"{method}({name!r}, …)"
        grown = self._with(self._spec.grown(values))
        item = None
        if kind != "CROSS":
            condition = Q(on)
            if not condition.children:
                raise FieldError(
                    f"{method}() needs a condition that says something",
                    asked=asked,
                    fix="Use cross_join() for every row beside every row.",
                )
            item = Item(condition, grown.spec.start, asked)
        joins = (*self._spec.joins, JoinedTable(kind, source, name, item))
        return grown._grown([item] if item is not None else [], joins=joins)

    def union(self, *queries: Query) -> Query:
        """The rows of several queries, equal ones once.

        The result is a query on these rows: ``order_by()``, ``limit()`` and all others go on from
        there.
        """
        return self._together("union", "UNION", queries)

    def union_all(self, *queries: Query) -> Query:
        """The rows of several queries, equal ones as often as they come."""
        return self._together("union_all", "UNION", queries, everything=True)

    def intersect(self, *queries: Query) -> Query:
        """The rows that all of several queries give."""
        return self._together("intersect", "INTERSECT", queries)

    def except_(self, *queries: Query) -> Query:
        """The rows of this query that none of the others gives."""
        return self._together("except_", "EXCEPT", queries)

    def _together(
        self, method: str, operator: str, queries: tuple[Query, ...], everything: bool = False
    ) -> Query:
        members: list[tuple[FreeSpec, int]] = []
        values: list[Any] = []
        for query in (self, *queries):
            spec = given.spec_of(query, method)
            members.append((spec, len(values)))
            values += spec.values
        source = Together(operator, everything, tuple(members))
        return self._with(FreeSpec(source, "rows", values=tuple(values)))

    def with_cte(
        self, name: str, query: Query, *, columns: Iterable[str] = (), recursive: bool = False
    ) -> Self:
        """Define a table that this query, and every query inside of it, can name.

        Args:
            name: what it is called.
            query: its rows.
            columns: what its columns are called; as in the query when left out.
            recursive: its rows are found from its own: the query is ``first.union_all(next)``,
                where ``next`` names the table.

        Raises:
            FieldError: a recursive query that is no union; names that cannot be.

        Example:
            >>> from covet.query_builder import F, Query
            >>> first = Query("parts").select("id").where(parent_id=None)
            >>> more = Query("parts", "p").join("tree", on=F("p.parent_id") == F("tree.id"))
            >>> tree = first.union_all(more.select("p.id"))
            >>> Query("tree").with_cte("tree", tree, recursive=True)
            <Query: select tree>
        """
        asked = f"with_cte({short(name)}, …)"
        checked_alias(name, "a table", asked)
        names = tuple(checked_alias(column, "a column", asked) for column in columns)
        spec = given.spec_of(query, "with_cte")
        is_union = isinstance(spec.source, Together) and not spec.given
        if recursive and not is_union:
            raise FieldError(
                "A recursive query is a union of its first rows and of those found from them",
                asked=asked,
                fix="Write with_cte(name, first.union_all(next), recursive=True).",
            )
        defined = Defined(name, names, bool(recursive), Nested(spec, self._spec.start))
        return self._with(self._spec.grown(spec.values, ctes=(*self._spec.ctes, defined)))

    # --- what is changed -----------------------------------------------------------------------

    def insert(
        self,
        rows: Mapping[str, Any] | Iterable[Mapping[str, Any]] | Query | None = None,
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
        if isinstance(rows, Query):
            return self._inserted_from(rows, tuple(columns))
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

    def _inserted_from(self, query: Query, columns: tuple[str, ...]) -> Self:
        spec = query._spec
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

    def returning(self, *columns: Any, **named: Any) -> Self:
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

    # --- as SQL --------------------------------------------------------------------------------

    def sql(self, dialect: str | Dialect = "sqlite") -> tuple[str, tuple[Any, ...]]:
        """The SQL and its parameters as the driver takes them, without any connection.

        Args:
            dialect: ``"sqlite"``, ``"postgresql"`` or ``"mysql"``, or a database's ``dialect``.

        Raises:
            ConfigurationError: there is no such dialect.
            FieldError: a name, a clause or an expression that cannot stand where it does.
            NotSupportedError: the database has no way to say it.

        Example:
            >>> from covet.query_builder import Query
            >>> Query("posts").where(id=3).sql("mysql")
            ('SELECT * FROM `posts` WHERE `posts`.`id` = %s', (3,))
        """
        chosen = dialect if isinstance(dialect, Dialect) else dialect_for(dialect)
        return said(self._spec, chosen)

    def as_subquery(self) -> Subquery:
        """The query as an expression, which is its value where one row and column are wanted."""
        return Subquery.of(self._spec, self._spec.key, self._spec.values)

    # --- helpers -------------------------------------------------------------------------------

    def _items(
        self,
        method: str,
        columns: Iterable[tuple[None, Any]],
        named: Mapping[str, Any],
        everything: bool = True,
    ) -> tuple[Item, ...]:
        """Columns and expressions as parts of a clause."""
        items: list[Item] = []
        start = self._spec.start
        for name, column in (*columns, *named.items()):
            asked = f"{method}({short(column) if name is None else keyword(name)})"
            if name is not None:
                checked_alias(name, "a column", asked)
            is_everything = everything and name is None and given.is_everything(column, asked)
            what = column if is_everything else given.expression(column, asked)
            item = Item(what, start, asked, name)
            start += len(values_of(item.what))
            items.append(item)
        return tuple(items)
