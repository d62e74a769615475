"""Broken pages: an article or a failure of ours, in good time, and nothing in it that a database refuses.

`python -m tests.benchmarks.fuzz` does the same for as long as one likes, over the pages of the corpora.
"""

import json
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper import dom, encoding
from scraper.errors import NewsError
from scraper.extraction import explanation, extract
from scraper.extraction.observation import observe
from scraper.record import to_record
from scraper.text import clean
from scraper.values import Page
from tests.mutations import mutate

PAGES = [path.read_bytes() for path in sorted(Path(__file__).parents[2].glob("fixtures/pages/*/page.html"))]
WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def broken_page(seed: int) -> Page:
    chance = random.Random(seed)
    html = mutate(chance.choice(PAGES), chance, chance.choice(PAGES))
    url = "https://courier.example/a"
    return Page(url=url, final_url=url, status=200, body=html, fetched_at=WHEN)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=1 << 32))
def test_a_broken_page_gives_an_article_or_a_failure_of_ours(seed: int):
    """No other exception, no control character in any text, within two seconds of work."""
    page, start = broken_page(seed), time.process_time()
    try:
        record = to_record(extract(page))
    except NewsError:
        return
    assert time.process_time() - start < 2
    for text in json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8")).values():
        assert not isinstance(text, str) or text == clean(text)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0, max_value=1 << 32))
def test_a_broken_page_is_observed_and_explained(seed: int):
    """What else reads pages keeps to the same rule."""
    page = broken_page(seed)
    try:
        observe(dom.parse(encoding.to_utf8(page)), page, page.url)
        explained = explanation.explain(page)
    except NewsError:
        return
    assert explained.article == extract(page)
