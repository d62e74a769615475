"""What a page costs from the archive to its row: `python -m tests.benchmarks.digest [--rounds 5] [FOLDER]`.

Milliseconds of CPU a page, of each of the four parts of learning and digesting, in one process and without a worker
beside it: reading for the site memory, keeping that, reading the article, keeping that. FOLDER holds .html or .html.gz
files, as pages of sites of 100 pages each; without it, 400 pages of `crawl_site`. Medians of the rounds, each of which
fills an SQLite file of its own.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.archive import ArchiveWriter
from db.engine import open_engine, writing
from db.runs import add_run
from db.upgrading import upgrade
from pipelines import digest, learn
from pipelines.importing import Intake, take
from pipelines.stopping import Stop
from pipelines.worker import Answer, Task
from pipelines.workers import Workers
from scraper.values import Page
from tests.benchmarks import crawl_site

N_PAGES_A_SITE = 100


class Clock:
    """The CPU that each part took, seconds."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def time(self, part: str, function: Callable[..., Any], *values: Any) -> Any:
        """What `function` returns."""
        start = time.process_time()
        try:
            return function(*values)
        finally:
            self.spent[part] = self.spent.get(part, 0.0) + time.process_time() - start


def bodies(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    """Address and body of each page."""
    now = datetime.now(UTC)
    if folder is None:
        for host in crawl_site.HOSTS[:4]:
            yield from ((f"http://{host}/news/{n}", crawl_site.article(host, n, now)) for n in range(N_PAGES_A_SITE))
        return
    for n, path in enumerate(sorted(folder.rglob("*.htm*"))):
        body = path.read_bytes()
        url = f"http://site{n // N_PAGES_A_SITE}.example/{path.name}"
        yield url, gzip.decompress(body) if path.suffix == ".gz" else body


class InProcess(Workers):
    """Reads at once and in this process; counts what reading takes."""

    def __init__(self, clock: Clock, part: str) -> None:
        super().__init__(n=1)
        self._clock, self._part = clock, part

    def each(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """One answer a task."""
        for task in tasks:
            yield Answer(is_known=True, value=self._clock.time(self._part, task.function, *task.values))


def measure(folder: Path, found: list[tuple[str, bytes]]) -> dict[str, float]:
    """Seconds of CPU of each part, for all pages."""
    clock, now, stop = Clock(), datetime.now(UTC), Stop()
    engine = open_engine(f"sqlite:///{folder}/news.db")
    upgrade(engine)
    with writing(engine) as connection:
        run_id = add_run(connection, "import", "benchmark", now)
    with ArchiveWriter(folder, "benchmark") as writer:
        intake = Intake(engine=engine, writer=writer, run_id=run_id, now=lambda: now)
        for url, body in found:
            take(intake, Page(url=url, final_url=url, status=200, body=body, fetched_at=now))
    reader = InProcess(clock, "learn: read")
    lesson = learn.Lesson(engine=engine, folder=folder, now=lambda: now, workers=reader, stop=stop)
    clock.time("learn", learn.learn, lesson)
    desk = digest.Desk(
        engine=engine,
        folder=folder,
        run_id=run_id,
        now=lambda: now,
        tell=lambda _outcome: None,
        workers=InProcess(clock, "digest: read"),
        stop=stop,
    )
    clock.time("digest", digest.digest, desk)
    engine.dispose()
    for stage in ("learn", "digest"):
        clock.spent[f"{stage}: keep"] = clock.spent.pop(stage) - clock.spent[f"{stage}: read"]
    return clock.spent


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    found = list(bodies(options.folder))
    rounds = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(measure(Path(folder), found))
    for part in sorted(rounds[0], reverse=True):
        print(f"{part:14} {statistics.median(one[part] for one in rounds) / len(found) * 1e3:6.2f} ms a page")


if __name__ == "__main__":
    main()
