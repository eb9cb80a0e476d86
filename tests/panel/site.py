"""A small site whose pages ask too much of the database; the browser's tests look at its panel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from covet.aio import (
    FETCH_ONE,
    CharField,
    DateField,
    ForeignKey,
    IntegerField,
    Model,
    connect,
    create_tables,
    loaded,
)
from covet.asgi import QueryPanelMiddleware


class Profile(Model):
    bio = CharField(max_length=200)
    joined = DateField()


class User(Model):
    name = CharField(max_length=100)
    score = IntegerField(default=0)
    profile = ForeignKey(Profile, related_name="users")


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="icon" href="data:,"></head>
<body><h1>{title}</h1><ul>{items}</ul></body></html>"""


def page_of(title: str, items: list[str]) -> str:
    return PAGE.format(title=title, items="".join(f"<li>{item}</li>" for item in items))


async def all_users() -> str:
    """46 users with their profiles: 47 queries."""
    items = []
    for user in await User.objects.fetch_mode(FETCH_ONE).order_by("name").fetch():
        profile = await user.profile
        items.append(f"{user.name}, {loaded(profile).bio}")
    return page_of("Users", items)


async def few_queries() -> str:
    """The same in one query."""
    users = await User.objects.select_related("profile").order_by("name").fetch()
    return page_of("Users", [f"{user.name}, {loaded(user.profile).bio}" for user in users])


async def search(q: str = "") -> dict[str, int]:
    """Several questions at once."""

    async def better(score: int) -> int:
        return len(await User.objects.filter(score__gte=score, name__icontains=q).fetch())

    found = await asyncio.gather(better(10), better(20), better(30))
    return {"found": sum(found), "of": await User.objects.filter(name=q).count()}


def site(url: str, **panel: Any) -> FastAPI:
    """The app, with 46 users in its database."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect(url):
            await create_tables(Profile, User)
            profiles = await Profile.objects.bulk_create(
                [Profile(bio=f"Writes about {n}", joined="2026-11-01") for n in range(46)]
            )
            await User.objects.bulk_create(
                [User(name=f"User {n:02}", score=n, profile=one) for n, one in enumerate(profiles)]
            )
            yield

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(QueryPanelMiddleware, debug=True, **panel)
    app.get("/users", response_class=HTMLResponse)(all_users)
    app.get("/users/fast", response_class=HTMLResponse)(few_queries)
    app.get("/search")(search)

    @app.get("/strict")
    async def strict() -> HTMLResponse:
        headers = {"Content-Security-Policy": "default-src 'self'; img-src data:"}
        return HTMLResponse(page_of("Strict", []), headers=headers)

    return app


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of an app that is served in a thread."""
    config = uvicorn.Config(app, port=0, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://localhost:{port}"
    server.should_exit = True
    thread.join(10)
