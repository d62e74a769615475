"""Train the body model from the development corpora: cross-validated figures by site, then `model.json`.

    pip install catboost
    python tests/benchmarks/train_body.py            # figures only, no file
    python tests/benchmarks/train_body.py --write    # figures, then the model trained on all pages

Same corpora, same seed, same file. A page's figures always come from a model that saw neither its site nor its
publisher. The folds' models can be kept (`--keep DIR`) for the scoring programs beside the corpora: see `adapter`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]
import corpora  # noqa: E402
import sample  # noqa: E402
from corpora import Sample, metrics  # noqa: E402

from scraper.extraction import body, model, scoring, wording  # noqa: E402
from scraper.extraction.table import Table  # noqa: E402

SEED = 1
TREES, TREES_SECOND, DEPTH, RATE = 150, 100, 6, 0.11
COPY_WEIGHT = 0.5
# News pages are what the house is for and the fewest; Readability's answers favour that program's own habits.
SET_WEIGHT = {"fundus": 2.0, "mozilla": 0.7, "trafilatura": 1.0}


def weights(page: Sample) -> np.ndarray:
    """A block weighs by its words, damped: a lost short paragraph is noticed too."""
    return (1 + np.sqrt(page.n_words)) * SET_WEIGHT.get(page.page.dataset, 1.0) * (COPY_WEIGHT if page.is_copy else 1.0)


def fit(
    tables: Sequence[np.ndarray], labels: Sequence[np.ndarray], weight: Sequence[np.ndarray], trees: int
) -> CatBoostClassifier:
    """A learner of the rows with a known label."""
    known = [label >= 0 for label in labels]
    pick = lambda parts: np.concatenate([part[k] for part, k in zip(parts, known, strict=True)])  # noqa: E731
    learner = CatBoostClassifier(
        iterations=trees, depth=DEPTH, learning_rate=RATE, random_seed=SEED, l2_leaf_reg=3, border_count=64,
        bootstrap_type="No", leaf_estimation_iterations=3, thread_count=2, verbose=0, allow_writing_files=False,
    )  # fmt: skip
    return learner.fit(pick(tables), pick(labels), sample_weight=pick(weight))


def train_first(samples: Sequence[Sample]) -> model.Forest:
    """The forest of the first look; lines that only their words give away are not shown to it."""
    labels = [np.where(s.is_wordy, -1, s.label) for s in samples]
    learner = fit([s.table.values.T for s in samples], labels, [weights(s) for s in samples], TREES)
    return forest_of(learner, tuple(samples[0].table.names))


def second_tables(samples: Sequence[Sample], firsts: Sequence[model.Forest]) -> list[tuple[list[int], Table]]:
    """The candidates of each page and their features, by the forest that has not seen the page's site."""
    return [wording.table(s.layout, s.table, firsts[s.fold].log_odds(s.table), s.hints) for s in samples]


def train_second(samples: Sequence[Sample], tables: Sequence[tuple[list[int], Table]]) -> model.Forest:
    """The forest of the second look."""
    pages = [(s, places, table) for s, (places, table) in zip(samples, tables, strict=True) if places]
    learner = fit(
        [table.values.T for _, _, table in pages],
        [s.label[places] for s, places, _ in pages],
        [weights(s)[places] for s, places, _ in pages],
        TREES_SECOND,
    )
    return forest_of(learner, tuple(pages[0][2].names))


def forest_of(learner: CatBoostClassifier, names: Sequence[str]) -> model.Forest:
    """CatBoost's trees as ours, with the columns no tree asks for left out."""
    with tempfile.TemporaryDirectory() as folder:  # its own: two trainings may run side by side
        path = Path(folder) / "model.json"
        learner.save_model(str(path), format="json")
        content = json.loads(path.read_text("utf-8"))
    trees = [t for t in content["oblivious_trees"] if t["splits"]]
    splits = [[(s["float_feature_index"], s["border"]) for s in t["splits"]] for t in trees]
    depth = max(map(len, splits))
    feature, border = np.zeros((len(trees), depth), int), np.full((len(trees), depth), np.inf, np.float32)
    leaf = np.zeros((len(trees), 2**depth))
    for at, (tree, asked) in enumerate(zip(trees, splits, strict=True)):
        for level, (column, value) in enumerate(asked):
            feature[at, level], border[at, level] = column, value
        leaf[at, : len(tree["leaf_values"])] = tree["leaf_values"]
    used = sorted(set(feature.ravel().tolist()))
    scale, bias = content["scale_and_bias"]
    return model.Forest(
        names=tuple(names[i] for i in used),
        feature=np.searchsorted(used, feature),
        border=border,
        leaf=leaf * scale,
        bias=float(bias[0] if isinstance(bias, list) else bias),
    )


def cross_validate(samples: Sequence[Sample]) -> tuple[list[model.Model], list[tuple[list[int], Table]]]:
    """One model a fold, trained without it; and the second look's tables of all pages.

    A second forest learns from odds of the other folds' first forests, which saw the pages it is tested on: a leak
    of no measurable size, but it is there.
    """
    sides = range(corpora.N_FOLDS)
    firsts = []
    for side in sides:
        firsts.append(train_first([s for s in samples if s.fold != side]))
        print(f"fold {side}: first look trained", file=sys.stderr, flush=True)
    tables = second_tables(samples, firsts)
    seconds = []
    for side in sides:
        kept = [(s, t) for s, t in zip(samples, tables, strict=True) if s.fold != side]
        seconds.append(train_second([s for s, _ in kept], [t for _, t in kept]))
    return [model.Model(first=a, second=b) for a, b in zip(firsts, seconds, strict=True)], tables


def report(samples: Sequence[Sample], models: Sequence[model.Model]) -> dict[str, dict[str, float]]:
    """Word F1 and what else the scoring programs count, by corpus, each page read by its fold's model."""
    rows = defaultdict(list)
    for one in (s for s in samples if not s.is_copy and not s.is_partial):
        scores = scoring.score(one.layout, one.hints, models[one.fold])
        text = body.text_of(body.decide(one.layout, scores, one.hints).paragraphs())
        rows[one.page.dataset].append(metrics.word_prf(text, one.page.gold))
    table = {}
    for name, found in rows.items():
        p, r, f1 = np.array(found).T
        table[name] = {
            "pages": len(f1),
            "f1": round(float(f1.mean()), 4),
            "precision": round(float(p.mean()), 4),
            "recall": round(float(r.mean()), 4),
            "at_least_.9": round(float((f1 >= 0.9).mean()), 4),
            "below_.5": int((f1 < 0.5).sum()),
        }
        print(name, table[name], flush=True)
    return table


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="train on all pages and write the model file")
    arguments.add_argument("--keep", type=Path, help="folder for the folds' models")
    options = arguments.parse_args()
    samples = corpora.samples()
    models, tables = cross_validate(samples)
    figures = report(samples, models)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        for side, one in enumerate(models):
            (options.keep / f"fold{side}.json").write_text(model.dump(one, {"fold": side}), "utf-8")
    if options.write:
        final = model.Model(first=train_first(samples), second=train_second(samples, tables))
        origin = {
            "what": "the article blocks of a web page, learned from pages with known articles",
            "command": "python tests/benchmarks/train_body.py --write",
            "seed": SEED,
            "corpora": {
                "wcxb": "CC-BY-4.0",
                "fundus": "MIT",
                "mozilla": "Apache-2.0",
                "chinese": "see its README",
                "trafilatura": "Apache-2.0, snippets",
            },
            "cross_validated_by_site": figures,
            "sample_digest": sample.digest(final),
        }
        model.FILE.write_text(model.dump(final, origin), "utf-8")


if __name__ == "__main__":
    main()
