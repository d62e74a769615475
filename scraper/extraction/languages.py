"""The language of the text and the conventions that come with it.

What the page declares counts (BCP 47, BCP 47's underscored kin in og:locale), unless its script or its commonest words
say otherwise: templates often declare a language their articles are not written in. Does not translate.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from scraper.extraction.stopwords import STOPWORDS
from scraper.text import words

MAX_SAMPLE_CHARS = 1000
MIN_HITS = 5
MIN_LEAD = 1.3
"""Commonest words that a sample must hold, and how far ahead of the next language, before it may overrule the page;
set by hand so that none of the six corpora's right declarations is overruled."""

_AMERICAN_ENDINGS = (
    "com",
    "org",
    "net",
    "us",
    "edu",
    "gov",
    "mil",
    "io",
    "ai",
    "co",
    "tv",
    "news",
    "dev",
    "blog",
    "app",
)
_SCRIPTS = tuple(
    (re.compile(f"[{span}]"), language)
    for span, language in (
        ("\u3040-\u30ff", "ja"),
        ("\uac00-\ud7af", "ko"),
        ("\u4e00-\u9fff", "zh"),
        ("\u0e00-\u0e7f", "th"),
        ("\u0980-\u09ff", "bn"),
        ("\u0b80-\u0bff", "ta"),
        ("\u0c00-\u0c7f", "te"),
        ("\u10a0-\u10ff", "ka"),
        ("\u0530-\u058f", "hy"),
    )
)
_FOREIGN = re.compile("[\u0530-\u058f\u0900-\u10ff\u3040-\ud7af]")
_LANGUAGES_OF = {
    word: tuple(language for language, common in STOPWORDS.items() if word in common)
    for word in frozenset().union(*STOPWORDS.values())
}
_SAME = {"iw": "he", "in": "id", "no": "nb", "nn": "nb", "bs": "hr", "sr": "hr", "ms": "id"}


def decide(declared: Sequence[str], sample: str) -> tuple[str | None, bool]:
    """The primary language subtag of the text (`de`, `pt`), and whether it was declared rather than detected."""
    tags = [tag for value in declared if (tag := primary(value))]
    found = detect(sample)
    if not tags:
        return found, False
    counts = Counter(tags)
    likely = max(tags, key=lambda tag: counts[tag])
    if found == "zh" and "ja" in tags:  # a headline may hold no kana
        found = "ja"
    if found is None or found in tags:
        return (found if found in tags else likely), True
    if _SAME.get(likely, likely) == _SAME.get(found, found):
        return likely, True
    return found, False


def primary(tag: str) -> str | None:
    """`de` of `de-DE`, `de_AT` or `DE`; None for what is no language tag."""
    head = tag.strip().replace("_", "-").split("-")[0].lower()
    return head if head.isascii() and head.isalpha() and 2 <= len(head) <= 3 else None


def detect(sample: str) -> str | None:
    """The language of `sample`, or None where it is too short to tell."""
    text = sample[:MAX_SAMPLE_CHARS]
    if not text.isascii() and len(_FOREIGN.findall(text)) >= MIN_HITS:
        n_letters = sum(map(str.isalpha, text))
        for script, language in _SCRIPTS:
            n = len(script.findall(text))
            if n > (0.05 if language == "ja" else 0.3) * n_letters and n >= MIN_HITS:
                return language
    hits = Counter(chain.from_iterable(filter(None, map(_LANGUAGES_OF.get, words(text)))))
    (best, n_best), (_, n_next) = [*hits.most_common(2), ("", 0), ("", 0)][:2]
    return best if n_best >= MIN_HITS and n_best > MIN_LEAD * n_next else None


def for_dates(declared: Sequence[str], host: str) -> str | None:
    """The language tag by which 3/5/2024 is read: the page's, with its country where that can be known.

    English without a country is read the United States' way on their own and on generic top-level domains, and left
    open elsewhere: day and month are not to be swapped silently.
    """
    tags = [tag.replace("_", "-").lower() for tag in declared if primary(tag)]
    if not tags:
        return None
    if primary(tags[0]) != "en":
        return tags[0]
    full = next((tag for tag in tags if tag.startswith("en-")), None)
    if full:
        return full
    return "en-us" if host.rpartition(".")[2] in _AMERICAN_ENDINGS else "en"
