"""What outlives a run about hosts, proved by the requests a real server saw, on both databases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import articles, hosts, schema, sources
from db.engine import reading, writing
from pipelines import schedule
from pipelines.demo_site import addresses as demo
from pipelines.demo_site.server import DemoSite
from pipelines.run import Job, run
from pipelines.settings import Settings
from scraper.fetching.reservations import PATH
from scraper.values import Host, Source, SourceKind
from tests.builders import NOW


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(now=NOW) as found:
        yield found


def _run(engine: Engine, site: DemoSite, archive: Path, at: datetime) -> list[str]:
    """The paths that one run over all sources asked for."""
    before = len(site.requests)
    address = site.url.removeprefix("http://").rstrip("/")
    settings = Settings(db="", archive=str(archive), min_delay_s=0, allow_addresses=(address,))
    run(Job(engine=engine, settings=settings, now=lambda: at, include_all=True))
    return [path for _, path, _ in site.requests[before:]]


def _add(engine: Engine, site: DemoSite) -> None:
    with writing(engine) as connection:
        sources.add_source(connection, Source(url=site.url + "feed.xml", kind=SourceKind.FEED, site="demo"), NOW)


def test_robots_over_runs(engine: Engine, site: DemoSite, tmp_path: Path):
    """Runs within a day share one robots.txt; the first one after it asks again."""
    _add(engine, site)
    hours = (0, 1, 23, 24, 25)
    asked = [_run(engine, site, tmp_path, NOW + timedelta(hours=h)).count("/robots.txt") for h in hours]
    assert asked == [1, 0, 0, 1, 0]


def test_tdmrep_over_runs(engine: Engine, site: DemoSite, tmp_path: Path):
    """tdmrep.json is asked for once a day, by the first page of the host, and each article tells what it reserves."""
    _add(engine, site)
    body = f'[{{"location": "/sea/", "tdm-reservation": 1, "tdm-policy": "{site.url}policy"}}]'
    sane = site.answer
    file = demo.Answer(body=body, content_type="application/json", modified_at=NOW)
    site.answer = lambda path: file if path == PATH else sane(path)  # type: ignore[method-assign]
    asked = []
    for hours in (0, 1, 25):
        with writing(engine) as connection:
            connection.execute(schema.links.update().values(due_at=NOW, etag=None, last_modified=None))
        asked.append(_run(engine, site, tmp_path, NOW + timedelta(hours=hours)).count(PATH))
    assert asked == [1, 0, 1]
    with reading(engine) as connection:
        stored = list(articles.iter_articles(connection))
    told = {one.article.url for one in stored if "tdm-reservation" in one.article.details.get("opt_outs", {})}
    assert told == {one.article.url for one in stored if one.article.url.startswith(f"{site.url}sea/")} != set()
    policies = {one.article.details["opt_outs"]["tdm-policy"] for one in stored if one.article.url in told}
    assert policies == {f"tdmrep.json {site.url}policy"}


def test_a_rest_over_runs(engine: Engine, site: DemoSite, tmp_path: Path):
    """A site that asked for a rest hears nothing from later runs until it is over."""
    _add(engine, site)
    rest = Host(origin=site.url.rstrip("/"), rests_until=NOW + timedelta(hours=2), rest_status=503)
    with writing(engine) as connection:
        hosts.save_hosts(connection, [rest])
    assert _run(engine, site, tmp_path, NOW + timedelta(hours=1)) == []
    assert "/feed.xml" in _run(engine, site, tmp_path, NOW + timedelta(hours=2))


def test_saved_hosts(engine: Engine):
    """A host comes back as it went in, bytes of robots.txt included; saved again, it is replaced; deleted, gone."""
    host = Host(origin="https://a.example", robots=b"\xff\0User-agent: *", robots_read_at=NOW, tdmrep=b"[]")
    newer = Host(origin="https://a.example", n_failed_runs=2, rests_until=NOW, rest_status=503)
    for saved in (host, newer):
        with writing(engine) as connection:
            hosts.save_hosts(connection, [saved])
        with reading(engine) as connection:
            assert hosts.known_hosts(connection) == [saved]
    with writing(engine) as connection:
        hosts.delete_hosts(connection, ["https://a.example"])
        assert hosts.known_hosts(connection) == []


def test_rests_of_hosts():
    """A host that does not answer is left alone for half an hour, then twice as long each time, up to a day."""
    rests = [schedule.host_rest(n) / timedelta(minutes=1) for n in (1, 2, 3, 6, 7, 50)]
    assert rests == [29, 59, 119, 959, 1439, 1439]


def test_waiting_for_a_host_uses_up_no_try(engine: Engine, site: DemoSite, tmp_path: Path):
    """Addresses of a host that is left alone for many runs are put off each time, and fetched when it is back."""
    _add(engine, site)
    _run(engine, site, tmp_path, NOW)
    with writing(engine) as connection:
        connection.execute(schema.links.update().values(due_at=NOW, n_tries=schedule.MAX_TRIES - 1))
    for n in range(1, 4):
        at = NOW + n * timedelta(hours=1)
        alone = Host(origin=site.url.rstrip("/"), n_failed_runs=3, alone_until=at + timedelta(minutes=50))
        with writing(engine) as connection:
            hosts.save_hosts(connection, [alone])
            connection.execute(schema.sources.update().values(due_at=None))
        assert _run(engine, site, tmp_path, at) == []
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(schema.links.c.n_tries, schema.links.c.due_at, schema.links.c.outcome)
        ).all()
    assert {row.n_tries for row in rows} == {schedule.MAX_TRIES - 1}
    assert all(row.due_at is not None for row in rows)
    assert {row.outcome for row in rows} == {"put_off"}
