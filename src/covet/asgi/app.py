"""How are ASGI apps put together to one, with their databases and their lifespans?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Router

from ..errors import ConfigurationError, short
from .databases import Databases, open_databases, read_databases
from .lifespan import answer, logger, running
from .mounts import Mounted, check_app, mount_path, unstripped
from .types import ASGIApp, Receive, Scope, Send


class CovetPyASGI(Starlette):
    """A Starlette app that opens databases, and mounts other ASGI apps with their lifespans.

    A request goes to the route of the app's own that matches, else to the app that is mounted at
    the longest prefix of its path.

    As the server starts, the databases are opened in order, then ``lifespan`` and that of
    ``router`` are entered, then the mounted apps are started in the order of mounting; as it stops,
    all that is undone in reverse. What fails on the way up undoes what was done, and the server
    does not start.

    Args:
        router: Starlette's ``Router`` with the app's own routes.
        routes: routes of the app's own, which stand behind those of the router.
        lifespan: as Starlette's: takes the app, gives an async context manager, which may give a
            dictionary for ``request.state``.
        databases: a URL, or by alias URLs or dictionaries of ``url`` and the options of
            ``connect()``.
        starlette: what else Starlette takes: ``middleware``, ``exception_handlers``, ``debug`` …

    Raises:
        ConfigurationError: an argument cannot be used.

    Example:
        >>> app = CovetPyASGI(databases={"default": "sqlite:///blog.db"})
        >>> app.mount("/api", FastAPI())
    """

    router: _Switch

    def __init__(
        self,
        router: Router | None = None,
        routes: Sequence[BaseRoute] | None = None,
        lifespan: Any = None,
        databases: Databases = None,
        **starlette: Any,
    ) -> None:
        if router is not None and not isinstance(router, Router):
            raise ConfigurationError(
                f"router takes Starlette's Router, not {short(router)}",
                asked="CovetPyASGI()",
                fix='Mount an app: app.mount("/api", other).',
            )
        super().__init__(**starlette)
        own = Router() if router is None else router
        own.routes.extend(routes or ())
        self.router = _Switch(self, own, lifespan, read_databases(databases))

    @property
    def mounts(self) -> list[Mounted]:
        """What is mounted, in the order in which it is looked at: longest path first."""
        return list(self.router.mounts)

    @property
    def routes(self) -> list[BaseRoute]:
        """All routes: the app's own, then what is mounted."""
        return [*self.router.routes, *self.router.mounts]

    def mount(
        self, path: str, app: ASGIApp, name: str | None = None, *, strip_path: bool = False
    ) -> None:
        """Give an app all requests, and WebSockets, to a path and to what is below of it.

        The app's scope says where it stands: ``root_path`` as ASGI has it, ``mount_path`` for the
        path of this mount and ``sub_path`` for what is below of it. The ``path`` stays in full, as
        ASGI has it, and frameworks expect it.

        Args:
            path: such as ``"/api"``; slashes at its ends do not matter. ``"/"`` takes all that
                nothing else does.
            app: any ASGI app. It is started and stopped with this one.
            name: makes its routes known to ``url_path_for()``, as ``"name:route"``.
            strip_path: True gives the app the path below of the mount as ``path``, for apps that
                know nothing of ``root_path``.

        Raises:
            ConfigurationError: the path or the app cannot be mounted, something is mounted there
                already, or the app has started.

        Example:
            >>> app.mount("/api", api, name="api")
            >>> app.url_path_for("api:users")
            '/api/users'
        """
        check_app(app)
        self.router.add(Mounted(mount_path(path), app, name, strip_path))
        logger.info("mounted %s at %s", short(app), mount_path(path) or "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(unstripped(scope), receive, send)


class _Switch(Router):
    """Gives a request to a route of the app's own, or to an app that is mounted."""

    def __init__(
        self, owner: CovetPyASGI, own: Router, lifespan: Any, databases: dict[str, dict[str, Any]]
    ) -> None:
        super().__init__(lifespan=lifespan)
        self.owner = owner
        self.own = own
        self.routes = own.routes  # the same list: routes that are added to either are of both
        self.mounts: list[Mounted] = []
        self._databases = databases
        self._in_order: list[Mounted] = []
        self._started = False
        self._kept: dict[str, Any] = {}  # the state, where the server does not keep it

    def add(self, mounted: Mounted) -> None:
        if self._started:
            raise ConfigurationError(
                f"The app has started, and would not start what is mounted at "
                f"{mounted.path or '/'!r}",
                asked="mount()",
                fix="Mount before the server starts.",
            )
        if any(other.path == mounted.path for other in self.mounts):
            raise ConfigurationError(
                f"Something is mounted at {mounted.path or '/'!r} already", asked="mount()"
            )
        self._in_order.append(mounted)
        self.mounts = sorted(self._in_order, key=lambda other: -len(other.path))

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        for route in (*self.routes, *self.mounts):
            try:
                return route.url_path_for(name, **path_params)
            except NoMatchFound:
                pass
        raise NoMatchFound(name, path_params)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("router", self)
        if scope["type"] == "lifespan":
            self._kept = {} if "state" in scope else scope.setdefault("state", {})
            await answer(receive, send, self._running(scope["state"]))
            return
        if self._kept:
            scope.setdefault("state", {}).update(self._kept)
        mounted, told = self._find(scope)
        if mounted is None or any(r.matches(scope)[0] is Match.FULL for r in self.routes):
            await self.own(scope, receive, send)
        else:
            await mounted.handle({**scope, **told, "route": mounted}, receive, send)

    def _find(self, scope: Scope) -> tuple[Mounted | None, Scope]:
        for mounted in self.mounts:
            match, told = mounted.matches(scope)
            if match is Match.FULL:
                return mounted, told
        return None, {}

    @asynccontextmanager
    async def _running(self, state: dict[str, Any]) -> AsyncIterator[None]:
        """A block in which the databases are open and all lifespans are entered."""
        if self._started:
            raise ConfigurationError(
                "The app is started while it runs already",
                fix="Let one server run it, and do not mount it in itself.",
            )
        async with AsyncExitStack() as stack:
            self._started = True
            stack.callback(setattr, self, "_started", False)
            await open_databases(self._databases, stack)
            for enter in (self.lifespan_context, self.own.lifespan_context):
                given: Any = await stack.enter_async_context(enter(self.owner))
                state.update(given or {})
            await self._start_mounts(state, stack)
            yield

    async def _start_mounts(self, state: dict[str, Any], stack: AsyncExitStack) -> None:
        added: dict[int, dict[str, Any]] = {}  # an app that is mounted twice is started once
        for mounted in self._in_order:
            key = id(mounted.app)
            if key not in added:
                place = f"The app at {mounted.path or '/'!r}"
                block = running(mounted.app, place, state)
                added[key] = await stack.enter_async_context(block)
            mounted.state = added[key]
