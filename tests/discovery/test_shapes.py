"""The shape of a site's article addresses is learned from known ones."""

import pytest

from scraper.discovery.section import score
from scraper.discovery.shapes import learned, pattern
from scraper.values import SourceKind
from tests.discovery.documents import read

KNOWN = [
    f"https://a.example/{section}/harbour-opens-again-{n}.html"
    for section in ("sea", "town")
    for n in range(4700, 4712)
]
BARE = [f"https://a.example/n/{n}" for n in range(910_000, 910_030)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ""),
        ("town/ferry-sails-again-4711.html", "word/slug-id.html"),
        ("2026/05/04/ferry-sails-again", "year/number/number/slug"),
        ("2026-05-04/ferry", "day/word"),
        ("a/12345678", "word/id"),
        ("a/5f3c9a7be21d44", "word/hash"),
        ("n/4711-ferry", "word/id-slug"),
        ("a?id=7&x=1", "word?id&x"),
    ],
)
def test_pattern(path: str, expected: str) -> None:
    """What varies between articles is taken out of the path; kinds of parts, order and ending stay."""
    assert pattern("https://a.example/" + path) == expected


def test_a_known_shape_needs_no_headline() -> None:
    """An address like those of known articles is taken even with a bare link text; without them it is not."""
    url = "https://a.example/n/910077"
    assert score(url, "Here") < 3 <= score(url, "Here", learned(BARE))


def test_a_foreign_shape_needs_more() -> None:
    """Where the site's articles are known well, a page of another shape is no article for its long title alone."""
    url = "https://a.example/guide/the-ten-best-walks-along-the-coast"
    title = "The ten best walks along the whole coast"
    assert score(url, title) >= 3 > score(url, title, learned(KNOWN))


@pytest.mark.parametrize("known", [[], KNOWN[:2], ["https://a.example/town", "https://a.example/sea"] * 20])
def test_too_little_is_nothing(known: list[str]) -> None:
    """Two addresses, or such as could be anything, teach nothing."""
    assert learned(known).patterns == frozenset()


@pytest.mark.parametrize(
    "path",
    [
        "2026/05/04/",
        "2026/05",
        "archive/2026-05-04",
        "calendar/2026/05/04/concert-in-the-park",
        "tag/harbour-opens-again-4711.html",
    ],
)
def test_calendars_and_tags_never(path: str) -> None:
    """Pages of a day or month, calendars and tags are no articles, whatever is known and however they are called."""
    assert score(f"https://a.example/{path}", "All that happened on that long day", learned(KNOWN)) < 3


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/sea?page=2" rel="next">2</a>', "/sea?page=2"),
        ('<link rel="next" href="/sea/page/2">', "/sea/page/2"),
        ('<a href="/sea?page=2">Older posts »</a>', "/sea?page=2"),
        ('<a href="?p=2">Nächste Seite</a>', "/sea?p=2"),
        ('<a href="?p=2" aria-label="Next page"><img></a>', "/sea?p=2"),
        ('<a href="https://b.example/2" rel="next">2</a>', None),
        ('<a href="/sea" rel="next">2</a>', None),
        ('<a href="/next">Next week in the harbour</a>', None),
    ],
)
def test_next_page(html: str, expected: str | None) -> None:
    """The next page is named by its relation or its words, on the same site, and never itself."""
    found = read(SourceKind.SECTION, f"<html><body>{html}</body></html>".encode(), "https://a.example/sea")
    assert found.next_url == (f"https://a.example{expected}" if expected else None)
