"""A web server on loopback whose routes do whatever a test wants, and a clock that moves only when told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scraper.errors import FetchError
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import Host, Request

AGENT = "newsdesk-test/1.0 (+https://newsdesk.example/bot)"
HTML = b"<html><p>Hello</p></html>"
ROBOTS = b"User-agent: *\nDisallow: /private\nCrawl-delay: 0\n"
Route = Callable[["Seen", asyncio.StreamWriter], Awaitable[None]]


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class Seen:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]
    at: datetime


@dataclass
class Server:
    """What was asked of a server, and what it answers."""

    clock: FakeClock
    port: int = 0
    log: list[Seen] = field(default_factory=list)
    routes: dict[str, Any] = field(default_factory=dict)
    n_in_flight: int = 0
    most_in_flight: int = 0

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order, without robots.txt."""
        return [seen.path for seen in self.log if seen.path != "/robots.txt"]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def fetcher(self, known: Iterable[Host] = (), **policy: Any) -> Fetcher:
        fields = {"user_agent": AGENT, "min_delay_s": 0.0, "timeout_s": 2.0, "allow_addresses": ("127.0.0.1",)}
        return Fetcher(FetchPolicy(**{**fields, **policy}), now=self.clock.now, sleep=self.clock.sleep, known=known)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head.decode("latin-1"), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        seen = Seen(first.split()[1], headers, self.clock.now())
        self.log.append(seen)
        self.n_in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.n_in_flight)
        try:
            route = self.routes.get(seen.path.partition("?")[0], answer(404))
            if isinstance(route, list):
                route = route.pop(0) if len(route) > 1 else route[0]
            await (route if callable(route) else raw(route))(seen, writer)
        finally:
            self.n_in_flight -= 1


@asynccontextmanager
async def serving(**routes: Any) -> AsyncIterator[Server]:
    """A server whose routes are `name=route` for the path `/name`; `_` stands for the dot in a name.

    A route is bytes (sent as they are), an async function, or a list of these for one request after the other.
    """
    server = Server(FakeClock())
    server.routes = {"/" + name.replace("_", "."): route for name, route in routes.items()}
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; header names with `_` for `-`."""
    fields = {"content_length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def raw(data: bytes, *, is_closed: bool = False) -> Route:
    """A route that sends `data` as it is, then closes the connection if `is_closed`."""

    async def send(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        if is_closed:
            writer.close()

    return send


def slowly(pieces: bytes, pause_s: float = 0.05) -> Route:
    """A route that sends one byte after the other, really slowly."""

    async def send(_: Seen, writer: asyncio.StreamWriter) -> None:
        for byte in pieces:
            writer.write(bytes([byte]))
            await asyncio.sleep(pause_s)

    return send


def endlessly(head: bytes, piece: bytes) -> Route:
    """A route that never ends."""

    async def send(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()

    return send


def run(scenario: Callable[[Server], Awaitable[None]], **routes: Any) -> Server:
    """Run `scenario` against a server with `routes`; the server tells what it saw."""

    async def main() -> Server:
        async with serving(**routes) as server:
            await scenario(server)
            return server

    return asyncio.run(main())


def fetch(path: str, routes: dict[str, Any], **policy: Any) -> tuple[Any, Server]:
    """What fetching `path` brings: (page or error, server)."""
    found = []

    async def scenario(server: Server) -> None:
        async with server.fetcher(**policy) as fetcher:
            try:
                found.append(await fetcher.fetch(Request(url=server.url(path))))
            except FetchError as error:
                found.append(error)

    server = run(scenario, **routes)
    return found[0], server
