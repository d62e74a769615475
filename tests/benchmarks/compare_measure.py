"""What `compare` measures: scores of every extractor on every page, and CPU times, taking turns page by page.

Scores, junk and injected lines are those of the scoring programs beside the corpora (`run`, `junk`, `metrics`).
"""

from __future__ import annotations

import importlib.metadata
import json
import multiprocessing
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import datasets
import extractors
import junk
import metrics
import run

OURS = "newsdesk"
REFERENCE = "trafilatura"
PEERS = (
    *("trafilatura", "trafilatura_nocomments", "trafilatura_fast"),
    *("readability", "resiliparse", "newspaper4k", "goose3"),
)
NAMES = (OURS, *PEERS)
FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)  # after the youngest page: dates of the future do not count
SCRIPTS = {
    "Latin": ((0x41, 0x24F), (0x1E00, 0x1EFF)),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F),),
    "Arabic, Hebrew, Persian": ((0x590, 0x6FF), (0x750, 0x77F)),
    "Devanagari and other Indic": ((0x900, 0xDFF),),
    "Chinese, Japanese, Thai": ((0xE00, 0xE7F), (0x3040, 0x30FF), (0x3400, 0x9FFF)),
    "Korean": ((0x1100, 0x11FF), (0xAC00, 0xD7AF)),
}


def script(text: str) -> str:
    """The group of scripts that most letters of the text belong to."""
    letters = [ord(c) for c in text if c.isalpha()]
    counts = {name: sum(a <= c <= b for c in letters for a, b in spans) for name, spans in SCRIPTS.items()}
    return max(counts, key=counts.__getitem__)


def shipped(html: bytes, url: str) -> dict[str, Any]:
    """Body and metadata by the package as it is shipped."""
    from scraper.extraction import extract
    from scraper.values import Page

    found = extract(Page(url=url, final_url=url, status=200, body=html, fetched_at=FETCHED_AT))
    date = found.published_at.iso() if found.published_at else None
    return {"body": found.body, "title": found.title, "authors": list(found.authors), "date": date, "language": None}


def held_out(html: bytes, url: str) -> dict[str, Any]:
    """The whole reading as shipped, but for the body's model: that of the page's fold, which has not seen its site."""
    import adapter

    from scraper.extraction import model

    side = adapter._fold_of().get(url)
    if side is None:  # only corpora without bodies have no folds
        return {**shipped(html, url), "body": ""}
    with mock.patch.object(model, "shipped", return_value=adapter._model(side)) as asked:
        found = shipped(html, url)
    if not asked.called:
        raise RuntimeError("the extractor did not ask for the model that was to be held out")
    return found


def sample(name: str, n: int | None) -> list[datasets.Page]:
    """The corpus, or `n` pages of it, always the same."""
    pages = sorted(datasets.load(name), key=lambda page: page.id)
    return pages if n is None or n >= len(pages) else random.Random(1).sample(pages, n)


# ---------------------------------------------------------------- quality


@cache
def _promotions() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((Path(junk.__file__).parent / "junk_lines.json").read_text("utf-8"))
    return found


def _function(name: str) -> Any:
    return held_out if name == OURS else extractors.get(name)


def _page(task: tuple[str, datasets.Page]) -> dict[str, Any]:
    """All scores of one extractor on one page; of lines [kept, all]."""
    name, page = task
    function = _function(name)
    out, _, error = run.call(function, page.html, page.url)
    row = {**run.score(page, out), "error": error, "group": page.group}
    row["says_date"] = bool(out["date"])
    if page.gold:
        row["script"] = script(page.gold)
        inside, after = junk.existing_junk(page)
        for key, lines in (("inside", inside), ("after", after), ("gold", junk.paragraphs(page.gold))):
            row[key] = [junk.kept(lines, out["body"]), len(lines)]
        if page.dataset in ("wcxb", "fundus"):
            row["injected"] = _injected(function, page)
    return row


def _injected(function: Any, page: datasets.Page) -> list[int]:
    """[kept, all] of promotional lines set into the middle or at the end of the article, as plain paragraphs."""
    lines = _promotions().get((page.language or "")[:2], [])
    rng = random.Random(page.id)
    picked = rng.sample(lines, min(4, len(lines)))
    source = junk.inject(page, picked, "plain", rng.choice(["middle", "end"])) if picked else None
    if source is None:
        return [0, 0]
    body = run.call(function, source, page.url)[0]["body"]
    return [junk.kept([junk.norm(line) for line in picked], body), len(picked)]


def quality(dataset: str, pages: int | None, jobs: int) -> dict[str, Any]:
    """Extractor -> figures and page scores, and how it was measured."""
    circumstances, chosen, table = _circumstances(), sample(dataset, pages), {}
    with multiprocessing.Pool(jobs) as pool:
        for name in NAMES:
            started = time.monotonic()
            rows = pool.map(_page, [(name, page) for page in chosen], chunksize=8)
            table[name] = {"figures": figures(rows), "rows": [_short(row) for row in rows]}
            print(f"{dataset} {name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return {"pages": len(chosen), "of": len(sample(dataset, None)), "extractors": table, **circumstances}


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """What later tables need of a page."""
    return {key: row[key] for key in ("id", "f1", "script") if key in row}


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The means of a corpus; None for what the extractor does not offer or the corpus does not know."""
    found: dict[str, Any] = {"errors": sum(row["error"] is not None for row in rows)}
    f1 = [row["f1"] for row in rows if "f1" in row]
    if f1:
        found |= {"n_body": len(f1), "f1": metrics.mean(f1), "ci": metrics.bootstrap_ci(f1)}
        found |= {"good": metrics.share(f1, lambda v: v >= 0.9), "bad": sum(v < 0.5 for v in f1)}
    for key in ("gold", "inside", "after", "injected"):
        pairs = [row[key] for row in rows if key in row]
        if n := sum(total for _, total in pairs):
            found[key], found[f"n_{key}"] = sum(kept for kept, _ in pairs) / n, n
    offers = {"title": "title", "author_f1": "n_authors", "date": "says_date", "minute": "minute"}
    for key, offered in offers.items():
        values = [row[key] for row in rows if key in row]
        if values:
            found[f"n_{key}"] = len(values)
            found[key] = metrics.mean(values) if any(row.get(offered) for row in rows) else None
    for key in ("with", "without"):
        found[key] = metrics.mean([row.get(key) for row in rows])
    return found


# ---------------------------------------------------------------- speed


def speed(names: Sequence[str], n: int) -> dict[str, Any]:
    """Extractor -> CPU times on the same pages in one process, the order turning with each page."""
    circumstances = _circumstances()  # before, since the checkout may move while this runs
    pages = [page for name in names for page in sample(name, n)]
    functions = {name: shipped if name == OURS else extractors.get(name) for name in NAMES}
    for page in pages[::20]:  # imports and caches are warm before the clock counts
        for function in functions.values():
            run.call(function, page.html, page.url)
    seconds: dict[str, list[float]] = defaultdict(list)
    for at, page in enumerate(pages):
        turn = at % len(NAMES)
        for name in (*NAMES[turn:], *NAMES[:turn]):
            seconds[name].append(run.call(functions[name], page.html, page.url)[1])
    table = {name: _times(seconds[name], seconds[REFERENCE]) for name in NAMES}
    return {"pages": len(pages), "corpora": list(names), "extractors": table, **circumstances}


def _times(times: Sequence[float], reference: Sequence[float]) -> dict[str, Any]:
    """Totals' ratio with its bootstrap interval over pages, median and 95th percentile."""
    rng, both = random.Random(0), list(zip(times, reference, strict=True))
    draws = (rng.choices(both, k=len(both)) for _ in range(500))
    ratios = sorted(sum(r for _, r in draw) / sum(t for t, _ in draw) for draw in draws)
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return {
        "ratio": sum(reference) / sum(times),
        "ci": [ratios[12], ratios[487]],
        "total_s": sum(times),
        "median_ms": 1000 * median,
        "p95_by_median": p95 / median,
    }


def _circumstances() -> dict[str, Any]:
    packages = ("trafilatura", "readability-lxml", "resiliparse", "newspaper4k", "goose3", "selectolax")
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "day": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": commit.stdout.strip(),
        "python": sys.version.split()[0],
        "versions": {name: importlib.metadata.version(name) for name in packages},
    }
