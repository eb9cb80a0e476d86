"""Which parameters may be sent, and not be shown? Those of fields with ``sensitive=True``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ..query import ast
from .text import SQL, Part

HIDDEN = "***"
"""What is shown in the place of a value."""


class Hidden:
    """What is shown in the place of a parameter: ``***``, without quotes."""

    def __repr__(self) -> str:
        return HIDDEN


class SensitiveParams(tuple[Any, ...]):
    """Parameters, some of which are not to be shown. Drivers take it for the tuple that it is."""

    hidden: Collection[int]

    @property
    def shown(self) -> tuple[Any, ...]:
        """The parameters as they may be shown."""
        return tuple(Hidden() if n in self.hidden else value for n, value in enumerate(self))

    def __repr__(self) -> str:
        return repr(self.shown)


class SensitiveNames(dict[str, Any]):
    """The same of parameters that have names."""

    hidden: Collection[str]

    @property
    def shown(self) -> dict[str, Any]:
        """The parameters as they may be shown."""
        return {key: Hidden() if key in self.hidden else value for key, value in self.items()}

    def __repr__(self) -> str:
        return repr(self.shown)


def sensitive(params: list[Any], hidden: Collection[int]) -> tuple[Any, ...]:
    """Parameters as a tuple, which knows which of them are not to be shown."""
    if not hidden:
        return tuple(params)
    found = SensitiveParams(params)
    found.hidden = frozenset(hidden)
    return found


def sensitive_names(params: dict[str, Any], names: list[str], hidden: Collection[int]) -> Any:
    """The same of parameters that have names, in this order."""
    if not hidden:
        return params
    found = SensitiveNames(params)
    found.hidden = frozenset(names[n] for n in hidden)
    return found


def shown(params: Sequence[Any]) -> Any:
    """Parameters as they may be shown."""
    return params.shown if isinstance(params, SensitiveParams | SensitiveNames) else params


def hides(params: object) -> bool:
    """Whether some parameters of a statement are not to be shown."""
    return isinstance(params, SensitiveParams | SensitiveNames)


def hiding(piece: SQL) -> SQL:
    """A piece of SQL none of whose parameters are to be shown."""
    return tuple(part if isinstance(part, str) else _hidden(part) for part in piece)


def names_sensitive(node: Any) -> bool:
    """Whether a column of a sensitive field is named in a part of a statement."""
    return any(isinstance(item, ast.Column) and item.field.sensitive for item in ast.walk(node))


def _hidden(part: Part) -> Part:
    return part if isinstance(part, str) else part._replace(hidden=True)
