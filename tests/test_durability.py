"""Nothing is lost, nothing is half: kills, neighbours, full disks, what can't be written."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.archive import ArchiveWriter
from db.engine import open_engine, writing
from db.schema import links
from pipelines.demo_site.server import DemoSite
from tests.benchmarks import kills
from tests.builders import NOW, make_page


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(now=datetime.now(UTC)) as found:
        yield found


@pytest.fixture(scope="module")
def trial(site: DemoSite, tmp_path_factory: pytest.TempPathFactory) -> kills.Trial:
    """A database that follows the site, and what an undisturbed run makes of it."""
    found = kills.prepare(site, kills.Trial(folder=tmp_path_factory.mktemp("trial"), environ=kills.environment(site)))
    assert len(kills.content(found, "calm")["articles"]) == 16
    return found


def test_killed_at_random_moments(trial: kills.Trial):
    """After each kill the database is whole, after the last run it says what an undisturbed one says."""
    chance = random.Random()
    assert kills.kill_often(trial, "killed", [chance.uniform(0.5, trial.took_s) for _ in range(2)]) == []


def test_runs_searches_and_exports_at_once(trial: kills.Trial, site: DemoSite):
    """Two overlapping runs, an import, a search and an export: nobody is told that the database is locked."""
    page = site.answer("/sea/column-fog")
    assert page is not None
    path = trial.folder / "page.html"
    path.write_text(str(page.body))
    lines = [json.dumps({"url": f"https://courier.example/{i}", "html_path": str(path)}) for i in range(6)]
    (trial.folder / "list.jsonl").write_text("\n".join(lines))
    kills.copy(trial, "busy")
    list_ = str(trial.folder / "list.jsonl")
    commands = [("run",), ("run",), ("import", list_), ("export",), ("search", "ferry")]
    processes = [trial.start("busy", *command) for command in commands]
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert not [error for error in errors if "locked" in error or "Traceback" in error or "crashed" in error]
    assert all(process.returncode in (0, 1) for process in processes)
    assert kills.faults(trial, "busy", set()) == []


def test_a_full_disk_is_one_line_and_no_harm(trial: kills.Trial):
    """Where the files may not grow, a run says so in one line with status 4; later it goes on as if nothing had been."""
    kills.copy(trial, "full")
    for more in (0, 200_000):
        limit = (trial.folder / "full.db").stat().st_size + more
        done = subprocess.run(
            [*kills.COMMAND, "--db", trial.folder / "full.db", "run", "--quiet"],
            env=trial.environ,
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit)),
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
        assert (done.returncode, len(lines), done.stdout) == (4, 1, ""), done.stderr
        assert "full" in lines[0] or "can't write" in lines[0]
        assert kills.faults(trial, "full", set()) == []
    trial.start("full", "run").communicate()
    assert kills.faults(trial, "full", set()) == []
    assert kills.content(trial, "full") == kills.content(trial, "calm")


def test_a_full_disk_under_the_archive(tmp_path: Path):
    """The archive's failure is a `StoreError`, also when the file is closed."""
    code = (
        "import resource, sys; from pathlib import Path; from scraper.errors import StoreError\n"
        "from tests.test_durability import write_much\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: write_much(Path(sys.argv[1]))\n"
        "except StoreError as error: print(error)\n"
    )
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=os.environ | {"PYTHONPATH": root}, cwd=root,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "can't write to the archive" in done.stdout, done.stderr
    assert done.stderr == ""


def write_much(folder: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with ArchiveWriter(folder, "run") as writer:
        for seed in range(9):
            writer.write(make_page(body=random.Random(seed).randbytes(20_000)))


@pytest.mark.skipif(subprocess.run(["unshare", "-rm", "true"], check=False).returncode != 0, reason="needs unshare -rm")
@pytest.mark.parametrize("what", ["still.db", "."])
def test_what_is_read_only_is_one_line(trial: kills.Trial, what: str):
    """A file or a folder that may not be written: one line, status 4, and all is as it was."""
    kills.copy(trial, "still")
    path = trial.folder / "still.db"
    before = path.read_bytes()
    shell = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    for command in (["run"], ["retry", "--state", "teaser"]):
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", shell, trial.folder / what, *kills.COMMAND, "--db", path, *command],
            env=trial.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr.count("\n"), done.stdout) == (4, 1, ""), done.stderr
        assert "writ" in done.stderr
    assert path.read_bytes() == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(), max_size=60))
def test_both_databases_hold_the_same_text(postgresql: str, tmp_path_factory: pytest.TempPathFactory, text: str):
    """Whatever a page brings, NUL and lone surrogates too, what comes back from both is identical and can be encoded."""
    from db.upgrading import upgrade

    found = []
    path = tmp_path_factory.getbasetemp() / "texts.db"
    for address in (str(path), postgresql):
        engine = open_engine(address)
        upgrade(engine)
        with writing(engine) as connection:
            row = {"url": "https://a.example/", "site": "a", "first_seen_at": NOW, "title": text}
            connection.execute(links.insert(), [row])
            found.append(connection.execute(sa.select(links.c.title)).scalar_one())
            connection.rollback()
        engine.dispose()
    assert found[0] == found[1]
    assert "\0" not in found[0]
    assert found[0].encode() == text.replace("\0", "").encode("utf-8", "ignore")


def test_nul_and_surrogates_do_not_arrive(engine: sa.Engine):
    """The cases above that must not be missed by chance."""
    with writing(engine) as connection:
        row = {"url": "https://a.example/\0\ud800", "site": "a", "first_seen_at": NOW, "title": "a\0b\udfffc\U0001f600"}
        connection.execute(links.insert(), [row])
        stored = connection.execute(sa.select(links.c.url, links.c.title)).one()
    assert tuple(stored) == ("https://a.example/", "abc\U0001f600")
