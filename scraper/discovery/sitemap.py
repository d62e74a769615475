"""Sitemaps and sitemap indexes, with what their news and date tags announce (sitemaps.org 0.9, Google News 0.9).

Reads XML with right, wrong, old or no namespaces, text sitemaps, gzip files, and as much of a damaged file as
comes before the damage. Streams: what is held is the links, not the document.

Does not fetch the parts of an index: it names them, newest first, and the caller decides.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

from scraper.discovery import links
from scraper.discovery.links import Said
from scraper.discovery.safexml import Record, Records, check, mended, pieces_of
from scraper.errors import ParseError
from scraper.values import Announcement, Link, Page, Source

MAX_SITEMAP_BYTES = 50 * 2**20
"""Decompressed; the limit of sitemaps.org."""

_GZIP = b"\x1f\x8b"
_XML_START = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
_WANTED = frozenset({"url", "sitemap"})
_OLDEST = datetime.min.replace(tzinfo=UTC)


def read(source: Source, page: Page) -> Announcement:
    """What the sitemap `page` announces. Raises `ParseError` for what is no sitemap."""
    body = unpacked(page.body, page.url)
    if not body.lstrip()[:8].startswith(_XML_START):
        return Announcement(links=links.collect(_text_lines(body, page.url), source, page))
    check(body, page.url)
    records, root = _records(body, page.url)
    said = [_said(record) for name, record in records if name == "url" and record.get("loc")]
    if root not in ("urlset", "sitemapindex") and not said:
        raise ParseError(f"the document is a <{root}>, no sitemap", url=page.url)
    parts = (_part(record, source, page) for name, record in records if name == "sitemap" and record.get("loc"))
    newest_first = sorted((p for p in parts if p), key=lambda part: part.modified_at or _OLDEST, reverse=True)
    return Announcement(links=links.collect(said, source, page), sitemaps=tuple(newest_first))


def unpacked(body: bytes, url: str) -> bytes:
    """`body`, decompressed if it is a gzip file. Raises `ParseError` if damaged, cut or larger than the limit."""
    if not body.startswith(_GZIP):
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        whole = stream.decompress(body, MAX_SITEMAP_BYTES + 1)
    except zlib.error as error:
        raise ParseError(f"damaged gzip file: {error}", url=url) from error
    if len(whole) > MAX_SITEMAP_BYTES:
        raise ParseError(f"larger than {MAX_SITEMAP_BYTES} bytes", url=url)
    if not stream.eof:
        raise ParseError("the gzip file ends early", url=url)
    return whole


def _records(body: bytes, url: str) -> tuple[list[tuple[str, Record]], str]:
    """The records of `body`, mended if it must be, and the name of its root."""
    found, root, error = _read(body, url)
    if error is not None:
        mended_found, mended_root, mended_error = _read(mended(body), url)
        if mended_error is None or len(mended_found) > len(found):
            found, root = mended_found, mended_root
        elif not found:
            raise error
    return found, root


def _read(body: bytes, url: str) -> tuple[list[tuple[str, Record]], str, ParseError | None]:
    reader = Records(url, _WANTED)
    found: list[tuple[str, Record]] = []
    try:
        for item in reader.read(pieces_of(body.lstrip())):
            found.append(item)  # noqa: PERF402 - what was read before a failure counts
    except ParseError as error:
        return found, reader.root, error
    return found, reader.root, None


def _said(record: Record) -> Said:
    """What one <url> says. Its `title`, `language` and `publication_date` can only be the news tags'."""
    return Said(
        url=record["loc"],
        title=record.get("title"),
        published=record.get("publication_date"),
        modified=record.get("lastmod"),
        language=record.get("language"),
    )


def _part(record: Record, source: Source, page: Page) -> Link | None:
    return links.make(Said(url=record["loc"], modified=record.get("lastmod")), source, page.final_url)


def _text_lines(body: bytes, url: str) -> Iterator[Said]:
    """The addresses of a text sitemap: UTF-8, one a line. Raises `ParseError` if the first line is none."""
    lines = [line for line in body.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    if not lines or not lines[0].strip().startswith(("http://", "https://")):
        raise ParseError("neither XML nor a list of addresses", url=url)
    return (Said(url=line) for line in lines)
