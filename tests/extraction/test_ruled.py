"""A person's rule says where text and fields stand; what it does not say is read as ever."""

from dataclasses import replace

import pytest

from scraper.extraction import EXTRACTOR, extract
from scraper.extraction.explanation import TextSource, explain
from scraper.values import Context, PageState, SiteRule
from tests.builders import make_page

HTML = """<html><head><title>Bread is dear | The Courier</title><meta name="author" content="Courier staff"></head><body>
<nav><a href="/a">Town</a></nav>
<div class="story"><h1>Bread <em>is dear</em></h1>
<p class="who">Von Anna Berg und Paul Ott</p><p class="day">Am 3. Mai 2026, 14:05 Uhr</p>
<p>The price of a loaf rose by a third within a year, the bakers of the harbour town say, and no end is in sight.</p>
<aside class="advice"><p>Our advice for readers: buy your bread in the evening, when it is sold for half the price.</p></aside>
<table><tr><td>Rye</td><td>4.20</td></tr></table>
<p>Flour is not the reason, the miller says, but the ovens are: what they burn has doubled in price since the winter.</p>
</div>
<div class="extra"><p>Last year the bakers of the town had promised in this newspaper not to raise any price before May.</p></div>
</body></html>"""
PAGE = make_page(body=HTML.encode())
RULE = SiteRule(
    body=".story", drop=("aside.advice",), title="h1", authors=".who", published_at=".day", time_zone="Europe/Berlin"
)


def test_a_rule_names_text_and_fields():
    """The text is the part named, without what is dropped and without the fields, which have places of their own."""
    found = extract(PAGE, Context(rule=RULE))
    assert found.body.startswith("The price of a loaf")
    assert found.body.endswith("since the winter.")
    assert "4.20" in found.body
    for gone in ("advice", "Anna", "Mai", "promised", "Bread is dear"):
        assert gone not in found.body
    assert (found.title, found.authors) == ("Bread is dear", ("Anna Berg", "Paul Ott"))
    assert found.published_at is not None
    assert found.published_at.iso() == "2026-05-03T14:05:00+02:00"
    assert {found.origins[name] for name in ("title", "authors", "published_at")} == {"rule"}
    assert explain(PAGE, Context(rule=RULE)).source is TextSource.RULE


@pytest.mark.parametrize("tag", ["datetime", "content"])
def test_a_time_in_the_data_beats_its_text(tag: str):
    """`datetime` and `content` of the element named are read before what it shows."""
    page = make_page(body=HTML.replace('class="day"', f'class="day" {tag}="2026-05-02T10:00:00Z"').encode())
    found = extract(page, Context(rule=RULE)).published_at
    assert found is not None
    assert found.iso() == "2026-05-02T10:00:00+00:00"


def test_what_meets_nothing_leaves_the_page_to_the_ordinary_reading():
    """The answer is that without the rule, and tells which selectors met nothing."""
    rule = SiteRule(body=".gone", drop=(".none",), title="h7", authors="#a", published_at="time")
    found, plain = extract(PAGE, Context(rule=rule)), extract(PAGE)
    assert found.details["rule_missed"] == ["body", "title", "authors", "published_at", "drop: .none"]
    assert replace(found, details={}, extractor="") == replace(plain, details={}, extractor="")


def test_a_rule_makes_a_page_an_article_but_no_wall_one():
    """A page that calls itself a product is one where a rule finds its text; a wall stays a wall."""
    product = '<script type="application/ld+json">{"@type": "Product", "name": "Bread"}</script></head>'
    page = make_page(body=HTML.replace("</head>", product).encode())
    assert extract(page).state is PageState.NOT_ARTICLE
    assert extract(page, Context(rule=RULE)).state is PageState.ARTICLE
    wall = make_page(
        body=b"<div class=story><p>Subscribe now to read this article. Already a subscriber? Log in.</p></div>"
    )
    assert extract(wall, Context(rule=RULE)).state is not PageState.ARTICLE


def test_a_changed_rule_is_another_extractor():
    """Every change of a rule changes the version that its articles bear."""
    versions = {
        extract(PAGE, Context(rule=rule)).extractor
        for rule in (None, RULE, replace(RULE, drop=()), replace(RULE, time_zone=None), SiteRule(title=".story"))
    }
    assert len(versions) == 5
    assert all(version.startswith(EXTRACTOR) for version in versions)


@pytest.mark.parametrize("selector", ["*", "body", "html", "div", "p, p *"])
def test_a_greedy_selector_harms_nobody(selector: str):
    """Whatever is dropped or called the text, there is an answer, and no text stands in it twice."""
    for rule in (SiteRule(drop=(selector,)), SiteRule(body=selector), SiteRule(title=selector, authors=selector)):
        found = extract(PAGE, Context(rule=rule))
        assert found.body.count("The price of a loaf") <= 1
