"""The byline above the text is not part of it."""

import pytest

from scraper.extraction.edges import without_byline
from scraper.values import Paragraph, ParagraphKind

AUTHORS = ("Jo Tamm", "Ada Brink")


def text(line: str, kind: ParagraphKind = ParagraphKind.TEXT) -> Paragraph:
    return Paragraph(kind=kind, text=line)


@pytest.mark.parametrize(
    "line",
    ["Jo Tamm", "22.11.2026, 23:05", "By Jo Tamm and Ada Brink", "Jo Tamm 18.11.2026, 15:00", "Von Ada Brink, Wien"],
)
def test_bylines_go(line: str):
    """A name, a date and hardly a word more."""
    rest = [text("It took nine hours to move the crane.")]
    assert without_byline([text(line), *rest], AUTHORS) == tuple(rest)


@pytest.mark.parametrize(
    "paragraph",
    [
        text("Jo Tamm took nine hours to move the old crane along the quay."),
        text("By nine it was over."),
        text("Jo Tamm", ParagraphKind.HEADING),
        text("Tamm"),
    ],
)
def test_sentences_stay(paragraph: Paragraph):
    """A sentence about the author is a sentence."""
    assert without_byline([paragraph], AUTHORS) == (paragraph,)


def test_only_the_top_is_looked_at():
    """In an interview names may stand alone further down."""
    lines = [text(f"Line {i}") for i in range(3)] + [text("Jo Tamm")]
    assert without_byline(lines, AUTHORS) == tuple(lines)
