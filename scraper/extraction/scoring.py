"""How likely each block is part of the article: features in, one number a block out.

Two looks. The first sees every block's place and shape (`features`), the second what the candidates say and stand
among (`wording`). Both judge by what was learned from pages with known articles (`model`). What becomes of a block is
decided in `body`; here is only the judgement, and on request what it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scraper.extraction import agreement, features, model, wording
from scraper.extraction.agreement import Hints
from scraper.extraction.arrays import Floats
from scraper.extraction.blocks import Layout
from scraper.extraction.table import Table

try:
    from scraper.extraction.fast_features import table as _compiled
except ImportError:
    _compiled = None  # type: ignore[assignment]

_NEVER = -9.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """`chance` is between 0 and 1, one a block. The rest is what it was computed from, for `reasons`."""

    chance: Floats
    first: Table
    second: Table
    candidates: Sequence[int]
    model: model.Model

    def reasons(self, block: int, n: int = 3) -> list[tuple[str, float]]:
        """The `n` features that decided the block of that index: name, and weight (positive speaks for the article)."""
        if block in self.candidates:
            return self.model.second.reasons(self.second, self.candidates.index(block), n)
        return self.model.first.reasons(self.first, block, n)


def score(layout: Layout, hints: Hints, trained: model.Model | None = None) -> Scores:
    """The chance of each block to be part of the article, by the shipped model or another."""
    trained = trained or model.shipped()
    first = look(layout, hints)
    if not layout.blocks:
        return Scores(chance=np.zeros(0), first=first, second=Table.empty(), candidates=(), model=trained)
    odds = trained.first.log_odds(first)
    odds[first[features.FOREIGN] > 0] = _NEVER
    candidates, second = wording.table(layout, first, odds, hints)
    if candidates:
        odds[candidates] = trained.second.log_odds(second)
    chance = 1 / (1 + np.exp(-odds.clip(-30, 30)))
    return Scores(chance=chance, first=first, second=second, candidates=candidates, model=trained)


def look(layout: Layout, hints: Hints) -> Table:
    """What the first look sees: `features.table`, by the compiled module where there is one."""
    if _compiled is None or not layout.blocks:
        return features.table(layout, hints)
    values, link = _compiled(layout)
    values[features.AGREEMENT] = list(agreement.rows(layout, link, hints).values())
    return Table(features.ROWS, values)
