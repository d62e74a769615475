"""A layout as arrays: one value a block or a box, so that features are a few operations on whole pages.

Subtrees are slices of blocks (`Box.first` to `Box.end`), hence sums over boxes are differences of running sums.
Class names become bits here. Nothing is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scraper.extraction.blocks import Layout
from scraper.extraction.class_words import CLASS_WORDS, FOREIGN_BITS, TAG_BITS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# A Chinese character carries as much as 2.5 to 3.5 Latin letters (same articles, both languages).
_UNSPACED_SCALE = 2.5
# From this many letters without link on, text counts as prose: 60 to 100 made no difference on the corpora.
_PROSE = 80


@dataclass(slots=True)
class View:
    """The layout as arrays. Per block: size, link, prose, box. Per box: parent, depth, first, end, bits."""

    layout: Layout
    size: Floats
    link: Floats
    prose: Floats
    box: Ints
    parent: Ints
    depth: Ints
    first: Ints
    end: Ints
    own_bits: Ints
    all_bits: Ints
    signature: Ints

    def sums(self, values: Floats) -> Floats:
        """Per box, the sum of `values` over all blocks inside."""
        running = np.concatenate(([0.0], np.cumsum(values)))
        return running[self.end] - running[self.first]

    def distance(self, goal: int) -> tuple[Floats, Floats]:
        """Per box: steps up to the nearest box that also holds `goal`, and from there down to `goal`."""
        chain, at = {goal}, goal
        while at > 0:
            at = int(self.parent[at])
            chain.add(at)
        up, down = [0.0] * len(self.parent), [0.0] * len(self.parent)
        parents, depths = self.parent.tolist(), self.depth.tolist()
        for box, parent in enumerate(parents):
            if box in chain:
                down[box] = float(depths[goal] - depths[box])
            else:
                up[box], down[box] = up[parent] + 1.0, down[parent]
        return np.array(up), np.array(down)


def view(layout: Layout) -> View:
    """The arrays of a page with at least one block."""
    blocks, boxes = layout.blocks, layout.boxes
    size = np.array([len(b.text) for b in blocks], dtype=np.float64)
    joined = "".join(b.text for b in blocks[:: max(1, len(blocks) // 50)])
    if len(_UNSPACED.findall(joined)) > 0.3 * len(joined):
        size *= _UNSPACED_SCALE
    n_link = np.array([b.n_link_chars / max(1, len(b.text)) for b in blocks])
    own_bits, all_bits, signature = _bits(layout)
    return View(
        layout=layout,
        size=size,
        link=n_link,
        prose=np.where((size >= _PROSE) & ~_foreign(layout, own_bits), size * (1 - n_link) ** 2, 0.0),
        box=np.array([b.box for b in blocks]),
        parent=np.array([max(0, b.parent) for b in boxes]),
        depth=np.array([b.depth for b in boxes]),
        first=np.array([b.first for b in boxes]),
        end=np.array([b.end for b in boxes]),
        own_bits=np.array(own_bits),
        all_bits=np.array(all_bits),
        signature=np.array(signature),
    )


def _foreign(layout: Layout, own_bits: list[int]) -> npt.NDArray[np.bool_]:
    """The blocks that other people wrote: consent dialogues and comments never count as the page's prose.

    A box with such a class that holds the page's heading, or nearly all its text, is a page that has comments.
    """
    marked = np.zeros(len(layout.blocks), dtype=bool)
    h1 = next((at for at, b in enumerate(layout.blocks) if layout.boxes[b.box].tag == "h1"), -1)
    for box, bits in zip(layout.boxes, own_bits, strict=True):
        if bits & FOREIGN_BITS and not box.first <= h1 < box.end and box.end - box.first < 0.9 * len(marked):
            marked[box.first : box.end] = True
    return marked


def _bits(layout: Layout) -> tuple[list[int], list[int], list[int]]:
    """Per box: bits of its own class words, bits of its and all outer boxes' words and tags, number of its look."""
    known = _word_bits({box.signature for box in layout.boxes})
    own: list[int] = []
    everything: list[int] = []
    looks: list[int] = []
    seen: dict[tuple[int, str, str], int] = {}
    for at, box in enumerate(layout.boxes):
        bits = known[box.signature]
        above = everything[box.parent] if at else 0
        own.append(bits)
        everything.append(above | bits | TAG_BITS.get(box.tag, 0))
        look = (looks[box.parent] if at else -1, box.tag, box.signature)
        looks.append(seen.setdefault(look, len(seen)))
    return own, everything, looks


def _word_bits(signatures: set[str]) -> dict[str, int]:
    """Which groups of class words each signature contains. One search per word over all signatures at once."""
    names = sorted(signatures)
    plain = " \n ".join(name.replace("\n", " ") for name in names).lower().replace("-", " ").replace("_", " ")
    joined, bits = f" {plain} ", dict.fromkeys(names, 0)
    lengths = [len(line) + 1 for line in joined.split("\n")]
    ends = np.cumsum(lengths) - lengths
    for bit, group in enumerate(CLASS_WORDS.values()):
        hits = [at for word in group for at in _finds(joined, word)]
        if hits:
            for index in set((np.searchsorted(ends, hits, side="right") - 1).tolist()):
                bits[names[index]] |= 1 << bit
    return bits


def _finds(text: str, word: str) -> list[int]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at + 1)  # a word may begin with the blank before it; inside the name either way
        at = text.find(word, at + len(word))
    return found


def shifted(values: Floats, step: int, fill: float) -> Floats:
    """The values of the neighbours `step` places before (negative: after), `fill` where there is none."""
    out = np.full(len(values), fill)
    if step > 0:
        out[step:] = values[:-step]
    else:
        out[:step] = values[-step:]
    return out
