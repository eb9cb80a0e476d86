"""How is the network between covet and a server made to fail? By a proxy on loopback."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

RESET = struct.pack("ii", 1, 0)  # linger for no time: closing resets the connection
CHUNK = 65536


class Proxy:
    """The way to a server, in threads of its own, so that both colours can go it.

    Attributes:
        url: the server's URL, by this way.
        delay: how many seconds each piece of an answer takes.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._door = socket.create_server(("127.0.0.1", 0))
        user = parts.netloc.rpartition("@")[0]
        here = f"{user}@127.0.0.1:{self._door.getsockname()[1]}"
        plain = {"ssl_mode": "disabled"} if parts.scheme == "mysql" else {"sslmode": "disable"}
        query = urlencode({**dict(parse_qsl(parts.query)), **plain})
        self.url = parts._replace(netloc=here, query=query).geturl()
        self.delay = 0.0
        self._passes = threading.Event()
        self._passes.set()
        self._refuses = self._over = False
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads: list[threading.Thread] = []
        self._start(self._open)

    def swallow(self) -> None:
        """From now on nothing arrives at either end, and nobody is told; new ones connect to silence."""
        self._passes.clear()

    def heal(self) -> None:
        """All is well again; what was on its way arrives late."""
        self.delay, self._refuses = 0.0, False
        self._passes.set()

    def refuse(self) -> None:
        """Cut every connection, and each new one at once."""
        self._refuses = True
        self.cut()

    def cut(self) -> None:
        """Reset all connections, as a firewall or a crash does."""
        for client, server in self._taken():
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            _close(client, server)

    def half_close(self) -> None:
        """Tell the clients that the server will say no more, and still take what they say."""
        with self._lock:
            for client, _ in self._pairs:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End it, and all connections."""
        self._over = True
        self.heal()
        _shut(self._door)
        self._door.close()
        for pair in self._taken():
            _close(*pair)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _taken(self) -> list[tuple[socket.socket, socket.socket]]:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        return pairs

    def _start(self, work: Callable[..., None], *args: socket.socket) -> None:
        thread = threading.Thread(target=work, args=args, name="proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:  # closed
                return
            self._start(self._lead, client)

    def _lead(self, client: socket.socket) -> None:
        self._passes.wait()
        if self._refuses or self._over:
            _close(client)
            return
        try:
            server = socket.create_connection(self._server)
        except OSError:  # it is not there
            _close(client)
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._pairs.append((client, server))
        self._start(self._carry, client, server)
        self._start(self._carry_back, server, client)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                self._passes.wait()
                target.sendall(data)
        _shut(target)

    def _carry_back(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                time.sleep(self.delay)
                self._passes.wait()
                target.sendall(data)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        linger = end.fileno() >= 0 and end.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        if linger != RESET:
            _shut(end)
        end.close()
