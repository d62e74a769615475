"""Rows of `locks`: who is at work on what, and until when that holds.

Times are the database's own (of its machine), so a worker whose clock is wrong neither takes a lock too early nor
loses its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.engine import hold
from db.schema import locks


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A row of `locks`: `owner` holds `name` until `expires_at`."""

    name: str
    owner: str
    taken_at: datetime
    expires_at: datetime


def take(connection: Connection, name: str, owner: str, term_s: float) -> Lock | None:
    """The lock of another owner that stands in the way; None when `owner` now holds it, for `term_s` seconds.

    A lock stands in the way of its own name and of those above and below it: `run` and `run/quay.example` exclude one
    another, `run/quay.example` and `run/gull.example` do not.
    """
    steps = name.split("/")
    hold(connection, f"lock {steps[0]}")
    at = now(connection)
    own_and_above = ["/".join(steps[:n]) for n in range(1, len(steps) + 1)]
    is_related = locks.c.name.in_(own_and_above) | locks.c.name.startswith(f"{name}/", autoescape=True)
    others = sa.select(locks).where(is_related, locks.c.owner != owner, locks.c.expires_at > at)
    row = connection.execute(others.order_by(locks.c.name)).first()
    if row is not None:
        return Lock(name=row.name, owner=row.owner, taken_at=row.taken_at, expires_at=row.expires_at)
    connection.execute(locks.delete().where(locks.c.name == name))
    values = {"owner": owner, "taken_at": at, "expires_at": at + timedelta(seconds=term_s)}
    connection.execute(locks.insert().values(name=name, **values))
    return None


def present(connection: Connection) -> list[Lock]:
    """All locks that hold now, by name."""
    found = connection.execute(sa.select(locks).where(locks.c.expires_at > now(connection)).order_by(locks.c.name))
    return [Lock(name=row.name, owner=row.owner, taken_at=row.taken_at, expires_at=row.expires_at) for row in found]


def renew(connection: Connection, name: str, owner: str, term_s: float) -> bool:
    """Whether `owner` still holds the lock, now for `term_s` more seconds."""
    expires_at = now(connection) + timedelta(seconds=term_s)
    own = sa.and_(locks.c.name == name, locks.c.owner == owner)
    return connection.execute(locks.update().where(own).values(expires_at=expires_at)).rowcount > 0


def release(connection: Connection, name: str, owner: str) -> None:
    """Nothing; `owner` no longer holds the lock, if it did."""
    connection.execute(locks.delete().where(locks.c.name == name, locks.c.owner == owner))


def now(connection: Connection) -> datetime:
    """The time on the database's machine."""
    if connection.dialect.name == "sqlite":  # the file's machine is this one
        return datetime.now(UTC)
    at: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return at.astimezone(UTC)
