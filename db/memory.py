"""Rows of the site memory: how often each block of a site was seen, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import learned_articles, site_blocks, site_memories
from scraper.values import SiteMemory

_CHUNK = 400


def get_memory(connection: Connection, site: str) -> SiteMemory:
    """What is known of the site; an empty memory of generation 0 where nothing is."""
    row = connection.execute(sa.select(site_memories).where(site_memories.c.site == site)).first()
    if row is None:
        return SiteMemory(site=site)
    return SiteMemory(site=site, generation=row.generation, n_pages=row.n_pages, repeated=row.repeated)


def add_learned(connection: Connection, site: str, key: str) -> bool:
    """Whether the article of that key counts now for the first time."""
    where = sa.and_(learned_articles.c.site == site, learned_articles.c.key == key)
    if connection.execute(sa.select(learned_articles.c.site).where(where)).first() is not None:
        return False
    connection.execute(learned_articles.insert().values(site=site, key=key))
    return True


def add_blocks(connection: Connection, site: str, blocks: Collection[str]) -> None:
    """Counts the blocks (by fingerprint, each once) of one more article of the site. No text is kept."""
    known = _counts(connection, site, list(blocks))
    if known:
        where = sa.and_(site_blocks.c.site == site, site_blocks.c.fingerprint == sa.bindparam("key"))
        query = site_blocks.update().where(where).values(n_pages=site_blocks.c.n_pages + 1)
        connection.execute(query, [{"key": key} for key in known])
    new = [{"site": site, "fingerprint": key, "n_pages": 1} for key in blocks if key not in known]
    if new:
        connection.execute(site_blocks.insert(), new)


def _counts(connection: Connection, site: str, keys: list[str]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(keys), _CHUNK):
        query = sa.select(site_blocks.c.fingerprint).where(site_blocks.c.site == site)
        found.update(connection.execute(query.where(site_blocks.c.fingerprint.in_(keys[at : at + _CHUNK]))).scalars())
    return found


def get_counts(connection: Connection, site: str, at_least: int) -> dict[str, int]:
    """Fingerprint -> number of distinct articles, of the blocks seen with that many or more."""
    query = sa.select(site_blocks.c.fingerprint, site_blocks.c.n_pages).where(site_blocks.c.site == site)
    rows = connection.execute(query.where(site_blocks.c.n_pages >= at_least).order_by(site_blocks.c.fingerprint))
    return {row.fingerprint: row.n_pages for row in rows}


def save_memory(connection: Connection, memory: SiteMemory) -> None:
    """Keeps the memory of a site in place of the former."""
    values = {"generation": memory.generation, "n_pages": memory.n_pages, "repeated": dict(memory.repeated)}
    where = site_memories.c.site == memory.site
    if connection.execute(site_memories.update().where(where).values(**values)).rowcount == 0:
        connection.execute(site_memories.insert().values(site=memory.site, **values))
