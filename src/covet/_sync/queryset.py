# generated from src/covet/_async/queryset.py by scripts/generate_sync.py;
# change that file, not this one
"""What does a query give when it is run? The terminals of a queryset; all of them wait."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, overload

from ..drivers.streams import check_chunk_size
from ..errors import FieldError, short
from ..expressions import Aggregate, Expression, Q
from ..query import days
from ..query.builder import Expressible, sliced, unlocked
from ..query.spec import QuerySpec
from ..rows import arguments, plans
from ..rows.cardinality import MOST_COUNTED, check_member, exactly_one
from ..schema.peers import Origin
from ..sql.dialects import dialect_for
from ..sql.hidden import hides
from ..watch.reasons import Asked
from ..watch.switch import WATCH
from .connection import session_of
from .database import Database, database, is_connected
from .loading import check_allowed, load_many, prefetch
from .manager import complete, manager_of
from .questions import Questions

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")


class QuerySet(Questions[T]):
    """A lazy query on one model; nothing is sent until its rows are needed.

    It keeps its rows once they are fetched, and every method that can answer from them does.
    Methods that narrow it give a new one, which asks anew. Subclass it for questions of your own.

    Example:
        >>> class PostQuerySet(QuerySet):
        ...     def popular(self):
        ...         return self.filter(views__gte=100)
        >>> class Post(Model):
        ...     objects = PostQuerySet.as_manager()
    """

    if TYPE_CHECKING:
        # A class of managers that from_queryset() makes has the type of the queryset class.
        def __init__(
            self, model: type[Any] = ..., spec: QuerySpec | None = None, alias: str | None = None
        ) -> None: ...

        def get_queryset(self) -> Any: ...

    @property
    def db(self) -> str:
        """The alias of the database that is asked."""
        return self._alias or "default"

    def _database(self) -> Database:
        return database(self._alias or "default")

    # --- reading -------------------------------------------------------------------------------

    def fetch(self) -> list[T]:
        """The rows, fetched once and kept.

        Returns:
            A list, in the query's order.

        Raises:
            ValidationError: a value that its field does not accept; nothing was sent.
            DatabaseError: the database refused.

        Example:
            >>> posts = Post.objects.filter(views__gt=9).fetch()
        """
        if self._rows is None:
            rows = load_many(self) if self._whole else self._fetched(self._spec)
            if self._rows is None:  # somebody may have been faster, and has these rows already
                self._rows = rows
        return self._rows

    def _asked(self, call: str, spec: QuerySpec, origin: Origin | None = None) -> Asked:
        """The question, for those who watch what is asked."""
        return Asked(self.model, call, spec, self._owner, self._prefetches, origin)

    def _fetched(self, spec: QuerySpec, call: str = "fetch") -> list[Any]:
        """The rows of a spec: the corridor that every read goes through."""
        if spec.nothing:
            return []
        db = database(self._alias or "default")
        if spec.lock is not None:
            self._check_transaction(db)
        plan = plans.rows_plan(self.model, spec, db.dialect)
        origin = Origin(db.alias, self._mode)
        asked = self._asked(call, spec, origin) if WATCH.on else None
        rows = db.answer(plan.bind(spec.values + spec.window_values), asked)
        found = plan.load(rows, origin)
        if self._owner is not None or self._prefetches:
            self._complete(found)
        return found

    def _hides(self, spec: QuerySpec) -> bool:
        """Whether values of a spec are not to be shown."""
        plan = plans.rows_plan(self.model, spec, database(self._alias or "default").dialect)
        return hides(plan.bind(spec.values + spec.window_values)[1])

    def iterator(self, chunk_size: int = 2000) -> Generator[T]:
        """The rows one by one, read so many at a time and not kept: for any number of rows.

        The database answers with the rows of the moment when it was asked; what is changed
        meanwhile is not seen. Each chunk is a group of its own: what is touched is loaded, and what
        is to be prefetched is fetched, for the rows of a chunk.

        Outside of ``atomic()`` the rows come over a connection of their own, until the last is
        read or the loop is left. In a block they share its connection, and end with the block.

        Args:
            chunk_size: how many rows are read and made into objects at a time.

        Raises:
            FieldError: a chunk of less than one row.
            TransactionError: the block in which the rows were asked for has ended.
            DatabaseError: the database refused, or was lost on the way.

        Example:
            >>> for post in Post.objects.prefetch_related("tags").iterator(500):
            ...     print(post.title)
        """
        check_chunk_size("iterator", chunk_size)
        if self._whole and self._owner is not None and self._rows is None:
            check_allowed(self._owner[0], self._owner[1]._origin)
        spec = self._spec
        if spec.nothing:
            return
        db = database(self._alias or "default")
        if spec.lock is not None:
            self._check_transaction(db)
        plan = plans.rows_plan(self.model, spec, db.dialect)
        first = origin = Origin(db.alias, self._mode)
        asked = self._asked("iterator", spec, first) if WATCH.on else None
        stream = db.stream_rows(*plan.bind(spec.values + spec.window_values), chunk_size, asked)
        try:
            while rows := stream.fetch():
                chunk = plan.load(rows, origin)
                origin = first.again()
                self._complete(chunk)
                for row in chunk:
                    yield row
        finally:
            stream.close()

    @staticmethod
    def _check_transaction(db: Database) -> None:
        """Refuse to lock rows where nothing would hold the locks."""
        if session_of(db.alias) is None:
            raise unlocked(db.alias)

    def _complete(self, found: list[Any]) -> None:
        """Give instances what is known of them besides, and what is to be fetched for them."""
        if not found or self._spec.output.kind != "instances":
            return
        if self._owner is not None:
            way, owner = self._owner
            way.meet(owner, found)
        if self._prefetches:
            prefetch(found, self._prefetches)

    def get(self, /, *conditions: Q | Expression[Any], **lookups: Any) -> T:
        """The one row that meets the conditions.

        Args:
            *conditions: as for ``filter()``.
            **lookups: as for ``filter()``.

        Returns:
            An instance, or for ``values()`` and the like what they give for a row.

        Raises:
            DoesNotExist: no row meets them.
            MultipleObjectsReturned: several rows do.

        Example:
            >>> post = Post.objects.get(id=1)
        """
        query = self._one_more(Q(*conditions, **lookups))
        spec = query._spec
        if spec.high is None:
            spec = spec.few(spec.low + MOST_COUNTED)
        rows = query._fetched(spec, "get")
        return cast(T, exactly_one(rows, self.model, spec, lambda: query._hides(spec)))

    def first(self) -> T | None:
        """The first row, or None; by primary key if the query has no order: ``… LIMIT 1``.

        Raises:
            ValidationError: a value that its field does not accept; nothing was sent.

        Example:
            >>> newest = Post.objects.order_by("-created").first()
        """
        if self._rows is not None:
            return self._rows[0] if self._rows else None
        rows = self._fetched(self._by_key_unless_ordered()._spec.sliced(0, 1), "first")
        return rows[0] if rows else None

    def last(self) -> T | None:
        """The last row, or None; by primary key if the query has no order.

        Raises:
            FieldError: the query is a slice.

        Example:
            >>> oldest = Post.objects.order_by("-created").last()
        """
        if self._rows is not None:
            return self._rows[-1] if self._rows else None
        if self._spec.is_sliced:
            raise sliced("last")
        query = self._by_key_unless_ordered().reverse()
        rows = self._fetched(query._spec.sliced(0, 1), "last")
        return rows[0] if rows else None

    def count(self) -> int:
        """How many rows there are: ``SELECT COUNT(*) …``, unless they are loaded already.

        Raises:
            ValidationError: a value that its field does not accept; nothing was sent.

        Example:
            >>> Post.objects.filter(views__gt=9).count()
            2
        """
        if self._rows is not None:
            return len(self._rows)
        spec = self._spec
        if spec.nothing:
            return 0
        db = self._database()
        plan = plans.count_plan(self.model, spec, db.dialect)
        asked = self._asked("count", spec) if WATCH.on else None
        rows = db.answer(plan.bind(spec.values + spec.window_values), asked)
        return cast(int, rows[0][0])

    def aggregate(self, /, *aggregates: Aggregate[Any], **expressions: Any) -> dict[str, Any]:
        """What aggregates say about all rows: ``SELECT COUNT(*), AVG(views) FROM …``.

        Of a slice, of distinct rows and of groups it is about what these give.

        Args:
            *aggregates: aggregates of one field, named after it: ``Sum("views")`` is
                ``views__sum``.
            **expressions: aggregates, and what is made of them, by their names.

        Returns:
            The values by their names.

        Raises:
            FieldError: an expression that is no aggregate.

        Example:
            >>> Post.objects.aggregate(Sum("views"), most=Max("views"))
            {'views__sum': 12, 'most': 9}
        """
        spec, names = self._aggregated(aggregates, expressions)
        db = self._database()
        plan = plans.aggregate_plan(self.model, spec, names, db.dialect)
        asked = self._asked("aggregate", spec) if WATCH.on else None
        rows = db.answer(plan.bind(spec.values + spec.window_values), asked)
        found: dict[str, Any] = plan.load(rows, Origin(db.alias))[0]
        return found

    def exists(self) -> bool:
        """Whether there is any row: ``SELECT 1 … LIMIT 1``, unless they are loaded already.

        Raises:
            ValidationError: a value that its field does not accept; nothing was sent.

        Example:
            >>> Post.objects.filter(title="Hello").exists()
            True
        """
        if self._rows is not None:
            return bool(self._rows)
        spec = self._spec
        if spec.nothing:
            return False
        db = self._database()
        plan = plans.exists_plan(self.model, spec, db.dialect)
        asked = self._asked("exists", spec) if WATCH.on else None
        return bool(db.answer(plan.bind(spec.values + spec.window_values), asked))

    def contains(self, obj: Any) -> bool:
        """Whether an instance is among the rows: a query for its key, unless they are loaded.

        Args:
            obj: a saved instance of the model.

        Raises:
            FieldError: it is of another model or not saved, or the rows are no instances.

        Example:
            >>> Post.objects.filter(views__gt=9).contains(post)
            True
        """
        key = check_member(self.model, self._spec, obj)
        if self._rows is not None:
            return obj in self._rows
        if self._spec.is_sliced:
            return obj in self._fetched(self._spec)
        return self.filter(pk=key).exists()

    def in_bulk(self, keys: Iterable[Any] | None = None, *, field_name: str = "pk") -> dict[Any, T]:
        """Rows by their key.

        Args:
            keys: the keys; None for all rows of the query.
            field_name: the unique field that the keys are of.

        Returns:
            A dictionary from key to instance; keys without a row are left out.

        Raises:
            FieldError: the field is not unique, or the keys are no list.

        Example:
            >>> Post.objects.in_bulk([1, 2])
            {1: <Post: Hello>, 2: <Post: Bread>}
        """
        arguments.check_instances("in_bulk", self._spec)
        field = self._spec.table.field(field_name, f"in_bulk(field_name={short(field_name)})")
        if not (field.unique or field.primary_key):
            raise FieldError(f"in_bulk() needs a unique field, and {field_name!r} is not")
        query = self
        if keys is not None:
            wanted = list(arguments.listed("in_bulk", "keys", keys))
            query = self.filter(**{f"{field.lookup_name}__in": wanted})
        return {getattr(row, field.attname): row for row in query.fetch()}

    # --- other shapes of rows ------------------------------------------------------------------

    def values(
        self, /, *fields: str | Expression[Any], **expressions: Expressible
    ) -> QuerySet[dict[str, Any]]:
        """Rows as dictionaries: ``values("title", "author__name")``.

        Args:
            *fields: paths of fields, names of annotations, and expressions; all columns and all
                annotations when left out.
            **expressions: more of them, as for ``annotate()``.

        Returns:
            A queryset whose rows are dictionaries.

        Raises:
            UnknownField: a path that the model does not have.

        Example:
            >>> Post.objects.values("title", "author__name")
            [{'title': 'Hello', 'author__name': 'Ann'}]
        """
        query = self._annotated("values", (), expressions, shown=True) if expressions else self
        names = (*fields, *expressions) if fields or expressions else fields
        rows: Any = query._giving("values", "values", names)
        return cast("QuerySet[dict[str, Any]]", rows)

    @overload
    def values_list(self, *fields: str | Expression[Any], flat: Literal[True]) -> QuerySet[Any]: ...
    @overload
    def values_list(
        self, *fields: str | Expression[Any], flat: Literal[False] = ..., named: bool = ...
    ) -> QuerySet[tuple[Any, ...]]: ...
    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Any:
        """Rows as tuples, in the order of the fields.

        Args:
            *fields: paths of fields, names of annotations, and expressions; all columns and all
                annotations when left out.
            flat: the bare values of the only field.
            named: named tuples; an expression is called after its class, ``lower1``.

        Returns:
            A queryset whose rows are tuples, or bare values.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: ``flat`` with more or less than one field, or with ``named``.

        Example:
            >>> Post.objects.values_list("title", flat=True)
            ['Hello', 'Bread']
        """
        if flat and (named or len(fields) != 1):
            raise FieldError("values_list(flat=True) takes exactly one field, and not named=True")
        kind = "flat" if flat else "named" if named else "list"
        return self._giving("values_list", kind, fields)

    def dates(self, field: str, kind: str, order: str = "ASC") -> QuerySet[date]:
        """The dates at which the years, months … begin that there are rows in, each once.

        ``Post.objects.dates("created", "month")`` →
        ``SELECT DISTINCT … WHERE created IS NOT NULL ORDER BY …``.

        Args:
            field: the path of a date or a moment; of a moment, the date in UTC.
            kind: ``"year"``, ``"month"``, ``"week"`` or ``"day"``.
            order: ``"ASC"`` or ``"DESC"``.

        Returns:
            A queryset whose rows are dates.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: another kind or order, or a field that has no dates.

        Example:
            >>> Post.objects.dates("created", "month", order="DESC")
            [datetime.date(2026, 11, 1), datetime.date(2026, 9, 1)]
        """
        found: QuerySet[date] = days.dates(self, field, kind, order)
        return found

    def datetimes(
        self, field: str, kind: str, order: str = "ASC", tzinfo: tzinfo | None = None
    ) -> QuerySet[datetime]:
        """The moments at which the years, hours … begin that there are rows in, each once.

        Args:
            field: the path of a moment.
            kind: ``"year"``, ``"month"``, ``"week"``, ``"day"``, ``"hour"``, ``"minute"`` or
                ``"second"``.
            order: ``"ASC"`` or ``"DESC"``.
            tzinfo: the time zone of these years and hours, and of the result; UTC when left out.

        Returns:
            A queryset whose rows are moments.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: another kind or order, or a field that has no moments.

        Example:
            >>> Post.objects.datetimes("created", "day", tzinfo=ZoneInfo("Europe/Berlin"))
            [datetime.datetime(2026, 11, 20, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))]
        """
        found: QuerySet[datetime] = days.datetimes(self, field, kind, order, tzinfo)
        return found

    # --- looking -------------------------------------------------------------------------------

    def sql(self, dialect: str | None = None) -> tuple[str, tuple[Any, ...]]:
        """The SQL of the query and its parameters; no connection is needed.

        Args:
            dialect: ``"sqlite"``, ``"postgresql"`` or ``"mysql"``; that of the connected database,
                or else SQLite's, when left out.

        Returns:
            The text, and the parameters as the driver gets them.

        Raises:
            ConfigurationError: there is no such dialect.
            ValidationError: a value that its field does not accept.
        """
        spec = self._spec
        if dialect is not None:
            chosen = dialect_for(dialect)
        elif is_connected(self.db):
            chosen = self._database().dialect
        else:
            chosen = dialect_for("sqlite")
        plan = plans.rows_plan(self.model, spec, chosen)
        return plan.bind(spec.values + spec.window_values)

    @classmethod
    def as_manager(cls) -> Self:
        """A manager with the methods of this class.

        Example:
            >>> class Post(Model):
            ...     objects = PostQuerySet.as_manager()
        """
        return manager_of(cls)()


complete(QuerySet)
