"""Front and section pages announce the articles they link to."""

import pytest

from scraper.discovery.section import score
from scraper.errors import ParseError
from scraper.values import SourceKind
from tests.discovery.documents import read

FRONT = "https://www.hafenkurier.example/"
PAGE = """<!doctype html><html><head><base href="/"></head><body>
<nav><a href="stadt">Stadt</a><a href="2026/05/04/im-menue-4.html">Ein langer Titel im Menü der Seite</a></nav>
<main>
<a href="2026/05/04/faehre-faehrt-wieder.html"><img src="x.jpg"></a>
<h2><a href="2026/05/04/faehre-faehrt-wieder.html?utm_source=home">Die Fähre fährt wieder über die Elbe</a></h2>
<a href="2026/05/04/faehre-faehrt-wieder.html#more">mehr</a>
<a href="https://hafenkurier.example/stadt/der-neue-kai-wird-teurer-4712">Der neue Kai wird teurer als gedacht</a>
<a href="//sport.hafenkurier.example/artikel/hafen-sc-gewinnt-9918273.html">Hafen-SC gewinnt gegen Werft</a>
<a href="thema/elbe">Alles zum Thema Elbe und ihre Ufer</a>
<a href="autoren/ada-brink">Ada Brink schreibt über den Hafen</a>
<a href="abo/probe-abo-vier-wochen-lesen">Vier Wochen zur Probe lesen</a>
<a href="2026/05/bild-des-tages-am-hafen-4711.jpg">Das Bild des Tages am Hafen</a>
<a href="https://elsewhere.example/2026/05/04/ein-anderer-artikel">Ein Artikel bei einer anderen Zeitung</a>
<a href="mailto:x@hafenkurier.example">Schreiben Sie uns doch mal</a><a href="">leer</a><a>ohne</a>
</main><footer><a href="2026/05/04/im-fuss-5.html">Ein langer Titel im Fuß der Seite</a></footer></body></html>"""


def test_front_page() -> None:
    """Articles of the site are found, with their headlines; menus, topics, authors and other sites are not."""
    found = read(SourceKind.SECTION, PAGE.encode(), FRONT, content_type="text/html").links
    assert [(link.url, link.title) for link in found] == [
        (
            "https://www.hafenkurier.example/2026/05/04/faehre-faehrt-wieder.html",
            "Die Fähre fährt wieder über die Elbe",
        ),
        ("https://hafenkurier.example/stadt/der-neue-kai-wird-teurer-4712", "Der neue Kai wird teurer als gedacht"),
        (
            "https://sport.hafenkurier.example/artikel/hafen-sc-gewinnt-9918273.html",
            "Hafen-SC gewinnt gegen Werft",
        ),
    ]


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://a.example/2026/05/04/harbour", "Harbour opens again"),
        ("https://a.example/news/uk-politics-68912345", "Harbour opens again at last"),
        ("https://a.example/world/2026-05-04/harbour-opens-again", ""),
        ("https://a.example/article/harbour-opens-again-after-two-years", "Read"),
        ("https://a.example/n/12345678", "港が二年ぶりに再開し市民が喜びの声を上げた"),
    ],
)
def test_like_an_article(url: str, title: str) -> None:
    """A date, an id or a slug in the path, and a headline, make an article."""
    assert score(url, title) >= 3


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://a.example/", "The daily paper of the harbour town"),
        ("https://a.example/politics", "All the news from politics today"),
        ("https://a.example/tag/harbour-opens-again-12345", "Harbour opens again at long last"),
        ("https://a.example/2026/05/04/chart-of-the-day.pdf", "The chart of the day in full"),
        ("https://a.example/login?next=/2026/05/04/x-y-z", "Log in to read the whole story"),
        ("https://a.example/about-us", "Who we are and what we do"),
        ("https://a.example", ""),
    ],
)
def test_unlike_an_article(url: str, title: str) -> None:
    """Front pages, sections, topics, files and service pages are no articles."""
    assert score(url, title) < 3


@pytest.mark.parametrize("body", [b"", b"plain text", b"\x89PNG\r\n"])
def test_no_page(body: bytes) -> None:
    """What is no HTML is refused."""
    with pytest.raises(ParseError):
        read(SourceKind.SECTION, body)
