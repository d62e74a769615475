"""What still stands at the edge of a text that was read well: byline and date above the first paragraph.

Needs what `body` does not know, the authors; does not look at the page again.
"""

from __future__ import annotations

from collections.abc import Sequence

from scraper.text import words
from scraper.values import Paragraph, ParagraphKind

_MAX_CHARS = 120
_MAX_OTHER_WORDS = 3  # "by", a place, a role
_N_FIRST = 3


def without_byline(paragraphs: Sequence[Paragraph], authors: Sequence[str]) -> tuple[Paragraph, ...]:
    """The paragraphs but for those among the first three that hold a date, or a name, and hardly a word more."""
    kept = [p for p in paragraphs[:_N_FIRST] if not _is_byline(p, authors)]
    return (*kept, *paragraphs[_N_FIRST:])


def _is_byline(paragraph: Paragraph, authors: Sequence[str]) -> bool:
    if paragraph.kind is not ParagraphKind.TEXT or len(paragraph.text) > _MAX_CHARS:
        return False
    if all(word.isdigit() for word in words(paragraph.text)):
        return True
    names = {word for author in authors for word in words(author)}
    found = words(paragraph.text)
    has_name = any(all(word in found for word in words(author)) for author in authors)
    others = [word for word in found if word not in names and not word.isdigit()]
    return has_name and len(others) <= _MAX_OTHER_WORDS
