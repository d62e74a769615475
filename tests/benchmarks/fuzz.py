"""Breaks the pages of the corpora at random and extracts them in processes that can be killed.

    python -m tests.benchmarks.fuzz [--minutes 5] [--seed 1] [--keep DIR]

Prints how many pages ended how, the slowest, and each failure that is not ours with its traceback; `--keep` saves
the pages of those that crashed, hung or swelled. Exit status 1 where there are any.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipelines.worker import Answer, Task, WorkerError
from pipelines.workers import Workers
from scraper import dom, encoding
from scraper.errors import NewsError
from scraper.extraction import extract
from scraper.extraction.observation import observe
from scraper.values import Page
from tests.benchmarks.corpora import datasets
from tests.mutations import mutate

_WHEN = datetime(2026, 11, 1, tzinfo=UTC)
_BAD = ("too_slow", "too_large", "worker_died", "crashed")


def read(page: Page) -> str:
    """What `learn` and `digest` do with a page; the state it was found in."""
    observe(dom.parse(encoding.to_utf8(page)), page, page.url)
    return extract(page).state.value


def broken(seed: int, until: float) -> Iterator[Page]:
    """Broken pages until the time is over."""
    sources = [page.html for name in ("fundus", "wcxb", "mozilla", "chinese") for page in datasets.load(name)]
    number = seed << 32
    while time.monotonic() < until:
        number += 1
        chance = random.Random(number)
        body = mutate(chance.choice(sources), chance, chance.choice(sources))
        url = f"https://fuzz.example/{number}"
        yield Page(url=url, final_url=url, status=200, body=body, fetched_at=_WHEN)


def ending(answer: Answer) -> str:
    """How a page ended: the state of the page found, or the reason of the failure."""
    try:
        return str(answer.get())
    except WorkerError as error:
        print(error)
        return "crashed"
    except NewsError as error:
        return error.reason


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    given: list[Page] = []

    def tasks() -> Iterator[Task]:
        for page in broken(options.seed, time.monotonic() + 60 * options.minutes):
            given.append(page)
            yield Task(function=read, values=(page,), url=page.url)

    endings: Counter[str] = Counter()
    slowest = 0.0
    with Workers() as workers:
        for answer in workers.each(tasks()):
            page = given.pop(0)
            end = ending(answer)
            endings[end] += 1
            slowest = max(slowest, answer.elapsed_s)
            if end in _BAD:
                print(f"{end}: {page.url}, {len(page.body)} bytes, {answer.elapsed_s:.1f} s")
                if options.keep:
                    (options.keep / f"{end}-{page.url.rsplit('/')[-1]}.html").write_bytes(page.body)
    print(f"{endings.total()} pages, slowest {slowest:.1f} s:", ", ".join(f"{n} {e}" for e, n in endings.most_common()))
    return 1 if any(endings[end] for end in _BAD) else 0


if __name__ == "__main__":
    sys.exit(main())
