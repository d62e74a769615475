"""`newsdesk bulk`, as a person meets it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bulk.crawls import SITE, courier
from tests.cli.conftest import Newsdesk
from tests.pipelines.test_learn import PROMOTION

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]


def test_the_command(newsdesk: Newsdesk, tmp_path: Path):
    """One line on standard output, one a finished input on standard error; wrong usage is said so."""
    courier(tmp_path / "a.warc.gz", range(3))
    result = newsdesk("bulk", "a.warc.gz", "--out", "out")
    assert (result.status, result.out) == (0, "3 stored\n")
    assert result.err == f"{tmp_path}/a.warc.gz: 3 stored\n"
    result = newsdesk("bulk", "a.warc.gz", "--out", "out", "--buckets", 3)
    assert result.status == 2
    assert result.err.startswith(
        "newsdesk: out: settings_error: the folder holds another job: buckets differ; 16 there"
    )
    assert newsdesk("bulk", "b.warc.gz", "--out", "out").status == 1


@pytest.fixture
def desk(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSDESK_ARCHIVE", str(tmp_path / "archive"))
    for i in range(3):
        courier(tmp_path / "in" / f"{i}.warc.gz", range(10 * i, 10 * i + 10))
    return tmp_path


def test_into_the_database(newsdesk: Newsdesk, desk: Path, address: str):
    """What is taken in is not read again; a new file is, and knows what the site repeats."""
    done = newsdesk("bulk", "in/0.*", "in/1.*", "--db", address)
    assert (done.status, done.out) == (0, "20 stored\n")
    assert newsdesk("bulk", "in/0.*", "in/1.*", "--db", address).out == "nothing to do\n"
    assert newsdesk("bulk", "in", "--db", address).out == "10 stored\n"
    exported = newsdesk("--db", address, "export").out
    assert len(exported.splitlines()) == 30
    assert PROMOTION[0] not in exported


def test_into_the_database_killed_and_begun_again(newsdesk: Newsdesk, desk: Path, address: str):
    """kill -9 on the way: the second time brings the rest, and nothing twice."""
    with subprocess.Popen([*COMMAND, "bulk", desk / "in", "--db", address], stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            if sum(file.stat().st_size for file in desk.glob("archive/*")) > 8_000:
                break
            time.sleep(0.005)
        process.kill()
    assert newsdesk("bulk", "in", "--db", address).status == 0
    found = [json.loads(line)["url"] for line in newsdesk("--db", address, "export").out.splitlines()]
    assert sorted(found) == sorted(f"{SITE}/{i}" for i in range(30))
    assert newsdesk("bulk", "in", "--db", address).out == "nothing to do\n"


def test_one_target(newsdesk: Newsdesk):
    """A folder or a database, not both and not none."""
    assert newsdesk("bulk", "in").status == 2
    assert newsdesk("bulk", "in", "--out", "out", "--db", "a.db").status == 2
