"""Whom does the magazine begin with? Forty-six authors, and what they wrote."""

from __future__ import annotations

from random import Random

from covet.aio import atomic, create_tables

from .models import Author, Post

AUTHORS = 46
FIRST = ["Ada", "Chidi", "Greta", "Hana", "Imran", "Lena", "Nils", "Rui", "Sofia"]
LAST = ["Almeida", "Bakke", "Eze", "Hayashi", "Lindt", "Nasser", "Orlova", "Thapa"]
CITIES = ["Accra", "Bergen", "Brno", "Coimbra", "Graz", "Kyoto", "Leuven", "Oaxaca", "Tunis"]
KINDS = ["A short history", "A field guide", "In praise", "The beauty", "Notes", "The end"]
THINGS = ["bridges", "clouds", "lighthouses", "maps", "night trains", "orchards", "rivers", "tea"]


async def fill() -> None:
    """Create the tables and the rows, where there are none."""
    await create_tables(Author, Post)
    if await Author.objects.exists():
        return
    draw = Random(47)  # the same magazine each time
    names = draw.sample([f"{first} {last}" for first in FIRST for last in LAST], AUTHORS)
    async with atomic():
        authors = [Author(name=name, city=draw.choice(CITIES)) for name in names]
        await Author.objects.bulk_create(authors)
        await Post.objects.bulk_create(
            [
                Post(
                    author=author,
                    title=f"{kind} of {thing}",
                    views=views,
                    published=draw.random() < 0.7,
                )
                for author in authors
                for kind, thing, views in zip(
                    draw.sample(KINDS, 5),
                    draw.sample(THINGS, 5),
                    draw.sample(range(100, 9000), 5),  # no two alike: they are ordered by it
                    strict=True,
                )
            ]
        )
