"""add: finds what a site announces its articles with, and picks the cheapest sources that cover it.

Asks, in this order: the address itself (it may be a feed or sitemap), its robots.txt, its link tags and
feed links, and the well-known places for what is still missing. Of all that announce recent articles it takes
a set that together announces each of them, with its title where any does. That is set cover by the greedy rule:
again and again the source that brings most for its bytes, and in the end none that the others make superfluous.
Where nothing is found, the page itself is taken as a section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipelines import parts
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
REQUEST_BYTES = 20_000
"""What a request costs besides the bytes of its answer; about those of a small feed."""
_DOCUMENT_STARTS = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex", b"{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A source that was looked at, whether it is taken, and why."""

    source: Source
    is_taken: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a source announces at present: its recent articles, and the bytes that asking it costs."""

    source: Source
    n_bytes: int = 0
    n_announced: int = 0
    recent: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    """The recent articles, and once more those of which the title is told: what covering is about."""
    note: str = ""
    """Why it can't be taken, or what there is to say of it besides."""

    @property
    def says(self) -> str:
        """How much it announces."""
        n_links = f"{self.n_announced} links" if self.n_announced != 1 else "1 link"
        said = f"{n_links}, {len(self.recent) or 'none'} recent"
        return f"{self.note}: {said}" if self.note and self.n_announced else self.note or said


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
        if not any(sight.recent for sight in self.sights.values()):
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
            return await self._with_parts(sight, announced.sitemaps) if announced.sitemaps else sight
        except NewsError as error:
            return Sight(source=source, note=error.detail)

    async def _read(self, source: Source, page: Page) -> Announcement:
        since = horizon(source, self.search.now())
        return await self.documents.read(replace(source, since=since), page)

    async def _with_parts(self, index: Sight, announced: tuple[Link, ...]) -> Sight:
        """The index with what its newest parts announce."""
        wanted = parts.due(announced, {}, horizon(index.source, self.search.now()))
        note = f"an index of {len(announced)} sitemaps, {len(wanted)} of them recent"
        found = replace(index, note=note)
        for part in wanted[:MAX_PARTS_LOOKED_AT]:
            source = replace(index.source, url=part.request.url)
            page = await self._get(source)
            inner = _sight(source, page, await self._read(source, page))
            n_bytes, n_announced = found.n_bytes + inner.n_bytes, found.n_announced + inner.n_announced
            found = replace(found, n_bytes=n_bytes, n_announced=n_announced)
            found = replace(found, recent=found.recent | inner.recent, facts=found.facts | inner.facts)
        return found


def judged(sights: list[Sight], *, is_deep: bool = False) -> list[Finding]:
    """Which sources are taken, and why, taken ones first; `is_deep`: sitemaps are wanted for what is past, too."""
    taken = cover(sights)
    if is_deep:
        taken += [s for s in sights if s.source.kind is SourceKind.SITEMAP and s.recent and s not in taken]
    findings = []
    covered: set[str] = set()
    for sight in taken:
        n_more, n_titles = len(sight.recent - covered), len(sight.facts - sight.recent - covered)
        why = f"{n_more} not announced elsewhere" if n_more else f"{n_titles} not told with title elsewhere"
        covered |= sight.facts
        findings.append(Finding(source=sight.source, is_taken=True, note=f"{sight.says}, {why}"))
    left = (sight for sight in sights if sight not in taken)
    return findings + [Finding(source=s.source, is_taken=False, note=_why_left(s, taken)) for s in left]


def cover(sights: Iterable[Sight]) -> list[Sight]:
    """A cheap set of sources that together announce every recent article that any of them announces.

    Greedy, the most new articles for the bytes first, equals in the order seen; then what the others cover is
    dropped, the costliest first.
    """
    taken: list[Sight] = []
    covered: set[str] = set()
    todo = [sight for sight in sights if sight.facts]
    while todo:
        best = max(todo, key=lambda sight: len(sight.facts - covered) / (REQUEST_BYTES + sight.n_bytes))
        if best.facts <= covered:
            break
        taken.append(best)
        covered |= best.facts
        todo.remove(best)
    for sight in sorted(taken, key=lambda one: one.n_bytes, reverse=True):
        others = [one for one in taken if one is not sight]
        if sight.facts <= frozenset().union(*(one.facts for one in others)):
            taken = others
    return taken


def _why_left(sight: Sight, taken: list[Sight]) -> str:
    if not sight.recent:
        return sight.says
    for one in taken:
        if one.recent == sight.recent:
            return f"{sight.says}, the same as {one.source.url}"
    return f"{sight.says}, all announced by what is taken"


def _sight(source: Source, page: Page, announced: Announcement) -> Sight:
    recent = frozenset(link.url for link in announced.links)
    facts = recent | {f"title of {link.url}" for link in announced.links if link.title}
    n_bytes, n_announced = len(page.body), announced.n_announced
    return Sight(source=source, n_bytes=n_bytes, n_announced=n_announced, recent=recent, facts=facts)


def _is_document(page: Page) -> bool:
    """Whether the page is a feed or sitemap rather than something with links to them."""
    head = page.body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(_DOCUMENT_STARTS) and b"<html" not in head


def _as_document(page: Page) -> Source:
    url = urls.canonical(page.final_url)
    is_sitemap = any(mark in page.body[:4096].lower() for mark in (b"<urlset", b"<sitemapindex"))
    return Source(url=url, kind=SourceKind.SITEMAP if is_sitemap else SourceKind.FEED, site=urls.site(url))
