"""How does a page get each author's published posts? As it comes to mind, and at once."""

from __future__ import annotations

from typing import NamedTuple

from covet.aio import Prefetch

from .models import Author, Post


class Row(NamedTuple):
    """What the page shows of an author."""

    author: Author
    posts: list[Post]


async def one_by_one() -> list[Row]:
    """A query for the authors, and one more for each of them."""
    rows = []
    for author in await Author.objects.order_by("name"):
        posts = await author.posts.filter(published=True).order_by("-views")
        rows.append(Row(author, list(posts)))
    return rows


async def all_at_once() -> list[Row]:
    """A query for the authors, and one for the posts of all of them."""
    authors = Author.objects.order_by("name").prefetch_related(
        Prefetch("posts", queryset=Post.objects.filter(published=True).order_by("-views"))
    )
    return [Row(author, list(author.posts.all())) for author in await authors]
