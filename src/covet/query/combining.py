"""How are queries put together? ``union()``, ``intersection()`` and ``difference()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import FieldError, short
from ..expressions.shape import Queried
from .combined import combined, not_on_combined
from .resolve import check_combined
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
