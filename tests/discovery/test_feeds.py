"""Feeds of every kind announce their articles."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.errors import ParseError
from scraper.values import Link, SourceKind
from tests.discovery.documents import BASE, read, read_file

CEST = timezone(timedelta(hours=2))


def test_rss20() -> None:
    """RSS 2.0: titles without markup, dates with their zone, links canonical and each once, guids as a last resort."""
    found = read_file(SourceKind.FEED, "feeds/rss20.xml")
    assert found.hub_url == "https://hub.example/"
    assert found.links == (
        Link(
            url="https://hafenkurier.example/stadt/faehre-faehrt-wieder-4711.html",
            source_url=BASE,
            title="Die Fähre fährt wieder & die Stadt atmet auf",
            published_at=datetime(2026, 5, 4, 10, 30, tzinfo=CEST),
            language="de-DE",
            image="https://bilder.example/4711.jpg",
        ),
        Link(
            url="https://hafenkurier.example/stadt/fetter-titel-4712.html",
            source_url=BASE,
            title="Ein fetter Titel",
            modified_at=datetime(2026, 5, 4, 8, 0, tzinfo=UTC),
            language="de-DE",
        ),
        Link(
            url="https://hafenkurier.example/stadt/kennung-4713.html",
            source_url=BASE,
            title="Nur eine Kennung",
            language="de-DE",
        ),
    )
    assert found.links[0].published_at.utcoffset() == timedelta(hours=2)


def test_rss091() -> None:
    """RSS 0.91 with its document type of old is read."""
    (link,) = read_file(SourceKind.FEED, "feeds/rss091.xml").links
    assert (link.url, link.title, link.language) == ("https://old.example/pier", "The pier is closed", "en-us")


def test_rdf() -> None:
    """RSS 1.0 (RDF) is read."""
    (link,) = read_file(SourceKind.FEED, "feeds/rdf.xml").links
    assert (link.url, link.title, link.language) == (
        "https://rdf.example/actualites/le-phare",
        "Le phare rallumé",
        "fr",
    )
    assert link.modified_at == datetime(2026, 5, 3, 22, 15, tzinfo=CEST)


def test_atom() -> None:
    """Atom: of several links the page's counts, relative to xml:base; published and updated are told apart."""
    found = read_file(SourceKind.FEED, "feeds/atom.xml", "https://atom.example/feed.atom")
    first, second = found.links
    assert found.hub_url == "https://hub.example/atom"
    assert (first.url, first.title) == ("https://atom.example/news/harbour-town-agree", "Harbour & town agree")
    assert first.published_at == datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
    assert first.modified_at == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    assert (second.published_at, second.modified_at) == (None, datetime(2026, 5, 4, 6, 0, tzinfo=UTC))
    assert {first.language, second.language} == {"en"}


def test_broken() -> None:
    """A feed with every fault of the trade is read for what can be read."""
    found = read_file(SourceKind.FEED, "feeds/broken.xml", "https://bozo.example/rss").links
    assert [link.url for link in found][:2] == [
        "https://bozo.example/nets?a=1&b=2",
        "https://bozo.example/never-closed",
    ]
    assert found[0].title == "Nets mended"
    assert found[0].published_at is None


def test_json_feed() -> None:
    """JSON Feed, at whatever address: urls, external urls, ids that are addresses."""
    found = read_file(SourceKind.FEED, "feeds/feed.json", "https://jetty.example/feed")
    assert found.hub_url == "https://hub.example/json"
    assert [(link.url, link.title, link.language) for link in found.links] == [
        ("https://jetty.example/one", "One", "en-GB"),
        ("https://jetty.example/two", "Two", "fr"),
        ("https://other.example/three", None, "en-GB"),
    ]
    assert found.links[0].published_at == datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
    assert found.links[0].modified_at == datetime(2026, 5, 4, 7, 0, tzinfo=UTC)


RSS = (
    '<?xml version="1.0"{}?><rss version="2.0"><channel><title>T</title>'
    "<item><title>{}</title><link>/x</link></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (RSS.format("", "Größe").encode(), "text/xml"),
        (RSS.format("", "Größe").encode("utf-8-sig"), "text/xml; charset=utf-8"),
        (RSS.format(' encoding="windows-1252"', "Größe").encode("cp1252"), "text/xml"),
        (RSS.format("", "Größe").encode("cp1252"), "application/rss+xml; charset=iso-8859-1"),
        (RSS.format("", "Größe").encode("utf-16"), "application/xml"),
        (RSS.format(' encoding="UTF-8"', "Größe").encode(), "text/html; charset=nonsense"),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    """Feeds in any declared encoding are read right."""
    (link,) = read(SourceKind.FEED, body, content_type=content_type).links
    assert link.title == "Größe"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a feed",
        b"/etc/passwd",
        b"https://hafenkurier.example/feed.xml",
        b"<html><head><title>404</title></head><body>gone</body></html>",
        b'{"items": "none"}',
        b'{"no": "items"}',
        b"[1, 2",
        b"[" * 100_000,
        b'<!DOCTYPE rss [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel/></rss>',
        '<!DOCTYPE rss [<!ENTITY a "aa">]><rss version="2.0"><channel/></rss>'.encode("utf-16"),
    ],
)
def test_no_feed(body: bytes) -> None:
    """What is no feed, or declares entities, is refused; nothing is opened or fetched."""
    with pytest.raises(ParseError) as caught:
        read(SourceKind.FEED, body)
    assert caught.value.url == BASE


@pytest.mark.parametrize("unit", [b"[],", b"{},", b'{"":0},', b"1.5,"])
def test_json_that_fills_the_memory(unit: bytes) -> None:
    """A document of millions of values is refused before it is read; one of as many bytes of text is not."""
    body = b'{"items":[' + unit * (20 * 2**20 // len(unit)) + b"0]}"
    with pytest.raises(ParseError, match="more values"):
        read(SourceKind.FEED, body)
    text = b'{"items":[{"url":"https://a.example/1","content_text":"' + b"word, word. " * 10**6 + b'"}]}'
    assert len(read(SourceKind.FEED, text).links) == 1


def test_empty_feed() -> None:
    """A feed without articles is a feed."""
    assert read(SourceKind.FEED, b'<rss version="2.0"><channel><title>Quiet</title></channel></rss>').links == ()


def test_language_of_the_source() -> None:
    """Where the feed names no language, the source's holds."""
    (link,) = read(SourceKind.FEED, RSS.format("", "x").encode(), language="nl").links
    assert link.language == "nl"
