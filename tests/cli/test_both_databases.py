"""The commands on SQLite and on PostgreSQL, and through kill -9."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.demo_site.server import DemoSite
from tests.cli.conftest import Newsdesk

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]
KILLS_AFTER_S = (0.9, 1.1, 1.3, 1.5)  # from the start of the process; importing takes about 0.8 s


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch):
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        yield site


def test_every_command_works_on_both(newsdesk: Newsdesk, site: DemoSite, address: str, tmp_path: Path):
    """add, run, search, show, export, import, pause and delete, one after the other."""
    db = ("--db", address)
    os.environ["NEWSDESK_ARCHIVE"] = str(tmp_path / "archive")
    try:
        assert newsdesk(*db, "add", site.url).status == 0
        assert " 16 stored, " in newsdesk(*db, "run").out
        (found, *_) = json.loads(newsdesk(*db, "search", "ferry", "--json").out)
        del found["snippet"]
        assert json.loads(newsdesk("show", found["id"], "--json", *db).out) == found
        assert len(newsdesk(*db, "export").out.splitlines()) == 16
        assert newsdesk(*db, "sources", "pause", site.url + "feed.xml").status == 0
        (tmp_path / "a.html").write_text(site.answer("/sea/column-fog").body)
        (tmp_path / "list.jsonl").write_text('{"url": "https://courier.example/fog", "html_path": "a.html"}')
        assert newsdesk(*db, "import", tmp_path / "list.jsonl").out == "1 stored\n"
        assert newsdesk(*db, "delete", "https://courier.example/fog").status == 0
        assert newsdesk(*db, "show", "https://courier.example/fog").status == 1
        assert len(newsdesk(*db, "export").out.splitlines()) == 16
    finally:
        del os.environ["NEWSDESK_ARCHIVE"]


def stored(newsdesk: Newsdesk, db: Path) -> dict[str, str]:
    records = map(json.loads, newsdesk("--db", db, "export").out.splitlines())
    return {record["url"]: record["body"] for record in records}


def test_killed_runs_end_in_the_same_database(newsdesk: Newsdesk, site: DemoSite, tmp_path: Path):
    """kill -9 at several moments, then a last run: the articles are those of an undisturbed run, none twice."""
    for name in ("calm.db", "killed.db"):
        newsdesk("--db", tmp_path / name, "add", site.url)
    newsdesk("--db", tmp_path / "calm.db", "run")
    for pause_s in KILLS_AFTER_S:
        with subprocess.Popen(
            [*COMMAND, "--db", str(tmp_path / "killed.db"), "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(pause_s)
            process.kill()
    newsdesk("--db", tmp_path / "killed.db", "run")
    assert stored(newsdesk, tmp_path / "killed.db") == stored(newsdesk, tmp_path / "calm.db")


def test_two_runs_at_once_do_no_harm(newsdesk: Newsdesk, site: DemoSite, tmp_path: Path):
    """Nothing is locked, lost or stored twice when cron starts a run before the last one ended."""
    db = tmp_path / "newsdesk.db"
    newsdesk("--db", db, "add", site.url)
    processes = [
        subprocess.Popen([*COMMAND, "--db", str(db), "run"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    errors = [process.communicate(timeout=60)[1].decode() for process in processes]
    # 0: the other is at work; 3: of what the other left, only the pages that failed.
    assert all(process.returncode in (0, 1, 3) for process in processes), errors
    assert any(process.returncode == 1 for process in processes), errors
    assert not [error for error in errors if "locked" in error or "Traceback" in error or "crashed" in error]
    assert len(stored(newsdesk, db)) == 16
