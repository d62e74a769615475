"""The one door to trafilatura: the body as another extractor reads it.

Used where our own reading finds no article on a page that says it is one. Never the first choice:
it costs ten times as much and knows nothing of what a site repeats.
"""

from __future__ import annotations

from trafilatura import bare_extraction

from scraper.text import squash
from scraper.values import Paragraph, ParagraphKind


def read(html: bytes, url: str) -> tuple[Paragraph, ...]:
    """The paragraphs trafilatura finds, without comments; empty where it finds none."""
    found = bare_extraction(html, url=url or None, include_comments=False, with_metadata=False)
    lines = (squash(line) for line in (getattr(found, "text", None) or "").splitlines())
    return tuple(_paragraph(line) for line in lines if line)


def _paragraph(line: str) -> Paragraph:
    if line.startswith("- "):
        return Paragraph(kind=ParagraphKind.LIST_ITEM, text=line.removeprefix("- "))
    return Paragraph(kind=ParagraphKind.TEXT, text=line)
