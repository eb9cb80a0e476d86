# generated from src/covet/_async/related.py by scripts/generate_sync.py;
# change that file, not this one
"""What have the managers of related rows in common, whichever side holds the key?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import FieldError
from ..expressions import Q
from ..schema.record import Record
from ..schema.ways import ToMany, tidy
from .manager import Manager
from .queryset import QuerySet
from .transaction import atomic

if TYPE_CHECKING:
    from typing import Self

M = TypeVar("M")


class RelatedManager(Manager[M]):
    """The manager of the rows that belong to one instance.

    It has the methods of the model's default manager. Everything that it creates belongs there too.
    A class that wants its type known to checkers declares it: ``posts: RelatedManager["Post"]``.
    """

    if TYPE_CHECKING:

        def __get__(  # pyright: ignore[reportIncompatibleMethodOverride]
            self, instance: object, owner: Any
        ) -> Self: ...

    _way: Any

    def __init__(self, way: ToMany, instance: Record) -> None:
        self.__dict__.update(vars(way.target_model._default_manager))  # type: ignore[attr-defined]
        self.name = way.name
        self._way = way
        self._instance = instance
        self._alias = instance._origin.alias if instance._origin else None

    def _key(self) -> Any:
        """What the rows are found by."""
        way, instance = self._way, self._instance
        if getattr(instance, way.near_name) is None:
            raise FieldError(
                f"This {type(instance).__name__} is not saved yet, so it has no {self.name}",
                fix="Save it first.",
            )
        tidy(way, instance)
        return getattr(instance, way.near_name)

    def get_queryset(self) -> QuerySet[M]:
        """The rows that belong to the instance; those that are loaded need no query."""
        way, instance = self._way, self._instance
        query = super().get_queryset().filter(Q(**{way.lookup: self._key()}))
        query._owner, query._whole = (way, instance), True
        if query._mode is None and instance._origin is not None:
            query._mode = instance._origin.own_mode
        is_known, rows = way.known(instance)
        if is_known:
            query._rows = list(rows)
        return query

    if not TYPE_CHECKING:

        def all(self) -> QuerySet[M]:
            """The rows that belong to the instance.

            Where they were prefetched, or loaded because a peer's were asked for, no query is sent.

            Example:
                >>> posts = ann.posts.all()
            """
            return self.get_queryset()

    def _changing(self) -> None:
        """What is kept of the rows will not be true any more."""
        self._way.forget(self._instance)

    def _all_of(self, model: Any) -> QuerySet[Any]:
        """All rows of a model in the instance's database, whatever its managers hide."""
        rows: QuerySet[Any] = model._plain_rows().using(self._alias or "default")
        return rows

    def _atomic(self) -> Any:
        return atomic(using=self._alias or "default")

    # --- what each kind of relation does in its own way ----------------------------------------

    def add(
        self, *objs: Any, bulk: bool = True, through_defaults: Mapping[str, Any] | None = None
    ) -> None:
        """Have objects belong to the instance; those that do already stay as they are.

        Args:
            *objs: objects of the related model; of a many-to-many relation also their keys.
            bulk: of a foreign key: False saves each object, and so may be given new ones, where one
                ``UPDATE`` does for all otherwise.
            through_defaults: of a many-to-many relation: further values for the rows of the table
                between; callables are called for each.

        Raises:
            ValidationError: an object of another model, or one that is not saved.

        Example:
            >>> post.tags.add(news, 7)
        """
        raise NotImplementedError

    def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Have objects belong to the instance no longer; the objects themselves stay.

        Args:
            *objs: as for ``add()``; of a many-to-many relation, those that do not belong to it are
                passed over.
            bulk: of a foreign key: as for ``add()``.

        Raises:
            DoesNotExist: of a foreign key: an object does not belong to the instance.
            FieldError: the foreign key cannot be null.

        Example:
            >>> post.tags.remove(news)
        """
        raise NotImplementedError

    def clear(self) -> None:
        """Have nothing belong to the instance any more; the objects themselves stay.

        Raises:
            FieldError: the foreign key cannot be null.

        Example:
            >>> post.tags.clear()
        """
        raise NotImplementedError

    def set(
        self,
        objs: Iterable[Any],
        *,
        bulk: bool = True,
        clear: bool = False,
        through_defaults: Mapping[str, Any] | None = None,
    ) -> None:
        """Have just these objects belong to the instance.

        Args:
            objs: as for ``add()``.
            bulk: as for ``add()``.
            clear: whether to take all away and add these, instead of only what differs.
            through_defaults: as for ``add()``.

        Raises:
            ValidationError: as for ``add()``.

        Example:
            >>> post.tags.set([news, sports])
        """
        raise NotImplementedError
