# generated from src/covet/_async/model.py by scripts/generate_sync.py;
# change that file, not this one
"""What can an instance do in the database? Be saved, deleted and read again."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from ..errors import DatabaseError, FieldError, ValidationError
from ..pairs import sync_deferred
from ..rows import saving, unique
from ..schema.declare import ModelMeta, meant_an_instance
from ..schema.fields import Field
from ..schema.options import Options
from ..schema.ordering import ORDER
from ..schema.peers import Origin
from ..schema.record import Record
from ..schema.registry import Registry
from ..schema.relations import ReverseRelation
from ..watch.reasons import changing
from ..watch.switch import WATCH
from . import inherited
from .database import Database, database
from .deferred import load_deferred, read_fields
from .deletion import delete
from .manager import BaseManager, DefaultManager
from .many import ManyDescriptor
from .ordering import add_order, add_steps, give_places, take_order
from .queryset import QuerySet
from .relations import OneToOneField, ReverseOneDescriptor
from .signals import complete, post_save, pre_save

registry = Registry(__name__)


class Model(Record, metaclass=ModelMeta):
    """The base of all models: subclass it and declare fields.

    Example:
        >>> class Post(Model):
        ...     title = CharField(max_length=200)
        ...     views = IntegerField(default=0)
    """

    # Without a declared type, which would be that of a model's own manager too.
    objects: ClassVar = DefaultManager()

    _registry: ClassVar[Registry] = registry
    _options: ClassVar[Options]
    _default_manager: ClassVar[Any]
    _plans: ClassVar[dict[tuple[Any, ...], Any]]

    @classmethod
    def _complete(cls) -> None:
        """Give a new model managers of its own; the first one declared is its default."""
        nearest: dict[str, Any] = {}
        for base in cls.__mro__:
            for name, thing in vars(base).items():
                nearest.setdefault(name, thing)
        for name, thing in nearest.items():
            is_class = isinstance(thing, type) and issubclass(thing, BaseManager)
            if is_class and thing.__name__ != name:
                raise meant_an_instance(cls.__name__, name, thing)
        own = {k: v for k, v in nearest.items() if isinstance(v, BaseManager)}
        declared = [name for name in own if name != "objects" or own[name] is not _OBJECTS]
        if declared and own.get("objects") is _OBJECTS:
            del own["objects"]  # a model that names its manager otherwise has no other
        for name, manager in own.items():
            setattr(cls, name, manager.bound(cls, name))
        cls._default_manager = vars(cls)[(declared or ["objects"])[0]]
        if cls._table.ordered_within is not None:
            add_steps(cls)

    @classmethod
    def _unmanaged(cls) -> None:
        """Take the inherited managers from a class that has no rows."""
        for name in dir(cls):
            manager = inspect.getattr_static(cls, name)
            if isinstance(manager, BaseManager):
                setattr(cls, name, manager.unbound())

    @classmethod
    def _link_to(cls, parent: type[Model]) -> OneToOneField[Any]:
        """The key of a model that inherits from another one's table."""
        return OneToOneField(parent, parent_link=True)

    @classmethod
    def _add_reverse(cls, relation: ReverseRelation) -> None:
        assert relation.name is not None
        way: Any = cls._table.ways[relation.name]
        setattr(cls, relation.name, ManyDescriptor(way) if way.many else ReverseOneDescriptor(way))

    @classmethod
    def _add_order(cls, relation: ReverseRelation) -> None:
        add_order(cls, relation)

    @classmethod
    def _take_order(cls, relation: ReverseRelation) -> None:
        take_order(cls, relation)

    @classmethod
    def _plain_rows(cls) -> QuerySet[Any]:
        """All rows, whatever the managers of the model hide."""
        return QuerySet(cls)

    def _load_deferred(self, field: Field[Any]) -> Any:
        return sync_deferred(self, field, load_deferred)

    def save(
        self,
        *,
        force_insert: bool = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
        validate: bool = True,
    ) -> None:
        """Write the instance: an UPDATE if it came from the database, else an INSERT.

        Fields that are not loaded are left alone, in the database as on the instance.
        An instance that was made here but has a key already is looked for first, as in Django.
        One whose key was taken away (``post.pk = None``) becomes a new row.

        Args:
            force_insert: INSERT without looking.
            force_update: UPDATE, and it is an error if there is no row.
            using: the alias of the database; that it came from when left out.
            update_fields: names of the only fields to write; an empty list writes nothing.
            validate: False leaves choices and validators unchecked. What a column cannot hold
                is refused all the same.

        Raises:
            ValidationError: a value that its field does not accept; nothing was sent.
            IntegrityError: a constraint of the database is violated.
            DatabaseError: there was no row to update.

        Example:
            >>> post.title = "Hello again"
            >>> post.save(update_fields=["title"])
        """
        if force_insert and (force_update or update_fields is not None):
            raise FieldError("save() cannot both force an INSERT and an UPDATE")
        names = None if update_fields is None else saving.update_names(self._table, update_fields)
        if names is not None and not names:
            return
        alias = using or (self._origin.alias if self._origin else "default")
        if pre_save.receivers:
            pre_save.send(type(self), instance=self, raw=False, using=alias, update_fields=names)
        if validate:
            self._validate(names)
        if using is not None and names is None:
            self._complete_for(using)
        created = self._write(database(alias), names, force_insert, force_update)
        if post_save.receivers:
            post_save.send(
                type(self),
                instance=self,
                created=created,
                raw=False,
                using=alias,
                update_fields=names,
            )

    def _write(
        self, db: Database, names: frozenset[str] | None, insert: bool, update: bool
    ) -> bool:
        """Whether a row was inserted, not updated."""
        if self._table.parents:
            return inherited.save(self, db, names, force_insert=insert, force_update=update)
        if not (insert or (self._is_new() and not update and names is None)):
            if self._update(db, names):
                return False
            if update or names is not None or self.get_deferred_fields():
                raise DatabaseError(
                    f"{saving.shown(self)} could not be updated: there is no such row"
                )
        self._insert(db)
        return True

    def _complete_for(self, alias: str) -> None:
        """Load what is deferred if this is another database, which may have none of it yet."""
        missing = saving.missing(self)
        if missing and self._origin is not None and self._origin.alias != alias:
            read_fields(self, missing)

    def _is_new(self) -> bool:
        """Whether no row can be there yet: it has no key, or one that its default just made."""
        return not self._is_pk_set() or (self._origin is None and self._table.pk.has_default)

    def _insert(self, db: Database, model: type[Model] | None = None) -> None:
        """INSERT the row; of a model with several tables, that of one of them."""
        model = model or type(self)
        if model._table.ordered_within is not None:
            setattr(self, ORDER, None)  # a copy of a row, too, goes behind its siblings
            give_places(QuerySet(model, None, db.alias), [self])
        written, filled = saving.to_insert(self, model._table)
        plan = saving.insert_plan(model, written, filled, db.dialect)
        asked = changing("create", type(self)) if WATCH.on else None
        if plan.returned:
            rows = db.write_rows(model._table.name, *plan.bind(written.values), asked)
            plan.take_in(self, rows[0])
        else:
            result = db.write(model._table.name, *plan.bind(written.values), asked)
            self._fill_in(db, model, filled, result.lastrowid)
        self._origin = Origin(db.alias)
        saving.forget_expressions(self, written)

    def _fill_in(
        self, db: Database, model: type[Model], filled: Iterable[Any], key: int | None
    ) -> None:
        """What the database filled in, where it does not return it with the INSERT."""
        chosen = []
        for field in filled:
            if field.primary_key:
                setattr(self, field.attname, key)
            else:
                chosen.append(field)
        if chosen:
            read_fields(self, chosen, db.alias, model)

    def _update(
        self, db: Database, names: Collection[str] | None, model: type[Model] | None = None
    ) -> bool:
        """Whether there was a row to update; of a model with several tables, in one of them."""
        model = model or type(self)
        written = saving.to_update(self, names, model._table)
        if not written.fields and names is not None and self._table.parents:
            return True  # all that is to be written is in another table
        spec = saving.row_of(self, model._table)
        if not written.fields:
            query: QuerySet[Any] = QuerySet(model, spec, db.alias)
            return query.exists()
        plan = saving.update_plan(model, spec, written, db.dialect, asked_of=self._table)
        asked = changing("save", type(self), spec) if WATCH.on else None
        result = db.write(model._table.name, *plan.bind(spec.values + written.values), asked)
        if result.rowcount:
            if self._origin is None or self._origin.alias != db.alias:
                self._origin = Origin(db.alias)
            saving.forget_expressions(self, written)
        return result.rowcount > 0

    def validate_unique(self, exclude: Iterable[str] = (), *, using: str | None = None) -> None:
        """Ask the database whether another row has what this one must have for itself.

        That are the primary key of a new row, fields with ``unique``, ``unique_for_date``,
        ``unique_for_month`` or ``unique_for_year``, ``unique_together`` and unique constraints: one
        query for each whose fields all have a value. ``full_clean()`` and ``save()`` do not ask.
        Somebody else may be faster still, so ``save()`` can raise ``IntegrityError`` all the same.

        Args:
            exclude: names of fields; what they take part in is not asked for.
            using: the alias of the database; that it came from when left out.

        Raises:
            ValidationError: with all messages by field, those about several fields under
                ``"__all__"``.

        Example:
            >>> post.validate_unique(exclude=["slug"])
        """
        alias = using or (self._origin.alias if self._origin else None)
        errors: dict[str, list[str]] = {}
        for check in unique.checks(self, set(exclude)):
            query: QuerySet[Any] = QuerySet(type(self), check.spec, alias)
            if query.exists():
                errors.setdefault(check.name, []).append(check.message)
        if errors:
            raise ValidationError(errors, model=type(self).__name__, code="unique")

    def delete(self, *, using: str | None = None) -> tuple[int, dict[str, int]]:
        """Delete the instance's row, and what hangs on it as ``on_delete`` says.

        The instance stays, without its primary key.

        Args:
            using: the alias of the database; that it came from when left out.

        Returns:
            How many rows were deleted, and the same by model.

        Raises:
            FieldError: it has no primary key, so it was never saved.
            ProtectedError: other rows refer to it, with ``on_delete=PROTECT``.
            RestrictedError: rows that stay refer to it, with ``on_delete=RESTRICT``.
            IntegrityError: the database refuses, as a row would refer to none.

        Example:
            >>> post.delete()
            (1, {'Post': 1})
        """
        spec = saving.row_of(self)
        alias = using or (self._origin.alias if self._origin else "default")
        counts = delete(spec, alias, self)
        self.pk = None
        self._origin = None
        return counts

    def refresh_from_db(
        self, fields: Iterable[str] | None = None, *, using: str | None = None
    ) -> None:
        """Read the instance's values again; related objects that were loaded are forgotten.

        Args:
            fields: names of the only fields to read, which may be deferred ones; when left out,
                all that are not deferred. Deferred ones are loaded for the living peers too.
            using: the alias of the database; that it came from when left out.

        Raises:
            DoesNotExist: the row is gone.
            UnknownField: a name that the model does not have.

        Example:
            >>> post.refresh_from_db(fields=["views"])
        """
        chosen = saving.to_refresh(self, fields)
        if not chosen:
            return
        if using is None and saving.are_deferred(self, chosen):
            load_deferred(self, chosen)
            return
        read_fields(self, chosen, using)
        for way in self._table.ways.values():
            if fields is None or not set(chosen).isdisjoint(getattr(way, "members", ())):
                way.forget(self)


_OBJECTS = vars(Model)["objects"]

complete(Model)
