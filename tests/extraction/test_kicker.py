"""The words over a headline."""

import pytest

from scraper import dom
from scraper.extraction import byline, kicker, landmarks

KICKERS = [
    ("<h1><span class='kicker'>Harbour</span> Bridge reopens</h1>", "Harbour", "Bridge reopens"),
    ("<h1><span class='head__dachzeile'>Hafen</span><span>Brücke frei</span></h1>", "Hafen", "Brücke frei"),
    ("<p class='topline'>Harbour</p><h1>Bridge reopens</h1>", "Harbour", "Bridge reopens"),
    ("<div><p class='surtitre'>Port</p></div><div><h1>Le pont</h1></div>", None, "Le pont"),
    ("<p class='overline'>Harbour</p><div><h1>Bridge reopens</h1></div>", "Harbour", "Bridge reopens"),
    ("<h1><span class='kicker'>Harbour</span>: Bridge reopens</h1>", None, "Harbour: Bridge reopens"),
    ("<h1><span class='kicker'>Harbour:</span> Bridge reopens</h1>", None, "Harbour: Bridge reopens"),
    ("<h1><span class='kicker-title'>Bridge reopens</span></h1>", None, "Bridge reopens"),
    ("<p class='eyebrow'>November 19, 2026</p><h1>Bridge reopens</h1>", None, "Bridge reopens"),
    ("<p class='eyebrow'>Updated</p><h1>Bridge reopens</h1>", None, "Bridge reopens"),
    (f"<p class='kicker'>{'word ' * 40}</p><h1>Bridge reopens</h1>", None, "Bridge reopens"),
]


@pytest.mark.parametrize(("html", "over", "title"), KICKERS)
def test_the_kicker_is_told_from_the_headline(html: str, over: str | None, title: str) -> None:
    """A kicker in a box of its own is no part of the headline; one that leads to it with a colon is."""
    headline = landmarks.survey(dom.parse(f"<html><body>{html}</body></html>")).headline
    assert headline is not None
    assert (kicker.read(headline), byline.heading_text(headline)) == (over, title)


def test_without_a_headline_there_is_no_kicker() -> None:
    """Nothing stands over nothing."""
    assert kicker.read(None) is None
