"""The whole program with its archive in a store, of files or on an S3 server: what a run leaves there, and what the commands read of it."""

import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from db import shelf
from db.remote import Remote
from pipelines.demo_site.server import DemoSite
from tests.benchmarks import kills
from tests.cli.conftest import Newsdesk, Result
from tests.s3 import S3


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(now=datetime.now(UTC)) as found:
        yield found


@pytest.fixture(scope="module", params=["local", "s3"])
def trial(site: DemoSite, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> kills.Trial:
    """Databases whose archives are in a store; `calm` is what an undisturbed run makes of the site."""
    folder = tmp_path_factory.mktemp("trial")
    environ, archives = kills.environment(site), f"local://{folder}/store"
    if request.param == "s3":
        server: S3 = request.getfixturevalue("s3_server")
        environ, archives = environ | server.environ, server.archive()
    return kills.prepare(site, kills.Trial(folder=folder, environ=environ, archives=archives))


@pytest.fixture(autouse=True)
def _reachable(trial: kills.Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in trial.environ if name.startswith("AWS_")]:
        monkeypatch.setenv(name, trial.environ[name])


@pytest.fixture
def ask(trial: kills.Trial, newsdesk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> Newsdesk:
    """`ask("calm", "archive", "stats")`: the result of that command on the database of that name."""

    def call(name: object, *arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setenv("NEWSDESK_ARCHIVE", str(trial.archive(str(name))))
        return newsdesk("--db", trial.address(str(name)), *arguments, stdin=stdin)

    return call


def test_every_command_reads_it(trial: kills.Trial, ask: Newsdesk, site: DemoSite):
    """A run leaves one WARC file that any tool replays; each command that reads or changes the archive works on it."""
    calm = trial.archive("calm")
    assert isinstance(calm, Remote)
    (file,) = shelf.sizes(calm)
    assert re.fullmatch(r"run-\d{14}-\d{6}-gathered-[0-9a-f]{16}-0001\.warc\.gz", file)
    content = BytesIO(calm.get_all([file])[file])
    kinds = [record.rec_type for record in ArchiveIterator(content, check_digests="raise")]
    assert kinds[0] == "warcinfo"
    assert set(kinds[1:]) <= {"response", "revisit"}
    with trial.rows("calm") as rows:
        assert rows.exec_driver_sql("SELECT count(*) FROM pages").scalar() == len(kinds) - 1
    assert kills.faults(trial, "calm", set()) == []
    assert ask("calm", "archive", "verify").out == f"{len(kinds) - 1} pages read, 0 damaged\n"
    assert ask("calm", "db", "check").out == "all is well\n"
    assert json.loads(ask("calm", "archive", "stats", "--json").out)["n_files"] == 1
    assert f"ok\tarchive\tcan be written: {calm}" in ask("calm", "doctor").out
    assert list(shelf.sizes(calm)) == [file]
    assert ask("calm", "memory", site.url.removeprefix("http://").rstrip("/")).status == 0
    assert ask("calm", "export").out.count("\n") == 16
    assert ask("calm", "reextract").status == 0


def test_what_is_deleted_or_old_leaves_it(trial: kills.Trial, ask: Newsdesk):
    """`delete` and `archive prune` write the file anew without what has to go; the rest stays readable."""
    kills.copy(trial, "less")
    trial.start("less", "run").communicate()
    less = trial.archive("less")
    (file,) = shelf.sizes(less)
    with trial.rows("less") as rows:
        address = rows.exec_driver_sql("SELECT url FROM articles ORDER BY id LIMIT 1").scalar()
    assert ask("less", "delete", address).status == 0
    assert ask("less", "archive", "verify").status == 0
    assert not ask("less", "archive", "prune", "--older-than", "0").out.startswith("0 records")
    assert file not in shelf.sizes(less)
    assert len(shelf.sizes(less)) == 1
    assert ask("less", "archive", "verify").status == 0
    assert ask("less", "db", "check").out == "all is well\n"


def test_killed_at_random_moments(trial: kills.Trial):
    """Whatever a row points at can be read; the last run makes of it what an undisturbed one makes."""
    chance = random.Random()
    assert kills.kill_often(trial, "killed", [chance.uniform(1.0, trial.took_s) for _ in range(1)]) == []


def test_a_store_that_is_away(trial: kills.Trial, ask: Newsdesk, request: pytest.FixtureRequest):
    """One line, status 4, no outcome that blames a page; back again, the next run does what was left."""
    if not trial.archives.startswith("s3:"):
        pytest.skip("a folder is not away")
    s3: S3 = request.getfixturevalue("s3_server")
    kills.copy(trial, "away")
    process = trial.start("away", "run")
    time.sleep(trial.took_s / 2)
    s3.stop()
    try:
        errors = [line for line in process.communicate()[1].splitlines() if not line.startswith("{")]
        assert (process.returncode, len(errors)) == (4, 1), errors
        assert "the archive" in errors[0]
        done = ask("away", "archive", "stats")
        assert (done.status, done.err.count("\n"), done.out) == (4, 1, "")
    finally:
        s3.resume()
    assert kills.faults(trial, "away", set()) == []
    trial.start("away", "run").communicate()
    assert kills.content(trial, "away") == kills.content(trial, "calm")


def test_without_its_package(trial: kills.Trial, tmp_path: Path):
    """Where the extra is not installed, the command says which one it needs."""
    (tmp_path / "s3fs.py").write_text("raise ImportError('no s3fs here')")
    environ = trial.environ | {"PYTHONPATH": f"{tmp_path}:{trial.environ['PYTHONPATH']}"}
    process = replace(trial, environ=environ, archives="s3://desk/archive").start("calm", "archive", "stats")
    said = process.communicate()[1]
    assert (process.returncode, "pip install 'newsdesk[s3]'" in said) == (2, True), said
