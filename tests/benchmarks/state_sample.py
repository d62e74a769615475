"""A fingerprint of what the page features say about one small page of our own; see `sample` for what it is good for.

Left out are the numbers that the body model's scores decide: that model is trained apart and has a fingerprint too.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from scraper import dom
from scraper.extraction import blocks, metadata, page_features, page_words, pagestate
from scraper.extraction.page_verdict import Trained
from scraper.values import Context, Page
from tests.benchmarks import sample


def numbers() -> tuple[dict[str, float], set[str]]:
    """The numbers and the words of the sample page, with every second block taken as kept."""
    url = "https://quay.test/news/harbour-bridge-opens"
    html = sample.PAGE.read_bytes()
    page = Page(url=url, final_url=url, status=200, body=html, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    tree = dom.parse(html)
    layout = blocks.read(tree)
    places = range(len(layout.blocks))
    scores = [0.9 if at % 2 else 0.2 for at in places]
    cut = page_features.Cut(layout=layout, scores=scores, kept=places[1::2])
    fields = metadata.read(tree, page, Context())
    return pagestate.numbers(url, fields, cut, None), page_words.said(url, fields, layout)


def digest(trained: Trained) -> str:
    """The fingerprint of the values, on the sample page, of all features the forest uses, and of the page's words."""
    found, said = numbers()
    lines = [f"{name} {found[name] + 0.0:.3f}" for name in trained.forest.names if name in found]
    lines += [f"{trained.words.worth(said):.3f}", *sorted(said)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
