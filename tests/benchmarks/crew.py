"""How well workers use their places, and how much faster two of them digest than one.

    python -m tests.benchmarks.crew places      60 sites at 1 s politeness, 3 workers of 8 sites each
    python -m tests.benchmarks.crew digest      pages already archived, one worker and two in turn, three times

Both on a PostgreSQL server of their own, whose databases go with it. `places` is held against what politeness and the
number of places dictate: rounds of 24 sites, each round as long as a site's requests and the pauses between them.
`digest` times from the first outcome to the last, so that starting the programs does not count.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from db.archive import ArchiveWriter
from db.engine import open_engine, reading, writing
from db.runs import add_run
from db.upgrading import upgrade
from pipelines import crew
from pipelines.importing import Intake, take
from scraper.values import Page
from tests.benchmarks import crawl_site
from tests.benchmarks.kills import database_server
from tests.crew.paper_sites import PaperSites, follow

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()", "worker", "--drain", "--quiet"]
N_WORKERS, N_PLACES, N_SITES, N_PAGES, DELAY_S = 3, 8, 60, 20, 1.0
N_DIGEST_PAGES = 30  # a host
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A server, a folder, and the environment of the workers."""

    server: str
    folder: Path

    def address(self, name: str) -> str:
        """The database of that name."""
        return self.server.replace("/postgres?", f"/{name}?")

    def create(self, name: str, template: str = "template1") -> sa.Engine:
        """A new database, empty or a copy."""
        engine = sa.create_engine(open_engine(self.server).url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        engine.dispose()
        made = open_engine(self.address(name))
        upgrade(made)
        return made

    def work(self, name: str, n_workers: int, *options: str) -> None:
        """Lets so many workers take all tasks of the database."""
        environ = dict(os.environ, NEWSDESK_ARCHIVE=str(self.folder), NEWSDESK_ALLOW_ADDRESSES="127.0.0.0/8")
        environ |= {"NEWSDESK_MIN_DELAY_S": str(DELAY_S), "NEWSDESK_DB": self.address(name)}
        started = [
            subprocess.Popen([*COMMAND, *options], env=environ, stderr=subprocess.DEVNULL) for _ in range(n_workers)
        ]
        if sum(worker.wait() for worker in started):
            raise RuntimeError("a worker failed")


def places(place: Place) -> None:
    """Prints how long the sites took, from the first request to the last."""
    with PaperSites(n_sites=N_SITES, n_pages=N_PAGES) as sites:
        engine = place.create("places")
        follow(engine, sites)
        crew.enqueue(engine, datetime.now(UTC))
        place.work("places", N_WORKERS, "--sites", str(N_PLACES))
        engine.dispose()
        began, ended = min(one.began for one in sites.asked), max(one.ended for one in sites.asked)
        n_rounds = math.ceil(N_SITES / (N_WORKERS * N_PLACES))
        dictated = n_rounds * (len(sites.asked) / N_SITES) * DELAY_S
    print(
        f"{len(sites.asked)} requests to {N_SITES} sites in {ended - began:.1f} s; dictated {dictated:.1f} s: "
        f"{(ended - began) / dictated - 1:+.1%}"
    )


def fill(place: Place) -> None:
    """Makes the database `unread`, of pages that nobody has read yet."""
    engine = place.create("unread")
    now = datetime.now(UTC)
    with writing(engine) as connection:
        run_id = add_run(connection, "import", "benchmark", now)
    with ArchiveWriter(place.folder, "unread") as writer:
        intake = Intake(engine=engine, writer=writer, run_id=run_id, now=lambda: now)
        for host in crawl_site.HOSTS:
            for n in range(N_DIGEST_PAGES):
                url = f"http://{host}/news/{n}"
                body = crawl_site.article(host, n, now)
                take(intake, Page(url=url, final_url=url, status=200, body=body, fetched_at=now))
    engine.dispose()


def digest(place: Place) -> None:
    """Prints the pages a second of one worker and of two, and the median of their ratios."""
    fill(place)
    ratios = []
    for at in range(ROUNDS):
        rates = []
        for n_workers in (1, 2):
            name = f"digest{at}_{n_workers}"
            engine = place.create(name, "unread")
            crew.enqueue(engine, datetime.now(UTC))
            place.work(name, n_workers)
            with reading(engine) as connection:
                query = "SELECT count(*), max(at), min(at) FROM outcomes WHERE stage = 'digest'"
                n, last, first = connection.execute(sa.text(query)).one()
            engine.dispose()
            rates.append(n / (last - first).total_seconds())
        ratios.append(rates[1] / rates[0])
        print(f"one worker {rates[0]:.1f} pages/s, two {rates[1]:.1f}: {ratios[-1]:.2f} times", flush=True)
    print(f"median {median(ratios):.2f} times, of {ROUNDS} rounds of {N_DIGEST_PAGES * len(crawl_site.HOSTS)} pages")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=("places", "digest"))
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, database_server(is_wanted=True) as server:
        place = Place(server, Path(folder))
        (places if options.what == "places" else digest)(place)


if __name__ == "__main__":
    main()
