"""The development corpora as the training sees them: pages with blocks, features, labels and a fold each.

A block is labelled by aligning its words with the gold text. Pages of one publisher or host always share a fold.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from scraper import dom
from scraper.extraction import agreement, blocks, features
from scraper.extraction.table import Table
from scraper.text import fold

BENCH = Path(__file__).resolve().parents[2] / "../shared/bench"
sys.path[:0] = [str(BENCH), str(Path(__file__).resolve().parent)]
import datasets  # noqa: E402
import extractors  # noqa: E402
import injection  # noqa: E402
import metrics  # noqa: E402

FULL = ("wcxb", "fundus", "mozilla", "chinese")
N_FOLDS = 5
_JSONLD = re.compile(rb"<script[^>]*ld\+json[^>]*>(.*?)</script>", re.S | re.I)


@dataclass(slots=True)
class Sample:
    """One page ready for learning. `label` is 1, 0 or -1 (unknown); `fold` its side in cross-validation.

    `is_wordy` marks blocks that only their words tell from article: promotions set as plain paragraphs. `is_copy` is
    true for pages with promotions set into them, `is_partial` for pages of which only snippets are labelled.
    """

    page: Any
    layout: blocks.Layout
    hints: agreement.Hints
    table: Table
    label: np.ndarray
    n_words: np.ndarray
    is_wordy: np.ndarray
    fold: int
    is_copy: bool = False
    is_partial: bool = False


def text_of(page: Any) -> str:
    """The page decoded; the Chinese set has pages of 2005 that declare no charset."""
    if page.dataset == "chinese":
        try:
            return str(page.html.decode("utf-8"))
        except UnicodeDecodeError:
            return str(page.html.decode("gb18030", "replace"))
    return str(extractors.to_text(page.html))


def announced_body(html: bytes) -> str | None:
    """The longest articleBody in any JSON-LD of the page."""
    found: list[str] = []

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            body = value.get("articleBody")
            if isinstance(body, str):
                found.append(body)
            for child in value.values():
                visit(child)
        elif isinstance(value, list):
            for child in value:
                visit(child)

    for match in _JSONLD.finditer(html):
        try:
            visit(json.loads(match[1].decode("utf-8", "replace"), strict=False))
        except (ValueError, RecursionError):
            continue
    return max(found, key=len, default=None)


def hints_of(tree: dom.Tree, html: bytes, url: str) -> agreement.Hints:
    """What metadata would tell, read in the simplest way."""
    meta = {}
    for node in tree.css("meta[property], meta[name]"):
        values = node.attributes
        meta.setdefault((values.get("property") or values.get("name") or "").lower(), values.get("content"))
    heading = tree.css_first("h1") or tree.css_first("title")
    title = meta.get("og:title") or (heading.text(separator=" ", strip=True) if heading else None)
    description = meta.get("og:description") or meta.get("description")
    root = tree.css_first("html")
    language = ((root.attributes.get("lang") if root else None) or meta.get("og:locale") or "")[:2] or None
    return agreement.Hints(
        title=title, description=description, article_body=announced_body(html), language=language, url=url
    )


# ---------------------------------------------------------------- labels


def label(layout: blocks.Layout, gold: str, title: str | None) -> tuple[np.ndarray, np.ndarray]:
    """(1 for article, 0 for not, -1 for unknown; words) of each block."""
    wanted = metrics.tokens(gold)
    spots: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in range(len(wanted) - 3):
        spots[tuple(wanted[at : at + 4])].append(at)
    texts = [metrics.tokens(b.text) for b in layout.blocks]
    labels = np.full(len(texts), -1)
    where: list[tuple[int, int] | None] = [None] * len(texts)
    for i, text in enumerate(texts):
        if len(text) >= 6:
            share, begin, end = _covered(text, spots)
            labels[i] = 1 if share >= 0.6 else 0 if share <= 0.4 else -1
            where[i] = (begin, end) if share >= 0.6 else None
    _short(texts, labels, where, wanted)
    _doubled(layout, labels, title)
    return labels, np.array([len(t) for t in texts])


def _covered(text: list[str], spots: dict[tuple[str, ...], list[int]]) -> tuple[float, int, int]:
    """Share of the words that stand in a run of four that the gold has too; and where the gold has them."""
    hit, places = [False] * len(text), []
    for at in range(len(text) - 3):
        found = spots.get(tuple(text[at : at + 4]))
        if found:
            hit[at : at + 4] = [True] * 4
            places.append(found[0])
    return sum(hit) / len(text), min(places, default=0), max(places, default=0) + 4


def _short(texts: list, labels: np.ndarray, where: list, wanted: list[str]) -> None:
    """Short blocks are article where the gold has them between the same neighbours."""
    spots = defaultdict(list)
    for at, word in enumerate(wanted):
        spots[word].append(at)
    before = 0
    for i, text in enumerate(texts):
        if where[i]:
            before = where[i][1]
        if not 0 < len(text) < 6:
            continue
        after = next((w[0] for w in where[i + 1 :] if w and w[0] >= before), len(wanted))
        places = spots.get(text[0], [])
        near = places[bisect_left(places, before) :]
        reach = min(after, before + 60)
        found = next((p for p in near if p <= reach and wanted[p : p + len(text)] == text), None)
        labels[i] = int(found is not None)
        if found is not None:
            where[i] = (found, found + len(text))
            before = found + len(text)


def _doubled(layout: blocks.Layout, labels: np.ndarray, title: str | None) -> None:
    """Later copies of an article block, and the title, teach nothing: reading drops them by rule."""
    seen = set()
    for i, block in enumerate(layout.blocks):
        text = fold(block.text)
        if labels[i] == 1 and (text in seen or text == fold(title or "")):
            labels[i] = -1
        elif labels[i] == 1 and len(text) > 30:
            seen.add(text)


# ---------------------------------------------------------------- pages


def site(page: Any) -> str:
    """The host without www, or the group where there is no address."""
    host = urlsplit(page.url).hostname or ""
    return ".".join(host.removeprefix("www.").split(".")[-2:]) if host.count(".") == 1 else host.removeprefix("www.")


def folds(pages: list[Any]) -> list[int]:
    """A fold for each page, such that pages that share a group or a host share the fold."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    for page in pages:
        leader[find("group " + page.group)] = find("site " + site(page))
    names = [find("site " + site(page)) for page in pages]
    return [int(hashlib.sha256(name.encode()).hexdigest(), 16) % N_FOLDS for name in names]


def samples() -> list[Sample]:
    """Every page with a full-text gold, its copy with promotions, and the pages with labelled snippets."""
    full = [p for name in FULL for p in datasets.load(name) if p.gold]
    partial = list(datasets.load("trafilatura"))
    titles: dict[str, list[str]] = defaultdict(list)
    for page in full:
        if page.title:
            titles[(page.language or "")[:2]].append(page.title)
    found = []
    for page, side in zip(full + partial, folds(full + partial), strict=True):
        source = text_of(page)
        original = _sample(page, source, side)
        if original is None:
            continue
        found.append(original)
        copy = injection.inject(source, page, titles[(page.language or "")[:2]]) if page.gold else None
        if copy is not None and (extra := _sample(page, copy[0], side)) is not None:
            _mark_injected(extra, copy[1])
            found.append(extra)
    return found


def _sample(page: Any, source: str, side: int) -> Sample | None:
    tree = dom.parse(source)
    layout = blocks.read(tree)
    if not layout.blocks:
        return None
    hints = hints_of(tree, page.html, page.url)
    marks, n_words = label(layout, page.gold, page.title) if page.gold else _snippet_labels(layout, page)
    return Sample(
        page=page,
        layout=layout,
        hints=hints,
        table=features.table(layout, hints),
        label=marks,
        n_words=n_words,
        is_wordy=np.zeros(len(marks), dtype=bool),
        fold=side,
        is_partial=not page.gold,
    )


def _mark_injected(sample: Sample, injected: dict[str, str]) -> None:
    """An injected line is no article; as a plain paragraph it is one only its words give away."""
    sample.is_copy = True
    for at, block in enumerate(sample.layout.blocks):
        style = injected.get(fold(block.text))
        if style is not None:
            sample.label[at] = 0
            sample.is_wordy[at] = style == injection.PLAIN


def _snippet_labels(layout: blocks.Layout, page: Any) -> tuple[np.ndarray, np.ndarray]:
    """Blocks that hold a wanted or unwanted snippet; all others are unknown."""
    wanted, unwanted = [fold(s) for s in page.must_have], [fold(s) for s in page.must_not_have]
    labels = np.full(len(layout.blocks), -1)
    for at, block in enumerate(layout.blocks):
        text = fold(block.text)
        if any(s and s in text for s in unwanted):
            labels[at] = 0
        elif any(s and s in text for s in wanted):
            labels[at] = 1
    return labels, np.array([len(metrics.tokens(b.text)) for b in layout.blocks])
