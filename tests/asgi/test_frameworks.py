"""Does every framework find what was opened as the server started, and wrap its requests?"""

from __future__ import annotations

from functools import partial
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
from starlette.middleware import Middleware
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
    if text == "bad":
        raise ValueError(text)
    return list(await there.order_by("text").values_list("text", flat=True))


def fastapi() -> Any:
    app = FastAPI(middleware=[ATOMIC])
    app.add_api_route("/{text}", write)
    return app


def starlette() -> Any:
    async def endpoint(request: Any) -> Any:
        return JSONResponse(await write(request.path_params["text"]))

    return Starlette(routes=[Route("/{text}", endpoint)], middleware=[ATOMIC])


def litestar() -> Any:
    @get("/{text:str}")
    async def endpoint(text: FromPath[str]) -> list[str]:
        return await write(text)

    atomic = partial(AtomicRequests, using="there")
    return Litestar([endpoint], middleware=[atomic], logging_config=None)


def quart() -> Any:
    app = Quart("of_one_view")
    app.add_url_rule("/<text>", "write", write)
    app.asgi_app = AtomicRequests(app.asgi_app, using="there")  # type: ignore[method-assign]
    return app


def django() -> Any:
    return AtomicRequests(ASGIHandler(), using="there")


async def django_view(request: Any, text: str) -> JsonResponse:
    return JsonResponse(await write(text), safe=False)


ATOMIC = Middleware(AtomicRequests, using="there")
URLS = (path("<text>", django_view),)  # below of the mount


@pytest.mark.parametrize("make", [fastapi, starlette, litestar, quart, django])
def test_a_framework_finds_the_databases_and_its_requests_are_whole(make: Any, url: str) -> None:
    app = CovetPyASGI(databases={"there": url})
    app.mount("/app", make())
    with (
        override_settings(ROOT_URLCONF=URLS, ALLOWED_HOSTS=["*"]),
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        assert client.portal is not None
        client.portal.call(lambda: create_tables(Note, using="there"))
        try:
            assert client.get("/app/bad").status_code == 500
            assert client.get("/app/good").json() == ["good"]
        finally:
            client.portal.call(there.all().delete)
