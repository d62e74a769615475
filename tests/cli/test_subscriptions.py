"""sources import and export: from a feed reader, and back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.demo_site.server import DemoSite
from tests.cli.conftest import Newsdesk

LIST = """<?xml version="1.0"?><opml version="1.0"><body><outline text="News">
<outline text="Harbour" type="rss" xmlUrl="{url}feed.xml" htmlUrl="{url}"/>
<outline text="again" type="rss" xmlUrl="{url}feed.xml"/>
<outline text="bad" type="rss" xmlUrl="javascript:void"/></outline></body></opml>"""


def test_import_run_export_import(newsdesk: Newsdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Feeds of the list bring articles at once; what is exported, imported elsewhere, gives the same sources."""
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        text = LIST.format(url=site.url)
        result = newsdesk("--db", "n.db", "sources", "import", "-", stdin=text.encode())
        assert result.status == 0
        rows = [line.split("\t") for line in result.out.splitlines()]
        assert [(row[0], row[3]) for row in rows] == [
            ("added", ""),
            ("left", "named twice"),
            ("left", "only http and https addresses are fetched"),
        ]
        assert site.requests == []
        assert "20 announced" in newsdesk("--db", "n.db", "run").out
        newsdesk("--db", "n.db", "add", site.url)
    assert newsdesk("--db", "n.db", "sources", "export", "--output", "out.opml").status == 0
    assert newsdesk("--db", "m.db", "sources", "import", "out.opml").status == 0

    def sources(db: str) -> list[list[str]]:
        lines = newsdesk("--db", db, "sources", "list").out.splitlines()
        return [[line.split("\t")[0], line.split("\t")[1], line.split("\t")[-1]] for line in lines]

    assert sources("m.db") == sources("n.db")
    assert {kind for _, kind, _ in sources("m.db")} == {"feed", "sitemap"}
    again = newsdesk("--db", "m.db", "sources", "import", "out.opml")
    assert {line.split("\t")[0] for line in again.out.splitlines()} == {"known"}


def test_what_is_no_list(newsdesk: Newsdesk, tmp_path: Path):
    """A bomb, no file, a list without feeds: status 1, and no database is made. `add` tells where files go."""
    (tmp_path / "bomb.opml").write_text(
        '<!DOCTYPE o [<!ENTITY a "aaaa">]><opml><body><outline text="&a;"/></body></opml>'
    )
    (tmp_path / "empty.opml").write_text("<opml><body/></opml>")
    for name in ("bomb.opml", "empty.opml", "none.opml"):
        result = newsdesk("--db", "n.db", "sources", "import", name)
        assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert not (tmp_path / "n.db").exists()
    assert "sources import" in newsdesk("--db", "n.db", "add", "empty.opml").err
