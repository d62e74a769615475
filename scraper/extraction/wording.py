"""The second look: what words and neighbours say about blocks that could be article by their place and shape.

A promotion set as a plain paragraph cannot be told by markup. It can by what it says (`junk`), by having no word
in common with the text around it, and by standing among others of its kind. Only candidates are looked at, a few
dozen blocks a page, since words cost more than numbers.

Computes features; what they mean is learned (`model`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scraper.extraction import junk
from scraper.extraction.agreement import Hints
from scraper.extraction.arrays import Floats, Ints, shifted
from scraper.extraction.blocks import Layout
from scraper.extraction.table import Table
from scraper.text import word_lists

# Below these odds of the first look a block never came back in cross-validation.
CANDIDATE_LOG_ODDS = -1.5
_LONG_WORD, _WORD_STEM = 5, 7
_UNSPACED = "\u0e00"
_FIRST_WORDS = 60
_LONG_AGO = 99
_LABELS = {
    "comments": {"comment_invitation"},
    "related": {"read_also"},
    "author": {"author_box", "follow_us", "share"},
    "promotion": {
        "newsletter",
        "webinar",
        "subscription",
        "donation",
        "app",
        "download",
        "competition",
        "poll",
        "advertisement",
    },
}  # classes of `junk`
_FIRST_CHARS = 500

# Columns of the first look that the second one uses again.
SHARED = (
    "size", "link_density", "n_links", "bold_density", "n_before_link", "n_after_link", "ends_sentence", "ends_colon",
    "heading", "is_p", "is_li", "is_div", "upper_share", "digit_share", "mark_density", "media_up",
    "italic_density", "same_start", "same_text",
    "has_at_or_url", "has_bar", "look_count", "look_prose_share", "best_up", "core_up", "core_down", "apart_twins",
    "description_recall", "description_precision", "title_recall", "announced", "is_twin", "near_caption",
    "near_lead", "near_embed", "near_aside", "since_title", "apart_aside", "apart_promo", "apart_related",
    "apart_embed", "apart_tag_aside", "apart_tag_figure", "apart_tag_blockquote", "box_link_density",
    "box2_link_density",
)  # fmt: skip


def table(layout: Layout, first: Table, odds: Floats, hints: Hints) -> tuple[list[int], Table]:
    """The candidates' places among the blocks, and one row a feature, one column a candidate."""
    places = np.flatnonzero(odds > CANDIDATE_LOG_ODDS)
    candidates = places.tolist()
    if not candidates:
        return candidates, Table.empty()
    texts = [layout.blocks[at].text for at in candidates]
    rows = _odds(odds, places)
    rows |= _junk(np.array([junk.score(text, hints.language) for text in texts]))
    rows |= _labels(layout, places, hints.language)
    rows |= _topic(texts, odds[places])
    rows |= _order(np.array([float(len(text)) for text in texts]), odds[places], places)
    return candidates, Table.of(rows, len(places)).extended(SHARED, first.rows(SHARED)[:, places])


def _odds(odds: Floats, places: Ints) -> dict[str, Floats]:
    own = odds[places]
    found = {"odds": own}
    for step in (1, 2, -1, -2):
        found[f"odds_{step}"] = shifted(own, step, -9.0)
    found["odds_around"] = _window(own, 4)
    return found


def _junk(score: Floats) -> dict[str, Floats]:
    """The block's own promotional score, its neighbours', and how much of what follows is promotional."""
    n = len(score)
    is_junk = score >= 0.5
    after: Ints = np.cumsum(is_junk[::-1])[::-1] - is_junk.astype(np.int64)
    return {
        "junk": score,
        "junk_before": shifted(score, 1, 0.0),
        "junk_after": shifted(score, -1, 0.0),
        "junk_around_2": _window(score, 2),
        "junk_around_5": _window(score, 5),
        "junk_follows": after / np.arange(n, 0, -1),
        "junk_share": np.full(n, is_junk.mean()),
        "junk_distance": _distance(is_junk),
    }


def _labels(layout: Layout, places: Ints, language: str | None) -> dict[str, Floats]:
    """How many blocks ago the page announced something else than its article: comments, other articles, its author."""
    found = junk.labels([block.text for block in layout.blocks], language)
    order = np.arange(len(found))
    rows = {}
    for name, classes in _LABELS.items():
        last = np.maximum.accumulate(np.where([kind in classes for kind in found], order, -_LONG_AGO))
        rows[f"since_{name}"] = (order - last)[places].clip(0, _LONG_AGO).astype(np.float64)
    return rows


def _topic(texts: Sequence[str], odds: Floats) -> dict[str, Floats]:
    """How much of a block's vocabulary the rest of the probable article shares."""
    vocabularies = [_long_words(words[:_FIRST_WORDS]) for words in word_lists(texts, _FIRST_CHARS)]
    is_probable = (odds > 0).tolist()
    count: Counter[str] = Counter()
    for own, probable in zip(vocabularies, is_probable, strict=True):
        if probable:
            count.update(own)
    times = count.get
    shared = [
        sum([times(word, 0) > probable for word in own]) / (len(own) or 1)
        for own, probable in zip(vocabularies, is_probable, strict=True)
    ]
    share = np.array(shared)
    number = np.array([float(len(own)) for own in vocabularies])
    return {"topic_share": share, "topic_words": number, "topic_around": _window(share, 2)}


def _long_words(words: Sequence[str]) -> set[str]:
    """The telling ones of these words: the long ones, or pairs of characters where words are not set apart."""
    found = {word[:_WORD_STEM] for word in words if len(word) >= _LONG_WORD}  # inflected forms count as one
    if words and max(words) >= _UNSPACED:
        wide = [word for word in words if word[0] >= _UNSPACED]
        found -= {word[:_WORD_STEM] for word in wide}
        found |= {word[at : at + 2] for word in wide for at in range(min(len(word) - 1, _FIRST_WORDS))}
    return found


def _order(size: Floats, odds: Floats, places: Ints) -> dict[str, Floats]:
    """Where a candidate stands among the candidates."""
    n, probable = len(size), np.where(odds > 0, size, 0.0)
    total = max(1.0, float(probable.sum()))
    before = np.cumsum(probable) - probable
    return {
        "from_start": np.arange(n, dtype=np.float64),
        "from_end": np.arange(n - 1, -1, -1, dtype=np.float64),
        "share_before": before / total,
        "share_after": (total - before - probable) / total,
        "n_skipped_before": np.diff(places, prepend=places[0] - 1).astype(np.float64),
        "n_skipped_after": np.diff(places, append=places[-1] + 1).astype(np.float64),
        "size_before": shifted(size, 1, 0.0),
        "size_after": shifted(size, -1, 0.0),
        "n_candidates": np.full(n, float(n)),
    }


def _window(values: Floats, reach: int) -> Floats:
    """The mean over the neighbours up to `reach` on both sides, the block itself left out."""
    n = len(values)
    ones = np.ones(2 * reach + 1)
    ones[reach] = 0
    total = np.convolve(values, ones)[reach : reach + n]
    return np.asarray(total / np.convolve(np.ones(n), ones)[reach : reach + n].clip(1))


def _distance(marked: npt.NDArray[np.bool_]) -> Floats:
    """Steps to the nearest marked block, itself included; 50 at most."""
    places = np.flatnonzero(marked)
    if not len(places):
        return np.full(len(marked), 50.0)
    steps = np.abs(np.arange(len(marked))[:, None] - places[None, :]).min(axis=1)
    return np.asarray(steps.clip(0, 50), dtype=np.float64)
