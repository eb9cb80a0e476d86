"""How are queries put together? ``union()``, ``intersection()`` and ``difference()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import FieldError, naming, short
from ..expressions import Q
from ..expressions.ctes import OwnTable, With
from ..expressions.shape import Queried
from .combined import combined, not_on_combined
from .resolve import check_combined, checker
from .spec import INSTANCES, QuerySpec

if TYPE_CHECKING:
    from typing import Self


class Combining(Queried):
    """The part of a query's builder that puts it together with others."""

    _spec: QuerySpec
    _alias: str | None

    def _with(self, spec: QuerySpec) -> Self:
        raise NotImplementedError

    def union(self, *others: Any, all: bool = False) -> Self:
        """The rows of this query and of others, equal ones once: ``… UNION …``.

        What follows is about all of them: ``order_by()`` by what the rows have, slices,
        ``values()``, ``count()``, ``exists()``, and further combinations.

        Args:
            *others: queries with as many columns, of types that go together.
            all: keep equal rows, as many as there are: ``… UNION ALL …``.

        Raises:
            FieldError: something else than a queryset, or one with other columns.

        Example:
            >>> names = Author.objects.values_list("name").union(Reader.objects.values_list("name"))
        """
        return self._combined("union", others, all)

    def intersection(self, *others: Any) -> Self:
        """The rows that this query and all others have: ``… INTERSECT …``.

        Args:
            *others: queries with as many columns, of types that go together.

        Raises:
            FieldError: something else than a queryset, or one with other columns.
        """
        return self._combined("intersection", others, False)

    def difference(self, *others: Any) -> Self:
        """The rows of this query that none of the others has: ``… EXCEPT …``.

        Args:
            *others: queries with as many columns, of types that go together.

        Raises:
            FieldError: something else than a queryset, or one with other columns.
        """
        return self._combined("difference", others, False)

    def with_cte(self, *tables: With) -> Self:
        """With common table expressions, which it and the queries in it can use: ``WITH … AS``.

        Args:
            *tables: ``With`` objects, each before those that use it.

        Raises:
            FieldError: something else, or two of one name.

        Example:
            >>> top = totals.join(Author, id=totals.col.author).with_cte(totals)
        """
        names = [definition.table.name for definition in self._spec.ctes]
        for table in tables:
            if not isinstance(table, With):
                raise FieldError(f"with_cte() takes With objects, not {short(table)}")
            if table.name in names:
                raise FieldError(
                    f"with_cte() is given two queries called {table.name!r}",
                    fix='Give one another name: With(queryset, name="…").',
                )
            names.append(table.name)
        return self._with(self._spec.defining(tables))

    def _joined_with(self, table: OwnTable, condition: Q, outer: bool) -> Self:
        """What ``With.join()`` gives."""
        self._refuse_combined("join")
        spec = self._spec.joined_with(table, condition, bool(outer))
        asked = f"{table.name}.join({condition.inside(values=False)})"
        with naming(asked):
            checker(spec, asked)
        return self._with(spec)

    def _of_cte(self, table: With) -> Self:
        """What ``With.queryset()`` gives."""
        return self._with(self._spec.of_cte(table))

    def _combined(self, call: str, others: tuple[Any, ...], everything: bool) -> Self:
        for other in others:
            if not isinstance(other, Combining):
                raise FieldError(f"{call}() takes querysets, not {short(other)}")
            if (other._alias or "default") != (self._alias or "default"):
                raise FieldError(
                    f"{call}() of queries on {self._alias or 'default'} and "
                    f"{other._alias or 'default'}, which are two databases"
                )
        specs = [self._spec, *(other._spec for other in others)]
        found = combined(call, everything, specs)
        if found is None:
            return self._with(self._spec.empty())
        if found.combined is not None:
            check_combined(found, f"{call}(…)")
        return self._with(found)

    def _refuse_combined(self, call: str) -> None:
        """Refuse a call that would change what was put together.

        Raises:
            NotSupportedError: it would.
        """
        if self._spec.combined is not None:
            raise not_on_combined(call, self._spec.combined.call)

    def _each_giving(self, kind: str, paths: tuple[str, ...]) -> QuerySpec:
        """What was put together, of these values: each part gives them, if it gave instances."""
        spec = self._spec
        assert spec.combined is not None
        parts = [part.giving_all(kind, paths) for part in spec.combined.parts]
        if any(part.output != INSTANCES for part in spec.combined.parts):
            return spec.giving_all(kind, paths)
        new = parts[0].of_combined(spec.combined._replace(parts=tuple(parts)))
        return new.placed_as(spec)
