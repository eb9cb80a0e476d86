"""Are databases that were opened as the server started known to the requests of every framework?"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.http import JsonResponse
from django.test import override_settings
from django.urls import path
from fastapi import FastAPI
from litestar import Litestar, get
from litestar.params import FromPath
from quart import Quart
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from covet.aio import CharField, Model, create_tables
from covet.asgi import AtomicRequests, CovetPyASGI

from ..oracle.django_twin import ready as ready  # Django needs settings


class Note(Model):
    text = CharField(max_length=50)


there = Note.objects.using("there")


async def write(text: str) -> list[str]:
    """Write a note; all of them."""
    await there.create(text=text)
    return list(await there.order_by("text").values_list("text", flat=True))


def fastapi() -> Any:
    app = FastAPI()
    app.add_api_route("/{text}", write)
    return app


def starlette() -> Any:
    async def endpoint(request: Any) -> Any:
        return JSONResponse(await write(request.path_params["text"]))

    return Starlette(routes=[Route("/{text}", endpoint)])


def litestar() -> Any:
    @get("/{text:str}")
    async def endpoint(text: FromPath[str]) -> list[str]:
        return await write(text)

    return Litestar([endpoint])


def quart() -> Any:
    app = Quart("of_one_view")
    app.add_url_rule("/<text>", "write", write)
    return app


async def django_view(request: Any, text: str) -> JsonResponse:
    return JsonResponse(await write(text), safe=False)


URLS = (path("django/<text>", django_view),)


@pytest.mark.parametrize("make", [fastapi, starlette, litestar, quart])
def test_a_framework_finds_the_databases(make: Any, url: str) -> None:
    app = CovetPyASGI(databases={"there": url})
    app.mount("/plain", make())
    app.mount("/atomic", AtomicRequests(make(), using="there"))
    tell(app, "/plain/", "/atomic/")


def test_django_finds_the_databases(url: str) -> None:
    with override_settings(ROOT_URLCONF=URLS, ALLOWED_HOSTS=["*"]):
        app = CovetPyASGI(databases={"there": url})
        app.mount("/", AtomicRequests(ASGIHandler(), using="there"))
        tell(app, "/django/")


def tell(app: Any, *prefixes: str) -> None:
    """Have each path write a note, on empty tables."""
    with TestClient(app) as client:
        assert client.portal is not None
        client.portal.call(lambda: create_tables(Note, using="there"))
        try:
            for count, prefix in enumerate(prefixes):
                written = client.get(f"{prefix}{count}").json()
                assert written == [str(n) for n in range(count + 1)]
        finally:
            client.portal.call(there.all().delete)
