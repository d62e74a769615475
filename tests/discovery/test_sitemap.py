"""Sitemaps announce articles with what their news tags say."""

import gzip
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.discovery import links, sitemap
from scraper.discovery.safexml import PIECE_BYTES
from scraper.errors import ParseError
from scraper.values import Link, SourceKind
from tests.discovery.documents import BASE, FIXTURES, peak_bytes, read, read_file

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
            image="https://bilder.example/4711.jpg",
        ),
        Link(
            url="https://hafenkurier.example/stadt/nur-ein-tag-4712.html",
            source_url=BASE,
            title="Nur ein Tag",
            published_at=datetime(2026, 5, 3, tzinfo=UTC),
            image="https://bilder.example/4712.jpg",
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
        gzip.compress(b"<urlset/>", mtime=0)[:-4],
        gzip.compress(b"<urlset/>", mtime=0)[:12] + b"\xff" * 9,
    ],
)
def test_no_sitemap(body: bytes) -> None:
    """What is no sitemap, is cut, nests too deep or declares entities is refused."""
    with pytest.raises(ParseError):
        read(SourceKind.SITEMAP, body)


def test_gzip_bomb() -> None:
    """A gzip file larger than the limit is given up, and not held in memory."""
    bomb = gzip.compress(b"<urlset>" + b" " * (sitemap.MAX_SITEMAP_BYTES + 10), 1)

    def refused() -> None:
        with pytest.raises(ParseError, match="larger"):
            read(SourceKind.SITEMAP, bomb)

    peak, _ = peak_bytes(refused)
    assert peak < 16 * PIECE_BYTES


def test_empty() -> None:
    """A sitemap without addresses is a sitemap."""
    assert read(SourceKind.SITEMAP, b"<urlset/>").links == ()


SINCE = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("inside", "is_taken"),
    [
        ("<lastmod>2026-05-01</lastmod>", True),
        ("<lastmod>2026-04-30T23:59:59Z</lastmod>", False),
        ("<lastmod>2026-05-01</lastmod><n><news><publication_date>2020-01-01</publication_date></news></n>", False),
        ("", False),
    ],
)
def test_horizon(inside: str, is_taken: bool) -> None:
    """What is older than the source's `since` is counted and not made; an address without any date is of any year."""
    body = f"<urlset><url><loc>https://a.example/x</loc>{inside}</url></urlset>".encode()
    found = read(SourceKind.SITEMAP, body, since=SINCE)
    assert (len(found.links), found.n_announced, found.n_too_old) == (int(is_taken), 1, int(not is_taken))


@pytest.mark.parametrize(
    ("path", "is_taken"),
    [
        ("2026/05/04/ferry", True),
        ("20260504-ferry", True),
        ("2026-05-04/ferry", True),
        ("2026/04/30/ferry", True),  # the publisher's May may have begun
        ("2026/04/28/ferry", False),
        ("2026/13/04/ferry", False),
        ("202605041234", False),
    ],
)
def test_horizon_of_text(path: str, is_taken: bool) -> None:
    """In a text sitemap, the day in the path tells what is recent."""
    found = read(SourceKind.SITEMAP, f"https://a.example/{path}".encode(), since=SINCE)
    assert len(found.links) == is_taken


@pytest.mark.parametrize("order", ["{loc}{image}{news}", "{image}{news}{loc}", "{news}{loc}{image}"])
@pytest.mark.parametrize("prefix", ["{0}:", "x:", ""])
def test_tags_in_any_order_and_with_any_prefix(order: str, prefix: str) -> None:
    """A picture's address and title are never the page's, whatever stands first and however it is called."""
    image, news = prefix.format("image"), prefix.format("news")
    parts = {
        "loc": "<loc>https://a.example/1</loc>",
        "image": f"<{image}image><{image}loc>https://a.example/1.jpg</{image}loc><{image}title>No</{image}title></{image}image>",
        "news": f"<{news}news><{news}publication><{news}name>A</{news}name><{news}language>nl</{news}language>"
        f"</{news}publication><{news}title>Yes</{news}title></{news}news>",
    }
    (link,) = read(SourceKind.SITEMAP, f"<urlset><url>{order.format(**parts)}</url></urlset>".encode()).links
    assert (link.url, link.title, link.language) == ("https://a.example/1", "Yes", "nl")
    assert link.image == "https://a.example/1.jpg"


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ('<?xml version="1.0" encoding="shift_jis"?>', "shift_jis"),
        ('<?xml version="1.0" encoding="gb2312"?>', "gb18030"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "cp1251"),
        ("", "utf-16"),
    ],
)
def test_encodings(head: str, codec: str) -> None:
    """Sitemaps in encodings that the XML parser does not know are read, too."""
    title = "港" if codec in ("shift_jis", "gb18030", "utf-16") else "Порт"
    body = f"{head}<urlset><url><loc>https://a.example/1</loc><title>{title}</title></url></urlset>"
    (link,) = read(SourceKind.SITEMAP, body.encode(codec)).links
    assert link.title == title


def test_broken_characters() -> None:
    """Bytes that are no characters spoil the title they stand in and nothing else."""
    body = b"<urlset><url><loc>https://a.example/1</loc><title>a\xffb</title></url><url><loc>https://a.example/2</loc></url></urlset>"
    assert [link.title for link in read(SourceKind.SITEMAP, body).links] == ["a\ufffdb", None]


@pytest.mark.parametrize("n_links", [2_000, 20_000])
@pytest.mark.parametrize("packed", [False, True])
def test_memory_is_flat(n_links: int, packed: bool) -> None:
    """However many old articles are announced, reading them holds a piece of the document and no more."""
    body = forged(n_links, "2020-01-01")
    body = gzip.compress(body, 1) if packed else body
    peak, found = peak_bytes(lambda: read(SourceKind.SITEMAP, body, since=SINCE))
    assert found.n_too_old == n_links
    assert peak < 16 * PIECE_BYTES


def test_no_more_links_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one document, so many links are taken and no more; the rest is counted."""
    monkeypatch.setattr(links, "MAX_LINKS", 100)
    found = read(SourceKind.SITEMAP, forged(300, "2026-05-04"), since=SINCE)
    assert (len(found.links), found.n_announced, found.n_too_old) == (100, 300, 0)


def forged(n_links: int, day: str) -> bytes:
    one = "<url><loc>https://a.example/{}</loc><lastmod>" + day + "</lastmod></url>\n"
    return ("<urlset>" + "".join(one.format(at) for at in range(n_links)) + "</urlset>").encode()
