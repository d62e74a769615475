"""The page cut into blocks: every run of text that a browser would set as one paragraph, in order.

How that is done says `walk`; `fast_walk` is the same compiled, and taken where it could be built.
"""

from __future__ import annotations

from collections.abc import Iterable

from scraper import dom
from scraper.extraction.layout import Block, Box, Layout
from scraper.extraction.walk import MAX_BLOCKS

try:
    from scraper.extraction.fast_walk import read as _walk
except ImportError:
    from scraper.extraction.walk import read as _walk

__all__ = ["MAX_BLOCKS", "Block", "Box", "Layout", "read", "read_nodes"]


def read(tree: dom.Tree) -> Layout:
    """The blocks of a page, in document order."""
    return read_nodes([] if tree.body is None else [tree.body])


def read_nodes(nodes: Iterable[dom.Node]) -> Layout:
    """The blocks under some elements, none of them inside another, as if nothing stood between them."""
    layout = Layout()
    _walk(list(nodes), layout)
    return layout
