"""One exchange with a server, over an httpx transport (`scraper.fetching.transport`, or a test's own).

The transport is asked without an `httpx.AsyncClient` around it: redirects, cookies, timeouts and decoding, for
which that one is made, are decided here, and it costs 2 ms of CPU a page.

Does not retry, wait or look at robots.txt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import cast

import httpx

from scraper.errors import Incomplete, Timeout, TooLarge, WrongType
from scraper.fetching.bodies import Body
from scraper.fetching.failures import FOREIGN, translate
from scraper.fetching.transport import ADDRESS

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
    """What one exchange brought. `body` is empty unless the status is 2xx; `raw` is it as it came, if compressed."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    raw: bytes | None = None

    def header(self, name: str) -> str | None:
        """The first header of that (lower-case) name, or None."""
        return next((value for key, value in self.headers if key == name), None)


async def exchange(transport: httpx.AsyncBaseTransport, ask: Ask, budget: Budget) -> Answer:
    """The server's answer to `ask`, complete. Raises subclasses of `FetchError`."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(budget.left_s):
            return await _exchange(transport, ask)
    except TimeoutError as error:
        raise Timeout(f"no complete answer within {budget.left_s:.0f} s", url=ask.url) from error
    finally:
        budget.left_s = max(0.0, budget.left_s - (time.monotonic() - started))


async def _exchange(transport: httpx.AsyncBaseTransport, ask: Ask) -> Answer:
    try:
        request = httpx.Request("GET", ask.url, headers=ask.headers, extensions={ADDRESS: ask.url})
        reply = await transport.handle_async_request(request)
    except FOREIGN as error:
        raise translate(error, ask.url) from error
    headers = tuple((name.decode("latin-1").lower(), _text(value)) for name, value in reply.headers.raw)
    answer = Answer(status=reply.status_code, headers=headers)
    try:
        if not 200 <= answer.status < 300:
            return answer
        body, raw = await _body(reply, answer, ask)
        return Answer(status=answer.status, headers=headers, body=body, raw=raw)
    except FOREIGN as error:
        raise translate(error, ask.url, is_in_body=True) from error
    finally:
        await reply.aclose()


async def _body(reply: httpx.Response, answer: Answer, ask: Ask) -> tuple[bytes, bytes | None]:
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
        async for piece in cast(AsyncIterable[bytes], reply.stream):  # as it came, not decoded
            body.feed(piece)
    except TooLarge:
        if ask.is_cut_fine:
            return body.so_far(), None
        raise
    if n_announced is not None and answer.header("transfer-encoding") is None and body.n_raw_bytes < n_announced:
        raise Incomplete(f"{body.n_raw_bytes} of {n_announced} bytes came", url=ask.url)
    return body.whole(), body.raw


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
