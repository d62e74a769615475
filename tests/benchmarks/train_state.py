"""Train the verdict on pages from the development corpora: cross-validated figures by site, then `page_model.json`.

    pip install catboost scikit-learn
    python tests/benchmarks/train_state.py                                    # figures only, no file
    python tests/benchmarks/train_body.py --keep FOLDS                        # body models that have not seen a page
    python tests/benchmarks/train_state.py --folds FOLDS --write              # figures, then the model of all pages

Same corpora, same folds, same seed, same file. How sure the body model was is among the numbers, and it is surer on
pages it was trained on: with `--folds` each of these is read by the body model of a fold that has not seen its site.
What a page's words weigh is learned first; the forest learns from what they weigh when learned without the page's site.
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
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]
import corpora  # noqa: E402
import datasets  # noqa: E402
import train_body  # noqa: E402

from pipelines import quality  # noqa: E402
from scraper import extraction  # noqa: E402
from scraper.extraction import body, model, page_verdict, page_words, pagestate  # noqa: E402
from scraper.extraction.page_verdict import Trained  # noqa: E402
from scraper.extraction.page_words import Words  # noqa: E402
from scraper.values import Context, Page, PageState  # noqa: E402
from tests.benchmarks import state_sample  # noqa: E402

SEED = 1
TREES, DEPTH, RATE = 500, 3, 0.04
N_WORDS = 1_000  # 2,000 or all 6,719 told pages apart no better
MIN_SITES = 12  # that must use a word for it to be weighed
STRICTNESS = 0.02  # of the words' regression, its C
NO_ARTICLES = ("product", "forum", "listing", "collection")
# Documentation reads like articles and may pass; service pages are of both sorts and teach nothing. Readability's
# tests have no addresses and hardly any text.
WEIGHT = {"documentation": 0.3, "service": 0.0}
SET_WEIGHT = {"mozilla": 0.2}
FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A page ready for learning; no `columns` where no text was found. `is_open` where no rule rejects the page,
    `is_judged` where the verdict is asked for it; `favour` is added to its odds."""

    page: Any
    fold: int
    columns: dict[str, float] | None
    said: frozenset[str]
    is_open: bool
    is_judged: bool
    favour: float

    @property
    def is_article(self) -> bool:
        """Whether people call it an article, or something that reads like one."""
        return self.page.kind in ("article", "documentation")

    @property
    def weight(self) -> float:
        """How much it counts in learning."""
        return WEIGHT.get(self.page.kind, 1.0) * SET_WEIGHT.get(self.page.dataset, 1.0) if self.columns else 0.0


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
    cards = pagestate.by_cards(parts.reading.layout, parts.paragraphs)
    columns = None if cut is None else pagestate.numbers(url, parts.fields, cut, cards)
    is_judged = columns is not None and not pagestate.is_news(parts.fields)
    by_rules = pagestate.by_rules(page, parts.fields, parts.reading.layout, parts.paragraphs)
    by_rules = by_rules or (None if is_judged else cards) or pagestate.Finding(PageState.ARTICLE)
    verdict = quality.judge(extraction.article(page, replace(parts, finding=by_rules)))
    said = frozenset(page_words.said(url, parts.fields, reading.layout))
    favour = pagestate.favour(parts.fields, cut, columns) if cut is not None and columns is not None else 0.0
    return Row(source, side, columns, said, verdict.is_accepted, is_judged, favour)


def train(samples: Sequence[Row]) -> Trained:
    """What tells articles from the rest: the words of all samples, and the forest."""
    used = [s for s in samples if s.weight > 0]
    names = (*(used[0].columns or ()), "words")
    learner = CatBoostClassifier(
        iterations=TREES, depth=DEPTH, learning_rate=RATE, random_seed=SEED, l2_leaf_reg=5, border_count=32,
        bootstrap_type="No", thread_count=2, verbose=0, allow_writing_files=False,
    )  # fmt: skip
    by_words = {side: weigh([s for s in used if s.fold != side]) for side in {s.fold for s in used}}
    rows = [[*(s.columns or {}).values(), by_words[s.fold].worth(s.said)] for s in used]
    learner.fit(
        np.array(rows, dtype=np.float32),
        np.array([s.is_article for s in used], dtype=int),
        sample_weight=np.array([s.weight for s in used]),
    )
    return Trained(forest=train_body.forest_of(learner, names), words=weigh(used))


def weigh(samples: Sequence[Row]) -> Words:
    """The words that tell most, and what they weigh among themselves."""
    sites: dict[str, set[str]] = {}
    for s in samples:
        for word in s.said:
            sites.setdefault(word, set()).add(s.page.group)
    words = sorted(word for word, found in sites.items() if len(found) >= MIN_SITES)
    table = _table(samples, words)
    share = np.asarray(table.mean(axis=0)).ravel()
    tells = np.abs(_regression(samples, table).coef_[0]) * np.sqrt(share * (1 - share))
    words = [words[at] for at in sorted(np.argsort(-tells, kind="stable")[:N_WORDS])]
    found = _regression(samples, _table(samples, words))
    return Words(weights=dict(zip(words, found.coef_[0].tolist(), strict=True)), bias=float(found.intercept_[0]))


def _table(samples: Sequence[Row], words: Sequence[str]) -> Any:
    """Samples x words: 1 where a page has the word."""
    places = {word: at for at, word in enumerate(words)}
    marks = [(row, places[word]) for row, s in enumerate(samples) for word in sorted(s.said) if word in places]
    rows, columns = zip(*marks, strict=True)
    return csr_matrix((np.ones(len(marks)), (rows, columns)), shape=(len(samples), len(words)))


def _regression(samples: Sequence[Row], table: Any) -> Any:
    learner = LogisticRegression(C=STRICTNESS, max_iter=300)
    return learner.fit(table, [s.is_article for s in samples], sample_weight=[s.weight for s in samples])


def report(samples: Sequence[Row], trained: Sequence[Trained]) -> dict[str, dict[str, float]]:
    """Shares that pass, by corpus and kind: by rules alone, and by rules and a verdict that has not seen the site."""
    passed: dict[str, list[tuple[bool, bool, bool]]] = {}
    for s in samples:
        odds = trained[s.fold].log_odds(s.columns, s.said) if s.is_judged and s.columns else 9.0
        is_likely = odds + s.favour >= page_verdict.MIN_ODDS
        keys = [f"{s.page.dataset} {s.page.kind}"]
        keys += ["all articles"] if s.page.kind == "article" else []
        keys += ["all " + ", ".join(NO_ARTICLES)] if s.page.kind in NO_ARTICLES else []
        for key in keys:
            passed.setdefault(key, []).append((s.is_open, is_likely, s.is_open and is_likely))
    table = {}
    for key, found in sorted(passed.items()):
        by_rules, by_verdict, by_both = (round(sum(column) / len(found), 4) for column in zip(*found, strict=True))
        table[key] = {"pages": len(found), "by_rules": by_rules, "by_verdict": by_verdict, "passed": by_both}
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
        trained = page_verdict.parse(page_verdict.dump(train(samples), {}))  # weights as rounded as in the file
        origin = {
            "what": "whether a web page is an article, learned from pages of known kind",
            "command": "python tests/benchmarks/train_state.py --folds FOLDS --write",
            "seed": SEED,
            "corpora": {"wcxb": "CC-BY-4.0", "fundus": "MIT", "mozilla": "Apache-2.0", "postlight": "MIT/Apache-2.0",
                        "chinese": "see its README", "trafilatura": "Apache-2.0"},
            "min_odds": page_verdict.MIN_ODDS,
            "cross_validated_by_site": figures,
            "sample_digest": state_sample.digest(trained),
        }  # fmt: skip
        page_verdict.FILE.write_text(page_verdict.dump(trained, origin), "utf-8")
        print(hashlib.sha256(page_verdict.FILE.read_bytes()).hexdigest()[:16], "of the file written")


if __name__ == "__main__":
    main()
