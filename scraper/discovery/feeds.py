"""RSS 0.9x to 2.0, RDF and Atom, through feedparser and its tolerance; plain ones by `scraper.discovery.fastfeeds`.

A feed with faults is read for what can be read; only what is no feed at all is refused. The text that feeds
carry is left behind: the article's own page is what counts.

Does not read JSON Feed (`scraper.discovery.jsonfeed`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import feedparser

from scraper import dom, encoding
from scraper.discovery import fastfeeds, links, safexml
from scraper.discovery.links import Said
from scraper.errors import ParseError
from scraper.values import Announcement, Page, Source


def read(source: Source, page: Page) -> Announcement:
    """What the feed `page` announces. Raises `ParseError` for what is no feed."""
    label = (encoding.header_label(page) or "utf-8").lower()
    quick = fastfeeds.scan(page.body) if label == "utf-8" else None
    if quick is None:
        return read_tolerantly(source, page)
    said = (replace(one, title=_plain(one.title)) for one in quick.said)
    return replace(links.collect(said, source, page), hub_url=quick.hub_url)


def read_tolerantly(source: Source, page: Page) -> Announcement:
    """What the feed `page` announces, by feedparser. Raises `ParseError` for what is no feed."""
    safexml.check(page.body, page.url)
    parsed = _parse(page)
    if not parsed.get("version") and not parsed.get("entries"):
        raise ParseError("no RSS, RDF or Atom feed", url=page.url)
    feed = parsed.get("feed", {})
    language = dict.get(feed, "language")
    found = links.collect(_said(parsed["entries"], language), source, page)
    return replace(found, hub_url=_linked(feed, "hub"))


def _parse(page: Page) -> Any:
    headers = {"content-location": page.final_url, "content-type": "application/xml"}
    label = encoding.header_label(page)
    if label:
        headers["content-type"] += f"; charset={label}"
    # A stream, never bytes: feedparser would try text as a file name or an address.
    stream = io.BytesIO(page.body)
    return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _said(entries: list[Any], language: str | None) -> Iterator[Said]:
    for entry in entries:
        url = _address(entry)
        if not url:
            continue
        # dict.get: feedparser's own answers for dates that are absent with others, and warns.
        yield Said(
            url=url,
            title=_plain(dict.get(entry, "title")),
            published=dict.get(entry, "published") or dict.get(entry, "created"),
            modified=dict.get(entry, "updated"),
            language=dict.get(entry, "language") or language,
            image=_picture(entry),
        )


def _address(entry: Any) -> str | None:
    """The entry's page: feedburner's original link, else the link, else the guid if it is an address."""
    original = dict.get(entry, "feedburner_origlink")
    if original:
        return str(original)
    link = dict.get(entry, "link") or _linked(entry, "alternate")
    guid = dict.get(entry, "id") or ""
    return link or (guid if guid.startswith(("http://", "https://")) else None)


def _picture(entry: Any) -> str | None:
    """The first picture that the entry's media tags name, else the first thumbnail."""
    contents = dict.get(entry, "media_content") or ()
    pictures = [m for m in contents if m.get("medium") == "image" or m.get("type", "").lower().startswith("image/")]
    named = (media.get("url") for media in (*pictures, *(dict.get(entry, "media_thumbnail") or ())))
    return next((url for url in named if url), None)


def _linked(holder: Any, relation: str) -> str | None:
    return next((one.get("href") for one in dict.get(holder, "links") or () if one.get("rel") == relation), None)


def _plain(title: str | None) -> str | None:
    """`title` without markup and entities, which some feeds put there and others put there twice."""
    if not title or ("<" not in title and "&" not in title):
        return title
    body = dom.parse(title).body
    return body.text(separator=" ") if body is not None else title
