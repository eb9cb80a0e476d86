# generated from src/covet/_async/questions.py by scripts/generate_sync.py;
# change that file, not this one
"""What may a query be asked besides its rows? Its latest one, a page, how it would be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..expressions import Expression, OrderBy
from ..query.builder import sliced
from ..query.cursors import Secret
from ..query.keyset import Asked, Walk
from ..query.spec import QuerySpec
from ..rows import pages, plans
from ..rows.cardinality import the_first
from ..schema.peers import Origin
from ..sql import explaining
from ..watch import reasons
from ..watch.switch import WATCH
from .database import Database
from .raw import RawQuerySet
from .writing import Writing

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")


class Questions(Writing[T]):
    """The questions that a queryset answers besides giving its rows."""

    if TYPE_CHECKING:

        def _fetched(self, spec: QuerySpec, call: str = ...) -> list[Any]: ...
        def _complete(self, found: list[Any]) -> None: ...
        def _asked(
            self, call: str, spec: QuerySpec, origin: Origin | None = None
        ) -> reasons.Asked: ...
        @staticmethod
        def _check_transaction(db: Database) -> None: ...

    def latest(self, *fields: str | Expression[Any] | OrderBy) -> T:
        """The row that comes last in the order of some fields: ``… ORDER BY created DESC LIMIT 1``.

        Args:
            *fields: what ``order_by()`` takes, instead of the query's own order; those of
                ``Meta.get_latest_by`` when left out.

        Raises:
            DoesNotExist: there are no rows.
            UnknownField: a path that the model does not have.
            FieldError: no fields here and none in the Meta, or the query is a slice.

        Example:
            >>> newest = Post.objects.latest("created")
        """
        query = self._latest_last("latest", fields).reverse()
        return query._outermost("latest", fields)

    def earliest(self, *fields: str | Expression[Any] | OrderBy) -> T:
        """The row that comes first in the order of some fields: ``… ORDER BY created LIMIT 1``.

        Args:
            *fields: as for ``latest()``.

        Raises:
            DoesNotExist: there are no rows.
            UnknownField: a path that the model does not have.
            FieldError: no fields here and none in the Meta, or the query is a slice.

        Example:
            >>> oldest = Post.objects.earliest("created")
        """
        return self._latest_last("earliest", fields)._outermost("earliest", fields)

    def _outermost(self, call: str, fields: tuple[Any, ...]) -> T:
        rows = self._fetched(self._spec.sliced(0, 1), call)
        return cast(T, the_first(rows, self.model, call, fields))

    def raw(
        self, sql: str, params: Sequence[Any] = (), translations: Mapping[str, str] | None = None
    ) -> RawQuerySet[T]:
        """The rows of raw SQL as instances of the model, whatever this query says besides.

        Args:
            sql: with the database's own placeholders: ``?`` on SQLite, ``%s`` on PostgreSQL and
                MariaDB, where a percent sign is written ``%%``.
            params: their values, in this order.
            translations: columns of other names, and the fields that they are.

        Returns:
            The rows, lazily: each column of a field's name is that field, and others are
            attributes. What has no column is not loaded, as after ``only()``.

        Raises:
            FieldError: what is no SQL or no list; when fetched, no primary key among the columns.
            UnknownField: a translation to what the model does not have.

        Example:
            >>> posts = Post.objects.raw("select id, title from post where views > ?", [9])
        """
        return RawQuerySet(self.model, sql, params, translations, self._alias, self._mode)

    # --- pages ---------------------------------------------------------------------------------

    def after(self, cursor: str, *, secret: Secret | None = None) -> Self:
        """The rows behind a cursor, in the query's order: ``… WHERE views < ? OR (…)``.

        Args:
            cursor: of a page of a query on the same model in the same order.
            secret: what it was signed with, if not what ``set_cursor_secret()`` says.

        Raises:
            InvalidCursor: it was changed, or is of another query.
            FieldError: the query is a slice, or its order is random or over several rows.
            ConfigurationError: no secret is set.

        Example:
            >>> more = Post.objects.order_by("-views").after(page.end_cursor)[:100]
        """
        return self._beyond("after", cursor, secret)

    def before(self, cursor: str, *, secret: Secret | None = None) -> Self:
        """The rows before a cursor, in the query's order.

        Args:
            cursor: as for ``after()``.
            secret: as for ``after()``.

        Raises:
            InvalidCursor: it was changed, or is of another query.
            FieldError: the query is a slice, or its order is random or over several rows.
            ConfigurationError: no secret is set.

        Example:
            >>> newer = Post.objects.order_by("-created").before(page.start_cursor)
        """
        return self._beyond("before", cursor, secret)

    def _beyond(self, call: str, cursor: str, secret: Secret | None) -> Self:
        if self._spec.is_sliced:
            raise sliced(call)
        walk = Walk.of(self._spec, secret, f"{call}(…)")
        condition = walk.beyond(walk.position(cursor), call == "after")
        query = self._filtered(call, condition, condition)
        return query._with(walk.ordered(query._spec, forward=True))

    def page(
        self,
        size: int,
        *,
        after: str | None = None,
        before: str | None = None,
        secret: Secret | None = None,
    ) -> pages.CursorPage[T]:
        """Some rows, and the cursors to go on from them: ``… WHERE … ORDER BY … LIMIT size + 1``.

        However far the page is from the first one, the database reads no more rows than it gives
        if there is an index on the order; and no row is shown twice or left out because others are
        inserted or deleted meanwhile. Rows are told apart by the primary key where the order does
        not; a query without order goes by that key.

        Args:
            size: the most rows of the page.
            after: the cursor that the page begins behind.
            before: the cursor that the page ends before.
            secret: what cursors are signed with, if not what ``set_cursor_secret()`` says.

        Raises:
            InvalidCursor: the cursor was changed, or is of another query.
            FieldError: the size is none, both cursors were given, the query is a slice, or its
                order is random or over several rows.
            ConfigurationError: no secret is set.

        Example:
            >>> page = Post.objects.order_by("-created").page(20, after=cursor)
            >>> page.rows, page.has_next, page.next_cursor
        """
        if self._spec.is_sliced:
            raise sliced("page")
        asked = Asked.of(self._spec, size, after, before, secret)
        query = self._filtered("page", asked.condition, asked.condition)
        spec = asked.limited(query._spec)
        if spec.nothing:
            return pages.empty(asked)
        db = self._database()
        if spec.lock is not None:
            self._check_transaction(db)
        plan = pages.page_plan(self.model, spec, db.dialect)
        origin = Origin(db.alias, self._mode)
        why = self._asked("page", spec, origin) if WATCH.on else None
        raw = db.answer(plan.bind(spec.values + spec.window_values), why)
        found = plan.load(asked.kept(raw), origin)
        self._complete(found)
        return pages.made(asked, plan, raw, found)

    def explain(
        self, /, format: str | None = None, *, analyze: bool = False, **options: bool
    ) -> str:
        """How the database would carry the query out: ``EXPLAIN SELECT …``.

        Args:
            format: ``"text"``, the default; ``"json"`` on PostgreSQL and MariaDB; ``"xml"`` and
                ``"yaml"`` on PostgreSQL.
            analyze: whether the query is run as well, to measure what it takes; SQLite cannot.
            **options: on PostgreSQL, True or False for ``verbose``, ``costs``, ``settings``,
                ``buffers``, ``wal``, ``timing``, ``summary`` and ``memory``.

        Returns:
            The database's own text.

        Raises:
            FieldError: a format or an option that this database does not have.
            NotSupportedError: ``analyze`` on SQLite.

        Example:
            >>> print(Post.objects.filter(views__gt=9).explain())
            SCAN post
        """
        db = self._database()
        head = explaining.head(db.dialect, format, analyze, options)
        spec = self._spec
        if spec.nothing:
            return ""
        sql, params = plans.rows_plan(self.model, spec, db.dialect).bind(
            spec.values + spec.window_values
        )
        names, rows = db.read_named(f"{head} {sql}", params)
        return db.dialect.explained(names, rows)
