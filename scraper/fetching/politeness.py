"""One gate for each site: how many requests at once, and how long between them.

The pause runs from the end of a request to the start of the next one of the same site, whichever source
or host name it comes from, robots.txt and redirect hops included. `Retry-After`, back-off and crawl-delay
move the next start of the whole site; a site that answers slowly is asked more slowly.

Does not send anything and does not know why a pause was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scraper.errors import BadStatus
from scraper.fetching.retries import MAX_RETRY_AFTER_S

MAX_CRAWL_DELAY_S = 30.0
"""A longer crawl-delay is cut to this: at more, no news site could be followed."""
MAX_REST_S = 1e7
"""The longest rest that is granted, about four months: beyond lie mistakes, and the end of the calendar."""
MAX_SLOWED_S = 10.0
"""A site whose answers take longer than the delay gets a pause as long as the answer took, up to this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one site is asked where it is not asked like all. What may be secret is never shown."""

    min_delay_s: float | None = None
    concurrency: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def lines(self) -> dict[str, str]:
        """The header lines to be sent to the site, names in lower case."""
        lines = {name.lower(): value for name, value in self.headers}
        if self.cookies:
            lines["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies)
        return lines


class Gate:
    """The way to one site. `now` and `sleep` are the clock; `delay_s` may be raised by `slow_down`."""

    def __init__(self, delay_s: float, n_at_once: int, clock: Clock) -> None:
        self._delay_s = delay_s
        self._slots = asyncio.Semaphore(n_at_once)
        self._now, self._sleep = clock.now, clock.sleep
        self._next_at: datetime | None = None
        self._status = 429

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it. Raises `BadStatus` if the site asked for a longer rest than we wait."""
        async with self._slots:
            while (wait := self.wait_s()) > 0:
                if wait > MAX_RETRY_AFTER_S:
                    message = f"the site asked to be left alone for another {wait:.0f} s"
                    raise BadStatus(message, status=self._status, url=url, retry_after_s=wait)
                await self._sleep(wait)
            try:
                yield
            finally:
                self.rest(self._delay_s)

    def wait_s(self) -> float:
        """Seconds until the next request may start; 0 or less: now."""
        return (self._next_at - self._now()).total_seconds() if self._next_at else 0.0

    def answered(self, took_s: float) -> None:
        """Take note that the last exchange took `took_s`: the next one waits as long. Not where the delay is off."""
        if self._delay_s:
            self.rest(min(took_s, MAX_SLOWED_S))

    def rest(self, pause_s: float, *, status: int | None = None) -> None:
        """Let the next request of this site start no sooner than `pause_s` from now; `status` is what asked for it."""
        at = self._now() + timedelta(seconds=min(pause_s, MAX_REST_S))
        if self._next_at is None or at > self._next_at:
            self._next_at = at
            self._status = status or self._status

    def slow_down(self, delay_s: float) -> None:
        """Keep at least `delay_s` (a crawl-delay, cut to `MAX_CRAWL_DELAY_S`) between requests from now on."""
        self._delay_s = max(self._delay_s, min(delay_s, MAX_CRAWL_DELAY_S))


class Clock:
    """Time as it is handed in: `now` gives aware UTC datetimes, `sleep` waits."""

    def __init__(self, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.now = now
        self.sleep = sleep
