"""Kills runs with SIGKILL at random moments and looks whether the database is whole.

    python -m tests.benchmarks.kills [N]      N kills, 100 by default, five to a database

After each kill: SQLite's own check, no half article, no address twice, and every address that the run told as
stored is there. After five a last run, whose database must say what an undisturbed one says.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.archive import read_page
from db.engine import open_engine, reading
from db.pages import get_page
from pipelines.demo_site.server import DemoSite

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]
KILLS_PER_DATABASE = 5

HALF = {
    "article without revision": "SELECT id FROM articles a WHERE n_revisions <> (SELECT count(*) FROM revisions r "
    "WHERE r.article_id = a.id)",
    "article without index entry": "SELECT id FROM articles WHERE state = 'article' AND id NOT IN "
    "(SELECT rowid FROM article_search)",
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
    """Where the databases lie, and the environment in which the command finds the site."""

    folder: Path
    environ: dict[str, str]
    took_s: float = 0.0
    """What an undisturbed run takes."""

    def start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """The command at work on the database of that name; it tells outcomes on standard error."""
        command = [*COMMAND, "--db", str(self.folder / f"{name}.db"), *arguments]
        return subprocess.Popen(command, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def prepare(site: DemoSite, folder: Path) -> Trial:
    """A trial with an undisturbed database `calm`."""
    root = str(Path(__file__).parent.parent.parent)
    address = site.url.removeprefix("http://").rstrip("/")
    environ = dict(os.environ, NEWSDESK_ALLOW_ADDRESSES=address, NEWSDESK_MIN_DELAY_S="0", PYTHONPATH=root)
    trial = Trial(folder=folder, environ=environ)
    trial.start("new", "add", site.url).communicate()
    copy(trial, "calm")
    began = time.monotonic()
    trial.start("calm", "run").communicate()
    return replace(trial, took_s=time.monotonic() - began)


def copy(trial: Trial, name: str) -> None:
    """Makes a database that follows the site and has not run yet."""
    places = (trial.folder / "new.db", trial.folder / f"{name}.db")
    with closing(sqlite3.connect(places[0])) as source, closing(sqlite3.connect(places[1])) as target:
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
    path = trial.folder / f"{name}.db"
    with closing(sqlite3.connect(path)) as connection:
        found = [] if connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)] else ["integrity"]
        found += ["foreign keys"] if connection.execute("PRAGMA foreign_key_check").fetchall() else []
        found += [fault for fault, query in HALF.items() if connection.execute(query).fetchall()]
        there = {url for (url,) in connection.execute("SELECT l.url FROM links l WHERE l.article_id IS NOT NULL")}
        page_ids = [page_id for (page_id,) in connection.execute("SELECT id FROM pages")]
    found += [f"told as stored, but not there: {url}" for url in sorted(told - there)]
    engine = open_engine(str(path))
    with reading(engine) as rows:
        for page_id in page_ids:
            read_page(path.with_suffix(".archive"), get_page(rows, page_id))  # raises where a record is not whole
    engine.dispose()
    return found


def content(trial: Trial, name: str) -> dict[str, list[Any]]:
    """What the database says, without numbers and times that differ from run to run."""
    with closing(sqlite3.connect(trial.folder / f"{name}.db")) as connection:
        return {table: connection.execute(query).fetchall() for table, query in CONTENT.items()}


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


def main(n_kills: int) -> None:
    chance = random.Random()
    n_wrong, n_articles = 0, []
    with tempfile.TemporaryDirectory() as folder, DemoSite(now=datetime.now(UTC)) as site:
        trial = prepare(site, Path(folder))
        print(f"an undisturbed run takes {trial.took_s:.1f} s")
        for i in range(0, n_kills, KILLS_PER_DATABASE):
            pauses_s = [chance.uniform(0.3, trial.took_s) for _ in range(min(KILLS_PER_DATABASE, n_kills - i))]
            found = kill_often(trial, f"killed{i}", pauses_s)
            n_wrong += len(found)
            n_articles.append(len(content(trial, f"killed{i}")["articles"]))
            print(f"{i + len(pauses_s)} kills", *found, sep="\n  ", flush=True)
    print(f"{n_kills} kills, {n_wrong} faults; articles in the end: {sorted(set(n_articles))}")
    sys.exit(n_wrong > 0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
