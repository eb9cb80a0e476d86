"""What did each request ask of the databases? The query panel, without an interface or a colour.

``covet.asgi`` and ``covet.wsgi`` put it into apps.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import ConfigurationError, short
from .limits import Limits

if TYPE_CHECKING:
    from .app import Panel


def panel(
    debug: bool, allow: Iterable[str], hosts: Iterable[str], path: str, limits: Limits
) -> Panel | None:
    """The panel of an app; None where the app is not being debugged.

    Raises:
        ConfigurationError: an argument cannot be used, or the extra is not installed.
    """
    if not isinstance(debug, bool):
        raise ConfigurationError(
            f"debug is True or False, not {short(debug)}",
            asked=f"QueryPanelMiddleware(debug={short(debug)})",
            fix='A text such as "0" would be true: compare it, as in debug=flag == "1".',
        )
    if not debug:
        return None
    try:
        from .app import Panel
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("jinja2", "markupsafe", "pygments"):
            raise
        raise ConfigurationError(
            f"The query panel needs the package {error.name}, which is not installed",
            asked="QueryPanelMiddleware(debug=True)",
            fix='pip install "covet[debug]"',
        ) from error
    return Panel(allow, hosts, path, limits)


__all__ = ["Limits", "panel"]
