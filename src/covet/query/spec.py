"""What does a query ask, in its user's names? The shape of it apart from its values.

A spec is never changed: each verb gives a narrower one. While it is chained its ``key`` grows,
which is the same for two queries that differ only in their values; what is worked out for a key
is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..expressions import Expression, OrderBy, Q
from ..expressions.ctes import OwnTable, With
from ..expressions.filtered import FilteredRelation
from ..schema.table import Table
from .annotations import Annotation, made, shown_names
from .combined import Combined, not_on_combined
from .ctes import Definition, Joined
from .loading import EVERYTHING, Loading, Mask


class Clause(NamedTuple):
    """One ``filter()``.

    Attributes:
        condition: what it says.
        start: where its values begin among the query's.
        group: which clauses ask about the same related rows.
        annotated: how many annotations there were to name.
    """

    condition: Q
    start: int
    group: int
    annotated: int


class Ordering(NamedTuple):
    """One ``order_by()``: paths such as ``-views``, or terms; and where its values begin."""

    terms: tuple[str | OrderBy, ...]
    start: int


class Output(NamedTuple):
    """What rows become: ``kind`` is instances, values, list, flat or named; of these paths."""

    kind: str
    paths: tuple[str, ...]


INSTANCES = Output("instances", ())
ROWS = ("*",)
"""Each row of the table is a group of its own."""


class Keyed(NamedTuple):
    """Rows of many owners at once: the path to the owner's key, and the clause that asks for it."""

    path: str
    clause: int


class Lock(NamedTuple):
    """One ``select_for_update()``: its arguments."""

    nowait: bool
    skip_locked: bool
    of: tuple[str, ...]
    no_key: bool


class QuerySpec:
    """The whole question.

    Attributes:
        table: the table that is asked.
        key: the shape of everything below, without the slice.
        values: the values, in the order in which they were given.
        clauses: the filters; a row has to pass each.
        ordering: None for the model's own ordering.
        backwards: whether the ordering is turned round.
        distinct: whether equal rows count once.
        distinct_on: paths; of the rows that are equal in these, only the first counts.
        low: how many rows are left out at the start.
        high: where the slice ends, counted from the first row of all; None for no end.
        output: what the rows become.
        related: paths of the relations that are fetched with the rows; None for all that have to
            be there.
        keyed: whose rows they are, where those of many owners are asked for at once; a slice is
            one of each owner's rows then.
        loading: which columns of the rows are loaded.
        annotations: the named expressions, in the order in which they were given.
        grouped: by what the rows are grouped: paths, or ``ROWS``; None if they are not.
        lock: how the rows are locked; None if they are not.
        combined: the queries whose rows these are, put together; None if they are of a table.
        ctes: the common table expressions that it defines.
        beside: the queries that are joined as tables.
        origin: the common table expression whose rows these are; None if they are of a table.
        nothing: whether it is known to have no rows, as ``none()`` has.
    """

    __slots__ = (
        "annotations",
        "backwards",
        "beside",
        "clauses",
        "combined",
        "ctes",
        "distinct",
        "distinct_on",
        "grouped",
        "high",
        "key",
        "keyed",
        "loading",
        "lock",
        "low",
        "nothing",
        "ordering",
        "origin",
        "output",
        "related",
        "table",
        "values",
    )

    table: Table
    key: tuple[str, ...]
    values: tuple[Any, ...]
    clauses: tuple[Clause, ...]
    ordering: Ordering | None
    backwards: bool
    distinct: bool
    distinct_on: tuple[str, ...]
    low: int
    high: int | None
    output: Output
    related: tuple[str, ...] | None
    keyed: Keyed | None
    loading: Loading
    annotations: tuple[Annotation, ...]
    grouped: tuple[str, ...] | None
    lock: Lock | None
    combined: Combined | None
    ctes: tuple[Definition, ...]
    beside: tuple[Joined, ...]
    origin: With | None
    nothing: bool

    def __init__(self, table: Table) -> None:
        self.table = table
        self.key = ()
        self.values = ()
        self.clauses = ()
        self.ordering = None
        self.backwards = False
        self.distinct = False
        self.distinct_on = ()
        self.low = 0
        self.high = None
        self.output = INSTANCES
        self.related = ()
        self.keyed = None
        self.loading = EVERYTHING
        self.annotations = ()
        self.grouped = None
        self.lock = None
        self.combined = None
        self.ctes = ()
        self.beside = ()
        self.origin = None
        self.nothing = False

    @property
    def shown(self) -> str:
        """The query as messages name it."""
        return f"{self.table.model_name}.objects…"

    def copy(self) -> QuerySpec:
        """A spec to be changed before anybody else sees it; written out, as it is the hot path."""
        new = object.__new__(QuerySpec)
        new.table = self.table
        new.key = self.key
        new.values = self.values
        new.clauses = self.clauses
        new.ordering = self.ordering
        new.backwards = self.backwards
        new.distinct = self.distinct
        new.distinct_on = self.distinct_on
        new.low = self.low
        new.high = self.high
        new.output = self.output
        new.related = self.related
        new.keyed = self.keyed
        new.loading = self.loading
        new.annotations = self.annotations
        new.grouped = self.grouped
        new.lock = self.lock
        new.combined = self.combined
        new.ctes = self.ctes
        new.beside = self.beside
        new.origin = self.origin
        new.nothing = self.nothing
        return new

    def where(self, condition: Q, *, together: bool = False) -> QuerySpec:
        """Only the rows for which a condition is true.

        Args:
            condition: the condition.
            together: whether it is about the same related rows as the clause before it.

        Raises:
            NotSupportedError: the rows are those of several queries.
        """
        if self.combined is not None:
            raise not_on_combined("filter", self.combined.call)
        new = self.copy()
        group = self.clauses[-1].group if together else len(self.clauses)
        clause = Clause(condition, len(self.values), group, len(self.annotations))
        new.clauses = (*self.clauses, clause)
        new.key = (*self.key, "filter too" if together else "filter", *condition.key)
        new.values = self.values + condition.values
        return new

    def ordered(self, terms: tuple[str | OrderBy, ...]) -> QuerySpec:
        """In this order and no other."""
        new = self.copy()
        new.ordering = Ordering(terms, len(self.values))
        new.backwards = False
        key = ["order"]
        values: list[Any] = []
        for term in terms:
            if isinstance(term, str):
                key.append(term)
            else:
                key.extend(term.key)
                values.extend(term.values)
        new.key = (*self.key, *key, ";")
        new.values = (*self.values, *values)
        return new

    def reversed(self) -> QuerySpec:
        """In the opposite order."""
        new = self.copy()
        new.backwards = not self.backwards
        new.key = (*self.key, "reverse")
        return new

    def distinctly(self, paths: tuple[str, ...] = ()) -> QuerySpec:
        """Equal rows once; or of those that are equal in some paths, the first."""
        new = self.copy()
        new.distinct = not paths
        new.distinct_on = paths
        new.key = (*self.key, "distinct", *paths, ";")
        return new

    def giving(self, output: Output) -> QuerySpec:
        """Rows as something else than instances."""
        new = self.copy()
        new.output = output
        new.key = (*self.key, output.kind, *output.paths, ";")
        return new

    def with_related(self, paths: tuple[str, ...] | None) -> QuerySpec:
        """With these relations fetched in the same query, and no others."""
        new = self.copy()
        new.related = paths
        new.key = (*self.key, "related", *(("*",) if paths is None else paths), ";")
        return new

    def of_owners(self, path: str, keys: list[Any]) -> QuerySpec:
        """Only the rows of these owners, each with its owner's key beside it."""
        new = self.where(Q(**{f"{path}__in": keys}))
        new.keyed = Keyed(path, len(self.clauses))
        new.key = (*new.key, "keyed", path)
        return new

    def with_loading(self, loading: Loading) -> QuerySpec:
        """With these columns of the rows, and no others."""
        new = self.copy()
        new.loading = loading
        new.key = (*self.key, "only" if loading.only else "defer", *loading.paths, ";")
        return new

    def annotated(self, given: dict[str, Expression[Any]], shown: bool) -> QuerySpec:
        """With names for expressions; rows that are no instances get those that are shown too.

        An aggregate says what is grouped: the rows, or what ``values()`` named before it.
        """
        new = self.copy()
        for name, expression in given.items():
            start = len(new.values)
            seen = shown and not isinstance(expression, FilteredRelation)
            new.annotations += (made(new.annotations, name, expression, start, seen),)
            new.values += expression.values
            new.key += ("annotate" if shown else "alias", name, *expression.key, ";")
        added = new.annotations[len(self.annotations) :]
        if any(annotation.aggregate for annotation in added):
            new.grouped = ROWS if self.output.kind == "instances" else self.output.paths
        if shown and new.output.kind not in ("instances", "flat"):
            names = (annotation.name for annotation in added if annotation.shown)
            paths = tuple(dict.fromkeys((*new.output.paths, *names)))
            new.output = new.output._replace(paths=paths)
        return new

    def locking(self, lock: Lock) -> QuerySpec:
        """With the rows locked until the transaction ends."""
        new = self.copy()
        new.lock = lock
        flags = (name for name in ("nowait", "skip_locked", "no_key") if getattr(lock, name))
        new.key = (*self.key, "lock", *flags, "of", *lock.of, ";")
        return new

    def sliced(self, low: int, high: int | None) -> QuerySpec:
        """A slice of what is there already: counted from its first row."""
        new = self.copy()
        end = None if high is None else self.low + high
        new.low = self.low + low
        new.high = min((limit for limit in (self.high, end) if limit is not None), default=None)
        if new.high is not None and new.low >= new.high:
            new.low, new.high, new.nothing = 0, 0, True
        return new

    def few(self, most: int) -> QuerySpec:
        """Some of the rows, in no order: ``ordered(())`` and ``sliced()`` in one go."""
        new = self.copy()
        new.ordering = Ordering((), len(self.values))
        new.backwards = False
        new.key = (*self.key, "order", ";")
        new.high = most
        return new

    def of_combined(self, combined: Combined) -> QuerySpec:
        """The rows of several queries, this one first, which says what they become."""
        new = QuerySpec(self.table)
        new.combined = combined
        new.output = self.output
        new.key = combined.key
        for part in combined.parts:
            new.values += part.values + part.window_values
        new.ordering = Ordering((), len(new.values))
        return new

    def defining(self, tables: Iterable[With]) -> QuerySpec:
        """With these common table expressions."""
        new = self.copy()
        for table in tables:
            shape = table.shape
            new.ctes += (Definition(table, len(new.values)),)
            new.key += shape.key
            new.values += shape.values
        return new

    def joined_with(self, table: OwnTable, condition: Q, outer: bool) -> QuerySpec:
        """With the rows of a query beside its own."""
        new = self.copy()
        new.beside += (Joined(table, condition, outer, len(new.values)),)
        new.key += ("beside", table.name, str(outer))
        if not isinstance(table, With):
            shape = table.shape
            new.key += shape.key
            new.values += shape.values
        new.key += (*condition.key, ";")
        new.values += condition.values
        return new

    def of_cte(self, table: With) -> QuerySpec:
        """The rows of a common table expression that was made of this query."""
        new = QuerySpec(self.table)
        new.origin = table
        new.output = self.output
        new.key = ("of", table.name, *self.inner_key, ";")
        new.ordering = Ordering((), 0)
        return new

    def placed_as(self, other: QuerySpec) -> QuerySpec:
        """In the order and the slice of another one."""
        assert other.ordering is not None
        new = self.ordered(other.ordering.terms) if other.ordering.terms else self
        new = new.reversed() if other.backwards else new.copy()
        new.low, new.high = other.low, other.high
        return new

    def giving_all(self, kind: str, paths: tuple[str, ...]) -> QuerySpec:
        """Rows as values of these paths; of all columns where none is named."""
        columns = (field.attname for field in self.table.fields)
        return self.giving(Output(kind, paths or (*columns, *shown_names(self.annotations))))

    def empty(self) -> QuerySpec:
        """No rows, and no query to find that out."""
        new = self.copy()
        new.nothing = True
        return new

    def selects(self, attname: str) -> bool:
        """Whether instances come with this attribute."""
        kept = Mask.of(self.loading).kept(self.table)
        return kept.issuperset(self.table.names[attname].members)

    @property
    def is_plain(self) -> bool:
        """Whether names mean nothing but what they mean in the table."""
        return not (self.annotations or self.beside or self.origin)

    @property
    def named(self) -> tuple[str, ...]:
        """The shape of what names mean beside those of the table: annotations and own tables."""
        own = self.key if self.beside or self.origin is not None else ()
        return own + tuple(
            word
            for annotation in self.annotations
            for word in (
                "annotate" if annotation.shown else "alias",
                annotation.name,
                *annotation.expression.key,
                ";",
            )
        )

    @property
    def is_sliced(self) -> bool:
        """Whether only some of the rows are asked for, by their position."""
        return self.low > 0 or self.high is not None

    @property
    def is_changed_by_keys(self) -> bool:
        """Whether no condition says which rows an UPDATE is about, so that keys are asked for."""
        return self.is_sliced and (self.distinct or bool(self.table.parents))

    def among(self, keys: Sequence[Any]) -> QuerySpec:
        """Those of its rows that have one of these keys; of a slice, all that have."""
        new = self.copy()
        new.low, new.high = 0, None
        return new.where(Q(pk__in=list(keys)))

    @property
    def inner_key(self) -> tuple[str, ...]:
        """The shape of it inside of another query: of what table, and whether it has rows."""
        nothing = ("nothing",) if self.nothing else ()
        return (self.table.label, str(self.table.serial), *self.key, self.window, *nothing)

    @property
    def window(self) -> str:
        """The shape of the slice; its numbers are values."""
        if self.high is None:
            return "offset" if self.low else ""
        return "limit offset" if self.low else "limit"

    @property
    def window_values(self) -> tuple[int, ...]:
        """The limit and the offset, as far as the slice has them; of owners' rows, its ends."""
        start = self.low if self.keyed is None else 0
        limit = () if self.high is None else (self.high - start,)
        return (*limit, self.low) if self.low else limit
