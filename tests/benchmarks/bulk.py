"""What reading archives in bulk costs: `python -m tests.benchmarks.bulk [--pages N] [--engines pool,ray] [FOLDER]`.

Pages a second, CPU of all processes, and memory in each quarter of the time, of `newsdesk bulk --out` by engine: `one`
(a plain loop in one process), `pool` and `ray`; and bytes a page as WARC, between the passes, and as Parquet. FOLDER
holds .html or .html.gz files, which are repeated as pages of sites of 100 pages each, all with one line in common, in
WARC files of 500; without it, pages of about 90 kB are made up.
"""

import argparse
import contextlib
import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from pipelines.bulk import on_pool, on_ray, passes
from pipelines.bulk.job import Bulk, Engine, Step, run
from pipelines.bulk.steps import Work
from pipelines.worker import Answer, Task
from tests.benchmarks.archive import made_up
from tests.bulk.crawls import crawl

PAGES_A_FILE, PAGES_A_SITE = 500, 100
LINE = b"<p>Subscribe to our newsletter for more of this every morning.</p></body>"


class OneProcess:
    """As `Workers`, in this process, without any guard."""

    def each(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        for task in tasks:
            answer = Answer(is_known=True)
            try:
                answer.value = task.function(*task.values)
            except Exception as error:  # noqa: BLE001 - as a worker would hand it on
                answer.error = error
            yield answer


def one(step: Step, work: Work, items: Sequence[Any]) -> Iterator[Any]:
    passes.make_ready()
    for item in items:
        step(work, item, OneProcess())
        yield item


@contextlib.contextmanager
def opened(name: str) -> Iterator[Engine]:
    if name == "ray":
        with on_ray.joined(None) as each:
            yield each
    else:
        yield {"one": one, "pool": on_pool.each}[name]


def bodies(folder: Path | None) -> Iterator[bytes]:
    """Pages, again and again."""
    if folder is None:
        texts = [b"<html><title>Report</title><body>" + made_up(n) + b"</body>" for n in range(50)]
        yield from cycle(texts)
    files = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    for path in cycle(files):
        yield gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def prepare(folder: Path, n_pages: int, pages: Iterator[bytes]) -> int:
    """The bytes of the WARC files, which are made where they are not there."""
    for start in range(0, n_pages, PAGES_A_FILE):
        some = enumerate(islice(pages, min(PAGES_A_FILE, n_pages - start)), start)
        crawl(folder / f"{start:07}.warc.gz", ((address(i), marked(i, body)) for i, body in some))
    return sum(path.stat().st_size for path in folder.iterdir())


def address(i: int) -> str:
    return f"https://site{i // PAGES_A_SITE}.example/news/{i}"


def marked(i: int, body: bytes) -> bytes:
    """The page as one of its own, with the site's line."""
    return body.replace(b"</title>", f" {i}</title>".encode(), 1).replace(b"</body>", LINE, 1)


def measure(engine: str, source: Path, out: Path) -> dict[str, Any]:
    """What a job in a process of its own costs."""
    command = [sys.executable, "-m", "tests.benchmarks.bulk", "--one-job", engine, str(source), str(out)]
    started_s, idle_s = time.monotonic(), idle()
    seen: list[tuple[float, int]] = []
    cpu_s: dict[int, float] = {}
    n_between = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            seen.append((time.monotonic(), look(process.pid, cpu_s)))
            n_between = max(n_between, size(out / "_work" / "sightings"))
            time.sleep(1)
        line = process.stdout.read().strip() if process.stdout else ""
    elapsed_s = time.monotonic() - started_s
    quarters = [max((n for at, n in seen if int((at - started_s) / elapsed_s * 4) == q), default=0) for q in range(4)]
    idle_share = (idle() - idle_s) / elapsed_s / (os.cpu_count() or 1)
    found = {"elapsed_s": elapsed_s, "cpu_s": sum(cpu_s.values()), "quarters": quarters, "between": n_between}
    return found | {"line": line, "idle": idle_share}


def look(pid: int, cpu_s: dict[int, float]) -> int:
    """Bytes of memory (PSS) of a process and all below it; keeps the seconds of CPU of each so far."""
    total = 0
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total = next(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
        times = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        cpu_s[pid] = sum(map(int, times[11:13])) / os.sysconf("SC_CLK_TCK")
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(look(int(child), cpu_s) for child in (task / "children").read_text().split())
    return total


def idle() -> float:
    """Seconds in which a core of this machine had nothing to do."""
    return int(Path("/proc/stat").read_text(encoding="ascii").split()[4]) / os.sysconf("SC_CLK_TCK")


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


def one_job(engine: str, source: str, out: str) -> None:
    """The job itself; prints the sum."""
    with opened(engine) as each:
        print(run(Bulk(inputs=[source], folder=Path(out)), each).line())


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--engines", default="one,pool,ray")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsdesk-bulk-", ignore_cleanup_errors=True) as name:
        source = Path(name) / "in"
        n_bytes = prepare(source, given.pages, bodies(given.folder))
        print(f"{given.pages} pages, {n_bytes / given.pages / 1000:.1f} kB each as WARC", flush=True)
        for engine in given.engines.split(","):
            out = Path(name) / f"{engine}-{time.monotonic_ns()}"
            found = measure(engine, source, out)
            rate = given.pages / found["elapsed_s"]
            quarters = " ".join(f"{n / 1e6:.0f}" for n in found["quarters"])
            print(f"{engine:5} {rate:6.1f} pages/s, {found['cpu_s'] / given.pages * 1000:5.1f} ms CPU, MB {quarters}")
            tables = [size(out / what) / given.pages / 1000 for what in ("articles", "outcomes")]
            between = found["between"] / given.pages / 1000
            print(f"      {found['line']}; kB: {between:.2f} between, {tables[0]:.2f} and {tables[1]:.2f} Parquet")
            print(f"      cores of the machine left idle: {found['idle']:.0%}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one-job"]:
        one_job(*sys.argv[2:])
    else:
        main()
