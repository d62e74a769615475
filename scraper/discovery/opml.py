"""Lists of feeds as feed readers exchange them: OPML in, sources out, and back.

Reads outlines at any depth, in any spelling of the attributes (`xmlUrl`, `xmlurl`), with relative addresses (to
`htmlUrl`), `feed:` addresses and addresses without scheme. Sitemaps and sections are written as links with a
category, so that feed readers pass over them and newsdesk finds them again. Does not follow `include`s.

Follows http://opml.org/spec2.opml.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from scraper import encoding, urls
from scraper.discovery.links import language
from scraper.discovery.safexml import Tags, mended, pieces_of
from scraper.errors import FetchError, ParseError
from scraper.values import Page, Source, SourceKind

MAX_OPML_BYTES = 20 * 2**20
"""The limit of feeds; a list of 10,000 feeds has about 3 MiB."""
_BOM = b"\xef\xbb\xbf"
_CATEGORY = "/newsdesk/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """The sources of a list, each once, in order; and the addresses that are left out, each with the reason."""

    sources: tuple[Source, ...]
    left: tuple[tuple[str, str], ...]


def read(page: Page) -> Subscriptions:
    """What the OPML document lists.

    Raises `ParseError` for what is none, for damage that can't be mended, and for entities and depths that only an
    attacker writes.
    """
    body = page.body.removeprefix(_BOM).lstrip()
    try:
        outlines = list(_outlines(Tags(page.url, "outline"), pieces_of(body), page.url))
    except ParseError as error:
        codec = encoding.declared_codec(page) or "utf-8"
        try:
            outlines = list(_outlines(Tags(page.url, "outline", "utf-8"), mended(pieces_of(body), codec), page.url))
        except ParseError:
            raise error from None
    return _judged(outlines)


def _outlines(tags: Tags, pieces: Iterable[bytes], url: str) -> Iterator[dict[str, str]]:
    yield from tags.read(pieces)
    if tags.root != "opml":
        raise ParseError(f"the document is a <{tags.root}>, no OPML", url=url)


def _judged(outlines: list[dict[str, str]]) -> Subscriptions:
    taken: dict[str, Source] = {}
    left: list[tuple[str, str]] = []
    for outline in outlines:
        kind = _kind(outline)
        address = outline.get("xmlurl" if kind is SourceKind.FEED else "url", "")
        if not address.strip():
            if outline.get("type", "").lower() == "include":
                left.append((outline.get("url", ""), "another list: fetch and import it by itself"))
            continue  # a folder, or a link that is no source
        try:
            url = _address(address, outline)
            source = Source(url=url, kind=kind, site=urls.site(url), language=language(outline.get("language")))
        except FetchError as error:
            left.append((address, error.detail))
            continue
        if url in taken:
            left.append((address, "named twice"))
        taken.setdefault(url, source)
    return Subscriptions(sources=tuple(taken.values()), left=tuple(left))


def _kind(outline: dict[str, str]) -> SourceKind:
    for category in outline.get("category", "").split(","):
        name = category.strip().removeprefix(_CATEGORY)
        if category.strip().startswith(_CATEGORY) and name in (SourceKind.SITEMAP, SourceKind.SECTION):
            return SourceKind(name)
    return SourceKind.FEED


def _address(written: str, outline: dict[str, str]) -> str:
    """The canonical address of a feed as it is written. Raises `FetchError` for what is none."""
    address = html.unescape("".join(written.split()))
    if address.lower().startswith("feed:"):
        rest = address[5:]
        address = rest if rest.lower().startswith(("http:", "https:")) else "http://" + rest.lstrip("/")
    page = html.unescape(outline.get("htmlurl", "").strip())
    has_page = page.lower().startswith(("http://", "https://"))
    if address.startswith("//") and not has_page:
        address = "https:" + address
    elif not has_page and ":" not in address.partition("/")[0] and "." in address.partition("/")[0]:
        address = "https://" + address
    return urls.canonical(address, page if has_page else None)


def write(sources: Iterable[Source], now: datetime) -> str:
    """The list as an OPML document, in the order given."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "<head>"]
    lines += ["<title>newsdesk</title>", f"<dateCreated>{format_datetime(now)}</dateCreated>", "</head>", "<body>"]
    lines += [_written(source) for source in sources]
    return "\n".join([*lines, "</body>", "</opml>"]) + "\n"


def _written(source: Source) -> str:
    parts = urlsplit(source.url)
    text = parts.netloc + (parts.path if parts.path != "/" else "")
    if source.kind is SourceKind.FEED:
        pairs = {"text": text, "type": "rss", "xmlUrl": source.url}
    else:
        pairs = {"text": text, "type": "link", "category": _CATEGORY + source.kind.value, "url": source.url}
    if source.language:
        pairs["language"] = source.language
    return "<outline " + " ".join(f"{name}={quoteattr(value)}" for name, value in pairs.items()) + "/>"
