"""A section is read as far as its pages bring new links."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from db import sources
from db.engine import writing
from pipelines import discover
from pipelines.demo_site import addresses as demo
from pipelines.demo_site.server import DemoSite
from pipelines.outcomes import Report
from pipelines.run import Job, run
from pipelines.settings import Settings
from scraper.values import Source, SourceKind
from tests.builders import NOW


class Section:
    """A section of `n` pages with two articles each, newest first; a test may publish more."""

    def __init__(self, site: DemoSite, n: int) -> None:
        self.site, self.numbers, self.sane = site, list(range(2 * n, 0, -1)), site.answer
        self.modified_at = NOW
        site.answer = self.answer  # type: ignore[method-assign]

    def answer(self, path: str) -> demo.Answer | None:
        if not path.startswith("/desk"):
            return self.sane(path)
        if "harbour" in path:
            return demo.Answer(body="<html><body>Soon</body></html>", modified_at=NOW)
        at = int(path.rpartition("/")[2] if path.count("/") > 1 else 1)
        shown = self.numbers[2 * at - 2 : 2 * at]
        rows = "".join(
            f'<a href="/desk-{n}/the-harbour-opens-again-{40000 + n}">The harbour opens again</a>' for n in shown
        )
        return demo.Answer(
            body=f"<html><body>{rows}<a rel=next href='/desk/{at + 1}'>2</a></body></html>",
            modified_at=self.modified_at,
        )

    def run(self, engine: Engine, folder: Path) -> tuple[Report, list[str]]:
        """The report, and the pages asked for."""
        n_before = len(self.site.requests)
        address = self.site.url.removeprefix("http://").rstrip("/")
        settings = Settings(db="", archive=str(folder), min_delay_s=0, allow_addresses=(address,))
        report = run(Job(engine=engine, settings=settings, now=lambda: NOW, include_all=True))
        asked = [path for _, path, _ in self.site.requests[n_before:]]
        return report, [path for path in asked if path.startswith("/desk") and "harbour" not in path]


@pytest.fixture
def section(engine: Engine) -> Iterator[Section]:
    with DemoSite(now=NOW) as site:
        source = Source(url=site.url + "desk", kind=SourceKind.SECTION, site=site.url.split("/")[2])
        with writing(engine) as connection:
            sources.add_source(connection, source, NOW)
        yield Section(site, 12)


def test_pages_are_turned_only_for_new_links(engine: Engine, section: Section, tmp_path: Path) -> None:
    """At first so many pages; then only the first one, and the second once the first is all new."""
    report, asked = section.run(engine, tmp_path)
    assert asked == ["/desk", *(f"/desk/{at}" for at in range(2, discover.MAX_PAGES + 1))]
    assert report.n_new == 2 * discover.MAX_PAGES
    report, asked = section.run(engine, tmp_path)
    assert (report.n_new, asked) == (0, ["/desk"])
    section.numbers.insert(0, 99)
    section.modified_at += timedelta(hours=1)
    report, asked = section.run(engine, tmp_path)
    assert (report.n_announced, report.n_new, asked) == (4, 1, ["/desk", "/desk/2"])
