"""How does a user's chain of calls narrow a query? Each call gives a new builder; none does I/O."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from ..errors import FieldError, TransactionError, keyword, short
from ..expressions import Aggregate, Expression, OrderBy, Q, Subquery, as_expression
from ..expressions.shape import INT64_MAX, Queried
from ..schema.ways import ToMany
from . import resolve
from .annotations import check, own_name, shown_names, with_names
from .bringing import Bringing
from .outputs import no_term
from .spec import INSTANCES, Lock, QuerySpec

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")

Expressible: TypeAlias = Expression[Any] | Q | Queried
"""What can be given a name: an expression, a condition, or a queryset with one value."""

MOST_SHOWN = 20
"""How many rows a repr shows."""


class Builder(Bringing, Generic[T]):
    """The colour-free half of ``QuerySet``: everything that only says what is asked."""

    model: type[Any]
    _spec: QuerySpec
    _alias: str | None = None
    _rows: list[T] | None = None

    _owner: tuple[ToMany, Any] | None = None
    """The relation and the instance whose rows these are; some of them, once it is narrowed."""
    _whole: bool = False
    """Whether they are all of these rows, as its manager gives them."""

    def __init__(
        self, model: type[Any], spec: QuerySpec | None = None, alias: str | None = None
    ) -> None:
        self.model = model
        self._spec = spec or QuerySpec(model._table)
        self._alias = alias
        self._rows = None

    def _with(self, spec: QuerySpec) -> Self:
        """The same kind of query with another spec, and nothing fetched yet."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new._spec = spec
        new._rows = None
        new._whole = False
        return new

    @property
    def ordered(self) -> bool:
        """Whether the rows come in an order that was asked for, here or by ``Meta.ordering``."""
        if self._spec.ordering is not None:
            return bool(self._spec.ordering.terms)
        return bool(self._spec.table.options.ordering)

    @property
    def _is_ordered(self) -> bool:
        """Whether a slice of the rows has the same rows each time, as far as is known."""
        return self.ordered or self._spec.nothing

    # --- narrowing -----------------------------------------------------------------------------

    def all(self) -> Self:
        """The same rows, fetched anew: ``SELECT … FROM post``.

        Example:
            >>> everyone = Author.objects.all()
        """
        return self._with(self._spec)

    def none(self) -> Self:
        """No rows, and no query to find that out.

        Example:
            >>> visible = Post.objects.all() if user.is_known else Post.objects.none()
        """
        return self._with(self._spec.empty())

    def filter(self, /, *conditions: Q | Expression[Any], **lookups: Any) -> Self:
        """Only the rows for which all conditions are true.

        ``Post.objects.filter(views__gt=9, author__name="Ann")`` →
        ``… INNER JOIN author … WHERE post.views > ? AND author.name = ?``

        Args:
            *conditions: ``Q`` objects and comparisons such as ``Post.views > 9``.
            **lookups: ``field__lookup=value``, across relations with ``__``.

        Raises:
            UnknownField: a name that the model does not have.
            UnknownLookup: a lookup that the field does not have.
            FieldError: a comparison that cannot be, or a filter on a slice.
        """
        given = Q(*conditions, **lookups)
        return self._filtered("filter", given, given)

    def exclude(self, /, *conditions: Q | Expression[Any], **lookups: Any) -> Self:
        """Only the rows that ``filter()`` with the same arguments would leave out.

        That is the complement, so rows for which a condition is unknown, as with NULL, are kept:
        ``exclude(views__gt=9)`` → ``WHERE (post.views > ?) IS NOT TRUE`` if views can be NULL.

        Args:
            *conditions: as for ``filter()``.
            **lookups: as for ``filter()``; together they are one condition.

        Raises:
            FieldError: as for ``filter()``.
        """
        given = Q(*conditions, **lookups)
        return self._filtered("exclude", ~given, given)

    def _filtered(self, call: str, condition: Q, given: Q) -> Self:
        spec = self._spec
        if not condition.children:
            return self._with(spec)
        self._refuse_combined(call)
        if spec.high is not None or spec.low:
            raise sliced(call)
        key = condition.key if spec.is_plain else spec.named + condition.key
        if key not in spec.table.checked:
            resolve.check_condition(spec, condition, f"{call}({given.inside(values=False)})")
        return self._with(spec.where(condition, together=self._whole))

    def order_by(self, *terms: str | Expression[Any] | OrderBy | Q) -> Self:
        """In this order instead of the model's; without terms, in none.

        ``order_by("-views", "author__name")`` → ``ORDER BY post.views DESC, author.name ASC``.
        NULLs are the smallest values on every database; ``F("views").desc(nulls_first=True)``
        says otherwise.

        Args:
            *terms: a path, with ``-`` for descending; ``"?"`` for a random order; or a term
                such as ``F("views").desc()``.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: a term of another kind, or the ordering of a slice.
        """
        return self._ordered_by("order_by", terms)

    def _ordered_by(self, call: str, terms: tuple[Any, ...]) -> Self:
        if self._spec.is_sliced:
            raise sliced(call)
        given = tuple(
            as_expression(term).asc() if isinstance(term, Expression | Queried | Q) else term
            for term in terms
        )
        shown = ", ".join(map(short, terms))
        for term in given:
            if not isinstance(term, str | OrderBy):
                raise no_term(term, f"{call}({shown})")
        resolve.check_ordering(self._spec, given, f"{call}({shown})")
        return self._with(self._spec.ordered(given))

    def reverse(self) -> Self:
        """In the opposite order; of a query without order, by primary key downwards.

        ``order_by("-views").reverse()`` → ``ORDER BY post.views ASC``.

        Raises:
            FieldError: the query is a slice.
        """
        if self._spec.is_sliced:
            raise sliced("reverse")
        return self._with(self._spec.reversed())

    def distinct(self, *fields: str) -> Self:
        """Equal rows once: ``SELECT DISTINCT …``; or the first row of each value of some fields.

        ``order_by("author", "-views").distinct("author")`` gives each author's most viewed post:
        ``SELECT DISTINCT ON (author_id) …``, and where the database has none, by ``ROW_NUMBER()``.

        Args:
            *fields: paths, by which the rows have to be ordered first of all.

        Raises:
            UnknownField: a path that the model does not have.
            FieldError: the query is a slice; or, when fetched, its order begins with something
                else.

        Example:
            >>> authors = Author.objects.filter(posts__views__gt=9).distinct()
            >>> newest = Post.objects.order_by("author_id", "-created").distinct("author_id")
        """
        self._refuse_combined("distinct")
        if self._spec.is_sliced:
            raise sliced("distinct")
        if fields:
            resolve.check_paths(self._spec, fields, f"distinct({', '.join(map(short, fields))})")
        return self._with(self._spec.distinctly(fields))

    def annotate(self, /, *aggregates: Aggregate[Any], **expressions: Expressible) -> Self:
        """Rows with more values, calculated by the database: ``SELECT …, views * ? AS double``.

        ``annotate(double=F("views") * 2)`` gives each instance an attribute ``double``, and rows of
        ``values()`` a key. The name can be used like a field's in ``filter()``, ``order_by()``,
        ``values()`` and in ``F("double")``.

        An aggregate makes groups: of each row, what belongs to it; behind ``values("author")``,
        one of each author. A filter before it says what is counted, one behind it which groups
        are kept.

        Args:
            *aggregates: aggregates of one field, named after it: ``Count("posts")`` is
                ``posts__count``.
            **expressions: expressions, conditions and querysets by their names.

        Raises:
            UnknownField: an expression names what the model does not have.
            FieldError: a name that the model has already, or what is no expression.

        Example:
            >>> posts = Post.objects.annotate(writer=F("author__name")).order_by("writer")
            >>> authors = Author.objects.annotate(written=Count("posts")).filter(written__gt=9)
        """
        return self._annotated("annotate", aggregates, expressions, shown=True)

    def alias(self, /, *aggregates: Aggregate[Any], **expressions: Expressible) -> Self:
        """Names for expressions that rows do not get: for ``filter()``, ``order_by()`` and ``F``.

        Args:
            *aggregates: aggregates of one field, as for ``annotate()``.
            **expressions: expressions by their names.

        Raises:
            UnknownField: an expression names what the model does not have.
            FieldError: a name that the model has already, or what is no expression.

        Example:
            >>> posts = Post.objects.alias(double=F("views") * 2).filter(double__gt=9)
        """
        return self._annotated("alias", aggregates, expressions, shown=False)

    def _annotated(
        self, call: str, aggregates: Iterable[Any], expressions: dict[str, Any], shown: bool
    ) -> Self:
        self._refuse_combined(call)
        given = with_names(call, aggregates, expressions)
        check(self.model, self._spec.table, given, call)
        spec = self._spec.annotated(given, shown)
        resolve.check_annotations(spec, f"{call}({', '.join(map(keyword, given))})")
        return self._with(spec)

    def _aggregated(
        self, aggregates: Iterable[Any], expressions: dict[str, Any]
    ) -> tuple[QuerySpec, tuple[str, ...]]:
        """The spec of ``aggregate()``: what it is about, and then the aggregates."""
        given = with_names("aggregate", aggregates, expressions)
        check(self.model, self._spec.table, given, "aggregate", results=True)
        spec = self._spec.annotated(given, False)
        spec.grouped = self._spec.grouped
        asked = f"aggregate({', '.join(map(keyword, given))})"
        resolve.check_aggregates(spec, given, asked)
        return spec, tuple(given)

    def as_subquery(self) -> Subquery:
        """The query as an expression, which is its value where one row and column are wanted."""
        spec = self._spec
        return Subquery.of(spec, spec.inner_key, spec.values + spec.window_values)

    def select_for_update(
        self,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Iterable[str] = (),
        no_key: bool = False,
    ) -> Self:
        """The rows locked until the transaction ends: ``SELECT … FOR UPDATE``.

        It has to be fetched within ``atomic()``. SQLite has no locks on rows and needs none, as
        only one transaction writes at a time: there it says nothing more to the database.
        ``count()`` and ``exists()`` lock nothing.

        Args:
            nowait: a row that another transaction has locked is an ``OperationalError`` at once.
            skip_locked: such rows are left out.
            of: whose rows are locked: ``"self"``, and paths of ``select_related()``, and of rows
                that these go on from: ``"place_ptr"``; when left out, those of all tables of the
                query.
            no_key: PostgreSQL's weaker lock, which lets others insert rows that point here.

        Raises:
            FieldError: ``nowait`` with ``skip_locked``, or when fetched a path that is not
                selected.
            TransactionError: when fetched, there is no transaction.
            NotSupportedError: when fetched, the database has no such lock.

        Example:
            >>> async with atomic():
            ...     account = await Account.objects.select_for_update().get(id=1)
        """
        self._refuse_combined("select_for_update")
        if nowait and skip_locked:
            raise FieldError("select_for_update() takes nowait or skip_locked, not both")
        is_several = isinstance(of, Iterable) and not isinstance(of, str)
        named = tuple(of) if is_several else ()
        is_name = (isinstance(path, str) and path.isidentifier() for path in named)
        if not is_several or not all(is_name):
            raise FieldError(
                f"select_for_update() takes a list of names in of, not {short(of)}",
                fix='Write of=["self"].',
            )
        lock = Lock(bool(nowait), bool(skip_locked), named, bool(no_key))
        return self._with(self._spec.locking(lock))

    def using(self, alias: str) -> Self:
        """The same query, of another database.

        Args:
            alias: the name that ``connect()`` was given.

        Raises:
            FieldError: something else than a name.

        Example:
            >>> old = Post.objects.using("archive").filter(views=0)
        """
        if alias is not None and not isinstance(alias, str):
            raise FieldError(f"using() takes the alias of a database, not {short(alias)}")
        new = self._with(self._spec)
        new._alias = alias
        return new

    def _giving(self, call: str, kind: str, fields: tuple[Any, ...]) -> Self:
        """Rows that are no instances; all columns where nothing is named.

        Expressions get names of their own.
        """
        named: dict[str, Any] = {}
        paths: list[str] = []
        for field in fields:
            if isinstance(field, Expression | Q | Queried):
                expression = as_expression(field)
                paths.append(own_name(expression, {*named, *shown_names(self._spec.annotations)}))
                named[paths[-1]] = expression
            elif isinstance(field, str):
                paths.append(field)
            else:
                raise FieldError(f"{call}() takes names of fields, not {short(field)}")
        query = self._annotated(call, (), named, shown=True) if named else self
        return query._with(query._output(call, kind, tuple(paths)))

    def _output(self, call: str, kind: str, paths: tuple[str, ...]) -> QuerySpec:
        """The spec for rows that are no instances."""
        spec, asked = self._spec, f"{call}({', '.join(map(short, paths))})"
        if spec.combined is not None:
            spec = self._each_giving(kind, paths)
            resolve.check_combined(spec, asked)
            return spec
        resolve.check_outputs(spec, paths, asked)
        return spec.giving_all(kind, paths)

    def _sliced(self, bounds: slice) -> Self:
        """A part of the rows by position: ``LIMIT … OFFSET …``, or of the rows that are loaded.

        Raises:
            FieldError: a step, or a bound that is negative or no integer.
        """
        for bound in (bounds.start, bounds.stop):
            if bound is not None and (type(bound) is not int or not 0 <= bound <= INT64_MAX):
                raise FieldError(
                    f"A query cannot be sliced at {short(bound)}",
                    fix="Use whole numbers from 0 up; turn it round with reverse().",
                )
        if bounds.step is not None:
            raise FieldError("A query cannot be sliced in steps", fix="Slice the fetched list.")
        part = self._with(self._spec.sliced(bounds.start or 0, bounds.stop))
        part._rows = None if self._rows is None else self._rows[bounds]
        return part

    # --- what terminals share ------------------------------------------------------------------

    def _one_more(self, condition: Q) -> Self:
        """The query of ``get()``: narrowed, unless there is nothing to narrow by."""
        return self._filtered("get", condition, condition) if condition.children else self

    def _by_key_unless_ordered(self) -> Self:
        """What ``first()`` asks: in some order that is the same each time."""
        combined = self._spec.combined
        if combined is not None and self._spec.output != INSTANCES:
            return self  # it need not give a key
        return self if self.ordered or self._spec.is_sliced else self.order_by("pk")

    def _latest_last(self, call: str, fields: tuple[Any, ...]) -> Self:
        """What ``latest()`` and ``earliest()`` look for their row in."""
        terms = fields or self._spec.table.options.get_latest_by
        if not terms:
            name = self.model.__name__
            raise FieldError(
                f"{call}() was given no fields, and {name}.Meta has no get_latest_by",
                fix=f'Write {call}("…"), or get_latest_by = "…" in the Meta of {name}.',
            )
        return self._ordered_by(call, terms)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._with(self._spec)

    def __repr__(self) -> str:
        name = f"<{type(self).__name__} of {self.model.__name__}"
        if self._rows is None:
            return f"{name}, not fetched>"
        more = f"… {len(self._rows) - MOST_SHOWN} more"
        return f"{name}: [{self._shown(self._rows, more)}]>"

    @staticmethod
    def _shown(rows: list[Any], more: str) -> str:
        """The first rows, and that there are more."""
        rest = [more] if len(rows) > MOST_SHOWN else []
        return ", ".join([*map(repr, rows[:MOST_SHOWN]), *rest])


def unlocked(alias: str) -> TransactionError:
    """The error for locking rows where no transaction is there to hold the locks."""
    return TransactionError(
        "select_for_update cannot be used outside of a transaction",
        fix="Fetch it within atomic()."
        if alias == "default"
        else f"Fetch it within atomic(using={alias!r}).",
    )


def sliced(call: str) -> FieldError:
    """The error for a call that would change what a slice was taken of."""
    return FieldError(
        f"{call}() cannot change a query once a slice of it was taken",
        fix=f"Call {call}() before slicing.",
    )
