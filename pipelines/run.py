"""The whole program on one screen:

    discover | crawl | learn | digest

Each stage is a query for work, a loop, and one transaction per unit of work; the database is the only
state. Running twice gives the same database, and so does stopping anywhere and running again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from db import articles, pages, runs, shelf
from db import inputs as taken
from db.archive import ArchiveWriter
from db.engine import reading, writing
from db.gathering import gather
from db.remote import Remote
from pipelines import browsing, bystanders, checkup, hosts, retention, site_rules
from pipelines.bulk import inputs
from pipelines.crawl import Crawl, crawl
from pipelines.digest import Desk, digest, digest_page
from pipelines.discover import Discovery, discover
from pipelines.importing import Intake, take, take_all, take_in
from pipelines.learn import Lesson, learn
from pipelines.lock import TERM_S, held
from pipelines.outcomes import Report
from pipelines.settings import VERSION, Settings
from pipelines.single import policy, utc_now
from pipelines.stopping import Stop, until_stopped
from pipelines.worker import DEADLINE_S
from pipelines.workers import Workers
from scraper.fetching.client import Fetcher
from scraper.values import Outcome, Page, StoredArticle

LOCK = "run"
"""Its name; a run over one site holds that of the site below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run: where it works, its clock, and who is told of each outcome as it comes about."""

    engine: Engine
    settings: Settings
    now: Callable[[], datetime] = utc_now
    on_outcome: Callable[[Outcome], None] = lambda _outcome: None
    include_all: bool = False
    """Ask every source that is not paused, due or not."""
    site: str | None = None
    """The one to which everything is confined; None: all."""
    page_deadline_s: float = DEADLINE_S
    """How long a page may take to be read."""
    stop: Stop = field(default_factory=Stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digesting:
    """Who reads pages for several runs at once: one thread, which began the processes and hands out the work."""

    executor: Executor
    workers: Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A run at work: its id, its own archive files, and its report."""

    run_id: int
    writer: ArchiveWriter
    report: Report


def run(job: Job) -> Report:
    """One cron run over the due sources; the sum of what became of everything. Raises `Locked` where one is at work."""
    with _held(job, LOCK):
        with _begun(job, "run") as begun:
            asyncio.run(_fetch(job, begun))
            _digest(job, begun)
        if retention.is_wanted(job.settings):
            retention.expire(job.engine, job.settings, job.now(), job.stop)
    return begun.report


async def fetch_site(job: Job, term_s: float) -> Report:
    """The first half of a run over the job's site, beside such runs over others: discover and crawl.

    The site's lock expires after `term_s` without word from here. Raises `Locked` where the site, or everything, is at
    work elsewhere.
    """
    with _held(job, f"{LOCK}/{job.site}", term_s), _begun(job, "worker") as begun:
        await _fetch(job, begun)
    return begun.report


async def read_site(job: Job, digesting: Digesting, term_s: float) -> Report:
    """The second half, with the same lock: learn and digest."""
    with _held(job, f"{LOCK}/{job.site}", term_s), _begun(job, "worker") as begun:
        read = partial(_learn_and_digest, job, begun, digesting.workers)
        await asyncio.get_running_loop().run_in_executor(digesting.executor, read)
    return begun.report


def _held(job: Job, name: str, term_s: float = TERM_S) -> AbstractContextManager[None]:
    return held(job.engine, name, partial(job.stop.request, "another run took over"), term_s)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _fetch(job: Job, begun: _Begun) -> None:
    """Discovers and crawls; of several failures, the first ends the run."""
    known = hosts.known(job.engine, job.now())
    async with Fetcher(policy(job.settings), now=job.now, known=known) as fetcher:
        try:
            await until_stopped(_discover_and_crawl(job, begun, fetcher), job.stop)
        except BaseExceptionGroup as group:
            raise _first(group) from group
        finally:
            if job.site:  # stopped or not, whoever has the site next may ask at once: the pause it is owed is over
                await asyncio.sleep(fetcher.rest_s())


async def _discover_and_crawl(job: Job, begun: _Begun, fetcher: Fetcher) -> None:
    shared: dict[str, Any] = {"engine": job.engine, "run_id": begun.run_id, "now": job.now, "site": job.site}
    shared |= {"fetcher": fetcher, "by_site": job.settings.by_site}
    async with browsing.opened(job.settings, job.now) as rendering:
        found = Discovery(report=begun.report, tell_failure=job.on_outcome, **shared)
        await discover(found, include_all=job.include_all)
        n_per_site = job.settings.concurrency_per_site
        rest: dict[str, Any] = {"n_per_site": n_per_site, "recheck_until": _recheck_until(job)}
        rest |= {"max_per_site": job.settings.max_pages_per_site, "rendering": rendering}
        crawling = Crawl(writer=begun.writer, tell=job.on_outcome, **rest, **shared)
        begun.report.n_left = await crawl(crawling)


def _digest(job: Job, begun: _Begun) -> None:
    with Workers(deadline_s=job.page_deadline_s) as workers:
        _learn_and_digest(job, begun, workers)


def _learn_and_digest(job: Job, begun: _Begun, workers: Workers) -> None:
    if learn(_lesson(job, workers)):
        digest(_desk(job, begun, workers))


def _recheck_until(job: Job) -> timedelta:
    return timedelta(days=job.settings.recheck_days)


def _lesson(job: Job, workers: Workers) -> Lesson:
    folder = shelf.at(job.settings.archive)
    return Lesson(engine=job.engine, folder=folder, now=job.now, workers=workers, stop=job.stop, site=job.site)


def _desk(job: Job, begun: _Begun, workers: Workers) -> Desk:
    return Desk(
        engine=job.engine,
        folder=shelf.at(job.settings.archive),
        run_id=begun.run_id,
        now=job.now,
        tell=job.on_outcome,
        workers=workers,
        stop=job.stop,
        has_second_opinion=job.settings.second_opinion,
        recheck_until=_recheck_until(job),
        rules=site_rules.rules(job.settings.by_site),
        rendering=browsing.wish(job.settings),
        site=job.site,
    )


def import_list(job: Job, path: Path) -> Report:
    """Takes saved pages, of a list, a WARC file or a folder, through learn and digest, as if they had been fetched."""
    with _begun(job, "import") as begun:
        for outcome in take_all(_intake(job, begun), path):
            job.on_outcome(outcome)
        _digest(job, begun)
    return begun.report


def take_archives(job: Job, texts: Sequence[str]) -> Report:
    """The same for whole archives; one that was taken in whole is not read again. Raises `Unreadable`.

    Stopped or killed, it goes on where it was with the next call.
    """
    units = inputs.units(texts)
    with _begun(job, "bulk") as begun:
        for unit in units:
            _take_archive(job, _intake(job, begun), unit)
        _digest(job, begun)
    return begun.report


def _intake(job: Job, begun: _Begun) -> Intake:
    return Intake(engine=job.engine, writer=begun.writer, run_id=begun.run_id, now=job.now)


def _take_archive(job: Job, intake: Intake, unit: inputs.Unit) -> None:
    with reading(intake.engine) as connection:
        if taken.has_input(connection, unit.key):
            return
    for url, page in inputs.pages(unit):
        if job.stop.reason:
            return
        if (outcome := take_in(intake, url, page)) is not None:
            job.on_outcome(outcome)
    with writing(intake.engine) as connection:
        taken.add_input(connection, unit.key, unit.title, intake.now())


def reextract(job: Job, site: str | None = None, since: datetime | None = None) -> Report:
    """Reads archived pages again, offline; the sum of what changed. Stopped, it goes on with the next run."""
    with _held(job, LOCK), _begun(job, "reextract") as begun:
        with writing(job.engine) as connection:
            pages.mark_due(connection, site, since)
        _digest(job, begun)
    return begun.report


def save_page(job: Job, page: Page) -> tuple[Outcome, StoredArticle | None]:
    """Stores one page; what became of it, and the article it is or belongs to, if any."""
    with _begun(job, "extract") as begun:
        taken = take(_intake(job, begun), page)
        if isinstance(taken, Outcome):
            outcome = taken
        else:
            with Workers(deadline_s=job.page_deadline_s) as workers:
                learn(_lesson(job, workers))
                outcome, _ = digest_page(_desk(job, begun, workers), taken)
    with reading(job.engine) as connection:
        return outcome, articles.get_article(connection, page.url)


@contextmanager
def _begun(job: Job, command: str) -> Iterator[_Begun]:
    """The report is summed up, and the run kept as ended, only if it gets to its end."""
    bystanders.check(job.engine, utc_now())
    report = Report()
    with writing(job.engine) as connection:
        last_page = pages.last_id(connection)
        run_id = runs.add_run(connection, command, VERSION, job.now())
    name = f"{command}-{job.now():%Y%m%d%H%M%S}-{run_id:06}"
    place = shelf.at(job.settings.archive)
    with ArchiveWriter(place, name) as writer:
        yield _Begun(run_id=run_id, writer=writer, report=report)
    if isinstance(place, Remote):
        gather(job.engine, place, name, last_page)
    checkup.sum_up(job.engine, job.now(), job.site)
    with writing(job.engine) as connection:
        report.kinds.update(runs.count_outcomes(connection, run_id))
        report.stopped = job.stop.reason
        runs.save_ended(connection, run_id, report.summary(), job.now())
