"""Small operations on text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.text import fold, word_lists, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("don’t “quote” – me…", ["don", "t", "quote", "me"]),
        ("你好，世界。", ["你好", "世界"]),
        ("Straße", ["strasse"]),
        ("a\nb\tc", ["a", "b", "c"]),
        ("", []),
    ],
)
def test_words_of_many_texts(text: str, expected: list[str]):
    """Case and punctuation do not count, whatever stands around."""
    assert word_lists(["before", text, "after"], 100) == [["before"], expected, ["after"]]


def test_only_the_beginning_is_read():
    """Characters beyond the limit do not count."""
    assert word_lists(["one two three"], 7) == [["one", "two"]]
    assert word_lists([], 7) == []


def test_the_quick_way_agrees_with_the_slow_one():
    """On ordinary prose both give the same words."""
    prose = "At six (in the morning) the first lorry - 40 tons - rolled: “slowly”, said Aalders; nobody cheered."
    assert word_lists([prose], 1000)[0] == words(prose)


@given(text=st.text(st.characters(max_codepoint=127)))
def test_ascii_takes_the_short_way_to_the_same_words(text: str):
    """Words are what `\\w+` finds, control characters and underscores among what is looked at."""
    expected = re.findall(r"\w+", text.casefold())
    assert words(text) == expected
    assert fold(text) == " ".join(expected)
