"""Which pages are there, and who watches their queries?"""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from covet.aio import QueryTracker, connect
from covet.asgi import QueryPanelMiddleware

from .data import fill
from .questions import Row, all_at_once, one_by_one

TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Connect, and see that there is something to show."""
    async with connect(os.environ.get("DATABASE_URL") or "sqlite:///:memory:"):
        await fill()
        yield


app = FastAPI(title="The magazine", lifespan=lifespan)
app.add_middleware(QueryPanelMiddleware, debug=True)


@app.get("/", response_class=HTMLResponse)
async def home(request: Request) -> HTMLResponse:
    """What there is to see."""
    return TEMPLATES.TemplateResponse(request, "home.html")


@app.get("/one-by-one", response_class=HTMLResponse)
async def slow(request: Request) -> HTMLResponse:
    """The page with a query for each author."""
    return await authors(request, one_by_one)


@app.get("/all-at-once", response_class=HTMLResponse)
async def fast(request: Request) -> HTMLResponse:
    """The page after the fix."""
    return await authors(request, all_at_once)


async def authors(request: Request, question: Callable[[], Awaitable[list[Row]]]) -> HTMLResponse:
    """All authors with their published posts, and what it took to find them."""
    with QueryTracker() as tracker:
        rows = await question()
    shown = {"rows": rows, "tracker": tracker, "code": inspect.getsource(question)}
    return TEMPLATES.TemplateResponse(request, "authors.html", shown)
