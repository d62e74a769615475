"""Public addresses only, checked on the address that is connected to.

The connector asks `Guard.open_socket` for every socket, after name resolution and on each redirect hop, so
no spelling of a host (decimal, octal, a name that resolves inwards, a rebinding name server) gets around
it. Public means global unicast in the IANA special-purpose registries for IPv4 and IPv6, without the
ranges that carry an IPv4 address inside (NAT64, 6to4, Teredo, mapped, compatible) and without the ports
that the WHATWG fetch standard calls bad.

Does not resolve names itself and does not decide about robots.txt.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import ThreadedResolver
from aiohttp.abc import ResolveResult

from scraper import urls
from scraper.errors import SettingsError, UnsafeAddress

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC_V4_TEXT = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
    "168.63.129.16/32"  # the metadata service of a large cloud, on an address that is public by number
)
_NOT_PUBLIC_V4 = tuple(ipaddress.IPv4Network(text) for text in _NOT_PUBLIC_V4_TEXT.split())
_GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(text)
    # IETF protocol assignments (Teredo, ORCHID, benchmarking), documentation, 6to4
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# https://fetch.spec.whatwg.org/#bad-port
_BAD_PORTS_TEXT = (
    "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 "
    "123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 "
    "990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080"
)
_BAD_PORTS = frozenset(int(text) for text in _BAD_PORTS_TEXT.split())


class Blocked(PermissionError):
    """Raised inside the connector, which expects an OSError; the client translates it to `UnsafeAddress`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowList:
    """What is let through although it is not public. `None` as a port means any."""

    networks: tuple[tuple[Network, int | None], ...] = ()
    hosts: tuple[tuple[str, int | None], ...] = ()

    @classmethod
    def read(cls, entries: Iterable[str]) -> AllowList:
        """The list that `entries` spell: each a host name, an address or a network, with `:port` or without.

        An IPv6 address with a port stands in brackets. Raises `SettingsError` for what is none of these.
        """
        networks: list[tuple[Network, int | None]] = []
        hosts: list[tuple[str, int | None]] = []
        for entry in entries:
            name, port = _name_and_port(entry.strip())
            try:
                networks.append((ipaddress.ip_network(name, strict=False), port))
            except ValueError:
                if not name or "/" in name or ":" in name:
                    raise SettingsError(f"allow_addresses: {entry!r} is no host, address or network") from None
                hosts.append((name.lower(), port))
        return cls(networks=tuple(networks), hosts=tuple(hosts))

    def has_host(self, name: str, port: int) -> bool:
        """Whether `name` is listed by name for `port`."""
        return any(name == host and allowed in (None, port) for host, allowed in self.hosts)


def is_public(ip: str) -> bool:
    """Whether `ip` is a global unicast address that does not stand for another one. False for what is no address."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address in _GLOBAL_UNICAST_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def is_allowed(ip: str, port: int, allow: AllowList = AllowList()) -> bool:
    """Whether a connection to `ip` (as it stands in a socket address) on `port` may be made."""
    if is_public(ip) and port not in _BAD_PORTS:
        return True
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    return any(
        address.version == network.version and address in network and allowed in (None, port)
        for network, allowed in allow.networks
    )


class Guard:
    """Opens sockets to allowed addresses only. One for each `Fetcher`.

    Keeps what the hosts on the allow-list resolved to, for as long as it lives.
    """

    def __init__(self, allow: AllowList) -> None:
        self._allow = allow
        self._by_name: set[tuple[str, int]] = set()

    def check(self, url: str) -> None:
        """Return if `url` may be asked for as far as can be told before its name is resolved.

        Raises `UnsafeAddress`.
        """
        host, port = urls.host_and_port(url)
        if self._allow.has_host(host, port):
            return
        is_literal = ":" in host or host.replace(".", "").isdigit()
        if is_literal and not is_allowed(host, port, self._allow):
            raise UnsafeAddress(f"{host} port {port} is not public", url=url)
        if port in _BAD_PORTS and not any(allowed in (None, port) for _, allowed in self._allow.networks):
            raise UnsafeAddress(f"port {port} is not for the web", url=url)

    def permit(self, ip: str, port: int, name: str) -> None:
        """Let `ip` through if `name`, which resolved to it, is on the allow-list by name."""
        if self._allow.has_host(name, port):
            self._by_name.add((ip, port))

    def open_socket(self, addr_info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        """A socket for `addr_info`, not connected yet. Raises `Blocked`."""
        family, kind, protocol, _, address = addr_info
        if not is_allowed(address[0], address[1], self._allow) and tuple(address[:2]) not in self._by_name:
            raise Blocked("resolves to an address that is not public")
        return socket.socket(family=family, type=kind, proto=protocol)


class GuardedResolver(ThreadedResolver):
    """The system's name resolution, telling the guard which addresses the listed names have."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """What `host` resolves to. Every name under `localhost` is this machine (RFC 6761 6.3)."""
        name = "localhost" if host.endswith(".localhost") else host
        found = await super().resolve(name, port, family)
        for result in found:
            self._guard.permit(result["host"], result["port"], host)
        return found


def _name_and_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        name, _, port = entry[1:].partition("]")
        return name, _port(port.removeprefix(":"), entry)
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, _port(port, entry)
    return entry, None


def _port(text: str, entry: str) -> int | None:
    if not text:
        return None
    if not text.isdigit() or int(text) > 65535:
        raise SettingsError(f"allow_addresses: {entry!r} does not end in a port number")
    return int(text)
