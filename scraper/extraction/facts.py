"""The plain fields: description, section, tags, image, site name, canonical address, kind and access.

Each takes the first plausible candidate in the order of how specific its vocabulary is; titles, authors, dates and
language have modules of their own. Does not fetch images or addresses.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from scraper.errors import NewsError
from scraper.extraction.gathering import Gathered
from scraper.text import fold
from scraper.urls import canonical, site
from scraper.values import Access, ArticleKind, Candidate

MAX_TAGS = 40
MAX_TAG_CHARS = 80
MAX_IMAGES = 10
MAX_SECTION_CHARS = 60

_NO_ARTICLE_IMAGE = re.compile(
    r"logo|default|placeholder|avatar|favicon|sprite|blank\.|/icons?/|share-image|fallback", re.IGNORECASE
)
_HOME = frozenset(
    {"home", "startseite", "accueil", "inicio", "início", "homepage", "start", "forside", "hem", "etusivu", "főoldal",
     "anasayfa", "ana", "首页", "ホーム", "홈", "главная"}
)  # fmt: skip
_TYPES = {
    "liveblogposting": ArticleKind.LIVE_BLOG,
    "advertisercontentarticle": ArticleKind.ADVERTISEMENT,
    "reviewnewsarticle": ArticleKind.REVIEW,
    "review": ArticleKind.REVIEW,
    "criticreview": ArticleKind.REVIEW,
    "opinionnewsarticle": ArticleKind.OPINION,
    "analysisnewsarticle": ArticleKind.ANALYSIS,
    "backgroundnewsarticle": ArticleKind.ANALYSIS,
    "imagegallery": ArticleKind.GALLERY,
    "mediagallery": ArticleKind.GALLERY,
    "videoobject": ArticleKind.VIDEO,
}
_SECTIONS: dict[ArticleKind, str] = {
    ArticleKind.LIVE_BLOG: "live|liveticker|live-?blog|newsblog|ticker|en direct|en vivo|ao vivo|diretta",
    ArticleKind.ADVERTISEMENT: (
        "sponsored(?: content)?|advertorial|anzeige|paid post|partner content|brandvoice|publirreportaje|publicité"
    ),
    ArticleKind.REVIEW: "reviews?|kritik|rezension(?:en)?|critiques?|reseñas?|recensioni|test",
    ArticleKind.OPINION: (
        "opinions?|op-?ed|editorials?|commentary|comment|columns?|columnists?|meinung|kommentare?|leitartikel|kolumnen?"
        "|glosse|tribunes?|opinión|opinião|opinioni|debatt?|debate|ledare|kronikk|yazarlar|社説|오피니언|사설|мнения?"
        "|opinie|letters"
    ),
    ArticleKind.ANALYSIS: "analys[ie]s|analyse|hintergrund|análisis|analisi|explainers?|background",
    ArticleKind.INTERVIEW: "interviews?|gespräch|entrevistas?|intervist[ae]|entretiens?|インタビュー|인터뷰",
    ArticleKind.OBITUARY: "obituar(?:y|ies)|nachrufe?|nécrologie|obituarios?|necrologi[ea]?",
    ArticleKind.PRESS_RELEASE: (
        "press[- ]releases?|pressemitteilung(?:en)?|communiqués?|comunicados?|comunicati|pressmeddelanden?"
    ),
    ArticleKind.CORRECTION: "corrections?|korrekturen?|fe de errores|rettelser?",
    ArticleKind.GALLERY: "galler(?:y|ies)|photos|bildergalerien?|fotostrecken?|diaporama|galería",
    ArticleKind.VIDEO: "videos?",
}
_KINDS = tuple((kind, re.compile(f"(?:{names})", re.IGNORECASE)) for kind, names in _SECTIONS.items())
_TIERS = {
    "free": Access.FREE,
    "metered": Access.METERED,
    "locked": Access.PAID,
    "paid": Access.PAID,
    "premium": Access.PAID,
}
_NEWS_TYPES = frozenset({"newsarticle", "reportagenewsarticle", "article", "report"})


def description(known: Gathered) -> Candidate | None:
    """The longest-lived summary: the first of at least a few words."""
    return _first(known, "description", lambda text: len(text) > 20)


def site_name(known: Gathered) -> Candidate | None:
    """The name of the site, else of its publisher."""
    named = [c for c in known.of("site_name") if isinstance(c.value, str)]
    named.sort(key=lambda c: not c.origin.startswith("opengraph"))
    named += [c for c in known.of("publisher") if "://" not in str(c.value)]
    return Candidate(field="site_name", value=named[0].value, origin=named[0].origin) if named else None


def section(known: Gathered) -> Candidate | None:
    """The section the article stands in, from its data, the breadcrumb or the address."""
    stated = _first(known, "section", lambda text: 1 < len(text) <= MAX_SECTION_CHARS)
    if stated is not None and not stated.origin.startswith("url"):
        return stated
    for trail in known.of("breadcrumb"):
        steps = [
            step
            for step in trail.value[:-1]
            if fold(step) not in _HOME and fold(step) not in map(fold, known.own_names)
        ]
        if steps:
            return Candidate(field="section", value=steps[0][:MAX_SECTION_CHARS], origin=trail.origin)
    return stated


def tags(known: Gathered) -> Candidate | None:
    """The first list of tags, each once."""
    for candidate in known.of("tags"):
        values = candidate.value if isinstance(candidate.value, tuple) else (candidate.value,)
        unique: dict[str, str] = {}
        for tag in values:
            if isinstance(tag, str) and 1 < len(tag) <= MAX_TAG_CHARS:
                unique.setdefault(fold(tag), tag)
        if unique:
            return Candidate(field="tags", value=tuple(unique.values())[:MAX_TAGS], origin=candidate.origin)
    return None


def images(known: Gathered) -> list[dict[str, Any]]:
    """The article's images as {url, origin, caption, width, height}, the preferred first, logos last."""
    found: dict[str, dict[str, Any]] = {}
    read: dict[str, str | None] = {}
    for candidate in known.of("image"):
        stated = str(candidate.value.get("url", ""))
        if stated not in read:
            read[stated] = _address(stated, known.url)
        if address := read[stated]:
            entry = found.setdefault(address, {"url": address, "origin": candidate.origin})
            entry.update({k: v for k, v in candidate.value.items() if k != "url"})
    ordered = sorted(
        found.values(),
        key=lambda entry: (bool(_NO_ARTICLE_IMAGE.search(entry["url"])), not entry["origin"].startswith("opengraph")),
    )
    return ordered[:MAX_IMAGES]


def canonical_url(known: Gathered) -> Candidate | None:
    """The page's address by its own word, if that is on the same site and not the front page."""
    for candidate in sorted(known.of("canonical_url"), key=lambda c: not c.origin.startswith("meta:link")):
        address = _address(str(candidate.value), known.url)
        if not address:
            continue
        is_front = urlsplit(address).path.strip("/") == "" and not urlsplit(address).query
        if _is_on_site(address, known) and (not is_front or known.path.strip("/") == ""):
            return Candidate(field="canonical_url", value=address, origin=candidate.origin)
    return None


def _is_on_site(address: str, known: Gathered) -> bool:
    host = urlsplit(address).netloc
    return (bool(host) and host == urlsplit(known.url).netloc) or site(address) == known.site


def kind(known: Gathered, section_name: str | None) -> Candidate | None:
    """What sort of article it is, from its types, its section and what it calls itself."""
    types = [t.lower() for c in known.of("types") for t in c.value]
    spoken = [section_name or "", *(str(c.value) for c in known.of("article_kind"))]
    if found := next((_TYPES[t] for t in types[:3] if t in _TYPES), None):
        return Candidate(field="kind", value=found, origin="jsonld:@type")
    for kind, words in _KINDS:
        if any(words.fullmatch(text.strip()[:80]) for text in spoken):
            return Candidate(field="kind", value=kind, origin="section")
    if any(str(c.value).lower() == "true" for c in known.of("is_opinion")):
        return Candidate(field="kind", value=ArticleKind.OPINION, origin="opengraph:article:opinion")
    if not _NEWS_TYPES.isdisjoint(types):
        return Candidate(field="kind", value=ArticleKind.NEWS, origin="jsonld:@type")
    if any(c.value == "article" for c in known.of("og_type")):
        return Candidate(field="kind", value=ArticleKind.NEWS, origin="opengraph:og:type")
    return None


def access(known: Gathered) -> Candidate | None:
    """Who may read the text, as the page states it."""
    for candidate in known.of("content_tier"):
        if tier := _TIERS.get(str(candidate.value).lower()):
            return Candidate(field="access", value=tier, origin=candidate.origin)
    for candidate in known.of("is_accessible_for_free"):
        if isinstance(candidate.value, bool):
            value = Access.FREE if candidate.value else Access.PAID
            return Candidate(field="access", value=value, origin=candidate.origin)
    return None


def _first(known: Gathered, field: str, is_good: Any) -> Candidate | None:
    return next((c for c in known.of(field) if isinstance(c.value, str) and is_good(c.value)), None)


def _address(text: str, base: str) -> str | None:
    try:
        return canonical(text, base) if text else None
    except NewsError:
        return None
