"""discover: due sources are asked what they announce, and what is new enters the ledger.

Sites are asked side by side, the sources of one site in turn. One transaction per source: its links,
its validators and its next due time. What is older than the source's horizon is only counted.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.engine import Connection, Engine

from db import links, runs, sources
from db.engine import reading, writing
from pipelines import schedule
from pipelines.outcomes import Report, of_error
from scraper import urls
from scraper.discovery import reading as documents
from scraper.errors import BadStatus, NewsError
from scraper.fetching.client import MAX_FEED_BYTES, MAX_SITEMAP_BYTES, Fetcher
from scraper.values import Announcement, Link, NotModified, Outcome, Request, SourceKind, SourceRecord

MAX_PARTS = 20
"""Parts of a sitemap index that are read in one run, newest first."""

LIMIT_BYTES = {
    SourceKind.FEED: MAX_FEED_BYTES,
    SourceKind.SITEMAP: MAX_SITEMAP_BYTES,
    SourceKind.SECTION: MAX_FEED_BYTES,
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


async def discover(job: Discovery, *, include_all: bool = False) -> None:
    """Nothing; afterwards every due source (or all) has been asked once, and its links are in the ledger."""
    with reading(job.engine) as connection:
        due = sources.due_sources(connection, job.now(), include_all=include_all)
    by_site = defaultdict(list)
    for record in due:
        by_site[record.source.site].append(record)
    async with asyncio.TaskGroup() as group:
        for records in by_site.values():
            group.create_task(_ask_site(job, records))


async def _ask_site(job: Discovery, records: list[SourceRecord]) -> None:
    for record in records:
        job.report.n_sources += 1
        try:
            found, checked = await _ask(job, record)
        except Exception as error:  # noqa: BLE001 - of_error raises what must end the run
            _save_failure(job, record, error)
        else:
            _save_found(job, checked, found)


async def _ask(job: Discovery, record: SourceRecord) -> tuple[list[Link], SourceRecord]:
    """The links announced, and the record with the validators of the answer."""
    limit_bytes = LIMIT_BYTES[record.source.kind]
    answer = await job.fetcher.fetch(record.request, limit_bytes=limit_bytes)
    if isinstance(answer, NotModified):
        return [], record
    announced = documents.read(record.source, answer)
    found = list(announced.links)
    if announced.sitemaps:
        # An index may stay the same while its parts change, so it is asked for without validators.
        found += await _read_parts(job, record, announced.sitemaps)
        return found, replace(record, request=replace(record.request, etag=None, last_modified=None))
    etag, last_modified = answer.header("etag"), answer.header("last-modified")
    return found, replace(record, request=replace(record.request, etag=etag, last_modified=last_modified))


async def _read_parts(job: Discovery, record: SourceRecord, parts: Sequence[Link]) -> list[Link]:
    """The links of the recent parts of a sitemap index, and of their parts in turn, newest first."""
    since = horizon(record, job.now())
    found: list[Link] = []
    todo = deque(parts)
    seen: set[str] = set()
    while todo and len(seen) < MAX_PARTS:
        part = todo.popleft()
        is_recent = part.modified_at is None or part.modified_at >= since
        if is_recent and part.url not in seen:
            seen.add(part.url)
            announced = await _read_part(job, record, part)
            found += announced.links
            todo.extend(announced.sitemaps)
    return found


async def _read_part(job: Discovery, record: SourceRecord, part: Link) -> Announcement:
    """What one part announces. A part that can't be read is told and counted, and does not cost the others."""
    try:
        page = await job.fetcher.fetch(Request(url=part.url), limit_bytes=MAX_SITEMAP_BYTES)
        return Announcement() if isinstance(page, NotModified) else documents.read(record.source, page)
    except NewsError as error:
        _tell_failure(job, of_error("discover", part.url, error))
        return Announcement()


def horizon(record: SourceRecord, now: datetime) -> datetime:
    """From when on articles of the source are taken."""
    return record.source.since or now - schedule.HORIZON


def _save_found(job: Discovery, record: SourceRecord, found: list[Link]) -> None:
    now = job.now()
    since = horizon(record, now)
    recent = [link for link in found if schedule.is_recent(link, record.source.kind, since)]
    checked = replace(record, outcome=None, reason=None, n_failures=0)
    due_at = schedule.next_source_check(now, record.source.interval_s, 0)
    with writing(job.engine) as connection:
        n_new = _add_links(connection, recent, now)
        sources.save_checked(connection, checked, now, due_at)
    job.report.n_announced += len(found)
    job.report.n_too_old += len(found) - len(recent)
    job.report.n_new += n_new


def _add_links(connection: Connection, recent: Iterable[Link], now: datetime) -> int:
    by_site = defaultdict(list)
    for link in recent:
        by_site[urls.site(link.url)].append(link)
    return sum(links.add_links(connection, announced, site, now)[0] for site, announced in sorted(by_site.items()))


def _save_failure(job: Discovery, record: SourceRecord, error: Exception) -> None:
    now = job.now()
    outcome = of_error("discover", record.source.url, error)
    n_failures = record.n_failures + 1
    due_at = schedule.next_source_check(now, record.source.interval_s, n_failures)
    if isinstance(error, BadStatus) and error.retry_after_s is not None:
        due_at = schedule.later(due_at, now, error.retry_after_s)
    failed = replace(record, outcome=outcome.kind.value, reason=outcome.reason, n_failures=n_failures)
    with writing(job.engine) as connection:
        sources.save_checked(connection, failed, now, due_at)
    _tell_failure(job, outcome)


def _tell_failure(job: Discovery, outcome: Outcome) -> None:
    with writing(job.engine) as connection:
        runs.add_outcome(connection, job.run_id, outcome, job.now())
    job.report.n_sources_failed += 1
    job.tell_failure(outcome)
