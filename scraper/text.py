"""Small pure operations on text: white space, words, fingerprints.

Does not know HTML, languages or tokenisation rules of any index.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_WORD = re.compile(r"\w+")
# What must never reach a database or a terminal: control characters but newline and tab, lone surrogates.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")


def clean(text: str) -> str:
    """`text` without control characters (newline and tab stay) and lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def squash(text: str) -> str:
    """`text` clean, on one line, every run of white space one blank, none at the ends."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(clean(line).split())


def words(text: str) -> list[str]:
    """The case-folded words of `text` in order; punctuation does not count."""
    return _WORD.findall(text.casefold())


def fold(text: str) -> str:
    """`text` for comparison: compatibility-normalised, case-folded, words joined by one blank."""
    if text.isascii():  # nothing to normalise
        return " ".join(_WORD.findall(text.lower()))
    return " ".join(words(unicodedata.normalize("NFKC", text.translate(_INVISIBLE))))


def fingerprint(text: str) -> str:
    """16 hex digits, equal for texts that differ only in case, punctuation and white space."""
    return hashlib.blake2b(fold(text).encode("utf-8", "replace"), digest_size=8).hexdigest()
