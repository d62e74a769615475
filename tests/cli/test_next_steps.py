"""And now? Commands tell a person at a terminal what could come next, and nobody else."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.demo_site.server import DemoSite
from tests.cli.conftest import Newsdesk

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]
Told = Callable[..., list[str]]


@pytest.fixture
def told(newsdesk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> Told:
    """`told("run")`: the next steps that a person sees of that command, whose streams are a terminal's."""

    def call(*arguments: str) -> list[str]:
        for stream in (sys.stdout, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        result = newsdesk(*arguments)
        assert "next: " not in result.out
        return [line for line in result.err.splitlines() if "next: " in line]

    return call


def test_a_first_day_is_led(told: Told, monkeypatch: pytest.MonkeyPatch):
    """From nothing to reading: each command names the next one; --json and --quiet stay without."""
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        for command, wanted in [
            (("init", "--who", "Jo jo@desk.example", "--db", "n.db", "--every", "15m"), "`newsdesk add URL`"),
            (("add", site.url), "`newsdesk run`"),
            (("run",), "`newsdesk links --state http_error`"),
            (("run",), "`newsdesk run --all`"),
            (("search", "ferry"), "`newsdesk show 1`"),
            (("search", "xylophone"), "fewer words"),
            (("show", "1"), "`newsdesk history 1`"),
            (("links",), "`newsdesk why ADDRESS`"),
            (("retry", "--state", "soft_404"), "`newsdesk run`"),
            (("search", "ferry", "--json"), ""),
            (("run", "--all", "--quiet"), ""),
            (("sources", "list", "--json"), ""),
        ]:
            steps = told(*command)
            assert len(steps) == bool(wanted), command
            assert wanted in "".join(steps), command


def test_an_empty_desk_says_how_to_begin(newsdesk: Newsdesk, told: Told):
    """No sources, no articles: the step that is missing is named."""
    newsdesk("--db", "n.db", "db", "upgrade")
    assert "newsdesk add" in told("--db", "n.db", "run")[0]
    assert "newsdesk add" in told("--db", "n.db", "sources", "list")[0]
    assert "newsdesk run" in told("--db", "n.db", "search", "ferry")[0]


def test_only_a_terminal_is_told(newsdesk: Newsdesk, tmp_path: Path):
    """With standard output in a pipe nothing is told; with both streams at a real terminal it is."""
    newsdesk("--db", "n.db", "db", "upgrade")
    assert newsdesk("--db", "n.db", "sources", "list").err == ""
    ours, theirs = pty.openpty()
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [*COMMAND, "--db", "n.db", "sources", "list"]
    subprocess.run(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, timeout=60, check=True)
    assert "next: there are no sources yet" in os.read(ours, 4096).decode()
    os.close(theirs)
    os.close(ours)
