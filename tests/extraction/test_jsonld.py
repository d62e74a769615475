"""JSON-LD in every wrapping and in every state of repair."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scraper.extraction import brokenjson, jsonld

URL = "https://www.example.com/news/bridge"
PLAIN = '{"@type": "NewsArticle", "headline": "Bridge reopens", "datePublished": "2026-05-04"}'


def values(*scripts: str) -> dict[str, Any]:
    """First value of each field."""
    found: dict[str, Any] = {}
    for candidate in jsonld.read(scripts, URL):
        found.setdefault(candidate.field, candidate.value)
    return found


WRAPPED = {
    "plain": PLAIN,
    "list": f"[{PLAIN}]",
    "list of lists": f"[[{PLAIN}]]",
    "graph": f'{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite", "name": "Example"}}, {PLAIN}]}}',
    "inside a page": f'{{"@type": "WebPage", "name": "x", "mainEntity": {PLAIN}}}',
    "full names": PLAIN.replace('"headline"', '"http://schema.org/headline"').replace(
        "NewsArticle", "schema:NewsArticle"
    ),
    "two documents": f'{{"@type": "WebSite"}} {PLAIN}',
    "html comment": f"<!-- {PLAIN} -->",
    "cdata": f"//<![CDATA[\n{PLAIN}\n//]]>",
    "comment": PLAIN.replace('"datePublished"', '/* when */ "datePublished"'),
    "line comment": "{\n// an article\n" + PLAIN[1:],
    "trailing comma": PLAIN[:-1] + ",}",
    "missing comma": PLAIN.replace('", "datePublished"', '" "datePublished"'),
    "entities": PLAIN.replace('"', "&quot;"),
    "semicolon": PLAIN + ";",
    "line break in a string": PLAIN.replace("Bridge reopens", "Bridge\nreopens"),
    "cut off": PLAIN[:-3],
}


@pytest.mark.parametrize("name", WRAPPED)
def test_an_article_is_found_in_any_wrapping(name: str) -> None:
    """Title and date come out whatever the block is wrapped in or broken by."""
    found = values(WRAPPED[name])
    assert found["title"] == "Bridge reopens"
    assert name == "cut off" or found["published_at"] == "2026-05-04"


def test_a_line_like_a_comment_inside_a_string_stays() -> None:
    """Repair does not touch what stands in strings."""
    (value,) = brokenjson.load('{"a": "https://x.example/* no */ //b", }')
    assert value == {"a": "https://x.example/* no */ //b"}


def test_the_article_of_the_page_is_preferred_to_others() -> None:
    """Of several articles the one whose address is the page's counts, and never one in a list of others."""
    other = '{"@type": "NewsArticle", "headline": "Other", "url": "https://www.example.com/other", "author": "A B"}'
    own = f'{{"@type": "Article", "headline": "Own", "mainEntityOfPage": {{"@id": "{URL}"}}}}'
    teasers = f'{{"@type": "ItemList", "itemListElement": [{other}]}}'
    assert values(other, own)["title"] == "Own"
    assert values(teasers, own)["title"] == "Own"
    assert "title" not in values(teasers)


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('"Jane Roe"', ["Jane Roe"]),
        ('["Jane Roe", {"name": "Ana Ruiz"}]', ["Jane Roe", "Ana Ruiz"]),
        ('[[{"name": ["Jane Roe", "Ana Ruiz"]}]]', ["Jane Roe", "Ana Ruiz"]),
        ('{"@id": "#jane"}', ["Jane Roe"]),
        ('{"givenName": "Jane", "familyName": "Roe"}', ["Jane Roe"]),
        ("7", []),
        ("null", []),
    ],
)
def test_authors_of_any_shape(author: str, names: list[str]) -> None:
    """Text, object, list, list of lists and reference all give names."""
    jane = '{"@id": "#jane", "@type": "Person", "name": "Jane Roe"}'
    graph = f'[{{"@type": "Article", "headline": "x", "author": {author}}}, {jane}]'
    assert [agent["name"] for agent in values(graph).get("authors", ())] == names


def test_entities_inside_text_are_resolved() -> None:
    """`&amp;` in a headline is "&"."""
    assert values('{"@type": "Article", "headline": "Fish &amp; chips"}')["title"] == "Fish & chips"


def test_site_breadcrumb_and_access() -> None:
    """What stands about the article is read too."""
    found = values(
        '{"@type": "WebSite", "name": "Daily Example"}',
        '{"@type": "BreadcrumbList", "itemListElement": [{"item": {"name": "World"}}, {"name": "Bridge"}]}',
        '{"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": "False", "articleBody": "All the text."}',
    )
    assert found["site_name"] == "Daily Example"
    assert found["breadcrumb"] == ("World", "Bridge")
    assert found["is_accessible_for_free"] is False
    assert found["article_body"] == "All the text."
    assert found["types"] == ("WebSite", "BreadcrumbList", "NewsArticle")


@pytest.mark.parametrize(
    ("whole", "series"),
    [
        ({"@type": "CreativeWorkSeries", "name": "Crossing the Skell"}, "Crossing the Skell"),
        ([{"@type": "WebSite", "name": "Skell Post"}, {"@type": "PodcastSeries", "name": "Fog"}], "Fog"),
        ({"@type": "WebSite", "name": "Skell Post"}, None),
        ("https://www.example.com/series", None),
    ],
)
def test_a_series_is_named_by_what_the_article_is_part_of(whole: object, series: str | None) -> None:
    """`isPartOf` names a series where it says so; a site or a bare address is none."""
    assert values(json.dumps({"@type": "Article", "headline": "Steel", "isPartOf": whole})).get("series") == series
