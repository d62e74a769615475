"""What a site's rule would change, tried on the site's pages in the archive: offline, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from db import archive, memory, pages
from db.engine import reading
from db.shelf import Shelf
from pipelines.site_rules import SiteSettings
from pipelines.worker import Task, WorkerError
from pipelines.workers import Workers
from scraper.errors import NewsError
from scraper.extraction import extract
from scraper.values import Article, Context, PageRecord, SiteMemory, SiteRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One page read without and with the rule; `missed` are the keys whose selectors met nothing on it."""

    url: str
    before: Article
    after: Article

    @property
    def missed(self) -> tuple[str, ...]:
        """The keys of the rule whose selectors met nothing on the page."""
        return tuple(self.after.details.get("rule_missed", ()))

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that the rule changes."""
        fields = ("body", "title", "authors", "published_at", "state")
        return tuple(name for name in fields if getattr(self.before, name) != getattr(self.after, name))


def trials(engine: Engine, folder: Shelf, settings: SiteSettings, workers: Workers, n_pages: int) -> Iterator[Trial]:
    """The site's latest pages, newest first, up to `n_pages`; those that can't be read are left out."""
    with reading(engine) as connection:
        records = pages.latest_pages(connection, settings.site, n_pages, of_articles=False)
        known = memory.get_memory(connection, settings.site)
    rule = settings.rule or SiteRule()
    tasks = (Task(function=_try, values=(folder, record, known, rule), url=record.url) for record in records)
    for record, answer in zip(records, workers.each(tasks), strict=True):
        try:
            before, after = answer.get()
        except (NewsError, WorkerError):
            continue
        yield Trial(url=record.url, before=before, after=after)


def _try(folder: Shelf, record: PageRecord, known: SiteMemory, rule: SiteRule) -> tuple[Article, Article]:
    page = archive.read_page(folder, record)
    without = Context(link=record.link, memory=known)
    return extract(page, without), extract(page, Context(link=record.link, memory=known, rule=rule))


def useless(rule: SiteRule | None, tried: list[Trial]) -> list[str]:
    """The keys of the rule that met nothing on any page."""
    if rule is None or not tried:
        return []
    missed = set(tried[0].missed).intersection(*(trial.missed for trial in tried))
    return sorted(missed)
