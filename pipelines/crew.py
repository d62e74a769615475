"""Several machines at one database: a task for each due site, taken by workers wherever they run.

Procrastinate keeps the tasks in the same PostgreSQL. A site's task is one run over that site by the functions of
the local run; the site is its lock, so no two workers are at one site, and its queueing lock, so it waits only once.
A worker that dies leaves its task to the others as soon as it has given no word for `Crew.stalled_s`; what the task
had done is in the database, and the rest is still due.

Does not know how a site is read: `run.run_site` does. Needs `newsdesk[cluster]`.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import links, pages, sources
from db.engine import hold, reading, writing
from pipelines.lock import Locked
from pipelines.outcomes import Report
from pipelines.run import Digesting, Job, run_site
from pipelines.stopping import Stop
from pipelines.workers import Workers
from scraper.errors import SettingsError

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job as Entry

QUEUE = "newsdesk"
TASK = "newsdesk.site"
FAILED_KEPT_H = 24 * 7
STALLED_S = 30.0
"""A worker that has given no word for so long is taken for dead; it gives one three times as often."""

_LOOK_S = 0.5
_LOCKED_WAIT_S = 10
_MAX_TRIES = 10_000  # of a task whose site is at work elsewhere; a run of a day is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """One worker process: `n_sites` at a time, pages read in `n_processes`. `tell` hears of each site's run."""

    job: Job
    n_sites: int = 8
    n_processes: int = 1
    stalled_s: float = STALLED_S
    is_draining: bool = False
    """End when no task waits or is at work anywhere."""
    tell: Callable[[str, Report], None] = lambda _site, _report: None
    stops: list[Stop] = field(default_factory=list)
    """Of the site runs at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the tasks stand: the sites of those that wait, are at work, stand still with a dead worker, or failed.

    `workers` are those that gave word: a number each, and when they last did.
    """

    waiting: tuple[str, ...]
    at_work: tuple[str, ...]
    stalled: tuple[str, ...]
    failed: tuple[str, ...]
    workers: tuple[tuple[int, datetime], ...]


def enqueue(engine: Engine, now: datetime, *, include_all: bool = False) -> list[str]:
    """The sites for which a task was deferred now: those with anything due, if they had none waiting.

    Raises `SettingsError` where the database is not PostgreSQL or Procrastinate is missing.
    """
    return asyncio.run(_enqueue(engine, due_sites(engine, now, include_all=include_all), include_all=include_all))


def due_sites(engine: Engine, now: datetime, *, include_all: bool = False) -> list[str]:
    """The sites with a source or an address due, or a page that was never read, in alphabetical order."""
    with reading(engine) as connection:
        asked = {record.source.site for record in sources.due_sources(connection, now, include_all=include_all)}
        return sorted({*asked, *links.due_sites(connection, now), *pages.undigested_sites(connection)})


async def _enqueue(engine: Engine, sites: Iterable[str], *, include_all: bool) -> list[str]:
    async with _opened(engine) as app:
        await app.job_manager.delete_old_jobs(nb_hours=FAILED_KEPT_H, queue=QUEUE, include_failed=True)
        return [site for site in sites if await _defer(app, site, include_all=include_all)]


async def _defer(app: App, site: str, *, include_all: bool = False) -> bool:
    """Whether the site had no task waiting before."""
    from procrastinate.exceptions import AlreadyEnqueued

    task = app.configure_task(TASK, queue=QUEUE, lock=site, queueing_lock=site)
    try:
        await task.defer_async(site=site, include_all=include_all)
    except AlreadyEnqueued:
        return False
    return True


@asynccontextmanager
async def _opened(engine: Engine) -> AsyncIterator[App]:
    """Procrastinate at the database, its tables made where there are none."""
    if engine.dialect.name != "postgresql":
        raise SettingsError('tasks for workers need a PostgreSQL database: set db = "postgresql://..."')
    if importlib.util.find_spec("procrastinate") is None:
        raise SettingsError("tasks for workers need more packages: pip install 'newsdesk[cluster]'")
    from procrastinate import App, PsycopgConnector

    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(connector=PsycopgConnector(conninfo=address))
    async with app.open_async():
        with writing(engine) as connection:
            hold(connection, "tables of tasks")
            if connection.execute(sa.select(sa.func.to_regclass("procrastinate_jobs"))).scalar() is None:
                connection.exec_driver_sql(app.schema_manager.get_schema().replace("%", "%%"))
        yield app


def standing(engine: Engine) -> Standing:
    """How the tasks stand now. Raises what `enqueue` raises."""
    return asyncio.run(_standing(engine))


async def _standing(engine: Engine, stalled_s: float = STALLED_S) -> Standing:
    async with _opened(engine) as app:
        stalled = await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=stalled_s)
        by_status = {status: await app.job_manager.list_jobs_async(queue=QUEUE, status=status) for status in _STATUSES}
    with reading(engine) as connection:
        rows = connection.execute(sa.text("SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY id"))
        workers = tuple((row.id, row.last_heartbeat) for row in rows)
    dead = set(_sites(stalled))
    return Standing(
        waiting=_sites(by_status["todo"]),
        at_work=tuple(site for site in _sites(by_status["doing"]) if site not in dead),
        stalled=tuple(sorted(dead)),
        failed=_sites(by_status["failed"]),
        workers=workers,
    )


_STATUSES = ("todo", "doing", "failed")


def _sites(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(sorted({str(entry.lock) for entry in entries}))


async def work(crew: Crew) -> None:
    """Takes tasks until the job's `stop` is requested or, where the crew drains, until there are none.

    Then the runs at work end as soon as they can, and what they leave waits as a task again. Raises what `enqueue`
    raises. A run that fails is told by Procrastinate's log and kept as failed.
    """
    with ThreadPoolExecutor(max_workers=1) as executor, Workers(crew.n_processes) as workers:
        async with _opened(crew.job.engine) as app:
            _register(app, crew, Digesting(executor=executor, workers=workers))
            await _until_stopped(app, crew)


async def _until_stopped(app: App, crew: Crew) -> None:
    reviver = asyncio.create_task(_revive(app, crew))
    worker = asyncio.create_task(_take_tasks(app, crew))
    try:
        while not worker.done() and not crew.job.stop.reason:
            await asyncio.wait([worker], timeout=_LOOK_S)
    finally:
        for stop in crew.stops:
            stop.request("asked to stop")
        reviver.cancel()
        worker.cancel()
        await asyncio.wait([reviver, worker])
    if not worker.cancelled():
        worker.result()


async def _take_tasks(app: App, crew: Crew) -> None:
    """One Procrastinate worker after the other: each ends when it finds nothing to do, if the crew drains."""
    while True:
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=crew.n_sites,
            wait=not crew.is_draining,
            delete_jobs="successful",
            fetch_job_polling_interval=_LOOK_S,
            update_heartbeat_interval=crew.stalled_s / 3,
            stalled_worker_timeout=crew.stalled_s,
            install_signal_handlers=False,
        )
        if not crew.is_draining or not await _has_tasks(app):
            return
        await asyncio.sleep(_LOOK_S)


async def _has_tasks(app: App) -> bool:
    for status in ("todo", "doing"):
        if list(await app.job_manager.list_jobs_async(queue=QUEUE, status=status)):
            return True
    return False


def _register(app: App, crew: Crew, digesting: Digesting) -> None:
    """Tells Procrastinate what to do with a task."""
    from procrastinate import RetryStrategy

    async def take(site: str, *, include_all: bool = False) -> None:
        stop = Stop()
        crew.stops.append(stop)
        try:
            job = replace(crew.job, site=site, include_all=include_all, stop=stop)
            report = await run_site(job, digesting, crew.stalled_s)
        finally:
            crew.stops.remove(stop)
        crew.tell(site, report)
        # Addresses of other sites that this one announced, and what a stopped run has left, are tasks of their own.
        for other in sorted((report.new_sites - {site}) | ({site} if stop.reason else set())):
            await _defer(app, other)

    again = RetryStrategy(max_attempts=_MAX_TRIES, wait=_LOCKED_WAIT_S, retry_exceptions={Locked})
    app.task(name=TASK, queue=QUEUE, retry=again)(take)


async def _revive(app: App, crew: Crew) -> None:
    """Puts back the tasks of workers that give no word any more, for as long as it is let."""
    from procrastinate.exceptions import ConnectorException
    from procrastinate.jobs import Status

    while True:
        await asyncio.sleep(crew.stalled_s / 3)
        for entry in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=crew.stalled_s):
            try:
                await app.job_manager.retry_job(entry)
            except ConnectorException:  # the site has another task waiting, which does the same
                await app.job_manager.finish_job(entry, Status.FAILED, delete_job=True)
