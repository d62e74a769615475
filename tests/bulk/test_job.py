"""Archived pages become the articles they are, once, whatever happens on the way."""

import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.bulk import on_pool
from pipelines.bulk.inputs import Unreadable
from pipelines.bulk.job import Bulk, run
from pipelines.bulk.steps import COLUMNS
from scraper.errors import SettingsError, StoreError
from scraper.values import SiteRule
from tests.bulk.crawls import SITE, contents, courier, crawl, dated, rows
from tests.pipelines.test_bounds import ARTICLE, HANGING
from tests.pipelines.test_learn import OWN, PROMOTION

COMMAND = [sys.executable, "-c", "from pipelines.cli.main import run; run()"]


def bulk(folder: Path, *inputs: Path, **options) -> str:
    job = Bulk(inputs=list(map(str, inputs)), folder=folder, **options)
    return run(job, on_pool.each).line()


def test_the_memory_of_a_site_goes_over_all_inputs(tmp_path: Path):
    """What two pages a file share with those of the other files is the site's; what two pages share stays."""
    for i in (0, 2, 4):
        courier(tmp_path / "in" / f"{i}.warc.gz", (i, i + 1))
    assert bulk(tmp_path / "out", tmp_path / "in") == "6 stored"
    found = {row["url"]: row for row in rows(tmp_path / "out", "articles")}
    assert sorted(found) == [f"{SITE}/{i}" for i in range(6)]
    assert not [url for url, row in found.items() if PROMOTION[0] in row["body"]]
    assert [url for url, row in found.items() if OWN.format(n=17) in row["body"]] == [f"{SITE}/0", f"{SITE}/1"]


def test_files_by_month_and_site(tmp_path: Path):
    """One row a page in the file of its month and its site's hash, with the columns of an export and a fingerprint."""
    pages = [(f"https://site{i}.example/{i}", dated(i)) for i in range(8)]
    undated = ("https://site0.example/undated", dated(9).replace(b"published_time", b"other"))
    crawl(tmp_path / "a.warc.gz", [*pages, undated])
    assert bulk(tmp_path / "out", tmp_path / "a.warc.gz", n_buckets=2) == "9 stored"
    parts = {path.parent.relative_to(tmp_path / "out" / "articles") for path in tmp_path.glob("out/articles/*/*/*")}
    months = {part.parts[0] for part in parts}
    assert months == {"month=2026-01", "month=2026-02", "month=unknown"}
    assert {part.parts[1] for part in parts} == {"bucket=00", "bucket=01"}
    for part in parts:
        found = rows(tmp_path / "out" / "articles" / part, ".")
        assert {f"month={row['published_at']:%Y-%m}" for row in found if row["published_at"]} <= {part.parts[0]}
    (row, *_) = rows(tmp_path / "out", "articles")
    assert tuple(row) == COLUMNS
    assert row["fetched_at"] == datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert not (tmp_path / "out" / "_work").exists()


def test_a_page_that_hangs_costs_that_page(tmp_path: Path):
    """Its outcome says so; the pages around it are there, in their order."""
    bodies = [ARTICLE % ((1,) * 8), HANGING, b" ", ARTICLE % ((2,) * 8)]
    crawl(tmp_path / "a.warc.gz", [(f"https://site{n}.example/a", body) for n, body in enumerate(bodies)])
    line = bulk(tmp_path / "out", tmp_path / "a.warc.gz", page_deadline_s=0.5)
    assert line == "2 stored, 2 parse_error"
    found = [(row["outcome"], row["reason"]) for row in rows(tmp_path / "out", "outcomes")]
    failed = [("parse_error", "no answer after 0.5 s"), ("parse_error", "the page is empty")]
    assert found == [("stored", ""), *failed, ("stored", "")]


def test_a_damaged_file_is_read_as_far_as_it_is_whole(tmp_path: Path):
    """What stands before the damage is taken, the damage is told, and the next file is read."""
    path = courier(tmp_path / "a.warc.gz", range(3))
    path.write_bytes(path.read_bytes()[:-200])
    courier(tmp_path / "b.warc.gz", (4,))
    assert bulk(tmp_path / "out", tmp_path / "a.warc.gz", tmp_path / "b.warc.gz") == "3 stored, 1 incomplete"


def test_inputs_are_files_folders_and_patterns(tmp_path: Path):
    """Each file once, however it is named; saved pages too."""
    courier(tmp_path / "in" / "deep" / "a.warc.gz", (0, 1))
    courier(tmp_path / "in" / "b.warc.gz", (2,))
    link = f'<link rel="canonical" href="{SITE}/5"><title>'.encode()
    (tmp_path / "in" / "5.html").write_bytes(dated(5).replace(b"<title>", link))
    pattern, address = tmp_path / "in" / "**" / "*.warc.gz", f"file://{tmp_path}/in/?.warc.gz"
    assert bulk(tmp_path / "out", tmp_path / "in", pattern) == "4 stored"
    job = Bulk(inputs=[address, str(tmp_path / "in" / "5.html")], folder=tmp_path / "other")
    assert run(job, on_pool.each).line() == "2 stored"
    with pytest.raises(Unreadable, match="no such file"):
        bulk(tmp_path / "third", tmp_path / "in" / "*.zip")


def test_the_rule_of_a_site_holds(tmp_path: Path):
    """What it drops is gone, on that site; with another rule it is another job."""
    pages = [(f"https://{site}.example/1", dated(1)) for site in ("courier", "herald")]
    path = crawl(tmp_path / "a.warc.gz", pages)
    bulk(tmp_path / "out", path, rules={"courier.example": SiteRule(drop=("p:first-of-type",))})
    has_first = {row["site"]: "paragraph 0 " in row["body"] for row in rows(tmp_path / "out", "articles")}
    assert has_first == {"courier.example": False, "herald.example": True}
    with pytest.raises(SettingsError, match="another job: rules differ"):
        bulk(tmp_path / "out", path)


def test_a_folder_is_that_of_one_job(tmp_path: Path):
    """Done is done; other inputs or options are refused, and nothing is changed."""
    path = courier(tmp_path / "a.warc.gz", range(3))
    assert bulk(tmp_path / "out", path) == "3 stored"
    before = contents(tmp_path / "out")
    assert bulk(tmp_path / "out", path) == "3 stored"
    other = courier(tmp_path / "b.warc.gz", (7,))
    for inputs, options in (([path, other], {}), ([path], {"n_buckets": 3})):
        with pytest.raises(SettingsError, match="another job"):
            bulk(tmp_path / "out", *inputs, **options)
    path.write_bytes(path.read_bytes() + other.read_bytes())
    with pytest.raises(SettingsError, match="another job: inputs differ"):
        bulk(tmp_path / "out", path)
    (tmp_path / "out" / "_work" / "lock").unlink()
    assert contents(tmp_path / "out") == before


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four files to read, and what an undisturbed job makes of them."""
    folder = tmp_path_factory.mktemp("calm")
    for i in range(4):
        courier(folder / "in" / f"{i}.warc.gz", range(10 * i, 10 * i + 10))
    bulk(folder / "out", folder / "in")
    return folder


@pytest.mark.parametrize("seen", ["_work/sightings/*.parquet", "_work/memories/*", "manifest/00000[1-9]*"])
def test_killed_and_begun_again_it_ends_the_same(calm: Path, tmp_path: Path, seen: str):
    """kill -9 in each pass: no file is half, what is finished is not done again, and the files are the same bytes."""
    command = [*COMMAND, "bulk", calm / "in", "--out", tmp_path / "out"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while process.poll() is None and not any((tmp_path / "out").glob(seen)) and time.monotonic() < deadline:
            time.sleep(0.002)
        process.kill()
    found = {name: data for name, data in contents(tmp_path / "out").items() if not name.startswith("_work")}
    assert found.items() <= contents(calm / "out").items()
    finished = list(tmp_path.glob("out/manifest/0*.json"))
    ages = {path: path.stat().st_mtime_ns for path in finished}
    bulk(tmp_path / "out", calm / "in")
    assert contents(tmp_path / "out") == contents(calm / "out")
    assert {path: path.stat().st_mtime_ns for path in finished} == ages


def test_articles_of_an_attempt_that_ended_otherwise_are_not_kept(tmp_path: Path):
    """A killed attempt may have written a page that fails the second time: its row goes."""
    path = courier(tmp_path / "a.warc.gz", range(3))
    bulk(tmp_path / "out", path)
    (line,) = tmp_path.glob("out/manifest/0*.json")
    (written, *_) = tmp_path.glob("out/articles/*/*/*.parquet")
    stray = tmp_path / "out" / "articles" / "month=1999-01" / "bucket=00" / written.name
    stray.parent.mkdir(parents=True)
    shutil.copy(written, stray)
    line.unlink()
    assert bulk(tmp_path / "out", path) == "3 stored"
    assert not stray.exists()
    assert len(rows(tmp_path / "out", "articles")) == 3


def test_a_folder_that_can_not_be_written_is_one_line(tmp_path: Path):
    """A failure of the store's, and the job goes on once the folder can be written."""
    path = courier(tmp_path / "a.warc.gz", range(3))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "articles").write_text("stands in the way")
    with pytest.raises(StoreError, match="can't be written: Not a directory"):
        bulk(tmp_path / "out", path)
    (tmp_path / "out" / "articles").unlink()
    assert bulk(tmp_path / "out", path) == "3 stored"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_ends_the_job_for_now(tmp_path: Path):
    """Nothing is recorded as failed; once it can be read, the job goes on."""
    path = courier(tmp_path / "a.warc.gz", range(3))
    path.chmod(0)
    with pytest.raises(Unreadable):
        bulk(tmp_path / "out", path)
    path.chmod(0o600)
    assert bulk(tmp_path / "out", path) == "3 stored"
