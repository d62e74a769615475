"""The whole program on one screen:

    discover | crawl | learn | digest

Each stage is a query for work, a loop, and one transaction per unit of work; the database is the only
state. Running twice gives the same database, and so does stopping anywhere and running again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from db import articles, pages, runs
from db import inputs as taken
from db.archive import ArchiveWriter
from db.engine import reading, writing
from pipelines import browsing, checkup, hosts, retention, site_rules
from pipelines.bulk import inputs
from pipelines.crawl import Crawl, crawl
from pipelines.digest import Desk, digest, digest_page
from pipelines.discover import Discovery, discover
from pipelines.importing import Intake, take, take_all, take_in
from pipelines.learn import learn
from pipelines.lock import held
from pipelines.outcomes import Report
from pipelines.settings import VERSION, Settings
from pipelines.single import policy, utc_now
from pipelines.stopping import Stop, until_stopped
from pipelines.workers import DEADLINE_S, Workers
from scraper.fetching.client import Fetcher
from scraper.values import Outcome, Page, StoredArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run: where it works, its clock, and who is told of each outcome as it comes about."""

    engine: Engine
    settings: Settings
    now: Callable[[], datetime] = utc_now
    on_outcome: Callable[[Outcome], None] = lambda _outcome: None
    include_all: bool = False
    """Ask every source that is not paused, due or not."""
    page_deadline_s: float = DEADLINE_S
    """How long a page may take to be read."""
    stop: Stop = field(default_factory=Stop)


def run(job: Job) -> Report:
    """One cron run over the due sources; the sum of what became of everything. Raises `Locked` where one is at work."""
    lost = partial(job.stop.request, "another run took over")
    with held(job.engine, "run", lost):
        with _begun(job, "run") as (run_id, writer, report, tell):
            try:
                asyncio.run(until_stopped(_fetch(job, run_id, writer, report, tell), job.stop))
            except BaseExceptionGroup as group:  # of the tasks' failures, the first ends the run
                raise _first(group) from group
            _digest(job, run_id, tell)
        if retention.is_wanted(job.settings):
            retention.expire(job.engine, job.settings, job.now(), job.stop)
    return report


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _fetch(job: Job, run_id: int, writer: ArchiveWriter, report: Report, tell: Callable[[Outcome], None]) -> None:
    shared: dict[str, Any] = {"engine": job.engine, "run_id": run_id, "now": job.now}
    known = hosts.known(job.engine, job.now())
    async with (
        Fetcher(policy(job.settings), now=job.now, known=known) as fetcher,
        browsing.opened(job.settings, job.now) as rendering,
    ):
        shared["by_site"] = job.settings.by_site
        found = Discovery(fetcher=fetcher, report=report, tell_failure=job.on_outcome, **shared)
        await discover(found, include_all=job.include_all)
        n_per_site = job.settings.concurrency_per_site
        rest: dict[str, Any] = {"n_per_site": n_per_site, "recheck_until": _recheck_until(job)}
        rest |= {"max_per_site": job.settings.max_pages_per_site, "rendering": rendering}
        report.n_left = await crawl(Crawl(fetcher=fetcher, writer=writer, tell=tell, **rest, **shared))


def _digest(job: Job, run_id: int, tell: Callable[[Outcome], None]) -> None:
    with Workers(deadline_s=job.page_deadline_s) as workers:
        if learn(job.engine, Path(job.settings.archive), job.now, workers, job.stop):
            digest(_desk(job, run_id, tell, workers))


def _recheck_until(job: Job) -> timedelta:
    return timedelta(days=job.settings.recheck_days)


def _desk(job: Job, run_id: int, tell: Callable[[Outcome], None], workers: Workers) -> Desk:
    return Desk(
        engine=job.engine,
        folder=Path(job.settings.archive),
        run_id=run_id,
        now=job.now,
        tell=tell,
        workers=workers,
        stop=job.stop,
        has_second_opinion=job.settings.second_opinion,
        recheck_until=_recheck_until(job),
        rules=site_rules.rules(job.settings.by_site),
        rendering=browsing.wish(job.settings),
    )


def import_list(job: Job, path: Path) -> Report:
    """Takes saved pages, of a list, a WARC file or a folder, through learn and digest, as if they had been fetched."""
    with _begun(job, "import") as (run_id, writer, report, tell):
        for outcome in take_all(Intake(engine=job.engine, writer=writer, run_id=run_id, now=job.now), path):
            tell(outcome)
        _digest(job, run_id, tell)
    return report


def take_archives(job: Job, texts: Sequence[str]) -> Report:
    """The same for whole archives; one that was taken in whole is not read again. Raises `Unreadable`.

    Stopped or killed, it goes on where it was with the next call.
    """
    units = inputs.units(texts)
    with _begun(job, "bulk") as (run_id, writer, report, tell):
        intake = Intake(engine=job.engine, writer=writer, run_id=run_id, now=job.now)
        for unit in units:
            _take_archive(intake, unit, tell, job.stop)
        _digest(job, run_id, tell)
    return report


def _take_archive(intake: Intake, unit: inputs.Unit, tell: Callable[[Outcome], None], stop: Stop) -> None:
    with reading(intake.engine) as connection:
        if taken.has_input(connection, unit.key):
            return
    for url, page in inputs.pages(unit):
        if stop.reason:
            return
        if (outcome := take_in(intake, url, page)) is not None:
            tell(outcome)
    with writing(intake.engine) as connection:
        taken.add_input(connection, unit.key, unit.title, intake.now())


def reextract(job: Job, site: str | None = None, since: datetime | None = None) -> Report:
    """Reads archived pages again, offline; the sum of what changed. Stopped, it goes on with the next run."""
    lost = partial(job.stop.request, "another run took over")
    with held(job.engine, "run", lost), _begun(job, "reextract") as (run_id, _writer, report, tell):
        with writing(job.engine) as connection:
            pages.mark_due(connection, site, since)
        _digest(job, run_id, tell)
    return report


def save_page(job: Job, page: Page) -> tuple[Outcome, StoredArticle | None]:
    """Stores one page; what became of it, and the article it is or belongs to, if any."""
    with _begun(job, "extract") as (run_id, writer, _report, tell):
        taken = take(Intake(engine=job.engine, writer=writer, run_id=run_id, now=job.now), page)
        if isinstance(taken, Outcome):
            outcome = taken
        else:
            with Workers(deadline_s=job.page_deadline_s) as workers:
                learn(job.engine, Path(job.settings.archive), job.now, workers, job.stop)
                outcome, _ = digest_page(_desk(job, run_id, tell, workers), taken)
    with reading(job.engine) as connection:
        return outcome, articles.get_article(connection, page.url)


@contextmanager
def _begun(job: Job, command: str) -> Iterator[tuple[int, ArchiveWriter, Report, Callable[[Outcome], None]]]:
    """The run's id, its own archive files, its report, and where outcomes are told.

    The report is summed up, and the run kept as ended, only if it gets to its end.
    """
    report = Report()
    with writing(job.engine) as connection:
        run_id = runs.add_run(connection, command, VERSION, job.now())
    name = f"{command}-{job.now():%Y%m%d%H%M%S}-{run_id:06}"
    with ArchiveWriter(Path(job.settings.archive), name) as writer:
        yield run_id, writer, report, job.on_outcome
    checkup.sum_up(job.engine, job.now())
    with writing(job.engine) as connection:
        report.kinds.update(runs.count_outcomes(connection, run_id))
        report.stopped = job.stop.reason
        runs.save_ended(connection, run_id, report.summary(), job.now())
