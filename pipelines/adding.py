"""add: finds what a site announces its articles with; `pipelines.covering` picks the cheapest sources that cover it.

Asks, in this order: the address itself (it may be a feed or sitemap), its robots.txt, its link tags and
feed links, and the well-known places for what is still missing. Addresses that differ in http or https, www. or a
slash at the end only count as one article. Where nothing recent is found, a feed that is not dead is taken, else the
page itself as a section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipelines import parts, rhythm
from pipelines.covering import Finding, Sight, judged
from pipelines.discover import LIMIT_BYTES, horizon
from pipelines.documents import Documents
from scraper import encoding, urls
from scraper.discovery import autodiscovery
from scraper.errors import NewsError
from scraper.fetching.client import Fetcher
from scraper.values import Announcement, Link, NotModified, Page, Request, Source, SourceKind

MAX_CANDIDATES = 30
MAX_PARTS_LOOKED_AT = 3
"""Parts of a sitemap index that are read to see what it covers."""
_DOCUMENT_STARTS = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex", b"{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How to look around a site."""

    fetcher: Fetcher
    now: Callable[[], datetime]
    since: datetime | None = None

    async def look(self, url: str, named: Sequence[str] = ()) -> list[Finding]:
        """All sources of the site at `url` that were looked at, taken ones first. Raises `FetchError` for `url`.

        Where a person has `named` the sources of the site, those alone are looked at, and those that can be read taken.
        """
        with Documents() as documents:
            looking = _Looking(search=self, documents=documents)
            if named:
                return [await looking.take(address) for address in named]
            await looking.look(url)
        return judged(list(looking.sights.values()), is_deep=self.since is not None)


@dataclass(slots=True, kw_only=True)
class _Looking:
    """One look around a site: what was seen so far, in order."""

    search: Search
    documents: Documents
    sights: dict[str, Sight] = field(default_factory=dict)

    async def look(self, url: str) -> None:
        page = await self._get(Source(url=urls.canonical(url), kind=SourceKind.SECTION, site=urls.site(url)))
        if _is_document(page):
            await self._try((_as_document(page),))
            return
        await self._try(await self._robots(page))
        await self._try(autodiscovery.candidates(page))
        found = {sight.source.kind for sight in self.sights.values() if sight.recent}
        places = autodiscovery.well_known(page.final_url)
        await self._try(source for source in places if source.kind not in found)
        if not any(sight.recent or sight.n_older for sight in self.sights.values()):
            address = urls.canonical(page.final_url)
            await self._try((Source(url=address, kind=SourceKind.SECTION, site=urls.site(address)),))

    async def take(self, url: str) -> Finding:
        """The source at an address that a person named: a feed or sitemap, else the page as a section."""
        page = await self._get(Source(url=url, kind=SourceKind.SECTION, site=urls.site(url)))
        source = (
            _as_document(page) if _is_document(page) else Source(url=url, kind=SourceKind.SECTION, site=urls.site(url))
        )
        sight = await self._see(replace(source, since=self.search.since))
        is_readable = bool(sight.n_announced) or not sight.note
        return Finding(source=sight.source, is_taken=is_readable, note=f"named in sites/: {sight.says}")

    async def _robots(self, page: Page) -> tuple[Source, ...]:
        address = urls.canonical("/robots.txt", page.final_url)
        try:
            answer = await self._get(Source(url=address, kind=SourceKind.SECTION, site=urls.site(address)))
        except NewsError:
            return ()
        return autodiscovery.from_robots(encoding.decode(answer), answer.final_url)

    async def _get(self, source: Source) -> Page:
        answer = await self.search.fetcher.fetch(Request(url=source.url), limit_bytes=LIMIT_BYTES[source.kind])
        if isinstance(answer, NotModified):  # nothing was asked conditionally
            raise NewsError("the server says not modified, but nothing is known of it", url=source.url)
        return answer

    async def _try(self, candidates: Iterable[Source]) -> None:
        for source in candidates:
            if source.url not in self.sights and len(self.sights) < MAX_CANDIDATES:
                wanted = replace(source, since=self.search.since)
                self.sights[source.url] = await self._see(wanted)

    async def _see(self, source: Source) -> Sight:
        try:
            page = await self._get(source)
            final = urls.canonical(page.final_url)
            if final != source.url and final in self.sights:
                return Sight(source=source, note=f"the same as {final}")
            announced = await self._read(source, page)
            sight = _sight(source, page, announced)
            if source.kind is SourceKind.FEED and not sight.recent:
                alive = replace(source, since=self.search.now() - rhythm.DEAD_AFTER)
                return replace(sight, n_older=len((await self.documents.read(alive, page)).links))
            return await self._with_parts(sight, announced.sitemaps) if announced.sitemaps else sight
        except NewsError as error:
            return Sight(source=source, note=error.detail)

    async def _read(self, source: Source, page: Page) -> Announcement:
        since = horizon(source, self.search.now())
        return await self.documents.read(replace(source, since=since), page)

    async def _with_parts(self, index: Sight, announced: tuple[Link, ...]) -> Sight:
        """The index with what its newest parts and theirs announce. One that can't be read costs no other."""
        since = horizon(index.source, self.search.now())
        todo = parts.due(announced, {}, since)
        note = f"an index of {len(announced)} sitemaps, {len(todo)} of them recent"
        found = replace(index, note=note)
        for _ in range(MAX_PARTS_LOOKED_AT):
            if not todo:
                break
            source = replace(index.source, url=todo.pop(0).request.url)
            try:
                page = await self._get(source)
                announcement = await self._read(source, page)
            except NewsError as error:
                found = replace(found, note=f"{note} ({source.url}: {error.detail})")
                continue
            todo = parts.in_order([*todo, *parts.due(announcement.sitemaps, {}, since)])
            found = _joined(found, _sight(source, page, announcement))
        return found


def _sight(source: Source, page: Page, announced: Announcement) -> Sight:
    recent = frozenset(_article(link) for link in announced.links)
    facts = recent | {f"title of {_article(link)}" for link in announced.links if link.title}
    n_bytes, n_announced = len(page.body), announced.n_announced
    return Sight(source=source, n_bytes=n_bytes, n_announced=n_announced, recent=recent, facts=facts)


def _joined(index: Sight, part: Sight) -> Sight:
    n_bytes, n_announced = index.n_bytes + part.n_bytes, index.n_announced + part.n_announced
    recent, facts = index.recent | part.recent, index.facts | part.facts
    return replace(index, n_bytes=n_bytes, n_announced=n_announced, recent=recent, facts=facts)


def _article(link: Link) -> str:
    """The address without what feeds and sitemaps of one site often spell in two ways."""
    return link.url.partition("://")[2].removeprefix("www.").rstrip("/")


def _is_document(page: Page) -> bool:
    """Whether the page is a feed or sitemap rather than something with links to them."""
    head = page.body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(_DOCUMENT_STARTS) and b"<html" not in head


def _as_document(page: Page) -> Source:
    url = urls.canonical(page.final_url)
    is_sitemap = any(mark in page.body[:4096].lower() for mark in (b"<urlset", b"<sitemapindex"))
    return Source(url=url, kind=SourceKind.SITEMAP if is_sitemap else SourceKind.FEED, site=urls.site(url))
