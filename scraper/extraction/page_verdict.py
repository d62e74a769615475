"""How likely a page is an article, by its numbers (`page_features`) and what was learned from pages of known kind.

One forest of oblivious trees, of the same form as that of the blocks (`model`). The file is written by
`tests/benchmarks/train_state.py`, which also states its origin in it.
What becomes of the page is decided in `pagestate`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scraper.extraction import model
from scraper.extraction.model import Forest
from scraper.extraction.table import Table

FILE = Path(__file__).with_name("page_model.json")

MIN_ODDS = -0.4
"""Log odds an article has. Chosen by cross-validation by site, see `cross_validated_by_site` in the file."""


def log_odds(columns: Mapping[str, float], trained: Forest | None = None) -> float:
    """Above 0 where the page is rather an article, by the shipped forest or another."""
    return float((trained or shipped()).log_odds(_table(columns))[0])


def reasons(columns: Mapping[str, float], n: int = 3) -> list[str]:
    """The names of the numbers that speak most against an article."""
    forest = shipped()
    found = forest.reasons(_table(columns), 0, len(forest.names))
    return [name for name, weight in found if weight < 0][:n]


@cache
def shipped() -> Forest:
    """The forest that comes with the package."""
    return model.read_forest(json.loads(FILE.read_text("utf-8"))["forest"])


def dump(forest: Forest, origin: Mapping[str, Any]) -> str:
    """The text of the file: `origin` in words, the numbers packed."""
    content = {"origin": origin, "forest": model.packed(forest)}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _table(columns: Mapping[str, float]) -> Table:
    """The numbers as a table of one column."""
    values = np.array([*columns.values()], dtype=np.float32)
    return Table({name: at for at, name in enumerate(columns)}, values[:, None])
