"""Which app answers a path, and what is it told about where it stands?"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from starlette.routing import Match, Mount

from ..errors import ConfigurationError, short
from .types import ASGIApp, Receive, Scope, Send

# What strip_path took off the path of a scope: the text and its bytes.
STRIPPED = "covet.stripped"


class Mounted(Mount):
    """An app and where it is mounted.

    Attributes:
        path: the path, ``""`` where it is the whole site's.
        app: the app.
        name: the name by which ``url_path_for()`` finds its routes.
        strip_path: the app is given the path below of where it is mounted.
        state: what its lifespan has added to the state, to be given to its requests.
    """

    def __init__(self, path: str, app: ASGIApp, name: str | None, strip_path: bool) -> None:
        super().__init__(path, app, name=name)
        self.strip_path = strip_path
        self.state: dict[str, Any] = {}

    def covers(self, path: str) -> bool:
        """Whether a path is this one's, or below of it."""
        return path == self.path or path.startswith(f"{self.path}/")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As of any route of Starlette's: whether it answers, and what the app's scope has anew."""
        root, path = split(scope)
        if not self.covers(path):
            return Match.NONE, {}
        below = path[len(self.path) :] or "/"
        told = {
            "endpoint": self.app,
            "app_root_path": scope.get("app_root_path", root),  # by which Starlette makes URLs
            "root_path": root + self.path,
            "path": root + path,
            "mount_path": self.path or "/",
            "sub_path": below,
        }
        if self.strip_path:
            told |= _stripped(scope, root, self.path, below)
        return Match.FULL, told

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a request to the app; what ``matches()`` said is in the scope already."""
        if self.state:
            scope.setdefault("state", {}).update(self.state)
        await self.app(scope, receive, send)


def split(scope: Scope) -> tuple[str, str]:
    """Where an app stands, and the path below of there.

    ASGI's ``path`` has the ``root_path`` in it. A server behind a proxy that takes it off may leave
    it out, which is understood too.
    """
    root, path = (scope.get("root_path") or "").rstrip("/"), scope["path"]
    if path == root or path.startswith(f"{root}/"):
        path = path[len(root) :]
    return root, path


def unstripped(scope: Scope) -> Scope:
    """A scope with the path in full, as ASGI says, for an app that can deal with that."""
    if STRIPPED not in scope:
        return scope
    prefix, raw = scope[STRIPPED]
    full = {**scope, "path": prefix + scope["path"]}
    if scope.get("raw_path"):
        full["raw_path"] = raw + scope["raw_path"]
    del full[STRIPPED]
    return full


def _stripped(scope: Scope, root: str, mounted_at: str, below: str) -> dict[str, Any]:
    """What a scope says without where the app stands."""
    prefix, raw = root + mounted_at, scope.get("raw_path")
    if not raw:
        return {"path": below, STRIPPED: (prefix, b"")}
    # A server may leave the root_path out of these bytes.
    for begins in (prefix, mounted_at):
        taken = _bytes_of(begins, raw)
        if taken is not None:
            rest = raw[len(taken) :] or b"/"
            return {"path": below, "raw_path": rest, STRIPPED: (prefix, taken)}
    return {"path": below, "raw_path": _quoted(below), STRIPPED: (prefix, _quoted(prefix))}


def _bytes_of(prefix: str, raw: bytes) -> bytes | None:
    """The bytes that a path begins with for a prefix, of which any may be written as %41."""
    wanted = prefix.encode()
    found = re.match(rb"(?:%%[0-9A-Fa-f]{2}|[^%%]){%d}" % len(wanted), raw)
    return found[0] if found and unquote_to_bytes(found[0]) == wanted else None


def _quoted(path: str) -> bytes:
    return quote(path, errors="replace").encode()


def mount_path(path: str) -> str:
    """A path to mount at as it is compared with those of requests.

    Returns:
        It with one slash before each of its parts and none at its end: ``""`` for the whole site.

    Raises:
        ConfigurationError: no request can have such a path.
    """
    if not isinstance(path, str):
        raise _unfit(f"A path to mount at is a text, not {short(path)}", 'Write mount("/api", app)')
    parts = [part for part in path.split("/") if part]
    if unquote(path) != path:
        raise _unfit(f"{short(path)} is written as in a URL", f"Write it as {short(unquote(path))}")
    if "." in parts or ".." in parts or re.search(r"[?#\\]", path):
        raise _unfit(f"No request has the path {short(path)}", "Write it without . .. ? # and \\")
    if re.search(r"[{}]", path):
        raise _unfit(
            f"{short(path)} has parameters, which a path to mount at cannot have",
            "Give Starlette's Mount in routes=",
        )
    return "".join(f"/{part}" for part in parts)


def check_app(app: object) -> None:
    """Refuse what cannot be called as an ASGI app is.

    Raises:
        ConfigurationError: it is none.
    """
    if not callable(app):
        raise _unfit(f"{short(app)} is no ASGI app", "Mount what takes (scope, receive, send)")
    if not _takes_three(app):
        raise _unfit(
            f"{short(app)} does not take (scope, receive, send), as ASGI apps do",
            "Wrap a WSGI app, as those of Flask are, in a2wsgi.WSGIMiddleware",
        )


def _takes_three(app: Callable[..., Any]) -> bool:
    try:
        inspect.signature(app).bind({}, None, None)
    except TypeError:
        return False
    except ValueError:  # it does not say
        pass
    return True


def _unfit(wrong: str, fix: str) -> ConfigurationError:
    return ConfigurationError(wrong, asked="mount()", fix=f"{fix}.")
