"""What does the panel know of an HTTP request, whichever interface it came by?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A request.

    Attributes:
        method: upper-case; ``"WS"`` for a WebSocket connection.
        path: inside of the app, decoded.
        root: the prefix under which the app is mounted.
        query_string: what stands behind the question mark, as it was sent.
        client: the address of whoever is connected; None where the server does not say.
        headers: names in lower case, and values.
    """

    method: str
    path: str
    root: str
    query_string: str
    client: str | None
    headers: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for key, value in self.headers if key == name]

    def one(self, name: str) -> str | None:
        """The value of a header that may be there once; None where it is not, or is repeated."""
        values = self.all(name)
        return values[0] if len(values) == 1 else None
