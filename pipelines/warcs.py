"""Pages out of other programs' WARC files, one after the other: Common Crawl's CC-NEWS, wget, browsertrix, ours.

Takes whole responses (status 200, HTML) with the time they were fetched at; requests, revisits, pictures and feeds are
passed over. A file that is cut, as after a crash, is read up to there. Memory holds one page, however large the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from scraper.codings import decoded
from scraper.errors import ExtractionError, Incomplete, TooLarge
from scraper.fetching.client import MAX_PAGE_BYTES
from scraper.values import Page

_HTML = ("text/html", "application/xhtml+xml")


def pages_of(path: Path) -> Iterator[tuple[str, Callable[[], Page]]]:
    """The address of each page, and what reads it, to be called before the next is asked for.

    What reads it raises `ExtractionError` or `BadBody`; so does the iterator, for a file that can't be read on.
    """
    with path.open("rb") as file, closing(ArchiveIterator(file)) as records:
        try:
            yield from ((url, partial(_page, record, url)) for record in records if (url := _page_url(record)))
        except (ArchiveLoadFailed, EOFError) as error:
            raise Incomplete("no WARC file, or damaged from here on", url=str(path)) from error


def _page_url(record: ArcWarcRecord) -> str:
    """The address of the page in the record, empty where it holds none."""
    http = record.http_headers
    if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
        return ""
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    kind = (http.get_header("content-type") or "text/html").strip().lower()
    return url if url.lower().startswith(("http://", "https://")) and kind.startswith(_HTML) else ""


def _page(record: ArcWarcRecord, url: str) -> Page:
    headers = tuple((name.lower(), value) for name, value in record.http_headers.headers)
    is_chunked = any(name == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    stream = ChunkedDataReader(record.raw_stream) if is_chunked else record.raw_stream
    raw = _read(stream, url)
    if record.raw_stream.limit > 0:
        raise Incomplete("the record is cut", url=url)
    body, is_coded = _body(raw, headers, url)
    return Page(
        url=url,
        final_url=url,
        status=200,
        headers=headers,
        body=body,
        raw=raw if is_coded else None,
        fetched_at=_date(record.rec_headers.get_header("WARC-Date") or "", url),
    )


def _read(stream: ChunkedDataReader, url: str) -> bytes:
    pieces: list[bytes] = []
    n_bytes = 0
    while piece := stream.read(1 << 16):
        pieces.append(piece)
        n_bytes += len(piece)
        if n_bytes > MAX_PAGE_BYTES:
            raise TooLarge(f"larger than {MAX_PAGE_BYTES} bytes", url=url)
    return b"".join(pieces)


def _body(raw: bytes, headers: tuple[tuple[str, str], ...], url: str) -> tuple[bytes, bool]:
    """The decoded body, and whether it was coded: some programs undo the coding and keep the header."""
    codings = ",".join(value for name, value in headers if name == "content-encoding")
    if not codings or raw[:512].lstrip().startswith(b"<"):
        return raw, False
    return decoded(raw, codings, MAX_PAGE_BYTES, url), True


def _date(text: str, url: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ExtractionError(f"WARC-Date is {text[:40]!r}", url=url) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
