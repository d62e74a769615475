"""Several machines at one database: a task for each due site, taken by workers wherever they run.

Procrastinate keeps the tasks in the same PostgreSQL. A site's task is half a run over that site by the functions of
the local run: discover and crawl, then, as a task of its own, learn and digest; so a site that is read holds up nobody
who could fetch (`benchmarks.crew places`: 86 s, not 125). The site is the lock of both, so no two workers
are at one site. A worker that dies leaves its task to the others as soon as it has given no word for `Crew.stalled_s`;
what the task had done is in the database, and the rest is still due.

Does not know how a site is read: `pipelines.run` does. Needs `newsdesk[cluster]`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import links, pages, sources
from db.engine import reading
from pipelines import tasks
from pipelines.lock import Locked
from pipelines.outcomes import Report
from pipelines.run import Digesting, Job, fetch_site, read_site
from pipelines.stopping import Stop
from pipelines.workers import Workers
from scraper.errors import StoreError

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job as Entry

STALLED_S = 45.0
"""A worker that has given no word for so long is taken for dead; it gives one three times as often.

So 30 s pass at least between the last request of a dead worker and the next one to its site, which is the longest
pause a site is granted (`MAX_CRAWL_DELAY_S`).
"""

_LOOK_S = 0.5
_LOCKED_WAIT_S = 2
_PATIENCE = 20
"""Times in a row that a worker looks for a database that is away; each takes up to 30 s (psycopg_pool's timeout)."""


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
    async with tasks.opened(engine) as app:
        await tasks.delete_old(app)
        return [site for site in sites if await tasks.defer(app, tasks.FETCH, site, include_all=include_all)]


def standing(engine: Engine) -> Standing:
    """How the tasks stand now. Raises what `enqueue` raises."""
    return asyncio.run(_standing(engine))


async def _standing(engine: Engine, stalled_s: float = STALLED_S) -> Standing:
    async with tasks.opened(engine) as app:
        dead = set(_sites(await tasks.stalled(app, stalled_s)))
        by_status = {status: await tasks.with_status(app, status) for status in _STATUSES}
    with reading(engine) as connection:
        rows = connection.execute(sa.text("SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY id"))
        workers = tuple((row.id, row.last_heartbeat) for row in rows)
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
        async with tasks.opened(crew.job.engine) as app:
            _register(app, crew, Digesting(executor=executor, workers=workers))
            await _until_stopped(app, crew)


async def _until_stopped(app: App, crew: Crew) -> None:
    reviver = asyncio.create_task(_revive(app, crew))
    worker = asyncio.create_task(_take_both(app, crew))
    try:
        while not worker.done() and not crew.job.stop.reason and not await _is_drained(app, crew):
            await asyncio.wait([worker], timeout=_LOOK_S)
    finally:
        for stop in crew.stops:
            stop.request("asked to stop")
        reviver.cancel()
        worker.cancel()
        await asyncio.wait([reviver, worker])
    if not worker.cancelled():
        worker.result()


async def _is_drained(app: App, crew: Crew) -> bool:
    from procrastinate.exceptions import ConnectorException

    with suppress(ConnectorException):  # the database is away: `_take` finds out
        return crew.is_draining and not await tasks.with_status(app, "todo", "doing")
    return False


async def _take_both(app: App, crew: Crew) -> None:
    """Fetching leaves its place to the next site as soon as it is done; the pages it brought are read meanwhile."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_take(app, crew, tasks.FETCH, crew.n_sites))
            group.create_task(_take(app, crew, tasks.READ, 1))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _take(app: App, crew: Crew, queue: str, n_at_once: int) -> None:
    """One Procrastinate worker after the other: each ends when the database goes.

    What a worker leaves that lost the database stands still until the next one, or another machine's, takes it up.
    """
    from procrastinate.exceptions import ConnectorException

    n_left = _PATIENCE
    while True:
        try:
            await app.run_worker_async(
                queues=[queue],
                concurrency=n_at_once,
                delete_jobs="successful",
                fetch_job_polling_interval=_LOOK_S,
                update_heartbeat_interval=crew.stalled_s / 3,
                stalled_worker_timeout=crew.stalled_s,
                install_signal_handlers=False,
            )
            n_left = _PATIENCE
        except ConnectorException:
            n_left -= 1
            if not n_left:
                raise
        await asyncio.sleep(_LOOK_S)


def _register(app: App, crew: Crew, digesting: Digesting) -> None:
    """Tells Procrastinate what to do with a task. What a run leaves that was stopped is a task again."""

    async def fetch(site: str, *, include_all: bool = False) -> None:
        report = await _run(crew, site, lambda job: fetch_site(replace(job, include_all=include_all), crew.stalled_s))
        await tasks.defer(app, tasks.FETCH if report.stopped else tasks.READ, site)
        for other in sorted(report.new_sites - {site}):
            await tasks.defer(app, tasks.FETCH, other)

    async def read(site: str, **_: bool) -> None:
        report = await _run(crew, site, lambda job: read_site(job, digesting, crew.stalled_s))
        if report.stopped:
            await tasks.defer(app, tasks.READ, site)

    app.task(name=tasks.FETCH)(fetch)
    app.task(name=tasks.READ)(read)


async def _run(crew: Crew, site: str, half: Callable[[Job], Awaitable[Report]]) -> Report:
    """What came of half a run over the site, once the site is not at work elsewhere, as by a `newsdesk run`."""
    stop = Stop()
    stop.request(crew.job.stop.reason)  # of a task that was taken just before
    crew.stops.append(stop)
    report = Report(stopped=stop.reason)
    try:
        while not stop.reason:
            try:
                report = await half(replace(crew.job, site=site, stop=stop))
                break
            except Locked:  # no date to be put off to: the clocks of machines differ
                await asyncio.sleep(_LOCKED_WAIT_S)
    finally:
        crew.stops.remove(stop)
    crew.tell(site, report)
    tasks.forget_failures(crew.job.engine, site)
    return replace(report, stopped=stop.reason)


async def _revive(app: App, crew: Crew) -> None:
    """Puts back the tasks of workers that give no word any more, for as long as it is let."""
    from procrastinate.exceptions import ConnectorException

    while True:
        await asyncio.sleep(crew.stalled_s / 3)
        with suppress(ConnectorException, StoreError):  # the database is away, or someone was faster: so next time
            if await tasks.put_back_stalled(app, crew.stalled_s):
                await _defer_due(app, crew.job)  # of what the dead worker found for other sites nobody was told


async def _defer_due(app: App, job: Job) -> None:
    for site in due_sites(job.engine, job.now()):
        await tasks.defer(app, tasks.FETCH, site)
