"""The text of the article: which blocks stay, in what kind of paragraph, and why the others go.

    reading = read(tree, Hints(title=..., description=...))

`scoring` says how likely each block is article; the rules here know what a reader would notice: the title
once, nothing twice, no caption among the sentences, no line the site sets under every article. Every block
carries the reason of its fate. Pure: the same tree and hints give the same reading.

Does not read metadata and does not judge whether the page is an article at all (`pagestate`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from scraper import dom
from scraper.extraction import blocks, corrections, embedded, junk, model, scoring
from scraper.extraction.agreement import Hints
from scraper.extraction.blocks import Layout
from scraper.extraction.draft import KEEP, NOT_ARTICLE, Draft, Fate, text_of
from scraper.text import fold
from scraper.values import Paragraph, ParagraphKind

__all__ = ["Draft", "Fate", "Hints", "Reading", "decide", "read", "text_of"]

_LONG_ENOUGH_TO_BE_TWICE = 30
_CAPTION_MIN_CHARS = 12
_PROMOTIONAL = 0.5  # where `junk.reason` begins to name a class
_PROMOTIONS = 2
_MANY_LINES, _MANY_WORDS = 4, 2
_NEAR, _FRAGMENT_CHARS = 4, 80  # where the dearer look is worth it
_JSON = re.compile(r"[\[{\s]+\"[^\"]+\"\s*:")
REPEATED = "repeated on the site"
_RESCUE_CONFIDENCE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The paragraphs, how sure we are (0 to 1), where they stood, and what was decided of every block.

    `scores` is None where the text comes from the page's data instead of its blocks.
    """

    paragraphs: tuple[Paragraph, ...]
    confidence: float
    layout: Layout
    draft: Draft = field(compare=False)
    scores: scoring.Scores | None = field(default=None, compare=False)

    @property
    def blocks(self) -> tuple[Fate, ...]:
        """What became of every block, in order; worked out anew at each call."""
        return tuple(self.draft.fates())

    @property
    def repeated_share(self) -> float:
        """The share of the article's text that was left out because the site repeats it; 0 to 1."""
        return self.draft.dropped_share(REPEATED)


def read(tree: dom.Tree, hints: Hints, trained: model.Model | None = None) -> Reading:
    """The text of the article on a page, by the shipped model or another."""
    reading = read_layout(blocks.read(tree), hints, trained)
    return reading if _n_chars(reading) >= embedded.MIN_CHARS else _rescued(tree, hints, reading)


def read_marked(layout: Layout, hints: Hints) -> Reading:
    """The text of a layout that a person called the text: what a reader would notice goes, nothing is scored."""
    sure = [1.0] * len(layout.blocks)
    draft = Draft(layout, sure, sure)
    _tidy(draft, hints)
    return Reading(paragraphs=tuple(draft.paragraphs()), confidence=draft.confidence(), layout=layout, draft=draft)


def read_layout(layout: Layout, hints: Hints, trained: model.Model | None = None) -> Reading:
    """The text of the article, for those who have the page's blocks already."""
    scores = scoring.score(layout, hints, trained)
    draft = decide(layout, scores, hints)
    found = tuple(draft.paragraphs())
    return Reading(paragraphs=found, confidence=draft.confidence(), layout=layout, draft=draft, scores=scores)


def _rescued(tree: dom.Tree, hints: Hints, reading: Reading) -> Reading:
    """What the page announces or carries in its scripts, where that is much more than what it shows."""
    announced = embedded.from_text(hints.article_body) if hints.article_body else None
    carried = embedded.read(tree)
    layout = max(announced, carried, key=embedded.n_chars)
    if layout is None or embedded.n_chars(layout) < max(embedded.MIN_CHARS, 3 * _n_chars(reading)):
        return reading
    sure = [1.0] * len(layout.blocks)
    draft = Draft(layout, sure, sure)
    _drop_title(draft, hints)
    _drop_twins(draft)
    found = tuple(draft.paragraphs())
    return Reading(paragraphs=found, confidence=_RESCUE_CONFIDENCE, layout=layout, draft=draft)


def _n_chars(reading: Reading) -> int:
    return sum(len(p.text) for p in reading.paragraphs if p.kind is not ParagraphKind.CAPTION)


def decide(layout: Layout, scores: scoring.Scores, hints: Hints) -> Draft:
    """The fate of each block."""
    chance, lead = corrections.correct(layout, scores.chance, hints)
    draft = Draft(layout, scores.chance.tolist(), chance.tolist())
    if lead >= 0:
        draft.lead = lead
        draft.keep(lead, "standfirst")
    for at in _amid_promotions(layout, scores, hints):
        if draft.is_kept[at]:
            draft.drop(at, "amid promotions")
    _tidy(draft, hints)
    return draft


# ---------------------------------------------------------------- what a reader would notice


def _tidy(draft: Draft, hints: Hints) -> None:
    """Nothing; afterwards the kept blocks are without what no score tells. The order counts: headings come last."""
    _drop_data(draft)
    _drop_promotional_lines(draft, hints)
    _drop_title(draft, hints)
    _drop_repeated(draft, hints)
    _drop_comments(draft, hints)
    _drop_twins(draft)
    _keep_captions(draft)
    _drop_last_headings(draft)


def _amid_promotions(layout: Layout, scores: scoring.Scores, hints: Hints) -> list[int]:
    """Names, prices and labels among promotional lines: harmless each, a promotion together.

    On the corpora this drops three lines, all of them junk; it is for promotions of many lines.
    """
    if not scores.candidates:
        return []
    alone = scores.second["junk"] < _PROMOTIONAL
    if int((~alone).sum()) < _PROMOTIONS:
        return []
    kept = scores.chance[list(scores.candidates)] >= KEEP
    size = np.array([len(layout.blocks[at].text) for at in scores.candidates])
    if not (alone & kept & (scores.second["junk_distance"] <= _NEAR) & (size <= _FRAGMENT_CHARS)).any():
        return []
    texts = [layout.blocks[at].text for at in scores.candidates]
    found = junk.spans(texts, hints.language)
    return [at for at, kind, is_alone in zip(scores.candidates, found, alone, strict=True) if kind and is_alone]


def _drop_promotional_lines(draft: Draft, hints: Hints) -> None:
    """A promotion of many lines set as one paragraph; the paragraph before it tells its lines from an opening."""
    before = ""
    for at in draft.kept():
        lines = draft.texts[at].split("\n")
        if len(lines) >= _MANY_LINES and before and draft.kind(at) is not ParagraphKind.CODE:
            found = junk.spans([before, *lines, before], hints.language)[1:-1]
            if sum(kind is not None for kind in found) >= len(lines) / 2:
                draft.drop(at, "promotional lines")
        before = draft.texts[at]


def _drop_data(draft: Draft) -> None:
    """What a script forgot on the page: JSON set as text."""
    for at in draft.kept():
        text = draft.texts[at]
        if text.startswith(("{", "[")) and _JSON.match(text) and draft.kind(at) is not ParagraphKind.CODE:
            draft.drop(at, "data, not text")


def _drop_title(draft: Draft, hints: Hints) -> None:
    """The title stands in the article's own field."""
    title = fold(hints.title or "")
    for at in draft.kept():
        text = draft.texts[at]
        if len(title) <= 2 * len(text) and len(text) <= 2 * len(title) and fold(text) == title:
            draft.drop(at, "title")


def _drop_repeated(draft: Draft, hints: Hints) -> None:
    """What the site's memory knows from other pages."""
    kept = draft.kept() if hints.repeated else []
    for place in hints.repeated.find([(draft.texts[at], draft.path(at)) for at in kept]) if kept else ():
        draft.drop(kept[place], REPEATED)


def _drop_comments(draft: Draft, hints: Hints) -> None:
    """What follows a label like "Comments (12)", where that is less than half of what stands before it.

    One word alone may be a heading of the article: "Discussion".
    """
    kept = draft.kept()
    found = junk.labels([draft.texts[at] for at in kept], hints.language)
    for place, kind in enumerate(found):
        if kind != "comment_invitation" or len(draft.texts[kept[place]].split()) < _MANY_WORDS:
            continue
        n_before, n_after = (sum(len(draft.texts[at]) for at in part) for part in (kept[:place], kept[place:]))
        for at in kept[place:] if n_after < n_before / 2 else ():
            draft.drop(at, "behind a label for comments")
        return


def _drop_twins(draft: Draft) -> None:
    """A longer text counts where it stands first."""
    seen: set[str] = set()
    for at in draft.kept():
        text = draft.texts[at].casefold()
        if len(text) > _LONG_ENOUGH_TO_BE_TWICE:
            if text in seen:
                draft.drop(at, "twice on the page")
            seen.add(text)


def _keep_captions(draft: Draft) -> None:
    """Captions of pictures inside the article stay, apart from its text, whatever their score."""
    kept = draft.kept()
    for at in range(kept[0], kept[-1]) if kept else ():
        if (
            draft.reasons[at] == NOT_ARTICLE
            and len(draft.texts[at]) >= _CAPTION_MIN_CHARS
            and draft.kind(at) is ParagraphKind.CAPTION
        ):
            draft.keep(at, "caption")


def _drop_last_headings(draft: Draft) -> None:
    """A heading that nothing follows announced something that is not article."""
    for at in reversed(draft.kept()):
        kind = draft.kind(at)
        if kind is ParagraphKind.HEADING:
            draft.drop(at, "heading of nothing")
        elif kind is not ParagraphKind.CAPTION:
            break
