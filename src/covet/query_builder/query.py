"""What can a user of the query builder say?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Self

from ..errors import FieldError, short
from ..expressions import Q, Subquery
from ..query.free.names import checked_alias
from ..query.free.spec import (
    Defined,
    FreeSpec,
    Item,
    JoinedTable,
    Locking,
    Nested,
    Together,
    values_of,
)
from ..sql.dialects import Dialect, dialect_for
from . import given
from .changing import Changing
from .statements import said


class Query(Changing):
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

    def __init__(self, table: str | Query, alias: str | None = None) -> None:
        source, name, values = given.source(table, alias, 0, "Query")
        self._spec = FreeSpec(source, name, values=values)

    # --- what is asked -------------------------------------------------------------------------

    def select(self, /, *columns: Any, **named: Any) -> Self:
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

    def where(self, /, *conditions: Any, **lookups: Any) -> Self:
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

    def having(self, /, *conditions: Any, **lookups: Any) -> Self:
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
