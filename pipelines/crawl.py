"""crawl: due links become archived pages, or failures with a reason.

Sites are crawled side by side, each in order; the fetcher keeps to politeness and to the limit of
requests in flight. The WARC record is written first, then the page row, outcome and next due time in
one transaction: a kill loses one fetch.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from db import articles, links, pages, runs
from db.archive import ArchiveWriter
from db.engine import reading, writing
from pipelines import hosts, schedule
from pipelines.browsing import Rendering
from pipelines.outcomes import of_error
from pipelines.site_rules import BySite
from scraper.errors import BadStatus, FetchError, LeftAlone
from scraper.fetching.client import Fetcher
from scraper.values import DueLink, NotModified, Outcome, OutcomeKind, Page, RecordPlace

_BATCH = 20
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """What crawling needs besides the links."""

    engine: Engine
    writer: ArchiveWriter
    fetcher: Fetcher
    run_id: int
    now: Callable[[], datetime]
    tell: Callable[[Outcome], None]
    n_per_site: int
    recheck_until: timedelta = schedule.RECHECK_UNTIL
    max_per_site: int = 0
    """Addresses of a site that are asked for in one run; 0: all."""
    by_site: BySite = field(default_factory=dict)
    rendering: Rendering | None = None
    site: str | None = None
    """The one that is crawled; None: all that have an address due."""

    def budget(self, site: str) -> int:
        """How many addresses of the site are asked for in one run; 0: all."""
        own = self.by_site.get(site)
        return self.max_per_site if own is None or own.max_pages is None else own.max_pages

    def n_at_once(self, site: str) -> int:
        """How many addresses of the site are asked for side by side."""
        own = self.by_site.get(site)
        return self.n_per_site if own is None or own.manners is None else own.manners.concurrency or self.n_per_site


async def crawl(job: Crawl) -> int:
    """How many due addresses were left for a later run; all others have been asked for once.

    Left are those beyond a site's budget: of an archive that is taken up, or a flood; new ones are not among them while
    known ones wait (see `db.links.due_links`).
    """
    due_at = job.now()
    with reading(job.engine) as connection:
        sites = [job.site] if job.site else links.due_sites(connection, due_at)
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(_crawl_site(job, site, due_at)) for site in sites]
    return sum(task.result() for task in asked)


async def _crawl_site(job: Crawl, site: str, due_at: datetime) -> int:
    n_asked = 0
    budget = job.budget(site)
    while True:
        size = min(_BATCH, budget - n_asked) if budget else _BATCH
        with reading(job.engine) as connection:
            if not size:
                return links.count_due(connection, due_at).get(site, 0)
            batch = links.due_links(connection, site, due_at, size)
        if not batch:
            return 0
        n_asked += len(batch)
        queue = iter(batch)
        async with asyncio.TaskGroup() as group:
            for _ in range(min(job.n_at_once(site), len(batch))):
                group.create_task(_take(job, queue))


async def _take(job: Crawl, queue: Iterator[DueLink]) -> None:
    for link in queue:
        await _crawl_link(job, link)


async def _crawl_link(job: Crawl, link: DueLink) -> None:
    start = time.monotonic()
    try:
        answer = await _fetch(job, link)
        if isinstance(answer, Page):
            answer = await job.fetcher.with_reservations(answer)
    except Exception as error:  # noqa: BLE001 - of_error raises what must end the run
        outcome = of_error("crawl", link.request.url, error, time.monotonic() - start)
        _save_failure(job, link, error, outcome)
        return
    await _save_answer(job, link, answer, time.monotonic() - start)


async def _fetch(job: Crawl, link: DueLink) -> Page | NotModified:
    """The page, as a browser shows it where that is wanted: then validators say nothing, for they are of the shell."""
    is_rendered = job.rendering is not None and job.rendering.wants(link)
    if is_rendered or schedule.is_unconditional(link.n_not_modified):
        answer = await job.fetcher.fetch(replace(link.request, etag=None, last_modified=None))
    else:
        answer = await job.fetcher.fetch(link.request)
    if is_rendered and job.rendering is not None and isinstance(answer, Page):
        return await job.rendering.render(answer)
    return answer


async def _save_answer(job: Crawl, link: DueLink, answer: Page | NotModified, elapsed_s: float) -> None:
    """An answer with new bytes waits for digest; anything else is final here: unchanged."""
    is_same = isinstance(answer, NotModified) or answer.sha256 == link.page_sha256
    place = await _archived(job, link, answer)
    outcome = None
    with writing(job.engine) as connection:
        hosts.keep(connection, job.fetcher, job.now())
        if isinstance(answer, Page):
            same_as_id = link.page_id if is_same else None
            pages.add_page(connection, answer, link.id, place, same_as_id=same_as_id, run_id=job.run_id)
        elif link.page_id is not None:
            pages.add_not_modified(connection, answer, link, place, job.run_id)
        links.save_answer(connection, link.id, answer, _next_recheck(job, link, answer.fetched_at) if is_same else None)
        if is_same:
            if link.article_id is not None:
                articles.save_present(connection, link.article_id)
            reason = "not modified" if isinstance(answer, NotModified) else "same bytes"
            outcome = Outcome(
                stage="crawl", url=link.request.url, kind=OutcomeKind.UNCHANGED, reason=reason, elapsed_s=elapsed_s
            )
            links.save_fate(connection, link.id, outcome, job.run_id)
            runs.add_outcome(connection, job.run_id, outcome, job.now())
    if outcome is not None:
        job.tell(outcome)


async def _archived(job: Crawl, link: DueLink, answer: Page | NotModified) -> RecordPlace:
    """Where the answer lies: whole if it is new, else as a word about the address's latest page."""
    original = None
    if link.page_id is not None and (isinstance(answer, NotModified) or answer.sha256 == link.page_sha256):
        with reading(job.engine) as connection:
            original = pages.get_page(connection, link.page_id).place
    return await job.writer.keep(answer, original)


def _next_recheck(job: Crawl, link: DueLink, checked_at: datetime) -> datetime | None:
    if link.article_id is None and not schedule.may_become_an_article(link.outcome):
        return None
    return schedule.next_recheck(link.published_at or link.first_seen_at, checked_at, job.recheck_until)


def _save_failure(job: Crawl, link: DueLink, error: Exception, outcome: Outcome) -> None:
    now = job.now()
    # An address that was not asked for, its host being left alone, has used up none of its tries.
    due_at = schedule.next_try(now, 0 if isinstance(error, LeftAlone) else link.n_tries, error)
    kind = outcome.kind
    if isinstance(error, BadStatus) and error.status in _GONE and link.article_id is not None:
        kind = OutcomeKind.GONE
    elif isinstance(error, FetchError) and error.retry_after_s is not None and due_at is not None:
        kind = OutcomeKind.PUT_OFF
    outcome = Outcome(stage="crawl", url=outcome.url, kind=kind, reason=outcome.reason, elapsed_s=outcome.elapsed_s)
    with writing(job.engine) as connection:
        hosts.keep(connection, job.fetcher, now)
        links.save_failure(connection, link.id, now, due_at, is_tried=not isinstance(error, LeftAlone))
        if kind is OutcomeKind.GONE and link.article_id is not None:
            articles.save_gone(connection, link.article_id, now)
        links.save_fate(connection, link.id, outcome, job.run_id)
        runs.add_outcome(connection, job.run_id, outcome, now)
    job.tell(outcome)
