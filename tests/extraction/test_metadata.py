"""All fields together: decisions, odd input, cost of hostile pages."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper import dom
from scraper.extraction import metadata
from scraper.extraction.metadata import Fields
from scraper.values import Access, ArticleKind, Context, Link, Page, Precision

JSON_SUITE = Path(__file__).parents[2] / "../shared/conformance/json/test_parsing"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MAX_SECONDS = 2.0

ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Bridge over the Elbe reopens",
    "datePublished": "2026-05-04T08:15:00+02:00",
    "dateModified": "2026-05-04T10:00:00+02:00",
    "author": [{"@type": "Person", "name": "Ana Ruiz"}, {"@type": "Organization", "name": "dpa"}],
    "publisher": {"@type": "Organization", "name": "Daily Example"},
    "isAccessibleForFree": False,
}


def read(html: str, url: str = "https://www.example.com/news/bridge", link: Link | None = None) -> Fields:
    page = Page(url=url, final_url=url, status=200, body=html.encode(), fetched_at=NOW)
    return metadata.read(dom.parse(html), page, Context(link=link))


def jsonld(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


def page(head: str = "", body: str = "") -> str:
    return f"<html lang='en'><head>{head}</head><body>{body}</body></html>"


def test_an_ordinary_page_gives_every_field_with_its_origin() -> None:
    """Each field of a well-marked page is read, and `origins` names where it came from."""
    fields = read(
        page(
            "<title>Bridge over the Elbe reopens | Daily Example</title>"
            "<meta property='og:title' content='Bridge over the Elbe reopens | Daily Example'>"
            "<meta property='og:site_name' content='Daily Example'>"
            "<meta property='og:image' content='/pictures/bridge.jpg'>"
            "<meta name='description' content='After two years of work the bridge is open again.'>"
            "<meta property='article:section' content='Opinion'>"
            "<meta name='news_keywords' content='Elbe, bridges, elbe'>"
            "<link rel='canonical' href='/news/bridge?utm_source=x'>" + jsonld(ARTICLE),
            "<h1>Bridge over the Elbe reopens</h1>",
        )
    )
    assert fields.title == "Bridge over the Elbe reopens"
    assert fields.authors == ("Ana Ruiz",)
    assert fields.details["wire_credit"] == "dpa"
    assert fields.details["publisher"] == "Daily Example"
    assert fields.published_at is not None
    assert fields.published_at.iso() == "2026-05-04T08:15:00+02:00"
    assert fields.published_at.precision is Precision.SECOND
    assert fields.modified_at is not None
    assert fields.modified_at.iso() == "2026-05-04T10:00:00+02:00"
    assert (fields.language, fields.section, fields.tags) == ("en", "Opinion", ("Elbe", "bridges"))
    assert (fields.kind, fields.access) == (ArticleKind.OPINION, Access.PAID)
    assert fields.image == "https://www.example.com/pictures/bridge.jpg"
    assert fields.canonical_url == "https://www.example.com/news/bridge"
    assert fields.types == ("NewsArticle",)
    assert fields.is_accessible_for_free is False
    assert fields.origins["published_at"] == "jsonld:NewsArticle.datepublished"


def test_the_site_name_is_cut_from_the_title() -> None:
    """Site names go from either end; a dash inside the headline stays."""
    for title in ("Rain - and then snow | Daily Example", "Daily Example: Rain - and then snow"):
        head = f"<title>{title}</title><meta property='og:site_name' content='Daily Example'>"
        assert read(page(head.replace(": ", " » "))).title == "Rain - and then snow"


def test_the_publisher_stands_as_author_only_where_nobody_else_is_named() -> None:
    """A visible byline outweighs the publisher posing as author in the data."""
    posing = {**ARTICLE, "author": {"@type": "Person", "name": "Daily Example"}}
    assert read(page(jsonld(posing), "<h1>Bridge over the Elbe reopens</h1>")).authors == ("Daily Example",)
    named = "<h1>Bridge over the Elbe reopens</h1><p class='byline'>By Jane Roe</p>"
    assert read(page(jsonld(posing), named)).authors == ("Jane Roe",)


def test_a_date_after_the_fetch_is_none() -> None:
    """A publication date more than a day after the fetch is not believed."""
    assert read(page(jsonld({**ARTICLE, "datePublished": "2027-01-01", "dateModified": ""}))).published_at is None


def test_the_dates_of_comments_and_the_copyright_are_not_the_articles() -> None:
    """Only the date at the headline counts where no data give one."""
    body = (
        "<main><h1>Bridge over the Elbe reopens</h1><span>4 May 2026</span><p>Text.</p></main>"
        "<div class='comments'><time datetime='2026-05-09'>9 May 2026</time></div><footer>© 2019 - 1 Jan 2019</footer>"
    )
    published = read(page(body=body)).published_at
    assert published is not None
    assert published.iso() == "2026-05-04"


def test_an_unmarked_byline_is_read_near_the_headline() -> None:
    """Without any marks a text that begins with "By" names the author, and the date beside it counts."""
    body = (
        "<div><h1>Bridge over the Elbe reopens</h1><div>By Jane Roe</div><div>May 4, 2026</div><p>Long text.</p></div>"
    )
    fields = read(page(body=body))
    assert fields.authors == ("Jane Roe",)
    assert fields.published_at is not None
    assert fields.published_at.iso() == "2026-05-04"


def test_what_the_feed_announced_fills_what_the_page_leaves_open() -> None:
    """The link's title and time are candidates like any others."""
    link = Link(
        url="https://www.example.com/a",
        source_url="https://www.example.com/feed",
        title="Bridge reopens",
        published_at=datetime(2026, 5, 4, 6, 15, tzinfo=UTC),
    )
    fields = read(page(body="<p>Text.</p>"), link=link)
    assert fields.title == "Bridge reopens"
    assert fields.published_at is not None
    assert fields.published_at.at == link.published_at


def test_a_canonical_address_elsewhere_or_of_the_front_page_is_not_believed() -> None:
    """`canonical_url` is on the page's own site and not its front page."""
    for href in ("https://other.example/news/bridge", "https://www.example.com/", "javascript:void(0)", "http://[bad"):
        assert read(page(f"<link rel='canonical' href='{href}'>")).canonical_url is None


def test_the_language_of_the_text_overrules_a_wrong_declaration() -> None:
    """A German text on a page declared English is German; nothing overrules without evidence."""
    german = "Die Brücke ist nach zwei Jahren wieder für den Verkehr geöffnet und wird von der Stadt gefeiert."
    assert read(page(f"<meta name='description' content='{german}'>")).language == "de"
    assert read(page("<title>OK</title>")).language == "en"


@pytest.mark.skipif(not JSON_SUITE.is_dir(), reason="the JSON parsing suite is not at hand")
def test_no_document_of_the_json_suite_breaks_a_page() -> None:
    """Every file of JSONTestSuite, valid or not, may stand in a JSON-LD block."""
    files = sorted(JSON_SUITE.iterdir())
    assert len(files) > 300
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        start = time.process_time()
        fields = read(page(f"<title>Fine</title>{jsonld(text)}"))
        assert time.process_time() - start < MAX_SECONDS, path.name
        assert fields.title == "Fine", path.name


ODD_VALUES = [
    None, True, 0, -1, 1e308, 12345678901234567890, "", " ", "\x00\ud800", [], [[]], [[["A"]]], {}, {"@value": 3},
    {"name": {"name": {"name": []}}}, [1, [2, [3, {"name": 4}]]], "yesterday", "0000-00-00", "99999-12-31T25:61:61Z",
    "2026-02-30", "-1", "9" * 5000, "a" * 5000, "<b>x</b>", "http://[", {"@id": "#nowhere"}, {"@type": ["x", 3, None]},
]  # fmt: skip


@pytest.mark.parametrize("key", [*ARTICLE, "@graph", "@id", "image", "keywords", "mainEntityOfPage", "articleSection"])
def test_a_property_of_any_shape_is_survived(key: str) -> None:
    """No property of an article breaks the reading, whatever its value's type."""
    for value in ODD_VALUES:
        read(page(jsonld({**ARTICLE, key: value}), "<h1>Bridge over the Elbe reopens</h1>"))


HOSTILE = {
    "ten thousand og tags": page(
        "<meta property='og:title' content='x'><meta property='og:image' content='/a'>" * 10_000
    ),
    "many authors": page("<meta name='author' content='Ana Ruiz, Juan Gil and others'>" * 10_000),
    "many dates": page(body="<h1>x</h1>" + "<time datetime='2026-01-01'>1 Jan</time>" * 20_000),
    "many bylines": page(body="<h1>x</h1>" + "<p class='byline'>By A B</p>" * 20_000),
    "many headings": page(body="<h1>Some words here</h1>" * 20_000),
    "deep nesting": page(body="<div class='author'>" * 3_000 + "x"),
    "deep json": page(jsonld("[" * 100_000)),
    "open comments": page(jsonld('{"a": 1 ' + "/*" * 200_000)),
    "open quotes": page(jsonld("{" + '"a\\' * 200_000)),
    "commas": page(jsonld("[" + "," * 300_000)),
    "blanks": page(jsonld("{" + " " * 1_000_000)),
    "authors without end": page(jsonld('{"author": ' * 50_000)),
    "long title": page("<title>" + "a - " * 100_000 + "</title>"),
    "long date": page("<meta name='date' content='" + "1 May " * 50_000 + "'>"),
    "long byline": page("<meta name='author' content='" + "and, " * 50_000 + "'>"),
    "texts": page(body="<h1>x</h1>" + "<p>By 1 2 May</p>" * 20_000),
    "items": page(body="<p itemprop='author'><b itemprop='name'>x</b></p>" * 10_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_costs_little(name: str) -> None:
    """Nothing in a page makes its metadata take long: input is cut before patterns see it."""
    start = time.process_time()
    read(HOSTILE[name])
    assert time.process_time() - start < MAX_SECONDS
