"""What is too old to be kept, apart from the archive's records: texts, and the rows of pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import articles, links, pages, revisions


def old_articles(connection: Connection, before: datetime, limit: int) -> list[int]:
    """Up to `limit` articles published before that moment, or seen first where no time is known; by id."""
    at = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at)
    query = sa.select(articles.c.id).where(at < before).order_by(articles.c.id).limit(limit)
    return list(connection.execute(query).scalars())


def delete_old_pages(connection: Connection, before: datetime, limit: int) -> int:
    """The number of rows deleted, up to `limit`, with their extractions: fetched before, and out of the archive.

    Rows stay that are an address's latest answer, that an article or its history came from, or whose bytes a later
    page repeats.
    """
    later = pages.alias("later")
    in_use: tuple[sa.Select[Any], ...] = (
        sa.select(links.c.id).where(links.c.page_id == pages.c.id),
        sa.select(articles.c.id).where(articles.c.page_id == pages.c.id),
        sa.select(revisions.c.id).where(revisions.c.page_id == pages.c.id),
        sa.select(later.c.id).where(later.c.same_as_id == pages.c.id),
    )
    is_free = sa.and_(*(~query.exists() for query in in_use))
    found = sa.select(pages.c.id).where(pages.c.fetched_at < before, pages.c.archive_length == 0, is_free)
    ids = list(connection.execute(found.order_by(pages.c.id).limit(limit)).scalars())
    connection.execute(pages.delete().where(pages.c.id.in_(ids)))
    return len(ids)
