"""What are ``author.posts`` and ``post.tags``? Managers of the rows that belong to one instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import FieldError, short
from ..expressions import Q
from ..pairs import async_no_block
from ..rows.conflicts import PASS_OVER
from ..rows.links import Links, several
from ..schema.record import Record
from ..schema.ways import BackToMany, ThroughTable, ToMany, tidy
from ..watch.touches import TOUCHES
from .manager import Manager
from .queryset import QuerySet
from .signals import m2m_changed
from .transaction import atomic, whole

if TYPE_CHECKING:
    from typing import Self

M = TypeVar("M")


class ManyDescriptor:
    """The attribute of a relation to many rows: on an instance, their manager."""

    def __init__(self, way: ToMany) -> None:
        self.way = way

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return manager_class(self.way)(self.way, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        """Refused: what belongs to an instance is in the database, not in an attribute."""
        way = self.way
        raise FieldError(
            f"{type(instance).__name__}.{way.name} cannot be set, "
            f"as it stands for rows of {way.target.model_name}",
            fix=f"Write {way.name}.set(…).",
        )


TOUCHES.of(ManyDescriptor)


def manager_class(way: ToMany) -> Any:
    """The class of a relation's manager: a subclass of the related model's default manager."""
    made = way.__dict__.get("manager_class")
    if made is None:
        base = type(way.target_model._default_manager)  # type: ignore[attr-defined]
        kind = ThroughManager if isinstance(way, ThroughTable) else BackManager
        made = way.__dict__["manager_class"] = type(f"Related{base.__name__}", (kind, base), {})
    return made


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
                >>> posts = await ann.posts.all()
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

    async def add(
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
            >>> await post.tags.add(news, 7)
        """
        raise NotImplementedError

    async def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Have objects belong to the instance no longer; the objects themselves stay.

        Args:
            *objs: as for ``add()``; of a many-to-many relation, those that do not belong to it are
                passed over.
            bulk: of a foreign key: as for ``add()``.

        Raises:
            DoesNotExist: of a foreign key: an object does not belong to the instance.
            FieldError: the foreign key cannot be null.

        Example:
            >>> await post.tags.remove(news)
        """
        raise NotImplementedError

    async def clear(self) -> None:
        """Have nothing belong to the instance any more; the objects themselves stay.

        Raises:
            FieldError: the foreign key cannot be null.

        Example:
            >>> await post.tags.clear()
        """
        raise NotImplementedError

    async def set(
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
            >>> await post.tags.set([news, sports])
        """
        raise NotImplementedError


class BackManager(RelatedManager[M]):
    """The manager of the rows whose foreign key points to one instance."""

    _way: BackToMany

    async def create(self, /, **values: Any) -> M:
        """A new row that points to the instance, saved.

        Args:
            **values: as for the model's constructor.
        """
        self._key()
        self._changing()
        return await super().create(**self._pointing(values))

    async def get_or_create(
        self, /, defaults: Mapping[str, Any] | None = None, **lookups: Any
    ) -> tuple[M, bool]:
        """The one row that points to the instance and meets the lookups, created if there is none.

        Args:
            defaults: as for a queryset's.
            **lookups: as for a queryset's.
        """
        self._key()
        self._changing()
        return await super().get_or_create(defaults, **self._pointing(lookups))

    async def update_or_create(
        self,
        /,
        defaults: Mapping[str, Any] | None = None,
        create_defaults: Mapping[str, Any] | None = None,
        **lookups: Any,
    ) -> tuple[M, bool]:
        """The one row that points to the instance and meets the lookups, updated or created.

        Args:
            defaults: as for a queryset's.
            create_defaults: as for a queryset's.
            **lookups: as for a queryset's.
        """
        self._key()
        self._changing()
        return await super().update_or_create(defaults, create_defaults, **self._pointing(lookups))

    async def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        """Many rows that point to the instance, saved.

        Args:
            objs: as for a queryset's.
            *args: the same.
            **options: the same.
        """
        self._key()
        self._changing()
        records = list(objs)
        for record in records:
            self._way.field.assign(record, self._instance)
        return await super().bulk_create(records, *args, **options)

    def _pointing(self, values: dict[str, Any]) -> dict[str, Any]:
        return {self._way.field.name: self._instance, **values}

    async def add(
        self, *objs: Any, bulk: bool = True, through_defaults: Mapping[str, Any] | None = None
    ) -> None:
        """Point objects to the instance: one ``UPDATE`` for all of them."""
        self._key()
        self._no_table_between(through_defaults)
        for record in objs:
            self._check(record, "add", saved=bulk)
        self._changing()
        if bulk:
            await self._point(objs, self._instance)
        else:
            async with self._atomic():
                for record in objs:
                    self._way.field.assign(record, self._instance)
                    await record.save(using=self._alias)

    async def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Point objects nowhere: one ``UPDATE`` for all of them."""
        key = self._key()
        self._check_nullable("remove")
        field = self._way.field
        for record in objs:
            self._check(record, "remove", saved=True)
            if getattr(record, field.attname) != key:
                raise self.model.DoesNotExist(f"{record!r} does not belong to {self._instance!r}")
        self._changing()
        if bulk:
            await self._point(objs, None)
        else:
            async with self._atomic():
                for record in objs:
                    field.assign(record, None)
                    await record.save(using=self._alias, update_fields=[field.name])

    async def clear(self) -> None:
        """Point all rows of the instance nowhere: one ``UPDATE``."""
        self._key()
        self._check_nullable("clear")
        self._changing()
        await self.get_queryset().update(**{self._way.field.name: None})

    async def set(
        self,
        objs: Iterable[Any],
        *,
        bulk: bool = True,
        clear: bool = False,
        through_defaults: Mapping[str, Any] | None = None,
    ) -> None:
        """Have just these objects point to the instance."""
        self._no_table_between(through_defaults)
        wanted = several(objs, f"{self._way.model}.{self.name}")
        for record in wanted:
            self._check(record, "set", saved=bulk)
        if not self._way.field.null:
            await self.add(*wanted, bulk=bulk)
            return
        self._changing()

        async def set_rows() -> None:
            there = [] if clear else await self.get_queryset().fetch()
            if clear:
                await self.clear()
            else:
                await self.remove(*[one for one in there if one not in wanted], bulk=bulk)
            await self.add(*[one for one in wanted if one not in there], bulk=bulk)

        if bulk:
            await whole(self._alias, set_rows)
        else:  # instances are saved one by one, and one that was is not new any more
            await atomic(using=self._alias)(set_rows)()

    async def _point(self, records: Iterable[Any], target: Record | None) -> None:
        field = self._way.field
        keys = [record.pk for record in records]
        if keys:
            await self._all_of(self.model).filter(pk__in=keys).update(**{field.name: target})
        for record in records:
            field.assign(record, target)

    def _check(self, record: Any, call: str, *, saved: bool) -> None:
        if not isinstance(record, self.model):
            raise FieldError(
                f"{self._way.model}.{self.name}.{call}() was given {short(record)}",
                fix=f"Give objects of {self.model.__name__}.",
            )
        if saved and (record._origin is None or not record._is_pk_set()):
            raise FieldError(
                f"{self._way.model}.{self.name}.{call}() was given {record!r}, which is not saved",
                fix=f"Save it first, or write {call}(…, bulk=False).",
            )

    def _check_nullable(self, call: str) -> None:
        field = self._way.field
        if not field.null:
            raise FieldError(
                f"{self._way.model}.{self.name}.{call}() is not possible, as "
                f"{field.model}.{field.name} cannot be null",
                fix="Delete the objects, or point them to another one.",
            )

    def _no_table_between(self, through_defaults: object) -> None:
        if through_defaults is not None:
            raise FieldError(
                f"{self._way.model}.{self.name} is the way back of a foreign key; no table between "
                "could take through_defaults"
            )


class ThroughManager(RelatedManager[M]):
    """The manager of the rows that a table between links to one instance."""

    _way: ThroughTable

    @property
    def through(self) -> Any:
        """The model of the table between."""
        return self._way.declared.through

    def _links(self) -> Links:
        return Links(self._way, self._key())

    def _between(self, links: Links, far_keys: list[Any] | None) -> QuerySet[Any]:
        return self._all_of(self.through).filter(links.among(far_keys))

    async def add(
        self, *objs: Any, bulk: bool = True, through_defaults: Mapping[str, Any] | None = None
    ) -> None:
        """Link objects to the instance: one look at what is there, one ``INSERT`` for the rest."""
        links = self._links()
        keys = links.far_keys(objs, "add")
        if not keys:
            return
        self._changing()

        async def add() -> None:
            if not links.is_unique:
                await self._lock(links, keys)
            there = await self._between(links, keys).values_list(*links.names).fetch()
            missing = links.missing(keys, there)
            await self._tell("pre_add", links.ends(missing))
            await self._link(links, missing, through_defaults)
            await self._tell("post_add", links.ends(missing))

        await whole(self._alias, add)

    async def _lock(self, links: Links, keys: list[Any]) -> None:
        """Let nobody else make these links, which the database would not refuse twice."""
        rows = self._all_of(links.way.declared.near.target_model)
        owners = rows.filter(links.owners(keys)).order_by("pk")
        await owners.select_for_update().values_list("pk").fetch()

    async def _link(
        self, links: Links, missing: list[Any], defaults: Mapping[str, Any] | None
    ) -> None:
        if missing:
            records: list[Any] = links.records(missing, defaults)
            if self.through._table.parents:  # a row in each of several tables
                for record in records:
                    await record.save(force_insert=True, using=self._alias)
                return
            await self._all_of(self.through)._insert_all(records, conflict=PASS_OVER)

    async def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Unlink objects from the instance: one ``DELETE`` on the table between."""
        links = self._links()
        keys = links.far_keys(objs, "remove")
        if not keys:
            return
        self._changing()
        async with self._together():
            await self._tell("pre_remove", set(keys))
            await self._between(links, keys).delete()
            await self._tell("post_remove", set(keys))

    async def clear(self) -> None:
        """Unlink everything from the instance: one ``DELETE`` on the table between."""
        links = self._links()
        self._changing()
        async with self._together():
            await self._tell("pre_clear", None)
            await self._between(links, None).delete()
            await self._tell("post_clear", None)

    def _together(self) -> Any:
        """A block for one statement, and for what those do who are told of it."""
        return self._atomic() if m2m_changed.receivers else async_no_block()

    async def _tell(self, action: str, keys: set[Any] | None) -> None:
        if m2m_changed.receivers:
            await m2m_changed.send(
                self.through,
                instance=self._instance,
                action=action,
                reverse=self._way.is_reverse,
                model=self._way.target_model,
                pk_set=keys,
                using=self._alias or "default",
            )

    async def set(
        self,
        objs: Iterable[Any],
        *,
        bulk: bool = True,
        clear: bool = False,
        through_defaults: Mapping[str, Any] | None = None,
    ) -> None:
        """Have just these objects linked to the instance."""
        links = self._links()
        wanted = links.far_keys(several(objs, f"{self._way.model}.{self.name}"), "set")
        self._changing()

        async def set_links() -> None:
            there = dict.fromkeys([] if clear else await self._linked(links))
            if clear:
                await self.clear()
            else:
                kept = set(wanted)
                await self.remove(*[key for key in there if key not in kept])
            missing = [key for key in wanted if key not in there]
            await self.add(*missing, through_defaults=through_defaults)

        await whole(self._alias, set_links)

    async def _linked(self, links: Links) -> list[Any]:
        """The keys of what is linked to the instance."""
        near = {self._way.near.attname: links.near_key}
        links_here = self._all_of(self.through).filter(**near)
        return await links_here.values_list(self._way.far.attname, flat=True).fetch()

    async def create(
        self, /, through_defaults: Mapping[str, Any] | None = None, **values: Any
    ) -> M:
        """A new row, saved and linked to the instance.

        Args:
            through_defaults: as for ``add()``.
            **values: as for the model's constructor.
        """
        self._key()
        async with self._atomic():
            made = await super().create(**values)
            await self.add(made, through_defaults=through_defaults)
        return made

    async def get_or_create(
        self,
        /,
        defaults: Mapping[str, Any] | None = None,
        *,
        through_defaults: Mapping[str, Any] | None = None,
        **lookups: Any,
    ) -> tuple[M, bool]:
        """The one row that is linked to the instance and meets the lookups; else a new one.

        Args:
            defaults: as for a queryset's.
            through_defaults: as for ``add()``.
            **lookups: as for a queryset's.
        """
        self._key()
        create = super().get_or_create

        async def get_or_create() -> tuple[M, bool]:
            found, is_new = await create(defaults, **lookups)
            if is_new:
                await self.add(found, through_defaults=through_defaults)
            return found, is_new

        return await whole(self._alias, get_or_create)

    async def update_or_create(
        self,
        /,
        defaults: Mapping[str, Any] | None = None,
        create_defaults: Mapping[str, Any] | None = None,
        *,
        through_defaults: Mapping[str, Any] | None = None,
        **lookups: Any,
    ) -> tuple[M, bool]:
        """The one row linked to the instance that meets the lookups, updated; else a new one.

        Args:
            defaults: as for a queryset's.
            create_defaults: as for a queryset's.
            through_defaults: as for ``add()``.
            **lookups: as for a queryset's.
        """
        self._key()
        create = super().update_or_create

        async def update_or_create() -> tuple[M, bool]:
            found, is_new = await create(defaults, create_defaults, **lookups)
            if is_new:
                await self.add(found, through_defaults=through_defaults)
            return found, is_new

        return await whole(self._alias, update_or_create)

    async def bulk_create(
        self,
        objs: Iterable[M],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        *args: Any,
        **options: Any,
    ) -> list[M]:
        """Many rows, saved and linked to the instance.

        Args:
            objs: as for a queryset's.
            batch_size: the same.
            ignore_conflicts: refused: the keys of rows that are passed over are not known.
            *args: as for a queryset's.
            **options: the same.

        Raises:
            FieldError: ``ignore_conflicts``.
        """
        self._key()
        if ignore_conflicts:
            raise FieldError(
                "bulk_create(ignore_conflicts=True) does not learn the keys of all rows, so it "
                f"cannot link them to {self._instance!r}",
                fix="Use update_conflicts=True; or create the rows first, then add() them.",
            )
        async with self._atomic():
            made = await super().bulk_create(objs, batch_size, False, *args, **options)
            await self.add(*made)
        return made
