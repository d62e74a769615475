"""The words by which pages of one kind know each other: class names, labels of buttons, steps of the address.

`Words` weighs them as learned from pages of known kind: one number that `page_verdict` takes among others. Words of
the text itself are not looked at, they are its subject.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scraper.extraction.layout import Layout
from scraper.extraction.metadata import Fields

_LABEL_CHARS = 40
_MAX_BLOCKS = 4_000  # pages of the corpora have 3,400 at most
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[a-z]+")
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d]+")
_MARKS = " :.!?()*>»→"
_SHORTEST, _LONGEST = 3, 19
_UNIT = 0.001  # of the weights in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What each word weighs for an article, below 0 where it speaks against one; others weigh nothing."""

    weights: Mapping[str, float]
    bias: float

    def worth(self, said: Set[str]) -> float:
        """The log odds of an article, by the words of a page alone."""
        return self.bias + sum([self.weights[word] for word in sorted(self.weights.keys() & said)])

    def against(self, said: Set[str], n: int = 3) -> list[str]:
        """The words of a page that speak most against an article, as they stand on it."""
        found = sorted((self.weights[word], word) for word in self.weights.keys() & said)
        return [word.split(":", 1)[1] for weight, word in found[:n] if weight < 0]


def said(url: str, fields: Fields, layout: Layout) -> set[str]:
    """The words of a page, each after a letter that tells where it stands: `c:cart`, `l:add to cart`, `u:shop`.

    c: class names, ids and itemprops; l: whole labels, w: their words; u: host and path; o: where a field was found;
    t: schema.org types.
    """
    names = " ".join({box.signature for box in layout.boxes})
    found = {f"c:{word}" for word in _words_of(_CAMEL.sub(" ", names).lower())}
    place = urlsplit(url.lower())
    found |= {f"u:{word}" for word in _LETTERS.findall(f"{place.hostname or ''} {place.path}") if len(word) > 1}
    found |= {f"o:{candidate.field}:{candidate.origin}" for candidate in fields.candidates}
    found |= {f"t:{name.lower()}" for name in fields.types}
    labels = "\n".join({block.text for block in layout.blocks[:_MAX_BLOCKS] if len(block.text) < _LABEL_CHARS})
    labels = _DIGITS.sub("0", labels.lower())
    found |= {f"l:{label.strip(_MARKS)}" for label in labels.split("\n")}
    found |= {f"w:{word}" for word in set(_WORDS.findall(labels)) if len(word) >= _SHORTEST}
    return found


def _words_of(text: str) -> set[str]:
    return {word for word in _LETTERS.findall(text) if _SHORTEST <= len(word) <= _LONGEST}


def read(content: Mapping[str, Any]) -> Words:
    """The words in their part of a model file."""
    weights = {word: weight * _UNIT for word, weight in content["weights"].items()}
    return Words(weights=weights, bias=content["bias"])


def packed(words: Words) -> dict[str, Any]:
    """The words' part of a model file."""
    weights = {word: round(weight / _UNIT) for word, weight in sorted(words.weights.items())}
    return {"bias": words.bias, "weights": {word: weight for word, weight in weights.items() if weight}}
