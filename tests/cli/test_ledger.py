"""`links`, `retry` and `why`, on both databases: every address has a known fate, and a story."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import schema
from db.engine import reading
from pipelines.demo_site import addresses as demo
from pipelines.demo_site.server import DemoSite
from tests.cli.conftest import Newsdesk


@pytest.fixture
def site(newsdesk: Newsdesk, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoSite]:
    """The demo site after its first run."""
    with DemoSite(now=datetime.now(UTC)) as site:
        monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", site.url.removeprefix("http://").rstrip("/"))
        monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
        monkeypatch.setenv("NEWSDESK_DB", address)
        monkeypatch.setenv("NEWSDESK_ARCHIVE", str(tmp_path / "archive"))
        newsdesk("add", site.url)
        newsdesk("run")
        yield site


def test_links_and_retry(newsdesk: Newsdesk, site: DemoSite):
    """Addresses by state and site; those put back are fetched by the next run, the others are not."""
    rows = [json.loads(line) for line in newsdesk("links", "--json").out.splitlines()]
    states = Counter(row["state"] for row in rows)
    assert (len(rows), states["stored"], states["teaser"]) == (22, 16, 1)
    (line,) = newsdesk("links", "--state", "teaser").out.splitlines()
    assert demo.TEASER_PATH in line
    assert newsdesk("links", "--site", "other.example").out == ""
    assert newsdesk("links", "--since", "2999-01-01").out == ""
    assert len(newsdesk("links", "--limit", "3").out.splitlines()) == 3
    assert newsdesk("links", "--state", "nonsense").status == 2
    assert newsdesk("retry").status == 2
    n_before = len(site.requests)
    assert newsdesk("retry", "--state", "soft_404").out == "1 address due with the next run\n"
    newsdesk("run")
    asked = {path for _, path, _ in site.requests[n_before:]} - {"/robots.txt"}
    assert asked == {"/sea/tide-tables"}


def test_why_tells_the_whole_story(newsdesk: Newsdesk, site: DemoSite):
    """Who announced it, the fetch with its place in the archive, the reading, the run's outcome, the article."""
    url = site.url + "town/first-snow"
    assert (newsdesk("why", url).status, newsdesk("why", url).err.count("\n")) == (1, 1)
    out = newsdesk("why", site.url + "sea/rescue-off-orm?utm_source=x").out
    events = [line.split("\t")[1] for line in out.splitlines() if "\t" in line]
    assert events == ["seen", "fetched", "read", "stored"]
    assert "announced by " + site.url in out
    assert ".warc.gz:" in out
    assert "(article, 1 revision): " in out
    told = json.loads(newsdesk("why", site.url + "sea/withdrawn", "--json").out)
    assert [event["what"] for event in told["events"]] == ["seen", "http_error"]
    newsdesk("delete", site.url + "sea/rescue-off-orm")
    assert "deleted\ton request" in newsdesk("why", site.url + "sea/rescue-off-orm").out


def test_outcomes_add_up(newsdesk: Newsdesk, site: DemoSite, engine: Engine):
    """Each run: what was fetched and what was read has one outcome an address; the ledger's fate is its last one."""
    site.edition = 2
    newsdesk("retry", "--site", site.url.removeprefix("http://").rstrip("/"))
    newsdesk("run", "--all")
    with reading(engine) as connection:
        rows = connection.execute(sa.select(schema.outcomes).where(schema.outcomes.c.stage != "discover")).all()
        links = connection.execute(sa.select(schema.links)).all()
    assert len({(row.run_id, row.url) for row in rows}) == len(rows)
    last = {row.url: row.kind for row in sorted(rows, key=lambda row: row.run_id)}
    assert last == {link.url: link.outcome for link in links}
    assert {link.run_id for link in links} == {1, 2} or {link.run_id for link in links} == {2}
