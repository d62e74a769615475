"""Run as a program where nothing but loopback exists (`unshare -rn`): what do redirects reach?

Brings loopback up, gives it private, link-local and carrier addresses, listens on all of them, and lets one
allowed server redirect a fetcher to each hostile target in turn. Prints what was reached, as JSON, and what
plain httpx reaches on the same targets.
"""

import asyncio
import contextlib
import fcntl
import json
import socket
import struct
from datetime import UTC, datetime

import httpx

from scraper.errors import FetchError
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import Request

SIOCSIFADDR, SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8916, 0x8913, 0x8914, 0x1
ADDRESSES = ("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "168.63.129.16")
TARGETS_TEXT = """
    http://127.0.0.1:{port}/ http://127.1:{port}/ http://2130706433:{port}/ http://0x7f000001:{port}/
    http://0177.0.0.1:{port}/ http://0x7f.1:{port}/ http://0:{port}/ http://0.0.0.0:{port}/ http://127.9.8.7:{port}/
    http://①②⑦.⓪.⓪.①:{port}/ http://127。0。0。1:{port}/ http://%31%32%37.0.0.1:{port}/ http://localhost:{port}/
    http://LOCALHOST:{port}/ http://a.localhost:{port}/ http://localhost.:{port}/ http://user@127.0.0.1:{port}/
    http://[::1]:{port}/ http://[::]:{port}/ http://[0:0:0:0:0:0:0:1]:{port}/ http://[::ffff:127.0.0.1]:{port}/
    http://[::ffff:7f00:1]:{port}/ http://[::127.0.0.1]:{port}/ http://[::ffff:10.0.0.1]:{port}/
    http://10.0.0.1:{port}/ http://167772161:{port}/ http://012.0.0.1:{port}/ http://172.16.0.1:{port}/
    http://192.168.1.1:{port}/ http://192.168.257:{port}/ http://169.254.169.254:{port}/latest/meta-data/
    http://2852039166:{port}/ http://0xa9fea9fe:{port}/ http://[::ffff:169.254.169.254]:{port}/ http://100.64.0.1:{port}/
    http://198.18.0.1:{port}/ http://168.63.129.16:{port}/ http://[64:ff9b::7f00:1]:{port}/ http://[2002:7f00:1::]:{port}/
    http://inward.example:{port}/ http://metadata.example:{port}/ http://mixed.example:{port}/ http://six.example:{port}/
    http://rebind.example:{port}/ https://127.0.0.1:{port}/ ftp://127.0.0.1:{port}/ file:///etc/passwd
    gopher://127.0.0.1:{port}/ //127.0.0.1:{port}/ http:127.0.0.1:{port}/ http:\\\\127.0.0.1:{port}\\x
"""
TARGETS = TARGETS_TEXT.split()
NAMES = {
    "inward.example": ["10.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mixed.example": ["192.0.2.7", "127.0.0.1"],
    "six.example": ["::1", "::ffff:127.0.0.1"],
    "rebind.example": ["127.0.0.1"],
}


def bring_up() -> None:
    """Loopback up, with one more address for each kind of inner network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for n, address in enumerate(("127.0.0.1", *ADDRESSES)):
            name = b"lo" if n == 0 else f"lo:{n}".encode()
            packed = struct.pack("16sH2s4s8x", name, socket.AF_INET, b"", socket.inet_aton(address))
            fcntl.ioctl(control, SIOCSIFADDR, packed)
            flags = struct.unpack("16sH", fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sH14x", name, 0))[:18])[1]
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", name, flags | IFF_UP))


def resolve(host, port, *_, **__):
    """The name server of this small world."""
    host = host.decode() if isinstance(host, bytes) else host
    ips = NAMES.get(host.rstrip("."), ["127.0.0.1"] if "localhost" in host else [host])
    families = [(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip) for ip in ips]
    return [
        (family, socket.SOCK_STREAM, 6, "", (ip, port, 0, 0) if family == socket.AF_INET6 else (ip, port))
        for family, ip in families
    ]


async def main() -> dict[str, list[str]]:
    """What each target came to, and what the inner servers saw."""
    reached: list[str] = []
    outcomes: list[str] = []
    target = ""

    async def inner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(target)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
        writer.close()

    async def outer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 302 X\r\nLocation: {target}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        writer.write(head.encode())
        writer.close()

    secret = await asyncio.start_server(inner, "0.0.0.0", 0)
    port = secret.sockets[0].getsockname()[1]
    secret_v6 = await asyncio.start_server(inner, "::", port)
    front = await asyncio.start_server(outer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{front.sockets[0].getsockname()[1]}/"
    policy = FetchPolicy(
        user_agent="t/1", min_delay_s=0, obeys_robots=False, n_tries=1, timeout_s=2, allow_addresses=(url[7:-1],)
    )
    socket.getaddrinfo = resolve
    async with Fetcher(policy, now=lambda: datetime.now(UTC)) as fetcher:
        for template in TARGETS:
            target = template.format(port=port)
            try:
                await fetcher.fetch(Request(url=url))
                outcomes.append("reached")
            except FetchError as error:
                outcomes.append(error.reason)
    n_reached = len(reached)
    async with httpx.AsyncClient(follow_redirects=True, timeout=2, trust_env=False) as plain:
        for template in TARGETS:
            target = template.format(port=port)
            with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL, UnicodeError):
                await plain.get(url)
    for server in (secret, secret_v6, front):
        server.close()
    return {"reached": reached[:n_reached], "outcomes": outcomes, "reached_by_plain_httpx": reached[n_reached:]}


if __name__ == "__main__":
    bring_up()
    print(json.dumps(asyncio.run(main())))
