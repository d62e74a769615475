"""WARC files to read in bulk, and the rows that come of them."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyarrow import parquet as pq
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.pipelines.test_learn import page

SITE = "https://courier.example"


def dated(i: int) -> bytes:
    """An article of 2026, of one month or the next."""
    stamp = f'<meta property="article:published_time" content="2026-0{1 + i % 2}-{1 + i % 28:02}T06:00:00Z">'
    return page(i).replace("<title>", stamp + "<title>").encode()


def crawl(path: Path, pages: Iterable[tuple[str, bytes]], date: str = "2026-03-01T06:00:00Z") -> Path:
    """A WARC file with these pages."""
    path.parent.mkdir(parents=True, exist_ok=True)
    http = [("Content-Type", "text/html; charset=utf-8")]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in pages:
            headers = StatusAndHeaders("200 OK", http, protocol="HTTP/1.1")
            fields: dict[str, Any] = {"http_headers": headers, "warc_headers_dict": {"WARC-Date": date}}
            payload = io.BytesIO(body)
            writer.write_record(writer.create_warc_record(url, "response", payload=payload, length=len(body), **fields))
    return path


def courier(path: Path, numbers: Iterable[int]) -> Path:
    """Articles of one site, which share a promotion."""
    return crawl(path, ((f"{SITE}/{i}", dated(i)) for i in numbers))


def contents(folder: Path) -> dict[str, bytes]:
    """All files in the folder, by name; the manifest is no table."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def rows(folder: Path, what: str) -> list[dict[str, Any]]:
    """The rows of `articles` or `outcomes`, file by file."""
    tables = (pq.ParquetFile(path).read() for path in sorted(folder.glob(f"{what}/**/*.parquet")))
    return [row for table in tables for row in table.to_pylist()]
