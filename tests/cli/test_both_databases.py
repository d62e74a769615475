"""The commands on SQLite and on PostgreSQL."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.demo_site.server import DemoSite
from tests.cli.conftest import Newsdesk


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch):
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        yield site


def test_every_command_works_on_both(newsdesk: Newsdesk, site: DemoSite, address: str, tmp_path: Path):
    """add, run, search, show, export, import, pause and delete, one after the other."""
    db = ("--db", address)
    os.environ["NEWSDESK_ARCHIVE"] = str(tmp_path / "archive")
    try:
        assert newsdesk(*db, "add", site.url).status == 0
        assert " 16 stored, " in newsdesk(*db, "run").out
        (found, *_) = json.loads(newsdesk(*db, "search", "ferry", "--json").out)
        del found["snippet"]
        assert json.loads(newsdesk("show", found["id"], "--json", *db).out) == found
        assert len(newsdesk(*db, "export").out.splitlines()) == 16
        assert newsdesk(*db, "sources", "pause", site.url + "feed.xml").status == 0
        (tmp_path / "a.html").write_text(site.answer("/sea/column-fog").body)
        (tmp_path / "list.jsonl").write_text('{"url": "https://courier.example/fog", "html_path": "a.html"}')
        assert newsdesk(*db, "import", tmp_path / "list.jsonl").out == "1 stored\n"
        assert newsdesk(*db, "delete", "https://courier.example/fog").status == 0
        assert newsdesk(*db, "show", "https://courier.example/fog").status == 1
        assert len(newsdesk(*db, "export").out.splitlines()) == 16
    finally:
        del os.environ["NEWSDESK_ARCHIVE"]
