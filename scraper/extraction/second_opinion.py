"""The one door to trafilatura: the body as another extractor reads it.

Used where our own reading finds no article on a page that says it is one (1 of the 1,605 article pages of the
corpora), and, on request, to report on every page how far the two agree. Never the first choice: it costs ten times
as much and knows nothing of what a site repeats.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import trafilatura

from scraper import encoding
from scraper.text import squash, words
from scraper.values import Article, Page, Paragraph, ParagraphKind

PROGRAM = f"trafilatura {trafilatura.__version__}"
"""Whose opinion it is, with its version."""

_UNSPACED = "\u0e00"  # from here on scripts that set no spaces between words, compared by characters


def read(html: bytes, url: str) -> tuple[Paragraph, ...]:
    """The paragraphs trafilatura finds, without comments; empty where it finds none."""
    found = trafilatura.bare_extraction(html, url=url or None, include_comments=False, with_metadata=False)
    lines = (squash(line) for line in (getattr(found, "text", None) or "").splitlines())
    return tuple(_paragraph(line) for line in lines if line)


def reported(article: Article, page: Page) -> Article:
    """The article of `page` with one detail more, `second_opinion`: how far the text agrees, and with whom."""
    others = "\n".join(paragraph.text for paragraph in read(encoding.to_utf8(page), page.url))
    opinion = {"agreement": round(agreement(article.body, others), 4), "program": PROGRAM}
    return replace(article, details={**article.details, "second_opinion": opinion})


def agreement(one: str, other: str) -> float:
    """From 0 to 1: twice the words that both texts hold, counted as often as they stand there, by all words of both."""
    first, second = Counter(_words(one)), Counter(_words(other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def _words(text: str) -> list[str]:
    return [part for word in words(text) for part in (word if word[0] >= _UNSPACED else [word])]


def _paragraph(line: str) -> Paragraph:
    if line.startswith("- "):
        return Paragraph(kind=ParagraphKind.LIST_ITEM, text=line.removeprefix("- "))
    return Paragraph(kind=ParagraphKind.TEXT, text=line)
