"""Every address of the demo site in one edition: what it answers, and what newsdesk ought to make of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from pipelines.demo_site import templates
from pipelines.demo_site.content import Piece, furniture, pieces

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"

TEASER_PATH = "/town/secret-budget"
INDEX_PATH = "/sea/the-week-on-the-water"
SECOND_PATH = "/m/werft-bekommt-auftrag"
LOST_PATH = "/sea/tide-tables"
GONE_PATH = "/sea/withdrawn"
HIDDEN_PATH = "/internal/draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the site answers at one address."""

    body: str
    content_type: str = HTML
    status: int = 200
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One line of the feeds and sitemaps; `only` as in `Piece`."""

    path: str
    title: str
    published_at: datetime
    modified_at: datetime
    language: str
    only: str = ""


def answers(url: str, edition: int, now: datetime) -> dict[str, Answer]:
    """Path -> answer, of the site at `url` (with a slash at its end)."""
    base = url.rstrip("/")
    found = pieces(edition, now)
    pages = {piece.path: _article(base, piece, found, now) for piece in found}
    pages |= {f"{path}": _index(found, name, now) for name, path in templates.SECTIONS.items()}
    pages["/"] = _index(found, "", now)
    pages |= _odd_pages(base, found, now)
    announced = _announced(found, now)
    for path, body in (
        ("/feed.xml", _rss(base, [a for a in announced if a.only != "sitemap"])),
        ("/atom.xml", _atom(base, [a for a in announced if a.only != "sitemap"][:5])),
        ("/sitemap.xml", _sitemap(base, [a for a in announced if a.only != "feed"])),
        ("/news-sitemap.xml", _news_sitemap(base, [a for a in announced if a.only != "feed"], now)),
    ):
        pages[path] = Answer(body=body, content_type=XML, modified_at=max(a.modified_at for a in announced))
    robots = f"User-agent: *\nDisallow: /internal/\n\nSitemap: {base}/news-sitemap.xml\nSitemap: {base}/sitemap.xml\n"
    pages["/robots.txt"] = Answer(body=robots, content_type="text/plain", modified_at=now)
    return pages


def _article(base: str, piece: Piece, others: Sequence[Piece], now: datetime) -> Answer:
    # Pages must stay the same, byte for byte, when only another article changes.
    related = [p for p in others if p.section == piece.section and p.published_at < now and p.path != piece.path][-2:]
    related = [p for p in related if p.modified_at == p.published_at]
    body = templates.article_page(piece, base + piece.path, furniture(piece.language), related)
    return Answer(body=body, modified_at=piece.modified_at)


def _index(found: Sequence[Piece], section: str, now: datetime) -> Answer:
    chosen = [piece for piece in found if section in ("", piece.section)]
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/feed.xml">\n'
        '<link rel="alternate" type="application/atom+xml" href="/atom.xml">\n'
    )
    body = f"{templates.navigation()}<main>{templates.teaser_list(chosen)}</main>"
    modified_at = max((piece.modified_at for piece in chosen), default=now)
    return Answer(body=templates.page("en", section or "News", head, body), modified_at=modified_at)


def _odd_pages(base: str, found: Sequence[Piece], now: datetime) -> dict[str, Answer]:
    """What is announced like an article, but is none, or is one that stands elsewhere already."""
    shipyard = next(piece for piece in found if piece.path.endswith("werft-bekommt-auftrag"))
    old = [piece for piece in found if piece.published_at < now][-6:]
    head = '<meta property="og:type" content="article">\n<meta property="og:title" content="The week on the water">\n'
    index = f"{templates.navigation()}<article><h1>The week on the water</h1>{templates.teaser_list(old)}</article>"
    sorry = "<h1>Page not found</h1><p>The page you are looking for does not exist.</p>"
    gone = "<html><title>Gone</title><p>This article was withdrawn.</p></html>"
    return {
        SECOND_PATH: _article(base, shipyard, found, now),
        TEASER_PATH: Answer(body=_teaser(base, now), modified_at=now),
        INDEX_PATH: Answer(body=templates.page("en", "The week on the water", head, index), modified_at=now),
        LOST_PATH: Answer(
            body=templates.page("en", "Page not found", "", f"{templates.navigation()}<main>{sorry}</main>"),
            modified_at=now,
        ),
        GONE_PATH: Answer(body=gone, status=410, modified_at=now),
        HIDDEN_PATH: Answer(body=templates.page("en", "Draft", "", "<p>Not for readers.</p>"), modified_at=now),
    }


def _teaser(base: str, now: datetime) -> str:
    """Two sentences of a paid article, then the pitch."""
    title = "What the secret budget of the port authority says"
    data = {"@type": "NewsArticle", "headline": title, "isAccessibleForFree": False}
    data |= {"datePublished": (now - timedelta(hours=3)).isoformat(), "author": {"@type": "Person", "name": "Jo Tamm"}}
    head = f'<link rel="canonical" href="{base}{TEASER_PATH}">'
    head += f'<script type="application/ld+json">{json.dumps(data)}</script>'
    text = (
        "The port authority has put aside more money than it told the council, documents show that the Courier "
        "has seen. How much it is, and what it is meant for, surprised even members of its board."
    )
    body = f"{templates.navigation()}<article><h1>{title}</h1><p>{text}</p>"
    return templates.page(
        "en", title, head, f'{body}<div class="wall"><p>{escape(furniture("en")["pitch"])}</p></div></article>'
    )


def _announced(found: Sequence[Piece], now: datetime) -> list[Announced]:
    odd = (
        (TEASER_PATH, "What the secret budget of the port authority says", "en", ""),
        (INDEX_PATH, "The week on the water", "en", "feed"),
        (SECOND_PATH, "Werft bekommt Auftrag für zwei Forschungsschiffe", "de", "feed"),
        (LOST_PATH, "Tide tables", "en", "feed"),
        (GONE_PATH, "Withdrawn", "en", "sitemap"),
        (HIDDEN_PATH, "Draft", "en", "feed"),
    )
    at = now - timedelta(hours=3)
    lines = [
        Announced(path=path, title=title, published_at=at, modified_at=at, language=language, only=only)
        for path, title, language, only in odd
    ]
    return lines + [
        Announced(
            path=piece.path,
            title=piece.title,
            published_at=piece.published_at,
            modified_at=piece.modified_at,
            language=piece.language,
            only=piece.only,
        )
        for piece in found
    ]


def _rss(base: str, lines: Sequence[Announced]) -> str:
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{base}{a.path}?utm_source=rss</link>"
        f"<guid>{base}{a.path}</guid><pubDate>{format_datetime(a.published_at)}</pubDate></item>\n"
        for a in lines
    )
    channel = f"<title>{templates.NAME}</title><link>{base}/</link><description>News</description>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>{channel}\n{items}</channel></rss>\n'


def _atom(base: str, lines: Sequence[Announced]) -> str:
    entries = "".join(
        f'<entry><title>{escape(a.title)}</title><id>{base}{a.path}</id><link href="{base}{a.path}"/>'
        f"<published>{a.published_at.isoformat()}</published><updated>{a.modified_at.isoformat()}</updated></entry>\n"
        for a in lines
    )
    head = f"<title>{templates.NAME}</title><id>{base}/</id><updated>{lines[0].modified_at.isoformat()}</updated>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">{head}\n{entries}</feed>\n'
    )


def _sitemap(base: str, lines: Sequence[Announced]) -> str:
    return _urlset("", (f"<loc>{base}{a.path}</loc><lastmod>{a.modified_at.isoformat()}</lastmod>" for a in lines))


def _news_sitemap(base: str, lines: Sequence[Announced], now: datetime) -> str:
    """By Google's rules: the last two days."""
    recent = (a for a in lines if a.published_at > now - timedelta(days=2))
    return _urlset(
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"',
        (
            f"<loc>{base}{a.path}</loc><news:news><news:publication><news:name>{templates.NAME}</news:name>"
            f"<news:language>{a.language}</news:language></news:publication>"
            f"<news:publication_date>{a.published_at.isoformat()}</news:publication_date>"
            f"<news:title>{escape(a.title)}</news:title></news:news>"
            for a in recent
        ),
    )


def _urlset(namespaces: str, urls: Iterator[str]) -> str:
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{namespaces}>'
    return head + "\n" + "".join(f"<url>{url}</url>\n" for url in urls) + "</urlset>\n"
