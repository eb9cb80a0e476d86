# generated from src/covet/_async/writing.py by scripts/generate_sync.py;
# change that file, not this one
"""What does a query change when it is told to? The writing half of a queryset; all of it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from ..errors import FieldError, IntegrityError
from ..expressions import Expression, Q
from ..pairs import SyncRows
from ..query.ast import Conflict
from ..query.builder import sliced
from ..query.spec import QuerySpec
from ..rows import arguments, bulk, changes, conflicts, parts, saving
from ..rows.locks import locking_own
from ..rows.named import Row
from ..schema.peers import Origin, Rows
from ..watch.reasons import changing
from ..watch.switch import WATCH
from . import inherited
from .database import Database
from .deletion import delete, keys_of
from .ordering import give_places
from .returning import Returning
from .transaction import atomic, whole

if TYPE_CHECKING:
    from .queryset import QuerySet

T = TypeVar("T")


class Writing(SyncRows[T]):
    """What makes, changes and deletes rows; a queryset reads them besides."""

    if TYPE_CHECKING:

        @property
        def db(self) -> str: ...
        def _database(self) -> Database: ...
        def _fetched(self, spec: QuerySpec) -> list[Any]: ...
        def get(self, /, *conditions: Q | Expression[Any], **lookups: Any) -> T: ...

    def create(self, /, **values: Any) -> T:
        """A new instance, saved.

        Args:
            **values: as for the model's constructor.

        Returns:
            The instance, with the primary key that it got.

        Raises:
            UnknownField: a name that the model does not have.
            ValidationError: a value that its field does not accept; nothing was sent.
            IntegrityError: a constraint of the database is violated.

        Example:
            >>> post = Post.objects.create(title="Hello", author=ann)
        """
        record: Any = self.model(**values)
        record.save(force_insert=True, using=self._alias)
        return cast(T, record)

    def bulk_create(
        self,
        objs: Iterable[T],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Iterable[str] | None = None,
        unique_fields: Iterable[str] | None = None,
        *,
        validate: bool = True,
    ) -> list[T]:
        """Many instances saved with as few statements as the server's limits allow, or none.

        Primary keys are set where the database returns them, which all but MySQL do. Signals
        are not sent and ``save()`` is not called. A value may be an expression without columns;
        what the database made of it is not loaded, as after ``save()``.

        Args:
            objs: unsaved instances of this model.
            batch_size: the most rows in one statement.
            ignore_conflicts: whether a row that a unique constraint refuses is passed over. The
                database does not say which were, so no primary keys are set.
            update_conflicts: whether the row that is there already is updated instead:
                ``INSERT … ON CONFLICT (slug) DO UPDATE SET title = …``. Its primary key is set.
            update_fields: names of the fields that are updated then.
            unique_fields: names of the fields by which a row is the same: the primary key, or
                those of one unique constraint. MariaDB and MySQL do without, and mean any.
            validate: False leaves choices and validators unchecked.

        Returns:
            The same instances, in a list.

        Raises:
            UnknownField: a name that the model does not have.
            FieldError: no unique constraint is over just these fields, options that do not go
                together, or an expression over columns, of which a new row has none.
            ValidationError: a value that its field does not accept; nothing was sent.
            IntegrityError: a constraint of the database is violated; nothing was saved.

        Example:
            >>> Post.objects.bulk_create([Post(title="Bread"), Post(title="Butter")])
            [<Post: Bread>, <Post: Butter>]
            >>> Tag.objects.bulk_create(
            ...     tags, update_conflicts=True, update_fields=["used"], unique_fields=["word"]
            ... )
        """
        found = conflicts.conflict(
            self.model._table,
            self._database().dialect,
            ignore=ignore_conflicts,
            update=update_conflicts,
            update_fields=update_fields,
            unique_fields=unique_fields,
        )
        records = Rows(arguments.listed("bulk_create", "instances", objs))
        bulk.check(self.model, records, batch_size, validate)
        self._insert_all(records, batch_size, found)
        return records

    def _insert_all(
        self,
        records: list[Any],
        batch_size: int | None = None,
        conflict: Conflict | None = None,
    ) -> None:
        db = self._database()
        if self.model._table.ordered_within is not None:
            give_places(self.model._plain_rows().using(db.alias), records)
        batches = bulk.batches(self.model, records, batch_size, db.dialect, conflict)
        if len(batches) > 1:
            with atomic(using=db.alias):
                for batch in batches:
                    self._insert(db, batch)
        else:
            for batch in batches:
                self._insert(db, batch)
        origin = Origin(db.alias, self._mode)
        all_saved = conflict is None or bool(conflict.updates)
        for record in records:
            if all_saved or record._is_pk_set():
                record._origin = origin
        bulk.forget_calculated(batches)
        if all_saved and isinstance(records, Rows) and len(records) > 1:
            records.belong(origin)

    def _insert(self, db: Database, batch: bulk.Batch) -> None:
        table = self.model._table.name
        asked = changing("bulk_create", self.model) if WATCH.on else None
        if batch.plan.returned:
            rows = db.write_rows(table, batch.sql, batch.params, asked)
            for record, row in zip(batch.records, rows, strict=True):
                batch.plan.take_in(record, row)
        else:
            db.write(table, batch.sql, batch.params, asked)
            for record in batch.records:
                saving.forget_defaults(record)

    def bulk_update(
        self,
        objs: Iterable[T],
        fields: Iterable[str],
        batch_size: int | None = None,
        *,
        validate: bool = True,
    ) -> int:
        """Some fields of many instances written with few statements, all of them or none.

        ``UPDATE … SET views = given.column2 FROM (VALUES …) AS given WHERE id = given.column1``.
        Signals are not sent and ``save()`` is not called, so ``auto_now`` does nothing. Of several
        instances with the same key the first counts.

        Args:
            objs: saved instances of this model; rows that the query does not have stay as they are.
            fields: names of the fields; the primary key cannot be one.
            batch_size: the most rows in one statement.
            validate: False leaves choices and validators unchecked.

        Returns:
            How many rows matched.

        Raises:
            UnknownField: a name that the model does not have.
            FieldError: no fields, a key among them, an instance without a key, or a slice.
            ValidationError: a value that its field does not accept; nothing was sent.
            IntegrityError: a constraint of the database is violated; nothing was changed.

        Example:
            >>> for post in posts:
            ...     post.views += 1
            >>> Post.objects.bulk_update(posts, ["views"])
            2
        """
        table = self.model._table
        columns = changes.columns(table, fields)
        records = changes.checked(self.model, objs, columns, batch_size, validate)
        if self._spec.is_sliced:
            raise sliced("bulk_update")
        self._changing()
        if not records or self._spec.nothing:
            return 0
        db = self._database()
        if table.parents:
            count = self._update_parts(db, records, columns, batch_size)
        else:
            made = changes.changes(self.model, self._spec, columns, records, batch_size, db.dialect)
            count = self._change(db, list(made))
        changes.forget_expressions(records, columns)
        return count

    def _change(self, db: Database, made: list[changes.Change]) -> int:
        asked = changing("bulk_update", self.model) if WATCH.on else None
        if len(made) == 1:
            return db.write(*made[0], asked).rowcount
        count = 0
        with atomic(using=db.alias):
            for change in made:
                count += db.write(*change, asked).rowcount
        return count

    def _update_parts(
        self, db: Database, records: list[Any], columns: changes.Fields, batch_size: int | None
    ) -> int:
        """Change rows of several tables, as the model inherits from others'; which, is asked."""
        table = self.model._table
        with atomic(using=db.alias):
            keys: list[Any] = []
            for spec in changes.questions(self._spec, records, db.dialect):
                keys += [key for (key,) in self._fetched(spec)]
            records = changes.present(records, keys)
            for part, own in changes.by_part(table, columns).items():
                made = changes.changes(
                    parts.model_of(part), QuerySpec(part), own, records, batch_size, db.dialect
                )
                self._change(db, list(made))
        return len(records)

    def get_or_create(
        self, /, defaults: Mapping[str, Any] | None = None, **lookups: Any
    ) -> tuple[T, bool]:
        """The one row that meets the lookups, created if there is none.

        Args:
            defaults: further values for a new row; callables are called.
            **lookups: what to look for, and the values of a new row.

        Returns:
            The instance, and whether it is new.

        Raises:
            MultipleObjectsReturned: several rows meet the lookups.
            IntegrityError: a constraint was violated, and still no row meets the lookups.

        Example:
            >>> tag, is_new = Tag.objects.get_or_create(word="bread", defaults={"used": 0})
        """
        arguments.check_defaults("get_or_create", self._spec, defaults)
        found = self._sought(lookups)
        if found is not None:
            return found, False
        values = _new_values(lookups, defaults)
        try:
            return whole(self._alias, lambda: self.create(**values)), True
        except IntegrityError:
            found = self._sought(lookups)
            if found is not None:  # somebody else was faster
                return found, False
            raise

    def update_or_create(
        self,
        /,
        defaults: Mapping[str, Any] | None = None,
        create_defaults: Mapping[str, Any] | None = None,
        **lookups: Any,
    ) -> tuple[T, bool]:
        """The one row that meets the lookups, locked and updated; created if there is none.

        Args:
            defaults: what is set; callables are called.
            create_defaults: what a new row gets instead of ``defaults``.
            **lookups: what to look for, and values of a new row.

        Returns:
            The instance, and whether it is new.

        Raises:
            MultipleObjectsReturned: several rows meet the lookups.
            ValidationError: a value that its field does not accept.

        Example:
            >>> tag, is_new = Tag.objects.update_or_create(word="bread", defaults={"used": 9})
        """
        for_new = defaults if create_defaults is None else create_defaults
        arguments.check_defaults("update_or_create", self._spec, defaults, create_defaults)
        locked = self._with(locking_own(self._spec, self._database().dialect))
        is_creating = False

        def update() -> T | None:
            found: Any = locked._sought(lookups)
            if found is not None:
                self._set(found, defaults)
            return cast("T | None", found)

        def update_or_create() -> tuple[T, bool]:
            nonlocal is_creating
            is_creating = False
            found = update()
            if found is not None:
                return found, False
            is_creating = True
            return self.create(**_new_values(lookups, for_new)), True

        try:
            return whole(self._alias, update_or_create)
        except IntegrityError:
            if not is_creating:
                raise
            # Somebody else was faster. MariaDB locks the row against whom it refuses an INSERT, and
            # shares that lock; who shares it gets no lock to change the row until all others let
            # go of theirs. So the transaction of the INSERT has to end first.
            found = whole(self._alias, update)
            if found is None:
                raise
            return found, False

    def _sought(self, lookups: Mapping[str, Any]) -> T | None:
        try:
            return self.get(**lookups)
        except self.model.DoesNotExist:
            return None

    def _set(self, found: Any, values: Mapping[str, Any] | None) -> None:
        if values:
            for name, value in _called(values).items():
                setattr(found, name, value)
            names = saving.names_to_update(self.model, values)
            found.save(using=self._alias, update_fields=names)

    def update(self, /, **values: Any) -> int:
        """All rows of the query changed in the database: ``UPDATE … SET …``.

        Of a slice, only those: ``order_by("created")[:100].update(…)``, ``… WHERE id IN (SELECT …
        ORDER BY created LIMIT 100)``.

        Args:
            **values: values, or expressions such as ``F("views") + 1``.

        Returns:
            How many rows matched.

        Raises:
            UnknownField: a name that the model does not have.
            ValidationError: a value that its field does not accept.
            FieldError: an expression does not fit its column.

        Example:
            >>> Post.objects.filter(author=ann).update(views=F("views") + 1)
            2
        """
        spec = self._spec
        written = saving.check_settable(spec.table, values, "update")
        self._changing()
        if spec.nothing:
            return 0
        db = self._database()
        if spec.is_changed_by_keys:
            saving.check_values(written, db.dialect)
            return self._update_by_keys(db, values)
        if spec.table.parents:
            groups = parts.by_table(spec.table, written)
            if len(groups) > 1 or () not in groups:
                return inherited.update(self.model, spec, groups, db)
        plan = saving.update_plan(self.model, spec, written, db.dialect)
        bound = plan.bind(spec.values + spec.window_values + written.values)
        asked = changing("update", self.model, spec) if WATCH.on else None
        return db.write(spec.table.name, *bound, asked).rowcount

    def _update_by_keys(self, db: Database, values: Mapping[str, Any]) -> int:
        """Look which rows it are, lock them where the database does, and change just these."""
        with atomic(using=db.alias):
            keys = keys_of(db, locking_own(self._spec, db.dialect))
            most, count = db.dialect.most_keys, 0
            for start in range(0, len(keys), most):
                some = self._with(self._spec.among(keys[start : start + most]))
                count += some.update(**values)
        return count

    def delete(self) -> tuple[int, dict[str, int]]:
        """All rows of the query deleted, and what hangs on them as ``on_delete`` says.

        One ``DELETE FROM … WHERE …`` if nothing does; else all of it happens, or nothing. Of a
        slice, only its rows are deleted.

        Returns:
            How many rows were deleted, and the same by model.

        Raises:
            FieldError: the query gives values.
            ProtectedError: other rows refer to them, with ``on_delete=PROTECT``.
            RestrictedError: rows that stay refer to them, with ``on_delete=RESTRICT``.
            IntegrityError: the database refuses, as a row would refer to none.

        Example:
            >>> Post.objects.filter(views=0).delete()
            (5, {'Comment': 2, 'Post': 3})
        """
        if self._spec.output.kind != "instances":
            raise FieldError(
                "delete() deletes whole rows, and this query gives values",
                fix="Call delete() without values() or values_list().",
            )
        self._changing()
        return delete(self._spec, self.db, self)

    @overload
    def returning(self) -> Returning[T]: ...
    @overload
    def returning(self, field: str, /, *fields: str) -> Returning[Row]: ...
    def returning(self, *fields: str) -> Returning[Any]:
        """The same rows, to be given by the ``update()`` or ``delete()`` that is called next.

        Args:
            *fields: names of fields of the model itself; without any, instances are given.

        Returns:
            An object with ``update()`` and ``delete()``. They give a list: of instances, without
            the fields that ``only()`` and ``defer()`` leave out; or of ``Row``, a tuple that can be
            read by the fields' names too. An ``update()`` gives new values, a ``delete()`` the old.

        Raises:
            UnknownField: a name that the model does not have.
            FieldError: a field of another model.

        Example:
            >>> rows = (
            ...     Post.objects.filter(author=ann).returning("id", "views").update(views=0)
            ... )
            >>> rows[0].id
            1
        """
        return Returning(cast("QuerySet[T]", self), fields)

    def _changing(self) -> None:
        """What is kept of the rows, here or by the instance that they belong to, is old now."""
        self._refuse_combined("update() or delete")
        if self._spec.distinct_on:
            raise FieldError(
                "update() and delete() cannot be called after distinct() with fields",
                fix="Name the rows by their keys: filter(pk__in=queryset).",
            )
        self._rows = None
        if self._owner is not None:
            way, instance = self._owner
            way.forget(instance)


def _called(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value() if callable(value) else value for name, value in values.items()}


def _new_values(lookups: Mapping[str, Any], defaults: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values of a new row: plain lookups, and the defaults over them."""
    exact = {name.removesuffix("__exact"): value for name, value in lookups.items()}
    plain = {name: value for name, value in exact.items() if "__" not in name}
    return plain | _called(defaults or {})
