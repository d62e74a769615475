"""Deletes articles: on request with all that was archived of them, or as outdated texts.

Addresses stay as tombstones.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from db import archive, pages, search
from db.engine import hold, writing
from db.pruning import FILES
from db.schema import articles, links
from db.schema import pages as page_rows
from db.shelf import Shelf
from scraper.values import OutcomeKind

ON_REQUEST = "on request"
OUTDATED = "older than keep_texts_days"


def delete_article(connection: Connection, folder: Shelf, article_id: int, now: datetime) -> int:
    """The number of addresses that led to the article and are tombstones now."""
    link_ids = _drop_text(connection, article_id)
    _drop_pages(connection, folder, link_ids)
    _bury(connection, link_ids, now, ON_REQUEST)
    return len(link_ids)


def delete_address(connection: Connection, folder: Shelf, url: str, now: datetime) -> bool:
    """Whether anything was fetched of an address that has no article (any more); now it is gone."""
    fetched = sa.select(links.c.id).where(links.c.url == url, links.c.id.in_(sa.select(page_rows.c.link_id)))
    link_ids = list(connection.execute(fetched).scalars())
    _drop_pages(connection, folder, link_ids)
    _bury(connection, link_ids, now, ON_REQUEST)
    return bool(link_ids)


def expire_article(connection: Connection, article_id: int, now: datetime) -> None:
    """Nothing; afterwards text, history and index entry are gone. The archive has a retention of its own."""
    _bury(connection, _drop_text(connection, article_id), now, OUTDATED)


def _drop_text(connection: Connection, article_id: int) -> list[int]:
    found = connection.execute(sa.select(links.c.id).where(links.c.article_id == article_id))
    link_ids = list(found.scalars())
    search.delete(connection, article_id)
    connection.execute(articles.delete().where(articles.c.id == article_id))
    return link_ids


def _drop_pages(connection: Connection, folder: Shelf, link_ids: list[int]) -> None:
    """The archive is wiped before the commit: should the transaction fail, deleting again finishes the work."""
    hold(connection, FILES)
    archive.wipe(folder, pages.get_places(connection, link_ids))
    pages.delete_pages(connection, link_ids)


def _bury(connection: Connection, link_ids: list[int], now: datetime, reason: str) -> None:
    tombstone: dict[str, Any] = {"deleted_at": now, "due_at": None, "article_id": None, "title": None}
    tombstone |= {"page_id": None, "etag": None, "last_modified": None}
    tombstone |= {"outcome": OutcomeKind.GONE.value, "reason": f"deleted {reason}"}
    connection.execute(links.update().where(links.c.id.in_(link_ids)).values(**tombstone))


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
