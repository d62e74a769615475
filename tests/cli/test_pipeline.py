"""The commands that follow sites and query the database, against the demo site."""

import csv
import gzip
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.demo_site.server import DemoSite
from scraper.record import FIELDS
from tests.cli.conftest import Newsdesk

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoSite]:
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        yield site


@pytest.fixture
def filled(newsdesk: Newsdesk, site: DemoSite) -> DemoSite:
    assert newsdesk("add", site.url).status == 0
    assert newsdesk("run").status == 1  # one address is gone, one forbidden
    return site


def test_run_prints_one_line_and_logs_json(newsdesk: Newsdesk, site: DemoSite):
    """One summary line on standard output; one JSON object a line on standard error."""
    newsdesk("add", site.url)
    result = newsdesk("run")
    assert len(result.out.splitlines()) == 1
    assert result.out.startswith("3 sources: ")
    events = [json.loads(line) for line in result.err.splitlines()]
    assert {"event", "level", "timestamp", "url", "stage", "reason"} <= set(events[0])
    assert {"stored", "robots", "duplicate"} <= {event["event"] for event in events}


def test_run_without_sources_is_fine(newsdesk: Newsdesk):
    """Nothing to do is no error."""
    result = newsdesk("run")
    assert (result.status, result.out) == (0, "nothing to do\n")


def test_run_against_nothing_says_so(newsdesk: Newsdesk, site: DemoSite):
    """Exit status 3 when nothing could be fetched."""
    newsdesk("add", site.url)
    site.__exit__()
    assert newsdesk("run").status == 3
    site.__init__()
    site.__enter__()


def test_every_list_has_json(newsdesk: Newsdesk, filled: DemoSite):
    """search, show, export and sources give JSON; articles all in the one public shape."""
    (found, *_) = json.loads(newsdesk("search", "ferry", "--json").out)
    assert "<mark>ferry</mark>" in found.pop("snippet").lower()
    shown = json.loads(newsdesk("show", found["id"], "--json").out)
    exported = [json.loads(line) for line in newsdesk("export").out.splitlines()]
    assert tuple(found) == tuple(shown) == tuple(exported[0]) == FIELDS
    assert found == shown
    assert found in exported
    sources = json.loads(newsdesk("sources", "list", "--json").out)
    assert {source["kind"] for source in sources} == {"feed", "sitemap"}


def test_show_takes_any_address_that_leads_to_it(newsdesk: Newsdesk, filled: DemoSite):
    """The second address, or one with a tracking parameter, shows the same article."""
    path = "wirtschaft/werft-bekommt-auftrag"
    for address in (filled.url + path, filled.url + "m/werft-bekommt-auftrag", filled.url + path + "?utm_source=x"):
        assert newsdesk("show", address).out.startswith("Werft bekommt Auftrag")
    result = newsdesk("show", "999")
    assert result.status == 1
    assert "no such article" in result.err


def test_search_narrows_and_says_when_nothing_is_found(newsdesk: Newsdesk, filled: DemoSite):
    """Phrases, beginnings, site and day; nothing found is said on standard error."""
    assert len(newsdesk("search", "night ferry").out.splitlines()) == len(
        newsdesk("search", '"night ferry"').out.splitlines()
    )
    assert newsdesk("search", "ferr*").out
    assert newsdesk("search", "θεατρο").out
    assert newsdesk("search", "ferry", "--since", "2999-01-01").out == ""
    assert newsdesk("search", "ferry", "--site", "other.example").err.startswith("newsdesk: no article")
    assert newsdesk("search", "ferry", "--since", "yesterday").status == 2
    assert newsdesk("search", "ferry (fog").err.splitlines()[-2:] == ["  ferry (fog", "        ^"]
    assert newsdesk("search", "...").status == 2


def test_csv_is_safe_and_whole(newsdesk: Newsdesk, filled: DemoSite, tmp_path: Path):
    """Every article is a row; a title that looks like a formula is quoted."""
    page = tmp_path / "page.html"
    text = "".join(
        f"<p>“A cell may compute,” said the {who} of the town works on Tuesday, “but nobody has to believe the sum it "
        f"shows, least of all when the sheet comes from somebody else.”</p>"
        for who in ("director", "deputy", "treasurer")
    )
    page.write_text(f"<title>=1+1</title><article><h1>=HYPERLINK(1)</h1>{text}</article>")
    (tmp_path / "list.jsonl").write_text(json.dumps({"url": "https://courier.example/x", "html_path": "page.html"}))
    newsdesk("import", tmp_path / "list.jsonl")
    rows = list(csv.DictReader(io.StringIO(newsdesk("export", "--format", "csv").out)))
    assert len(rows) == len(filled.pieces) + 1
    assert next(row["title"] for row in rows if row["site"] == "courier.example").startswith("'=")


def test_sources_can_be_paused_resumed_and_removed(newsdesk: Newsdesk, filled: DemoSite):
    """By address or by site; an unknown one is an error."""
    site = filled.url.removeprefix("http://").rstrip("/")
    assert newsdesk("sources", "pause", site).out == f"paused 3 sources: {site}\n"
    assert newsdesk("run", "--all").out == "nothing to do\n"
    assert newsdesk("sources", "resume", filled.url + "feed.xml").out.startswith("resumed 1 source:")
    assert newsdesk("sources", "remove", site).out.startswith("removed 3 sources")
    assert newsdesk("sources", "list").out == ""
    assert newsdesk("sources", "remove", site).status == 1


def test_delete_is_for_good(newsdesk: Newsdesk, filled: DemoSite):
    """A deleted article is not shown, not found, and not stored again."""
    address = filled.url + "town/night-ferry-sails-again"
    assert newsdesk("delete", address).out.startswith("deleted article")
    assert newsdesk("show", address).status == 1
    result = newsdesk("extract", address, "--save")
    assert "deleted on request" in result.err
    assert newsdesk("show", address).status == 1


def test_extract_save_stores_the_article(newsdesk: Newsdesk, site: DemoSite):
    """One address into the database; saving it again changes nothing."""
    address = site.url + "culture/le-marche-aux-livres"
    first = newsdesk("extract", address, "--save", "--format", "json")
    record = json.loads(first.out)
    assert (first.status, record["id"]) == (0, 1)
    assert "stored" in first.err
    assert "unchanged" in newsdesk("extract", address, "--save").err
    assert json.loads(newsdesk("show", 1, "--json").out) == record


def test_robots_is_obeyed_unless_told_otherwise(newsdesk: Newsdesk, site: DemoSite):
    """robots.txt forbids /internal/."""
    assert "robots" in newsdesk("extract", site.url + "internal/draft").err
    assert newsdesk("extract", site.url + "internal/draft", "--ignore-robots").status == 3


def test_import_twice_changes_nothing(newsdesk: Newsdesk, site: DemoSite, tmp_path: Path):
    """The same bytes of the same address again are `unchanged`; a bad line costs only itself."""
    answer = site.answer("/sea/herring-quota-cut")
    assert answer is not None
    (tmp_path / "a.html").write_text(answer.body, encoding="utf-8")
    lines = [
        {"url": "https://courier.example/a?utm_source=x", "html_path": "a.html", "fetched_at": "2026-11-20T08:00:00Z"}
    ]
    lines += [
        {"url": "https://courier.example/b", "html_path": "none.html"},
        {"url": 1},
        {"url": "ftp://x/", "html_path": "a.html"},
    ]
    lines += [{"url": "https://courier.example/c", "html_path": "a.html", "fetched_at": "soon"}]
    path = tmp_path / "list.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\nnonsense\n")
    first = newsdesk("import", path)
    assert (first.status, first.out) == (1, "1 stored, 1 unsafe_address, 4 parse_error\n")
    export = newsdesk("export").out
    record = json.loads(export)
    assert record["url"] == "https://courier.example/a?utm_source=x"
    assert record["fetched_at"] == "2026-11-20T08:00:00+00:00"
    assert newsdesk("import", path).out == "1 unchanged, 1 unsafe_address, 4 parse_error\n"
    assert newsdesk("export").out == export


def test_the_database_may_be_named_before_and_after_the_command(newsdesk: Newsdesk, site: DemoSite, tmp_path: Path):
    """`--db` works in both places, the later one wins."""
    newsdesk("--db", tmp_path / "a.db", "add", site.url)
    assert newsdesk("sources", "list", "--db", tmp_path / "a.db").out
    assert newsdesk("--db", tmp_path / "none.db", "sources", "list", "--db", tmp_path / "a.db").out
    assert newsdesk("--db", tmp_path / "none.db", "sources", "list").status == 4


@pytest.mark.parametrize(
    "arguments", [["search", "x"], ["show", "1"], ["export"], ["sources", "list"], ["delete", "1"]]
)
def test_reading_without_a_database_says_what_to_do(newsdesk: Newsdesk, arguments: list[str]):
    """Exit status 4 and one line that names the way on."""
    result = newsdesk(*arguments)
    assert result.status == 4
    assert len(result.err.splitlines()) == 1
    assert "newsdesk add" in result.err


def test_a_closed_pipe_is_quiet(newsdesk: Newsdesk, filled: DemoSite):
    """`newsdesk export | head` ends without a word."""
    environ = dict(os.environ)
    with subprocess.Popen([*COMMAND, "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) in (0, 1)


def test_ctrl_c_is_quiet(tmp_path: Path):
    """An interrupted command ends with 130 and without a traceback."""
    command, pipe = [*COMMAND, "extract", "--batch"], subprocess.PIPE

    def hear_signals() -> None:  # a shell's background jobs, and so these tests in one, ignore SIGINT
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=hear_signals) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"x\n")
        process.stdin.flush()
        process.stdout.readline()  # it is at work, not still starting
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


def test_on_a_terminal_the_article_is_wrapped(newsdesk: Newsdesk, filled: DemoSite, tmp_path: Path):
    """A person sees title, authors, time and site, then paragraphs no wider than 88 columns."""
    master, slave = pty.openpty()
    environ = {**os.environ, "COLUMNS": "120", "TERM": "xterm", "NO_COLOR": "1"}
    address = filled.url + "wirtschaft/brotpreise"
    with subprocess.Popen([*COMMAND, "show", address], stdout=slave, env=environ):
        pass
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    lines = shown.decode().split("\r\n")
    assert "Katrin Voss" in lines[1]
    assert "The Harbour Courier" in lines[1]
    assert max(map(len, lines)) <= 88
    assert "\x1b[3" not in shown.decode()  # no colours


def test_completion_and_version(newsdesk: Newsdesk):
    """The shell's helper and the version are there."""
    assert newsdesk("--version").out.startswith("newsdesk ")
    assert "--install-completion" in newsdesk("--help").out


def test_nothing_of_a_deleted_article_stays_in_the_files(newsdesk: Newsdesk, filled: DemoSite, tmp_path: Path):
    """No byte of its text is left in database, log or archive."""
    secret = b"forty-one such guests"
    files = [tmp_path / "home/data/newsdesk/newsdesk.db", *(tmp_path / "home/data/newsdesk").glob("newsdesk.db-*")]
    assert any(secret in path.read_bytes() for path in files)
    newsdesk("delete", filled.url + "town/night-ferry-sails-again")
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert secret not in raw
            assert b"forty one such guests" not in raw
            assert path.suffix != ".gz" or secret not in gzip.decompress(raw)


def test_batch_may_ignore_robots(newsdesk: Newsdesk, site: DemoSite):
    """Options hold for batches too, and what makes no sense there is refused."""
    line = json.dumps({"url": site.url + "internal/draft"}).encode()
    assert json.loads(newsdesk("extract", "--batch", stdin=line).out)["error"]["reason"] == "robots"
    assert "error" not in json.loads(newsdesk("extract", "--batch", "--ignore-robots", stdin=line).out)
    assert newsdesk("extract", "--batch", "--format", "html", stdin=line).status == 2


def test_add_finds_nothing_and_leaves_nothing(newsdesk: Newsdesk, site: DemoSite, tmp_path: Path):
    """A mistyped address makes no database."""
    result = newsdesk("add", site.url + "nothing-here")
    assert (result.status, "404" in result.err) == (1, True)
    assert not (tmp_path / "home/data/newsdesk").exists()
