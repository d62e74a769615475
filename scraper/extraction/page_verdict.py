"""How likely a page is an article, by its numbers (`page_features`) and words (`page_words`), as learned from pages
of known kind.

One forest of oblivious trees, of the same form as that of the blocks (`model`); what the words weigh is one of its
numbers. The file is written by `tests/benchmarks/train_state.py`, which also states its origin in it.
What becomes of the page is decided in `pagestate`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scraper.extraction import model, page_words
from scraper.extraction.model import Forest
from scraper.extraction.page_words import Words
from scraper.extraction.table import Table

FILE = Path(__file__).with_name("page_model.json")

MIN_ODDS = -0.4
"""Log odds an article has. Chosen by cross-validation by site, see `cross_validated_by_site` in the file."""

_WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What the file holds."""

    forest: Forest
    words: Words

    def log_odds(self, columns: Mapping[str, float], said: Set[str]) -> float:
        """Above 0 where the page is rather an article. `columns` are its numbers, `said` its words."""
        return float(self.forest.log_odds(self._table(columns, said))[0])

    def reasons(self, columns: Mapping[str, float], said: Set[str], n: int = 3) -> list[str]:
        """What speaks most against an article: names of numbers, and for the words these themselves."""
        found = self.forest.reasons(self._table(columns, said), 0, len(self.forest.names))
        names = [name.replace("_", " ") for name, weight in found if weight < 0][:n]
        quoted = ", ".join(f"'{word}'" for word in self.words.against(said))
        return [f"words such as {quoted}" if name == _WORDS and quoted else name for name in names]

    def _table(self, columns: Mapping[str, float], said: Set[str]) -> Table:
        """The numbers, that of the words with them, as a table of one column."""
        numbers = {**columns, _WORDS: self.words.worth(said)}
        values = np.array([*numbers.values()], dtype=np.float32)
        return Table({name: at for at, name in enumerate(numbers)}, values[:, None])


@cache
def shipped() -> Trained:
    """The file that comes with the package."""
    return parse(FILE.read_text("utf-8"))


def parse(text: str) -> Trained:
    """What is in the text of such a file."""
    content = json.loads(text)
    return Trained(forest=model.read_forest(content["forest"]), words=page_words.read(content["words"]))


def dump(trained: Trained, origin: Mapping[str, Any]) -> str:
    """The text of the file: `origin` in words, the forest packed, a line for each word."""
    content = {"origin": origin, "forest": model.packed(trained.forest), "words": page_words.packed(trained.words)}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
