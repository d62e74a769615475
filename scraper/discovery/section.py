"""Article-like links of a front page or section page.

An address looks like an article's when its path carries a date, a long id or a slug of several words, and
when its link text is long enough for a headline. Links in navigation and footer, to other sites, and to
tags, logins, calendars, searches and shops are left out. Where known articles of the site are handed in, as the
shapes of their addresses, a link of such a shape needs no more, and one of another shape needs more.

Names the section's next page; whether it is worth fetching is the caller's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from scraper import dom, encoding, urls
from scraper.discovery import links
from scraper.discovery.links import Said
from scraper.discovery.shapes import Shape, pattern
from scraper.errors import NewsError, ParseError
from scraper.text import squash
from scraper.values import Announcement, Page, Source

MIN_SCORE = 3
MIN_TITLE_WORDS = 4
_NOT_CONTENT = frozenset({"nav", "footer"})
_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?[0-3]?\d)?(?=[/_-]|$)")
_DAY_AND_MORE = re.compile(r"/(?:19|20)\d\d([/-]?)(?:0?[1-9]|1[0-2])\1[0-3]?\d[/_-][^/]{4,}")
_LONG_ID = re.compile(r"(?:^|[-_/,.a-z])\d{5,}(?=[-_/,.]|$)")
_ARTICLE_WORD = re.compile(r"/(?:articles?|artikel|story|stories|noticias?|actualites?|news)/.*[^/]{12}")
_NOT_ARTICLE = re.compile(
    r"/(?:tags?|topics?|thema|themen|category|categories|kategorie|rubrik|authors?|autoren?|profile|login|signin|register|"
    r"account|subscribe|abo|newsletter|search|suche|buscar|recherche|shop|cart|jobs|careers|about|contact|kontakt|"
    r"impressum|privacy|datenschutz|terms|agb|cookies?|advertise|rss|feeds?|archive?s?|page|comments?|share|wp-admin|"
    r"calendar|kalender|gallery-index|podcasts?|weather|wetter|horoscope|tv-guide)(?:/|$|\.)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(r"/(?:19|20)\d\d(?:[/-]?[01]?\d){0,2}(?:/\d+)?/?$")
_NEXT_WORDS = re.compile(
    r"(?:next(?: page)?|older(?: (?:posts|articles|stories))?|more stories|load more|weiter|n\u00e4chste(?: seite)?|"
    r"\u00e4ltere(?: (?:beitr\u00e4ge|artikel))?|suivant(?:e|s)?|page suivante|siguiente|p\u00e1gina siguiente|"
    r"successiv[ao]|pagina successiva|volgende(?: pagina)?|pr\u00f3xim[ao]|nast\u0119pna)[ \u203a\u00bb\u2192>]*",
    re.IGNORECASE,
)
_UNKNOWN = Shape()
SHAPE_POINTS = 3
FOREIGN_POINTS = -2
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|json|ics|apk)$", re.IGNORECASE)


def read(source: Source, page: Page, shape: Shape) -> Announcement:
    """The links of `page` that look like articles of the same site; `shape` is that of known ones.

    Raises `ParseError` for what is no HTML.
    """
    tree = dom.parse(encoding.to_utf8(page))
    if tree.body is None or b"<" not in page.body[:4096]:
        raise ParseError("no HTML page", url=page.url)
    found = links.collect(_said(tree, page, shape), source, page)
    return replace(found, next_url=next_url(tree, page))


def next_url(tree: dom.Tree, page: Page) -> str | None:
    """The canonical address of the section's next page, of the same site, as its links and their words tell."""
    base = base_url(tree, page)
    site = urls.site(page.final_url)
    own = urls.canonical(page.final_url)
    marked = [node.attributes.get("href") for node in tree.css("link[rel~=next], a[rel~=next]")]
    worded = (a.attributes.get("href") for a in tree.css("a[href]") if _NEXT_WORDS.fullmatch(_words(a)))
    for href in (*marked, *worded):
        url = _same_site(href, base, site)
        if url is not None and url != own:
            return url
    return None


def _words(anchor: dom.Node) -> str:
    return squash(anchor.text() or anchor.attributes.get("aria-label") or "")


def _said(tree: dom.Tree, page: Page, shape: Shape) -> Iterator[Said]:
    base = base_url(tree, page)
    site = urls.site(page.final_url)
    titles: dict[str, str] = {}
    for anchor in tree.css("a[href]"):
        url = _same_site(anchor.attributes.get("href"), base, site)
        if url is None or _is_in_navigation(anchor):
            continue
        text = squash(anchor.text(separator=" "))
        # A picture, a headline and "read more" may all lead to the article: the longest names it.
        if len(text) > len(titles.get(url, "")) or url not in titles:
            titles[url] = text
    for url, title in titles.items():
        if score(url, title, shape) >= MIN_SCORE:
            yield Said(url=url, title=title if len(title.split()) >= MIN_TITLE_WORDS else None)


def score(url: str, title: str, shape: Shape = _UNKNOWN) -> int:
    """How much a link to `url` (canonical) with the text `title` looks like one to an article; 3 is enough."""
    path = unquote("/" + url.split("/", 3)[3].partition("?")[0]) if url.count("/") >= 3 else "/"
    if path == "/" or _NOT_ARTICLE.search(path) or _FILE.search(path) or _CALENDAR.search(path):
        return 0
    n_slug_words = max(len(re.findall(r"[^\W\d_]{2,}", part)) for part in path.split("/"))
    points = 0
    if shape.patterns:
        points = SHAPE_POINTS if pattern(url) in shape.patterns else FOREIGN_POINTS * shape.is_sure
    points += 3 if _DAY_AND_MORE.search(path) else 2 * bool(_DATE.search(path))
    points += bool(_LONG_ID.search(path)) + bool(_ARTICLE_WORD.search(path))
    points += (n_slug_words >= 3) + (n_slug_words >= 5)
    n_words = len(title.split()) if " " in title else len(title) // 2  # scripts without blanks
    return points + (n_words >= MIN_TITLE_WORDS) + (n_words >= 7)


def base_url(tree: dom.Tree, page: Page) -> str:
    """What relative links of the page are relative to (HTML 4.2.3)."""
    node = tree.css_first("base[href]")
    href = node.attributes.get("href") if node else None
    try:
        return urls.parse(href, page.final_url) if href else page.final_url
    except NewsError:
        return page.final_url


def _same_site(href: str | None, base: str, site: str) -> str | None:
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    try:
        url = urls.canonical(href, base)
        return url if urls.site(url) == site else None
    except NewsError:
        return None


def _is_in_navigation(anchor: dom.Node) -> bool:
    node = anchor.parent
    while node is not None:
        if node.tag in _NOT_CONTENT:
            return True
        node = node.parent
    return False
