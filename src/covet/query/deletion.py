"""What has to happen, step by step, for rows to be deleted with all that hangs on them?

Nothing here waits. ``plan()`` is a generator: it yields questions, is sent the answers, and returns
a ``Plan`` whose steps somebody else takes. All questions come before the first step, so a key that
protects rows is noticed while nothing has been changed yet.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from ..errors import NotSupportedError, ProtectedError, RestrictedError
from ..expressions import Q
from ..schema.on_delete import CASCADE, PROTECT, RESTRICT, SET, SET_DEFAULT, is_set
from ..schema.record import Record
from ..schema.relations import ForeignKeyField
from ..schema.table import Table
from .loading import EVERYTHING
from .reach import Observed, Reach, asking, by_nobody, table_of
from .spec import Output, QuerySpec
from .untangle import Knot, Row, untangled
from .writes import Assigned, assigned, spread

Key: TypeAlias = ForeignKeyField[Any]


class Rows(NamedTuple):
    """A question: the rows of a query, as a list."""

    spec: QuerySpec


class Result(NamedTuple):
    """A question: what a function of the user's gives."""

    function: Callable[[], Any]


class Announce(NamedTuple):
    """A step: tell those who observe a model of each of its instances."""

    when: Literal["before", "after"]
    table: Table
    records: Sequence[Any]


class Update(NamedTuple):
    """A step: set a column of the rows of a query."""

    spec: QuerySpec
    written: Assigned


class Delete(NamedTuple):
    """A step: delete the rows of a query, and count them."""

    spec: QuerySpec


class Defer(NamedTuple):
    """A step: let foreign keys be checked later from here on, or again at once."""

    on: bool


Question: TypeAlias = Rows | Result
Step: TypeAlias = Announce | Update | Delete | Defer
Asking: TypeAlias = Generator[Question, Any, Any]


class Plan(NamedTuple):
    """What has to happen, in this order."""

    steps: tuple[Step, ...]


class Server(NamedTuple):
    """What a plan has to know of the database.

    Attributes:
        product: its name, for messages.
        most_keys: how many keys go into one statement.
        defers: whether foreign keys are checked when a statement ends, and can be checked later.
    """

    product: str
    most_keys: int
    defers: bool


def plan(
    spec: QuerySpec,
    server: Server,
    observed: Observed = by_nobody,
    record: Record | None = None,
) -> Generator[Question, Any, Plan]:
    """The plan for deleting the rows of a query.

    Args:
        spec: the query.
        server: the database.
        observed: whether instances of a model are to be announced, and therefore loaded.
        record: the instance whose row the query is, where it is one's.

    Raises:
        ProtectedError: a row that has to go is protected by one that refers to it.
        RestrictedError: a row that stays refers to one that has to go.
        NotSupportedError: rows refer to each other in a way that the database cannot take apart.
    """
    collector = Collector(Reach(spec.table, observed), server)
    yield from collector.begin(spec, record)
    yield from collector.follow()
    yield from collector.refuse_restricted()
    values = yield from collector.new_values()
    return Plan(tuple(collector.steps(values)))


class Collector:
    """Finds the rows that have to go, and says how.

    Attributes:
        rows: the rows that were looked at and have to go, by their primary key.
        records: the instances of them that are announced.
        unseen: keys of rows that were not looked at: the key along which they hang on other rows,
            and the values of it with which they have to go.
        changed: the same for rows that stay and are set to point elsewhere.
        restricted: the same for rows that may only be there if they go as well.
    """

    def __init__(self, reach: Reach, server: Server) -> None:
        self.reach = reach
        self.server = server
        self.rows: dict[Table, dict[Any, Row]] = {}
        self.records: dict[Table, list[Any]] = {}
        self.unseen: dict[Key, dict[Any, None]] = {}
        self.changed: dict[Key, dict[Any, None]] = {}
        self.restricted: dict[Key, dict[Any, None]] = {}
        self._pending: dict[Table, list[Row]] = {}

    # --- what has to go ------------------------------------------------------------------------

    def begin(self, spec: QuerySpec, record: Record | None) -> Asking:
        """Take the rows of the query itself."""
        table = spec.table.concrete
        if record is None:
            # Neither order nor related rows are needed, and DISTINCT does no harm.
            plain = spec.with_related(()).with_loading(EVERYTHING)
            plain = plain if spec.is_sliced else plain.ordered(())
            yield from self._take(table, plain)
            return
        if table in self.reach.observed:
            self.records[table] = [record]
        columns = self.reach.columns[table]
        if len(columns) == 1:  # the key, which an instance knows
            self._add(table, [(record.pk,)])
        else:
            self._add(table, (yield Rows(spec.giving(Output("list", columns)))))

    def follow(self) -> Asking:
        """Take all that hangs on what was taken: table by table, those pointed to first."""
        while self._pending:
            table = next(t for c in self.reach.circles for t in c if t in self._pending)
            rows = self._pending.pop(table)
            yield from self._refuse_protected(table, rows)
            for field in asking(table):
                source, values = table_of(field), self._pointed_to(field, rows)
                if field.on_delete == RESTRICT:
                    self.restricted.setdefault(field, {}).update(values)
                elif is_set(field.on_delete):
                    self.changed.setdefault(field, {}).update(values)
                elif field.on_delete == CASCADE and source in self.reach.leaves:
                    self.unseen.setdefault(field, {}).update(values)
                elif field.on_delete == CASCADE:
                    for spec in self._pointing(field, values):
                        yield from self._take(source, spec)
            yield from self._take_parents(table, rows)

    def _take_parents(self, table: Table, rows: list[Row]) -> Asking:
        """Take the rows in other tables that these go on from."""
        columns = self.reach.columns[table]
        for link, parent in table.parents.items():
            keys = [row[columns.index(link.attname)] for row in rows]
            above = parent.concrete
            if above not in self.reach.observed and self.reach.columns[above] == (link.key_name,):
                self._add(above, [(key,) for key in keys])
                continue
            for spec in self._among(above, link.key_name, keys):
                yield from self._take(above, spec)

    def _take(self, table: Table, spec: QuerySpec) -> Asking:
        """Note the rows of a query; those that are new are to be followed."""
        columns = self.reach.columns[table]
        if table not in self.reach.observed:
            self._add(table, (yield Rows(spec.giving(Output("list", columns)))))
            return
        records = yield Rows(spec)
        new = self._add(table, [tuple(getattr(r, name) for name in columns) for r in records])
        by_key = {record.pk: record for record in records}
        self.records.setdefault(table, []).extend(by_key[key] for key in new)

    def _add(self, table: Table, rows: Iterable[Row]) -> dict[Any, Row]:
        known = self.rows.setdefault(table, {})
        new = {row[0]: row for row in rows if row[0] not in known}
        known.update(new)
        if new:
            self._pending.setdefault(table, []).extend(new.values())
        return new

    def _pointed_to(self, field: Key, rows: list[Row]) -> dict[Any, None]:
        """The values with which a key points to some of these rows."""
        place = self.reach.columns[field.target.concrete].index(field.key_name)
        return dict.fromkeys(row[place] for row in rows if row[place] is not None)

    def _pointing(self, field: Key, values: Iterable[Any]) -> Iterator[QuerySpec]:
        """The queries for the rows whose key has one of these values."""
        return self._among(table_of(field), field.attname, values)

    def _among(self, table: Table, name: str, values: Iterable[Any]) -> Iterator[QuerySpec]:
        """The queries for the rows with one of these values, as many as the server needs."""
        found, most = list(values), self.server.most_keys
        for start in range(0, len(found), most):
            yield QuerySpec(table).where(Q(**{f"{name}__in": found[start : start + most]}))

    # --- what is in the way --------------------------------------------------------------------

    def _refuse_protected(self, table: Table, rows: list[Row]) -> Asking:
        found: dict[Key, list[Any]] = {}
        for field in asking(table):
            if field.on_delete == PROTECT:
                for spec in self._pointing(field, self._pointed_to(field, rows)):
                    found.setdefault(field, []).extend((yield Rows(spec)))
        objects = {record for records in found.values() for record in records}
        if objects:
            raise ProtectedError(
                f"{table.model_name} cannot be deleted, as rows that protect it refer to it: "
                f"{_counted({field: len(records) for field, records in found.items()})}",
                objects,
                fix="Delete those first, or point them elsewhere; protected_objects has them.",
            )

    def refuse_restricted(self) -> Asking:
        """Refuse to go on if rows that stay refer to some that have to go, where they restrict it.

        Raises:
            RestrictedError: it has these rows as instances.
        """
        left: dict[Key, list[Any]] = {}
        for field, values in self.restricted.items():
            source = table_of(field)
            ways = [key for key in self.unseen if key.source is source]
            columns = (source.pk.attname, *(key.attname for key in ways))
            known = self.rows.get(source, {})
            for spec in self._pointing(field, values):
                for key, *held in (yield Rows(spec.giving(Output("list", columns)))):
                    goes = any(v in self.unseen[way] for v, way in zip(held, ways, strict=True))
                    if key not in known and not goes:
                        left.setdefault(field, []).append(key)
        if not left:
            return
        objects: set[Any] = set()
        for field, keys in left.items():
            for spec in self._among(table_of(field), "pk", keys):
                objects.update((yield Rows(spec)))
        names = ", ".join(dict.fromkeys(field.target.model_name for field in left))
        raise RestrictedError(
            f"{names} cannot be deleted, as rows that are not deleted with it refer to it: "
            f"{_counted({field: len(keys) for field, keys in left.items()})}",
            objects,
            fix="Delete those first, or point them elsewhere; restricted_objects has them.",
        )

    # --- what is done --------------------------------------------------------------------------

    def new_values(self) -> Asking:
        """What the rows that stay are set to.

        Functions are called now, each once, if there is a row to be set: they may make new rows.
        """
        values: dict[Key, Any] = {}
        for field, pointing in self.changed.items():
            if not pointing:
                continue
            if isinstance(field.on_delete, SET):
                value = field.on_delete.value
                if not callable(value):
                    values[field] = value
                elif (yield from self._any(field, pointing)):
                    values[field] = yield Result(value)
            else:
                values[field] = _default(field) if field.on_delete == SET_DEFAULT else None
        return values

    def _any(self, field: Key, values: Iterable[Any]) -> Asking:
        """Whether there is a row whose key has one of these values."""
        for spec in self._pointing(field, values):
            if (yield Rows(spec.giving(Output("list", (field.attname,))).sliced(0, 1))):
                return True
        return False

    def steps(self, values: dict[Key, Any]) -> Iterator[Step]:
        """All that is done, in its order.

        Raises:
            NotSupportedError: rows refer to each other and none of them can go first.
        """
        for table, records in self.records.items():
            yield Announce("before", self.reach.shown(table), records)
        for field, pointing in self.unseen.items():
            yield from map(Delete, self._pointing(field, pointing))
        for field, value in values.items():
            written = assigned(spread(field, value))
            for spec in self._pointing(field, self.changed[field]):
                yield Update(spec, written)
        for circle in reversed(self.reach.circles):
            yield from self._circle(circle)
            for table in circle:
                if table in self.records:
                    yield Announce("after", self.reach.shown(table), self.records[table])

    def _circle(self, circle: tuple[Table, ...]) -> Iterator[Step]:
        """The rows of tables that may point to each other."""
        plain = [
            Delete(spec)
            for table in circle
            for spec in self._among(table, "pk", self.rows.get(table, ()))
        ]
        if not self.reach.is_circular(circle) or (len(plain) <= 1 and self.server.defers):
            yield from plain
            return
        rows = {table: self.rows[table] for table in circle if table in self.rows}
        for move in untangled(self.reach, circle, rows):
            if isinstance(move, Knot):
                yield from self._knot(move)
            elif move.cut is None:
                yield from map(Delete, self._among(move.table, "pk", move.keys))
            else:
                null = assigned(spread(move.cut, None))
                for spec in self._among(move.table, "pk", move.keys):
                    yield Update(spec, null)

    def _knot(self, knot: Knot) -> Iterator[Step]:
        if not self.server.defers:
            names = ", ".join(f"{field.model}.{field.name}" for field in knot.fields)
            raise NotSupportedError(
                "Rows point to themselves, or to each other in a circle, by keys that cannot be "
                f"null: {names}; {self.server.product} checks keys row by row and can delete none "
                "of them first",
                fix="Let one of the keys be null, or give it on_delete=DB_CASCADE.",
            )
        yield Defer(True)
        for table, keys in knot.rows.items():
            yield from map(Delete, self._among(table, "pk", keys))
        yield Defer(False)


def _counted(found: dict[Key, int]) -> str:
    return ", ".join(f"{field.model}.{field.name} ({count})" for field, count in found.items())


def _default(field: Key) -> Any:
    """What ``SET_DEFAULT`` sets a key to: of several columns, the defaults of these."""
    if not field.parts:
        return field.get_default()
    return tuple(part.get_default() for part in field.parts)
