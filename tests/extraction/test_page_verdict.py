"""The learned verdict on pages: that file and code belong together, and what it says of plain cases."""

from __future__ import annotations

import json

from scraper.extraction import extract, page_verdict
from scraper.values import Context, PageState
from tests.benchmarks import state_sample
from tests.builders import NOW, make_link, make_page

LINE = "It is made of oak from the hills behind the harbour, oiled by hand, and carries forty kilos without a creak."


def origin() -> dict:
    return json.loads(page_verdict.FILE.read_text("utf-8"))["origin"]


def test_the_file_and_the_features_belong_together():
    """A feature that changed without a new training would be read by a model that learned something else."""
    assert state_sample.digest(page_verdict.shipped()) == origin()["sample_digest"]


def test_the_file_states_its_origin_and_the_threshold_it_was_measured_at():
    """A threshold moved without new figures is noticed."""
    assert origin()["command"].startswith("python tests/benchmarks/train_state.py")
    assert origin()["min_odds"] == page_verdict.MIN_ODDS
    assert origin()["cross_validated_by_site"]["wcxb article"]["passed"] > 0.99
    assert origin()["cross_validated_by_site"]["all product, forum, listing, collection"]["passed"] < 0.10


def shop(types: str = "") -> bytes:
    cards = "".join(
        f"<div class='product-card item'><a href='/products/{i}'><img src='{i}.jpg'>Oak shelf {i}</a>"
        f"<span class='price'>€ {i}9.00</span><p>{LINE} Number {i}.</p><button class='add-to-cart'>Add to cart</button></div>"
        for i in range(8)
    )
    script = f'<script type="application/ld+json">{{"@type": "{types}", "headline": "Shelf"}}</script>' if types else ""
    head = f"<head><title>Oak shelf</title><meta property='og:type' content='product'>{script}</head>"
    return f"<html>{head}<body><div class='cart'></div><div class='product-grid filter'>{cards}</div></body></html>".encode()


def test_a_shop_page_that_no_rule_knows_is_no_article():
    """The verdict names what speaks against an article."""
    url = "https://shop.example/products/oak-shelf"
    article = extract(make_page(url, shop()))
    assert article.state in (PageState.NOT_ARTICLE, PageState.INDEX_PAGE)
    assert "against it" in str(article.details["state_evidence"])


def test_the_publishers_own_word_outweighs_what_was_learned():
    """A page that calls itself a news article is one, whatever it looks like."""
    assert "against it" not in str(extract(make_page(body=shop("NewsArticle"))).details.get("state_evidence"))


def brief(headline: str) -> bytes:
    return f"<html><head><title>Ferry sails</title></head><body>{headline}<p>{LINE} {LINE}</p></body></html>".encode()


def test_a_headline_and_two_sentences_are_an_article():
    """A page that is nothing else has none of what shops and forums have; without a headline it may be their stub."""
    assert extract(make_page("https://courier.example/2", brief("<h1>Ferry sails</h1>"))).state is PageState.ARTICLE
    for address, headline in (("courier.example/2", ""), ("courier.example/forum/2", "<h1>Ferry sails</h1>")):
        page = make_page(f"https://{address}", brief(headline))
        assert extract(page).state is PageState.NOT_ARTICLE


def test_a_dated_announcement_speaks_for_an_article():
    """A brief that names neither author nor date, and has no headline, is one where a feed dated it."""
    page = make_page("https://courier.example/2", brief(""))
    announced = Context(link=make_link("https://courier.example/2", published_at=NOW))
    assert extract(page, announced).state is PageState.ARTICLE
