"""Blocks -> paragraphs, with what their place in the page adds: rank of a heading, depth and number of a list item.

    marks = Marks(layout)
    paragraphs = [marks.paragraph(kind, block) for ...]

Follows HTML's own headings, lists and tables (WHATWG 4.3, 4.4, 4.9). Does not change any text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scraper.extraction.blocks import Block, Box, Layout
from scraper.values import CELL_BORDER, Paragraph, ParagraphKind

_RANKS = {f"h{rank}": rank for rank in range(1, 7)}
MARKED = frozenset((ParagraphKind.HEADING, ParagraphKind.LIST_ITEM, ParagraphKind.TABLE_ROW))
"""The kinds that place adds something to."""

_LISTS = frozenset(("ul", "ol", "menu", "dir"))
# A list item of more paragraphs than this is a section of the page that happens to be set as a list: of 2,950 kept
# list items on the corpora's news pages 402 stand in such, all of them bodies of articles, comments and references.
_MAX_ITEM_BLOCKS = 3


class Marks:
    """Makes the paragraphs of one article, in order: lists and tables need to know what came before."""

    def __init__(self, layout: Layout) -> None:
        self._boxes = layout.boxes
        self._item = -1
        self._row = -1
        self._cells: dict[int, str] = {}

    def add(self, found: list[Paragraph], kind: ParagraphKind, block: Block) -> None:
        """Add the paragraph a block makes; the blocks of one table row become one, cell by cell."""
        row, cell = self._place(block) if kind is ParagraphKind.TABLE_ROW else (-1, 0)
        if row < 0:
            found.append(self.paragraph(kind, block))
        elif row == self._row and found[-1].kind is ParagraphKind.TABLE_ROW:
            said = self._cells.get(cell)
            self._cells[cell] = block.text if said is None else f"{said}\n{block.text}"
            level = found[-1].level if self._is_head_cell(block) else 0
            found[-1] = replace(found[-1], text=self._joined(), level=level)
        else:
            self._cells = {cell: block.text}
            found.append(replace(self.paragraph(kind, block), text=self._joined()))
        self._row = row

    def _joined(self) -> str:
        """The cells so far, the empty ones between them included."""
        return CELL_BORDER.join(self._cells.get(cell, "") for cell in range(1, max(self._cells) + 1))

    def _place(self, block: Block) -> tuple[int, int]:
        """The box of the table row around a block, -1 without, and the number of its cell, from 1."""
        cell = 1
        for at, box in self._around(block):
            if box.tag in ("td", "th"):
                cell = max(1, box.number)
            elif box.tag == "tr":
                return at, cell
        return -1, cell

    def paragraph(self, kind: ParagraphKind, block: Block) -> Paragraph:
        """The paragraph a block makes. What a list item says behind its first paragraph is plain text."""
        if kind is ParagraphKind.HEADING:
            rank = next((_RANKS[box.tag] for _, box in self._around(block) if box.tag in _RANKS), 0)
            return Paragraph(kind=kind, text=block.text, level=rank)
        if kind is ParagraphKind.TABLE_ROW:
            return Paragraph(kind=kind, text=block.text, level=int(self._is_head_cell(block)))
        return self._list_item(block) if kind is ParagraphKind.LIST_ITEM else Paragraph(kind=kind, text=block.text)

    def _list_item(self, block: Block) -> Paragraph:
        item = next((at for at, box in self._around(block) if box.tag == "li"), -1)
        lists = [at for at, box in self._around(block) if box.tag in _LISTS]
        if item < 0 or not lists:
            return Paragraph(kind=ParagraphKind.LIST_ITEM, text=block.text)
        is_continued, self._item = item == self._item, item
        if is_continued or self._n_own(item) > _MAX_ITEM_BLOCKS:
            return Paragraph(kind=ParagraphKind.TEXT, text=block.text)
        number = self._boxes[item].number
        return Paragraph(kind=ParagraphKind.LIST_ITEM, text=block.text, level=len(lists), number=number)

    def _n_own(self, item: int) -> int:
        """The number of blocks in a list item that stand in no list inside it."""
        outer = self._boxes[item]
        n, end = outer.end - outer.first, outer.first
        for at in range(item + 1, len(self._boxes)):
            box = self._boxes[at]
            if box.first >= outer.end:
                break
            if box.tag in _LISTS and box.first >= end:
                n, end = n - (box.end - box.first), box.end
        return n

    def _is_head_cell(self, block: Block) -> bool:
        return next((box.tag == "th" for _, box in self._around(block) if box.tag in ("th", "td")), False)

    def _around(self, block: Block) -> Iterator[tuple[int, Box]]:
        """The boxes around a block with their places, innermost first."""
        at = block.box
        while at >= 0:
            yield at, self._boxes[at]
            at = self._boxes[at].parent
