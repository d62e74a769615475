"""Train the verdict on pages from the development corpora: cross-validated figures by site, then `page_model.json`.

    pip install catboost
    python tests/benchmarks/train_state.py                                    # figures only, no file
    python tests/benchmarks/train_body.py --keep FOLDS                        # body models that have not seen a page
    python tests/benchmarks/train_state.py --folds FOLDS --write              # figures, then the model of all pages

Same corpora, same folds, same seed, same file. How sure the body model was is among the numbers, and it is surer on
pages it was trained on: with `--folds` each of these is read by the body model of a fold that has not seen its site.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]
import corpora  # noqa: E402
import datasets  # noqa: E402
import train_body  # noqa: E402

from pipelines import quality  # noqa: E402
from scraper import extraction  # noqa: E402
from scraper.extraction import body, model, page_features, page_verdict, pagestate  # noqa: E402
from scraper.values import Context, Page, PageState  # noqa: E402
from tests.benchmarks import state_sample  # noqa: E402

SEED = 1
TREES, DEPTH, RATE = 150, 4, 0.08
NO_ARTICLES = ("product", "forum", "listing", "collection")
# Documentation reads like articles and may pass; service pages are of both sorts and teach nothing. Readability's
# tests have no addresses and hardly any text.
WEIGHT = {"documentation": 0.3, "service": 0.0}
SET_WEIGHT = {"mozilla": 0.2}
FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A page ready for learning; no `columns` where no text was found. `is_open` where no rule rejects the page,
    `is_news` where its type exempts it from the verdict."""

    page: Any
    fold: int
    columns: dict[str, float] | None
    is_open: bool
    is_news: bool


def rows(folds: Path | None) -> list[Row]:
    """All pages of the corpora, of all kinds."""
    pages = [page for name in datasets.DATASETS for page in datasets.load(name, all_types=True)]
    readers = _readers(folds) if folds else {}
    return [_row(page, side, readers) for page, side in zip(pages, corpora.folds(pages), strict=True)]


def _readers(folds: Path) -> dict[tuple[str, str], model.Model]:
    """The body model that has not seen a page, for the pages the body model learns from."""
    full = [page for name in corpora.FULL for page in datasets.load(name) if page.gold]
    seen = full + list(datasets.load("trafilatura"))
    models = [model.parse((folds / f"fold{side}.json").read_text("utf-8")) for side in range(corpora.N_FOLDS)]
    return {(p.dataset, p.id): models[side] for p, side in zip(seen, corpora.folds(seen), strict=True)}


def _row(source: Any, side: int, readers: dict[tuple[str, str], model.Model]) -> Row:
    url = source.url or "http://unknown.test/a"
    page = Page(url=url, final_url=url, status=200, body=source.html, fetched_at=FETCHED_AT)
    parts = extraction.take_apart(page)
    reading, reader = parts.reading, readers.get((source.dataset, source.id))
    if reader is not None and reading.scores is not None:
        reading = body.read_layout(reading.layout, extraction._hints(page, parts.fields, Context()), reader)
    cut = pagestate.cut_of(reading)
    columns = None if cut is None else page_features.columns(url, parts.fields, cut)
    by_rules = pagestate.by_rules(page, parts.fields, parts.reading.layout, parts.paragraphs)
    by_rules = by_rules or pagestate.Finding(PageState.ARTICLE)
    verdict = quality.judge(extraction.article(page, replace(parts, finding=by_rules)))
    return Row(source, side, columns, verdict.is_accepted, pagestate.is_news(parts.fields))


def train(samples: Sequence[Row]) -> model.Forest:
    """The forest that tells articles from the rest."""
    used = [s for s in samples if s.columns and _weight(s) > 0]
    names = tuple(used[0].columns or ())
    learner = CatBoostClassifier(
        iterations=TREES, depth=DEPTH, learning_rate=RATE, random_seed=SEED, l2_leaf_reg=5, border_count=32,
        bootstrap_type="No", thread_count=2, verbose=0, allow_writing_files=False,
    )  # fmt: skip
    learner.fit(
        np.array([list((s.columns or {}).values()) for s in used], dtype=np.float32),
        np.array([s.page.kind in ("article", "documentation") for s in used], dtype=int),
        sample_weight=np.array([_weight(s) for s in used]),
    )
    return train_body.forest_of(learner, names)


def _weight(row: Row) -> float:
    return WEIGHT.get(row.page.kind, 1.0) * SET_WEIGHT.get(row.page.dataset, 1.0)


def report(samples: Sequence[Row], forests: Sequence[model.Forest]) -> dict[str, dict[str, float]]:
    """Shares that pass, by corpus and kind: by rules alone, and by rules and the forest that has not seen the site."""
    passed: dict[str, list[tuple[bool, bool, bool]]] = {}
    for s in samples:
        odds = page_verdict.log_odds(s.columns, forests[s.fold]) if s.columns and not s.is_news else 9.0
        is_likely = odds >= page_verdict.MIN_ODDS
        keys = [f"{s.page.dataset} {s.page.kind}"]
        keys += ["all articles"] if s.page.kind == "article" else []
        keys += ["all " + ", ".join(NO_ARTICLES)] if s.page.kind in NO_ARTICLES else []
        for key in keys:
            passed.setdefault(key, []).append((s.is_open, is_likely, s.is_open and is_likely))
    table = {}
    for key, found in sorted(passed.items()):
        by_rules, by_forest, by_both = (round(sum(column) / len(found), 4) for column in zip(*found, strict=True))
        table[key] = {"pages": len(found), "by_rules": by_rules, "by_forest": by_forest, "passed": by_both}
        print(f"{key:44}", table[key], flush=True)
    return table


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="train on all pages and write the model file")
    arguments.add_argument("--folds", type=Path, help="folder of the body models that train_body.py --keep wrote")
    options = arguments.parse_args()
    samples = rows(options.folds)
    sides = range(corpora.N_FOLDS)
    figures = report(samples, [train([s for s in samples if s.fold != side]) for side in sides])
    if options.write:
        forest = train(samples)
        origin = {
            "what": "whether a web page is an article, learned from pages of known kind",
            "command": "python tests/benchmarks/train_state.py --folds FOLDS --write",
            "seed": SEED,
            "corpora": {"wcxb": "CC-BY-4.0", "fundus": "MIT", "mozilla": "Apache-2.0", "postlight": "MIT/Apache-2.0",
                        "chinese": "see its README", "trafilatura": "Apache-2.0"},
            "min_odds": page_verdict.MIN_ODDS,
            "cross_validated_by_site": figures,
            "sample_digest": state_sample.digest(forest),
        }  # fmt: skip
        page_verdict.FILE.write_text(page_verdict.dump(forest, origin), "utf-8")
        print(hashlib.sha256(page_verdict.FILE.read_bytes()).hexdigest()[:16], "of the file written")


if __name__ == "__main__":
    main()
