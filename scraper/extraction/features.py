"""What can be seen of each block without understanding a word: a table of numbers, one row a block.

Every feature is language-independent: lengths (in units that do not assume spaces), links, punctuation,
tags, class names (an English convention everywhere), the boxes around and how much of the page's text they
hold, the neighbours, and how far the text agrees with what the page says about itself (`Hints`).

Nothing is decided here. The model names the columns it uses; its file carries a fingerprint of their values on
a sample page, so that a change here without a new training does not pass the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from scraper.extraction import arrays
from scraper.extraction.arrays import Floats, Ints, View, shifted
from scraper.extraction.blocks import Layout
from scraper.extraction.class_words import CLASS_WORDS, TAG_BITS
from scraper.extraction.memory import NOTHING, Repeats
from scraper.text import words

_MARK = re.compile(r"[.,;:!?…。，、！？；：؟،۔।]")
_END = tuple('.!?…。！？؟۔।”"»“')
_GLANCE = 30  # characters of a block that are looked at one by one
_TITLE_LIKENESS = 0.7
_ALL_LINK = 0.9
_LOOK = 160  # characters of a block that are compared with title, description and announced body


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known of the page besides its blocks. `repeated` is what the site repeats."""

    title: str | None = None
    description: str | None = None
    article_body: str | None = None
    language: str | None = None
    url: str = ""
    repeated: Repeats = NOTHING


def columns(layout: Layout, hints: Hints) -> dict[str, Floats]:
    """One column a feature, one value a block; empty for a page without blocks."""
    found: dict[str, Floats] = {}
    if layout.blocks:
        view = arrays.view(layout)
        for group in _GROUPS:
            found.update(group(view))
        found.update(_hints(view, hints))
    return found


# ---------------------------------------------------------------- groups of features


def _text(view: View) -> dict[str, Floats]:
    blocks = view.layout.blocks
    texts = [b.text for b in blocks]
    n = np.array([max(1, len(t)) for t in texts])
    marks = np.array([_n_marks(t) for t in texts])
    return {
        "size": view.size,
        "link_density": view.link,
        "n_links": np.array([float(b.n_links) for b in blocks]),
        "n_before_link": np.array([float(b.n_before_link) for b in blocks]),
        "n_after_link": np.array([float(b.n_after_link) for b in blocks]),
        "bold_density": np.array([b.n_bold_chars for b in blocks]) / n,
        "marks": marks.astype(float),
        "mark_density": marks / view.size.clip(1),
        "ends_sentence": np.array([float(t.endswith(_END)) for t in texts]),
        "ends_colon": np.array([float(t.endswith((":", "：", "…", "..."))) for t in texts]),
        "begins_lower": np.array([float(t[:1].islower()) for t in texts]),
        "upper_share": np.array([sum(map(str.isupper, t[:_GLANCE])) / min(_GLANCE, max(1, len(t))) for t in texts]),
        "digit_share": np.array([sum(map(str.isdigit, t[:_GLANCE])) / min(_GLANCE, max(1, len(t))) for t in texts]),
        "line_breaks": np.array([float(t.count("\n")) for t in texts]),
        "follows_media": np.array([float(b.follows_media) for b in blocks]),
        "has_bar": np.array([float("|" in t or "»" in t or "›" in t or "·" in t) for t in texts]),
        "has_at_or_url": np.array([float("@" in t or "http" in t or "©" in t) for t in texts]),
    }


def _n_marks(text: str) -> int:
    """How many punctuation marks; counted one by one where that is quicker."""
    return sum(map(text.count, ".,;:!?")) if text.isascii() else len(_MARK.findall(text))


def _tags(view: View) -> dict[str, Floats]:
    boxes = view.layout.boxes
    tags = [boxes[b.box].tag for b in view.layout.blocks]
    outer = [boxes[max(0, boxes[b.box].parent)].tag for b in view.layout.blocks]
    found = {f"is_{tag}": np.array([float(t == tag) for t in tags]) for tag in ("p", "li", "div", "td", "figcaption")}
    found |= {f"in_{tag}": np.array([float(t == tag) for t in outer]) for tag in ("div", "li", "td", "blockquote")}
    found["heading"] = _headings(view)
    found["is_hidden"] = np.array([float(boxes[b.box].is_hidden) for b in view.layout.blocks])
    return found


def _headings(view: View) -> Floats:
    """1 to 6 in a heading of that level, 0 elsewhere."""
    tags = [view.layout.boxes[b.box].tag for b in view.layout.blocks]
    return np.array([float(t[1]) if len(t) == 2 and t[0] == "h" and t[1] in "123456" else 0.0 for t in tags])


def _names(view: View) -> dict[str, Floats]:
    """Class words near a block, and class words and tags of the boxes that part it from the main text."""
    own = view.own_bits[view.box]
    near = own | view.own_bits[view.parent[view.box]]
    apart, twins = _apart(view)
    bits = list(enumerate(CLASS_WORDS))
    found = {f"near_{name}": ((near >> bit) & 1).astype(float) for bit, name in bits}
    found |= {f"apart_{name}": ((apart >> bit) & 1).astype(float) for bit, name in bits}
    found |= {f"apart_tag_{tag}": ((apart & bit) > 0).astype(float) for tag, bit in TAG_BITS.items()}
    found |= {f"under_tag_{tag}": ((view.all_bits[view.box] & bit) > 0).astype(float) for tag, bit in TAG_BITS.items()}
    found["apart_twins"] = twins
    return found


def _apart(view: View) -> tuple[Ints, Floats]:
    """Per block: bits of the boxes around it that do not hold the main text, and the most twins one of these has."""
    prose = view.sums(view.prose)
    core = int(np.flatnonzero(prose >= 0.6 * prose[0])[-1])
    chain, at = {core}, core
    while at > 0:
        at = int(view.parent[at])
        chain.add(at)
    looks, blocks_inside = view.signature.tolist(), (view.end - view.first).tolist()
    bits, twins = [0] * len(looks), [0] * len(looks)
    count: dict[tuple[int, int], int] = {}
    for box, parent in enumerate(view.parent.tolist()):
        key = (parent, looks[box])
        count[key] = count.get(key, 0) + 1
    for box, (parent, own) in enumerate(zip(view.parent.tolist(), view.own_bits.tolist(), strict=True)):
        if box not in chain:
            bits[box] = bits[parent] | own | TAG_BITS.get(view.layout.boxes[box].tag, 0)
            n_twins = count[parent, looks[box]] if blocks_inside[box] > 1 else 0
            twins[box] = max(twins[parent], n_twins)
    return np.array(bits)[view.box], np.array(twins, dtype=np.float64)[view.box]


def _looks(view: View) -> dict[str, Floats]:
    """What blocks that look alike (same chain of tags and classes) have in common."""
    look = view.signature[view.box]
    count = np.bincount(look)
    size = np.bincount(look, weights=view.size)
    link = np.bincount(look, weights=view.size * view.link)
    prose = np.bincount(look, weights=view.prose)
    total, total_prose = view.size.sum(), view.prose.sum()
    return {
        "look_count": count[look].astype(float),
        "look_size": (size / count.clip(1))[look],
        "look_link_density": (link / size.clip(1))[look],
        "look_share": (size / max(1.0, total))[look],
        "look_prose_share": (prose / max(1.0, total_prose))[look],
    }


def _containers(view: View) -> dict[str, Floats]:
    size, link, prose = view.sums(view.size), view.sums(view.size * view.link), view.sums(view.prose)
    direct: Floats = np.bincount(view.box, weights=view.prose, minlength=len(view.parent)).astype(np.float64)
    direct_count: Floats = np.bincount(view.box, weights=view.prose > 0, minlength=len(view.parent)).astype(np.float64)
    nested: Floats = np.bincount(view.parent, weights=direct, minlength=len(view.parent)).astype(np.float64)
    total, total_prose = max(1.0, view.size.sum()), max(1.0, view.prose.sum())
    count = (view.end - view.first).astype(float)
    found: dict[str, Floats] = {}
    box = view.box
    for name in ("box", "box2", "box3", "box4"):
        found |= {
            f"{name}_share": size[box] / total,
            f"{name}_prose_share": prose[box] / total_prose,
            f"{name}_link_density": link[box] / size[box].clip(1),
            f"{name}_block_size": size[box] / count[box].clip(1),
            f"{name}_count": count[box],
        }
        if name != "box":
            found[f"{name}_direct_share"] = nested[box] / total_prose
        box = view.parent[box]
    found["box_direct_count"] = direct_count[view.parent[view.box]]
    return found | _best(view, direct + nested, prose)


def _best(view: View, near_prose: Floats, prose: Floats) -> dict[str, Floats]:
    """Where a block stands relative to the box with most prose close to it, and to the box that holds most prose."""
    n, total, total_prose = len(view.box), max(1.0, view.size.sum()), max(1.0, view.prose.sum())
    best = int(np.argmax(near_prose))
    core = int(np.flatnonzero(prose >= 0.6 * prose[0])[-1])
    order = np.arange(n)
    found: dict[str, Floats] = {}
    for name, at in (("best", best), ("core", core)):
        first, end = int(view.first[at]), int(view.end[at])
        up, down = view.distance(at)
        found |= {
            f"{name}_up": up[view.box],
            f"{name}_down": down[view.box],
            f"{name}_place": (order - first) / max(1, end - first),
            f"{name}_before": (first - order).clip(0).astype(float),
            f"{name}_after": (order - end + 1).clip(0).astype(float),
            f"{name}_share": np.full(n, prose[at] / total_prose),
        }
    found["best_concentration"] = np.full(n, near_prose[best] / total_prose)
    found["best_count"] = np.full(n, float(view.end[best] - view.first[best]))
    found["page_size"] = np.full(n, total)
    found["page_prose"] = np.full(n, total_prose)
    found["page_prose_share"] = np.full(n, total_prose / total)
    found["page_count"] = np.full(n, float(n))
    return found


def _places(view: View) -> dict[str, Floats]:
    """Where a block stands in the page, and in the run of prose."""
    n = len(view.size)
    order, total = np.arange(n, dtype=float), max(1.0, view.size.sum())
    is_prose = view.prose > 0
    running = np.cumsum(view.prose)
    total_prose = max(1.0, float(running[-1]))
    tags = [view.layout.boxes[b.box].tag for b in view.layout.blocks]
    h1 = next((i for i, t in enumerate(tags) if t == "h1"), -1)
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


def _neighbours(view: View) -> dict[str, Floats]:
    heading = _headings(view)
    look, outer = view.signature[view.box].astype(float), view.parent[view.box].astype(float)
    found = {}
    for name, step in (("prev", 1), ("next", -1)):
        found[f"{name}_size"] = shifted(view.size, step, -1.0)
        found[f"{name}_link_density"] = shifted(view.link, step, -1.0)
        found[f"{name}_same_look"] = (shifted(look, step, -1.0) == look).astype(float)
        found[f"{name}_same_box"] = (shifted(outer, step, -1.0) == outer).astype(float)
    found["prev_heading"], found["next_heading"] = shifted(heading, 1, -1.0), shifted(heading, -1, -1.0)
    for reach in (3, 8):
        window = np.ones(2 * reach + 1)
        around = np.convolve(view.size, window)[reach : reach + len(view.size)]
        found[f"prose_around_{reach}"] = np.convolve(view.prose, window)[reach : reach + len(view.size)] / around.clip(
            1
        )
    return found


_GROUPS = (_text, _tags, _names, _looks, _containers, _places, _neighbours)


def _hints(view: View, hints: Hints) -> dict[str, Floats]:
    """How far blocks agree with what the page says about itself, and with each other."""
    blocks = view.layout.blocks
    title_words, description_words = set(words(hints.title or "")), set(words(hints.description or ""))
    announced = " ".join(words(hints.article_body or ""))
    seen: dict[str, int] = {}
    rows = []
    for at, block in enumerate(blocks):
        twin = float(seen.setdefault(block.text, at) != at)
        if block.n_link_chars > _ALL_LINK * len(block.text):  # menus and teasers: not worth the reading
            rows.append((0.0, 0.0, 0.0, 0.0, -1.0, twin))
            continue
        listed = words(block.text[:_LOOK])
        own = set(listed)
        n, in_title, in_description = max(1, len(own)), len(own & title_words), len(own & description_words)
        rows.append(
            (
                in_title / n,
                in_title / max(1, len(title_words)),
                in_description / n,
                in_description / max(1, len(description_words)),
                float(" ".join(listed) in announced) if announced and len(block.text) > 12 else -1.0,
                twin,
            )
        )
    found = dict(zip(_HINT_NAMES, np.array(rows, dtype=np.float64).T, strict=True))
    titles = [at for at, row in enumerate(rows) if row[0] >= _TITLE_LIKENESS and row[1] >= _TITLE_LIKENESS]
    since = np.arange(len(rows)) - (titles[0] if titles else 0)
    found["since_title"] = since.clip(-50, 200) * 1.0 if titles else np.full(len(rows), -99.0)
    found["announced_size"] = np.full(len(blocks), float(len(announced)))
    return found


_HINT_NAMES = ("title_precision", "title_recall", "description_precision", "description_recall", "announced", "is_twin")
