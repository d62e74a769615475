"""Of a sitemap index, only what moved is read, newest first, and a run stops in time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import schema, sources
from db.engine import reading, writing
from pipelines import parts
from pipelines.demo_site import addresses as demo
from pipelines.demo_site.server import DemoSite
from pipelines.outcomes import Report
from pipelines.run import Job, run
from pipelines.settings import Settings
from scraper.values import Request, SitemapPart, Source, SourceKind
from tests.builders import NOW, make_link

SINCE = NOW - timedelta(days=7)
URL = "https://courier.example/part.xml"
DAY = timedelta(days=1)
MIDNIGHT = NOW.replace(hour=0)


def read_before(modified_at: datetime | None, read_at: datetime | None = NOW, url: str = URL) -> SitemapPart:
    return SitemapPart(request=Request(url=url, etag='"1"'), modified_at=modified_at, read_at=read_at)


@pytest.mark.parametrize(
    ("modified_at", "before", "etag"),
    [
        pytest.param(NOW - DAY, None, None, id="never met"),
        pytest.param(NOW, read_before(NOW - DAY), None, id="moved"),
        pytest.param(NOW - DAY, read_before(NOW), None, id="moved back"),
        pytest.param(NOW, read_before(NOW, None), '"1"', id="met and not read"),
        pytest.param(None, read_before(None), '"1"', id="no date: asked whether it changed"),
        pytest.param(MIDNIGHT, read_before(MIDNIGHT), '"1"', id="a day that is not over"),
    ],
)
def test_due(modified_at: datetime | None, before: SitemapPart | None, etag: str | None) -> None:
    """A part is read when its `lastmod` moved, and asked for with validators where that can't be told."""
    known = {URL: before} if before else {}
    (part,) = parts.due([make_link(URL, modified_at=modified_at)], known, SINCE)
    assert (part.request.etag, part.modified_at) == (etag, modified_at)


@pytest.mark.parametrize(
    ("url", "modified_at", "before"),
    [
        pytest.param(URL, NOW, read_before(NOW), id="not moved"),
        pytest.param(URL, MIDNIGHT - 3 * DAY, read_before(MIDNIGHT - 3 * DAY), id="a day that is over"),
        pytest.param(URL, SINCE - DAY, None, id="before the horizon"),
        pytest.param("https://courier.example/sitemap-2019-05.xml", NOW, None, id="a month of long ago"),
        pytest.param("https://courier.example/sitemap?yyyy=2026&mm=11&dd=01", NOW, None, id="a day of this month"),
        pytest.param("https://courier.example/2025/articles.xml", None, None, id="last year"),
    ],
)
def test_not_due(url: str, modified_at: datetime | None, before: SitemapPart | None) -> None:
    """What did not move, or can hold nothing new enough, is left alone."""
    assert parts.due([make_link(url, modified_at=modified_at)], {url: before} if before else {}, SINCE) == []


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("sitemap-2026.xml", datetime(2027, 1, 3, tzinfo=UTC)),
        ("sitemap-202611.xml", datetime(2026, 12, 3, tzinfo=UTC)),
        ("2026/11/20/sitemap.xml", datetime(2026, 11, 22, tzinfo=UTC)),
        ("sitemap.xml?year=2026&month=2", datetime(2026, 3, 5, tzinfo=UTC)),
        ("sitemap-12026.xml", None),
        ("sitemap-17.xml", None),
        ("sitemap-2026-02-31.xml", None),
    ],
)
def test_period(name: str, end: datetime | None) -> None:
    """The period in an address is over a little later than anywhere; a number is no period."""
    assert parts.period_end(f"https://courier.example/{name}") == end


def test_order() -> None:
    """Newest first; those without any date after them; then those asked before, the longest ago first."""
    links = [make_link(f"{URL}?{at}", modified_at=NOW - at * DAY) for at in (3, 1, 2)]
    links += [make_link(f"{URL}?{name}") for name in ("new", "late", "early", "sitemap-2026-11")]
    known = {url: read_before(None, NOW - at * DAY, url) for url, at in ((f"{URL}?late", 1), (f"{URL}?early", 2))}
    order = [part.request.url.rpartition("?")[2] for part in parts.due(links, known, SINCE)]
    assert order == ["sitemap-2026-11", "1", "2", "3", "new", "early", "late"]


class Archive:
    """A site with an index of `n` parts of one article each, a day apart, whose `lastmod` a test may move."""

    def __init__(self, site: DemoSite, n: int) -> None:
        self.site, self.moved_at = site, {at: NOW - at * DAY for at in range(n)}
        self.sane, self.bodies = site.answer, {}
        site.answer = self.answer  # type: ignore[method-assign]

    def answer(self, path: str) -> demo.Answer | None:
        base = self.site.url.rstrip("/")
        if path == "/index.xml":
            rows = "".join(
                f"<sitemap><loc>{base}/part{at}.xml</loc><lastmod>{moved.isoformat()}</lastmod></sitemap>"
                for at, moved in sorted(self.moved_at.items())
            )
            return demo.Answer(body=f"<sitemapindex>{rows}</sitemapindex>", content_type="text/xml", modified_at=NOW)
        if path.startswith("/part"):
            at = int(path[5:-4])
            row = f"<url><loc>{base}/town/no-{at}</loc><lastmod>{self.moved_at[at].isoformat()}</lastmod></url>"
            return demo.Answer(body=f"<urlset>{row}</urlset>", content_type="text/xml", modified_at=NOW)
        return self.sane(path)


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(now=NOW) as found:
        yield found


def follow(engine: Engine, site: DemoSite, since: datetime | None) -> None:
    source = Source(url=site.url + "index.xml", kind=SourceKind.SITEMAP, site="x", since=since)
    with writing(engine) as connection:
        sources.add_source(connection, source, NOW)


def one_run(engine: Engine, site: DemoSite, folder: Path) -> tuple[Report, list[str]]:
    """The report, and the parts asked for."""
    n_before = len(site.requests)
    address = site.url.removeprefix("http://").rstrip("/")
    settings = Settings(db="", archive=str(folder), min_delay_s=0, allow_addresses=(address,))
    report = run(Job(engine=engine, settings=settings, now=lambda: NOW, include_all=True))
    return report, [path for _, path, _ in site.requests[n_before:] if path.startswith("/part")]


def test_only_what_moved_is_read(engine: Engine, site: DemoSite, tmp_path: Path) -> None:
    """Parts before the horizon are never asked for; a second run asks for what moved and nothing else."""
    archive = Archive(site, 12)
    follow(engine, site, None)
    _, asked = one_run(engine, site, tmp_path)
    assert asked == [f"/part{at}.xml" for at in range(8)]
    assert one_run(engine, site, tmp_path)[1] == []
    archive.moved_at[5] = NOW
    report, asked = one_run(engine, site, tmp_path)
    assert asked == ["/part5.xml"]
    assert (report.n_announced, report.n_new) == (1, 0)


def test_an_archive_is_walked_over_several_runs(
    engine: Engine, site: DemoSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `since` far back, each run reads so many parts, newest first, and the next one goes on."""
    monkeypatch.setattr(parts, "MAX_PARTS", 5)
    Archive(site, 12)
    follow(engine, site, NOW - 10 * DAY)
    runs = [one_run(engine, site, tmp_path)[1] for _ in range(4)]
    assert runs == [
        [f"/part{at}.xml" for at in range(5)],
        [f"/part{at}.xml" for at in range(5, 10)],
        ["/part10.xml"],
        [],
    ]
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.links)).scalar() == 11


def test_an_earlier_horizon_reads_all_parts_again(engine: Engine, site: DemoSite, tmp_path: Path) -> None:
    """Who follows a known index from an earlier day on gets what was left out before."""
    Archive(site, 12)
    follow(engine, site, None)
    one_run(engine, site, tmp_path)
    follow(engine, site, NOW - 20 * DAY)
    report, asked = one_run(engine, site, tmp_path)
    assert (len(asked), report.n_new) == (12, 4)
