"""Which features decided, block by block: how far a score would move if one answer were another block's.

Compared is with the page's own blocks: a feature that has the same value on all of them (the page's length, say)
decided nothing between them and weighs nothing. Each tree is asked what it would have said had the answer of one of
its levels been the other one, and that counts as much as the other answer is common on the page. First-order: what
only two answers together bring about goes to both in part.

For explanations only; costs about as much as the scoring itself. Does not put features into words.
"""

from __future__ import annotations

import numpy as np

from scraper.extraction.arrays import Floats
from scraper.extraction.model import Forest
from scraper.extraction.table import Table


def weights(forest: Forest, table: Table) -> Floats:
    """Features (in the order of `forest.names`) x blocks: what each adds to the block's log odds."""
    values = table.rows(forest.names)
    answers = values[forest.feature] > forest.border[:, :, None]
    n_levels = forest.feature.shape[1]
    leaves = (answers << np.arange(n_levels)[None, :, None]).sum(axis=1)
    trees = np.arange(len(forest.leaf))[:, None]
    here = forest.leaf[trees, leaves]
    found = np.zeros(values.shape)
    for level in range(n_levels):
        answer = answers[:, level]
        yes = answer.mean(axis=1, keepdims=True)
        moved = here - forest.leaf[trees, leaves ^ (1 << level)]
        np.add.at(found, forest.feature[:, level], moved * np.where(answer, 1 - yes, yes))
    return found
