"""A site is held against itself: what a change of it looks like, and what is no change."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.engine import Engine

from db import health as stored
from db import sources
from db.engine import reading, writing
from pipelines import checkup, health, metrics
from pipelines.run import Job, run
from pipelines.settings import Settings
from scraper import urls
from scraper.values import SiteDay, Source, SourceKind

TODAY = date(2026, 5, 4)


def make_day(ago: int, **values: object) -> SiteDay:
    """A day of a site that brings ten articles a day."""
    day = SiteDay(
        site="a.example",
        day=TODAY - timedelta(days=ago),
        n_asked=2,
        n_announced=30,
        n_new=10,
        outcomes={"stored": 10, "unchanged": 20},
        n_articles=10,
        lengths=(2000, 2500, 3000, 3500, 4000) * 2,
        lags_h=(1.0, 2.0, 3.0, 4.0, 5.0) * 2,
        confidence=0.9,
        removed=0.02,
    )
    return replace(day, **values)


def history(*latest: SiteDay) -> list[SiteDay]:
    """Four weeks as usual, then those days."""
    return [make_day(ago) for ago in range(28 + len(latest), len(latest) - 1, -1)] + list(latest)


CHANGES = {
    "without author": {"n_without_author": 9},
    "without time": {"n_without_time": 10, "lags_h": ()},
    "without image": {"n_without_image": 8},
    "behind a wall": {"outcomes": {"consent_wall": 10}, "n_articles": 0, "lengths": (), "lags_h": ()},
    "empty or too short": {"outcomes": {"stored": 2, "too_short": 8}},
    "could not be fetched or read": {"outcomes": {"stored": 3, "http_error": 7}},
    "sources that failed": {"n_asked": 12, "n_failed_asks": 12},
    "median length": {"lengths": (1000, 1250, 1500, 1750, 2000) * 2},
    "hours from publication to sight": {"lags_h": (-23.0, -22.0, -21.0, -20.0, -19.0) * 2},
    "new addresses a day": {"n_new": 0, "outcomes": {}, "n_articles": 0, "lengths": (), "lags_h": ()},
    "extractor confidence": {"confidence": 0.5},
    "text that the site repeats": {"removed": 0.6},
}


@pytest.mark.parametrize("measure", CHANGES)
def test_a_change_is_found_within_two_days(measure: str):
    """By its name, with the first day on which it was so, and nothing else is said to have changed."""
    days = history(make_day(1, **CHANGES[measure]), make_day(0, **CHANGES[measure]))
    found = [finding for finding in health.judge(days, TODAY) if finding.measure == measure]
    assert [finding.since for finding in found] == [TODAY - timedelta(days=1)]
    assert measure in found[0].text()
    others = {f.measure for f in health.judge(days, TODAY)} - {measure}
    assert not others


def test_a_site_as_usual_has_no_findings():
    """Neither while nothing changes, nor on a quiet day, nor where too little is known."""
    assert health.judge(history(make_day(0)), TODAY) == []
    quiet = make_day(0, n_new=1, outcomes={"stored": 1}, n_articles=1, lengths=(900,), lags_h=(20.0,))
    assert health.judge(history(quiet), TODAY) == []
    broken = make_day(0, n_without_author=10)
    assert health.judge([make_day(1), broken], TODAY) == []
    assert health.judge([], TODAY) == []


def test_what_always_was_is_no_change():
    """A site that never names authors is not broken."""
    days = [replace(day, n_without_author=10) for day in history(make_day(1), make_day(0))]
    assert health.judge(days, TODAY) == []


def test_a_site_that_nobody_asked_is_not_frozen():
    """Days without a run say nothing; nor does a weekday on which nothing ever comes."""
    assert health.judge(history(make_day(0, n_new=0, n_asked=0)), TODAY) == []
    weekly = [make_day(ago, n_new=40 if ago % 7 == 1 else 0) for ago in range(40, -1, -1)]
    assert health.judge(weekly, TODAY) == []


def test_a_day_that_has_just_begun_is_not_frozen():
    """The first of many askings of a day brings nothing yet; that is no alarm."""
    days = [replace(day, n_asked=48, n_new=60) for day in history()]
    assert (
        health.judge([*days, make_day(0, n_asked=2, n_new=0, outcomes={}, n_articles=0, lengths=(), lags_h=())], TODAY)
        == []
    )


def test_after_days_without_a_run_what_is_late_is_our_own_fault():
    """A backlog is seen late; nobody's times are wrong."""
    days = [day for day in history(make_day(0, lags_h=(50.0, 60.0, 40.0) * 4)) if day.day not in
            (TODAY - timedelta(days=1), TODAY - timedelta(days=2))]  # fmt: skip
    assert health.judge(days, TODAY) == []


def test_one_kind_of_wall_is_seen_behind_another():
    """A site half of whose articles are paid raises an alarm when all are behind a consent wall."""
    usual = [replace(day, outcomes={"stored": 5, "paywall": 5}, n_articles=5) for day in history()]
    days = [
        *usual,
        *(make_day(ago, outcomes={"consent_wall": 10}, n_articles=0, lengths=(), lags_h=()) for ago in (1, 0)),
    ]
    (finding,) = health.judge(days, TODAY)
    assert (finding.measure, finding.lacking) == ("behind a wall", "consent_wall")


@dataclass
class Paper:
    """A small paper on loopback that publishes five articles a day; tests move its clock and change its pages."""

    now: datetime
    has_authors: bool = True
    first: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.now

    def articles(self) -> list[tuple[str, datetime]]:
        days = (self.now.date() - self.first.date()).days + 1
        starts = [self.first + timedelta(days=day) for day in range(max(0, days - 3), days)]
        return [(f"/news/{at:%Y%m%d}-bridge-{i}", at - timedelta(hours=i)) for at in starts for i in range(1, 6)]

    def feed(self, base: str) -> str:
        items = (
            f"<item><link>{base}{path}</link><pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
            for path, at in self.articles()
        )
        return f"<rss version='2.0'><channel><title>Paper</title>{''.join(items)}</channel></rss>"

    def page(self, path: str) -> str:
        when = datetime.strptime(path[6:14], "%Y%m%d").replace(hour=18, tzinfo=UTC) - timedelta(hours=int(path[-1]))
        author = '"author": {"@type": "Person", "name": "Jane Roe"},' if self.has_authors else ""
        data = (
            f'{{"@type": "NewsArticle", {author} "headline": "Bridge {path}", "datePublished": "{when.isoformat()}"}}'
        )
        text = "".join(
            f"<p>{path}: the swing bridge over the Skell was opened {i} times today, and no ship had to wait long.</p>"
            for i in range(4)
        )
        return (
            f"<html lang='en'><head><script type='application/ld+json'>{data}</script></head><body><article>"
            f"<h1>Bridge {path}</h1>{text}</article></body></html>"
        )


@pytest.fixture
def paper() -> Iterator[tuple[Paper, str]]:
    found = Paper(now=datetime(2026, 5, 4, 18, 0, tzinfo=UTC))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            base = f"http://{self.headers['host']}"
            body = (
                "" if self.path == "/robots.txt" else found.feed(base) if "feed" in self.path else found.page(self.path)
            )
            kind = "application/rss+xml" if "feed" in self.path else "text/html; charset=utf-8"
            self.send_response(200)
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_site_that_loses_its_authors_is_told_after_two_runs(engine: Engine, paper: tuple[Paper, str], tmp_path: Path):
    """From real runs over HTTP: fine for five days, then no page names an author; examples are among them."""
    site, base = paper
    settings = Settings(
        db="", archive=str(tmp_path / "archive"), min_delay_s=0, allow_addresses=(base.removeprefix("http://"),)
    )
    with writing(engine) as connection:
        source = Source(url=f"{base}/feed.xml", kind=SourceKind.FEED, site=urls.site(base))
        sources.add_source(connection, source, site.now)
    found: list[list[str]] = []
    for day in range(7):
        site.has_authors = day < 5
        run(Job(engine=engine, settings=settings, now=lambda: site.now, include_all=True))
        (found_now,) = checkup.check(engine, site.now.date())
        found.append([finding.measure for finding, _ in found_now.findings])
        site.now += timedelta(days=1)
    assert found[:5] == [[]] * 5
    assert found[6] == ["without author"]
    finding, addresses = found_now.findings[0]
    assert finding.since == (site.now - timedelta(days=2)).date()
    assert addresses
    assert all("/news/" in address for address in addresses)
    with reading(engine) as connection:
        days = stored.get_days(connection, site.first.date())
    assert [(day.n_asked, day.n_new, day.n_without_author) for day in days[:5]] == [(1, 5, 0)] * 5
    assert all(day.n_without_author == day.n_articles >= day.n_new == 5 for day in days[5:])
    path = tmp_path / "newsdesk.prom"
    metrics.write(path, [found_now])
    lines = path.read_text().splitlines()
    assert f'newsdesk_site_findings{{site="{found_now.site}"}} 1' in lines
    assert f'newsdesk_site_day_outcomes{{site="{found_now.site}",outcome="stored"}} 5' in lines


def test_summing_up_twice_changes_nothing(engine: Engine):
    """The day's sums are worked out anew each time; what the sources announced is only counted when they are asked."""
    now = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)
    with writing(engine) as connection:
        stored.add_asked(connection, "a.example", now, n_announced=7, n_new=2)
        stored.add_asked(connection, "a.example", now, is_failed=True)
        for _ in range(2):
            stored.save_day(connection, "a.example", now.date())
    with reading(engine) as connection:
        (day,) = stored.get_days(connection, now.date())
    assert (day.n_asked, day.n_failed_asks, day.n_announced, day.n_new, day.n_articles) == (2, 1, 7, 2, 0)
