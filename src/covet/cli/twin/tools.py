"""Which outside tools does the generator use, and are they the ones it was pinned to?"""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from ...errors import ConfigurationError

# Renaming can unsort imports and __all__; nothing else is fixed in a generated file.
SORTED = "I001,RUF022"


def tool(name: str) -> Any:
    """A module that only developers have installed, imported when it is needed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigurationError(
            f"The twin generator needs {error.name or name}, which is not installed",
            fix="Install it: pip install unasync==0.6.0 ruff",
        ) from error


def check_pins(root: Path) -> None:
    """Refuse a version of ruff or unasync other than the pinned one: its output could differ."""
    for name, pinned in _pins(root).items():
        tool(name)
        installed = importlib.metadata.version(name)
        if installed != pinned:
            raise ConfigurationError(
                f"{name} {installed} is installed, but pyproject.toml pins {pinned}",
                fix=f"Install it: pip install {name}=={pinned}",
            )


def _pins(root: Path) -> dict[str, str]:
    file = root / "pyproject.toml"
    groups = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    wanted = groups.get("dependency-groups", {}).get("dev", [])
    pins = (re.fullmatch(r"(ruff|unasync)==(\S+)", w) for w in wanted if isinstance(w, str))
    return {pin[1]: pin[2] for pin in pins if pin}


def formatted(texts: Mapping[PurePath, str], root: Path) -> dict[PurePath, str]:
    """Every text, import-sorted and formatted as ruff would at its path below ``root``."""
    if not texts:
        return {}
    tool("ruff")
    with tempfile.TemporaryDirectory(prefix="covet-twin-") as directory:
        copy = Path(directory)
        for path, text in texts.items():
            _write(copy, root, path, text)
        names = [str(copy / path) for path in texts]
        _ruff(root, "check", "--exit-zero", "--fix", "--select", SORTED, *names)
        _ruff(root, "format", *names)
        return {path: (copy / path).read_bytes().decode() for path in texts}


def _write(copy: Path, root: Path, path: PurePath, text: str) -> None:
    (copy / path).parent.mkdir(parents=True, exist_ok=True)
    for parent in path.parents:
        # ruff tells a package's own imports from others by the __init__.py files around it.
        if (root / parent / "__init__.py").exists():
            (copy / parent / "__init__.py").touch()
    (copy / path).write_bytes(text.encode())


def _ruff(root: Path, command: str, *arguments: str) -> None:
    config = root / "pyproject.toml"
    settings = ["--config", str(config)] if config.exists() else ["--isolated"]
    # cwd: paths in a configuration that is passed by name are relative to the working directory.
    done = subprocess.run(
        [sys.executable, "-m", "ruff", command, "--quiet", "--no-cache", *settings, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ConfigurationError(f"ruff {command} failed: {(done.stderr or done.stdout).strip()}")
