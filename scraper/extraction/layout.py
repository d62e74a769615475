"""A page as blocks of text and the boxes around them: values only, made by `blocks`.

A box is an element that a browser sets as a block and that holds text; boxes stand in document order, each after its
parent. A block is one run of text in a box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Box:
    """A block-level element with text in it.

    `first` and `end` bound the blocks inside it, its own index and `last` the boxes, as slices. `number` is that of an
    item in a numbered list, in the list itself that of its last item, and in a table's cell that of its column.
    """

    tag: str
    signature: str
    parent: int
    depth: int
    first: int
    end: int = 0
    last: int = 0
    is_hidden: bool = False
    number: int = 0


@dataclass(slots=True)
class Block:
    """One run of text. `box` is the index of the element it stands in; counts are in characters.

    `n_before_link` and `n_after_link` are what stands before the first and after the last link, -1 without links.
    `media_up` is the number of steps from its box up to the one that also holds the picture right before it, -1 where
    no picture came between it and the block before.
    """

    text: str
    box: int
    n_link_chars: int
    n_bold_chars: int
    n_italic_chars: int
    n_links: int
    n_before_link: int
    n_after_link: int
    media_up: int


@dataclass(slots=True)
class Layout:
    """All blocks of a page in order, and their boxes in document order, each after its parent; box 0 is the page."""

    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def tag(self, block: Block) -> str:
        """The tag of the element the block stands in."""
        return self.boxes[block.box].tag

    def around(self, block: Block) -> list[Box]:
        """The boxes around a block, innermost first."""
        found, at = [], block.box
        while at >= 0:
            found.append(self.boxes[at])
            at = self.boxes[at].parent
        return found


def plain(text: str) -> Block:
    """A block without links or anything else, in box 0."""
    return Block(text, 0, 0, 0, 0, 0, -1, -1, media_up=-1)


def paths(boxes: Sequence[Box]) -> list[str]:
    """For each box the tags from the page down to it."""
    found: list[str] = []
    for box in boxes:
        found.append(f"{found[box.parent]}/{box.tag}" if box.parent >= 0 else box.tag)
    return found
