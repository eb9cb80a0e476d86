"""What do type checkers make of the apps and the middleware for web servers?

A line with ``# type: ignore[…]`` is a mistake that both checkers must find: a comment that silences
nothing is an error itself.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import assert_type

from fastapi import FastAPI
from flask import Flask
from litestar import Litestar
from quart import Quart
from starlette.applications import Starlette
from starlette.datastructures import URLPath
from starlette.middleware import Middleware
from starlette.routing import Route

from covet.asgi import AtomicRequests, CovetPyASGI
from covet.wsgi import AtomicRequests as AtomicWSGIRequests


def what_apps_take(route: Route) -> None:
    app = CovetPyASGI(
        routes=[route],
        databases={"default": "sqlite:///a.db", "b": {"url": "sqlite:///b.db", "pool_size": 2}},
        middleware=[Middleware(AtomicRequests, using=["default", "b"], rollback_from=500)],
    )
    app.mount("/fastapi", FastAPI(), name="fastapi")
    app.mount("/starlette", AtomicRequests(Starlette()), strip_path=True)
    app.mount("/litestar", Litestar([]))
    app.mount("/quart", Quart("quart"))
    app.add_middleware(AtomicRequests, using="b")

    assert_type(app.url_path_for("fastapi:user", name="ann"), URLPath)
    assert_type([mounted.path for mounted in app.mounts], list[str])
    AtomicWSGIRequests(Flask("flask").wsgi_app)
    AtomicRequests(app, using=3)  # type: ignore[arg-type]
    CovetPyASGI(databases=["sqlite:///a.db"])  # type: ignore[arg-type]
    app.mount("/none", None)  # type: ignore[arg-type]
    Middleware(AtomicRequests, user="b")  # type: ignore[call-arg]
