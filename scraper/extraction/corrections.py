"""What single scores cannot know: a list or a table stays or goes as a whole, a heading goes with what it heads,
and the standfirst is article although it looks like page furniture.

Works on chances, before anything is decided. Every number was tried on the cross-validated scores of the corpora
(gold paragraphs kept, news: .981 without, .986 with; no junk came in).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scraper.extraction.agreement import Hints
from scraper.extraction.arrays import Floats
from scraper.extraction.blocks import Block, Box, Layout
from scraper.extraction.draft import KEEP, is_column
from scraper.text import words

_TOGETHER = frozenset(("ul", "ol", "dl", "table"))
_MIN_MEMBERS = 3
_LONGEST_MEMBER = 600  # characters; a table with longer cells lays out the page
_MAX_QUESTION_CHARS, _MIN_QUESTIONS = 200, 2
_BEHIND = 4  # blocks
_ANNOUNCED = 0.3
_NOTHING = 0.05  # lists whose members have less on average are menus
_HEADING = 0.25
_LEAD = 0.08
_LEAD_MIN_CHARS = 40
_UNSPACED, _UNSPACED_SCALE = "\u0e00", 2.5  # scripts that say more in fewer signs: see `arrays`
_LEAD_REACH = 12  # blocks before the first paragraph
_LEAD_LIKENESS = 0.7
_LEAD_NAMES = ("lead", "standfirst", "intro", "summary", "subtitle", "abstract", "excerpt", "sapo", "deck", "subhead")


def correct(layout: Layout, chance: Floats, hints: Hints) -> tuple[Floats, int]:
    """The corrected chances, and the index of the standfirst, -1 where there is none."""
    corrected = chance.copy()
    lists = [box for box in layout.boxes if box.tag in _TOGETHER and box.end - box.first >= _MIN_MEMBERS]
    quotes = [box for box in layout.boxes if box.tag == "blockquote" and box.end - box.first > 1]
    if lists or quotes:
        _as_a_whole(layout, lists + quotes, corrected)
        _announced(layout, lists, corrected)
    changed = corrected.tolist()
    _questions(layout, changed)
    _headings(layout, changed)
    lead = _lead(layout, changed, hints)
    if lead >= 0:
        changed[lead] = max(changed[lead], KEEP)
    return np.array(changed), lead


def _as_a_whole(layout: Layout, wholes: Sequence[Box], chance: Floats) -> None:
    """Halfway to the common chance of the list, table or quote, weighed by length.

    All the way where that is sure and the text goes on behind it (without the last condition: gold paragraphs as many,
    junk after the article .056 for .047).
    """
    size = np.array([float(len(b.text)) for b in layout.blocks])
    running = np.concatenate(([0.0], np.cumsum(chance))).tolist()
    of_columns = {_table(layout.boxes, box) for box in layout.boxes if is_column(box)}
    for box in wholes:
        first, end = box.first, box.end
        if running[end] - running[first] <= _NOTHING * (end - first) or (box.first, box.depth) in of_columns:
            continue
        inside = slice(first, end)
        if size[inside].max() < _LONGEST_MEMBER:
            common = np.average(chance[inside], weights=size[inside])
            goes_on = bool((chance[end : end + _BEHIND] >= KEEP).any())
            chance[inside] = common if common >= KEEP and goes_on else (chance[inside] + common) / 2


def _table(boxes: Sequence[Box], box: Box) -> tuple[int, int]:
    """First block and depth of the table around a box, which no two boxes share; (-1, -1) where there is none."""
    while box.tag != "table" and box.parent >= 0:
        box = boxes[box.parent]
    return (box.first, box.depth) if box.tag == "table" else (-1, -1)


def _announced(layout: Layout, lists: Sequence[Box], chance: Floats) -> None:
    """A sentence that ends in a colon and the list or table behind it go together, whichever of them is sure."""
    for box in lists:
        inside = slice(box.first, box.end)
        # At most one line (a "read also") may stand between the two.
        for at in range(box.first - 1, max(0, box.first - 3), -1):
            if not layout.blocks[at].text.endswith((":", "：")):
                continue
            is_list_sure = chance[inside].mean() >= KEEP and at and chance[at - 1] >= KEEP
            if is_list_sure and chance[at] >= _ANNOUNCED and _is_sentence(layout.blocks[at]):
                chance[at] = max(chance[at], KEEP)
            elif at == box.first - 1 and chance[at] >= KEEP and chance[inside].mean() >= _ANNOUNCED:
                chance[inside] = np.maximum(chance[inside], KEEP)


def _questions(layout: Layout, chance: list[float]) -> None:
    """In an interview (two short questions are sure) a short question between two kept blocks is one more."""
    asked = [
        at
        for at, block in enumerate(layout.blocks[1:-1], start=1)
        if block.text.endswith(("?", "？", "؟")) and len(block.text) <= _MAX_QUESTION_CHARS and not block.n_link_chars
    ]
    if sum(chance[at] >= KEEP for at in asked) < _MIN_QUESTIONS:
        return
    for at in asked:
        if chance[at] >= _ANNOUNCED and chance[at - 1] >= KEEP and chance[at + 1] >= KEEP:
            chance[at] = max(chance[at], KEEP)


def _headings(layout: Layout, chance: list[float]) -> None:
    """A heading inside the article right before a kept block."""
    is_inside = False
    for at in range(len(chance) - 1):
        is_inside = is_inside or chance[at] >= KEEP
        is_near = is_inside and _HEADING <= chance[at] < KEEP and chance[at + 1] >= KEEP
        if is_near and layout.tag(layout.blocks[at]) in ("h2", "h3", "h4"):
            chance[at] = KEEP


def _lead(layout: Layout, chance: Sequence[float], hints: Hints) -> int:
    """The last block before the first paragraph that says what the description says, or that its class calls so."""
    start = _first_paragraph(layout.blocks, chance)
    if start < 0:
        return -1
    first = max(0, start - _LEAD_REACH)
    heading = max((at for at in range(first, start) if layout.tag(layout.blocks[at]) == "h1"), default=first)
    description = set(words(hints.description or ""))
    above: list[int] = [*range(start - 1, heading - 1, -1)]
    for at in [*above, start]:
        block = layout.blocks[at]
        if layout.tag(block) == "h1" or not _is_sentence(block):
            continue
        named = at < start and chance[at] >= _LEAD and _is_named(layout.around(block)[:2])
        if named or (_is_like(block, description) and (at < start or chance[at] >= KEEP)):
            return at
    return -1


def _first_paragraph(blocks: Sequence[Block], chance: Sequence[float]) -> int:
    kept = [at for at, value in enumerate(chance) if value >= KEEP]
    return next((at for at in kept if len(blocks[at].text) >= 2 * _LEAD_MIN_CHARS), kept[0] if kept else -1)


def _is_sentence(block: Block) -> bool:
    n_chars = len(block.text) * (_UNSPACED_SCALE if block.text[len(block.text) // 2] >= _UNSPACED else 1)
    return n_chars >= _LEAD_MIN_CHARS and block.n_link_chars < 0.3 * len(block.text)


def _is_like(block: Block, description: set[str]) -> bool:
    own = set(words(block.text))
    if not description or len(own) < len(description) / 2:
        return False
    return len(own & description) >= _LEAD_LIKENESS * min(len(own), len(description))


def _is_named(around: Sequence[Box]) -> bool:
    names = " ".join(box.signature for box in around).lower()
    return any(name in names for name in _LEAD_NAMES)
