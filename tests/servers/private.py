"""How is a server of our own run, in a folder of its own that vanishes with it?"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0  # seconds; a cold start on a slow disk is long


class NotStarted(Exception):
    """A private server did not come up; the message ends with its log."""


@dataclass(frozen=True)
class Plan:
    """The commands that make a server's data and serve it, and the URL it then has."""

    prepare: list[str]
    serve: list[str]
    url: str
    stop: signal.Signals


@dataclass
class Private:
    """A running private server; ``process`` is known only to the process that started it."""

    folder: Path
    signal: signal.Signals
    process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Stop it, wait for its end and remove its folder."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, self.signal)
            if not eventually(lambda: self.pid() is None):
                os.kill(pid, signal.SIGKILL)
                eventually(lambda: self.pid() is None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def pid(self) -> int | None:
        """The server's process; None once it has ended."""
        if self.process is not None:
            return self.process.pid if self.process.poll() is None else None
        try:
            pid = int((self.folder / "server.pid").read_text())  # which it removes in the end
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid

    def log(self) -> str:
        """The end of what the server had to say."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def start(
    plan: Callable[[Path, int, str | None], Plan], owner: str, answers: Callable[[str], bool]
) -> tuple[str, Private]:
    """The URL of a new private server that answers, and the server.

    Args:
        plan: the commands, given the folder, the port and the user to become.
        owner: the user that root becomes, where there is one of that name.
        answers: whether a server at a URL does.

    Raises:
        NotStarted: with the server's log.
    """
    user = unprivileged(owner)
    folder = new_folder(user)
    commands = plan(folder, free_port(), user)
    private = Private(folder, commands.stop)
    try:
        if run_as(user, commands.prepare, folder).wait():
            raise NotStarted(f"{commands.prepare[0]} failed:\n{private.log()}")
        private.process = run_as(user, commands.serve, folder)
        if not eventually(lambda: answers(commands.url) or private.pid() is None):
            raise NotStarted(f"{commands.serve[0]} does not answer:\n{private.log()}")
        if private.pid() is None:
            raise NotStarted(f"{commands.serve[0]} ended:\n{private.log()}")
    except BaseException:
        private.stop()
        raise
    return commands.url, private


def unprivileged(owner: str) -> str | None:
    """Whom to run the server as; None for ourselves. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return owner if owner in known else "nobody"


def new_folder(user: str | None) -> Path:
    """An empty folder of the user's. In /tmp, as another user may not reach into ours."""
    folder = Path(tempfile.mkdtemp(prefix="covet-server-"))
    if user:
        shutil.chown(folder, user)
    return folder


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_as(user: str | None, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a command in the folder, in a session of its own: Ctrl-C is meant for the tests."""
    entry = pwd.getpwnam(user) if user else None
    identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []} if entry else {}
    with open(folder / "log", "ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **identity,
        )


def eventually(done: Callable[[], bool]) -> bool:
    """Wait until it is done; False if it is not within our patience."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
