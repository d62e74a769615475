"""How far the blocks of a page agree with what is known of it besides: title, description, announced body.

Compares words; what agreement means is learned (`model`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scraper.extraction.arrays import Floats
from scraper.extraction.layout import Layout
from scraper.extraction.memory import NOTHING, Repeats
from scraper.text import clean, word_lists

_TITLE_LIKENESS = 0.7
_ALL_LINK = 0.9
_LOOK = 160  # characters of a block that are compared
_MIN_ANNOUNCED_CHARS = 12
_MAX_SAID = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known of the page besides its blocks. `repeated` is what the site repeats."""

    title: str | None = None
    description: str | None = None
    article_body: str | None = None
    language: str | None = None
    url: str = ""
    repeated: Repeats = NOTHING


def rows(layout: Layout, link: Floats, hints: Hints) -> dict[str, Floats]:
    """How far blocks agree with what the page says about itself, and with each other; `link` is their share of link."""
    blocks = layout.blocks
    known = _Known(hints)
    seen: dict[str, int] = {}
    twins = [float(seen.setdefault(block.text, at) != at) for at, block in enumerate(blocks)]
    readable = np.flatnonzero(link <= _ALL_LINK).tolist()  # menus and teasers are not worth the reading
    values = np.zeros((5, len(blocks)))
    values[4] = -1.0
    if readable:
        listed = word_lists((blocks[at].text for at in readable), _LOOK)
        values[:, readable] = np.array([known.compared(own) for own in listed]).T
    found: dict[str, Floats] = dict(zip(_COMPARED, values, strict=True)) | {"is_twin": np.array(twins)}
    titles = np.flatnonzero((values[0] >= _TITLE_LIKENESS) & (values[1] >= _TITLE_LIKENESS))
    n = len(blocks)
    found["since_title"] = (np.arange(n) - titles[0]).clip(-50, 200) * 1.0 if len(titles) else np.full(n, -99.0)
    found["announced_size"] = np.full(n, float(len(known.announced)))
    return found


_COMPARED = ("title_precision", "title_recall", "description_precision", "description_recall", "announced")
NAMES = (*_COMPARED, "is_twin", "since_title", "announced_size")
"""The rows in their order."""


class _Known:
    """The words of what the page says about itself."""

    def __init__(self, hints: Hints) -> None:
        said = (hints.title or "", hints.description or "", hints.article_body or "")
        title, description, announced = word_lists(map(clean, said), _MAX_SAID)
        self.title, self.description = set(title), set(description)
        self.announced, self._announced_words = " ".join(announced), set(announced)

    def compared(self, listed: list[str]) -> tuple[float, float, float, float, float]:
        """How much of a block is in the title, of the title in the block, the same of the description, and whether the
        announced body has it: 0 or 1, -1 where that says nothing.
        """
        own = set(listed)
        n, in_title, in_description = len(own) or 1, len(own & self.title), len(own & self.description)
        return (
            in_title / n,
            in_title / (len(self.title) or 1),
            in_description / n,
            in_description / (len(self.description) or 1),
            self._is_announced(listed, own) if self.announced else -1.0,
        )

    def _is_announced(self, listed: list[str], own: set[str]) -> float:
        said = " ".join(listed)
        if len(said) <= _MIN_ANNOUNCED_CHARS:
            return -1.0
        return float(own <= self._announced_words and said in self.announced)
