"""What does the project's ``pyproject.toml`` say of watching?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ..errors import ConfigurationError, nearest, short
from .allowing import Allowed

FILE: Final = "pyproject.toml"
TABLE: Final = "[tool.covet.n_plus_one]"
ACTIONS: Final = ("log", "warn", "raise")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is reported, and how.

    Attributes:
        threshold: how many queries of one shape from one line are too many.
        action: ``"log"``, ``"warn"`` or ``"raise"``.
        allow: what is never reported; ``Allowed`` says which words there are.
        unused: whether what was loaded in advance and never touched is reported too.
    """

    threshold: int = 5
    action: str = "log"
    allow: tuple[str, ...] = ()
    unused: bool = True

    def changed(
        self,
        where: str,
        *,
        threshold: object = None,
        action: object = None,
        allow: object = (),
        unused: object = None,
    ) -> Settings:
        """These settings with what somebody says otherwise; what is allowed adds up.

        Args:
            where: who says so, for messages.
            threshold: as above; None for no change, and so are the others.
            action: as above.
            allow: further entries.
            unused: as above.

        Raises:
            ConfigurationError: something that the setting cannot be.
        """
        return Settings(
            self.threshold if threshold is None else _threshold(threshold, where),
            self.action if action is None else _action(action, where),
            (*self.allow, *Allowed.checked(allow, where)),
            self.unused if unused is None else _flag(unused, where),
        )


def settings() -> Settings:
    """What the nearest ``pyproject.toml`` says, from the working directory upwards; read once.

    Raises:
        ConfigurationError: the file is no TOML, or a setting is none.
    """
    return _read(Path.cwd())


@lru_cache(maxsize=64)
def _read(folder: Path) -> Settings:
    file = next((found for up in (folder, *folder.parents) if (found := up / FILE).is_file()), None)
    if file is None:
        return Settings()
    try:
        said: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    for name in ("tool", "covet", "n_plus_one"):
        said = said.get(name, {}) if isinstance(said, Mapping) else {}
    where = f"{TABLE} of {file}"
    if not isinstance(said, Mapping):
        raise ConfigurationError(f"{where} is no table, but {short(said)}")
    _check_names(said, where)
    return Settings().changed(where, **said)


def _check_names(said: Iterable[str], where: str) -> None:
    known = [field.name for field in fields(Settings)]
    for name in said:
        if name not in known:
            guess = nearest(name, known)
            raise ConfigurationError(
                f"There is no setting {short(name)}",
                asked=where,
                possible=known,
                fix=(f"Did you mean {guess!r}? " if guess else "")
                + f"Settings: {', '.join(known)}.",
            )


def _threshold(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 2:
        fix = "Give a number from 2: so many queries are too many."
        if callable(value):
            fix = "As a decorator it is written with brackets: @detect_n_plus_one()."
        raise ConfigurationError(f"{short(value)} is no threshold", asked=where, fix=fix)
    return value


def _action(value: object, where: str) -> str:
    if not isinstance(value, str) or value not in ACTIONS:
        words = ", ".join(map(repr, ACTIONS))
        raise ConfigurationError(
            f"There is no action {short(value)}",
            asked=where,
            possible=ACTIONS,
            fix=f"Actions: {words}.",
        )
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"unused is either true or false, not {short(value)}", asked=where)
    return value
