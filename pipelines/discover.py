"""discover: due sources are asked what they announce, and what is new enters the ledger.

Sites are asked side by side, the sources of one site in turn. One transaction per source: its links, its
validators, the parts of its sitemap index and its next due time. What is older than the source's horizon is only
counted. A run reads so many parts of an index, and pages of a section as far as they bring new links; the next
run goes on.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from sqlalchemy.engine import Connection, Engine

from db import articles, health, links, runs, sitemap_parts, sources
from db.engine import reading, writing
from pipelines import hosts, parts, rhythm, schedule
from pipelines.documents import Documents
from pipelines.outcomes import Report, of_error
from pipelines.site_rules import BySite
from scraper import urls
from scraper.discovery.links import MAX_LINKS
from scraper.discovery.shapes import Shape, learned
from scraper.errors import FetchError, NewsError
from scraper.fetching.client import MAX_FEED_BYTES, MAX_PAGE_BYTES, MAX_SITEMAP_BYTES, Fetcher
from scraper.values import (
    Announcement,
    Link,
    NotModified,
    Outcome,
    Page,
    Request,
    SitemapPart,
    Source,
    SourceKind,
    SourceRecord,
)

MAX_PAGES = 5
"""Pages of a section that are read in one run."""
N_ADDRESSES = 300
"""Known articles of a site whose addresses show the shape of its articles."""

LIMIT_BYTES = {
    SourceKind.FEED: MAX_FEED_BYTES,
    SourceKind.SITEMAP: MAX_SITEMAP_BYTES,
    SourceKind.SECTION: MAX_PAGE_BYTES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What discovering needs besides the sources. `tell_failure` hears of sources that could not be read."""

    engine: Engine
    fetcher: Fetcher
    run_id: int
    now: Callable[[], datetime]
    report: Report
    tell_failure: Callable[[Outcome], None]
    by_site: BySite = field(default_factory=dict)
    site: str | None = None
    """The one whose sources are asked; None: all."""


@dataclass(slots=True, kw_only=True)
class _Find:
    """What asking one source brought. `record` takes the validators, `parts` what was read or waits."""

    record: SourceRecord
    source: Source
    links: list[Link] = field(default_factory=list)
    parts: list[SitemapPart] = field(default_factory=list)
    n_announced: int = 0
    n_too_old: int = 0

    def add(self, announced: Announcement) -> None:
        """Takes what a document announces."""
        self.links += announced.links
        self.n_announced += announced.n_announced
        self.n_too_old += announced.n_too_old


async def discover(job: Discovery, *, include_all: bool = False) -> None:
    """Nothing; afterwards every due source (or all) has been asked once, and its links are in the ledger."""
    with reading(job.engine) as connection:
        due = sources.due_sources(connection, job.now(), include_all=include_all, site=job.site)
    by_site = defaultdict(list)
    for record in due:
        by_site[record.source.site].append(record)
    if not due:
        return
    with Documents() as documents:
        async with asyncio.TaskGroup() as group:
            for records in by_site.values():
                group.create_task(_Asking(job, documents).ask_site(records))


@dataclass(frozen=True, slots=True)
class _Asking:
    """The work of one site."""

    job: Discovery
    documents: Documents

    async def ask_site(self, records: list[SourceRecord]) -> None:
        """Asks the sources in turn, and keeps what came of each."""
        for record in records:
            self.job.report.n_sources += 1
            try:
                found = await self._ask(record)
            except Exception as error:  # noqa: BLE001 - of_error raises what must end the run
                _save_failure(self.job, record, error)
            else:
                _save_found(self.job, found)

    async def _ask(self, record: SourceRecord) -> _Find:
        source = replace(record.source, since=horizon(record.source, self.job.now()))
        found = _Find(record=record, source=source)
        request = record.request
        if schedule.is_unconditional(record.n_not_modified):
            request = replace(request, etag=None, last_modified=None)
        answer = await self.job.fetcher.fetch(request, limit_bytes=LIMIT_BYTES[source.kind])
        if isinstance(answer, NotModified):
            found.record = replace(record, n_not_modified=record.n_not_modified + 1)
            return found
        announced = await self.documents.read(source, answer, self._shape(source))
        await self._turn_pages(found, announced)
        if announced.sitemaps:
            await self._read_parts(found, announced.sitemaps)
        request = _validated(record.request, answer, announced)
        found.record = replace(record, request=request, hub_url=announced.hub_url, n_not_modified=0)
        return found

    def _shape(self, source: Source) -> Shape:
        """That of the site's known articles; only sections need it."""
        if source.kind is not SourceKind.SECTION:
            return Shape()
        with reading(self.job.engine) as connection:
            return learned(articles.newest_urls(connection, source.site, N_ADDRESSES))

    async def _turn_pages(self, found: _Find, first: Announcement) -> None:
        """Takes what the first page announces, and the next ones as far as they bring addresses not met before."""
        seen = {found.source.url}
        announced = first
        while announced.next_url and announced.next_url not in seen and len(seen) < MAX_PAGES:
            if not self._has_new(found, announced):
                break
            found.add(announced)
            seen.add(announced.next_url)
            announced = await self._next_page(found, announced.next_url)
        found.add(announced)

    def _has_new(self, found: _Find, announced: Announcement) -> bool:
        met = {link.url for link in found.links}
        with reading(self.job.engine) as connection:
            return bool(links.unknown_urls(connection, [link.url for link in announced.links if link.url not in met]))

    async def _next_page(self, found: _Find, url: str) -> Announcement:
        try:
            answer = await self.job.fetcher.fetch(Request(url=url))
            if isinstance(answer, NotModified):
                return Announcement()
            return await self.documents.read(found.source, answer, self._shape(found.source))
        except NewsError as error:
            _tell_failure(self.job, of_error("discover", url, error))
            return Announcement()

    async def _read_parts(self, found: _Find, announced: Sequence[Link]) -> None:
        """Reads what moved of the parts of a sitemap index, and of their parts in turn, newest first."""
        since = horizon(found.source, self.job.now())
        with reading(self.job.engine) as connection:
            known = sitemap_parts.known_parts(connection, found.record.id)
        todo = parts.in_order([*parts.due(announced, known, since), *parts.waiting(known.values(), since)])
        nested: dict[str, SitemapPart] = {}
        seen: set[str] = set()
        while todo and len(seen) < parts.MAX_PARTS and len(found.links) < MAX_LINKS:
            part = todo.pop(0)
            seen.add(part.request.url)
            inner, read = await self._read_part(found, part)
            found.parts.append(read)
            more = [one for one in parts.due(inner, known, since) if one.request.url not in seen]
            nested |= {one.request.url: one for one in more}
            todo = parts.in_order([*todo, *more]) if more else todo
        left = [part for url, part in nested.items() if url not in seen]
        found.parts += [replace(part, read_at=None) for part in left[: parts.MAX_WAITING]]

    async def _read_part(self, found: _Find, part: SitemapPart) -> tuple[tuple[Link, ...], SitemapPart]:
        """The parts that one part announces in turn, and the part as it is now; its links are in `found`.

        A part that can't be read is told and counted, and does not cost the others.
        """
        address = part.request.url
        try:
            answer = await self.job.fetcher.fetch(part.request, limit_bytes=MAX_SITEMAP_BYTES)
            if isinstance(answer, NotModified):
                return (), replace(part, read_at=self.job.now())
            announced = await self.documents.read(found.source, answer)
        except NewsError as error:
            _tell_failure(self.job, of_error("discover", address, error))
            is_passing = isinstance(error, FetchError) and error.is_retryable
            return (), part if is_passing else replace(part, read_at=self.job.now())
        found.add(announced)
        request = _validated(Request(url=address), answer, announced)
        return announced.sitemaps, replace(part, request=request, read_at=self.job.now())


def _validated(request: Request, answer: Page, announced: Announcement) -> Request:
    """`request` for the next time. An index may stay the same while its parts change: it goes without validators."""
    if announced.sitemaps:
        return replace(request, etag=None, last_modified=None)
    return replace(request, etag=answer.header("etag"), last_modified=answer.header("last-modified"))


def horizon(source: Source, now: datetime) -> datetime:
    """From when on articles of the source are taken."""
    return source.since or now - schedule.HORIZON


def _save_found(job: Discovery, found: _Find) -> None:
    now = job.now()
    with writing(job.engine) as connection:
        hosts.keep(connection, job.fetcher, now)
        by_site = _add_links(connection, [link for link in found.links if _is_wanted(job, link)], now)
        n_new = sum(by_site.values())
        known = rhythm.heard(found.record.rhythm, _arrivals(found, n_new, now), now)
        checked = replace(found.record, outcome=None, reason=None, n_failures=0, rhythm=known)
        due_at = schedule.next_source_check(now, checked.source.interval_s, 0, known)
        sources.save_checked(connection, checked, now, due_at)
        health.add_asked(connection, checked.source.site, now, n_announced=found.n_announced, n_new=n_new)
        sitemap_parts.save_parts(connection, checked.id, found.parts)
    job.report.n_announced += found.n_announced
    job.report.n_too_old += found.n_too_old
    job.report.n_new += n_new
    job.report.new_sites |= {site for site, n in by_site.items() if n}


def _arrivals(found: _Find, n_new: int, now: datetime) -> list[datetime]:
    """When what the source announces came. A bare day, which reads as midnight, tells no time."""
    dated = [link.published_at for link in found.links if link.published_at is not None]
    timed = [at for at in dated if at.time() != time.min]
    return timed or rhythm.spread(n_new, found.record.checked_at, now)


def _is_wanted(job: Discovery, link: Link) -> bool:
    """Whether what is set for the link's site, if anything, takes it up."""
    own = job.by_site.get(urls.site(link.url)) if job.by_site else None
    return own is None or own.wants(link.url)


def _add_links(connection: Connection, recent: Iterable[Link], now: datetime) -> dict[str, int]:
    """Site -> how many of the links, which may lead to any site, are new."""
    by_site = defaultdict(list)
    for link in recent:
        by_site[urls.site(link.url)].append(link)
    return {site: links.add_links(connection, announced, site, now)[0] for site, announced in sorted(by_site.items())}


def _save_failure(job: Discovery, record: SourceRecord, error: Exception) -> None:
    now = job.now()
    outcome = of_error("discover", record.source.url, error)
    n_failures = record.n_failures + 1
    due_at = schedule.next_source_check(now, record.source.interval_s, n_failures, record.rhythm)
    if isinstance(error, FetchError) and error.retry_after_s is not None:
        due_at = schedule.later(due_at, now, error.retry_after_s)
    failed = replace(record, outcome=outcome.kind.value, reason=outcome.reason, n_failures=n_failures)
    with writing(job.engine) as connection:
        hosts.keep(connection, job.fetcher, now)
        sources.save_checked(connection, failed, now, due_at)
        health.add_asked(connection, record.source.site, now, is_failed=True)
    _tell_failure(job, outcome)


def _tell_failure(job: Discovery, outcome: Outcome) -> None:
    with writing(job.engine) as connection:
        runs.add_outcome(connection, job.run_id, outcome, job.now())
    job.report.n_sources_failed += 1
    job.tell_failure(outcome)
