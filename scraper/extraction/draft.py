"""The article while it is being decided: of every block whether it stays, and why.

The rules of `body` change a draft; a finished one gives the article's paragraphs, and every block's fate for those
who ask. Kinds and paths are worked out when asked for, since most blocks of a page go without anybody looking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scraper.extraction.blocks import Box, Layout
from scraper.extraction.marks import MARKED, Marks
from scraper.values import Paragraph, ParagraphKind

ARTICLE, NOT_ARTICLE = "article", "not article"
KEEP = 0.5  # F1 is flat between .4 and .6
_MAX_CELL_BLOCKS = 3

_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), ParagraphKind.HEADING),
    **dict.fromkeys(("td", "th"), ParagraphKind.TABLE_ROW),
    **dict.fromkeys(("blockquote", "q"), ParagraphKind.QUOTE),
    "li": ParagraphKind.LIST_ITEM,
    "pre": ParagraphKind.CODE,
    "figcaption": ParagraphKind.CAPTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one block, and why."""

    text: str
    path: str
    score: float
    is_kept: bool
    reason: str
    kind: ParagraphKind


class Draft:
    """One value a block: its text, its score, whether it is kept, and the reason. `lead` is the standfirst's, or -1."""

    def __init__(self, layout: Layout, scores: Sequence[float], chances: Sequence[float]) -> None:
        self.layout = layout
        self.texts = [block.text for block in layout.blocks]
        self.scores = scores
        self.is_kept = [chance >= KEEP for chance in chances]
        self.reasons = [ARTICLE if is_kept else NOT_ARTICLE for is_kept in self.is_kept]
        self.lead = -1
        self._kept: list[int] | None = None
        self._kinds: dict[int, ParagraphKind] = {}
        for at, score in enumerate(scores):
            if self.is_kept[at] != (score >= KEEP):
                self.reasons[at] += ", like the blocks it belongs to"

    def kept(self) -> list[int]:
        """The places of the kept blocks."""
        if self._kept is None:
            self._kept = [at for at, is_kept in enumerate(self.is_kept) if is_kept]
        return list(self._kept)

    def keep(self, at: int, reason: str) -> None:
        """The block at that place stays, for that reason."""
        self.is_kept[at], self.reasons[at], self._kept = True, reason, None

    def drop(self, at: int, reason: str) -> None:
        """The block at that place goes, for that reason."""
        self.is_kept[at], self.reasons[at], self._kept = False, reason, None

    def dropped_share(self, reason: str) -> float:
        """The letters dropped for that reason, as a share of them and of what is kept."""
        dropped = sum(len(text) for text, why in zip(self.texts, self.reasons, strict=True) if why == reason)
        kept = sum(len(self.texts[at]) for at in self.kept())
        return dropped / (dropped + kept) if dropped else 0.0

    def path(self, at: int) -> str:
        """The tags from the page down to the block's box."""
        return "/".join(box.tag for box in reversed(self.layout.around(self.layout.blocks[at])))

    def kind(self, at: int) -> ParagraphKind:
        """What a paragraph of that block is: the nearest element that says something decides."""
        if at == self.lead:
            return ParagraphKind.LEAD
        block, boxes = self.layout.blocks[at], self.layout.boxes
        if block.media_up >= 0 and _is_captioned(boxes, block.box):
            return ParagraphKind.CAPTION
        return self._kind_in(block.box)

    def _kind_in(self, at: int) -> ParagraphKind:
        """What a paragraph in that box is; each box is asked once."""
        asked: list[int] = []  # no recursion: hostile pages nest thousands deep
        while (known := self._kinds.get(at)) is None:
            asked.append(at)
            box = self.layout.boxes[at]
            known = ParagraphKind.TEXT if is_column(box) or box.parent < 0 else _KINDS.get(box.tag)
            if known is not None:
                break
            at = box.parent
        self._kinds.update(dict.fromkeys(asked, known))
        return known

    def paragraphs(self) -> list[Paragraph]:
        """The kept blocks as paragraphs; the cells of one table row become one."""
        found: list[Paragraph] = []
        marks = Marks(self.layout)
        for at in self.kept():
            kind = self.kind(at)
            if kind in MARKED:
                marks.add(found, kind, self.layout.blocks[at])
            else:
                found.append(Paragraph(kind=kind, text=self.texts[at]))
        return found

    def confidence(self) -> float:
        """How sure the scores of the kept text are, weighed by length: 0 without text, near 1 for a plain article."""
        kept = self.kept()
        total = sum(len(self.texts[at]) for at in kept)
        return round(sum(self.scores[at] * len(self.texts[at]) for at in kept) / total, 4) if total else 0.0

    def fates(self) -> Iterator[Fate]:
        """What became of each block, in order."""
        for at, text in enumerate(self.texts):
            yield Fate(
                text=text,
                path=self.path(at),
                score=self.scores[at],
                is_kept=self.is_kept[at],
                reason=self.reasons[at],
                kind=self.kind(at),
            )


def is_column(box: Box) -> bool:
    """Whether a cell is no part of a table but a column of the page: it holds several paragraphs."""
    return box.tag in ("td", "th") and box.end - box.first > _MAX_CELL_BLOCKS


def text_of(paragraphs: Iterable[Paragraph]) -> str:
    """The body as `values.Article.body` gives it: without captions."""
    return "\n\n".join(p.plain for p in paragraphs if p.kind is not ParagraphKind.CAPTION)


def _is_captioned(boxes: Sequence[Box], at: int) -> bool:
    """Whether a box or the one around it has the class of a caption."""
    return "caption" in f"{boxes[at].signature} {boxes[max(0, boxes[at].parent)].signature}".lower()
