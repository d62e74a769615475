"""How a run behaves under cron: quiet, one at a time, ended in time, and with nothing half done."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from db.engine import open_engine
from pipelines.demo_site.server import DemoSite
from pipelines.lock import held
from pipelines.logs import redact
from tests.cli.conftest import Newsdesk

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, newsdesk: Newsdesk) -> Iterator[DemoSite]:
    """A site that is followed, its database `n.db` in the working folder."""
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        monkeypatch.setenv("NEWSDESK_DB", "n.db")
        newsdesk("add", site.url)
        yield site


def count(table: str, where: str = "1") -> int:
    with sqlite3.connect("n.db") as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])


def test_while_another_run_is_at_work(newsdesk: Newsdesk, site: DemoSite):
    """One line and status 0; not even that if quiet."""
    engine = open_engine("n.db")
    with held(engine, "run", lambda: None):
        result = newsdesk("run")
        assert (result.status, result.err, len(result.out.splitlines())) == (0, "", 1)
        assert "another run is at work" in result.out
        assert newsdesk("run", "--quiet") == type(result)(0, "", "")
    engine.dispose()
    assert count("runs") == 0


def test_quiet_is_silent_when_all_is_well(newsdesk: Newsdesk, site: DemoSite):
    """Failures are told and summed up; a run without any says nothing."""
    first = newsdesk("run", "--quiet")
    assert first.status == 1
    assert {json.loads(line)["event"] for line in first.err.splitlines()} == {"robots", "http_error"}
    assert len(first.out.splitlines()) == 1
    second = newsdesk("run", "--all", "--quiet")
    assert (second.status, second.out, second.err) == (0, "", "")


def test_dry_run_asks_and_writes_nothing(newsdesk: Newsdesk, site: DemoSite):
    """It says what is due; the server hears nothing, the database stays as it was."""
    n_before = len(site.requests)
    address = site.url.removeprefix("http://").rstrip("/")
    assert newsdesk("run", "--dry-run").out == f"{address}: would ask 3 sources and fetch 0 known pages\n"
    assert (len(site.requests), count("runs")) == (n_before, 0)
    newsdesk("run")
    assert newsdesk("run", "--dry-run").out == "nothing is due\n"


def test_max_runtime_ends_the_run_and_the_next_goes_on(newsdesk: Newsdesk, site: DemoSite, monkeypatch):
    """What was fetched is kept; the next run ends where an undisturbed one would."""
    monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0.3")  # 26 requests: 8 s
    start = time.monotonic()
    result = newsdesk("run", "--max-runtime", "2s")
    assert time.monotonic() - start < 8
    assert result.out.endswith("; stopped: time limit reached\n")
    monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
    newsdesk("run", "--all")
    assert count("articles", "state = 'article'") == 16
    assert count("runs", "ended_at IS NULL") == 0
    assert newsdesk("run", "--max-runtime", "soon").status == 2


def test_sigterm_ends_a_run_cleanly(newsdesk: Newsdesk, site: DemoSite, monkeypatch):
    """Within 10 s, with a summary, its row ended, its lock released, and nothing half."""
    environ = os.environ | {"NEWSDESK_MIN_DELAY_S": "20"}
    with subprocess.Popen([*COMMAND, "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ) as process:
        for _ in range(200):
            time.sleep(0.05)
            if count("locks"):
                break
        time.sleep(0.5)
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert time.monotonic() - start < 10
    assert process.returncode in (0, 1, 3), err
    assert b"stopped: asked to stop" in out
    assert b"Traceback" not in err
    assert (count("locks"), count("runs", "ended_at IS NULL")) == (0, 0)
    newsdesk("run", "--all")
    assert count("articles", "state = 'article'") == 16


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://jo:pass@site.example/a", "http://***@site.example/a"),
        ("https://site.example/a?id=1&token=abc&x=2", "https://site.example/a?id=1&token=***&x=2"),
        ("https://site.example/a?api_key=abc", "https://site.example/a?api_key=***"),
        ("sent Cookie: a=b; c=d", "sent Cookie: ***"),
        ("Authorization=Bearer abc", "Authorization=***"),
        ("https://site.example/keys?monkey=1", "https://site.example/keys?monkey=1"),
    ],
)
def test_secrets_are_not_logged(text: str, shown: str):
    """Logins, tokens and cookies are starred, the rest stays readable."""
    assert redact(text) == shown
