"""What the demo site announces its articles with: RSS 2.0, Atom (RFC 4287), sitemaps (sitemaps.org, Google News).

Does not decide what is announced where: `addresses` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from pipelines.demo_site.templates import NAME

_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_NEWS = ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_NEWS_SITEMAP_AGE = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One line of the feeds and sitemaps; `only` as in `content.Piece`."""

    path: str
    title: str
    published_at: datetime
    modified_at: datetime
    language: str
    lead: str = ""
    only: str = ""


def rss(base: str, lines: Sequence[Announced]) -> str:
    """The feed; its links carry a campaign parameter."""
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{base}{a.path}?utm_source=rss</link>"
        f'<guid isPermaLink="true">{base}{a.path}</guid><pubDate>{format_datetime(a.published_at)}</pubDate>'
        f"<description>{escape(a.lead)}</description></item>\n"
        for a in lines
    )
    channel = f"<title>{NAME}</title><link>{base}/</link><description>News from the sound</description><ttl>60</ttl>"
    return f'{_XML}<rss version="2.0"><channel>{channel}\n{items}</channel></rss>\n'


def atom(base: str, lines: Sequence[Announced]) -> str:
    """The short feed."""
    entries = "".join(
        f'<entry xml:lang="{a.language}"><title>{escape(a.title)}</title><id>{base}{a.path}</id>'
        f'<link href="{base}{a.path}"/><published>{a.published_at.isoformat()}</published>'
        f"<updated>{a.modified_at.isoformat()}</updated><summary>{escape(a.lead)}</summary></entry>\n"
        for a in lines
    )
    updated_at = max(a.modified_at for a in lines).isoformat()
    head = f"<title>{NAME}</title><id>{base}/</id><updated>{updated_at}</updated><author><name>{NAME}</name></author>"
    return f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom">{head}\n{entries}</feed>\n'


def sitemap(base: str, lines: Sequence[Announced]) -> str:
    """The plain sitemap."""
    return _urlset("", (f"<loc>{base}{a.path}</loc><lastmod>{a.modified_at.isoformat()}</lastmod>" for a in lines))


def news_sitemap(base: str, lines: Sequence[Announced], now: datetime) -> str:
    """By Google's rules: the last two days."""
    return _urlset(
        _NEWS,
        (
            f"<loc>{base}{a.path}</loc><news:news><news:publication><news:name>{NAME}</news:name>"
            f"<news:language>{a.language}</news:language></news:publication>"
            f"<news:publication_date>{a.published_at.isoformat()}</news:publication_date>"
            f"<news:title>{escape(a.title)}</news:title></news:news>"
            for a in lines
            if a.published_at > now - _NEWS_SITEMAP_AGE
        ),
    )


def robots(base: str) -> str:
    """robots.txt (RFC 9309)."""
    rules = "User-agent: *\nDisallow: /internal/\n\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /culture/\n"
    return f"{rules}\nSitemap: {base}/news-sitemap.xml\nSitemap: {base}/sitemap.xml\n"


def _urlset(namespaces: str, urls: Iterator[str]) -> str:
    head = f'{_XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{namespaces}>'
    return head + "\n" + "".join(f"<url>{url}</url>\n" for url in urls) + "</urlset>\n"
