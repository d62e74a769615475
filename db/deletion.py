"""Deletes an article on request: text, history, index entry and archive records; the address stays as a tombstone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from db import archive, pages, search
from db.engine import hold, writing
from db.pruning import FILES
from db.schema import articles, links
from scraper.values import OutcomeKind


def delete_article(connection: Connection, folder: Path, article_id: int, now: datetime) -> int:
    """The number of addresses that led to the article and are tombstones now.

    The archive is wiped first: should the transaction fail after it, deleting again finishes the work.
    """
    found = connection.execute(sa.select(links.c.id).where(links.c.article_id == article_id))
    link_ids = list(found.scalars())
    hold(connection, FILES)
    archive.wipe(folder, pages.get_places(connection, link_ids))
    search.delete(connection, article_id)
    connection.execute(articles.delete().where(articles.c.id == article_id))
    pages.delete_pages(connection, link_ids)
    tombstone: dict[str, Any] = {"deleted_at": now, "due_at": None, "article_id": None, "title": None}
    tombstone |= {"outcome": OutcomeKind.GONE.value, "reason": "deleted on request"}
    connection.execute(links.update().where(links.c.id.in_(link_ids)).values(**tombstone))
    return len(link_ids)


def scrub(engine: Engine) -> None:
    """Nothing; afterwards SQLite's files hold no byte of what was deleted: neither old index segments nor the WAL.

    PostgreSQL gives up the bytes with its next VACUUM, by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO article_search (article_search) VALUES ('optimize')")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
