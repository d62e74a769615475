"""The archive checked, measured and read again, on both databases."""

import json
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from warcio.archiveiterator import ArchiveIterator

from db import schema
from db.engine import reading, writing
from tests.builders import NOW
from tests.cli.conftest import Newsdesk
from tests.pipelines.test_learn import N_PAGES, page

SITE = "courier.example"


@pytest.fixture
def archive(newsdesk: Newsdesk, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The archive of six imported pages."""
    monkeypatch.setenv("NEWSDESK_DB", address)
    monkeypatch.setenv("NEWSDESK_ARCHIVE", str(tmp_path / "archive"))
    rows = []
    for i in range(N_PAGES):
        (tmp_path / f"{i}.html").write_text(page(i))
        rows.append({"url": f"https://{SITE}/{i}", "html_path": f"{i}.html", "fetched_at": "2026-01-01T00:00:00Z"})
    (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert newsdesk("import", "list.jsonl").status == 0
    return tmp_path / "archive"


def test_verify_and_stats(newsdesk: Newsdesk, archive: Path):
    """Whole records are counted; a damaged one and a missing file are named, with status 1."""
    assert newsdesk("archive", "verify").out == "6 pages read, 0 damaged\n"
    told = json.loads(newsdesk("archive", "stats", "--json").out)
    assert (told["n_pages"], told["n_files"]) == (6, 1)
    assert told["n_body_bytes"] == sum(len(page(i)) for i in range(N_PAGES))
    (file,) = archive.iterdir()
    assert told["n_bytes"] == file.stat().st_size < told["n_body_bytes"]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 255
    file.write_bytes(bytes(data))
    damaged = newsdesk("archive", "verify")
    assert (damaged.status, damaged.out.splitlines()[-1]) == (1, "6 pages read, 1 damaged")
    assert damaged.out.startswith(f"https://{SITE}/")
    file.unlink()
    assert newsdesk("archive", "verify").out.endswith("6 pages read, 6 damaged\n")


def test_any_tool_reads_the_files(archive: Path):
    """warcinfo first, then a response a page, each a gzip member of its own with headers and body."""
    (file,) = archive.iterdir()
    with file.open("rb") as stream:
        records = [(r.rec_type, r.content_stream().read()) for r in ArchiveIterator(stream, check_digests="raise")]
    assert [kind for kind, _ in records] == ["warcinfo", *["response"] * N_PAGES]
    assert records[1][1].decode() == page(0)


def test_reextract_reads_again_and_revises_nothing(
    newsdesk: Newsdesk, archive: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    """However old the pages are; all, or those of a site or time; what is better becomes the article's text."""
    assert newsdesk("reextract").out == "nothing to do\n"
    with writing(engine) as connection:
        connection.execute(schema.articles.update().values(body="Spoilt.", fingerprint="0" * 16))
    assert newsdesk("reextract", "--site", "other.example").out == "nothing to do\n"
    assert newsdesk("reextract", "--since", "2026-06-01").out == "nothing to do\n"
    assert newsdesk("reextract", "--site", SITE).out == f"{N_PAGES} reextracted\n"
    with reading(engine) as connection:
        bodies = connection.execute(sa.select(schema.articles.c.body, schema.articles.c.n_revisions)).all()
        assert connection.execute(sa.select(sa.func.count()).where(schema.pages.c.is_due)).scalar() == 0
    assert all(body != "Spoilt." and n == 1 for body, n in bodies)


def test_reextract_goes_on_where_it_was_stopped(
    newsdesk: Newsdesk, archive: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    """What is left of it is done by the next run."""
    import pipelines.run

    with monkeypatch.context() as patch:
        patch.setattr(pipelines.run, "digest", lambda _desk: None)
        newsdesk("reextract")
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).where(schema.pages.c.is_due)).scalar() == N_PAGES
    newsdesk("run")
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).where(schema.pages.c.is_due)).scalar() == 0


def age(archive: Path) -> None:
    """Makes the files old enough to be touched."""
    for file in archive.iterdir():
        os.utime(file, (NOW.timestamp(), NOW.timestamp() - 10**7))


@pytest.fixture
def two_editions(newsdesk: Newsdesk, archive: Path, tmp_path: Path) -> Path:
    """Page 0 has a second edition of today, in a file of its own; the first one is old and no article's text."""
    (tmp_path / "0.html").write_text(page(0).replace("the", "a"))
    row = {"url": f"https://{SITE}/0", "html_path": "0.html"}
    (tmp_path / "list.jsonl").write_text(json.dumps(row))
    assert newsdesk("import", "list.jsonl").out == "1 revised\n"
    age(archive)
    return archive


def test_prune_keeps_what_present_texts_were_read_from(newsdesk: Newsdesk, two_editions: Path, engine: Engine):
    """Of seven old and new pages one goes; its row and the history stay; what is left can be read and replayed."""
    size = sum(file.stat().st_size for file in two_editions.iterdir())
    assert newsdesk("archive", "prune", "--older-than", 30).out.startswith("1 record taken out, ")
    assert sum(file.stat().st_size for file in two_editions.iterdir()) < size
    assert newsdesk("archive", "verify").out == "6 pages read, 0 damaged\n"
    assert newsdesk("db", "check").out == "all is well\n"
    assert len(newsdesk("history", f"https://{SITE}/0").out.splitlines()) == 2
    assert "the archive no longer" in newsdesk("why", f"https://{SITE}/0").out
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.pages)).scalar() == 7
    for file in two_editions.iterdir():
        with file.open("rb") as stream:
            assert next(iter(ArchiveIterator(stream, check_digests="raise"))).rec_type == "warcinfo"
    age(two_editions)
    assert newsdesk("archive", "prune", "--older-than", 30).out == "0 records taken out, 0 bytes freed\n"
    assert newsdesk("reextract").out == "nothing to do\n"


def test_prune_all_leaves_the_texts(newsdesk: Newsdesk, two_editions: Path):
    """With --all the pages of present texts go, too; articles and search stay, and nothing is read again or lost."""
    assert newsdesk("archive", "prune", "--older-than", 0, "--all").out.startswith("7 records taken out, ")
    assert not list(two_editions.iterdir())
    assert newsdesk("archive", "verify").out == "0 pages read, 0 damaged\n"
    assert newsdesk("db", "check").out == "all is well\n"
    assert newsdesk("reextract").out == newsdesk("run").out == "nothing to do\n"
    assert len(newsdesk("export").out.splitlines()) == N_PAGES
    assert newsdesk("delete", f"https://{SITE}/1").status == 0


def test_prune_leaves_files_alone_that_may_be_in_use(newsdesk: Newsdesk, archive: Path):
    """A file written to within the last hour is not touched."""
    assert newsdesk("archive", "prune", "--older-than", 0, "--all").out == "0 records taken out, 0 bytes freed\n"
    assert newsdesk("archive", "verify").out == "6 pages read, 0 damaged\n"


@pytest.mark.parametrize("killed_at", ["db.pruning.move", "pathlib.Path.unlink"])
def test_a_killed_prune_loses_nothing(
    newsdesk: Newsdesk, two_editions: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
):
    """Stopped before its transaction, or before the old file is removed; the next one finishes the work."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (two_editions / "borrowed.warc.gz").write_bytes(b"somebody's")
    with monkeypatch.context() as patch:
        patch.setattr(killed_at, die)
        newsdesk("archive", "prune", "--older-than", 30)
    assert newsdesk("archive", "verify").out.endswith(" 0 damaged\n")
    age(two_editions)
    assert newsdesk("archive", "prune", "--older-than", 30).status == 0
    assert newsdesk("archive", "verify").out.endswith("6 pages read, 0 damaged\n")
    assert len(list(two_editions.iterdir())) == 3


def test_a_cut_last_record_is_noticed(newsdesk: Newsdesk, archive: Path):
    """A crash may leave the beginning of a record behind the last one that a row points at; it costs nothing."""
    (file,) = archive.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:50])
    result = newsdesk("archive", "verify")
    assert result.status == 0
    assert result.out == (
        f"{file.name}: ends in 50 bytes of a record cut by a crash; no page is missing\n6 pages read, 0 damaged\n"
    )
    assert newsdesk("reextract").status == 0
