"""What the junk tables find, and what they wrongly find, by language and class.

    python tests/benchmarks/junk_measure.py [--bench ../shared/bench] [--show 20]

Recall on the lines of fixtures/junk (alone, and four in a row amid gold, as `spans` sees them), every gold line of the
corpora that is taken for junk, and the time a page's gold lines take. Changes nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scraper.extraction import junk

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures/junk"


def gold(bench: Path) -> Iterator[tuple[str, str | None, list[str]]]:
    """(corpus, language, gold lines or required snippets) of every page."""
    for path in sorted((bench / "gold").glob("*.jsonl")):
        for row in map(json.loads, path.read_text("utf-8").rstrip("\n").split("\n")):
            text = row.get("gold") or "\n".join(row.get("must_have") or [])
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines and row["kind"] == "article":
                yield path.stem, row.get("language"), lines


def recall(name: str) -> None:
    """Prints the share of the fixture's lines recognised, by language and by class."""
    table = json.loads((FIXTURES / name).read_text("utf-8"))["lines"]
    n, hits = Counter[str](), Counter[str]()
    for code, classes in table.items():
        for kind, lines in classes.items():
            for key in (code, kind):
                n[key] += len(lines)
                hits[key] += sum(junk.reason(line, code) is not None for line in lines)
    print(name, ", ".join(f"{key} {hits[key] / n[key]:.2f} of {n[key]}" for key in n))


def in_runs(name: str, pages: list[tuple[str, str | None, list[str]]]) -> None:
    """Prints the share recognised when four lines stand together in a gold text, and the gold lines lost by it."""
    rng, n, hits, lost = random.Random(5), 0, 0, 0
    for code, classes in json.loads((FIXTURES / name).read_text("utf-8"))["lines"].items():
        lines = [line for group in classes.values() for line in group]
        texts = [lines_ for corpus, language, lines_ in pages if corpus == "fundus" and (language or "")[:2] == code]
        for text in [rng.choice(texts) for _ in range(60)] if texts and len(lines) >= 4 else []:
            at, promo = rng.choice([len(text) // 2, len(text)]), rng.sample(lines, 4)
            marks = junk.spans([*text[:at], *promo, *text[at:]], code)
            n, hits = n + 4, hits + sum(mark is not None for mark in marks[at : at + 4])
            untouched = sum(mark is not None for mark in junk.spans(text, code))
            lost += sum(mark is not None for mark in [*marks[:at], *marks[at + 4 :]]) - untouched
    print(f"{name} in runs of four: {hits / max(1, n):.3f} of {n}, gold lines lost {lost}")


def false_positives(pages: list[tuple[str, str | None, list[str]]], show: int) -> None:
    """Prints how many gold lines of at least 20 characters are taken for junk, by corpus, and some of them."""
    n, flagged, examples = Counter[str](), Counter[str](), []
    for corpus, language, lines in pages:
        for line, mark in zip(lines, junk.spans(lines, language), strict=True):
            n[corpus] += len(line) >= 20
            if mark and len(line) >= 20:
                flagged[corpus] += 1
                examples.append(f"  {corpus} {language} {mark}: {line[:140]}")
    print("gold lines taken for junk:", ", ".join(f"{corpus} {flagged[corpus]} of {n[corpus]}" for corpus in n))
    print("\n".join(random.Random(1).sample(examples, min(show, len(examples)))))


def main() -> None:
    """Measures everything once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=ROOT / "../shared/bench")
    parser.add_argument("--show", type=int, default=20)
    args = parser.parse_args()
    pages = list(gold(args.bench))
    for name in ("development.json", "held_out.json"):
        recall(name)
        in_runs(name, pages)
    false_positives(pages, args.show)
    news = [(language, lines) for corpus, language, lines in pages if corpus == "fundus"]
    started = time.process_time()
    for language, lines in news:
        for line in lines:
            junk.reason(line, language)
    print(f"{(time.process_time() - started) / len(news) * 1e6:.0f} microseconds a page of current news")


if __name__ == "__main__":
    main()
