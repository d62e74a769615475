"""Reads what each article said after each change by its publisher."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.article_rows import paragraph
from db.schema import revisions
from scraper.values import StoredRevision


def get_history(connection: Connection, article_id: int) -> list[StoredRevision]:
    """The revisions of an article, the first text first."""
    query = sa.select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.number)
    return [_revision(row) for row in connection.execute(query)]


def _revision(row: Any) -> StoredRevision:
    return StoredRevision(
        number=row.number,
        title=row.title,
        paragraphs=tuple(map(paragraph, row.paragraphs)),
        fetched_at=row.fetched_at,
    )
