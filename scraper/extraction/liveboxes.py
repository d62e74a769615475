"""Boxes of a page that repeat with a time in each: the updates of a live blog, as far as structure tells.

Comments, teasers and forum posts look the same; whether a box belongs to the article is not decided here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from scraper import dom
from scraper.extraction import blocks
from scraper.text import squash

_STAMPS = "time, [class*='timestamp' i], [class*='zeit' i], [class*='hour' i], [class*='hora' i], [class$='time' i]"
_MIN_BOXES = 3
_MIN_CHARS = 40
_MAX_STAMPS, _MAX_RAW_CHARS, _MAX_STAMP_CHARS, _MAX_DEPTH = 2000, 400, 60, 8
_NEARLY_ALL = 0.8
_MAX_CHARS = 4_000_000  # looked at in all; boxes in boxes cost their text at every depth
_OF_READERS = re.compile("comment|komment|disqus", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBox:
    """One box: its time as the page writes it (`datetime` first), its heading, and its other texts in order."""

    stamp: str
    title: str | None
    lines: tuple[str, ...]


def find(tree: dom.Tree) -> list[LiveBox]:
    """The boxes that hold most text among those of one tag and class with a time in each; empty if fewer than three."""
    stamps: dict[int, str] = {}
    boxes: dict[str, dict[int, dom.Node]] = defaultdict(dict)
    budget = _MAX_CHARS
    for node in tree.css(_STAMPS)[:_MAX_STAMPS]:
        shown = node.text()
        budget -= len(shown)
        if budget < 0 or not any(c.isdigit() for c in shown[:_MAX_RAW_CHARS]):
            continue
        shown = squash(shown[:_MAX_RAW_CHARS])
        if len(shown) > _MAX_STAMP_CHARS:
            continue
        for signature, box in _around(node):
            boxes[signature][box.mem_id] = box
            stamps.setdefault(box.mem_id, node.attributes.get("datetime") or shown)
    best = _fullest({s: list(members.values()) for s, members in boxes.items() if len(members) >= _MIN_BOXES}, budget)
    return [_box(node, stamps[node.mem_id]) for node in best]


def _fullest(boxes: dict[str, list[dom.Node]], budget: int) -> list[dom.Node]:
    """The most numerous of the groups that hold nearly as much text as the fullest; empty if that costs too much."""
    sizes: dict[str, int] = {}
    for signature, members in boxes.items():
        sizes[signature] = 0
        for node in members:
            n = len(node.text())
            sizes[signature], budget = sizes[signature] + n, budget - n
            if budget < 0:
                return []
    most = max(sizes.values(), default=0)
    full = [s for s, size in sizes.items() if size >= _NEARLY_ALL * most and size >= _MIN_CHARS * len(boxes[s])]
    return boxes[max(full, key=lambda s: len(boxes[s]))] if full else []


def _around(node: dom.Node) -> Iterator[tuple[str, dom.Node]]:
    """The elements around a time, with what all boxes of that sort share."""
    above = node.parent
    for _ in range(_MAX_DEPTH):
        if above is None or above.tag in ("body", "html", "main"):
            return
        name = above.attributes.get("class")
        if name and _OF_READERS.search(name):
            return
        if name or above.tag in ("li", "article", "section", "tr"):
            yield f"{above.tag} {name}", above
        above = above.parent


def _box(node: dom.Node, stamp: str) -> LiveBox:
    layout = blocks.read(dom.parse(node.html or ""))
    title, lines = None, []
    for block in layout.blocks:
        if title is None and any(box.tag in _HEADINGS for box in layout.around(block)):
            title = block.text
        else:
            lines.append(block.text)
    return LiveBox(stamp=stamp, title=title, lines=tuple(lines))
