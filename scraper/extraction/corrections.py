"""What single scores cannot know: a list or a table stays or goes as a whole, a heading goes with what it heads,
and the standfirst is article although it looks like page furniture.

Works on chances, before anything is decided. Every number was tried on the cross-validated scores of the corpora
(gold paragraphs kept, news: .981 without, .986 with; no junk came in).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scraper.extraction.arrays import Floats
from scraper.extraction.blocks import Block, Box, Layout
from scraper.extraction.features import Hints
from scraper.text import words

KEEP = 0.5  # F1 is flat between .4 and .6

_TOGETHER = frozenset(("ul", "ol", "dl", "table"))
_MIN_MEMBERS = 3
_LONGEST_MEMBER = 600  # characters; a table with longer cells lays out the page
_MAX_CELL_BLOCKS = 3
_MAX_QUESTION_CHARS, _MIN_QUESTIONS = 200, 2
_BEHIND = 4  # blocks
_ANNOUNCED = 0.3
_NOTHING = 0.05  # lists whose members have less on average are menus
_HEADING = 0.25
_LEAD = 0.08
_LEAD_MIN_CHARS = 40
_LEAD_REACH = 12  # blocks before the first paragraph
_LEAD_LIKENESS = 0.7
_LEAD_NAMES = ("lead", "standfirst", "intro", "summary", "subtitle", "abstract", "excerpt", "sapo", "deck", "subhead")


def correct(layout: Layout, chance: Floats, hints: Hints) -> tuple[Floats, int]:
    """The corrected chances, and the index of the standfirst, -1 where there is none."""
    corrected = chance.copy()
    _as_a_whole(layout, corrected)
    _announced(layout, corrected)
    _questions(layout, corrected)
    _headings(layout, corrected)
    lead = _lead(layout, corrected, hints)
    if lead >= 0:
        corrected[lead] = max(corrected[lead], KEEP)
    return corrected, lead


def _as_a_whole(layout: Layout, chance: Floats) -> None:
    """Halfway to the common chance of the list or table, weighed by length; all the way where that is sure and the
    text goes on behind it (without the last condition: gold paragraphs as many, junk after the article .056 for .047).
    """
    size = np.array([float(len(b.text)) for b in layout.blocks])
    running = np.concatenate(([0.0], np.cumsum(chance)))
    of_columns = {_table(layout.boxes, at) for at, box in enumerate(layout.boxes) if is_column(box)}
    for at, box in enumerate(layout.boxes):
        if box.tag in _TOGETHER and box.end - box.first >= _MIN_MEMBERS and at not in of_columns:
            inside = slice(box.first, box.end)
            is_open = running[box.end] - running[box.first] > _NOTHING * (box.end - box.first)
            if is_open and size[inside].max() < _LONGEST_MEMBER:
                common = np.average(chance[inside], weights=size[inside])
                goes_on = bool((chance[box.end : box.end + _BEHIND] >= KEEP).any())
                chance[inside] = common if common >= KEEP and goes_on else (chance[inside] + common) / 2


def is_column(box: Box) -> bool:
    """Whether a cell is no part of a table but a column of the page: it holds several paragraphs."""
    return box.tag in ("td", "th") and box.end - box.first > _MAX_CELL_BLOCKS


def _table(boxes: Sequence[Box], at: int) -> int:
    """The index of the table around a box, or -1."""
    while at >= 0 and boxes[at].tag != "table":
        at = boxes[at].parent
    return at


def _announced(layout: Layout, chance: Floats) -> None:
    """A sentence that ends in a colon and the list or table behind it go together, whichever of them is sure."""
    for box in layout.boxes:
        if box.tag not in _TOGETHER or box.first == 0 or box.end - box.first < _MIN_MEMBERS:
            continue
        inside = slice(box.first, box.end)
        # At most one line (a "read also") may stand between the two.
        for at in range(box.first - 1, max(0, box.first - 3), -1):
            if not layout.blocks[at].text.rstrip().endswith((":", "：")):
                continue
            is_list_sure = chance[inside].mean() >= KEEP and at and chance[at - 1] >= KEEP
            if is_list_sure and chance[at] >= _ANNOUNCED and _is_sentence(layout.blocks[at]):
                chance[at] = max(chance[at], KEEP)
            elif at == box.first - 1 and chance[at] >= KEEP and chance[inside].mean() >= _ANNOUNCED:
                chance[inside] = np.maximum(chance[inside], KEEP)


def _questions(layout: Layout, chance: Floats) -> None:
    """In an interview (two short questions are sure) a short question between two kept blocks is one more."""
    asked = [
        at
        for at, block in enumerate(layout.blocks[1:-1], start=1)
        if len(block.text) <= _MAX_QUESTION_CHARS and block.text.endswith(("?", "？", "؟")) and not block.n_link_chars
    ]
    if sum(chance[at] >= KEEP for at in asked) < _MIN_QUESTIONS:
        return
    for at in asked:
        if chance[at] >= _ANNOUNCED and chance[at - 1] >= KEEP and chance[at + 1] >= KEEP:
            chance[at] = max(chance[at], KEEP)


def _headings(layout: Layout, chance: Floats) -> None:
    """A heading inside the article right before a kept block."""
    is_inside = False
    for at in range(len(chance) - 1):
        is_inside = is_inside or bool(chance[at] >= KEEP)
        is_near = _HEADING <= chance[at] < KEEP and chance[at + 1] >= KEEP
        if is_inside and is_near and layout.tag(layout.blocks[at]) in ("h2", "h3", "h4"):
            chance[at] = KEEP


def _lead(layout: Layout, chance: Floats, hints: Hints) -> int:
    """The last block before the first paragraph that says what the description says, or that its class calls so."""
    start = _first_paragraph(layout.blocks, chance)
    if start < 0:
        return -1
    heading = max((at for at in range(start) if layout.tag(layout.blocks[at]) == "h1"), default=0)
    description = set(words(hints.description or ""))
    candidates = [start] if chance[start] >= KEEP else []
    candidates += range(start - 1, max(heading, start - _LEAD_REACH) - 1, -1)
    for at in candidates:
        block = layout.blocks[at]
        if layout.tag(block) == "h1" or not _is_sentence(block):
            continue
        named = at < start and chance[at] >= _LEAD and _is_named(layout.around(block)[:2])
        if named or _is_like(block, description):
            return at
    return -1


def _first_paragraph(blocks: Sequence[Block], chance: Floats) -> int:
    kept = np.flatnonzero(chance >= KEEP).tolist()
    return next((at for at in kept if len(blocks[at].text) >= 2 * _LEAD_MIN_CHARS), kept[0] if kept else -1)


def _is_sentence(block: Block) -> bool:
    return len(block.text) >= _LEAD_MIN_CHARS and block.n_link_chars < 0.3 * len(block.text)


def _is_like(block: Block, description: set[str]) -> bool:
    own = set(words(block.text))
    if not description or len(own) < len(description) / 2:
        return False
    return len(own & description) >= _LEAD_LIKENESS * min(len(own), len(description))


def _is_named(around: Sequence[Box]) -> bool:
    names = " ".join(box.signature for box in around).lower()
    return any(name in names for name in _LEAD_NAMES)
