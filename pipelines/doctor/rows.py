"""What the database tells of the runs so far: its clock and ours, the lock, the last run, the sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from db import condition, sources
from pipelines.doctor.finding import Finding, fine, warning
from pipelines.lock import is_dead

MAX_CLOCK_ERROR = timedelta(minutes=5)
"""Beyond it, times of fetching mislead, and a lock between machines (`lock.TERM_S`) may be taken too early."""
MAX_QUIET = timedelta(days=1)
"""After a longer time without a run it is no daily run."""
N_FAILURES = 3
"""So many failures in a row, and a source is named."""
_N_NAMED = 3


def examine(connection: Connection, now: datetime) -> Iterator[Finding]:
    """The findings."""
    yield _clock(connection, now)
    yield _lock(connection, now)
    yield _last_run(connection, now)
    yield _sources(connection)


def clock(now: datetime, other: datetime, whose: str) -> Finding:
    """Whether two clocks agree."""
    apart = abs(now - other)
    if apart <= MAX_CLOCK_ERROR:
        return fine("clock", f"{apart.total_seconds():.0f} s from {whose}")
    side = "behind" if now < other else "ahead of"
    return warning("clock", f"{ago(apart)} {side} {whose}", "set this machine's clock (`timedatectl set-ntp true`)")


def _clock(connection: Connection, now: datetime) -> Finding:
    other = condition.clock_of(connection)
    if other is not None:
        return clock(now, other, "the database's clock")
    newest = condition.newest_row_at(connection)
    if newest is not None and newest - now > MAX_CLOCK_ERROR:
        return clock(now, newest, "what was stored last")
    return fine("clock", f"{now:%Y-%m-%d %H:%M} UTC, later than all that is stored")


def _lock(connection: Connection, now: datetime) -> Finding:
    lock = condition.run_lock(connection)
    if lock is None:
        return fine("lock", "free")
    whose = f"{lock.owner} since {lock.taken_at:%Y-%m-%d %H:%M} UTC"
    if lock.expires_at <= now or is_dead(lock.owner):
        return warning("lock", f"left behind by {whose}", "nothing to do: the next run takes it over")
    return fine("lock", f"a run is at work: {whose}")


def _last_run(connection: Connection, now: datetime) -> Finding:
    last = condition.last_run(connection)
    if last is None:
        return warning("last run", "none yet", "`newsdesk run`, and see that cron does it (`newsdesk init --install`)")
    began = f"{ago(now - last.started_at)} ago"
    if last.ended_at is None:
        lock = condition.run_lock(connection)
        if lock is not None and not is_dead(lock.owner) and lock.expires_at > now:
            return fine("last run", f"{began}, still at work")
        return warning("last run", f"{began}, did not come to its end", "`newsdesk run` goes on where it was")
    summary = last.summary
    text = f"{began}: {summary.get('sources', 0)} sources ({summary.get('sources_failed', 0)} failed), "
    text += f"{summary.get('new', 0)} new pages, {summary.get('stored', 0)} stored"
    if now - last.started_at > MAX_QUIET:
        return warning("last run", text, "see that cron or systemd starts `newsdesk run` (`newsdesk init --install`)")
    if summary.get("sources") and summary.get("sources") == summary.get("sources_failed"):
        return warning("last run", text, "no source could be read: see `newsdesk sources list` and the network")
    return fine("last run", text)


def _sources(connection: Connection) -> Finding:
    records = sources.get_sources(connection)
    asked = [record for record in records if not record.is_paused]
    if not asked:
        text = "none yet" if not records else f"all {len(records)} are paused"
        return warning("sources", text, "`newsdesk add URL`" if not records else "`newsdesk sources resume SITE`")
    text = f"followed: {len(asked)}, sites: {len({record.source.site for record in asked})}"
    failing = [record for record in asked if record.n_failures >= N_FAILURES]
    if not failing:
        return fine("sources", text)
    named = ", ".join(f"{r.source.url} ({r.outcome})" for r in failing[:_N_NAMED])
    return warning("sources", f"{text}; {len(failing)} fail again and again: {named}", "see `newsdesk sources list`")


def ago(span: timedelta) -> str:
    """A span of time in its largest unit: `5 min`, `3 h`, `2 d`."""
    minutes = span.total_seconds() / 60
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 2880 else f"{minutes / 1440:.0f} d"
