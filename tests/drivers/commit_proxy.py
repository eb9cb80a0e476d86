"""What if a server's answer to COMMIT never comes? A way to the server that loses it."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

Manner = Literal["pass", "lose_answer", "lose_commit", "say_nothing", "late"]
"""What becomes of COMMIT: it passes; is carried out, and then the connection is cut; is lost with
the connection; is carried out without a word; is answered late."""

LATE = 0.4


class CommitProxy:
    """A proxy on loopback, in threads, for both colours.

    Attributes:
        url: the server's URL, by this way.
        manner: what becomes of COMMIT.
        commits: how many were seen that did not just pass.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._door = socket.create_server(("127.0.0.1", 0))
        here = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self._door.getsockname()[1]}"
        plain = {"ssl_mode": "disabled"} if parts.scheme == "mysql" else {"sslmode": "disable"}
        query = urlencode({**dict(parse_qsl(parts.query)), **plain})
        self.url = parts._replace(netloc=here, query=query).geturl()
        self.manner: Manner = "pass"
        self.commits = 0
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        for end in (self._door, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _open(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._door.accept()
                server = socket.create_connection(self._server)
                self._ends += [client, server]
                lost = threading.Event()
                threading.Thread(
                    target=self._there, args=(client, server, lost), daemon=True
                ).start()
                threading.Thread(
                    target=self._back, args=(client, server, lost), daemon=True
                ).start()

    def _there(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if b"COMMIT" in data and self.manner != "pass":
                    self.commits += 1
                    if self.manner == "lose_commit":
                        break
                    lost.set()
                server.sendall(data)
        _cut(client, server)

    def _back(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if lost.is_set():
                    if self.manner == "lose_answer":
                        break
                    if self.manner == "say_nothing":
                        continue
                    threading.Event().wait(LATE)
                    lost.clear()
                client.sendall(data)
        _cut(client, server)


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
