"""Train the body model from the development corpora: cross-validated figures by site, then `model.json`.

    pip install catboost
    python tests/benchmarks/train_body.py            # figures only, no file
    python tests/benchmarks/train_body.py --write    # figures, then the model trained on all pages

Same corpora, same seed, same file. A page's figures always come from a model that saw neither its site nor its
publisher. The folds' forests can be kept (`--keep DIR`) for the scoring programs beside the corpora: see `adapter`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]
import corpora  # noqa: E402
import sample  # noqa: E402
from corpora import Sample, metrics  # noqa: E402

from scraper.extraction import body, model, scoring  # noqa: E402

SEED = 1
TREES, DEPTH, RATE = 150, 6, 0.1
# News pages are what the house is for and the fewest; Readability's answers favour that program's own habits.
SET_WEIGHT = {"fundus": 2.0, "mozilla": 0.7}


def weights(page: Sample) -> np.ndarray:
    """A block weighs by its words, damped: a lost short paragraph is noticed too."""
    return (1 + np.sqrt(page.n_words)) * SET_WEIGHT.get(page.page.dataset, 1.0)


def train(samples: Sequence[Sample]) -> model.Forest:
    """A forest from the blocks with a known label."""
    known = [s.label >= 0 for s in samples]
    table = np.concatenate([s.table[k] for s, k in zip(samples, known, strict=True)])
    label = np.concatenate([s.label[k] for s, k in zip(samples, known, strict=True)])
    weight = np.concatenate([weights(s)[k] for s, k in zip(samples, known, strict=True)])
    learner = CatBoostClassifier(
        iterations=TREES, depth=DEPTH, learning_rate=RATE, random_seed=SEED, l2_leaf_reg=3, border_count=64,
        bootstrap_type="No", leaf_estimation_iterations=3, thread_count=2, verbose=0, allow_writing_files=False,
    )  # fmt: skip
    learner.fit(table, label, sample_weight=weight)
    return forest_of(learner, samples[0].names)


def forest_of(learner: CatBoostClassifier, names: Sequence[str]) -> model.Forest:
    """CatBoost's trees as ours, with the columns no tree asks for left out."""
    path = Path("catboost-export.json")
    learner.save_model(str(path), format="json")
    content = json.loads(path.read_text("utf-8"))
    path.unlink()
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


def cross_validate(samples: Sequence[Sample]) -> list[model.Forest]:
    """One forest a fold, trained without it."""
    forests = []
    for side in range(corpora.N_FOLDS):
        forests.append(train([s for s in samples if s.fold != side]))
        print(f"fold {side} trained", file=sys.stderr, flush=True)
    return forests


def report(samples: Sequence[Sample], forests: Sequence[model.Forest]) -> dict[str, dict[str, float]]:
    """Word F1 and what else the scoring programs count, by corpus, each page read by its fold's forest."""
    rows = defaultdict(list)
    for one in samples:
        scores = scoring.score(one.layout, one.hints, forests[one.fold])
        text = body.text_of(body.decide(one.layout, scores, one.hints))
        rows[one.page.dataset].append(metrics.word_prf(text, one.page.gold))
    table = {}
    for name, found in rows.items():
        p, r, f1 = np.array(found).T
        table[name] = {
            "pages": len(f1), "f1": round(float(f1.mean()), 4), "precision": round(float(p.mean()), 4), "recall": round(float(r.mean()), 4),
            "at_least_.9": round(float((f1 >= 0.9).mean()), 4), "below_.5": int((f1 < 0.5).sum()),
        }  # fmt: skip
        print(name, table[name], flush=True)
    return table


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="train on all pages and write the model file")
    arguments.add_argument("--keep", type=Path, help="folder for the folds' forests")
    options = arguments.parse_args()
    samples = list(corpora.samples())
    forests = cross_validate(samples)
    figures = report(samples, forests)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        for side, forest in enumerate(forests):
            (options.keep / f"fold{side}.json").write_text(model.dump(forest, {"fold": side}), "utf-8")
    if options.write:
        forest = train(samples)
        origin = {
            "what": "the article blocks of a web page, learned from pages with known articles",
            "command": "python tests/benchmarks/train_body.py --write",
            "seed": SEED,
            "corpora": {"wcxb": "CC-BY-4.0", "fundus": "MIT", "mozilla": "Apache-2.0", "chinese": "see its README"},
            "cross_validated_by_site": figures,
            "sample_digest": sample.digest(forest.names),
        }
        model.FILE.write_text(model.dump(forest, origin), "utf-8")


if __name__ == "__main__":
    main()
