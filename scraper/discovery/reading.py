"""Which links does this document announce? The door of `scraper.discovery`: bytes in, `Link`s out.

Looks at the bytes more than at what they are called: a feed address may answer with JSON, a sitemap
address with a feed. Never fetches.
"""

from __future__ import annotations

from scraper.discovery import feeds, jsonfeed, section, sitemap
from scraper.discovery.shapes import Shape
from scraper.values import Announcement, Page, Source, SourceKind

_BOM = b"\xef\xbb\xbf"
_HEAD_BYTES = 4096
_UNKNOWN = Shape()


def read(source: Source, page: Page, shape: Shape = _UNKNOWN) -> Announcement:
    """What `page`, fetched for `source`, announces; `shape` is that of the site's known articles.

    Raises `ParseError` when the bytes are not what the source claims to be.
    """
    if source.kind is SourceKind.SECTION:
        return section.read(source, page, shape)
    head = page.body[:_HEAD_BYTES].removeprefix(_BOM).lstrip()
    if head.startswith((b"{", b"[")):
        return jsonfeed.read(source, page)
    lower = head.lower()
    if source.kind is SourceKind.SITEMAP:
        is_feed = any(mark in lower for mark in (b"<rss", b"<feed", b"<rdf:rdf"))
        return feeds.read(source, page) if is_feed else sitemap.read(source, page)
    is_sitemap = b"<urlset" in lower or b"<sitemapindex" in lower
    return sitemap.read(source, page) if is_sitemap else feeds.read(source, page)
