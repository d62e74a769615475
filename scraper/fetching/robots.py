"""robots.txt by RFC 9309: fetched once for each origin, then asked for each address.

4xx, or more than five redirects, allows everything; 5xx, 429 or silence forbids everything for now. What
is beyond 512 KiB is not read. Parsing and matching are protego's.

Does not fetch by itself (the client hands in how) and keeps nothing beyond the fetcher it belongs to.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protego import Protego

from scraper import urls
from scraper.errors import BadStatus, FetchError, RobotsDisallowed, RobotsUnavailable, UnsafeAddress

MAX_ROBOTS_BYTES = 512 * 1024
MAX_ROBOTS_REDIRECTS = 5

Get = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one origin's robots.txt says to us. `delay_s` is 0 where it says nothing."""

    parsed: Protego | None = None
    error: FetchError | None = None
    delay_s: float = 0.0

    def check(self, url: str, user_agent: str) -> None:
        """Return if `url` may be fetched. Raises `RobotsDisallowed`, or what kept robots.txt from being read."""
        if self.error is not None:
            raise _for(self.error, url)
        if self.parsed is not None and not self.parsed.can_fetch(url, user_agent):
            raise RobotsDisallowed("robots.txt does not allow it", url=url)


class Robots:
    """The rules of every origin met so far."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._rules: dict[str, Rules] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def rules(self, url: str, get: Get) -> Rules:
        """The rules for `url`. `get(address)` fetches a body, raising `FetchError`, and is called once per origin."""
        origin = urls.origin(url)
        if (known := self._rules.get(origin)) is not None:
            return known
        async with self._locks[origin]:
            if origin not in self._rules:
                self._rules[origin] = await self._read(origin + "/robots.txt", get)
            return self._rules[origin]

    async def _read(self, url: str, get: Get) -> Rules:
        try:
            body = await get(url)
        except BadStatus as error:
            if error.is_retryable:
                return Rules(error=error)
            return Rules()
        except UnsafeAddress:
            return Rules()  # a redirect leads inwards: as good as none, and not followed
        except FetchError as error:
            return Rules(error=error)
        return read(body, self._user_agent)


def read(body: bytes, user_agent: str) -> Rules:
    """The rules in the robots.txt `body` for `user_agent`. Never fails: what is no rule is skipped (RFC 9309 2.2)."""
    parsed = Protego.parse(body.decode("utf-8", "replace").removeprefix("\ufeff"))
    delay = parsed.crawl_delay(user_agent)
    rate = parsed.request_rate(user_agent)
    per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
    return Rules(parsed=parsed, delay_s=max(float(delay or 0.0), per_request))


def _for(error: FetchError, url: str) -> FetchError:
    if isinstance(error, BadStatus):
        return RobotsUnavailable(f"robots.txt could not be had ({error.detail})", url=url)
    return type(error)(f"while asking for robots.txt: {error.detail}", url=url)
