"""Microdata and RDFa of the article itself."""

from __future__ import annotations

from scraper import dom
from scraper.extraction import landmarks, microdata
from scraper.values import Candidate


def read(html: str) -> list[Candidate]:
    return microdata.read(landmarks.survey(dom.parse(html)).items)


def test_properties_of_the_article_are_read() -> None:
    """Content and datetime attributes come before text; nested names are the author's."""
    found = read(
        "<article itemscope itemtype='https://schema.org/NewsArticle'><b itemprop='headline'>Bridge</b>"
        "<meta itemprop='datePublished' content='2026-05-04'>"
        "<time itemprop='dateModified' datetime='2026-05-05'>x</time>"
        "<p itemprop='author' itemtype='https://schema.org/Person'>By <b itemprop='name'>Jane Roe</b></p></article>"
    )
    assert [(c.field, c.value) for c in found] == [
        ("title", "Bridge"),
        ("published_at", "2026-05-04"),
        ("modified_at", "2026-05-05"),
        ("authors", ({"name": "Jane Roe", "type": "person"},)),
    ]


def test_comments_and_other_things_have_their_own_properties() -> None:
    """Dates and authors inside a comment, an image or a list of other articles are not the article's."""
    for around in ("itemprop='comment'", "itemtype='https://schema.org/UserComments'", "itemprop='image'"):
        assert read(f"<div {around}><i itemprop='author'>X Y</i><i itemprop='datePublished'>2026-05-04</i></div>") == []


def test_rdfa_counts_too() -> None:
    """`property` with a prefix is read like `itemprop`."""
    (candidate,) = read("<span property='dc:date' content='2026-05-04'>May</span>")
    assert (candidate.field, candidate.value, candidate.origin) == ("published_at", "2026-05-04", "rdfa:date")
