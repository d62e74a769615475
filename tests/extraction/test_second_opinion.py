"""The other extractor: asked on request or in need, told of by name, and never in the way of the text."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.extraction import extract, second_opinion, take_apart
from scraper.extraction.explanation import TextSource, explain
from tests.builders import URL, make_page
from tests.extraction.test_pagestate import ARTICLE, html

BENCH = Path(__file__).parents[2] / "../shared/bench"
MAX_RESCUED = 0.01


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", 1.0),
        ("ferry", "", 0.0),
        ("The ferry sails.", "the FERRY sails", 1.0),
        ("ferry ferry", "ferry", 2 / 3),
        ("a b c d", "c d e f", 0.5),
        ("船が出る", "船は出る", 0.75),
        ("เรือ", "เรือ", 1.0),
    ],
)
def test_agreement_is_by_words(one: str, other: str, expected: float):
    """Case and punctuation don't count, repetition does; scripts without spaces go by characters."""
    assert second_opinion.agreement(one, other) == pytest.approx(expected)
    assert second_opinion.agreement(other, one) == pytest.approx(expected)


def test_a_report_is_one_detail_and_nothing_else():
    """The article is the same but for `second_opinion`, which names program and version."""
    page = make_page(body=html(f"<article>{ARTICLE}</article>"))
    plain = extract(page)
    reported = second_opinion.reported(plain, page)
    opinion = reported.details["second_opinion"]
    assert replace(reported, details=plain.details) == plain
    assert set(reported.details) - set(plain.details) == {"second_opinion"}
    assert opinion["agreement"] > 0.9
    assert opinion["program"].startswith("trafilatura 2.")


def test_a_report_of_nothing():
    """On a page without text both find none, and agree."""
    page = make_page(body=b"<html><title>Empty</title></html>")
    assert second_opinion.reported(extract(page), page).details["second_opinion"]["agreement"] == 1.0


@pytest.fixture(scope="module")
def sample() -> list:
    """Every twelfth article page of all corpora."""
    if not BENCH.exists():
        pytest.skip("the development corpora are not here")
    sys.path.insert(0, str(BENCH))
    try:
        from datasets import load
    finally:
        sys.path.remove(str(BENCH))
    sets = ("wcxb", "fundus", "trafilatura", "mozilla", "postlight", "chinese")
    return [make_page(page.url or URL, page.html) for name in sets for page in list(load(name))[::12]]


def test_it_is_needed_on_one_page_in_a_hundred_at_most(sample: list):
    """The rescue is asked for hardly ever: on all 1,605 pages once."""
    n_rescued = sum(take_apart(page).is_rescued for page in sample)
    assert len(sample) > 130
    assert n_rescued <= MAX_RESCUED * len(sample)


def test_a_rescued_text_says_whose_it_is(monkeypatch: pytest.MonkeyPatch):
    """Where we find nothing on a page that says it is an article, the other's text stands, under the other's name."""
    text = second_opinion.read(html(f"<article>{ARTICLE}</article>"), URL)
    monkeypatch.setattr(second_opinion, "read", lambda _html, _url: text)
    page = make_page(body=html("<p>Loading</p>", data={"@type": "NewsArticle"}))
    article = extract(page)
    assert article.paragraphs == text
    assert article.details["text_by"] == second_opinion.PROGRAM
    assert explain(page).source is TextSource.SECOND_OPINION
    assert "text_by" not in extract(make_page(body=html(f"<article>{ARTICLE}</article>"))).details
