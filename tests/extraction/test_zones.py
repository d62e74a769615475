"""Dates without a zone are read in the site's, where that is known."""

from datetime import UTC, datetime

import pytest

from scraper import dates
from scraper.extraction import extract, zones
from scraper.extraction.memory import recall
from scraper.values import Context, Page, SiteMemory
from tests.benchmarks.memory_sites import learned

SUMMER, WINTER = "zone:middle:120", "zone:end:60"


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("2026-05-04 10:00", {SUMMER, WINTER}, "2026-05-04T10:00:00+02:00"),
        ("2026-01-04 10:00", {SUMMER, WINTER}, "2026-01-04T10:00:00+01:00"),
        ("2026-01-04 10:00", {SUMMER}, "2026-01-04T10:00:00"),
        ("2026-03-28 10:00", {SUMMER, WINTER}, "2026-03-28T10:00:00"),
        ("2026-03-28 10:00", {"zone:middle:540", "zone:end:540"}, "2026-03-28T10:00:00+09:00"),
        ("2026-05-04 10:00", {SUMMER, "zone:middle:-300"}, "2026-05-04T10:00:00"),
        ("2026-05-04 10:00Z", {SUMMER}, "2026-05-04T10:00:00+00:00"),
        ("2026-05-04", {SUMMER}, "2026-05-04"),
    ],
)
def test_settle(text: str, known: set[str], expected: str):
    """One offset known for that half of the year is taken; a date with a zone, or without a time, stays as it is."""
    moment = dates.parse(text)
    assert moment is not None
    assert zones.settle(moment, known).iso() == expected


def page(i: int, published: str) -> Page:
    html = f"""<html lang=en><head><title>Number {i}</title><meta property="og:type" content="article">
<meta property="article:published_time" content="{published}"></head><body><h1>Number {i}</h1>
<p>In number {i} the mill of the {i + 3} brothers is told of, at the length that a story needs to be one.</p></body></html>"""
    at = datetime(2026, 6, 20, i, tzinfo=UTC)
    return Page(
        url=f"https://s.example/{i}", final_url=f"https://s.example/{i}", status=200, body=html.encode(), fetched_at=at
    )


def test_the_zone_is_learned_from_other_pages():
    """Four pages say +02:00, the fifth says nothing and is read so."""
    pages = [page(i, f"2026-06-1{i}T09:30:00+02:00") for i in range(4)] + [page(4, "2026-06-14T09:30:00")]
    plain, knowing = (extract(pages[4], Context(memory=m)) for m in (None, learned(pages, "s.example")))
    assert plain.published_at is not None
    assert knowing.published_at is not None
    assert plain.published_at.iso() == "2026-06-14T09:30:00"
    assert knowing.published_at.iso() == "2026-06-14T09:30:00+02:00"
    assert recall(SiteMemory(site="s"), []).repeated == {}
