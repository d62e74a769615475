"""What one run's fetcher learned about hosts is handed to the next one's: rests, hosts that do not answer, robots.txt,
tdmrep.json.

Kept in the same transaction as what came of the address that taught it, so that a kill loses neither without the
other. Does not fetch.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection, Engine

from db import hosts
from db.engine import reading, writing
from pipelines import schedule
from scraper.fetching.client import Fetcher
from scraper.fetching.hosts import MAX_ROBOTS_AGE
from scraper.values import Host


def known(engine: Engine, now: datetime) -> list[Host]:
    """What earlier runs learned about hosts. What no longer holds is dropped from the database."""
    with reading(engine) as connection:
        found = hosts.known_hosts(connection)
    stale = [host.origin for host in found if not _says_something(host, now)]
    if stale:
        with writing(engine) as connection:
            hosts.delete_hosts(connection, stale)
    return [host for host in found if _says_something(host, now)]


def keep(connection: Connection, fetcher: Fetcher, now: datetime) -> None:
    """Nothing; what the fetcher has learned about hosts since the last time is kept."""
    hosts.save_hosts(connection, [_with_rest(host, now) for host in fetcher.learned()])


def _with_rest(host: Host, now: datetime) -> Host:
    if not host.n_failed_runs or host.alone_until is not None:
        return host
    return replace(host, alone_until=now + schedule.host_rest(host.n_failed_runs))


def _says_something(host: Host, now: datetime) -> bool:
    is_fresh = any(at is not None and now - at < MAX_ROBOTS_AGE for at in (host.robots_read_at, host.tdmrep_read_at))
    is_resting = host.rests_until is not None and host.rests_until > now
    return is_fresh or is_resting or host.n_failed_runs > 0
