"""What do the rows of a query bring along, and what is loaded of them?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import FieldError, short
from ..schema.peers import FetchMode, checked_mode
from . import prefetch, related
from .combining import Combining
from .loading import EVERYTHING
from .spec import INSTANCES

if TYPE_CHECKING:
    from typing import Self


class Bringing(Combining):
    """The part of a query's builder that says which objects, and how much of them, are loaded."""

    _mode: FetchMode | None = None
    _prefetches: tuple[prefetch.Prefetch, ...] = ()

    def select_related(self, *paths: str | None) -> Self:
        """With the related objects of each row, in the same query: ``… INNER JOIN author …``.

        ``select_related("author__publisher")`` fetches both. A relation that may be empty is joined
        from outside, so that no row is lost.

        Args:
            *paths: foreign keys, one-to-one relations and the way back along these, at any depth;
                none of them means all foreign keys that cannot be empty; None alone takes back
                what was asked for before.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: a path to several rows, or to no relation at all.
        """
        self._refuse_combined("select_related")
        if not paths or paths == (None,):
            return self._with(self._spec.with_related(None if not paths else ()))
        shown = f"select_related({', '.join(map(short, paths))})"
        checked = related.check(self._spec.table, paths, shown)
        before = self._spec.related or ()
        return self._with(self._spec.with_related(tuple(dict.fromkeys((*before, *checked)))))

    def prefetch_related(self, *lookups: str | prefetch.Prefetch | None) -> Self:
        """With the rows of relations of any kind, in one more query for each relation.

        ``Author.objects.prefetch_related("posts__tags")`` → three queries, however many authors.

        Args:
            *lookups: the names of relations as they are on instances, at any depth with ``__``, or
                ``Prefetch`` objects; None alone takes back what was asked for before.

        Raises:
            UnknownField: a name that the model does not have.
            FieldError: a name of something else than a relation.
        """
        new = self._with(self._spec)
        new._prefetches = prefetch.together(self._prefetches, self._spec.table, lookups)
        return new

    def fetch_mode(self, mode: FetchMode) -> Self:
        """How far touching something goes that the rows did not bring along.

        Args:
            mode: ``FETCH_PEERS``, the default: it is loaded for all living rows of this query.
                ``FETCH_ONE``: for that row alone. ``FETCH_RAISE``: ``NotLoaded`` is raised. What
                is reached from the rows inherits it.

        Example:
            >>> posts = await Post.objects.fetch_mode(FETCH_RAISE)
        """
        new = self._with(self._spec)
        new._mode = checked_mode(mode, "fetch_mode")
        return new

    def only(self, *fields: str) -> Self:
        """Instances that have only these fields, and their primary key: ``SELECT id, title …``.

        The last ``only()`` counts. ``only("title", "author__name")`` with
        ``select_related("author")`` says it for the related rows too. A field that is left out is
        not loaded: sync code loads it when it is touched, async code says ``NotLoaded`` then, and
        ``refresh_from_db(fields=["body"])`` loads it. ``save()`` leaves it alone.

        Args:
            *fields: paths of fields; none of them means all.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: a path over a relation to several rows; or rows that are no instances.

        Example:
            >>> posts = Post.objects.only("title")
        """
        paths = self._columns("only", fields)
        return self._with(self._spec.with_loading(self._spec.loading.taking(paths)))

    def defer(self, *fields: str | None) -> Self:
        """Instances without these fields, loaded later if at all: ``SELECT id, title …``.

        Calls add up, and take fields out of what ``only()`` named. See there for what it means that
        a field is not loaded.

        Args:
            *fields: paths of fields; None alone takes back every ``defer()`` and ``only()``.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: a path over a relation to several rows; or rows that are no instances.

        Example:
            >>> posts = Post.objects.defer("body")
        """
        if fields == (None,):
            self._check_instances("defer")
            return self._with(self._spec.with_loading(EVERYTHING))
        paths = self._columns("defer", fields)
        return self._with(self._spec.with_loading(self._spec.loading.leaving(paths)))

    def _columns(self, call: str, fields: tuple[Any, ...]) -> tuple[str, ...]:
        """The checked paths of ``only()`` or ``defer()``."""
        self._check_instances(call)
        shown = f"{call}({', '.join(map(short, fields))})"
        return related.check_columns(self._spec.table, fields, call, shown)

    def _check_instances(self, call: str) -> None:
        self._refuse_combined(call)
        if self._spec.output != INSTANCES:
            raise FieldError(
                f"{call}() cannot be called after values() or values_list(), whose rows have what "
                "these name",
                fix=f"Leave out {call}(), and name the fields in values() or values_list().",
            )
