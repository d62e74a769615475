"""The next page of an article that its site spreads over several; never the next article, list or page of comments."""

import pytest

from scraper import dom
from scraper.extraction import nextpage
from scraper.values import Paragraph, ParagraphKind

HOST = "https://courier.example"
URL = f"{HOST}/sea/the-long-voyage-of-the-aurora"
FIRST = "The Aurora left Stavnes on the second of May with nine people, a goat and a piano on board."
LAST = "Where the piano went is told on the next page, and nobody came out of it well."
PARAGRAPHS = [Paragraph(kind=ParagraphKind.TEXT, text=text) for text in (FIRST, LAST)]
FAR = "<p>Another story with a sentence or two about what it tells.</p>" * 60


def found(inside: str, url: str = URL, head: str = "", before: str = "") -> str | None:
    html = (
        f"<html><head>{head}</head><body>{before}<main><article><p>{FIRST}</p><p>{LAST}</p>{inside}</article></main>"
        "</body></html>"
    ).encode()
    return nextpage.next_url(html, dom.parse(html), url, PARAGRAPHS)


@pytest.mark.parametrize(
    ("url", "href", "expected"),
    [
        (URL, "/sea/the-long-voyage-of-the-aurora/2", f"{URL}/2"),
        (URL, "/sea/the-long-voyage-of-the-aurora/page/2/", f"{URL}/page/2/"),
        (URL, "/sea/the-long-voyage-of-the-aurora/seite-2", f"{URL}/seite-2"),
        (URL, "?page=2", f"{URL}?page=2"),
        (URL, "?seite=2&amp;utm_source=pager", f"{URL}?seite=2"),
        (f"{URL}?id=7", "?id=7&amp;page=2", f"{URL}?id=7&page=2"),
        (f"{URL}-17.html", "the-long-voyage-of-the-aurora-17-p2.html", f"{URL}-17-p2.html"),
        (f"{HOST}/a/news089.html", "news089_2.html", f"{HOST}/a/news089_2.html"),
        (f"{HOST}/a/story,id,52", "/a/story,id,52,pack,2", None),
        (f"{HOST}/a/story,id,52", "/a/story,id,52,part,2", f"{HOST}/a/story,id,52,part,2"),
    ],
)
def test_the_forms_of_a_page_number(url: str, href: str, expected: str | None):
    """The same address with its number one higher, written as sites write it."""
    assert found(f'<div class="pager"><b>1</b> <a href="{href}">2</a></div>', url) == expected


def test_the_second_page_leads_to_the_third():
    """Pages further on count from their own number, if they link back to the first."""
    pager = f'<a href="{URL}">1</a> <a href="{URL}/2">2</a> <a href="{URL}/3">3</a> <a href="{URL}/4">4</a>'
    assert found(pager, f"{URL}/2") == f"{URL}/3"
    assert found(f'<a href="{URL}">1</a> <a href="{URL}/2">2</a>', f"{URL}/2") is None
    assert found(f'<a href="{URL}/3">3</a>', f"{URL}/2") is None


def test_a_link_of_the_head_is_enough():
    """rel=next of the head says so itself, if it leads to the same article."""
    assert found("", head=f'<link rel="next" href="{URL}?page=2">') == f"{URL}?page=2"


@pytest.mark.parametrize(
    "inside",
    [
        "",
        f'<a rel="next" href="{HOST}/sea/the-short-voyage-of-the-borealis">Next story</a>',
        f'<a href="{URL}-2">The long voyage of the Aurora, told again</a>',
        f'<a href="{URL}/3">3</a>',
        f'<a href="{URL}?page=2#comments">2</a>',
        f'<a href="{URL}/2026">2026</a>',
        f'<a href="{URL}/comment-page-2">Older comments</a>',
        f'<div class="list">{FAR}<a href="?page=2">2</a></div>',
        '<a href="/sea/?page=2">More from the sea</a>',
        '<a href="http://[broken/2">2</a><a href="javascript:next(2)">2</a>',
    ],
)
def test_what_is_no_next_page(inside: str):
    """Next articles, later numbers, years, comments and pagers of lists below are left alone."""
    assert found(inside) is None


def test_a_next_link_above_the_text_is_not_enough():
    """Archives page through their articles above the text."""
    assert found("", before='<a href="?page=2">2</a>') is None


def test_a_front_page_has_no_next_page():
    """An address without a name is no article's."""
    assert found('<a href="/page/2/">2</a>', HOST + "/") is None
    assert found('<a href="?page=2">2</a>', "") is None


def test_short_names_do_not_count_by_bare_numbers():
    """/dispatches/6 is another dispatch than /dispatches/5."""
    links = f'<a href="{HOST}/dispatches">All</a> <a href="{HOST}/dispatches/6">Next</a>'
    assert found(links, f"{HOST}/dispatches/5") is None
