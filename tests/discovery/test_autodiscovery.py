"""A site's feeds and sitemaps are found where sites announce them."""

from scraper.discovery import autodiscovery
from scraper.values import SourceKind
from tests.builders import make_page
from tests.discovery.documents import FIXTURES

PAGE = b"""<!doctype html><html><head>
<link rel="alternate" type="application/rss+xml" title="News" href="/feed.xml">
<link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="https://feeds.hafenkurier.example/atom">
<link rel="alternate" type="application/feed+json" href="feed.json">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" href="/rss.css">
<link rel="sitemap" type="application/xml" href="/sitemap.xml">
</head><body><a href="/rss/stadt">Stadt als RSS</a><a href="/feed.xml">RSS</a><a href="/feedback">Feedback</a>
<a href="/stadt/feeds-und-mehr-im-hafen">Artikel</a><a href="https://elsewhere.example/feed">RSS</a>
<a href="/sport.rdf">RDF</a></body></html>"""


def test_candidates() -> None:
    """Link tags come first, then links that look like feeds; comments, other sites and repetitions are left out."""
    found = autodiscovery.candidates(make_page("https://www.hafenkurier.example/", PAGE))
    assert [(source.kind, source.url) for source in found] == [
        (SourceKind.FEED, "https://www.hafenkurier.example/feed.xml"),
        (SourceKind.FEED, "https://feeds.hafenkurier.example/atom"),
        (SourceKind.FEED, "https://www.hafenkurier.example/feed.json"),
        (SourceKind.SITEMAP, "https://www.hafenkurier.example/sitemap.xml"),
        (SourceKind.FEED, "https://www.hafenkurier.example/rss/stadt"),
        (SourceKind.FEED, "https://www.hafenkurier.example/sport.rdf"),
    ]
    assert {source.site for source in found} == {"hafenkurier.example"}


def test_robots() -> None:
    """robots.txt names sitemaps, the news sitemap first; broken lines are passed over."""
    text = (FIXTURES / "robots" / "newspaper.txt").read_text(
        "utf-8"
    ) + "sitemap:\nSITEMAP : /more.xml\nSitemap: ftp://x/y\n"
    found = autodiscovery.from_robots(text, "https://hafenkurier.example/robots.txt")
    assert [source.url for source in found] == [
        "https://hafenkurier.example/sitemap-news.xml",
        "https://hafenkurier.example/sitemap.xml",
        "https://hafenkurier.example/more.xml",
    ]
    assert {source.kind for source in found} == {SourceKind.SITEMAP}


def test_well_known() -> None:
    """The usual places are named for a host, sitemaps for the news first."""
    found = autodiscovery.well_known("https://hafenkurier.example/stadt/x?y")
    assert found[0].url == "https://hafenkurier.example/news-sitemap.xml"
    assert "https://hafenkurier.example/feed/" in {source.url for source in found}


def test_nothing() -> None:
    """A page that announces nothing gives nothing."""
    assert autodiscovery.candidates(make_page(body=b"")) == ()
    assert autodiscovery.from_robots("", "https://a.example/robots.txt") == ()
