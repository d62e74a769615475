"""Keys of lines: what a line of a page is known by, on that page and on others of its site.

A key is a hash of the folded text, or of the text with its digits or names masked and of its path. What the keys of
many pages tell of a site says `memory`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

from scraper.text import fingerprint

MIN_CHARS, MAX_CHARS = 3, 600  # no promotion is longer; a long text seen twice is the article at two addresses
_MAX_MASKED_CHARS = 200  # a longer sentence with other names in it is a report made by a program
_MIN_PLAIN_WORDS, _MIN_PLAIN_CHARS = 3, 10  # what must be left of a line when names are masked
_MIN_NUMBERED_CHARS = 4  # "5,231 readers": the number and one word
_REMEMBERED = 8192  # lines whose keys are kept: those that a site repeats come again with its next page
_DIGITS = re.compile(r"\d+(?:[.,:/\s\u00a0\u202f]\d+)*")
_NAME = re.compile(r"\b[^\W\d_a-z][^\W\d_]*[^\W\d_A-Z][^\W\d_]*\b")
_WORD = re.compile(r"[^\W\d_]+")


def digest(text: str) -> str:
    """16 hex digits of the very text, for addresses."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


@lru_cache(_REMEMBERED)
def line_keys(text: str, path: str) -> tuple[str, ...]:
    """The keys of a line at a path: its text's, and those of its masked forms."""
    return (fingerprint(text), *masked_keys(text, path)) if MIN_CHARS <= len(text) <= MAX_CHARS else ()


@lru_cache(_REMEMBERED)
def masked_keys(text: str, path: str) -> tuple[str, ...]:
    """The keys of a line with its digits and names masked; none for the cells of a table or where little is left."""
    return () if len(text) > _MAX_MASKED_CHARS or path.endswith(("/td", "/th")) else tuple(_masked_keys(text, path))


def _masked_keys(text: str, path: str) -> Iterator[str]:
    plain, n_numbers = _DIGITS.subn(" ", text)
    if n_numbers:
        words = _WORD.findall(plain)
        if _is_enough(words):
            yield _masked("digits", words, path, n_numbers)
        elif sum(map(len, words)) >= _MIN_NUMBERED_CHARS:
            yield _masked("number", words, path, n_numbers)
    nameless, n_names = _NAME.subn(" ", plain)
    words = _WORD.findall(nameless) if n_names else []
    if _is_enough(words):
        yield _masked("names", words, path, n_names)


def _is_enough(words: list[str]) -> bool:
    return len(words) >= _MIN_PLAIN_WORDS and sum(map(len, words)) >= _MIN_PLAIN_CHARS


def _masked(kind: str, words: list[str], path: str, n_masked: int) -> str:
    folded = " ".join(words).casefold()
    return f"{kind}:{digest(f'{path} {n_masked} {folded}')}"
