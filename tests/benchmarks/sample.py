"""A fingerprint of what the features say about one small page of our own.

It goes into the model file when that is written, and a test computes it again: a changed feature without a new
training is noticed, whatever its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scraper import dom
from scraper.extraction import blocks, features

PAGE = Path(__file__).with_name("sample.html")
HINTS = features.Hints(
    title="Harbour bridge opens after nine years",
    description="The bridge was meant to open in four years. It took nine.",
    article_body="At six in the morning the first lorry rolled across the new harbour bridge",
    url="https://quay.test/bridge",
)


def digest(names: Sequence[str]) -> str:
    """The fingerprint of the named features' values on the sample page."""
    columns = features.columns(blocks.read(dom.parse(PAGE.read_text("utf-8"))), HINTS)
    table = np.column_stack([columns[name] for name in names]).round(3) + 0.0
    lines = [",".join(names), *(",".join(f"{value:.3f}" for value in row) for row in table.tolist())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
