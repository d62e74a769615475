"""Every address of the demo site in one edition, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.demo_site import feeds, templates
from pipelines.demo_site.content import Piece, furniture, pieces, teaser
from pipelines.demo_site.feeds import Announced

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"

CHANGED_PATH = "/town/night-ferry-sails-again"
NEW_PATH = "/town/first-snow"
FIRST_PATH = "/wirtschaft/werft-bekommt-auftrag"
SECOND_PATH = "/m/werft-bekommt-auftrag"
TEASER_PATH = "/town/secret-budget"
INDEX_PATH = "/sea/the-week-on-the-water"
LOST_PATH = "/sea/tide-tables"
GONE_PATH = "/sea/withdrawn"
HIDDEN_PATH = "/internal/draft"

_INDEX_TITLE = "The week on the water"
_LANGUAGES = {"Wirtschaft": "de"}
_ODD_AGE = timedelta(hours=3)
_N_ATOM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the site answers at one address."""

    body: str
    content_type: str = HTML
    status: int = 200
    modified_at: datetime


def answers(url: str, edition: int, now: datetime) -> dict[str, Answer]:
    """Path -> answer, of the site at `url` (with a slash at its end)."""
    base = url.rstrip("/")
    found = pieces(edition, now)
    # Boxes and lists inside pages show the first edition only, so that a page changes with its own article alone.
    first = pieces(1, now)
    pages = {piece.path: _article(base, piece, first) for piece in found}
    pages |= {path: _index(found, name) for name, path in templates.SECTIONS.items()}
    pages["/"] = _index(found, "")
    pages |= _odd_pages(base, first, now)
    pages |= {templates.picture_path(piece): _picture(piece) for piece in [*found, teaser(now)]}
    return pages | _announcements(base, announced(found, now), now)


def announced(found: Sequence[Piece], now: datetime) -> list[Announced]:
    """All that feeds and sitemaps name, newest first."""
    shipyard = next(piece for piece in found if piece.path == FIRST_PATH)
    lines = [_line(piece.path, piece, piece.only) for piece in [*found, teaser(now)]]
    lines.append(_line(SECOND_PATH, shipyard, "feed"))
    at = (now - _ODD_AGE).astimezone(shipyard.published_at.tzinfo).replace(second=0, microsecond=0)
    for path, title, only in (
        (INDEX_PATH, _INDEX_TITLE, "feed"),
        (LOST_PATH, "Tide tables", "feed"),
        (GONE_PATH, "Withdrawn", "sitemap"),
        (HIDDEN_PATH, "Draft", "feed"),
    ):
        lines.append(Announced(path=path, title=title, published_at=at, modified_at=at, language="en", only=only))
    return sorted(lines, key=lambda line: line.published_at, reverse=True)


def related(piece: Piece, first: Sequence[Piece]) -> list[Piece]:
    """The articles whose headlines stand in the box beside `piece`."""
    return [other for other in first if other.language == piece.language and other.path != piece.path][-2:]


def _line(path: str, piece: Piece, only: str) -> Announced:
    return Announced(
        path=path,
        title=piece.title,
        published_at=piece.published_at,
        modified_at=piece.modified_at,
        language=piece.language,
        lead=piece.lead,
        only=only,
    )


def _announcements(base: str, lines: Sequence[Announced], now: datetime) -> dict[str, Answer]:
    in_feeds = [line for line in lines if line.only != "sitemap"]
    in_sitemaps = [line for line in lines if line.only != "feed"]
    bodies = {
        "/feed.xml": feeds.rss(base, in_feeds),
        "/atom.xml": feeds.atom(base, in_feeds[:_N_ATOM]),
        "/sitemap.xml": feeds.sitemap(base, in_sitemaps),
        "/news-sitemap.xml": feeds.news_sitemap(base, in_sitemaps, now),
    }
    modified_at = max(line.modified_at for line in lines)
    found = {path: Answer(body=body, content_type=XML, modified_at=modified_at) for path, body in bodies.items()}
    robots = Answer(body=feeds.robots(base), content_type="text/plain; charset=utf-8", modified_at=now)
    return found | {"/robots.txt": robots}


def _article(base: str, piece: Piece, first: Sequence[Piece]) -> Answer:
    body = templates.article_page(piece, base, furniture(piece.language), related(piece, first))
    return Answer(body=body, modified_at=piece.modified_at)


def _index(found: Sequence[Piece], section: str) -> Answer:
    chosen = [piece for piece in found if section in ("", piece.section)]
    body = f"{templates.navigation()}<main>{templates.teaser_list(chosen)}</main>"
    language = _LANGUAGES.get(section, "en")
    return Answer(
        body=templates.page(language, section or "News", "", body),
        modified_at=max(piece.modified_at for piece in chosen),
    )


def _picture(piece: Piece) -> Answer:
    """A grey sky over a sea of the piece's own blue."""
    hue = 190 + sum(piece.path.encode()) % 40
    body = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="#ccd"/>'
        f'<rect y="220" width="640" height="140" fill="hsl({hue} 50% 40%)"/></svg>\n'
    )
    return Answer(body=body, content_type="image/svg+xml", modified_at=piece.published_at)


def _odd_pages(base: str, first: Sequence[Piece], now: datetime) -> dict[str, Answer]:
    """What is announced like an article, but is none, or is one that stands elsewhere already."""
    shipyard = next(piece for piece in first if piece.path == FIRST_PATH)
    sorry = "<h1>Page not found</h1><p>The page you are looking for does not exist.</p>"
    gone = "<h1>Gone</h1><p>This article was withdrawn.</p>"
    return {
        SECOND_PATH: _article(base, shipyard, first),
        TEASER_PATH: _article(base, teaser(now), first),
        INDEX_PATH: Answer(body=_dressed_index(first, now), modified_at=now),
        LOST_PATH: Answer(body=_note("Page not found", sorry), modified_at=now),
        GONE_PATH: Answer(body=_note("Gone", gone), status=410, modified_at=now),
        HIDDEN_PATH: Answer(body=_note("Draft", "<h1>Draft</h1><p>Not for readers.</p>"), modified_at=now),
    }


def _note(title: str, text: str) -> str:
    return templates.page("en", title, "", f"{templates.navigation()}<main>{text}</main>")


def _dressed_index(first: Sequence[Piece], now: datetime) -> str:
    """Headlines of other articles under a headline, in the dress of an article."""
    metas = {"og:type": "article", "og:title": _INDEX_TITLE, "og:site_name": templates.NAME}
    head = "".join(f'<meta property="{name}" content="{value}">\n' for name, value in metas.items())
    at = (now - _ODD_AGE).isoformat()
    body = (
        f'{templates.navigation()}<main><article><h1>{_INDEX_TITLE}</h1>\n<p class="byline">Ada Brink '
        f'<time datetime="{at}">{at[:10]}</time></p>\n{templates.teaser_list(first[-6:])}\n</article></main>'
    )
    return templates.page("en", _INDEX_TITLE, head, body)
