"""Who may see the panel? Whoever sits at this machine, and whom the program allows.

A client that is not at this machine is refused by its address. So is whoever comes through a proxy,
as its address is the proxy's. A page of another site that the developer has open is refused by the
name it asked for (DNS rebinding), and by what browsers say of who asks (``Origin``,
``Sec-Fetch-Site``), which also holds where the app lets every site read its answers (CORS).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from secrets import compare_digest, token_urlsafe
from typing import TypeAlias
from urllib.parse import urlsplit

from ..errors import ConfigurationError, short
from .visits import Visit

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# What proxies add. Those of the second list name the client.
FORWARDED = ("forwarded", "via")
NAMES_CLIENT = (
    "x-forwarded-for",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-external-address",
    "true-client-ip",
    "cf-connecting-ip",
    "fastly-client-ip",
)
FORWARDED_PREFIX = "x-forwarded-"
_FOR = re.compile(r'(?:^|[;,\s])for=("[^"]*"|[^;,\s]+)', re.I)
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/?#@\\\s]+)(?::[0-9]+)?", re.I)

REMOTE = (
    "The query panel answers clients on this machine only, and this request came from {client}.\n"
    "Allow others by QueryPanelMiddleware(…, allow=[{network}])."
)
PROXY = (
    "The query panel answers clients on this machine only, and this request was forwarded by a "
    "proxy.\nAllow it by QueryPanelMiddleware(…, allow=[…]), with the networks of the proxy and of "
    "all clients that it names."
)
HOST = (
    "The query panel does not answer to the host name of this request, as any site can have it "
    "point here.\nUse localhost, or allow the name by QueryPanelMiddleware(…, hosts=[…])."
)
CROSS = "The query panel does not answer the pages of other sites."


class Access:
    """The rules of who may see the panel.

    Args:
        allow: networks or addresses of clients besides those at this machine.
        hosts: names by which the app may be asked for, besides ``localhost``.

    Attributes:
        token: what a form of the panel has to bring along; another one in each process.

    Raises:
        ConfigurationError: what is no network, or no name.
    """

    def __init__(self, allow: Iterable[str], hosts: Iterable[str]) -> None:
        self._networks = [network(one) for one in listed("allow", allow)]
        self._hosts = {host_name(one) for one in listed("hosts", hosts)}
        self.token = token_urlsafe(32)

    def refusal(self, visit: Visit) -> str | None:
        """Why a request is refused; None where it is not."""
        return self._stranger(visit) or self._wrong_host(visit) or self._cross_site(visit)

    def knows(self, visit: Visit) -> bool:
        """Whether the client of a request to the app may see what the panel knows of it."""
        return (self._stranger(visit) or self._wrong_host(visit)) is None

    def has_token(self, given: str) -> bool:
        """Whether a form brought the token."""
        return compare_digest(given.encode(), self.token.encode())

    def _stranger(self, visit: Visit) -> str | None:
        client = address(visit.client)
        if is_forwarded(visit):
            named = forwarded_for(visit)
            if named and self._allows(client) and all(map(self._allows, named)):
                return None
            return PROXY
        if client is not None and (client.is_loopback or self._allows(client)):
            return None
        shown = "a client without an address" if client is None else str(client)
        return REMOTE.format(client=shown, network="…" if client is None else f'"{client}"')

    def _allows(self, client: Address | None) -> bool:
        return client is not None and any(
            client.version == one.version and client in one for one in self._networks
        )

    def _wrong_host(self, visit: Visit) -> str | None:
        said = visit.one("host")
        match = _HOST.fullmatch(said) if said else None
        if match is None:
            return HOST
        name = match[1].strip("[]").lower().rstrip(".")
        # A name can be made to point anywhere; an address cannot.
        is_safe = name == "localhost" or name.endswith(".localhost") or address(name) is not None
        return None if is_safe or name in self._hosts else HOST

    def _cross_site(self, visit: Visit) -> str | None:
        site = visit.one("sec-fetch-site")
        if site is not None:  # no page can forge it
            if site in ("same-origin", "none"):
                return None
            # Somebody followed a link, or pressed "Back": shown to the user, not to the other site.
            goes = visit.one("sec-fetch-mode") == "navigate"
            whole = visit.one("sec-fetch-dest") == "document"
            return None if goes and whole and visit.method in ("GET", "HEAD") else CROSS
        origins = visit.all("origin")
        if not origins:
            return None
        return None if [urlsplit(one).netloc for one in origins] == visit.all("host") else CROSS


def address(text: str | None) -> Address | None:
    """An address; None for what is none. IPv4 within IPv6 is IPv4."""
    try:
        found = ip_address(text or "")
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_forwarded(visit: Visit) -> bool:
    """Whether a proxy says that it has forwarded the request."""
    return any(
        name in FORWARDED or name in NAMES_CLIENT or name.startswith(FORWARDED_PREFIX)
        for name, _ in visit.headers
    )


def forwarded_for(visit: Visit) -> list[Address | None]:
    """The clients that proxies name; None stands for one that is no address."""
    texts = [
        one
        for name, value in visit.headers
        for one in (
            value.split(",")
            if name in NAMES_CLIENT
            else _FOR.findall(value)
            if name == "forwarded"
            else ()
        )
    ]
    return [address(without_port(text)) for text in texts]


def without_port(text: str) -> str:
    """An address as proxies write it, without quotes, brackets and port."""
    text = text.strip().strip('"').strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def listed(name: str, given: Iterable[str]) -> list[str]:
    """Several texts.

    Raises:
        ConfigurationError: something else; one text is not several.
    """
    found = None if isinstance(given, str | bytes) else _list(given)
    if found is None or not all(isinstance(one, str) for one in found):
        raise ConfigurationError(
            f"{name} is a list of texts, not {short(given)}",
            asked=f"QueryPanelMiddleware({name}=…)",
            fix=f'Write {name}=["…"].',
        )
    return found


def _list(given: Iterable[str]) -> list[str] | None:
    try:
        return list(given)
    except TypeError:
        return None


def network(text: str) -> Network:
    """A network, or an address as one.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        return ip_network(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{short(text)} is no network: {error}",
            asked=f"QueryPanelMiddleware(allow=[{short(text)}])",
            fix='Write it as "10.0.0.0/8", or an address as "192.168.1.20".',
        ) from None


def host_name(text: str) -> str:
    """A host's name as it is compared.

    Raises:
        ConfigurationError: it is none.
    """
    if not re.fullmatch(r"[a-z0-9_.-]+", text, re.I):
        raise ConfigurationError(
            f"{short(text)} is no host name",
            asked=f"QueryPanelMiddleware(hosts=[{short(text)}])",
            fix='Write the name without scheme and port: hosts=["dev.example.org"].',
        )
    return text.lower().rstrip(".")
