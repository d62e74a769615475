"""The text of the article: which blocks stay, in what kind of paragraph, and why the others go.

    reading = read(tree, Hints(title=..., description=...))

`scoring` says how likely each block is article; the rules here know what a reader would notice: the title
once, nothing twice, no caption among the sentences, no line the site sets under every article. Every block
carries the reason of its fate. Pure: the same tree and hints give the same reading.

Does not read metadata and does not judge whether the page is an article at all (`pagestate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scraper import dom
from scraper.extraction import blocks, corrections, embedded, junk, model, scoring
from scraper.extraction.arrays import Floats
from scraper.extraction.blocks import Box, Layout
from scraper.extraction.features import Hints
from scraper.text import fold
from scraper.values import Paragraph, ParagraphKind

__all__ = ["Fate", "Hints", "Reading", "decide", "read", "text_of"]

_LONG_ENOUGH_TO_BE_TWICE = 30
_CAPTION_MIN_CHARS = 12
_PROMOTIONAL = 0.5  # where `junk.reason` begins to name a class
_PROMOTIONS = 2
_MANY_LINES = 4
_NEAR, _FRAGMENT_CHARS = 4, 80  # where the dearer look is worth it
_RESCUE_CONFIDENCE = 0.4

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
    """What became of one block, and why. `row` is equal for cells of one table row, -1 elsewhere."""

    text: str
    path: str
    score: float
    is_kept: bool
    reason: str
    kind: ParagraphKind
    row: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The paragraphs, how sure we are (0 to 1), every block's fate, where it stood; no `scores` for the page's data."""

    paragraphs: tuple[Paragraph, ...]
    confidence: float
    blocks: tuple[Fate, ...]
    layout: Layout
    scores: scoring.Scores | None = field(default=None, compare=False)


def read(tree: dom.Tree, hints: Hints, trained: model.Model | None = None) -> Reading:
    """The text of the article on a page, by the shipped model or another."""
    reading = read_layout(blocks.read(tree), hints, trained)
    return reading if _n_chars(reading) >= embedded.MIN_CHARS else _rescued(tree, hints, reading)


def read_layout(layout: Layout, hints: Hints, trained: model.Model | None = None) -> Reading:
    """The text of the article, for those who have the page's blocks already."""
    scores = scoring.score(layout, hints, trained)
    fates = tuple(decide(layout, scores, hints))
    found = tuple(paragraphs(fates))
    return Reading(paragraphs=found, confidence=_confidence(fates), blocks=fates, layout=layout, scores=scores)


def _rescued(tree: dom.Tree, hints: Hints, reading: Reading) -> Reading:
    """What the page announces or carries in its scripts, where that is much more than what it shows."""
    announced = embedded.from_text(hints.article_body) if hints.article_body else None
    carried = embedded.read(tree)
    layout = max(announced, carried, key=embedded.n_chars)
    if layout is None or embedded.n_chars(layout) < max(embedded.MIN_CHARS, 3 * _n_chars(reading)):
        return reading
    sure = np.ones(len(layout.blocks))
    fates = _first_fates(layout, sure, sure)
    fates = _drop_twins(_drop_title(fates, hints), hints)
    found = tuple(paragraphs(fates))
    return Reading(paragraphs=found, confidence=_RESCUE_CONFIDENCE, blocks=tuple(fates), layout=layout)


def _n_chars(reading: Reading) -> int:
    return sum(len(p.text) for p in reading.paragraphs if p.kind is not ParagraphKind.CAPTION)


def decide(layout: Layout, scores: scoring.Scores, hints: Hints) -> list[Fate]:
    """The fate of each block, in order."""
    chance, lead = corrections.correct(layout, scores.chance, hints)
    fates = _first_fates(layout, scores.chance, chance)
    if lead >= 0:
        fates[lead] = replace(fates[lead], kind=ParagraphKind.LEAD, is_kept=True, reason="standfirst")
    for at in _amid_promotions(layout, scores, hints):
        fates[at] = _dropped(fates[at], "amid promotions") if fates[at].is_kept else fates[at]
    for rule in (
        _drop_promotional_lines,
        _drop_title,
        _drop_repeated,
        _drop_twins,
        _keep_captions,
        _drop_last_headings,
    ):
        fates = rule(fates, hints)
    return fates


def paragraphs(fates: Iterable[Fate]) -> list[Paragraph]:
    """The kept blocks as paragraphs; the cells of one table row become one."""
    found: list[Paragraph] = []
    last_row = -1
    for fate in fates:
        if not fate.is_kept:
            continue
        if fate.row >= 0 and fate.row == last_row:
            found[-1] = replace(found[-1], text=f"{found[-1].text} | {fate.text}")
        else:
            found.append(Paragraph(kind=fate.kind, text=fate.text))
        last_row = fate.row
    return found


def text_of(fates: Iterable[Fate]) -> str:
    """The body as `values.Article.body` gives it: without captions."""
    return "\n\n".join(p.text for p in paragraphs(fates) if p.kind is not ParagraphKind.CAPTION)


# ---------------------------------------------------------------- what a block is


def paths(boxes: Sequence[Box]) -> list[str]:
    """For each box the tags from the page down to it."""
    found: list[str] = []
    for box in boxes:
        found.append(f"{found[box.parent]}/{box.tag}" if box.parent >= 0 else box.tag)
    return found


def _kinds(boxes: Sequence[Box]) -> list[ParagraphKind]:
    """For each box what a paragraph in it is: the nearest element that says something decides."""
    found: list[ParagraphKind] = []
    for box in boxes:
        outer = found[box.parent] if box.parent >= 0 else ParagraphKind.TEXT
        found.append(ParagraphKind.TEXT if corrections.is_column(box) else _KINDS.get(box.tag, outer))
    return found


def _is_captioned(boxes: Sequence[Box], at: int) -> bool:
    """Whether a box or the one around it has the class of a caption."""
    return "caption" in f"{boxes[at].signature} {boxes[max(0, boxes[at].parent)].signature}".lower()


def _row(boxes: Sequence[Box], at: int) -> int:
    """The index of the table row around a box, or -1."""
    while at >= 0 and boxes[at].tag != "tr":
        at = boxes[at].parent
    return at


def _first_fates(layout: Layout, scores: Floats, corrected: Floats) -> list[Fate]:
    """The fates by score alone."""
    boxes = layout.boxes
    places, kinds = paths(boxes), _kinds(boxes)
    found = []
    for block, score, final in zip(layout.blocks, scores.tolist(), corrected.tolist(), strict=True):
        box, kind = block.box, kinds[block.box]
        if block.follows_media and _is_captioned(boxes, box):
            kind = ParagraphKind.CAPTION
        is_kept = final >= corrections.KEEP
        reason = "article" if is_kept else "not article"
        if is_kept != (score >= corrections.KEEP):
            reason += ", like the blocks it belongs to"
        row = _row(boxes, box) if kind is ParagraphKind.TABLE_ROW else -1
        found.append(
            Fate(text=block.text, path=places[box], score=score, is_kept=is_kept, reason=reason, kind=kind, row=row)
        )
    return found


# ---------------------------------------------------------------- what a reader would notice


def _dropped(fate: Fate, reason: str) -> Fate:
    return replace(fate, is_kept=False, reason=reason)


def _amid_promotions(layout: Layout, scores: scoring.Scores, hints: Hints) -> list[int]:
    """Names, prices and labels among promotional lines: harmless each, a promotion together.

    On the corpora this drops three lines, all of them junk; it is for promotions of many lines.
    """
    if not scores.candidates:
        return []
    alone = scores.second["junk"] < _PROMOTIONAL
    kept = scores.chance[list(scores.candidates)] >= corrections.KEEP
    is_near = alone & kept & (scores.second["junk_distance"] <= _NEAR) & (scores.second["size"] <= _FRAGMENT_CHARS)
    if int((~alone).sum()) < _PROMOTIONS or not is_near.any():
        return []
    texts = [layout.blocks[at].text for at in scores.candidates]
    found = junk.spans(texts, hints.language)
    return [at for at, kind, is_alone in zip(scores.candidates, found, alone, strict=True) if kind and is_alone]


def _drop_promotional_lines(fates: list[Fate], hints: Hints) -> list[Fate]:
    """A promotion of many lines set as one paragraph; the paragraph before it tells its lines from an opening."""
    out, before = list(fates), ""
    for at, fate in enumerate(fates):
        if not fate.is_kept:
            continue
        lines = fate.text.split("\n")
        if len(lines) >= _MANY_LINES and before and fate.kind is not ParagraphKind.CODE:
            found = junk.spans([before, *lines, before], hints.language)[1:-1]
            if sum(kind is not None for kind in found) >= len(lines) / 2:
                out[at] = _dropped(fate, "promotional lines")
        before = fate.text
    return out


def _drop_title(fates: list[Fate], hints: Hints) -> list[Fate]:
    """The title stands in the article's own field."""
    title = fold(hints.title or "")
    longest = 2 * len(title)
    return [
        _dropped(f, "title") if f.is_kept and len(f.text) <= longest and fold(f.text) == title else f for f in fates
    ]


def _drop_repeated(fates: list[Fate], hints: Hints) -> list[Fate]:
    """What the site's memory knows from other pages."""
    if not hints.repeated:
        return fates
    out, kept = list(fates), [at for at, f in enumerate(fates) if f.is_kept]
    for place in hints.repeated.find([(fates[at].text, fates[at].path) for at in kept]):
        out[kept[place]] = _dropped(fates[kept[place]], "repeated on the site")
    return out


def _drop_twins(fates: list[Fate], _: Hints) -> list[Fate]:
    """A longer text counts where it stands first."""
    seen: set[str] = set()
    out = []
    for fate in fates:
        if fate.is_kept and len(fate.text) > _LONG_ENOUGH_TO_BE_TWICE:
            text = fate.text.casefold()
            out.append(_dropped(fate, "twice on the page") if text in seen else fate)
            seen.add(text)
        else:
            out.append(fate)
    return out


def _keep_captions(fates: list[Fate], _: Hints) -> list[Fate]:
    """Captions of pictures inside the article stay, apart from its text, whatever their score."""
    kept = [at for at, f in enumerate(fates) if f.is_kept]
    if not kept:
        return fates
    inside = range(kept[0], kept[-1])
    return [
        replace(f, is_kept=True, reason="caption")
        if f.kind is ParagraphKind.CAPTION
        and at in inside
        and f.reason == "not article"
        and len(f.text) >= _CAPTION_MIN_CHARS
        else f
        for at, f in enumerate(fates)
    ]


def _drop_last_headings(fates: list[Fate], _: Hints) -> list[Fate]:
    """A heading that nothing follows announced something that is not article."""
    out = list(fates)
    for at in range(len(out) - 1, -1, -1):
        if not out[at].is_kept or out[at].kind is ParagraphKind.CAPTION:
            continue
        if out[at].kind is not ParagraphKind.HEADING:
            break
        out[at] = _dropped(out[at], "heading of nothing")
    return out


def _confidence(fates: Sequence[Fate]) -> float:
    """How sure the scores of the kept text are, weighed by length: 0 without text, near 1 for a plain article."""
    kept = [f for f in fates if f.is_kept]
    total = sum(len(f.text) for f in kept)
    return round(sum(f.score * len(f.text) for f in kept) / total, 4) if total else 0.0
