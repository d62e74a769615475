"""httpx over aiohttp's connections: a third of the CPU of httpx's own, and a public place for the address guard.

aiohttp's connector asks the guard for each socket it opens. An address is sent as it is given: httpx and
aiohttp would both write it anew. No cookies, no proxies from the environment, no redirects followed, no body
decoded. Exceptions are aiohttp's; `scraper.fetching.failures` translates them.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx
from yarl import URL

from scraper.fetching.guard import Guard, GuardedResolver

ADDRESS = "newsdesk_address"
"""The request extension that holds the address as it is to be sent."""

CONNECT_TIMEOUT_S = 10.0


class GuardedTransport(httpx.AsyncBaseTransport):
    """Reaches the addresses that `guard` allows, and keeps connections for the next request."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._session: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a GET, its body not read yet."""
        if self._session is None:
            self._session = self._open()
        address = URL(request.extensions.get(ADDRESS) or str(request.url), encoded=True)
        headers, exchange = request.headers.multi_items(), _Exchange()
        own: dict[str, Any] = {"trace_request_ctx": exchange, "middlewares": (exchange.ask,), "timeout": self._timeout}
        response = await self._session.get(address, headers=headers, allow_redirects=False, **own)
        return httpx.Response(response.status, headers=response.raw_headers, stream=_Stream(response), request=request)

    async def aclose(self) -> None:
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
        traces = aiohttp.TraceConfig()
        traces.on_connection_reuseconn.append(_reused)
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=jar, trust_env=False, auto_decompress=False, trace_configs=[traces]
        )


class HungUp(aiohttp.ClientError):
    """A new connection was lost before an answer came."""


class _Exchange:
    """Whether one request may be sent a second time at once, which aiohttp does wherever the connection was lost.

    It may where a kept connection turned out to be closed (RFC 9112 9.3.1); else the client asks again, in its turn.
    """

    is_reused = False

    async def ask(self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        self.is_reused = False
        try:
            return await handler(request)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            if self.is_reused or isinstance(error, aiohttp.ClientConnectorError):
                raise
            raise HungUp(str(error)) from error


async def _reused(
    _: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceConnectionReuseconnParams
) -> None:
    context.trace_request_ctx.is_reused = True


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates of certifi, the same wherever we run. Reading them takes 40 ms, so they are read once."""
    return httpx.create_ssl_context(trust_env=False)


class _Stream(httpx.AsyncByteStream):
    """The body of an answer as it comes."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.content.iter_any()

    async def aclose(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""
        self._response.release()
