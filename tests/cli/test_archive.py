"""The archive checked, measured and read again, on both databases."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from warcio.archiveiterator import ArchiveIterator

from db import schema
from db.engine import reading, writing
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
