"""What is ``post.tags``? The manager of the rows that a table between links to one instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import FieldError
from ..pairs import async_no_block
from ..rows.conflicts import PASS_OVER
from ..rows.links import Links, several
from ..schema.ways import ThroughTable
from .queryset import QuerySet
from .related import RelatedManager
from .signals import m2m_changed
from .transaction import whole

if TYPE_CHECKING:
    pass

M = TypeVar("M")


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
