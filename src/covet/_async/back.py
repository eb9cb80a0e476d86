"""What is ``author.posts``? The manager of the rows that point to one instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import FieldError, short
from ..rows.links import several
from ..schema.record import Record
from ..schema.ways import BackToMany
from .related import RelatedManager
from .transaction import atomic, whole

if TYPE_CHECKING:
    pass

M = TypeVar("M")


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
