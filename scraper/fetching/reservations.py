"""What a host reserves of text and data mining in its `/.well-known/tdmrep.json`.

By the TDM Reservation Protocol (W3C community group report of 2024, "file on the origin server"): a list of
`{location, tdm-reservation, tdm-policy}`; the first whose location fits the path speaks for it. Locations are those of
robots.txt (RFC 9309 2.2.3): `*` is anything, `$` the end, all else a beginning. Asked for once for each host and day.

Decides nothing: headers and meta tags stand nearer to the page (`scraper.extraction.optouts`). Does not fetch by
itself: the client hands in how.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from scraper import urls
from scraper.errors import BadStatus, FetchError, NewsError
from scraper.fetching.hosts import Hosts

PATH = "/.well-known/tdmrep.json"
MAX_TDMREP_BYTES = 512 * 1024
MAX_TDMREP_S = 10.0
MAX_RULES = 1000
_MAX_LOCATION_CHARS = 2048
_MAX_POLICY_CHARS = 500

Get = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds for the paths of one location; `policy` is an address, if any."""

    location: str
    is_reserved: bool
    policy: str | None = None

    def fits(self, path: str) -> bool:
        """Whether it speaks for `path`, in time that grows with the two lengths only."""
        first, *rest = self.location.removesuffix("$").split("*")
        is_whole = self.location.endswith("$")
        if not path.startswith(first):
            return False
        at = len(first)
        for part in rest[:-1]:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if not is_whole:
            return not rest or path.find(rest[-1], at) >= 0
        return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at if rest else path == first


class Reservations:
    """The files of every origin met so far."""

    def __init__(self, hosts: Hosts, now: Callable[[], datetime]) -> None:
        self._hosts = hosts
        self._now = now
        self._rules: dict[str, tuple[Rule, ...]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def opt_outs(self, url: str, get: Get) -> tuple[str, ...]:
        """`tdm-reservation`, and `tdm-policy:` with its address, as far as the host of `url` reserves it.

        `get(address)` fetches a body, raising `FetchError`, and is called at most once for each origin.
        """
        origin = urls.origin(url)
        async with self._locks[origin]:
            if origin not in self._rules:
                self._rules[origin] = await self._read(origin, get)
        return opt_outs(self._rules[origin], url)

    async def _read(self, origin: str, get: Get) -> tuple[Rule, ...]:
        address = origin + PATH
        if (kept := self._hosts.tdmrep(origin, self._now())) is not None:
            return read(kept, address)
        try:
            body = await get(address)
        except FetchError as error:
            if isinstance(error, BadStatus) and not error.is_retryable:
                self._hosts.save_tdmrep(origin, b"", self._now())
            return ()  # as good as none: nothing is fetched or left because of it
        rules = read(body, address)
        self._hosts.save_tdmrep(origin, body if rules else b"", self._now())
        return rules


def read(body: bytes, url: str) -> tuple[Rule, ...]:
    """The rules in the tdmrep.json `body`, found at `url`, in order. Never fails: what is no rule is passed over."""
    try:
        found = json.loads(body.removeprefix(b"\xef\xbb\xbf")) if body else []
    except (ValueError, RecursionError):
        return ()
    rows = found if isinstance(found, list) else [found]
    rules = (_rule(row, url) for row in rows[:MAX_RULES] if isinstance(row, dict))
    return tuple(rule for rule in rules if rule is not None)


def opt_outs(rules: tuple[Rule, ...], url: str) -> tuple[str, ...]:
    """What the first of `rules` that speaks for `url` reserves."""
    path = unquote("/" + url.split("/", 3)[3]) if url.count("/") > 2 else "/"
    rule = next((rule for rule in rules if rule.fits(path)), None)
    if rule is None or not rule.is_reserved:
        return ()
    return ("tdm-reservation", *((f"tdm-policy:{rule.policy}",) if rule.policy else ()))


def _rule(row: dict[str, object], url: str) -> Rule | None:
    location, policy = row.get("location"), row.get("tdm-policy")
    if not isinstance(location, str) or not location or len(location) > _MAX_LOCATION_CHARS:
        return None
    is_reserved = str(row.get("tdm-reservation")).strip().lower() in ("1", "true")
    is_told = isinstance(policy, str) and 0 < len(policy) <= _MAX_POLICY_CHARS
    return Rule(
        location=unquote(location), is_reserved=is_reserved, policy=_address(str(policy), url) if is_told else None
    )


def _address(policy: str, url: str) -> str | None:
    try:
        return urls.parse(policy.strip(), url)
    except NewsError:
        return None
