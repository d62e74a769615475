"""Pages that other programs saved: WARC files of every make, and folders."""

import gzip
import io
import json
import os
import subprocess
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from db import schema
from db.engine import reading
from pipelines.warcs import pages_of
from scraper.errors import BadBody
from tests.cli.conftest import Newsdesk
from tests.pipelines.test_learn import page

HTML = [("Content-Type", "text/html; charset=utf-8")]
SITE = "https://courier.example"
COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]


def record(writer: WARCWriter, url: str, payload: bytes, headers: list[tuple[str, str]] = HTML, **fields: str) -> None:
    kind, status = fields.get("kind", "response"), fields.get("status", "200 OK")
    http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
    date = {"WARC-Date": fields.get("date", "2026-03-01T06:00:00Z")}
    writer.write_record(
        writer.create_warc_record(
            url, kind, payload=io.BytesIO(payload), length=len(payload), http_headers=http, warc_headers_dict=date
        )
    )


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:100], body[100:], b""))


def news_crawl(path: Path, *, is_packed: bool = True) -> None:
    """A file such as crawlers write: a warcinfo, requests, pictures, feeds, failures, and five pages."""
    bodies = [page(i).encode() for i in range(6)]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=is_packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a crawler"}))
        kept = [*HTML, ("X-Crawler-Content-Encoding", "gzip"), ("Content-Length", str(len(bodies[0])))]
        record(writer, f"{SITE}/0", bodies[0], kept)
        record(writer, f"{SITE}/0", b"", kind="request")
        record(writer, f"{SITE}/a.png", b"\x89PNG", [("Content-Type", "image/png")])
        record(writer, f"{SITE}/feed", b"<rss/>", [("Content-Type", "application/rss+xml")])
        record(writer, f"{SITE}/gone", b"<p>Gone</p>", status="404 Not Found")
        record(writer, f"{SITE}/moved", b"", status="301 Moved")
        record(writer, f"{SITE}/1", gzip.compress(bodies[1]), [*HTML, ("Content-Encoding", "gzip")])
        record(writer, f"{SITE}/2", chunked(bodies[2]), [*HTML, ("Transfer-Encoding", "chunked")])
        both = [*HTML, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "deflate")]
        record(writer, f"{SITE}/3", chunked(zlib.compress(bodies[3])), both)
        record(writer, f"{SITE}/4", bodies[4], [*HTML, ("Content-Encoding", "br")])  # undone, header left
        record(writer, "dns:courier.example", b"127.0.0.1", [("Content-Type", "text/dns")])


@pytest.mark.parametrize("is_packed", [True, False])
def test_pages_of_a_crawl(tmp_path: Path, is_packed: bool):
    """Chunks and codings are undone; what is no page is passed over."""
    path = tmp_path / "crawl.warc"
    news_crawl(path, is_packed=is_packed)
    found = [read() for _, read in pages_of(path)]
    assert [p.url for p in found] == [f"{SITE}/{i}" for i in range(5)]
    assert [p.body.decode() for p in found] == [page(i) for i in range(5)]
    assert [p.raw is not None for p in found] == [False, True, False, True, False]
    assert {p.fetched_at.isoformat() for p in found} == {"2026-03-01T06:00:00+00:00"}


@pytest.fixture
def desk(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSDESK_DB", address)
    monkeypatch.setenv("NEWSDESK_ARCHIVE", str(tmp_path / "archive"))
    return tmp_path


def test_a_warc_file_becomes_articles(newsdesk: Newsdesk, desk: Path, engine: Engine):
    """With their own fetch times; again, nothing changes."""
    news_crawl(desk / "CC-NEWS-1.warc.gz")
    assert newsdesk("import", "CC-NEWS-1.warc.gz").out == "5 stored\n"
    with reading(engine) as connection:
        times = set(connection.execute(sa.select(schema.articles.c.fetched_at)).scalars())
    assert {at.isoformat() for at in times} == {"2026-03-01T06:00:00+00:00"}
    assert newsdesk("import", "CC-NEWS-1.warc.gz").out == "5 unchanged\n"
    assert newsdesk("archive", "verify").out == "5 pages read, 0 damaged\n"


def test_our_own_archive_can_be_imported(newsdesk: Newsdesk, desk: Path, monkeypatch: pytest.MonkeyPatch):
    """What one newsdesk archived another one reads, and says the same."""
    news_crawl(desk / "a.warc.gz")
    newsdesk("import", "a.warc.gz")
    first = [json.loads(line) for line in newsdesk("export").out.splitlines()]
    monkeypatch.setenv("NEWSDESK_DB", str(desk / "second.db"))
    monkeypatch.setenv("NEWSDESK_ARCHIVE", str(desk / "second"))
    assert newsdesk("import", "archive").out == "5 stored\n"
    second = [json.loads(line) for line in newsdesk("export").out.splitlines()]
    assert [(a["url"], a["body"], a["fetched_at"]) for a in first] == [
        (a["url"], a["body"], a["fetched_at"]) for a in second
    ]


def test_a_folder_of_files(newsdesk: Newsdesk, desk: Path):
    """WARC files and pages that say their address, at any depth; others are named."""
    folder = desk / "saved"
    (folder / "deep").mkdir(parents=True)
    news_crawl(folder / "a.warc.gz")
    link = f'<link href="{SITE}/5?a=1&amp;b=2" rel="canonical">'
    (folder / "deep" / "5.html").write_text(page(5).replace("<title>", link + "<title>"))
    (folder / "deep" / "6.htm").write_text("<p>From nowhere</p>")
    (folder / "notes.txt").write_text("not mine")
    result = newsdesk("import", "saved")
    assert (result.status, result.out) == (1, "6 stored, 1 parse_error\n")
    assert f"{SITE}/5?a=1&b=2" in newsdesk("export").out


@pytest.mark.parametrize("damage", ["cut", "changed", "no WARC at all"])
def test_a_damaged_file_is_read_as_far_as_it_is_whole(newsdesk: Newsdesk, desk: Path, damage: str):
    """What stands before the damage is taken, and the damage is told."""
    path = desk / "a.warc.gz"
    news_crawl(path)
    data = path.read_bytes()
    at = data.rindex(b"\x1f\x8b\x08", 0, data.rindex(b"\x1f\x8b\x08"))  # the last page's record
    changed = data[: at + 300] + b"\xff\xff\xff" + data[at + 303 :]
    path.write_bytes({"cut": data[: at + 500], "changed": changed, "no WARC at all": b"Hello"}[damage])
    result = newsdesk("import", "a.warc.gz")
    assert result.status == (3 if damage == "no WARC at all" else 1)
    assert result.out == ("1 incomplete\n" if damage == "no WARC at all" else "4 stored, 1 incomplete\n")


def test_an_import_killed_and_begun_again_ends_the_same(newsdesk: Newsdesk, tmp_path: Path, address: str):
    """kill -9 while pages are taken in; the second time brings the rest, and nothing twice."""
    path = tmp_path / "many.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for i in range(60):
            record(writer, f"{SITE}/{i}", page(i).encode())
    environ = {**os.environ, "NEWSDESK_DB": address, "NEWSDESK_ARCHIVE": str(tmp_path / "archive")}
    with subprocess.Popen([*COMMAND, "import", path], env=environ, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            if sum(file.stat().st_size for file in tmp_path.glob("archive/*")) > 15_000:
                break
            time.sleep(0.005)
        process.kill()
    os.environ |= {name: environ[name] for name in ("NEWSDESK_DB", "NEWSDESK_ARCHIVE")}
    try:
        assert newsdesk("import", path).status == 0
        urls = [json.loads(line)["url"] for line in newsdesk("export").out.splitlines()]
        assert sorted(urls) == sorted(f"{SITE}/{i}" for i in range(60))
        assert newsdesk("archive", "verify").status == 0
    finally:
        del os.environ["NEWSDESK_DB"], os.environ["NEWSDESK_ARCHIVE"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path):
    """A hundred large pages need no more than one, and a bomb no more than the limit."""
    path = tmp_path / "large.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for i in range(30):
            record(writer, f"{SITE}/{i}", b"<p>" + bytes(2_000_000))
        record(writer, f"{SITE}/bomb", gzip.compress(bytes(10**8), 1), [*HTML, ("Content-Encoding", "gzip")])
    tracemalloc.start()
    n_pages = n_failed = 0
    for _, read in pages_of(path):
        try:
            n_pages += bool(read().body)
        except BadBody:
            n_failed += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (n_pages, n_failed) == (30, 1)
    assert peak < 30_000_000
