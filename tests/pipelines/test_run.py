"""The whole program against the demo site, over real HTTP, on both databases."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import articles, schema, search, sources
from db.engine import reading, writing
from pipelines import schedule
from pipelines.adding import Search
from pipelines.demo_site import addresses as demo
from pipelines.demo_site.expected import MIN_QUOTED
from pipelines.demo_site.server import DemoSite
from pipelines.outcomes import Report
from pipelines.rhythm import MIN_RECENT
from pipelines.run import Job, run
from pipelines.settings import Settings
from pipelines.single import policy
from scraper.errors import StoreError
from scraper.fetching.client import Fetcher
from scraper.text import fold
from scraper.values import Outcome, OutcomeKind, Source, SourceKind, StoredArticle
from tests.builders import NOW

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """A database, a site, and a clock that a test moves."""

    engine: Engine
    site: DemoSite
    settings: Settings
    at: datetime = NOW
    outcomes: list[Outcome] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def add(self) -> None:
        async def look() -> list[Any]:
            async with Fetcher(policy(self.settings), now=self.now) as fetcher:
                return await Search(fetcher=fetcher, now=self.now).look(self.site.url)

        with writing(self.engine) as connection:
            for finding in asyncio.run(look()):
                if finding.is_taken:
                    sources.add_source(connection, finding.source, self.at)

    def run(self, **options: Any) -> Report:
        self.outcomes.clear()
        job = Job(engine=self.engine, settings=self.settings, now=self.now, on_outcome=self.outcomes.append, **options)
        return run(job)

    def kinds(self) -> dict[str, str]:
        base = self.site.url.rstrip("/")
        return {outcome.url.removeprefix(base): outcome.kind.value for outcome in self.outcomes}

    def stored(self) -> dict[str, StoredArticle]:
        base = self.site.url.rstrip("/")
        with reading(self.engine) as connection:
            return {s.article.url.removeprefix(base): s for s in articles.iter_articles(connection)}

    def rows(self) -> dict[str, list[Any]]:
        """All that the database says of the web, without our own times and the runs' own rows."""
        ours = {"checked_at", "due_at", "run_id", "learned_at", "elapsed_s", "at", "started_at", "ended_at", "id"}
        ours |= {"fetched_at", "archive_file", "archive_offset", "archive_length", "first_seen_at"}
        ours |= {"n_asked", "n_not_modified"}
        found = {}
        with reading(self.engine) as connection:
            for table in schema.metadata.sorted_tables:
                if table.name not in ("runs", "outcomes"):
                    columns = [column for column in table.c if column.name not in ours]
                    found[table.name] = sorted(map(repr, connection.execute(sa.select(*columns)).all()))
        return found


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Desk]:
    with DemoSite(now=NOW) as site:
        address = site.url.removeprefix("http://").rstrip("/")
        settings = Settings(db="", archive=str(tmp_path / "archive"), min_delay_s=0, allow_addresses=(address,))
        yield Desk(engine=engine, site=site, settings=settings)


def test_first_run(desk: Desk):
    """Every address has one outcome, and it is the right one."""
    desk.add()
    report = desk.run()
    kinds = desk.kinds()
    expected = {e.path: e.outcomes for e in desk.site.expected}
    assert kinds.keys() == expected.keys()
    assert sum(report.kinds.values()) == report.n_new == len(kinds)
    wrong = {path: kind for path, kind in kinds.items() if kind not in expected[path]}
    assert not wrong
    assert sorted(kinds[path] for path in (demo.FIRST_PATH, demo.SECOND_PATH)) == ["duplicate", "stored"]


def test_articles_are_whole_and_clean(desk: Desk):
    """Title, authors, time, language and every paragraph are the publisher's; no line of furniture is among them."""
    desk.add()
    desk.run()
    stored = desk.stored()
    for expected in desk.site.expected:
        if expected.path not in stored:
            continue
        article = stored[expected.path].article
        assert (article.title, article.authors, article.language) == (
            expected.title,
            expected.authors,
            expected.language,
        )
        assert article.published_at is not None
        assert article.published_at.at == expected.published_at
        text = fold(article.body)
        missing = [line for line in expected.paragraphs if fold(line) not in text]
        assert not missing, expected.path
        lines = set(map(fold, article.body.split("\n\n")))
        kept = [
            line for line in expected.junk if fold(line) in lines or (len(line) >= MIN_QUOTED and fold(line) in text)
        ]
        assert not kept, expected.path


def test_second_run_at_once_changes_nothing(desk: Desk):
    """Nothing is due, so nothing is asked; with --all the sources are asked, conditionally, and nothing is new."""
    desk.add()
    desk.run()
    before = desk.rows()
    n_requests = len(desk.site.requests)
    assert desk.run().summary() == {"sources": 0, "sources_failed": 0, "announced": 0, "new": 0, "too_old": 0}
    assert len(desk.site.requests) == n_requests
    report = desk.run(include_all=True)
    assert (report.n_new, report.kinds) == (0, {})
    conditional = [headers for _, path, headers in desk.site.requests[n_requests:] if path != "/robots.txt"]
    assert len(conditional) == 3
    assert all("if-none-match" in headers for headers in conditional)
    assert desk.rows() == before


def test_sources_are_asked_by_their_rhythm(desk: Desk):
    """What a feed announces tells when it is worth asking again: not before, and then it is asked."""
    desk.add()
    desk.run()
    with reading(desk.engine) as connection:
        feed = next(r for r in sources.get_sources(connection) if r.source.kind is SourceKind.FEED)
    assert len(feed.rhythm.recent) > MIN_RECENT
    assert list(feed.rhythm.recent) == sorted(feed.rhythm.recent)
    assert feed.due_at == schedule.next_source_check(NOW, feed.source.interval_s, 0, feed.rhythm) != NOW + HOUR
    asked = []
    for desk.at in (feed.due_at - timedelta(minutes=1), feed.due_at):
        desk.site.requests.clear()
        desk.run()
        asked.append("/feed.xml" in [path for _, path, _ in desk.site.requests])
    assert asked == [False, True]


def test_a_site_has_a_budget_and_the_rest_waits(desk: Desk):
    """Of 22 new addresses five are fetched in each run, the newest first, until none is left; the report counts them."""
    desk.add()
    desk.settings = replace(desk.settings, max_pages_per_site=5)
    lefts = []
    for _ in range(5):
        n_requests = len(desk.site.requests)
        report = desk.run()
        lefts.append((report.n_left, sum("robots.txt" not in path for _, path, _ in desk.site.requests[n_requests:])))
    assert [left for left, _ in lefts] == [17, 12, 7, 2, 0]
    assert all(n_asked <= 5 + 2 for _, n_asked in lefts[1:])
    assert "7 left for later runs" in replace(report, n_left=7).line()
    with reading(desk.engine) as connection:
        fates = connection.execute(sa.select(schema.links.c.outcome)).scalars().all()
    assert None not in fates


def test_every_tenth_time_nothing_is_asked_conditionally(desk: Desk):
    """After nine answers of 304 a feed is asked for whole, and so is an article; that is no revision."""
    desk.add()
    desk.run()
    asked = []
    for i in range(1, 12):
        desk.at = NOW + i * timedelta(minutes=20)
        with writing(desk.engine) as connection:
            connection.execute(
                sa.update(schema.links).where(schema.links.c.article_id.is_not(None)).values(due_at=desk.at)
            )
        desk.site.requests.clear()
        report = desk.run(include_all=True)
        asked.append(
            [
                any(
                    "if-none-match" in headers or "if-modified-since" in headers
                    for _, path, headers in desk.site.requests
                    if path == one
                )
                for one in ("/feed.xml", "/town/night-ferry-sails-again")
            ]
        )
        assert not report.kinds[OutcomeKind.REVISED]
    assert asked == [[True, True]] * 9 + [[False, False], [True, True]]


def test_second_edition(desk: Desk):
    """The corrected article is revised, the new one stored, all others unchanged, and none twice."""
    desk.add()
    desk.run()
    before = desk.stored()
    desk.site.edition, desk.at = 2, NOW + 6 * HOUR
    desk.run()
    kinds = desk.kinds()
    assert kinds["/town/night-ferry-sails-again"] == "revised"
    assert kinds["/town/first-snow"] == "stored"
    rest = {path: kind for path, kind in kinds.items() if path in before and kind not in ("revised",)}
    assert set(rest.values()) <= {"unchanged"}
    after = desk.stored()
    assert after.keys() - before.keys() == {"/town/first-snow"}
    ferry = after["/town/night-ferry-sails-again"]
    assert ferry.article.title == "Night ferry to sail again from Saturday"
    assert "Correction: an earlier version" in ferry.article.body
    assert ferry.first_seen_at == before["/town/night-ferry-sails-again"].first_seen_at
    with reading(desk.engine) as connection:
        n = connection.execute(sa.select(sa.func.count()).select_from(schema.revisions)).scalar()
        assert n == len(after) + 1
        titles = [s.article.title for s in articles.get_articles(connection, search.search(connection, "saturday"))]
    assert ferry.article.title in titles


def test_a_teaser_becomes_the_article_when_its_text_comes(desk: Desk):
    """It is looked at again; until then nothing of it is stored, and then it counts as seen when the teaser was."""
    desk.add()
    desk.run()
    assert demo.TEASER_PATH not in desk.stored()
    text = "".join(
        f"<p>Item {n} of the budget that the council kept secret is a new crane, {n} metres high and paid for by the "
        f"harbour dues of {1990 + n}, as the treasurer told the meeting on Thursday evening.</p>"
        for n in range(1, 9)
    )
    answers = desk.site._answers[desk.site.edition]
    whole = f"<html><title>The budget</title><article><h1>What the budget hides</h1>{text}</article></html>"
    answers[demo.TEASER_PATH] = replace(answers[demo.TEASER_PATH], body=whole, modified_at=NOW + HOUR)
    desk.at = NOW + 6 * HOUR
    desk.run()
    assert desk.kinds()[demo.TEASER_PATH] == "stored"
    assert desk.stored()[demo.TEASER_PATH].first_seen_at == NOW


def test_a_better_extractor_reads_the_archive_and_revises_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Another extractor version reads the same pages again, offline; no revision is added."""
    desk.add()
    desk.run()
    before = desk.stored()
    n_requests = len(desk.site.requests)
    monkeypatch.setattr("scraper.extraction.EXTRACTOR", "newsdesk-next")
    report = desk.run()
    assert len(desk.site.requests) == n_requests
    assert report.kinds == {}, "reading anew with the same result is no news"
    with reading(desk.engine) as connection:
        query = sa.select(sa.func.count()).select_from(schema.extractions)
        n_pages = connection.execute(sa.select(sa.func.count()).select_from(schema.pages)).scalar()
        assert connection.execute(query.where(schema.extractions.c.extractor == "newsdesk-next")).scalar() == n_pages
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.revisions)).scalar() == len(before)


@pytest.mark.parametrize("at", ["pipelines.run.crawl", "pipelines.run.learn", "pipelines.run.digest"])
def test_a_run_that_stops_is_finished_by_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch, at: str):
    """Stopped before any stage and run again, the database is that of an unbroken run."""

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    desk.add()
    with monkeypatch.context() as patch:
        patch.setattr(at, stop)
        with pytest.raises((KeyboardInterrupt, asyncio.CancelledError)):
            desk.run()
    desk.run()
    assert {demo.TEASER_PATH, demo.FIRST_PATH} & {*desk.kinds()}
    assert len(desk.stored()) == len(desk.site.pieces)


def test_what_crashes_is_recorded_and_the_run_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """One page that makes us crash costs that page, with its traceback in the ledger."""
    import pipelines.digest

    sane = pipelines.digest.extract

    def fragile(page: Any, context: Any) -> Any:
        if page.url.endswith("old-crane-moves"):
            raise ZeroDivisionError("by design")
        return sane(page, context)

    desk.add()
    monkeypatch.setattr("pipelines.digest.extract", fragile)
    report = desk.run()
    assert report.kinds["crashed"] == 1
    assert report.kinds["stored"] == len(desk.site.pieces) - 1
    with reading(desk.engine) as connection:
        row = connection.execute(sa.select(schema.outcomes).where(schema.outcomes.c.kind == "crashed")).one()
    assert "ZeroDivisionError: by design" in row.reason


def test_a_deleted_address_is_never_taken_up_again(desk: Desk):
    """The tombstone holds through later runs and editions."""
    from db import deletion

    desk.add()
    desk.run()
    victim = desk.stored()["/town/night-ferry-sails-again"]
    with writing(desk.engine) as connection:
        deletion.delete_article(connection, Path(desk.settings.archive), victim.id, NOW)
    desk.site.edition, desk.at = 2, NOW + 6 * HOUR
    n_requests = len(desk.site.requests)
    desk.run()
    assert "/town/night-ferry-sails-again" not in desk.stored()
    assert "/town/night-ferry-sails-again" not in [path for _, path, _ in desk.site.requests[n_requests:]]


def test_a_store_that_fails_ends_the_run_with_its_own_error(desk: Desk):
    """An archive that can't be written is one StoreError, not a group of them."""
    desk.add()
    Path(desk.settings.archive).write_text("in the way")
    with pytest.raises(StoreError, match="can't write to the archive"):
        desk.run()


def test_parts_of_a_sitemap_index(desk: Desk):
    """Parts are read, nested ones too; an index that stays the same is read again; a lost part is said and counted."""
    pages = {
        "/index.xml": _index(desk, "/nested.xml", "/lost.xml"),
        "/nested.xml": _index(desk, "/sitemap.xml"),
    }
    sane = desk.site.answer
    desk.site.answer = lambda path: pages.get(path) or sane(path)  # type: ignore[method-assign]
    source = Source(url=desk.site.url + "index.xml", kind=SourceKind.SITEMAP, site="x")
    with writing(desk.engine) as connection:
        sources.add_source(connection, source, NOW)
    report = desk.run()
    assert (report.n_sources, report.n_sources_failed) == (1, 1)
    assert report.n_new >= 15
    n_requests = len(desk.site.requests)
    desk.run(include_all=True)
    asked = [path for _, path, _ in desk.site.requests[n_requests:]]
    assert "/sitemap.xml" in asked


def _index(desk: Desk, *paths: str) -> demo.Answer:
    parts = "".join(f"<sitemap><loc>{desk.site.url.rstrip('/')}{path}</loc></sitemap>" for path in paths)
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>'
    return demo.Answer(body=body, content_type="application/xml", modified_at=NOW)
