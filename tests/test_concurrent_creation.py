"""Do tasks and threads that want the same row at once all get it? The colours have no twin here."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from covet import aio, sync

from .databases import Scratch

MANY = 10


class AioTag(aio.Model):
    word = aio.CharField(max_length=10, unique=True)
    uses = aio.IntegerField(default=0)

    @property
    def use(self) -> str:
        """What it was used for; each is counted, on what was read of the row."""
        raise NotImplementedError

    @use.setter
    def use(self, use: str) -> None:
        self.uses += 1


class SyncTag(sync.Model):
    word = sync.CharField(max_length=10, unique=True)
    uses = sync.IntegerField(default=0)

    @property
    def use(self) -> str:
        """What it was used for; each is counted, on what was read of the row."""
        raise NotImplementedError

    @use.setter
    def use(self, use: str) -> None:
        self.uses += 1


async def test_tasks_that_create_the_same_row_get_one_row(scratch: Scratch) -> None:
    async with aio.connect(scratch.url):
        await aio.drop_tables(AioTag)
        await aio.create_tables(AioTag)
        await asyncio.gather(*(AioTag.objects.count() for _ in range(MANY)))  # a warm pool

        created = await asyncio.gather(
            *(AioTag.objects.update_or_create(word="a", defaults={"use": "x"}) for _ in range(MANY))
        )
        found = await asyncio.gather(*(AioTag.objects.get_or_create(word="b") for _ in range(MANY)))

        assert sum(is_new for _, is_new in created) == 1
        assert sum(is_new for _, is_new in found) == 1
        assert await AioTag.objects.count() == 2
        assert (await AioTag.objects.get(word="a")).uses == MANY  # none got lost
        await aio.drop_tables(AioTag)


async def test_a_row_that_others_created_is_found_inside_of_a_block(scratch: Scratch) -> None:
    async with aio.connect(scratch.url):
        await aio.drop_tables(AioTag)
        await aio.create_tables(AioTag)

        async def found() -> bool:
            async with aio.atomic():
                await AioTag.objects.count()  # what a repeatable read would go on to see
                _, is_new = await AioTag.objects.get_or_create(word="a")
                return is_new

        assert sum(await asyncio.gather(*(found() for _ in range(MANY)))) == 1
        await aio.drop_tables(AioTag)


def test_threads_that_create_the_same_row_get_one_row(scratch: Scratch) -> None:
    with sync.connect(scratch.url):
        sync.drop_tables(SyncTag)
        sync.create_tables(SyncTag)

        with ThreadPoolExecutor(MANY) as threads:
            created = list(
                threads.map(
                    lambda _: SyncTag.objects.update_or_create(word="a", defaults={"use": "x"}),
                    range(MANY),
                )
            )

        assert sum(is_new for _, is_new in created) == 1
        assert SyncTag.objects.count() == 1
        assert SyncTag.objects.get(word="a").uses == MANY  # none got lost
        sync.drop_tables(SyncTag)
