"""Which servers did ``scripts/servers start`` leave running?"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .private import Private

KEPT = Path(__file__).resolve().parents[2] / ".servers" / "running.json"


@dataclass(frozen=True)
class Kept:
    """A server that outlives the command that started it."""

    kind: str
    url: str
    private: Private


def remember(servers: Iterable[Kept]) -> None:
    """Write down the servers that are left running."""
    KEPT.parent.mkdir(exist_ok=True)
    entries = {
        kept.kind: {
            "url": kept.url,
            "folder": str(kept.private.folder),
            "signal": int(kept.private.signal),
        }
        for kept in servers
    }
    KEPT.write_text(json.dumps(entries, indent=2) + "\n")


def recall() -> dict[str, Kept]:
    """The servers that were left running and still are, by kind."""
    if not KEPT.exists():
        return {}
    entries = json.loads(KEPT.read_text())
    kept = {kind: Kept(kind, entry["url"], as_private(entry)) for kind, entry in entries.items()}
    return {kind: one for kind, one in kept.items() if one.private.pid() is not None}


def as_private(entry: dict[str, object]) -> Private:
    """The server that an entry describes."""
    return Private(Path(str(entry["folder"])), signal.Signals(int(str(entry["signal"]))))


def forget() -> None:
    """There are none any more."""
    KEPT.unlink(missing_ok=True)
