"""The short texts of a page and where they stand from its headline; only asked for where a page marks too little.

Does not interpret the texts (`visible_dates`, `visible_names`).
"""

from __future__ import annotations

from dataclasses import dataclass

from scraper.dom import TEXT_ID, Node, Tree, tag_ids
from scraper.extraction.landmarks import Landmarks
from scraper.text import squash

MAX_NODES = 20_000
MAX_TEXT_CHARS = 240
MIN_HEADLINE_CHARS = 5

_HIDDEN_TAGS = tag_ids("script style option title noscript template")


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`texts` are (place, text, text node) in page order; `middle` is the headline's place, 0 if there is none."""

    texts: tuple[tuple[int, str, Node], ...]
    middle: int


def survey(tree: Tree, marks: Landmarks) -> Neighbourhood:
    """The short texts of `tree`; whoever takes one asks whether it `is_shown`."""
    found: list[tuple[int, str, Node]] = []
    headline = marks.headline.mem_id if marks.headline is not None else 0
    middle = 0
    for i, node in enumerate(tree.body.traverse(include_text=True, skip_empty=True) if tree.body is not None else ()):
        if i > MAX_NODES:
            break
        if node.tag_id == TEXT_ID:
            text = node.text_content or ""
            if len(text) <= MAX_TEXT_CHARS and (text := squash(text)):
                found.append((i, text, node))
        elif not middle and headline and node.mem_id == headline:
            middle = i
    if not headline:  # the first text that the page's title begins with or contains
        titles = (
            i for i, text, node in found if len(text) > MIN_HEADLINE_CHARS and text in marks.title and is_shown(node)
        )
        middle = next(titles, 0)
    return Neighbourhood(tuple(found), middle)


def is_shown(node: Node) -> bool:
    """Whether a text node's text is the page's own and not a script's or a choice in a form."""
    parent = node.parent
    return parent is not None and parent.tag_id not in _HIDDEN_TAGS
