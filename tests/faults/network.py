"""How is the network between covet and a server made to fail? By a proxy on loopback."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

RESET = struct.pack("ii", 1, 0)  # linger for no time: closing resets the connection
CHUNK = 65536


class Proxy:
    """The way to a server, in threads of its own, so that both colours can go it.

    Attributes:
        url: the server's URL, by this way.
        delay: how many seconds each piece of an answer takes, until it heals.
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
        self._slow = threading.Event()
        self._passes = threading.Event()
        self._passes.set()
        self._refuses = self._over = False
        self._lock = threading.Lock()
        self._pairs: list[Pair] = []
        self._threads: list[threading.Thread] = []
        self._start(self._open)

    def swallow(self) -> None:
        """From now on nothing arrives at either end, and nobody is told. One can still connect."""
        self._passes.clear()

    def heal(self) -> None:
        """All is well again; what was on its way arrives late."""
        self.delay, self._refuses = 0.0, False
        self._slow.set()
        self._passes.set()

    def refuse(self) -> None:
        """Cut every connection, and each new one at once."""
        self._refuses = True
        self.cut()

    def cut(self) -> None:
        """Reset all connections, as a firewall or a crash does."""
        for pair in self._taken():
            pair.end(reset=True)

    def half_close(self) -> None:
        """Tell the clients that the server will say no more, and still take what they say."""
        with self._lock:
            for pair in self._pairs:
                _shut(pair.client, socket.SHUT_WR)

    def close(self) -> None:
        """End it, and all connections."""
        self._over = True
        self.heal()
        _shut(self._door)
        self._door.close()
        for pair in self._taken():
            pair.end()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _taken(self) -> list[Pair]:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        return pairs

    def _start(self, work: Callable[..., None], *args: Any) -> None:
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
        try:
            if self._refuses or self._over:
                raise ConnectionRefusedError
            server = socket.create_connection(self._server)
        except OSError:
            client.close()
            return
        pair = Pair(client, server)
        with self._lock:
            self._pairs.append(pair)
        self._start(self._carry, pair, client, server, False)
        self._start(self._carry, pair, server, client, True)

    def _carry(
        self, pair: Pair, source: socket.socket, target: socket.socket, is_answer: bool
    ) -> None:
        try:
            while data := source.recv(CHUNK):
                if is_answer:
                    self._slow.wait(self.delay)
                self._passes.wait()
                target.sendall(data)
        except OSError:  # one of them is gone, which the other is to know
            pair.end()
        if not pair.is_reset:
            _shut(target, socket.SHUT_WR)


class Pair:
    """A client's connection and the server's that goes with it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.is_reset = False
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def end(self, *, reset: bool = False) -> None:
        """End both, politely or not."""
        self.is_reset = self.is_reset or reset
        for end in (self.client, self.server):
            # Whoever reads it has to be woken, as a socket that is read is not closed.
            _shut(end, socket.SHUT_RD if reset else socket.SHUT_RDWR)
            if reset:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.close()


def _shut(end: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(how)
