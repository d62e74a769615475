"""Quick looks at a database before work: is it sound, may it be written, what was done last, how fast does it grow.

Changes nothing. `db.maintenance` looks at everything and takes its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from db import locks
from db.engine import writing
from db.locks import Lock
from db.schema import locks as lock_rows
from db.schema import pages, runs

PROBE = "doctor"
"""The name of a lock that is taken and given back in one transaction, to see whether rows can be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The latest run; `ended_at` is None while it is at work, and for ever if it was killed."""

    started_at: datetime
    ended_at: datetime | None
    summary: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What was archived: pages and bytes of the time since `since`, and pages of all times."""

    since: datetime
    n_pages: int
    n_bytes: int
    n_pages_in_all: int


def quick_fault(connection: Connection) -> str:
    """The first damage that SQLite's quick check finds; empty for none, and for PostgreSQL, which checks itself."""
    if connection.dialect.name != "sqlite":
        return ""
    message = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return "" if message == "ok" else message


def check_writable(engine: Engine) -> None:
    """Nothing, where a row can be written; none is left behind. Raises `StoreError`."""
    with writing(engine) as connection:
        locks.take(connection, PROBE, PROBE, 0.0)
        locks.release(connection, PROBE, PROBE)


def run_lock(connection: Connection) -> Lock | None:
    """The lock of the run at work, or of one that was killed."""
    row = connection.execute(sa.select(lock_rows).where(lock_rows.c.name == "run")).first()
    if row is None:
        return None
    return Lock(name=row.name, owner=row.owner, taken_at=row.taken_at, expires_at=row.expires_at)


def last_run(connection: Connection) -> LastRun | None:
    """The latest `newsdesk run`, None before the first."""
    row = connection.execute(sa.select(runs).where(runs.c.command == "run").order_by(runs.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    return LastRun(started_at=row.started_at, ended_at=row.ended_at, summary=dict(row.summary or {}))


def newest_row_at(connection: Connection) -> datetime | None:
    """The latest time at which a run began or a page was fetched."""
    found = [connection.execute(sa.select(sa.func.max(at))).scalar() for at in (runs.c.started_at, pages.c.fetched_at)]
    return max((at for at in found if at is not None), default=None)


def growth(connection: Connection, now: datetime, days: int = 7) -> Growth:
    """What the last days brought into the archive, counted from the first page on where that is later."""
    n_in_all, first = connection.execute(sa.select(sa.func.count(), sa.func.min(pages.c.fetched_at))).one()
    since = now - timedelta(days=days)
    n_bytes = sa.func.coalesce(sa.func.sum(pages.c.archive_length), 0)
    recent = sa.select(sa.func.count(), n_bytes).where(pages.c.fetched_at >= since)
    n_pages, total = connection.execute(recent).one()
    return Growth(since=max(since, first or since), n_pages=n_pages, n_bytes=int(total), n_pages_in_all=n_in_all)


def clock_of(connection: Connection) -> datetime | None:
    """The time of a database server; None for SQLite, which has no clock of its own."""
    return None if connection.dialect.name == "sqlite" else locks.now(connection)
