"""Rows of the site memory: what each page of a site showed, and what follows from it. Only hashes, no text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import observations, site_memories
from scraper.values import Period, SiteMemory


def get_memory(connection: Connection, site: str) -> SiteMemory:
    """What is known of the site; an empty memory of generation 0 where nothing is."""
    row = connection.execute(sa.select(site_memories).where(site_memories.c.site == site)).first()
    if row is None:
        return SiteMemory(site=site)
    periods = {key: tuple(map(_period, value)) for key, value in row.periods.items()}
    return SiteMemory(
        site=site,
        generation=row.generation,
        n_pages=row.n_pages,
        repeated=row.repeated,
        periods=periods,
        kept=frozenset(row.kept),
    )


def add_observation(
    connection: Connection, page_id: int, site: str, fetched_at: datetime, marks: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    """Keeps what a page of the site showed: the marks of its article and its keys, none with white space in it."""
    row: dict[str, Any] = {"page_id": page_id, "site": site, "fetched_at": fetched_at}
    connection.execute(observations.delete().where(observations.c.page_id == page_id))
    connection.execute(observations.insert().values(**row, marks=" ".join(marks), shown=" ".join(keys)))


def get_observations(
    connection: Connection, site: str, limit: int
) -> list[tuple[datetime, tuple[str, ...], tuple[str, ...]]]:
    """Time of fetching, marks and keys of the site's latest pages, at most `limit`."""
    o = observations.c
    query = sa.select(o.fetched_at, o.marks, o.shown).where(o.site == site)
    rows = connection.execute(query.order_by(o.fetched_at.desc(), o.marks, o.shown).limit(limit))
    return [(row[0], tuple(row[1].split()), tuple(row[2].split())) for row in rows]


def save_memory(connection: Connection, memory: SiteMemory) -> None:
    """Keeps the memory of a site in place of the former."""
    values = {"generation": memory.generation, "n_pages": memory.n_pages, "repeated": dict(memory.repeated)}
    values["periods"] = {key: [_texts(period) for period in found] for key, found in memory.periods.items()}
    where = site_memories.c.site == memory.site
    if connection.execute(site_memories.update().where(where).values(**values)).rowcount == 0:
        connection.execute(site_memories.insert().values(site=memory.site, **values))


def forget(connection: Connection, site: str) -> int:
    """The number of pages whose sightings are gone; nothing is known of the site any more but what is kept."""
    n_pages = connection.execute(observations.delete().where(observations.c.site == site)).rowcount
    c = site_memories.c
    empty = {"n_pages": 0, "repeated": {}, "periods": {}, "generation": c.generation + 1}
    connection.execute(site_memories.update().where(c.site == site).values(**empty))
    return n_pages


def keep(connection: Connection, site: str, fingerprint: str, line: str) -> None:
    """Keeps that a person wants this line of the site kept."""
    c = site_memories.c
    kept = connection.execute(sa.select(c.kept).where(c.site == site)).scalar_one()
    values = {"kept": {**kept, fingerprint: line}, "generation": c.generation + 1}
    connection.execute(site_memories.update().where(c.site == site).values(**values))


def _texts(period: Period) -> list[str | None]:
    return [at.isoformat() if at else None for at in (period.since, period.until)]


def _period(texts: list[str | None]) -> Period:
    since, until = (datetime.fromisoformat(text) if text else None for text in texts)
    return Period(since=since, until=until)
