"""A layout as arrays: one value a block or a box, so that features are a few operations on whole pages.

Subtrees are slices of blocks (`Box.first` to `Box.end`), hence sums over boxes are differences of running sums.
Class names become bits here. Nothing is judged.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import attrgetter, or_

import numpy as np
import numpy.typing as npt

from scraper.extraction.blocks import Layout
from scraper.extraction.characters import Characters, Mark
from scraper.extraction.class_words import CLASS_WORDS, FOREIGN_BITS, TAG_BITS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# A Chinese character carries as much as 2.5 to 3.5 Latin letters (same articles, both languages).
_UNSPACED_SCALE = 2.5
_UNSPACED_SHARE = 0.3
# From this many letters without link on, text counts as prose: 60 to 100 made no difference on the corpora.
_PROSE = 80
_COUNTED = attrgetter(
    *("box", "n_link_chars", "n_bold_chars", "n_italic_chars"),
    *("n_links", "n_before_link", "n_after_link", "media_up"),
)
_CORE_SHARE = 0.6  # of the page's prose, held by the innermost box that counts as its main text


@dataclass(slots=True)
class View:
    """The layout as arrays. Per block: size, link, prose, box, tag. Per box: parent, depth, first, end, last, bits.

    `core` is the innermost box with most of the prose; `tag` numbers the tags as `TAGS` has them, -1 for others.
    """

    layout: Layout
    chars: Characters
    size: Floats
    link: Floats
    prose: Floats
    is_foreign: Floats
    counts: Floats
    box: Ints
    parent: Ints
    depth: Ints
    first: Ints
    end: Ints
    last: Ints
    own_bits: list[int]
    all_bits: list[int]
    signature: Ints
    box_prose: Floats
    core: int

    @property
    def total_prose(self) -> float:
        """All prose of the page, added up in order."""
        return float(np.cumsum(self.prose)[-1])

    def sums(self, values: Floats) -> Floats:
        """Per box, the sum of `values` over all blocks inside."""
        running = np.concatenate(([0.0], np.cumsum(values)))
        return running[self.end] - running[self.first]

    def chain(self, goal: int) -> list[int]:
        """The boxes from the page down to `goal`."""
        found = [goal]
        while found[-1] > 0:
            found.append(int(self.parent[found[-1]]))
        return found[::-1]

    def distance(self, goal: int) -> tuple[Floats, Floats]:
        """Per box: steps up to the nearest box that also holds `goal`, and from there down to `goal`."""
        meeting = np.zeros(len(self.parent))
        for box in self.chain(goal):
            meeting[box : self.last[box]] = self.depth[box]
        return self.depth - meeting, self.depth[goal] - meeting


def view(layout: Layout) -> View:
    """The arrays of a page with at least one block."""
    chars = Characters([b.text for b in layout.blocks])
    box, n_link, *counts = _per_block(layout)
    parent, depth, first, end, last = _per_box(layout)
    size = chars.n.astype(np.float64)
    if chars.count(Mark.UNSPACED).sum() > _UNSPACED_SHARE * size.sum():
        size *= _UNSPACED_SCALE
    link = n_link / chars.n
    own_bits, all_bits, signature = _bits(layout)
    is_foreign = _foreign(layout, own_bits)
    prose = np.where((size >= _PROSE) & ~is_foreign, size * (1 - link) ** 2, 0.0)
    running = np.concatenate(([0.0], np.cumsum(prose)))
    box_prose = running[end] - running[first]
    return View(
        layout=layout,
        chars=chars,
        size=size,
        link=link,
        prose=prose,
        is_foreign=is_foreign.astype(np.float64),
        counts=np.array(counts, dtype=np.float64),
        box=box,
        parent=parent,
        depth=depth,
        first=first,
        end=end,
        last=last,
        own_bits=own_bits,
        all_bits=all_bits,
        signature=signature,
        box_prose=box_prose,
        core=int(np.flatnonzero(box_prose >= _CORE_SHARE * box_prose[0])[-1]),
    )


def _per_block(layout: Layout) -> Ints:
    """Rows of one number a block: its box, and what it counts."""
    return np.array(list(map(_COUNTED, layout.blocks))).T


def _per_box(layout: Layout) -> Ints:
    """Rows of one number a box: its parent (the page's own is itself), depth, blocks and boxes."""
    return np.array([(max(0, b.parent), b.depth, b.first, b.end, b.last) for b in layout.boxes]).T


def _foreign(layout: Layout, own_bits: list[int]) -> npt.NDArray[np.bool_]:
    """The blocks that other people wrote: consent dialogues and comments never count as the page's prose.

    A box with such a class that holds the page's heading, or nearly all its text, is a page that has comments.
    """
    marked = np.zeros(len(layout.blocks), dtype=bool)
    boxes = layout.boxes
    named = [at for at, bits in enumerate(own_bits) if bits & FOREIGN_BITS]
    if not named:
        return marked
    h1 = next((at for at, b in enumerate(layout.blocks) if boxes[b.box].tag == "h1"), -1)
    for box in (boxes[at] for at in named):
        if not box.first <= h1 < box.end and box.end - box.first < 0.9 * len(marked):
            marked[box.first : box.end] = True
    return marked


def _bits(layout: Layout) -> tuple[list[int], list[int], Ints]:
    """Per box: bits of its own class words, bits of its and all outer boxes' words and tags, number of its look."""
    known = _word_bits({box.signature for box in layout.boxes})
    own: list[int] = []
    everything: list[int] = [0]
    looks: list[int] = [-1]
    seen: dict[tuple[int, str, str], int] = {}
    for box in layout.boxes:
        tag, name, above = box.tag, box.signature, box.parent + 1
        bits = known[name]
        own.append(bits)
        everything.append(everything[above] | bits | TAG_BITS.get(tag, 0))
        looks.append(seen.setdefault((looks[above], tag, name), len(seen)))
    return own, everything[1:], np.array(looks[1:])


def _word_bits(signatures: set[str]) -> dict[str, int]:
    """Which groups of class words each signature contains.

    All names are searched at once, each name once: first for the beginnings of words, which is one look at an array.
    """
    names = sorted({name for signature in signatures for name in signature.split()})
    joined = " \n ".join(["", *names, ""]).lower().replace("-", " ").replace("_", " ")
    ends = list(accumulate(len(line) + 1 for line in joined.split("\n")))[1:]
    bits = [0] * len(names)
    letters = _LETTERS[np.frombuffer(joined.encode("latin-1", "replace"), dtype=np.uint8)]
    starts = _IS_START[letters[:-2] << 10 | letters[1:-1] << 5 | letters[2:]]
    for at in np.flatnonzero(starts).tolist():
        for word, bit in _WORDS[joined[at : at + _START]]:
            if joined.startswith(word, at):  # a word may begin with the blank before the name it is in
                bits[bisect_right(ends, at + 1)] |= bit
    of_name = dict(zip(names, bits, strict=True))
    return {signature: reduce(or_, map(of_name.__getitem__, signature.split()), 0) for signature in signatures}


def _words_by_start() -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for bit, group in enumerate(CLASS_WORDS.values()):
        for word in group:
            found.setdefault(word[:_START], []).append((word, 1 << bit))
    return found


def _letters() -> npt.NDArray[np.int64]:
    """1 to 26 for letters, 27 for the blank, 0 for anything else."""
    table = np.zeros(256, dtype=np.int64)
    table[ord("a") : ord("z") + 1] = np.arange(1, 27)
    table[ord(" ")] = 27
    return table


def _starts() -> npt.NDArray[np.bool_]:
    """Whether a word begins with three letters, by their numbers, five bits each."""
    table = np.zeros(1 << 15, dtype=np.bool_)
    for start in _WORDS:
        first, second, third = _LETTERS[list(start.encode())].tolist()
        table[first << 10 | second << 5 | third] = True
    return table


_START = 3
_WORDS = _words_by_start()
_LETTERS = _letters()
_IS_START = _starts()


def shifted(values: Floats, step: int, fill: float) -> Floats:
    """The values of the neighbours `step` places before (negative: after), `fill` where there is none."""
    out = np.full(len(values), fill)
    if step > 0:
        out[step:] = values[:-step]
    else:
        out[:step] = values[-step:]
    return out
