"""Is the web within reach, and does it let us in? One robots.txt of each of a few sites, through the guarded fetcher.

Also compares this machine's clock with those of the servers.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipelines.doctor.finding import Finding, failure, fine, warning
from pipelines.doctor.rows import clock
from pipelines.settings import Settings
from pipelines.single import policy, utc_now
from scraper import urls
from scraper.errors import BadStatus, FetchError, RobotsDisallowed
from scraper.fetching import robots
from scraper.fetching.client import Fetcher
from scraper.fetching.robots import MAX_ROBOTS_BYTES
from scraper.values import Page, Request, SourceRecord

MAX_SITES = 5
DEADLINE_S = 15.0
"""For each site; a person waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came of asking one origin: its robots.txt, or why there is none, and how far its clock is from ours."""

    origin: str
    error: FetchError | None = None
    body: bytes = b""
    apart_s: float | None = None


def examine(settings: Settings, records: Sequence[SourceRecord]) -> Iterator[Finding]:
    """The findings. Without sources there is nothing to ask."""
    addresses = {urls.origin(record.source.url): record.source.url for record in reversed(records)}
    if not addresses:
        yield fine("network", "not looked at: there are no sources yet")
        return
    answers = asyncio.run(_ask(settings, list(addresses)[-MAX_SITES:]))
    yield _reach(answers)
    apart = [answer.apart_s for answer in answers if answer.apart_s is not None]
    if apart:
        now = utc_now()
        whose = f"the clocks of {len(apart)} sites" if len(apart) > 1 else "a site's clock"
        yield clock(now, now - timedelta(seconds=statistics.median(apart)), whose)
    yield _robots(settings, answers, records)


async def _ask(settings: Settings, origins: list[str]) -> list[_Answer]:
    # robots.txt itself may always be asked for (RFC 9309 2.2.2)
    async with Fetcher(policy(settings, obeys_robots=False), now=utc_now) as fetcher:
        return list(await asyncio.gather(*(_ask_one(fetcher, origin) for origin in origins)))


async def _ask_one(fetcher: Fetcher, origin: str) -> _Answer:
    try:
        request = Request(url=f"{origin}/robots.txt")
        page = await fetcher.fetch(request, limit_bytes=MAX_ROBOTS_BYTES, deadline_s=DEADLINE_S)
    except FetchError as error:
        return _Answer(origin=origin, error=error)
    if not isinstance(page, Page):  # nothing was asked conditionally
        return _Answer(origin=origin)
    return _Answer(origin=origin, body=page.body, apart_s=_apart_s(page))


def _apart_s(page: Page) -> float | None:
    """Seconds by which our clock is ahead of the server's; None where it tells no time."""
    try:
        told = parsedate_to_datetime(page.header("date") or "")
    except ValueError:
        return None
    age = page.header("age") or ""  # a cache hands out the date of the original (RFC 9111 5.1)
    age_s = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
    return (page.fetched_at - told.replace(tzinfo=told.tzinfo or UTC)).total_seconds() - age_s


def _reach(answers: list[_Answer]) -> Finding:
    """An error status is an answer, too: the network is there."""
    away = [answer for answer in answers if answer.error is not None and not isinstance(answer.error, BadStatus)]
    names = ", ".join(_name(answer.origin) for answer in answers if answer not in away)
    if not away:
        return fine("network", f"answered: {names}")
    errors = "; ".join(f"{_name(one.origin)}: {one.error.detail}" for one in away if one.error is not None)
    if names:
        return warning("network", f"no answer from {errors}; answered: {names}", "look at these sites in a browser")
    advice = "see name resolution, firewall and allow_addresses; no site at all answers"
    return failure("network", f"no answer from {errors}", advice)


def _robots(settings: Settings, answers: list[_Answer], records: Sequence[SourceRecord]) -> Finding:
    """Sites that keep us out, by what they say now or said in the last run."""
    rules = {answer.origin: _rules(answer, settings.user_agent) for answer in answers}
    closed = {record.source.url for record in records if record.outcome == "robots"}
    for record in records:
        found = rules.get(urls.origin(record.source.url))
        if found is None:
            continue
        try:
            found.check(record.source.url)
            closed.discard(record.source.url)
        except RobotsDisallowed:
            closed.add(record.source.url)
    name = robots.product_token(settings.user_agent)
    if not closed:
        return fine("robots", f"no source is closed to {name}, as far as is known")
    advice = "ask the publisher, or `newsdesk sources remove` them: newsdesk obeys"
    return warning("robots", f"closed to {name}: {', '.join(sorted(closed))}", advice)


def _rules(answer: _Answer, user_agent: str) -> robots.Rules | None:
    """The rules of the origin; None where its answer does not tell."""
    if answer.error is None:
        return robots.read(answer.body, user_agent)
    is_none = isinstance(answer.error, BadStatus) and not answer.error.is_retryable
    return robots.Rules() if is_none else None


def _name(origin: str) -> str:
    return urlsplit(origin).netloc
