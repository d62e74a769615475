"""What archiving a page costs: `python -m tests.benchmarks.archive [FOLDER OF .html FILES]`.

Milliseconds of CPU and bytes on disk a page: kept as it came (gzip), packed by isal, packed by warcio with zlib 6,
and read back. Without a folder, 200 pages of about 90 kB are made up.
"""

import gzip
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from db.archive import ArchiveWriter, read_page
from scraper.values import Link, Page, PageRecord, RecordPlace
from tests.builders import NOW

HEADERS = (("content-type", "text/html; charset=utf-8"), ("etag", '"5f2a"'), ("content-encoding", "gzip"))
WORDS = [f"{a}{b}{c}" for a in ("har", "fer", "lan", "ost", "win") for b in "aeiou" for c in ("ry", "bour", "d", "n")]


def made_up(n: int) -> bytes:
    """About 90 kB of markup around random words."""
    chance = random.Random(n)
    rows = (
        f'<div class="teaser teaser--{i % 7}"><a href="/news/{chance.randrange(10**6)}">'
        f"<h3>{' '.join(chance.choices(WORDS, k=9))}</h3></a><p>{' '.join(chance.choices(WORDS, k=30))}</p></div>\n"
        for i in range(270)
    )
    return "".join(rows).encode()


def bodies(arguments: list[str]) -> list[bytes]:
    """The pages to measure with."""
    if arguments:
        return [path.read_bytes() for path in sorted(Path(arguments[0]).rglob("*.htm*"))[:1000]]
    return [made_up(n) for n in range(200)]


def record(page: Page, place: RecordPlace) -> PageRecord:
    """The row that would point at the place."""
    fields = {"url": page.url, "final_url": page.url, "status": 200, "sha256": page.sha256, "fetched_at": NOW}
    return PageRecord(id=1, link_id=1, site="a.example", link=Link(url=page.url, source_url=""), place=place, **fields)


def timed(work: Callable[[Page], object], pages: list[Page]) -> float:
    """Milliseconds of CPU a page, the best of five rounds."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for page in pages:
            work(page)
        best = min(best, (time.process_time() - start) / len(pages) * 1000)
    return best


def with_warcio(page: Page) -> None:
    """As a plain WARC writer does it."""
    writer = WARCWriter(io.BytesIO(), gzip=True)
    http = StatusAndHeaders("200 OK", list(HEADERS[:2]), protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            page.url, "response", payload=io.BytesIO(page.body), length=len(page.body), http_headers=http
        )
    )


def main() -> None:
    """Prints the table."""
    plain = [
        Page(url=f"https://a.example/{i}", final_url="", status=200, headers=HEADERS, body=body, fetched_at=NOW)
        for i, body in enumerate(bodies(sys.argv[1:]))
    ]
    came = [
        Page(
            url=p.url,
            final_url="",
            status=200,
            headers=HEADERS,
            body=p.body,
            raw=gzip.compress(p.body, 6),
            fetched_at=NOW,
        )
        for p in plain
    ]
    n_bytes = sum(len(page.body) for page in plain) // len(plain)
    print(f"{len(plain)} pages of {n_bytes:,} bytes")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, pages in (("kept as it came", came), ("packed by isal", plain)):
            with ArchiveWriter(folder, title.replace(" ", "-")) as writer:
                cost = timed(writer.write, pages)
                places = {page.url: writer.write(page) for page in pages}
            size = sum(place.length for place in places.values()) // len(places)
            records = {page.url: record(page, places[page.url]) for page in pages}
            back = timed(lambda page, of=records: read_page(folder, of[page.url]), pages)
            print(f"{title:18} {cost:6.3f} ms written, {back:6.3f} ms read back, {size:7,} bytes")
    print(f"{'warcio, zlib':18} {timed(with_warcio, plain):6.3f} ms written")


if __name__ == "__main__":
    main()
