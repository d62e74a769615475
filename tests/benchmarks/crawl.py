"""How fast is a run, beside Scrapy?

    [PAGES_PER_HOST=25] python -m tests.benchmarks.crawl [--rounds 3] [--env FOLDER] [--only fetch,newsdesk,scrapy]

A site on loopback (`crawl_site`: 20 hosts of 100 article pages of 90 kB, gzip), politeness off, 2 requests in flight a
host and 32 in all. Alternately: fetching alone (`Fetcher`), `newsdesk run` from feeds to stored articles, and Scrapy
with trafilatura in a pool of two processes and an SQLite writer (`crawl_scrapy`, in an environment of its own, made by
this command in FOLDER). Pages a second by the clock; CPU is that of the whole process tree, as the system counts it for
children waited for; memory is the highest sum of the tree's proportional set sizes (PSS), looked at five times a second.
The server is a process of its own and not counted. Medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.engine import open_engine, writing
from db.sources import add_source
from db.upgrading import upgrade
from scraper.fetching.client import Fetcher, FetchPolicy
from scraper.values import Request, Source, SourceKind
from tests.benchmarks.crawl_site import HOSTS, N_HOSTS, N_PAGES

N = N_HOSTS * N_PAGES
PACKAGES = ("scrapy==2.19.0", "trafilatura==2.3.1", "lxml_html_clean==0.4.6")
ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, "-c", "from pipelines.cli.main import run; run()", "run"]


@contextmanager
def site() -> Iterator[int]:
    """The port of the site."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.benchmarks.crawl_site", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield port
        finally:
            server.kill()


def measured(command: list[str], environ: dict[str, str]) -> dict[str, float]:
    """What the command cost."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        process.wait()
    elapsed_s = time.monotonic() - started
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode:
        print(f"exit status {process.returncode} of {command[0]}")
    return {"pages/s": N / elapsed_s, "CPU ms a page": cpu_s / N * 1e3, "peak MB": peak[0] / 1e6}


def _watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_pss_bytes, _tree(process.pid))))
        time.sleep(0.2)


def _tree(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def fetch_alone(port: int) -> dict[str, float]:
    """What fetching all pages costs, robots.txt included, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.crawl", "--fetch-from", str(port)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def fetch_all(port: int) -> dict[str, float]:
    """The same, here."""
    policy = FetchPolicy(
        user_agent="newsdesk-bench/1", min_delay_s=0, concurrency_per_site=2, allow_addresses=("127.0.0.0/8",)
    )

    async def main() -> int:
        async with Fetcher(policy, now=lambda: datetime.now(UTC)) as fetcher:

            async def of_host(host: str, first: int) -> int:
                sizes = []
                for n in range(first, N_PAGES, 2):
                    page = await fetcher.fetch(Request(url=f"http://{host}:{port}/news/{n}"))
                    sizes.append(len(page.body))  # type: ignore[union-attr]
                return len(sizes)

            return sum(await asyncio.gather(*(of_host(host, first) for host in HOSTS for first in (0, 1))))

    started, cpu_s = time.monotonic(), time.process_time()
    assert asyncio.run(main()) == N
    elapsed_s, cpu_s = time.monotonic() - started, time.process_time() - cpu_s
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"pages/s": N / elapsed_s, "CPU ms a page": cpu_s / N * 1e3, "peak MB": peak_bytes / 1e6}


def newsdesk(port: int, folder: Path) -> dict[str, float]:
    """What a run costs, from feeds to stored articles."""
    engine = open_engine(str(folder / "news.db"))
    upgrade(engine)
    with writing(engine) as connection:
        for host in HOSTS:
            url = f"http://{host}:{port}/feed.xml"
            source = Source(url=url, kind=SourceKind.FEED, site=f"{host}:{port}")
            add_source(connection, source, datetime.now(UTC))
    engine.dispose()
    own = {"NEWSDESK_DB": str(folder / "news.db"), "NEWSDESK_MIN_DELAY_S": "0", "NEWSDESK_CONCURRENCY_PER_SITE": "2"}
    own |= {"NEWSDESK_ALLOW_ADDRESSES": "127.0.0.0/8", "NEWSDESK_ARCHIVE": str(folder / "archive")}
    found = measured(RUN, os.environ | own)
    return found | {"rows missing": N - _n_rows(folder / "news.db", "articles WHERE state = 'article'")}


def scrapy(port: int, folder: Path, python: Path) -> dict[str, float]:
    """The same with Scrapy, trafilatura and SQLite."""
    script = str(Path(__file__).with_name("crawl_scrapy.py"))
    found = measured([str(python), script, str(port), str(folder / "news.db"), *HOSTS], dict(os.environ))
    return found | {"rows missing": N - _n_rows(folder / "news.db", "articles")}


def _n_rows(database: Path, what: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def peer(folder: Path) -> Path:
    """The interpreter with Scrapy and trafilatura, installed if need be."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python


def main() -> None:
    """Prints a line a measurement, then the medians as a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--env", type=Path, default=Path.home() / ".cache" / "newsdesk-bench-scrapy")
    parser.add_argument("--only", default="fetch,newsdesk,scrapy")
    parser.add_argument("--fetch-from", type=int)
    given = parser.parse_args()
    if given.fetch_from:
        print(json.dumps(fetch_all(given.fetch_from)))
        return
    wanted = given.only.split(",")
    python = peer(given.env) if "scrapy" in wanted else Path()
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    with site() as port:
        for _ in range(given.rounds):
            for name in wanted:
                with tempfile.TemporaryDirectory() as folder:
                    parts = {"fetch": (fetch_alone, port), "newsdesk": (newsdesk, port, Path(folder))}
                    parts["scrapy"] = (scrapy, port, Path(folder), python)  # type: ignore[assignment]
                    function, *values = parts[name]
                    results[name].append(function(*values))  # type: ignore[operator]
                print(name, {key: round(value, 2) for key, value in results[name][-1].items()}, flush=True)
    for name, rounds in results.items():
        medians = {key: statistics.median(found[key] for found in rounds) for key in rounds[0]}
        print(f"| {name} | " + " | ".join(f"{value:.2f} {key}" for key, value in medians.items()) + " |")


if __name__ == "__main__":
    main()
