"""add: finds what a site announces its articles with, and picks the sources that cover it.

Asks, in this order: the address itself (it may be a feed or sitemap), its robots.txt, its link tags and
feed links, and the well-known places for what is still missing. A source is taken when it announces
recent articles that no source before it does; where nothing is found, the page itself is taken as a section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipelines import schedule
from pipelines.discover import LIMIT_BYTES
from scraper import encoding, urls
from scraper.discovery import autodiscovery
from scraper.discovery import reading as documents
from scraper.errors import NewsError
from scraper.fetching.client import Fetcher
from scraper.values import Announcement, NotModified, Page, Request, Source, SourceKind

MAX_CANDIDATES = 30
_DOCUMENT_STARTS = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex", b"{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A source that was looked at, whether it is taken, and why."""

    source: Source
    is_taken: bool
    note: str


@dataclass(slots=True, kw_only=True)
class Search:
    """One look around a site: what was found so far and which articles the taken sources announce."""

    fetcher: Fetcher
    now: Callable[[], datetime]
    since: datetime | None = None
    findings: dict[str, Finding] = field(default_factory=dict)
    covered: set[str] = field(default_factory=set)

    async def look(self, url: str) -> list[Finding]:
        """All sources of the site at `url` that were looked at, taken ones first. Raises `FetchError` for `url`."""
        page = await self._get(Source(url=urls.canonical(url), kind=SourceKind.SECTION, site=urls.site(url)))
        if _is_document(page):
            await self._try((_as_document(page),))
        else:
            await self._look_around(page)
        return sorted(self.findings.values(), key=lambda finding: not finding.is_taken)

    async def _look_around(self, page: Page) -> None:
        await self._try(await self._robots(page))
        await self._try(autodiscovery.candidates(page))
        taken = {finding.source.kind for finding in self.findings.values() if finding.is_taken}
        places = autodiscovery.well_known(page.final_url)
        await self._try(source for source in places if source.kind not in taken)
        if not any(finding.is_taken for finding in self.findings.values()):
            section = Source(
                url=urls.canonical(page.final_url), kind=SourceKind.SECTION, site=urls.site(page.final_url)
            )
            await self._try((section,))

    async def _robots(self, page: Page) -> tuple[Source, ...]:
        address = urls.canonical("/robots.txt", page.final_url)
        try:
            answer = await self._get(Source(url=address, kind=SourceKind.SECTION, site=urls.site(address)))
        except NewsError:
            return ()
        return autodiscovery.from_robots(encoding.decode(answer), answer.final_url)

    async def _get(self, source: Source) -> Page:
        answer = await self.fetcher.fetch(Request(url=source.url), limit_bytes=LIMIT_BYTES[source.kind])
        if isinstance(answer, NotModified):  # nothing was asked conditionally
            raise NewsError("the server says not modified, but nothing is known of it", url=source.url)
        return answer

    async def _try(self, candidates: Iterable[Source]) -> None:
        for source in candidates:
            if source.url not in self.findings and len(self.findings) < MAX_CANDIDATES:
                self.findings[source.url] = await self._judge(source)

    async def _judge(self, source: Source) -> Finding:
        try:
            page = await self._get(source)
            announced = documents.read(source, page)
        except NewsError as error:
            return Finding(source=source, is_taken=False, note=error.detail)
        final = urls.canonical(page.final_url)
        if final != source.url and final in self.findings:
            return Finding(source=source, is_taken=False, note=f"the same as {final}")
        return self._weigh(replace(source, since=self.since), announced)

    def _weigh(self, source: Source, announced: Announcement) -> Finding:
        since = self.since or self.now() - schedule.HORIZON
        if announced.sitemaps:
            n_recent = sum(part.modified_at is None or part.modified_at >= since for part in announced.sitemaps)
            note = f"an index of {len(announced.sitemaps)} sitemaps, {n_recent} of them recent"
            return Finding(source=source, is_taken=n_recent > 0, note=note)
        recent = {link.url for link in announced.links if schedule.is_recent(link, source.kind, since)}
        n_more = len(recent - self.covered)
        note = f"{len(announced.links)} links, {len(recent)} recent, {n_more} not announced elsewhere"
        self.covered |= recent
        return Finding(source=source, is_taken=n_more > 0, note=note)


def _is_document(page: Page) -> bool:
    """Whether the page is a feed or sitemap rather than something with links to them."""
    head = page.body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(_DOCUMENT_STARTS) and b"<html" not in head


def _as_document(page: Page) -> Source:
    url = urls.canonical(page.final_url)
    is_sitemap = any(mark in page.body[:4096].lower() for mark in (b"<urlset", b"<sitemapindex"))
    return Source(url=url, kind=SourceKind.SITEMAP if is_sitemap else SourceKind.FEED, site=urls.site(url))
