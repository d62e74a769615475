"""init and doctor: from nothing to a daily run, and what keeps it from working."""

import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from db import locks
from db.engine import open_engine, writing
from pipelines import beginning, doctor
from pipelines.demo_site.server import DemoSite
from pipelines.lock import held
from scraper.errors import SettingsError
from tests.cli.conftest import Newsdesk

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]
WHO = "Harbour Institute, news@harbour.example"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, newsdesk: Newsdesk) -> Iterator[DemoSite]:
    """A site that is followed, its database `n.db` in the working folder."""
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        monkeypatch.setenv("NEWSDESK_DB", "n.db")
        monkeypatch.setenv("NEWSDESK_USER_AGENT", "newsdesk/1 (news@harbour.example)")
        newsdesk("add", site.url)
        yield site


def findings(newsdesk: Newsdesk, *arguments: str) -> dict[str, dict[str, str]]:
    """Check -> finding; of several clocks the one that differs most."""
    found = json.loads(newsdesk("doctor", "--json", *arguments).out)
    return {one["check"]: one for one in sorted(found, key=lambda one: one["level"] != "ok")}


def test_init_without_a_terminal(newsdesk: Newsdesk, tmp_path: Path):
    """Options answer; the file is private and read by the other commands; the line has absolute paths."""
    result = newsdesk("init", "--who", WHO, "--every", "30m")
    assert result.status == 0
    written = tomllib.loads((tmp_path / "newsdesk.toml").read_text())
    assert written["user_agent"].endswith("(Harbour Institute; news@harbour.example)")
    assert written["db"] == str(tmp_path / "newsdesk.db")
    assert (tmp_path / "newsdesk.toml").stat().st_mode & 0o777 == 0o600
    line = result.out.splitlines()[-1]
    assert "-59/30 * * * * /" in line
    assert f"--config {tmp_path}/newsdesk.toml run --quiet --max-runtime 50m >> {tmp_path}/newsdesk.log 2>&1" in line
    assert findings(newsdesk, "--offline")["database"]["text"].endswith(f"{tmp_path}/newsdesk.db")


def test_init_needs_a_contact_and_overwrites_nothing(newsdesk: Newsdesk, tmp_path: Path):
    """No answer and no terminal, no contact, or a file that is there: status 2, and nothing written."""
    assert newsdesk("init").status == 2
    assert newsdesk("init", "--who", "Harbour Institute").status == 2
    assert newsdesk("init", "--who", WHO, "--every", "7m").status == 2
    assert newsdesk("init", "--who", WHO, "--db", "mysql://x/y").status == 2
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "newsdesk.toml").write_text("concurrency = 3\n")
    assert newsdesk("init", "--who", WHO).status == 2
    assert newsdesk("init", "--systemd").status == 0
    assert (tmp_path / "newsdesk.toml").read_text() == "concurrency = 3\n"
    assert newsdesk("init", "--who", WHO, "--force").status == 0
    assert "concurrency" not in (tmp_path / "newsdesk.toml").read_text()


def test_init_asks_three_things_on_a_terminal(tmp_path: Path):
    """A wrong answer is asked again; an empty one takes the default."""
    ours, theirs = pty.openpty()
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [*COMMAND, "init"], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path, env=environ
    )
    os.write(ours, b"nobody\nJo Doe jo@desk.example\nhere.db\n\n")
    out, _ = process.communicate(timeout=30)
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 0
    written = tomllib.loads((tmp_path / "newsdesk.toml").read_text())
    assert (written["user_agent"][-24:], written["db"]) == ("(Jo Doe; jo@desk.example)"[-24:], f"{tmp_path}/here.db")
    assert b"-59/15 * * * *" in out


FAKE_CRONTAB = """#!/bin/sh
case "$1" in
-l) if [ -f tab ]; then cat tab; else echo "no crontab for jo" >&2; exit 1; fi;;
-) cat > tab;;
esac
"""


def test_install_adds_one_line_to_the_crontab(newsdesk: Newsdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Once, however often it is called; a changed one replaces the old; other lines and comments stay."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "crontab").write_text(FAKE_CRONTAB)
    (programs / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    assert newsdesk("init", "--who", WHO, "--install").status == 0
    assert len((tmp_path / "tab").read_text().splitlines()) == 1
    (tmp_path / "tab").write_text("MAILTO=jo\n" + (tmp_path / "tab").read_text() + "0 1 * * * backup\n")
    assert "already" in newsdesk("init", "--install").out
    assert newsdesk("init", "--install", "--every", "1h").status == 0
    lines = (tmp_path / "tab").read_text().splitlines()
    assert lines[:2] == ["MAILTO=jo", "0 1 * * * backup"]
    assert len(lines) == 3
    assert " * * * * " in lines[2]
    assert "/15" not in lines[2]


def test_without_cron_install_says_so(newsdesk: Newsdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Status 2 and a word on the other way; the settings are written, and a second call goes on with them."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = newsdesk("init", "--who", WHO, "--install")
    assert (result.status, "--systemd" in result.err) == (2, True)
    assert newsdesk("init", "--systemd", "--install").status == 0
    folder = tmp_path / "home/config/systemd/user"
    assert {path.name for path in folder.iterdir()} == {"newsdesk.service", "newsdesk.timer"}


@pytest.mark.parametrize(
    ("every", "cron", "timer"),
    [
        (5, r"\d-59/5 \* \* \* \* ", r"OnCalendar=\*:0\d/5\n"),
        (60, r"\d+ \* \* \* \* ", r"OnCalendar=\*:\d\d\n"),
        (180, r"\d+ \*/3 \* \* \* ", r"OnCalendar=00/3:\d\d\n"),
        (1440, r"\d+ 5 \* \* \* ", r"OnCalendar=05:\d\d\n"),
    ],
)
def test_lines_of_cron_and_systemd(every: int, cron: str, timer: str):
    """Both start as often as asked; per cent signs and spaces in paths reach newsdesk as they are."""
    daily = beginning.Daily(every=every, config=Path("/a b/100%/n.toml"), program="/opt/n")
    line = beginning.crontab_line(daily)
    assert re.match(cron, line)
    assert r"--config '/a b/100\%/n.toml' run" in line
    units = beginning.systemd_units(daily)
    assert re.search(timer, units["newsdesk.timer"])
    assert 'ExecStart=/opt/n --config "/a b/100%%/n.toml" run --quiet --max-runtime ' in units["newsdesk.service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
@pytest.mark.parametrize("every", beginning.MINUTES)
def test_systemd_reads_the_timers(every: int):
    """systemd itself understands when."""
    daily = beginning.Daily(every=every, config=Path("/a/n.toml"), program="/opt/n")
    when = beginning.systemd_units(daily)["newsdesk.timer"].split("OnCalendar=")[1].splitlines()[0]
    subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("who", "comment"),
    [
        ("Harbour Institute, news@harbour.example", "Harbour Institute; news@harbour.example"),
        ("news@harbour.example", "news@harbour.example"),
        ("Jörg Müller <j@m.example>", "Jorg Muller; j@m.example"),
        ("https://harbour.example/bot Harbour (Ltd)", "Harbour Ltd; https://harbour.example/bot"),
        ("Harbour", None),
        ("港 a@b.example", None),
        ("me @ home", None),
    ],
)
def test_the_user_agent_is_honest(who: str, comment: str | None):
    """Program, version, name and contact; what HTTP can't carry or nobody can answer to is refused."""
    if comment is None:
        with pytest.raises(SettingsError):
            beginning.user_agent(who)
    else:
        assert beginning.user_agent(who).split(" ", 1)[1] == f"({comment})"


@pytest.mark.parametrize("path", ["/a/b.db", 'C:\\x "y"\x7f', "/ä/\U0001f4f0.db", "postgresql://u:p%40@h/n"])
def test_the_settings_file_holds_any_path(path: str):
    """What is written is read back the same."""
    assert tomllib.loads(beginning.settings_text("newsdesk (a@b.c)", path))["db"] == path


def test_doctor_when_all_is_well(newsdesk: Newsdesk, site: DemoSite):
    """After a run every line is ok, exit status 0, and robots.txt was asked for once."""
    newsdesk("run")
    n_before = len(site.requests)
    result = newsdesk("doctor")
    assert result.status == 0
    assert {line.split("\t")[0] for line in result.out.splitlines()} == {"ok"}, result.out
    assert [path for _, path, _ in site.requests[n_before:]] == ["/robots.txt"]
    checks = {line.split("\t")[1] for line in result.out.splitlines()}
    assert checks >= {"settings", "user agent", "database", "database folder", "archive folder", "disk"}
    assert checks >= {"clock", "lock", "last run", "sources", "network", "robots", "parquet"}


def test_doctor_offline_asks_nobody(newsdesk: Newsdesk, site: DemoSite):
    """No request, no network findings."""
    n_before = len(site.requests)
    found = findings(newsdesk, "--offline")
    assert len(site.requests) == n_before
    assert "network" not in found
    assert "robots" not in found
    assert found["last run"]["level"] == "warning"


def test_doctor_on_an_empty_desk(newsdesk: Newsdesk, tmp_path: Path):
    """Nothing is there yet: warnings that say how to begin, and still nothing is made."""
    result = newsdesk("--db", "n.db", "doctor")
    assert result.status == 0
    assert "`newsdesk init`" in result.out
    assert "`newsdesk add URL`" in result.out
    assert list(tmp_path.iterdir()) == []


def test_doctor_reads_both_databases(newsdesk: Newsdesk, address: str, engine: Engine):
    """On either database: sound, writable, without sources and runs."""
    found = findings(newsdesk, "--db", address)
    assert (found["database"]["level"], found["clock"]["level"]) == ("ok", "ok")
    assert {found["sources"]["level"], found["last run"]["level"]} == {"warning"}
    with writing(engine) as connection:
        locks.take(connection, "run", "elsewhere:1:x", 300.0)
    assert findings(newsdesk, "--db", address)["lock"]["level"] == "ok"


def test_doctor_finds_what_keeps_runs_from_working(newsdesk: Newsdesk, site: DemoSite, tmp_path: Path):
    """Damage in the file, a file where the archive's folder should be, wrong settings: failures, status 1."""
    (tmp_path / "n.archive").write_text("")
    found = findings(newsdesk, "--offline")
    assert found["archive folder"]["level"] == "failure"
    content = bytearray((tmp_path / "n.db").read_bytes())
    content[4096 * 2 : 4096 * 12] = b"\xff" * (4096 * 10)
    (tmp_path / "n.db").write_bytes(content)
    result = newsdesk("doctor", "--offline")
    assert result.status == 1
    assert "failure\tdatabase" in result.out
    (tmp_path / "newsdesk.toml").write_text("concurrency = 0\n")
    assert findings(newsdesk)["settings"]["level"] == "failure"


def test_doctor_says_when_no_site_answers(newsdesk: Newsdesk, site: DemoSite, monkeypatch: pytest.MonkeyPatch):
    """A site that is not there and one that the guard keeps back: no answer; with one that answers only a warning."""
    with sqlite3.connect("n.db") as connection:
        connection.execute("UPDATE sources SET url = 'http://127.0.0.1:1/feed.xml' WHERE kind = 'feed'")
    connection.close()
    assert findings(newsdesk)["network"]["level"] == "warning"
    monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", "")
    found = findings(newsdesk)
    assert (found["network"]["level"], newsdesk("doctor").status) == ("failure", 1)


def test_doctor_names_sources_that_robots_close(newsdesk: Newsdesk, site: DemoSite):
    """A source under a path that robots.txt forbids, though no run has asked for it."""
    with sqlite3.connect("n.db") as connection:
        rules = site.answer("/robots.txt").body
        path = next(line.split(": ")[1] for line in rules.splitlines() if line.startswith("Disallow: /"))
        connection.execute("UPDATE sources SET url = ? WHERE kind = 'feed'", (site.url.rstrip("/") + path + "f.xml",))
    connection.close()
    found = findings(newsdesk)["robots"]
    assert (found["level"], path in found["text"]) == ("warning", True)


def test_doctor_sees_locks_and_runs(newsdesk: Newsdesk, site: DemoSite):
    """A run at work is well; a killed run's lock, a run that never ended or is days old are warned of."""
    newsdesk("run")
    engine = open_engine("n.db")
    with held(engine, "run", lambda: None):
        assert findings(newsdesk, "--offline")["lock"]["level"] == "ok"
    with writing(engine) as connection:
        locks.take(connection, "run", "elsewhere:1:x", -1.0)
        at = datetime.now(UTC) - timedelta(days=3)
        connection.exec_driver_sql("UPDATE runs SET started_at = ?", (f"{at:%Y-%m-%d %H:%M:%S.%f}",))
    found = findings(newsdesk, "--offline")
    assert (found["lock"]["level"], found["last run"]["level"]) == ("warning", "warning")
    assert found["last run"]["text"].startswith("3 d ago")
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE runs SET ended_at = NULL")
    assert "did not come to its end" in findings(newsdesk, "--offline")["last run"]["text"]
    with writing(engine) as connection:
        at = datetime.now(UTC) + timedelta(days=3)
        connection.exec_driver_sql("UPDATE runs SET started_at = ?", (f"{at:%Y-%m-%d %H:%M:%S.%f}",))
    assert findings(newsdesk, "--offline")["clock"]["level"] == "warning"
    engine.dispose()


def test_doctor_tells_what_is_compiled(newsdesk: Newsdesk, monkeypatch: pytest.MonkeyPatch):
    """It asks for every module that has a source to compile, and names one that is missing without calling it wrong."""
    root = Path(doctor.__file__).parents[2]
    sources = (path.relative_to(root).with_suffix("") for path in root.glob("scraper/**/*.pyx"))
    assert sorted(doctor.COMPILED) == sorted(".".join(path.parts) for path in sources)
    monkeypatch.setattr(doctor, "COMPILED", ("scraper.text", "scraper.fast_sails"))
    found = findings(newsdesk, "--offline")["compiled"]
    assert found["level"] == "ok"
    assert found["text"].startswith("without fast_sails:")
    monkeypatch.setattr(doctor, "COMPILED", ("scraper.text",))
    assert findings(newsdesk, "--offline")["compiled"]["text"] == "all that can be"
