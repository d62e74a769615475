"""The tasks in the database: the one door to Procrastinate's tables, which lie beside newsdesk's own.

A task is a site's name in one of two queues: sites to be fetched from, and sites whose pages are to be read. The site
is its lock, so that one worker at a time has it, and its queueing lock, so that it waits only once in a queue. Does not
know what a task does: `pipelines.crew` does. Needs `newsdesk[cluster]`.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db.engine import hold, writing
from scraper.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job as Entry

FETCH = "newsdesk-fetch"
READ = "newsdesk-read"
QUEUES = (FETCH, READ)
"""A task bears the name of its queue."""
FAILED_KEPT_H = 24 * 7


@asynccontextmanager
async def opened(engine: Engine) -> AsyncIterator[App]:
    """Procrastinate at the database, its tables made where there are none.

    Raises `SettingsError` where the database is not PostgreSQL or Procrastinate is missing, `StoreError` where its
    tables are of another version or out of reach.
    """
    if engine.dialect.name != "postgresql":
        raise SettingsError('tasks for workers need a PostgreSQL database: set db = "postgresql://..."')
    if importlib.util.find_spec("procrastinate") is None:
        raise SettingsError("tasks for workers need more packages: pip install 'newsdesk[cluster]'")
    from procrastinate import App, PsycopgConnector
    from procrastinate.exceptions import ConnectorException

    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(connector=PsycopgConnector(conninfo=address))
    _prepare_tables(engine, app)
    try:
        async with app.open_async():
            yield app
    except ConnectorException as error:
        raise StoreError(f"the tasks can't be reached: {error.__cause__ or error}", url=str(engine.url)) from error


def _prepare_tables(engine: Engine, app: App) -> None:
    """Makes Procrastinate's tables where there are none. Raises `StoreError` where another version's are there."""
    from procrastinate import sql

    needed = set(re.findall(r"procrastinate_\w+(?=\()", " ".join(sql.queries.values())))
    with writing(engine) as connection:
        hold(connection, "tables of tasks")
        if connection.execute(sa.select(sa.func.to_regclass("procrastinate_jobs"))).scalar() is None:
            connection.exec_driver_sql(app.schema_manager.get_schema().replace("%", "%%"))
        found = set(connection.execute(sa.text("SELECT proname FROM pg_proc")).scalars())
    if needed - found:
        advice = "install the one the other machines have, or apply its migrations to the database"
        raise StoreError(f"the tables of tasks are of another version of Procrastinate: {advice}", url=str(engine.url))


async def defer(app: App, queue: str, site: str, *, include_all: bool = False) -> bool:
    """Whether the site had no task waiting in the queue before."""
    from procrastinate.exceptions import AlreadyEnqueued

    task = app.configure_task(queue, queue=queue, lock=site, queueing_lock=f"{queue} {site}")
    try:
        await task.defer_async(site=site, include_all=include_all)
    except AlreadyEnqueued:
        return False
    return True


async def with_status(app: App, *statuses: str) -> list[Entry]:
    """The tasks of that status, or any of several: todo, doing, failed."""
    pairs = [(queue, status) for queue in QUEUES for status in statuses]
    found = [await app.job_manager.list_jobs_async(queue=queue, status=status) for queue, status in pairs]
    return [entry for entries in found for entry in entries]


async def stalled(app: App, stalled_s: float) -> list[Entry]:
    """The tasks of workers that gave no word for so long."""
    found = [await app.job_manager.get_stalled_jobs(queue=one, seconds_since_heartbeat=stalled_s) for one in QUEUES]
    return [entry for entries in found for entry in entries]


async def delete_old(app: App) -> None:
    """Nothing; afterwards no task is kept that failed long ago."""
    for queue in QUEUES:
        await app.job_manager.delete_old_jobs(nb_hours=FAILED_KEPT_H, queue=queue, include_failed=True)


async def put_back_stalled(app: App, stalled_s: float) -> bool:
    """Whether there were tasks of workers that gave no word for so long; they wait again."""
    found = await stalled(app, stalled_s)
    for entry in found:
        await _put_back(app, entry)
    return bool(found)


async def _put_back(app: App, entry: Entry) -> None:
    from procrastinate.exceptions import UniqueViolation
    from procrastinate.jobs import Status

    try:
        await app.job_manager.retry_job(entry)
    except UniqueViolation:  # the site has another task waiting, which does the same
        await app.job_manager.finish_job(entry, Status.FAILED, delete_job=True)


def forget_failures(engine: Engine, site: str) -> None:
    """Nothing; afterwards no failed task of the site is kept: a later one went well."""
    query = "DELETE FROM procrastinate_jobs WHERE status = 'failed' AND queue_name IN (:fetch, :read) AND lock = :site"
    with writing(engine) as connection:
        connection.execute(sa.text(query), {"fetch": FETCH, "read": READ, "site": site})
