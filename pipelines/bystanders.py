"""Whether a command may begin beside what others do to the database: newer code, other clocks, runs at work.

Says so before anything is written. What is wrong with a machine besides is for `newsdesk doctor`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import condition, locks
from db.engine import check_not_newer, exists, reading
from pipelines.lock import is_dead
from scraper.errors import StoreError

MAX_APART = timedelta(minutes=5)
"""Of the clocks: pages of an address are told apart by when they were fetched, and are looked at again after
`schedule.MIN_RECHECK`, 15 minutes, at the earliest."""


def check(engine: Engine, now: datetime) -> None:
    """Nothing, where this process may write. Raises `StoreError`.

    Not so where a newer newsdesk has upgraded the database since the process began, and where the machine's clock,
    which says `now`, is not that of the database server: of two texts the older could be taken for the newer.
    """
    check_not_newer(engine)
    with reading(engine) as connection:
        other = condition.clock_of(connection)
    if other is not None and abs(now - other) > MAX_APART:
        side = "ahead of" if now > other else "behind"
        advice = "set this machine's clock, then run again (`timedatectl set-ntp true`)"
        minutes = round(abs(now - other) / timedelta(minutes=1))
        raise StoreError(f"this machine's is {minutes} minutes {side} the database's: {advice}", url="clock")


def check_idle(engine: Engine) -> None:
    """Nothing, where the database may be upgraded. Raises `StoreError` where a run of an older newsdesk is at work."""
    if not exists(engine):
        return
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("locks"):
            return
        others = [lock for lock in locks.present(connection) if not is_dead(lock.owner)]
    if others:
        message = f"{others[0].owner} is at work with an older newsdesk since {others[0].taken_at:%Y-%m-%d %H:%M} UTC"
        raise StoreError(f"{message}: the database is upgraded once that has ended, so run again then", url="upgrade")
