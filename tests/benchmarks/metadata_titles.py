"""Learns the weights of `scraper.extraction.title_weights` from pages whose headline is known.

    python tests/benchmarks/metadata_titles.py ../shared/bench > scraper/extraction/title_weights.py

Conditional logit: the probability of an option is the softmax of its score over the page's options; the likelihood of
the right ones is raised with a penalty on large weights. Five folds by `group` are reported on standard error.
"""

from __future__ import annotations

import sys
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from scraper import dom
from scraper.extraction import metadata
from scraper.values import Page

SETS = {"wcxb": 1.0, "fundus": 3.0, "trafilatura": 0.7, "postlight": 1.0}
PENALTY = 2.0
STEPS = 250
FOLDS = 5


@dataclass
class Case:
    """A page's options as rows of features, and which of them are right."""

    name: str
    fold: int
    weight: float
    texts: list[str]
    rows: list[dict[str, float]]
    right: np.ndarray


def cases(bench: Path) -> list[Case]:
    sys.path.insert(0, str(bench))
    import datasets
    import metrics

    found = []
    for name, weight in SETS.items():
        for page in datasets.load(name):
            if not page.title:
                continue
            at = Page(url=page.url, final_url=page.url, status=200, body=page.html, fetched_at=datetime.now(UTC))
            options = metadata.title_options(dom.parse(page.html), at)
            right = np.array([metrics.title_match(o.text, page.title) for o in options], dtype=bool)
            texts = [o.text for o in options]
            fold = zlib.crc32(page.group.encode()) % FOLDS
            found.append(Case(name, fold, weight, texts, [o.features for o in options], right))
    return found


def learn(data: list[Case], names: list[str]) -> np.ndarray:
    usable = [c for c in data if c.right.any() and not c.right.all()]
    rows = np.vstack([_matrix(c, names) for c in usable])
    right = np.concatenate([c.right for c in usable])
    sizes = [len(c.right) for c in usable]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    trust = np.repeat([c.weight for c in usable], sizes)

    def share(values: np.ndarray) -> np.ndarray:
        return values / np.maximum(1e-12, np.repeat(np.add.reduceat(values, starts), sizes))

    weights, first, second = (np.zeros(len(names)) for _ in range(3))
    for step in range(1, STEPS + 1):
        scores = rows @ weights
        p = share(np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes)))
        slope = rows.T @ (trust * (share(np.where(right, p, 0)) - p)) - PENALTY * weights
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        weights += 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def _matrix(case: Case, names: list[str]) -> np.ndarray:
    return np.array([[row.get(name, 0.0) for name in names] for row in case.rows])


def accuracy(data: list[Case], names: list[str], weights: np.ndarray) -> dict[str, tuple[int, int, int]]:
    found: dict[str, tuple[int, int, int]] = {}
    for case in data:
        hits, can, n = found.get(case.name, (0, 0, 0))
        hit = bool(case.rows) and bool(case.right[int(np.argmax(_matrix(case, names) @ weights))])
        found[case.name] = (hits + hit, can + bool(case.right.any()), n + 1)
    return found


def main() -> None:
    data = cases(Path(sys.argv[1]))
    names = sorted({name for case in data for row in case.rows for name in row})
    totals: dict[str, np.ndarray] = {}
    for k in range(FOLDS):
        weights = learn([c for c in data if c.fold != k], names)
        for name, counts in accuracy([c for c in data if c.fold == k], names, weights).items():
            totals[name] = totals.get(name, np.zeros(3)) + np.array(counts)
    for name, (hits, can, n) in totals.items():
        print(f"{name}: right {hits / n:.3f}, an option right {can / n:.3f}, pages {n:.0f}", file=sys.stderr)
    weights = learn(data, names)
    print('"""What speaks for and against a headline; learned by `tests/benchmarks/metadata_titles.py`."""\n')
    print("from __future__ import annotations\n\nWEIGHTS: dict[str, float] = {")
    for name, weight in zip(names, weights, strict=True):
        if abs(weight) >= 0.05:
            print(f'    "{name}": {weight:.2f},')
    print("}")


if __name__ == "__main__":
    main()
