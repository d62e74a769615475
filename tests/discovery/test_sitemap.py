"""Sitemaps announce articles with what their news tags say."""

import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.discovery import sitemap
from scraper.errors import ParseError
from scraper.values import Link, SourceKind
from tests.discovery.documents import BASE, FIXTURES, read, read_file

CEST = timezone(timedelta(hours=2))


def test_news_sitemap() -> None:
    """Title, language, publication date and last change go along; pictures do not count as pages."""
    assert read_file(SourceKind.SITEMAP, "sitemaps/news.xml").links == (
        Link(
            url="https://hafenkurier.example/stadt/faehre-faehrt-wieder-4711.html",
            source_url=BASE,
            title="Die Fähre fährt wieder & die Stadt atmet auf",
            published_at=datetime(2026, 5, 4, 10, 30, tzinfo=CEST),
            modified_at=datetime(2026, 5, 4, 11, 0, tzinfo=CEST),
            language="de",
        ),
        Link(
            url="https://hafenkurier.example/stadt/nur-ein-tag-4712.html",
            source_url=BASE,
            title="Nur ein Tag",
            published_at=datetime(2026, 5, 3, tzinfo=UTC),
        ),
    )


def test_index() -> None:
    """An index names its parts, newest first, those without a date last."""
    found = read_file(SourceKind.SITEMAP, "sitemaps/index.xml")
    assert found.links == ()
    assert [(part.url, part.modified_at) for part in found.sitemaps] == [
        ("https://hafenkurier.example/sitemap-2026.xml", datetime(2026, 5, 4, 12, 0, tzinfo=UTC)),
        ("https://hafenkurier.example/sitemap-2024.xml.gz", datetime(2024, 12, 31, tzinfo=UTC)),
        ("https://hafenkurier.example/sitemap-pages.xml", None),
    ]


def test_broken() -> None:
    """Bare ampersands, undeclared prefixes, nonsense dates and a cut end cost only what they touch."""
    found = read_file(SourceKind.SITEMAP, "sitemaps/broken.xml").links
    assert [link.url for link in found] == [
        "https://bozo.example/one?a=1&b=2",
        "https://bozo.example/two",
        "https://bozo.example/three",
    ]
    assert found[2].modified_at is None


@pytest.mark.parametrize("name", ["news.xml", "index.xml"])
def test_gzip(name: str) -> None:
    """A gzip file reads as what is in it."""
    body = (FIXTURES / "sitemaps" / name).read_bytes()
    assert read(SourceKind.SITEMAP, gzip.compress(body)) == read(SourceKind.SITEMAP, body)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n \n"])
def test_text(mark: bytes) -> None:
    """A text sitemap is a list of addresses."""
    body = mark + b"https://a.example/1\r\n\r\nhttps://a.example/2\nnonsense\n"
    assert [link.url for link in read(SourceKind.SITEMAP, body).links][:2] == [
        "https://a.example/1",
        "https://a.example/2",
    ]


@pytest.mark.parametrize(
    "namespace", ["", ' xmlns="http://wrong.example/"', ' xmlns:s="x" xmlns="http://www.sitemaps.org/"']
)
@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n", "<!-- made by hand -->", '<?xml-stylesheet href="x"?>'])
def test_namespaces(namespace: str, before: str) -> None:
    """Wrong, missing and extra namespaces are read over, and so is what stands before the root."""
    body = f"{before}<urlset{namespace}><url><loc>https://a.example/1</loc></url></urlset>"
    assert [link.url for link in read(SourceKind.SITEMAP, body.encode()).links] == ["https://a.example/1"]


def test_feed_at_a_sitemap_address() -> None:
    """A feed at a sitemap's address is read as a feed, and the other way round."""
    assert len(read_file(SourceKind.SITEMAP, "feeds/rss20.xml").links) == 3
    assert len(read_file(SourceKind.FEED, "sitemaps/news.xml").links) == 2


NESTED = b"<urlset>" + b"<a>" * 200 + b"</a>" * 200 + b"</urlset>"
BOMB = (
    b'<!DOCTYPE urlset [<!ENTITY a "' + b"a" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
    b"<urlset><url><loc>http://a.example/&b;</loc></url></urlset>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"<html><body>404</body></html>",
        b"<urlset><url>",
        NESTED,
        BOMB,
        b" " * 70_000 + BOMB,
        BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset><url><loc>&e;</loc></url></urlset>',
        gzip.compress(b"<urlset/>")[:-4],
        gzip.compress(b"<urlset/>")[:12] + b"\xff" * 9,
    ],
)
def test_no_sitemap(body: bytes) -> None:
    """What is no sitemap, is cut, nests too deep or declares entities is refused."""
    with pytest.raises(ParseError):
        read(SourceKind.SITEMAP, body)


def test_gzip_bomb() -> None:
    """A gzip file larger than the limit is given up, and not held in memory."""
    bomb = gzip.compress(b"<" + b" " * (sitemap.MAX_SITEMAP_BYTES + 10), 1)
    tracemalloc.start()
    with pytest.raises(ParseError, match="larger"):
        read(SourceKind.SITEMAP, bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * sitemap.MAX_SITEMAP_BYTES


def test_empty() -> None:
    """A sitemap without addresses is a sitemap."""
    assert read(SourceKind.SITEMAP, b"<urlset/>").links == ()
