"""Which sources does a site announce? For `newsdesk add`, which fetches what is named here and picks.

Looks at a page's link tags and at its links that look like feeds, at the `Sitemap:` lines of robots.txt, and
names the well-known places that are worth a try.

Does not fetch, and does not decide which of the candidates covers the site best.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scraper import dom, encoding, urls
from scraper.discovery.section import base_url
from scraper.errors import NewsError
from scraper.values import Page, Source, SourceKind

WELL_KNOWN_FEEDS = (
    "/feed/",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/posts/default",
)
WELL_KNOWN_SITEMAPS = (
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap.xml",
    "/sitemap_index.xml",
)

_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json+feed",
        "application/xml",
        "text/xml",
        "application/rss",
        "application/atom",
        "application/x-rss+xml",
    }
)
_FEED_PATH = re.compile(r"(?:^|[/._=-])(?:rss|atom|feeds?|rdf)(?:$|[/.?&=]|\d)|\.(?:rss|rdf|atom)$", re.IGNORECASE)
# Feeds of readers' comments, of searches and podcasts announce no articles.
_NOT_NEWS = re.compile(r"comment|kommentar|podcast|search|suche|oembed|wp-json", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[ \t]*site-?maps?[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


def candidates(page: Page) -> tuple[Source, ...]:
    """The feeds and sitemaps that `page` names, best first, each once; the page itself is not among them.

    First the link tags in the page's order (their author meant them for machines), then links in the text.
    """
    tree = dom.parse(encoding.to_utf8(page))
    base = base_url(tree, page)
    found: dict[str, Source] = {}
    own = urls.canonical(page.final_url)
    # A site may keep its feeds at a feed host and say so in its head; a link in the text is its own only if it stays.
    linked = (source for href in _anchors(tree) if (source := _made(SourceKind.FEED, href, base)) and _is_own(source))
    tagged = (_made(kind, href, base) for kind, href in _link_tags(tree))
    for source in (*tagged, *linked):
        if source is not None and source.url != own and not _NOT_NEWS.search(source.url):
            found.setdefault(source.url, source)
    return tuple(found.values())


def from_robots(text: str, url: str) -> tuple[Source, ...]:
    """The sitemaps that the robots.txt `text`, found at `url`, names, in order, news sitemaps first."""
    found: dict[str, Source] = {}
    for match in _SITEMAP_LINE.finditer(text):
        source = _made(SourceKind.SITEMAP, match[1], url)
        if source is not None:
            found.setdefault(source.url, source)
    return tuple(sorted(found.values(), key=lambda source: "news" not in source.url.lower()))


def well_known(url: str) -> tuple[Source, ...]:
    """Where feeds and sitemaps often are on the host of `url`, news sitemaps first, likeliest first."""
    feeds = (_made(SourceKind.FEED, path, url) for path in WELL_KNOWN_FEEDS)
    sitemaps = (_made(SourceKind.SITEMAP, path, url) for path in WELL_KNOWN_SITEMAPS)
    return tuple(source for source in (*sitemaps, *feeds) if source is not None)


def _link_tags(tree: dom.Tree) -> Iterator[tuple[SourceKind, str]]:
    for node in tree.css("link[href]"):
        attributes = node.attributes
        relations = (attributes.get("rel") or "").lower().split()
        kind = (attributes.get("type") or "").partition(";")[0].strip().lower()
        href = attributes.get("href") or ""
        if "sitemap" in relations:
            yield SourceKind.SITEMAP, href
        elif "feed" in relations or ("alternate" in relations and kind in _FEED_TYPES):
            yield SourceKind.FEED, href


def _anchors(tree: dom.Tree) -> Iterator[str]:
    for node in tree.css("a[href]"):
        href = node.attributes.get("href") or ""
        if _FEED_PATH.search(href.partition("#")[0]):
            yield href


def _is_own(source: Source) -> bool:
    return urls.site(source.url) == source.site


def _made(kind: SourceKind, href: str, base: str) -> Source | None:
    try:
        url = urls.canonical(href.strip(), base)
        return Source(url=url, kind=kind, site=urls.site(base))
    except NewsError:
        return None
