"""Are requests to a web app in the transaction of the test that sends them?"""

from __future__ import annotations

import pytest

from .conftest import ASYNC, SYNC, Run

ASYNC_APP = """
    import httpx
    import pytest
    from fastapi import BackgroundTasks, FastAPI
    from starlette.testclient import TestClient

    from covet.aio import *
    from covet.asgi import AtomicRequests

    class Author(Model):
        name = CharField(max_length=20, unique=True)

    app = FastAPI()

    async def add_later(name: str) -> None:
        await Author.objects.create(name=f"{name} later")

    @app.post("/authors/{name}")
    async def add(name: str, later: BackgroundTasks) -> int:
        await Author.objects.create(name=name)
        later.add_task(add_later, name)
        return await Author.objects.count()

    @pytest.mark.parametrize("time", [1, 2])
    async def test_requests_are_in_the_test_s_transaction(covet_db, covet_queries, time):
        await Author.objects.create(name="Ann")
        transport = httpx.ASGITransport(AtomicRequests(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            assert (await client.post("/authors/Bob")).json() == 2
        assert await Author.objects.count() == 3
        assert len(covet_queries) == 5

    @pytest.mark.parametrize("time", [1, 2])
    @pytest.mark.covet_db(transactional=True)
    async def test_another_event_loop_needs_a_test_that_commits(covet_queries, time):
        await Author.objects.create(name="Ann")
        with TestClient(AtomicRequests(app)) as client:
            assert client.post("/authors/Bob").json() == 2
        assert await Author.objects.count() == 3
        assert len(covet_queries) == 5
"""
SYNC_APP = """
    import pytest
    from flask import Flask

    from covet.sync import *
    from covet.wsgi import AtomicRequests

    class Author(Model):
        name = CharField(max_length=20, unique=True)

    app = Flask("app")
    app.wsgi_app = AtomicRequests(app.wsgi_app)

    @app.post("/authors/<name>")
    def add(name):
        Author.objects.create(name=name)
        return str(Author.objects.count())

    @pytest.mark.parametrize("time", [1, 2])
    def test_requests_are_in_the_test_s_transaction(covet_db, covet_queries, time):
        Author.objects.create(name="Ann")
        assert app.test_client().post("/authors/Bob").text == "2"
        assert Author.objects.count() == 2
        assert len(covet_queries) == 4
"""


@pytest.mark.parametrize(
    ("colour", "source", "passed"), [(ASYNC, ASYNC_APP, 4), (SYNC, SYNC_APP, 2)], ids=[ASYNC, SYNC]
)
def test_requests_are_undone_with_the_test(
    project: Run, colour: str, source: str, passed: int, url: str
) -> None:
    # Other libraries' warnings are not ours.
    project(source, "-ofilterwarnings=default", url=url).assert_outcomes(passed=passed)
