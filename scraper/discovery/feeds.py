"""RSS 0.9x to 2.0, RDF and Atom, through feedparser and its tolerance.

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
from scraper.discovery import links, safexml
from scraper.discovery.links import Said
from scraper.errors import ParseError
from scraper.values import Announcement, Page, Source


def read(source: Source, page: Page) -> Announcement:
    """What the feed `page` announces. Raises `ParseError` for what is no feed."""
    safexml.check(page.body, page.url)
    parsed = _parse(page)
    if not parsed.get("version") and not parsed.get("entries"):
        raise ParseError("no RSS, RDF or Atom feed", url=page.url)
    feed = parsed.get("feed", {})
    language = links.language(dict.get(feed, "language"))
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
        )


def _address(entry: Any) -> str | None:
    """The entry's page: feedburner's original link, else the link, else the guid if it is an address."""
    original = dict.get(entry, "feedburner_origlink")
    if original:
        return str(original)
    link = dict.get(entry, "link") or _linked(entry, "alternate")
    guid = dict.get(entry, "id") or ""
    return link or (guid if guid.startswith(("http://", "https://")) else None)


def _linked(holder: Any, relation: str) -> str | None:
    return next((one.get("href") for one in dict.get(holder, "links") or () if one.get("rel") == relation), None)


def _plain(title: str | None) -> str | None:
    """`title` without markup and entities, which some feeds put there and others put there twice."""
    if not title or ("<" not in title and "&" not in title):
        return title
    body = dom.parse(title).body
    return body.text(separator=" ") if body is not None else title
