"""robots.txt by RFC 9309: fetched once for each origin, then asked for each address.

4xx, or more than five redirects, allows everything; 5xx, 429 or silence forbids everything for now. What
is beyond 512 KiB is not read. Parsing and matching are protego's.

Bodies of earlier runs are used again for 24 hours (RFC 9309 2.4), an absent one like an empty one; an error is
forgotten with the run. Does not fetch by itself (the client hands in how) and stores nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from protego import Protego

from scraper import urls
from scraper.errors import (
    BadStatus,
    FetchError,
    LeftAlone,
    RobotsDisallowed,
    RobotsUnavailable,
    Unreachable,
    UnsafeAddress,
)
from scraper.fetching import optouts
from scraper.fetching.hosts import Hosts

MAX_ROBOTS_BYTES = 512 * 1024
MAX_ROBOTS_REDIRECTS = 5
_ABSENT = frozenset({404, 410})

# Letters, "_" and "-" make a product token; a number therefore names nobody.
_TOKEN = re.compile(r"([A-Za-z_-]+)")
_COMPATIBLE = re.compile(r"\(compatible;\s*([A-Za-z_-]+)")
_NOBODY = "0"
_AGENT_LINE = re.compile(r"\s*user[-\s]?agent\s*[:\s]\s*(.*)", re.IGNORECASE)
_RULE_LINE = re.compile(r"\s*(?:al|dis|dia|crawl|request|visit)", re.IGNORECASE)

Get = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one origin's robots.txt says to us. `delay_s` is 0 where it says nothing."""

    parsed: Protego | None = None
    name: str = "*"
    error: FetchError | None = None
    delay_s: float = 0.0
    opt_outs: optouts.OptOuts = optouts.NONE

    def check(self, url: str) -> None:
        """Return if `url` may be fetched. Raises `RobotsDisallowed`, or what kept robots.txt from being read."""
        if url.partition("?")[0].endswith("/robots.txt") and url.count("/") == 3:
            return  # always allowed (RFC 9309 2.2.2)
        if self.error is not None:
            raise _for(self.error, url)
        if self.parsed is not None and not self.parsed.can_fetch(url, self.name):
            raise RobotsDisallowed("robots.txt does not allow it", url=url)


class Robots:
    """The rules of every origin met so far."""

    def __init__(self, user_agent: str, hosts: Hosts, now: Callable[[], datetime]) -> None:
        self._user_agent = user_agent
        self._hosts = hosts
        self._now = now
        self._rules: dict[str, Rules] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def rules(self, url: str, get: Get) -> Rules:
        """The rules for `url`. `get(address)` fetches a body, raising `FetchError`, and is called once per origin."""
        origin = urls.origin(url)
        if (known := self._rules.get(origin)) is not None:
            return known
        async with self._locks[origin]:
            if origin not in self._rules:
                self._rules[origin] = await self._read(origin, get)
            return self._rules[origin]

    def opt_outs(self, url: str) -> tuple[str, ...]:
        """The learning machines that may not have `url`, as far as its robots.txt was read."""
        known = self._rules.get(urls.origin(url))
        return known.opt_outs.names(url) if known is not None else ()

    async def _read(self, origin: str, get: Get) -> Rules:
        if (kept := self._hosts.robots(origin, self._now())) is not None:
            return read(kept, self._user_agent)
        self._hosts.save_robots(origin, None, self._now())
        try:
            body = await get(origin + "/robots.txt")
        except BadStatus as error:
            if error.is_retryable:
                return Rules(error=error)
            if error.status in _ABSENT:
                self._hosts.save_robots(origin, b"", self._now())
            return Rules()
        except UnsafeAddress:
            return Rules()  # a redirect leads inwards: as good as none, and not followed
        except FetchError as error:
            return Rules(error=error)
        self._hosts.save_robots(origin, body, self._now())
        return read(body, self._user_agent)


def read(body: bytes, user_agent: str) -> Rules:
    """The rules in the robots.txt `body` for `user_agent`. Never fails: what is no rule is skipped (RFC 9309 2.2)."""
    token = product_token(user_agent)
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = (_rewritten(line, token) for line in text.splitlines())
    parsed = Protego.parse("\n".join(line for line in lines if line))
    delay, rate = parsed.crawl_delay(token), parsed.request_rate(token)
    per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
    wanted = max(float(delay or 0.0), per_request)
    delay_s = wanted if isfinite(wanted) else 0.0
    return Rules(parsed=parsed, name=token, delay_s=delay_s, opt_outs=optouts.read(text))


def product_token(user_agent: str) -> str:
    """The name by which a robots.txt speaks to `user_agent` (RFC 9309 2.2.1), in lower case."""
    found = _COMPATIBLE.search(user_agent) or _TOKEN.match(user_agent)
    return found[1].lower() if found else "*"


def _rewritten(line: str, token: str) -> str:
    """`line` as protego has to see it to match by the RFC: it splits groups at lines it does not know, and takes
    parts of names for the name.
    """
    agent = _AGENT_LINE.match(line)
    if agent is None:
        return line if _RULE_LINE.match(line) else ""
    if agent[1].startswith("*"):
        return "user-agent: *"
    named = _TOKEN.match(agent[1])
    return f"user-agent: {token if named and named[1].lower() == token else _NOBODY}"


def _for(error: FetchError, url: str) -> FetchError:
    if isinstance(error, BadStatus):
        return RobotsUnavailable(f"robots.txt could not be had ({error.detail})", url=url)
    kind = Unreachable if isinstance(error, LeftAlone) else type(error)
    return kind(f"while asking for robots.txt: {error.detail}", url=url)
