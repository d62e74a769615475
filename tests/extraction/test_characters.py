"""Kinds of characters, counted for many texts at once."""

from __future__ import annotations

import pytest

from scraper.extraction.characters import Characters, Mark

TEXTS = ["Done. And 12 more", "终于到了。", "a|b @c\nd", "x"]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (Mark.PUNCTUATION, [1, 1, 0, 0]),
        (Mark.UPPER, [2, 0, 0, 0]),
        (Mark.DIGIT, [2, 0, 0, 0]),
        (Mark.BAR, [0, 0, 1, 0]),
        (Mark.CONTACT, [0, 0, 1, 0]),
        (Mark.NEWLINE, [0, 0, 1, 0]),
        (Mark.UNSPACED, [0, 4, 0, 0]),
    ],
)
def test_characters_are_counted_by_text(mark: int, expected: list[int]):
    """Each text has its own count."""
    assert Characters(TEXTS).count(mark).tolist() == expected


def test_first_and_last_characters():
    """Where a text begins and ends."""
    chars = Characters(TEXTS)
    assert chars.begins(Mark.LOWER).tolist() == [0, 0, 1, 1]
    assert chars.ends(Mark.END).tolist() == [0, 1, 0, 0]


def test_the_share_at_the_start_looks_no_further():
    """Thirty characters are enough to see a headline in capitals."""
    assert Characters(["A" * 30 + "b" * 70, "Ab"]).share_at_start(Mark.UPPER).tolist() == [1.0, 0.5]
