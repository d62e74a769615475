"""Get this address, safely and politely, or say why not: `Request -> Page | NotModified`.

The order of things for one hop: guard, robots.txt, the site's turn, the exchange; then the next hop or the
result. Failures that may pass are tried again, with the whole site resting in between.

Does not decide what is fetched when, does not store anything, and does not read the page.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx

from scraper import urls
from scraper.codings import ACCEPT_ENCODING
from scraper.errors import BadStatus, FetchError, Incomplete, LeftAlone, Timeout, Unreachable
from scraper.fetching import retries
from scraper.fetching.guard import AllowList, Guard
from scraper.fetching.hosts import Hosts
from scraper.fetching.politeness import MAX_CRAWL_DELAY_S, Clock, Gate, Manners
from scraper.fetching.reservations import MAX_TDMREP_BYTES, MAX_TDMREP_S, Reservations
from scraper.fetching.robots import MAX_ROBOTS_BYTES, MAX_ROBOTS_REDIRECTS, Robots
from scraper.fetching.transport import GuardedTransport
from scraper.fetching.wire import REDIRECTS, Answer, Ask, Budget, exchange
from scraper.values import Host, NotModified, Page, Request

MAX_PAGE_BYTES = 10 * 2**20
MAX_FEED_BYTES = 20 * 2**20
MAX_SITEMAP_BYTES = 50 * 2**20
MAX_REDIRECTS = 10

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_AS_ALL = Manners()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """How the fetcher behaves. `allow_addresses`: see `scraper.fetching.guard.AllowList.read`.

    `by_site` says for which sites it behaves otherwise; their headers and cookies go to no other site.
    """

    user_agent: str
    min_delay_s: float = 1.0
    concurrency: int = 32
    concurrency_per_site: int = 1
    allow_addresses: tuple[str, ...] = ()
    obeys_robots: bool = True
    timeout_s: float = 30.0
    n_tries: int = 3
    by_site: Mapping[str, Manners] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """One fetch on its way: what stays the same over hops and tries. The budget alone is used up."""

    limit_bytes: int
    budget: Budget
    is_secure: bool = False
    validators: tuple[tuple[str, str], ...] = ()
    ends_at: float | None = None
    is_cut_fine: bool = False
    max_redirects: int = MAX_REDIRECTS
    obeys_robots: bool = True
    n_tries: int | None = None  # None: as the policy says


@dataclass(frozen=True, slots=True)
class _Landing:
    url: str
    answer: Answer = field(repr=False)


class Fetcher:
    """An async context manager that fetches. One for each run: what it learns about sites lives as long as it does.

    `known` is what earlier ones learned; `learned` hands on what later ones should know. `now` gives aware UTC
    datetimes; `transport` replaces the network.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        now: Callable[[], datetime],
        known: Iterable[Host] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._policy = policy
        self._clock = Clock(now, sleep)
        self._guard = Guard(AllowList.read(policy.allow_addresses))
        self._transport = transport or GuardedTransport(self._guard)
        known = tuple(known)
        self._hosts = Hosts(known)
        self._robots = Robots(policy.user_agent, self._hosts, now)
        self._reservations = Reservations(self._hosts, now)
        self._gates: dict[str, Gate] = {}
        for host in known:
            if host.rests_until is not None and (rest := (host.rests_until - now()).total_seconds()) > 0:
                self._gate(host.origin).rest(rest, status=host.rest_status)
        self._in_flight = asyncio.Semaphore(policy.concurrency)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    def learned(self) -> list[Host]:
        """What later runs should know of hosts, as far as it changed since this was last asked; by origin."""
        return self._hosts.learned()

    def rest_s(self) -> float:
        """Seconds until everyone asked may be asked again; rests of more than a crawl-delay are in `learned`."""
        waits = [gate.wait_s() for gate in self._gates.values()]
        return max([0.0, *(wait for wait in waits if wait <= MAX_CRAWL_DELAY_S)])

    async def fetch(
        self, request: Request, *, limit_bytes: int = MAX_PAGE_BYTES, deadline_s: float | None = None
    ) -> Page | NotModified:
        """The page at `request.url`, or the server's word that nothing changed. Raises subclasses of `FetchError`.

        The policy's `timeout_s` bounds the time on the wire: robots.txt, redirects, tries and bodies together.
        `deadline_s` bounds everything, waiting for the site's turn included.
        """
        ends_at = None if deadline_s is None else asyncio.get_running_loop().time() + deadline_s
        errand = _Errand(
            limit_bytes=limit_bytes,
            budget=Budget(self._policy.timeout_s),
            is_secure=request.url.lower().startswith("https:"),
            validators=_validators(request),
            ends_at=ends_at,
            obeys_robots=self._policy.obeys_robots,
        )
        try:
            async with asyncio.timeout_at(ends_at):
                landing = await self._follow(urls.requestable(request.url), errand)
        except TimeoutError as error:
            raise Timeout(f"not done within {deadline_s:g} s", url=request.url) from error
        except LeftAlone:
            raise
        except Unreachable as error:
            self._hosts.failed(error.url)
            raise
        self._hosts.answered(landing.url)
        return self._result(request, landing)

    async def with_reservations(self, page: Page) -> Page:
        """`page` with what its host's tdmrep.json reserves of it; that costs a request for each host and day."""
        errand = _Errand(
            limit_bytes=MAX_TDMREP_BYTES,
            budget=Budget(MAX_TDMREP_S),
            is_secure=page.final_url.startswith("https:"),
            max_redirects=MAX_ROBOTS_REDIRECTS,
            obeys_robots=self._policy.obeys_robots,
            n_tries=1,  # few hosts have one, and no page should wait for it
        )

        async def get(address: str) -> bytes:
            return (await self._follow(address, errand)).answer.body

        found = await self._reservations.opt_outs(page.final_url, get)
        return replace(page, opt_outs=(*page.opt_outs, *found)) if found else page

    async def _follow(self, url: str, errand: _Errand) -> _Landing:
        """Where the redirects from `url` lead."""
        seen: set[str] = set()
        while True:
            answer = await self._try(url, errand)
            if answer.status not in REDIRECTS:
                return _Landing(url, answer)
            seen.add(url)
            target = urls.requestable(answer.header("location") or "", url)
            if target in seen:
                raise BadStatus("redirects in a circle", status=answer.status, url=url)
            if len(seen) > errand.max_redirects:
                raise BadStatus(f"more than {errand.max_redirects} redirects", status=answer.status, url=url)
            url = target

    async def _try(self, url: str, errand: _Errand) -> Answer:
        """The answer to one hop, asked for as often as it makes sense."""
        gate = self._gate(url)
        n_tried = 0
        while True:
            try:
                return await self._once(url, errand, gate)
            except FetchError as error:
                n_tried += 1
                pause_s = retries.pause_s(error, n_tried, random.random)
                if isinstance(error, BadStatus) and error.retry_after_s is not None:
                    gate.rest(error.retry_after_s, status=error.status)
                    self._hosts.rests(url, error.retry_after_s, error.status, self._clock.now())
                is_last = n_tried >= (errand.n_tries or self._policy.n_tries) or errand.budget.left_s <= 0
                if pause_s is None or is_last or not _has_time(errand, max(pause_s, gate.wait_s())):
                    raise
                gate.rest(pause_s)

    async def _once(self, url: str, errand: _Errand, gate: Gate) -> Answer:
        self._guard.check(url)
        self._hosts.check(url, self._clock.now())
        if errand.obeys_robots:
            await self._ask_robots(url, errand, gate)
        ask = Ask(
            url=url, headers=self._headers(url, errand), limit_bytes=errand.limit_bytes, is_cut_fine=errand.is_cut_fine
        )
        async with gate.turn(url), self._in_flight:
            started = self._clock.now()
            try:
                answer = await exchange(self._transport, ask, errand.budget)
            finally:
                gate.answered((self._clock.now() - started).total_seconds())
        return self._judged(url, answer)

    def _headers(self, url: str, errand: _Errand) -> tuple[tuple[str, str], ...]:
        """Those of every request, and the site's own unless a redirect left the encrypted line."""
        headers = {"user-agent": self._policy.user_agent, "accept": _ACCEPT, "accept-encoding": ACCEPT_ENCODING}
        if not errand.is_secure or url.startswith("https:"):
            headers |= self._manners(url).lines()
        return (*headers.items(), *errand.validators)

    def _manners(self, url: str) -> Manners:
        return self._policy.by_site.get(urls.site(url), _AS_ALL) if self._policy.by_site else _AS_ALL

    def _judged(self, url: str, answer: Answer) -> Answer:
        """`answer` if it is one that can be used or followed. Raises `BadStatus`, `BadBody`."""
        if answer.status in REDIRECTS and answer.header("location"):
            return answer
        if answer.status == 304:
            return answer
        if answer.status == 206:
            raise Incomplete("a part was sent where the whole was asked for", url=url)
        if not 200 <= answer.status < 300:
            wait_s = retries.retry_after_s(answer.header("retry-after"), self._clock.now())
            raise BadStatus(f"status {answer.status}", status=answer.status, url=url, retry_after_s=wait_s)
        return answer

    async def _ask_robots(self, url: str, errand: _Errand, gate: Gate) -> None:
        own = replace(
            errand,
            limit_bytes=MAX_ROBOTS_BYTES,
            validators=(),
            is_cut_fine=True,
            max_redirects=MAX_ROBOTS_REDIRECTS,
            obeys_robots=False,
        )

        async def get(address: str) -> bytes:
            return (await self._follow(address, own)).answer.body

        rules = await self._robots.rules(url, get)
        gate.slow_down(rules.delay_s)
        rules.check(url)

    def _gate(self, url: str) -> Gate:
        site = urls.site(url)
        if site not in self._gates:
            own, policy = self._manners(url), self._policy
            delay_s = policy.min_delay_s if own.min_delay_s is None else own.min_delay_s
            self._gates[site] = Gate(delay_s, own.concurrency or policy.concurrency_per_site, self._clock)
        return self._gates[site]

    def _result(self, request: Request, landing: _Landing) -> Page | NotModified:
        answer = landing.answer
        if answer.status == 304:
            if not _validators(request):
                raise BadStatus("status 304 to an unconditional request", status=304, url=request.url)
            return NotModified(url=request.url, fetched_at=self._clock.now(), headers=answer.headers)
        return Page(
            url=request.url,
            final_url=landing.url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            raw=answer.raw,
            fetched_at=self._clock.now(),
            opt_outs=self._robots.opt_outs(landing.url),
        )


def _validators(request: Request) -> tuple[tuple[str, str], ...]:
    """The headers that make a request conditional, byte for byte as the server gave them."""
    pairs = (("if-none-match", request.etag), ("if-modified-since", request.last_modified))
    return tuple((name, value) for name, value in pairs if value and value.isascii() and value.isprintable())


def _has_time(errand: _Errand, pause_s: float) -> bool:
    return errand.ends_at is None or asyncio.get_running_loop().time() + pause_s < errand.ends_at
