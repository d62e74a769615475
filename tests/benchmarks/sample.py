"""A fingerprint of what the features say about one small page of our own.

It goes into the model file when that is written, and a test computes it again: a changed feature without a new
training is noticed, whatever its name.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from scraper import dom
from scraper.extraction import agreement, blocks, model, scoring

PAGE = Path(__file__).with_name("sample.html")
HINTS = agreement.Hints(
    title="Harbour bridge opens after nine years",
    description="The bridge was meant to open in four years. It took nine.",
    article_body="At six in the morning the first lorry rolled across the new harbour bridge",
    url="https://quay.test/bridge",
)


def digest(trained: model.Model) -> str:
    """The fingerprint of the values, on the sample page, of all features the model uses."""
    scores = scoring.score(blocks.read(dom.parse(PAGE.read_text("utf-8"))), HINTS, trained)
    lines = []
    for forest, table in ((trained.first, scores.first), (trained.second, scores.second)):
        lines += [f"{name} " + " ".join(f"{value:.2f}" for value in table[name] + 0.0) for name in forest.names]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
