"""What the pages of one site repeat: counted by block, so that extraction can leave it out.

A block counts once per article, whatever the number of fetches or addresses. What few articles share
is a refrain (a quoted law, a column's opening) and stays; what many share is the site's own furniture.

Pure: the counts are kept by `db.memory` and come back as values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scraper import dom
from scraper.extraction import blocks
from scraper.text import fingerprint, fold
from scraper.values import SiteMemory

MIN_PAGES = 3
"""Distinct articles a block must have been seen with before it counts as repeated."""

MIN_SHARE = 0.15
"""Share of the site's articles a repeated block must have been seen with, so that refrains stay."""

_MAX_BLOCK_CHARS = 600  # no promotion is longer; a long text seen twice is the article at two addresses
_MIN_BLOCK_CHARS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one page adds to the memory: the text of its blocks by fingerprint.

    `text_key` is a fingerprint of all its long blocks: equal for the same article at two addresses.
    """

    text_key: str
    blocks: Mapping[str, str]


def observe(tree: dom.Tree) -> Observation:
    """The blocks of a page that could be furniture, each once."""
    found: dict[str, str] = {}
    long_texts = []
    for block in blocks.read(tree).blocks:
        if len(block.text) > _MAX_BLOCK_CHARS // 2:
            long_texts.append(fold(block.text))
        if _MIN_BLOCK_CHARS <= len(block.text) <= _MAX_BLOCK_CHARS:
            found.setdefault(fingerprint(block.text), block.text)
    everything = "\n".join(long_texts) or "\n".join(found)
    return Observation(text_key=fingerprint(everything), blocks=found)


def needed(n_pages: int) -> int:
    """The number of articles a block must have been seen with, of `n_pages`, to count as repeated."""
    return max(MIN_PAGES, round(MIN_SHARE * n_pages))


def recall(former: SiteMemory, n_pages: int, counts: Mapping[str, int]) -> SiteMemory:
    """The memory that follows from the counts; its generation steps only when what it removes changes."""
    repeated = {key: n for key, n in sorted(counts.items()) if n >= needed(n_pages)}
    is_same = repeated.keys() == former.repeated.keys()
    generation = former.generation if is_same else former.generation + 1
    return SiteMemory(site=former.site, generation=generation, n_pages=n_pages, repeated=repeated)
