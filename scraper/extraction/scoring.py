"""How likely each block is part of the article: features in, one number a block out.

The numbers are probabilities learned from pages with known articles (`model`). What becomes of a block is
decided in `body`; here is only the judgement of the block, and on request what it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scraper.extraction import features, model
from scraper.extraction.blocks import Layout
from scraper.extraction.features import Floats, Hints


@dataclass(frozen=True, slots=True)
class Scores:
    """`chance` is between 0 and 1, one a block; `columns` are the features it was computed from."""

    chance: Floats
    columns: Mapping[str, Floats]
    forest: model.Forest

    def reasons(self, block: int, n: int = 3) -> list[tuple[str, float]]:
        """The `n` features that decided the block of that index: name, and weight (positive speaks for the article)."""
        return self.forest.reasons(self.columns, block, n)


def score(layout: Layout, hints: Hints, forest: model.Forest | None = None) -> Scores:
    """The chance of each block to be part of the article, by the shipped model or another."""
    forest = forest or model.shipped()
    columns = features.columns(layout, hints)
    if not columns:
        return Scores(np.zeros(0), columns, forest)
    odds = forest.log_odds(columns).clip(-30, 30)
    return Scores(1 / (1 + np.exp(-odds)), columns, forest)
