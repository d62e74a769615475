"""What the addresses of a site's articles look like, learned from those that are known.

A shape is a path with what varies taken out: `/town/ferry-sails-again-4711.html` and `/sea/herring-quota-4712.html`
are both `word/slug-id.html`. Two levels and no more: which kinds of parts, in which order, with which ending.

Does not fetch, and does not know titles (`scraper.discovery.section` weighs those).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

MIN_ADDRESSES = 20
"""From so many known articles on, an address of none of their shapes is taken for something else."""
MIN_SEEN = 3
MIN_SHARE = 0.05
_ENDING = re.compile(r"\.[a-z]{1,6}$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"(?:19|20)\d\d-?[01]\d-?[0-3]\d")
_HASH = re.compile(r"(?=.*\d)[0-9a-f-]{12,}")
_ID_AT_END = re.compile(r"[-_,.a-z~]\d{4,}$")
_ID_AT_START = re.compile(r"^[a-z]{0,3}\d{4,}[-_,.]")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_TELLING = ("id", "slug", "hash", "day", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The shapes of a site's articles. Made by `learned`; empty while nothing is known."""

    patterns: frozenset[str] = frozenset()
    n_addresses: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether enough is known to take what looks otherwise for no article."""
        return self.n_addresses >= MIN_ADDRESSES and bool(self.patterns)


def learned(addresses: Iterable[str]) -> Shape:
    """The shapes that several of the `addresses` (canonical, of one site's articles) have."""
    counts = Counter(map(pattern, addresses))
    n_addresses = counts.total()
    n_needed = max(MIN_SEEN, n_addresses * MIN_SHARE)
    kept = (name for name, n in counts.items() if n >= n_needed and any(word in name for word in _TELLING))
    return Shape(patterns=frozenset(kept), n_addresses=n_addresses)


def pattern(url: str) -> str:
    """The shape of one address; empty for a front page."""
    path, _, query = url.partition("://")[2].partition("/")[2].partition("?")
    parts = [_part(unquote(part).lower()) for part in path.split("/") if part]
    names = sorted({part.partition("=")[0] for part in query.split("&") if part})
    return "/".join(parts) + ("?" + "&".join(names) if names else "")


def _part(text: str) -> str:
    ending = found[0] if (found := _ENDING.search(text)) else ""
    return _kind(text.removesuffix(ending)) + ending


def _kind(name: str) -> str:
    if _DAY.fullmatch(name):
        return "day"
    if name.isdigit():
        return "year" if _YEAR.fullmatch(name) else "id" if len(name) > 4 else "number"
    if _HASH.fullmatch(name):
        return "hash"
    if _ID_AT_END.search(name):
        return "slug-id"
    if _ID_AT_START.search(name):
        return "id-slug"
    return "slug" if len(_WORDS.findall(name)) >= 3 else "word"
