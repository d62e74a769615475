"""One exchange with a server.

HTTP/1.1 by aiohttp, whose connector asks the guard for each socket. Tests may put an httpx transport in its
place (`httpx.MockTransport`): both stand behind `Wire`. aiohttp is asked directly, and not through an httpx
transport over it, because that doubles the cost of a page (0.25 and 0.43 ms of CPU, 90 kB on loopback) and
writes addresses anew. No cookies, no proxies from the environment, no redirects followed, no body decoded by
others.

Does not retry, wait or look at robots.txt.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import aiohttp
import httpx
from yarl import URL

from scraper.errors import Incomplete, Timeout, TooLarge, WrongType
from scraper.fetching.bodies import Body
from scraper.fetching.failures import FOREIGN, translate
from scraper.fetching.guard import Guard, GuardedResolver

CONNECT_TIMEOUT_S = 10.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Nothing in these can be an article, a feed or a sitemap; the body is not even read.
_NEVER_READ = (
    "image/",
    "video/",
    "audio/",
    "font/",
    "model/",
    "application/pdf",
    "application/zip",
    "application/vnd.ms",
)


@dataclass(slots=True)
class Budget:
    """The seconds one fetch may still spend on the wire; waiting for a turn does not count."""

    left_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one exchange needs to know. With `is_cut_fine` a body over the limit is cut, not refused."""

    url: str
    headers: tuple[tuple[str, str], ...]
    limit_bytes: int
    is_cut_fine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one exchange brought. `body` is empty unless the status is 2xx."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that (lower-case) name, or None."""
        return next((value for key, value in self.headers if key == name), None)


class Reply(Protocol):
    """An answer whose headers have come and whose body has not been read."""

    status: int
    raw_headers: Iterable[tuple[bytes, bytes]]

    def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes."""

    async def close(self) -> None:
        """Done with it, read or not."""


class Wire(Protocol):
    """The way to the servers."""

    async def send(self, url: str, headers: tuple[tuple[str, str], ...]) -> Reply:
        """Ask for `url` with GET. Raises what the library below raises."""

    async def close(self) -> None:
        """Close all connections."""


class AiohttpWire:
    """The real one: reaches the addresses that `guard` allows, and keeps connections for the next request."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._session: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S)

    async def send(self, url: str, headers: tuple[tuple[str, str], ...]) -> Reply:
        """Ask for `url`, which is sent as it is."""
        if self._session is None:
            self._session = self._open()
        address = URL(url, encoded=True)
        response = await self._session.get(address, headers=headers, allow_redirects=False, timeout=self._timeout)
        return AiohttpReply(response)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=_certificates(),
            limit=0,  # the fetcher counts
            ttl_dns_cache=300,
            resolver=GuardedResolver(self._guard),
            socket_factory=self._guard.open_socket,
        )
        jar = aiohttp.DummyCookieJar()
        return aiohttp.ClientSession(connector=connector, cookie_jar=jar, trust_env=False, auto_decompress=False)


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates of certifi, the same wherever we run. Reading them takes 40 ms, so they are read once."""
    return httpx.create_ssl_context(trust_env=False)


class AiohttpReply:
    """An answer of aiohttp's."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.raw_headers: Iterable[tuple[bytes, bytes]] = response.raw_headers

    def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes."""
        return self._response.content.iter_any()

    async def close(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""
        self._response.release()


class HttpxWire:
    """Any httpx transport in the place of the network."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def send(self, url: str, headers: tuple[tuple[str, str], ...]) -> Reply:
        """Ask the transport."""
        return HttpxReply(await self._transport.handle_async_request(httpx.Request("GET", url, headers=headers)))

    async def close(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


class HttpxReply:
    """An answer of an httpx transport."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.raw_headers: Iterable[tuple[bytes, bytes]] = response.headers.raw

    def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes, not decoded."""
        return aiter(self._response.stream)  # type: ignore[arg-type] # a transport for async clients gives no other

    async def close(self) -> None:
        """Close the answer."""
        await self._response.aclose()


async def exchange(wire: Wire, ask: Ask, budget: Budget) -> Answer:
    """The server's answer to `ask`, complete. Raises subclasses of `FetchError`."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(budget.left_s):
            return await _exchange(wire, ask)
    except TimeoutError as error:
        raise Timeout(f"no complete answer within {budget.left_s:.0f} s", url=ask.url) from error
    finally:
        budget.left_s = max(0.0, budget.left_s - (time.monotonic() - started))


async def _exchange(wire: Wire, ask: Ask) -> Answer:
    try:
        reply = await wire.send(ask.url, ask.headers)
    except FOREIGN as error:
        raise translate(error, ask.url) from error
    headers = tuple((name.decode("latin-1").lower(), _text(value)) for name, value in reply.raw_headers)
    answer = Answer(status=reply.status, headers=headers)
    try:
        if not 200 <= answer.status < 300:
            return answer
        return Answer(status=answer.status, headers=headers, body=await _body(reply, answer, ask))
    except FOREIGN as error:
        raise translate(error, ask.url, is_in_body=True) from error
    finally:
        await reply.close()


async def _body(reply: Reply, answer: Answer, ask: Ask) -> bytes:
    kind = (answer.header("content-type") or "").strip().lower()
    if kind.startswith(_NEVER_READ):
        raise WrongType(f"content type {kind[:80]!r}", url=ask.url)
    codings = ",".join(value for name, value in answer.headers if name == "content-encoding")
    announced = answer.header("content-length") or ""
    n_announced = int(announced) if announced.isascii() and announced.isdigit() else None
    if n_announced is not None and n_announced > ask.limit_bytes and not ask.is_cut_fine:
        raise TooLarge(f"{n_announced} bytes announced, {ask.limit_bytes} are the limit", url=ask.url)
    body = Body(ask.url, codings, ask.limit_bytes)
    try:
        async for piece in reply.pieces():
            body.feed(piece)
    except TooLarge:
        if ask.is_cut_fine:
            return body.so_far()
        raise
    if n_announced is not None and answer.header("transfer-encoding") is None and body.n_raw_bytes < n_announced:
        raise Incomplete(f"{body.n_raw_bytes} of {n_announced} bytes came", url=ask.url)
    return body.whole()


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
