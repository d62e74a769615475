"""Sitemaps and sitemap indexes, with what their news, image and date tags announce (sitemaps.org 0.9, Google News 0.9).

Reads XML with right, wrong, old or no namespaces, text sitemaps, gzip files, and as much of a damaged file as
comes before the damage. Streams, unpacking included: what is held are the links that are taken, at most
`links.MAX_LINKS`, and never the document in another form.

Does not fetch the parts of an index: it names them, newest first, and the caller decides.
"""

from __future__ import annotations

import html
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

from scraper import encoding
from scraper.discovery import links
from scraper.discovery.links import MAX_LINKS, Said
from scraper.discovery.safexml import PIECE_BYTES, Record, Records, Wanted, mended, pieces_of
from scraper.errors import ParseError
from scraper.values import Announcement, Link, Page, Source

MAX_SITEMAP_BYTES = 50 * 2**20
"""Decompressed; the limit of sitemaps.org."""

_GZIP = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"
_XML_START = (b"<", b"\xff\xfe<", b"\xfe\xff\x00<")
_MAX_LINE_CHARS = 4096
_NEWS_FIELDS = ("title", "publication_date", "language")
_WANTED = Wanted(
    elements=frozenset({"url", "sitemap"}),
    fields=frozenset(
        {
            "loc",
            "lastmod",
            "image.loc",
            "publication.language",
            *_NEWS_FIELDS,
            *(f"news.{name}" for name in _NEWS_FIELDS),
        }
    ),
)
_OLDEST = datetime.min.replace(tzinfo=UTC)


def read(source: Source, page: Page) -> Announcement:
    """What the sitemap `page` announces. Raises `ParseError` for what is no sitemap."""
    pieces = _begun(page)
    head = next(pieces, b"")
    if not head.startswith(_XML_START):
        return links.collect(_text_lines(chain((head,), pieces), page.url), source, page)
    document = _Document(source, page, Records(page.url, _WANTED))
    found, error = document.read(chain((head,), pieces))
    if error is None or (document.is_cut and _size(found)):
        return found
    mending = mended(_begun(page), _codec(head, page))
    again, second_error = _Document(source, page, Records(page.url, _WANTED, "utf-8")).read(mending)
    if second_error is not None and not _size(again) and not _size(found):
        raise error
    return again if second_error is None or _size(again) > _size(found) else found


class _Document:
    """One pass over a sitemap."""

    def __init__(self, source: Source, page: Page, records: Records) -> None:
        self._source, self._page, self._records = source, page, records
        self._parts: dict[str, Link] = {}
        self._error: ParseError | None = None

    def read(self, pieces: Iterator[bytes]) -> tuple[Announcement, ParseError | None]:
        """What the document announces up to its first fault, and the fault."""
        found = links.collect(self._said(pieces), self._source, self._page)
        root = self._records.root
        if self._error is None and root not in ("urlset", "sitemapindex") and not found.n_announced:
            self._error = ParseError(f"the document is a <{root}>, no sitemap", url=self._page.url)
        newest_first = sorted(self._parts.values(), key=lambda part: part.modified_at or _OLDEST, reverse=True)
        return replace(found, sitemaps=tuple(newest_first)), self._error

    @property
    def is_cut(self) -> bool:
        """Whether the document is sound but for its end, so that mending can't bring more."""
        return self._records.is_cut

    def _said(self, pieces: Iterator[bytes]) -> Iterator[Said]:
        try:
            for name, record in self._records.read(pieces):
                if name == "url" and "loc" in record:
                    yield _said(record)
                elif name == "sitemap" and "loc" in record and len(self._parts) < MAX_LINKS:
                    self._add_part(record)
        except ParseError as error:
            self._error = error

    def _add_part(self, record: Record) -> None:
        said = Said(url=record["loc"], modified=record.get("lastmod"))
        part = links.make(said, self._source, self._page.final_url)
        if part is not None:
            self._parts.setdefault(part.url, part)


def _size(found: Announcement) -> int:
    return found.n_announced + len(found.sitemaps)


def _codec(head: bytes, page: Page) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return encoding.declared_codec(replace(page, body=head[: encoding.MAX_HEAD_BYTES])) or "utf-8"


def _begun(page: Page) -> Iterator[bytes]:
    """The unpacked body in pieces, from its first character that counts."""
    pieces = _unpacked(page.body, page.url) if page.body.startswith(_GZIP) else pieces_of(page.body)
    head = b""
    for piece in pieces:
        head = (head + piece).removeprefix(_UTF8_BOM).lstrip()
        if head:
            break
    return chain((head,), pieces)


def _unpacked(body: bytes, url: str) -> Iterator[bytes]:
    """The gzip file `body`, which may have several members, in pieces.

    Raises `ParseError` if damaged, cut or larger than the limit.
    """
    stream = zlib.decompressobj(wbits=31)
    n_bytes = 0
    for packed in pieces_of(body):
        while packed:
            try:
                piece = stream.decompress(packed, PIECE_BYTES)
            except zlib.error as error:
                raise ParseError(f"damaged gzip file: {error}", url=url) from error
            n_bytes += len(piece)
            if n_bytes > MAX_SITEMAP_BYTES:
                raise ParseError(f"larger than {MAX_SITEMAP_BYTES} bytes", url=url)
            yield piece
            packed = stream.unconsumed_tail
            if stream.eof and stream.unused_data.startswith(_GZIP):
                packed, stream = stream.unused_data, zlib.decompressobj(wbits=31)
    if not stream.eof:
        raise ParseError("the gzip file ends early", url=url)


def _said(record: Record) -> Said:
    """What one <url> says. Its `title`, `language` and `publication_date` can only be the news tags'."""
    title = record.get("news.title") or record.get("title")
    return Said(
        url=record["loc"],
        title=html.unescape(title) if title and "&" in title else title,
        published=record.get("news.publication_date") or record.get("publication_date"),
        modified=record.get("lastmod"),
        language=record.get("publication.language") or record.get("news.language") or record.get("language"),
        image=record.get("image.loc"),
    )


def _text_lines(pieces: Iterator[bytes], url: str) -> Iterator[Said]:
    """The addresses of a text sitemap: UTF-8, one a line. Raises `ParseError` if the first line is none."""
    is_first = True
    rest = b""
    for piece in chain(pieces, (b"\n",)):
        *lines, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
        rest = rest[:_MAX_LINE_CHARS]
        for line in filter(None, map(bytes.strip, lines)):
            if is_first and not line.startswith((b"http://", b"https://")):
                raise ParseError("neither XML nor a list of addresses", url=url)
            is_first = False
            yield Said(url=line.decode("utf-8", "replace"))
    if is_first:
        raise ParseError("neither XML nor a list of addresses", url=url)
