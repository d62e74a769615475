"""What can be seen of each block without understanding a word: a table, one row a feature, one column a block.

Every feature is language-independent: lengths (in units that do not assume spaces), links, punctuation,
tags, class names (an English convention everywhere), the boxes around and how much of the page's text they
hold, the neighbours, and how far the text agrees with what the page says about itself (`Hints`).

Nothing is decided here. The model names the rows it uses; its file carries a fingerprint of their values on
a sample page, so that a change here without a new training does not pass the tests.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from scraper.extraction import agreement, arrays
from scraper.extraction.agreement import Hints
from scraper.extraction.arrays import Floats, View, shifted
from scraper.extraction.characters import Mark
from scraper.extraction.class_words import CLASS_WORDS, TAG_BITS
from scraper.extraction.layout import Box, Layout, plain
from scraper.extraction.table import Table

_DIGITS = re.compile(r"\d+")
FOREIGN = "is_foreign"
"""The row that marks what other people wrote: comments and consent dialogues (of 6,990 such blocks 43 were article)."""

_MASKED = 160  # characters of a block that are compared with other blocks

_OWN_TAGS, _OUTER_TAGS = ("p", "li", "div", "td", "figcaption"), ("div", "li", "td", "blockquote")
_TAG_NUMBERS = {
    tag: at for at, tag in enumerate((*_OWN_TAGS, "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"), start=1)
}
_H1 = _TAG_NUMBERS["h1"]
_BIT_NAMES = (*CLASS_WORDS, *(f"tag_{tag}" for tag in TAG_BITS))


def table(layout: Layout, hints: Hints) -> Table:
    """One row a feature, one column a block; empty for a page without blocks."""
    if not layout.blocks:
        return Table.empty()
    view = arrays.view(layout)
    tags = np.array([_TAG_NUMBERS.get(box.tag, 0) for box in layout.boxes])
    heading = (tags[view.box] - _H1 + 1).clip(0).astype(np.float64)
    rows: dict[str, Floats] = {}
    rows |= _text(view)
    rows |= _tags(view, tags, heading)
    rows |= _looks(view)
    rows |= _containers(view)
    rows |= _places(view, heading)
    rows |= _neighbours(view, heading)
    rows |= _repetition(view)
    rows |= agreement.rows(layout, view.link, hints)
    return Table.of(rows, len(layout.blocks)).extended(*_names(view))


# ---------------------------------------------------------------- groups of features


def _text(view: View) -> dict[str, Floats]:
    texts, chars = [b.text for b in view.layout.blocks], view.chars
    n_bold, n_italic, n_links, n_before, n_after, media_up = view.counts
    marks = chars.count(Mark.PUNCTUATION).astype(np.float64)
    has_dots = np.array([t.endswith("...") for t in texts])
    has_url = np.array(["http" in t for t in texts])
    return {
        "size": view.size,
        "link_density": view.link,
        "n_links": n_links,
        "n_before_link": n_before,
        "n_after_link": n_after,
        "bold_density": n_bold / chars.n,
        "italic_density": n_italic / chars.n,
        "marks": marks,
        "mark_density": marks / view.size.clip(1),
        "ends_sentence": chars.ends(Mark.END),
        "ends_colon": np.maximum(chars.ends(Mark.COLON), has_dots),
        "begins_lower": chars.begins(Mark.LOWER),
        "upper_share": chars.share_at_start(Mark.UPPER),
        "digit_share": chars.share_at_start(Mark.DIGIT),
        "line_breaks": chars.count(Mark.NEWLINE).astype(np.float64),
        "media_up": media_up,
        FOREIGN: view.is_foreign,
        "has_bar": (chars.count(Mark.BAR) > 0).astype(np.float64),
        "has_at_or_url": ((chars.count(Mark.CONTACT) > 0) | has_url).astype(np.float64),
    }


def _tags(view: View, tags: arrays.Ints, heading: Floats) -> dict[str, Floats]:
    """The tags of the box a block stands in and of the next one; 1 to 6 in a heading of that level."""
    own, outer = tags[view.box], tags[view.parent[view.box]]
    found = {f"is_{tag}": (own == _TAG_NUMBERS[tag]).astype(np.float64) for tag in _OWN_TAGS}
    found |= {f"in_{tag}": (outer == _TAG_NUMBERS[tag]).astype(np.float64) for tag in _OUTER_TAGS}
    found["heading"] = heading
    boxes = view.layout.boxes
    found["is_hidden"] = np.array([boxes[at].is_hidden for at in view.box.tolist()], dtype=np.float64)
    return found


def _names(view: View) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """Class words near a block, and class words and tags of the boxes that part it from the main text."""
    own = np.array(view.own_bits)
    near = own[view.box] | own[view.parent[view.box]]
    apart, twins = _apart(view)
    under = np.array(view.all_bits)[view.box]
    n_words, n_both = len(CLASS_WORDS), len(_BIT_NAMES)
    rows = np.concatenate(
        (_unpacked(near)[:n_words], _unpacked(apart[view.box])[:n_both], _unpacked(under)[n_words:n_both])
    )
    return _NAMES, np.concatenate((rows, twins[view.box][None, :]), dtype=np.float32)


_NAMES = (
    *(f"near_{name}" for name in CLASS_WORDS),
    *(f"apart_{name}" for name in _BIT_NAMES),
    *(f"under_tag_{tag}" for tag in TAG_BITS),
    "apart_twins",
)


def _unpacked(bits: arrays.Ints) -> npt.NDArray[np.uint8]:
    """64 rows, one a bit."""
    return np.unpackbits(bits.astype("<i8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little").T


def _apart(view: View) -> tuple[arrays.Ints, Floats]:
    """Per box: bits of the boxes around it that do not hold the main text, and the most twins one of these has."""
    parents, n_inside = view.parent.tolist(), (view.end - view.first).tolist()
    chain = set(view.chain(view.core))
    bits, twins = [0] * len(parents), [0] * len(parents)
    family = (view.parent * len(parents) + view.signature).tolist()  # boxes of one look in one box
    count = Counter(family)
    for box, (parent, own, outer) in enumerate(zip(parents, view.own_bits, view.layout.boxes, strict=True)):
        if box in chain:
            continue
        bits[box] = bits[parent] | own | TAG_BITS.get(outer.tag, 0)
        above, n = twins[parent], count[family[box]]
        twins[box] = above if n < above or n_inside[box] < 2 else n
    return np.array(bits), np.array(twins, dtype=np.float64)


def _looks(view: View) -> dict[str, Floats]:
    """What blocks that look alike (same chain of tags and classes) have in common."""
    look = view.signature[view.box]
    count = np.bincount(look)
    size = np.bincount(look, weights=view.size)
    link = np.bincount(look, weights=view.size * view.link)
    prose = np.bincount(look, weights=view.prose)
    total, total_prose = view.size.sum(), view.total_prose
    return {
        "look_count": count[look].astype(float),
        "look_size": (size / count.clip(1))[look],
        "look_link_density": (link / size.clip(1))[look],
        "look_share": (size / max(1.0, total))[look],
        "look_prose_share": (prose / max(1.0, total_prose))[look],
    }


def _containers(view: View) -> dict[str, Floats]:
    size, link, prose = view.sums(view.size), view.sums(view.size * view.link), view.box_prose
    direct: Floats = np.bincount(view.box, weights=view.prose, minlength=len(view.parent)).astype(np.float64)
    direct_count: Floats = np.bincount(view.box, weights=view.prose > 0, minlength=len(view.parent)).astype(np.float64)
    nested: Floats = np.bincount(view.parent, weights=direct, minlength=len(view.parent)).astype(np.float64)
    total, total_prose = max(1.0, view.size.sum()), max(1.0, view.total_prose)
    count = (view.end - view.first).astype(float)
    shares = {
        "share": size / total,
        "prose_share": prose / total_prose,
        "link_density": link / size.clip(1),
        "block_size": size / count.clip(1),
        "count": count,
    }
    found: dict[str, Floats] = {}
    box = view.box
    for name in ("box", "box2", "box3", "box4"):
        found |= {f"{name}_{what}": values[box] for what, values in shares.items()}
        if name != "box":
            found[f"{name}_direct_share"] = nested[box] / total_prose
        box = view.parent[box]
    found["box_direct_count"] = direct_count[view.parent[view.box]]
    return found | _best(view, direct + nested)


def _best(view: View, near_prose: Floats) -> dict[str, Floats]:
    """Where a block stands relative to the box with most prose close to it, and to the box that holds most prose."""
    n, total, total_prose = len(view.box), max(1.0, view.size.sum()), max(1.0, view.total_prose)
    best = int(np.argmax(near_prose))
    order = np.arange(n)
    found: dict[str, Floats] = {}
    for name, at in (("best", best), ("core", view.core)):
        first, end = int(view.first[at]), int(view.end[at])
        up, down = view.distance(at)
        found |= {
            f"{name}_up": up[view.box],
            f"{name}_down": down[view.box],
            f"{name}_place": (order - first) / max(1, end - first),
            f"{name}_before": (first - order).clip(0).astype(float),
            f"{name}_after": (order - end + 1).clip(0).astype(float),
            f"{name}_share": np.full(n, view.box_prose[at] / total_prose),
        }
    whole = {
        "best_concentration": near_prose[best] / total_prose,
        "best_count": view.end[best] - view.first[best],
        "page_size": total,
        "page_prose": total_prose,
        "page_prose_share": total_prose / total,
        "page_count": n,
    }
    return found | {name: np.full(n, float(value)) for name, value in whole.items()}


def _places(view: View, heading: Floats) -> dict[str, Floats]:
    """Where a block stands in the page, and in the run of prose."""
    n = len(view.size)
    order, total = np.arange(n, dtype=float), max(1.0, view.size.sum())
    is_prose = view.prose > 0
    running = np.cumsum(view.prose)
    total_prose = max(1.0, float(running[-1]))
    h1 = int(np.argmax(heading == 1)) if (heading == 1).any() else -1
    last = np.maximum.accumulate(np.where(is_prose, order, -1.0))
    following = np.minimum.accumulate(np.where(is_prose, order, float(n))[::-1])[::-1]
    return {
        "place": order / n,
        "size_before": (np.cumsum(view.size) - view.size) / total,
        "prose_before": (running - view.prose) / total_prose,
        "since_h1": np.clip(order - h1, -50, 200) if h1 >= 0 else np.full(n, -99.0),
        "since_prose": np.where(last < 0, 99.0, order - last),
        "until_prose": np.where(following >= n, 99.0, following - order),
        "depth": view.depth[view.box].astype(float),
    }


def _neighbours(view: View, heading: Floats) -> dict[str, Floats]:
    look, outer = view.signature[view.box].astype(float), view.parent[view.box].astype(float)
    found = {}
    for name, step in (("prev", 1), ("next", -1)):
        found[f"{name}_size"] = shifted(view.size, step, -1.0)
        found[f"{name}_link_density"] = shifted(view.link, step, -1.0)
        found[f"{name}_same_look"] = (shifted(look, step, -1.0) == look).astype(float)
        found[f"{name}_same_box"] = (shifted(outer, step, -1.0) == outer).astype(float)
        found[f"{name}_heading"] = shifted(heading, step, -1.0)
    n = len(view.size)
    order = np.arange(n)
    size, prose = (np.concatenate(([0.0], np.cumsum(values))) for values in (view.size, view.prose))
    for reach in (3, 8):
        low, high = (order - reach).clip(0), (order + reach + 1).clip(max=n)
        found[f"prose_around_{reach}"] = (prose[high] - prose[low]) / (size[high] - size[low]).clip(1)
    return found


def _repetition(view: View) -> dict[str, Floats]:
    """How many blocks of the page say the same, begin with the same two words, or differ in digits only: labels do."""
    texts = [b.text for b in view.layout.blocks]
    has_digits = (view.chars.count(Mark.DIGIT) > 0).tolist()
    starts = [tuple(text.split(None, 2)[:2]) for text in texts]
    masked = [
        _DIGITS.sub("0", text[:_MASKED]) if has else text[:_MASKED] for text, has in zip(texts, has_digits, strict=True)
    ]
    found: dict[str, Floats] = {}
    for name, keys in (("same_start", starts), ("same_text", masked)):
        count = Counter[Any](keys)
        found[name] = np.array([float(count[key]) for key in keys])
    return found


ROWS = table(Layout([Box("body", "", -1, 0, 0, 1, 1)], [plain("text")]), Hints()).names
"""The names of all features, with the row of each."""

N_ROWS = len(ROWS)
AGREEMENT = slice(ROWS[agreement.NAMES[0]], ROWS[agreement.NAMES[-1]] + 1)
"""The rows that `agreement` gives."""
