"""The extractor as the scoring programs beside the corpora call it: `function(html, url) -> dict`.

    NEWSDESK_FOLDS=DIR python run.py --extractor adapter:held_out --dataset fundus

`held_out` reads each page with the model of its fold (`train_body.py --keep DIR`), so that no page is read by a
model that was trained on its site; `shipped` uses the model of the package.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]
import corpora  # noqa: E402

from scraper import dom  # noqa: E402
from scraper.extraction import body, model  # noqa: E402


@cache
def _fold_of() -> dict[str, int]:
    pages = [p for name in corpora.FULL for p in corpora.datasets.load(name) if p.gold]
    pages += corpora.datasets.load("trafilatura")
    return {page.url: side for page, side in zip(pages, corpora.folds(pages), strict=True)}


@cache
def _model(side: int) -> model.Model:
    path = Path(os.environ["NEWSDESK_FOLDS"]) / f"fold{side}.json"
    return model.parse(path.read_text("utf-8"))


def _read(html: bytes, url: str, trained: model.Model | None) -> dict[str, Any]:
    tree = dom.parse(corpora.extractors.to_text(html))
    hints = corpora.hints_of(tree, html, url)
    text = body.text_of(body.read(tree, hints, trained).paragraphs)
    return {"body": text, "title": hints.title, "authors": [], "date": None, "language": None}


def held_out(html: bytes, url: str) -> dict[str, Any]:
    """The reading by a model that has not seen the page's site."""
    return _read(html, url, _model(_fold_of().get(url, 0)))


def shipped(html: bytes, url: str) -> dict[str, Any]:
    """The reading by the package's model."""
    return _read(html, url, None)
