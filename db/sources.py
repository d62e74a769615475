"""Rows of `sources`: what announces articles, and when to ask it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db import sitemap_parts
from db.schema import sources
from scraper.values import Request, Rhythm, Source, SourceKind, SourceRecord


def add_source(connection: Connection, source: Source, now: datetime) -> bool:
    """Whether the source is new. A known one takes the given `since`, is read anew for it, and is resumed."""
    known = connection.execute(sa.select(sources.c.id).where(sources.c.url == source.url)).scalar()
    if known is not None:
        values: dict[str, Any] = {"is_paused": False, "due_at": now}
        if source.since is not None:
            values |= {"since": source.since, "etag": None, "last_modified": None}
            sitemap_parts.forget_parts(connection, known)
        connection.execute(sources.update().where(sources.c.id == known).values(**values))
        return False
    row: dict[str, Any] = {
        "url": source.url,
        "kind": source.kind.value,
        "site": source.site,
        "language": source.language,
    }
    row |= {"interval_s": source.interval_s, "since": source.since}
    row |= {"added_at": now, "due_at": now}
    connection.execute(sources.insert().values(**row))
    return True


def get_sources(connection: Connection) -> list[SourceRecord]:
    """All sources, by site and address."""
    return [_record(row) for row in connection.execute(sa.select(sources).order_by(sources.c.site, sources.c.url))]


def due_sources(
    connection: Connection, now: datetime, *, include_all: bool = False, site: str | None = None
) -> list[SourceRecord]:
    """The sources (of all sites or one) that are not paused and due (or all that are not paused), longest due first."""
    query = sa.select(sources).where(sources.c.is_paused.is_(False)).order_by(sources.c.due_at, sources.c.id)
    if not include_all:
        query = query.where(sources.c.due_at <= now)
    if site is not None:
        query = query.where(sources.c.site == site)
    return [_record(row) for row in connection.execute(query)]


def save_checked(connection: Connection, record: SourceRecord, now: datetime, due_at: datetime) -> None:
    """Keeps what came of asking a source: the record's outcome, reason, failures and validators."""
    values: dict[str, Any] = {"checked_at": now, "due_at": due_at, "outcome": record.outcome, "reason": record.reason}
    values |= {"n_failures": record.n_failures, "etag": record.request.etag}
    values |= {"last_modified": record.request.last_modified, "hub_url": record.hub_url}
    values |= {"rhythm": _written(record.rhythm), "n_not_modified": record.n_not_modified}
    connection.execute(sources.update().where(sources.c.id == record.id).values(**values))


def save_paused(connection: Connection, target: str, *, is_paused: bool) -> int:
    """The number of sources (by address or site) that are now paused or resumed."""
    query = sources.update().where(_named(target)).values(is_paused=is_paused)
    return connection.execute(query).rowcount


def delete_sources(connection: Connection, target: str) -> int:
    """The number of sources (by address or site) removed. Their links and articles stay."""
    return connection.execute(sources.delete().where(_named(target))).rowcount


def _named(target: str) -> sa.ColumnElement[bool]:
    return sa.or_(sources.c.url == target, sources.c.site == target)


def _record(row: Any) -> SourceRecord:
    source = Source(
        url=row.url,
        kind=SourceKind(row.kind),
        site=row.site,
        language=row.language,
        interval_s=row.interval_s,
        since=row.since,
    )
    return SourceRecord(
        id=row.id,
        source=source,
        request=Request(url=row.url, etag=row.etag, last_modified=row.last_modified),
        is_paused=row.is_paused,
        due_at=row.due_at,
        checked_at=row.checked_at,
        outcome=row.outcome,
        reason=row.reason,
        n_failures=row.n_failures,
        hub_url=row.hub_url,
        rhythm=_rhythm(row.rhythm or {}),
        n_not_modified=row.n_not_modified,
    )


def _written(rhythm: Rhythm) -> dict[str, Any]:
    """The rhythm as JSON: times in seconds since 1970, counts to three places."""
    return {
        "recent": [int(at.timestamp()) for at in rhythm.recent],
        "hours": [round(count, 3) for count in rhythm.hours],
        "days": [round(count, 3) for count in rhythm.days],
        "counted_at": int(rhythm.counted_at.timestamp()) if rhythm.counted_at else None,
        "since": int(rhythm.since.timestamp()) if rhythm.since else None,
    }


def _rhythm(values: Mapping[str, Any]) -> Rhythm:
    if not values:
        return Rhythm()
    return Rhythm(
        recent=tuple(map(_moment, values["recent"])),
        hours=tuple(values["hours"]),
        days=tuple(values["days"]),
        counted_at=_moment(values["counted_at"]) if values["counted_at"] is not None else None,
        since=_moment(values["since"]) if values["since"] is not None else None,
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
