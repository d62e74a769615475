"""JSON Feed 1.0 and 1.1 (jsonfeed.org).

Reads more than the specification allows: a missing version, numbers as ids. Does not read the text that
items carry, nor a document that would fill the memory: 20 MiB of `[],[],` are 520 MB of empty lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scraper import encoding
from scraper.discovery import links
from scraper.discovery.links import Said
from scraper.errors import ParseError
from scraper.values import Announcement, Page, Source

MAX_TREE_BYTES = 150 * 2**20
"""Of what JSON makes of a document, besides its texts; 50,000 items of 15 values need 80 MB."""

_TREE_BYTES = {b"{": 240, b"[": 88, b",": 40}
"""What each begins, in CPython 3.11 on 64 bits: a dictionary with an entry, an empty list with its place, a number."""


def read(source: Source, page: Page) -> Announcement:
    """What the feed `page` announces. Raises `ParseError` for what is no JSON Feed."""
    if sum(page.body.count(mark) * n_bytes for mark, n_bytes in _TREE_BYTES.items()) > MAX_TREE_BYTES:
        raise ParseError("JSON of more values than a feed has", url=page.url)
    try:
        feed = json.loads(encoding.decode(page))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"no JSON: {error}", url=page.url) from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("JSON, but no JSON Feed: it has no items", url=page.url)
    hubs = feed.get("hubs")
    first = hubs[0] if isinstance(hubs, list) and hubs and isinstance(hubs[0], dict) else {}
    said = _said(feed["items"], _text(feed, "language"))
    return replace(links.collect(said, source, page), hub_url=_text(first, "url"))


def _said(items: list[Any], language: str | None) -> Iterator[Said]:
    for item in items:
        if not isinstance(item, dict):
            continue
        guid = _text(item, "id") or ""
        url = _text(item, "url") or _text(item, "external_url") or (guid if guid.startswith("http") else None)
        if url:
            yield Said(
                url=url,
                title=_text(item, "title"),
                published=_text(item, "date_published"),
                modified=_text(item, "date_modified"),
                language=_text(item, "language") or language,
                image=_text(item, "image") or _text(item, "banner_image"),
            )


def _text(holder: dict[str, Any], key: str) -> str | None:
    value = holder.get(key)
    return value if isinstance(value, str) and value.strip() else None
