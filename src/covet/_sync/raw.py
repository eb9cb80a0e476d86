# generated from src/covet/_async/raw.py by scripts/generate_sync.py;
# change that file, not this one
"""What does ``Post.objects.raw("select …")`` give?"""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..drivers.streams import check_chunk_size
from ..errors import short
from ..pairs import SyncList
from ..query import prefetch as lookups_of
from ..query.spec import QuerySpec
from ..rows.raw import check_statement, check_translations, raw_plan
from ..schema.peers import FetchMode, Origin, checked_mode
from ..watch.reasons import Asked
from ..watch.switch import WATCH
from .database import database
from .loading import prefetch

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")


class RawQuerySet(SyncList[T]):
    """The rows of raw SQL as instances; nothing is sent until they are needed, and they are kept.

    Attributes:
        model: whose instances they are.
        sql: the SQL.
        params: its parameters.

    Example:
        >>> posts = Post.objects.raw("select id, title from post where views > ?", [9])
    """

    def __init__(
        self,
        model: type[Any],
        sql: str,
        params: Sequence[Any] = (),
        translations: Mapping[str, str] | None = None,
        alias: str | None = None,
        mode: FetchMode | None = None,
    ) -> None:
        check_statement(sql, params)
        self.model = model
        self.sql = sql
        self.params = tuple(params)
        self._translations = check_translations(model, translations)
        self._alias = alias
        self._mode = mode
        self._prefetches: tuple[lookups_of.Prefetch, ...] = ()
        self._rows: list[T] | None = None

    @property
    def db(self) -> str:
        """The alias of the database that is asked."""
        return self._alias or "default"

    def using(self, alias: str) -> Self:
        """The same SQL, for another database.

        Args:
            alias: the name that ``connect()`` was given.

        Example:
            >>> posts = Post.objects.raw("select * from post").using("archive")
        """
        new = self._copy()
        new._alias = alias
        return new

    def prefetch_related(self, *lookups: str | lookups_of.Prefetch | None) -> Self:
        """With the rows of relations, in one more query for each, as a queryset has it.

        Args:
            *lookups: the names of relations, or ``Prefetch`` objects; None alone takes back what
                was asked for before.

        Raises:
            UnknownField: a name that the model does not have.
            FieldError: a name of something else than a relation.

        Example:
            >>> posts = Post.objects.raw("select * from post").prefetch_related("tags")
        """
        new = self._copy()
        new._prefetches = lookups_of.together(self._prefetches, self.model._table, lookups)
        return new

    def fetch_mode(self, mode: FetchMode) -> Self:
        """How far touching something goes that the rows did not bring along.

        Args:
            mode: as for a queryset.

        Example:
            >>> posts = Post.objects.raw("select * from post").fetch_mode(FETCH_RAISE)
        """
        new = self._copy()
        new._mode = checked_mode(mode, "fetch_mode")
        return new

    def fetch(self) -> list[T]:
        """The rows, fetched once and kept.

        Returns:
            A list of instances. A column of a field's name is that field, others are attributes;
            fields without a column are not loaded, as after ``only()``.

        Raises:
            FieldError: the primary key is not among the columns, two have one name, or one holds
                what its field cannot read.
            DatabaseError: the database refused.

        Example:
            >>> posts = Post.objects.raw("select * from post").fetch()
        """
        if self._rows is None:
            rows = self._fetched()
            if self._rows is None:  # somebody may have been faster, and has these rows already
                self._rows = rows
        return self._rows

    def _fetched(self) -> list[T]:
        db = database(self.db)
        origin = Origin(db.alias, self._mode)
        asked = self._asked(origin) if WATCH.on else None
        names, rows = db.fetch_named(self.sql, self.params, asked)
        plan = raw_plan(self.model, names, self._translations, db.dialect)
        found = plan.load(rows, origin)
        if found and self._prefetches:
            prefetch(found, self._prefetches)
        return cast("list[T]", found)

    def iterator(self, chunk_size: int = 2000) -> Generator[T]:
        """The instances one by one, read so many rows at a time and not kept.

        What holds for ``QuerySet.iterator()`` holds for it too.

        Args:
            chunk_size: how many rows are read and made into instances at a time.

        Raises:
            FieldError: as for ``fetch()``, or a chunk of less than one row.
            TransactionError: the block in which the rows were asked for has ended.
            DatabaseError: the database refused, or was lost on the way.

        Example:
            >>> for post in Post.objects.raw("select * from post").iterator():
            ...     print(post.title)
        """
        check_chunk_size("iterator", chunk_size)
        db = database(self.db)
        first = origin = Origin(db.alias, self._mode)
        asked = self._asked(first) if WATCH.on else None
        stream = db.stream_rows(self.sql, self.params, chunk_size, asked)
        try:
            rows = stream.fetch()
            plan = raw_plan(self.model, stream.names, self._translations, db.dialect)
            while rows:
                found = plan.load(rows, origin)
                origin = first.again()
                if self._prefetches:
                    prefetch(found, self._prefetches)
                for row in found:
                    yield cast(T, row)
                rows = stream.fetch()
        finally:
            stream.close()

    def _asked(self, origin: Origin) -> Asked:
        """The reason of the statement, for those who watch."""
        spec = QuerySpec(self.model._table)
        return Asked(self.model, "raw", spec, None, self._prefetches, origin)

    def _copy(self) -> Self:
        new = copy.copy(self)
        new._rows = None
        return new

    def __repr__(self) -> str:
        return f"<RawQuerySet of {self.model.__name__}: {short(self.sql)}>"
