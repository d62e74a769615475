"""Inputs behind an address are read as those of this machine are."""

from datetime import UTC
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from db import remote
from pipelines.bulk import on_pool
from pipelines.bulk.inputs import Unreadable, units
from pipelines.bulk.job import Bulk, run
from scraper.errors import SettingsError
from tests.bulk.crawls import SITE, courier, dated, rows


@pytest.fixture(params=["s3", "local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address to put inputs at: a store of objects, or files that are reached as if they were elsewhere."""
    return request.getfixturevalue("s3").archive() if request.param == "s3" else f"local://{tmp_path}/store"


def put(store: str, name: str, content: Path) -> None:
    system, path = remote.opened(f"{store}/{name}")
    system.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
    system.put_file(str(content), path)


def bulk(folder: Path, *inputs: str) -> str:
    return run(Bulk(inputs=inputs, folder=folder), on_pool.each).line()


def test_the_same_rows_as_from_this_machine(store: str, tmp_path: Path):
    """A folder, a pattern and a file, with what is damaged told under its address; another file changes nothing."""
    here = tmp_path / "here"
    courier(here / "deep" / "a.warc.gz", (0, 1, 2))
    cut = courier(here / "b.warc.gz", (3, 4))
    cut.write_bytes(cut.read_bytes()[:-200])
    link = f'<link rel="canonical" href="{SITE}/5"><title>'.encode()
    (here / "5.html").write_bytes(dated(5).replace(b"<title>", link))
    (here / "6.html").write_bytes(b"<p>Whose page is this?")
    (here / "notes.txt").write_text("nothing to be read")
    for path in here.rglob("*.*"):
        put(store, str(path.relative_to(here)), path)
    expected = bulk(tmp_path / "a", str(here))
    assert bulk(tmp_path / "b", store) == expected
    assert expected == "5 stored, 1 incomplete, 1 parse_error"
    for what in ("articles", "outcomes"):
        found = [sorted(map(_bare, rows(tmp_path / folder, what))) for folder in ("a", "b")]
        assert found[0] == found[1]
    (saved,) = (row["fetched_at"] for row in rows(tmp_path / "b", "articles") if row["url"] == f"{SITE}/5")
    system, path = remote.opened(f"{store}/5.html")
    assert abs((saved - system.modified(path).astimezone(UTC)).total_seconds()) < 1
    assert bulk(tmp_path / "c", f"{store}/**/*.warc.gz", f"{store}/5.html").startswith("5 stored")
    assert bulk(tmp_path / "b", store) == expected, "what is finished stays so"


def test_an_input_that_is_not_there(store: str, tmp_path: Path):
    """One clear word for a missing file, pattern, or file that goes while it is wanted; nothing is finished then."""
    for name in ("none.warc.gz", "*.warc.gz"):
        with pytest.raises(Unreadable, match=r"no such file|can't be listed"):
            bulk(tmp_path / "out", f"{store}/{name}")
    put(store, "a.warc.gz", courier(tmp_path / "a.warc.gz", (0, 1)))
    put(store, "b.warc.gz", courier(tmp_path / "b.warc.gz", (2, 3)))
    job = Bulk(
        inputs=[store],
        folder=tmp_path / "out",
        on_unit=lambda title, _kinds: (
            remote.opened(store)[0].rm(remote.opened(f"{store}/b.warc.gz")[1]) if title.endswith("a.warc.gz") else None
        ),
    )
    with pytest.raises(Unreadable, match="can't be read"):
        run(job, on_pool.each)


class AtHost(LocalFileSystem):
    """Files of this machine, as if a host had them that wants to know who asks: `desk://user:secret@host/path`."""

    protocol = "desk"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return "/" + path.partition("://")[2].partition("/")[2] if "://" in path else path


def test_a_host_is_asked_by_who_may_and_nobody_hears_the_password(tmp_path: Path):
    """Files of a folder are read by host, user and password of the folder's address; manifest and rows have no password."""
    fsspec.register_implementation("desk", AtHost, clobber=True)
    courier(tmp_path / "in" / "a.warc.gz", (0,))
    (tmp_path / "in" / "b.html").write_bytes(b"<p>Whose page is this?")
    address = f"desk://jo:secret@host{tmp_path}/in"
    assert [unit.files for unit in units([address])] == [(f"{address}/a.warc.gz",), (f"{address}/b.html",)]
    assert bulk(tmp_path / "out", address) == "1 stored, 1 parse_error"
    assert f"desk://jo:***@host{tmp_path}/in/b.html" in {row["url"] for row in rows(tmp_path / "out", "outcomes")}
    assert not [path for path in (tmp_path / "out").rglob("*.*") if b"secret" in path.read_bytes()]
    with pytest.raises(Unreadable) as caught:
        bulk(tmp_path / "other", f"{address}/*.zip")
    assert "secret" not in str(caught.value)


def test_addresses_that_are_not_for_reading(tmp_path: Path):
    """The web is for `run`, with its guards; an unknown scheme and a missing package are said to be that."""
    for address in ("https://data.example/a.warc.gz", "HTTP://169.254.169.254/a.warc.gz"):
        with pytest.raises(SettingsError, match="newsdesk run"):
            bulk(tmp_path / "out", address)
    with pytest.raises(SettingsError, match="no address that fsspec knows"):
        bulk(tmp_path / "out", "no-such-thing://a/b.warc.gz")
    with pytest.raises(SettingsError, match="needs an extra"):
        bulk(tmp_path / "out", "adl://a/b.warc.gz")


def _bare(row: dict[str, Any]) -> str:
    """A row to compare: addresses of files end alike, and files of the two places have times of their own."""
    url = row["url"]
    name = url if url.startswith("https://") else Path(urlsplit(url).path).name
    is_of_a_file = name.endswith((".html", "/5"))
    return repr({**row, "url": name} | ({"fetched_at": None} if is_of_a_file else {}))
