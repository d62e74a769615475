"""The whole program on a small news site that is served on this machine, over real HTTP.

Adds the site, runs twice (between the runs the site changes and the demo's clock goes six hours on),
shows what became of every address, and searches. Needs no network.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import Engine

from db import articles, search, sources
from db.engine import open_engine, reading, writing
from db.upgrading import upgrade
from pipelines.adding import Search
from pipelines.covering import Finding
from pipelines.demo_site.server import DemoSite
from pipelines.outcomes import Report
from pipelines.run import Job, run
from pipelines.settings import Settings
from pipelines.single import policy
from scraper.fetching.client import Fetcher
from scraper.values import Outcome, StoredArticle

BETWEEN_RUNS = timedelta(hours=6)


@dataclass(slots=True)
class Demo:
    """One showing: `say` gets the lines; the clock goes on when told to."""

    say: Callable[[str], None]
    ahead: timedelta = timedelta()
    outcomes: list[Outcome] = field(default_factory=list)

    def now(self) -> datetime:
        """The demo's clock."""
        return datetime.now(UTC) + self.ahead

    def show(self, folder: Path, words: str) -> None:
        """The whole story, with its files in `folder`."""
        with DemoSite(now=self.now()) as site:
            address = site.url.removeprefix("http://").rstrip("/")
            settings = Settings(
                db=str(folder / "demo.db"), archive=str(folder / "archive"), min_delay_s=0.0, allow_addresses=(address,)
            )
            engine = open_engine(settings.db)
            upgrade(engine)
            self._add(engine, settings, site.url)
            self._run(engine, settings)
            self.say("The site corrects one article and publishes another; six hours pass by the demo's clock.")
            site.edition, self.ahead = 2, BETWEEN_RUNS
            self._run(engine, settings)
            self._search(engine, words)
            engine.dispose()

    def _add(self, engine: Engine, settings: Settings, url: str) -> None:
        self.say(f"A small news site is being served at {url}\n\n# newsdesk add {url}")
        findings = asyncio.run(self._look(settings, url))
        with writing(engine) as connection:
            for finding in findings:
                if finding.is_taken:
                    sources.add_source(connection, finding.source, self.now())
                self.say(f"  {'added' if finding.is_taken else 'left':6}{finding.source.url}  ({finding.note})")

    async def _look(self, settings: Settings, url: str) -> list[Finding]:
        async with Fetcher(policy(settings), now=self.now) as fetcher:
            return await Search(fetcher=fetcher, now=self.now).look(url)

    def _run(self, engine: Engine, settings: Settings) -> Report:
        self.say("\n# newsdesk run")
        self.outcomes.clear()
        report = run(Job(engine=engine, settings=settings, now=self.now, on_outcome=self.outcomes.append))
        final = {outcome.url: outcome for outcome in self.outcomes}
        for outcome in sorted(final.values(), key=lambda o: (o.kind.value, o.url)):
            path = "/" + outcome.url.split("/", 3)[3]
            self.say(f"  {outcome.kind.value:13}{path}  {_short(outcome.reason)}".rstrip())
        self.say(f"  {report.line()}\n")
        return report

    def _search(self, engine: Engine, words: str) -> None:
        self.say(f"# newsdesk search {words}")
        with reading(engine) as connection:
            found = articles.get_articles(connection, search.search(connection, words))
        for stored in found:
            self.say(f"  {stored.id:3}  {_line(stored)}")
        self.say("")


def _short(reason: str) -> str:
    return f"({reason.strip().splitlines()[-1][:90]})" if reason else ""


def _line(stored: StoredArticle) -> str:
    article = stored.article
    day = article.published_at.at.date().isoformat() if article.published_at else "-"
    return f"{day}  {article.title}  ({', '.join(article.authors) or 'no author'})"


def demo(say: Callable[[str], None], folder: Path | None = None, words: str = "ferry") -> None:
    """Nothing; tells the story to `say`, line by line. The database is left in `folder` if one is given."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        Demo(say).show(folder, words)
        return
    with tempfile.TemporaryDirectory(prefix="newsdesk-demo-") as temporary:
        Demo(say).show(Path(temporary), words)
