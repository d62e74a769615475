"""What the verdict on a page is learned from: some sixty numbers about its address, its fields and its shape.

Words looked for are only those of machines: types, addresses, class names. Knows nothing of what the numbers mean;
`page_verdict` does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from operator import attrgetter
from urllib.parse import urlsplit

import numpy as np

from scraper.extraction.layout import Block, Layout
from scraper.extraction.metadata import Fields

_PROSE_CHARS = 80  # as in `arrays`
_UNSPACED = "\u2e80"
_UNSPACED_SCALE = 2.5
_SMALL_CHARS = 40  # labels of buttons, dates, names
_NEAR = 8  # blocks
_SURE, _UNSURE = 0.85, 0.15

_TYPES = {
    "article": ("article", "newsarticle", "blogposting", "report", "liveblogposting", "reportagenewsarticle"),
    "product": ("product", "productgroup", "offer", "aggregateoffer", "brand"),
    "forum": ("discussionforumposting", "qapage", "question", "answer", "comment"),
    "list": ("itemlist", "collectionpage", "offercatalog", "searchresultspage"),
}
_PLACES = {
    "article": r"/(?:blog|news|articles?|story|stories|posts?|opinion|magazine|features?)/|/(?:19|20)\d\d[/-]",
    "product": r"/(?:products?|shop|store|p|dp|item|items|buy|pd|sku)/|/p-|-p-?\d+|\.product",
    "forum": r"forum|thread|topic|/t/|/r/|discuss|communit|/questions?/|comments/|showthread|viewtopic|board|/q/",
    "list": r"/(?:categor(?:y|ies)|collections?|tags?|topics?|c|browse|catalog|search|archives?|shop|all|list)(?:/|$)",
}
_PLACE = {name: re.compile(pattern) for name, pattern in _PLACES.items()}
_CLASSES = (
    *("article", "price", "cart", "product", "user", "filter", "share", "stock", "entry", "comment", "related"),
    "signature",
)
_TAGS = ("article", "button", "li", "figure", "main")
_OG_TYPES = {"": 0.0, "website": 1.0, "article": 2.0}
_DIGITS = re.compile(r"\d+")
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b\d?\d:\d\d\b")
_MONEY = re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:[€£₹]|USD|EUR|kr\b|zł)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The blocks of a page and what was taken from it: a score a block, and the ascending places of those kept."""

    layout: Layout
    scores: Sequence[float]
    kept: Sequence[int]


def columns(url: str, fields: Fields, cut: Cut) -> dict[str, float]:
    """Each number by its name, always the same names in the same order."""
    found = _of_address(url)
    found |= _of_fields(fields)
    found |= _of_scores(cut)
    found |= _of_text(cut)
    found |= _of_small_blocks(cut)
    found |= _of_boxes(cut)
    return found


def _of_address(url: str) -> dict[str, float]:
    parts = urlsplit(url.lower())
    place = f"{parts.hostname or ''}{parts.path}"
    steps = [step for step in parts.path.split("/") if step]
    last = steps[-1] if steps else ""
    found = {f"path_{name}": float(pattern.search(place) is not None) for name, pattern in _PLACE.items()}
    found["path_depth"] = float(len(steps))
    found["path_size"] = float(len(last))
    found["path_hyphens"] = float(last.count("-") + last.count("_"))
    return found


def _of_fields(fields: Fields) -> dict[str, float]:
    types = [name.lower() for name in fields.types]
    found = {f"type_{name}": float(sum(map(types.count, kinds))) for name, kinds in _TYPES.items()}
    og_type = next((str(c.value).lower() for c in fields.candidates if c.field == "og_type"), "")
    return found | {
        "says_authors_meta": float(any(c.field == "authors" and c.origin[:5] == "meta:" for c in fields.candidates)),
        "og": _OG_TYPES.get(og_type, 3.0),
        "og_product": float("product" in og_type),
        "has_date": float(fields.published_at is not None),
        "has_kind": float(fields.kind is not None),
        "authors": float(len(fields.authors)),
        "title_size": float(len(fields.title or "")),
        "description_size": float(len(fields.description or "")),
    }


def _of_scores(cut: Cut) -> dict[str, float]:
    """How sure the choice of the text was."""
    score = np.array(cut.scores)
    size = np.array([float(len(block.text)) for block in cut.layout.blocks])
    kept, kept_size = score[cut.kept], size[cut.kept]
    n_likely, n_sure = float(size[score > _UNSURE].sum()), float(size[score >= _SURE].sum())
    return {
        "sure_mean": float(np.average(kept, weights=kept_size)),
        "sure_share": float(kept_size[kept > _SURE].sum() / kept_size.sum()),
        "sure_most": float(score.max()),
        "doubtful": (n_likely - n_sure) / max(1.0, n_likely),
    }


def _of_text(cut: Cut) -> dict[str, float]:
    """How much text there is, how much of it was kept, and how the kept blocks read."""
    blocks, boxes = cut.layout.blocks, cut.layout.boxes
    kept = [blocks[at] for at in cut.kept]
    first, last = cut.kept[0], cut.kept[-1]
    n_page = sum([len(b.text) for b in blocks])
    n_kept = sum([len(b.text) for b in kept])
    text = " ".join([b.text for b in kept])
    scale = _UNSPACED_SCALE if sum([char >= _UNSPACED for char in text[:400]]) > 100 else 1.0
    prose = [len(b.text) for b in kept if _is_prose(b, scale)]
    homes: Counter[int] = Counter()
    for block in kept:
        homes[boxes[block.box].parent] += len(block.text)
    return {
        "page_size": log1p(n_page * scale),
        "kept_share": n_kept / n_page,
        "kept_links": sum([b.n_link_chars for b in kept]) / n_kept,
        "kept_linked": sum([b.n_link_chars * 2 > len(b.text) for b in kept]) / len(kept),
        "kept_media": sum([b.media_up >= 0 for b in kept]) / len(kept),
        "kept_div": sum([boxes[b.box].tag == "div" for b in kept]) / len(kept),
        "kept_quotes": sum(map(text.count, '“”"«»„「」')) / n_kept * 1000,
        "kept_first": first / len(blocks),
        "span_share": n_kept / sum([len(b.text) for b in blocks[first : last + 1]]),
        "span_dropped": 1 - len(kept) / (last + 1 - first),
        "prose": log1p(len(prose)),
        "prose_size": log1p(sum(prose) * scale),
        "prose_page": sum(prose) / n_page,
        "home_share": max(homes.values()) / n_kept,
        "page_n_links": log1p(sum([b.n_links for b in blocks])),
        "page_media": log1p(sum([b.media_up >= 0 for b in blocks])),
    }


def _is_prose(block: Block, scale: float) -> bool:
    return len(block.text) * scale >= _PROSE_CHARS and block.n_link_chars * 3 < len(block.text)


def _of_small_blocks(cut: Cut) -> dict[str, float]:
    """Short blocks repeated but for their digits, with a date, with a price: what posts and products carry."""
    blocks = cut.layout.blocks
    first, last = cut.kept[0], cut.kept[-1]
    small = [(at, b.text) for at, b in enumerate(blocks) if len(b.text) < _SMALL_CHARS]
    with_digits = [(at, text) for at, text in small if not text.isalpha() and _DIGITS.search(text)]
    count = Counter(_DIGITS.sub("0", text) for _, text in small)
    n_repeated = sum([n for n in count.values() if n >= 3])
    dated = [at for at, text in with_digits if _DATED.search(text)]
    return {
        "repeats": log1p(max(count.values(), default=0)),
        "repeated": log1p(n_repeated),
        "dated": log1p(len(dated)),
        "dated_inside": log1p(sum([first <= at <= last for at in dated])),
        "dated_before": float(any(first - _NEAR <= at <= first for at in dated)),
        "priced": log1p(sum([_MONEY.search(text) is not None for _, text in with_digits])),
    }


def _of_boxes(cut: Cut) -> dict[str, float]:
    """Boxes that look alike side by side, and what the boxes are called: names count once, however often used."""
    boxes = cut.layout.boxes
    twins = Counter([(b.parent, b.signature) for b in boxes if b.end - b.first > 1])
    tags = Counter(map(attrgetter("tag"), boxes))
    signatures = set(map(attrgetter("signature"), boxes))
    names = " ".join(signatures).lower()
    found = {f"class_{word}": log1p(names.count(word) * 100 / len(signatures)) for word in _CLASSES}
    found |= {f"tag_{tag}": log1p(tags[tag] * 100 / len(boxes)) for tag in _TAGS}
    found["articles"] = log1p(tags["article"])
    found["twins"] = log1p(max(twins.values(), default=0))
    found["boxes"] = log1p(len(boxes))
    return found
