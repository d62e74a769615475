"""Keeps what each site brought on each day, and holds the sites against it (`health`).

Days older than `KEPT` go: they are no longer compared with, only looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from sqlalchemy.engine import Connection, Engine

from db import health as stored
from db import runs
from db.engine import reading, writing
from pipelines.health import BASE_DAYS, MAX_AGE, Finding, judge
from scraper.values import SiteDay

KEPT = timedelta(days=400)


def sum_up(engine: Engine, now: datetime, site: str | None = None) -> None:
    """Nothing; afterwards the day's sums are kept of every site (or the one) looked at today since the last whole run.

    What a run did that was stopped is summed up by the next one. A run over midnight belongs to the day it ends on.
    """
    midnight = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    with reading(engine) as connection:
        since = midnight if site else max(runs.last_whole_start(connection) or midnight, midnight)
        sites = stored.sites_checked(connection, since)
    for name in sites:
        if site in (None, name):
            with writing(engine) as connection:
                stored.save_day(connection, name, midnight.date())
    with writing(engine) as connection:
        stored.delete_days(connection, (midnight - KEPT).date())


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """A site's days and what was found, with example addresses for each finding."""

    site: str
    days: tuple[SiteDay, ...]
    findings: tuple[tuple[Finding, tuple[str, ...]], ...]


def check(engine: Engine, today: date, site: str | None = None) -> Iterator[Checkup]:
    """Every site (or the one) that was asked or looked at within the last weeks, by name."""
    with reading(engine) as connection:
        days = stored.get_days(connection, today - timedelta(days=BASE_DAYS) - MAX_AGE, site)
        for name, of_site in groupby(days, key=lambda day: day.site):
            own = tuple(of_site)
            findings = [(finding, _examples(connection, own, finding)) for finding in judge(own, today)]
            yield Checkup(site=name, days=own, findings=tuple(findings))


def _examples(connection: Connection, days: Sequence[SiteDay], finding: Finding) -> tuple[str, ...]:
    latest = next((day for day in reversed(days) if day.outcomes), days[-1])
    return tuple(stored.examples(connection, latest, finding.lacking))
