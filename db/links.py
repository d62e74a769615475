"""Rows of `links`: the ledger of every address ever seen, which is also the queue.

`due_at` says when an address is fetched next; null is final. A deleted address stays as a tombstone
and is never taken up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.engine import insert
from db.schema import links, pages
from scraper.values import DueLink, Link, NotModified, Outcome, Page, Request

_CHUNK = 500  # addresses per query, below SQLite's oldest limit of 999 variables

# Statements of every page, built once: building one costs three times as much as running it.
_BY_ID = links.update().where(links.c.id == sa.bindparam("of_link"))
_KNOWN = sa.select(links.c.id, links.c.deleted_at).where(links.c.url == sa.bindparam("of_url"))
_ONCE_MORE_THE_SAME = _BY_ID.values(n_not_modified=links.c.n_not_modified + 1)


def add_links(connection: Connection, announced: Sequence[Link], site: str, now: datetime) -> tuple[int, int]:
    """How many addresses were new, and how many known ones became due again.

    A known address becomes due when it is announced as modified after we last looked.
    """
    by_url = {link.url: link for link in reversed(announced)}
    known = _known(connection, list(by_url))
    new = [_row(link, site, now) for link in reversed(by_url.values()) if link.url not in known]
    if new:
        connection.execute(links.insert(), new)
    return len(new), sum(_wake(connection, known[url], by_url[url], now) for url in known)


def unknown_urls(connection: Connection, urls: Sequence[str]) -> list[str]:
    """Those of the addresses that are not in the ledger."""
    known = _known(connection, list(urls))
    return [url for url in urls if url not in known]


def _known(connection: Connection, urls: list[str]) -> dict[str, Any]:
    found = {}
    for at in range(0, len(urls), _CHUNK):
        query = sa.select(links).where(links.c.url.in_(urls[at : at + _CHUNK]))
        found.update({row.url: row for row in connection.execute(query)})
    return found


def _row(link: Link, site: str, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"url": link.url, "site": site, "source_url": link.source_url, "title": link.title}
    row |= {"published_at": link.published_at, "modified_at": link.modified_at, "language": link.language}
    row["image"] = link.image
    return row | {"first_seen_at": now, "due_at": now}


def _wake(connection: Connection, row: Any, link: Link, now: datetime) -> bool:
    changed = link.modified_at is not None and row.checked_at is not None and link.modified_at > row.checked_at
    if not changed or row.deleted_at is not None:
        return False
    values = {"modified_at": link.modified_at, "due_at": now}
    connection.execute(links.update().where(links.c.id == row.id).values(**values))
    return True


def get_link_id(connection: Connection, link: Link, site: str, now: datetime) -> int | None:
    """The id of the address, added if need be (and not due); None for a tombstone."""
    row = connection.execute(_KNOWN, {"of_url": link.url}).first()
    if row is not None:
        return None if row.deleted_at is not None else int(row.id)
    return insert(connection, links, _row(link, site, now) | {"due_at": None})


def why_deleted(connection: Connection, url: str) -> str:
    """What the tombstone of the address says."""
    return connection.execute(sa.select(links.c.reason).where(links.c.url == url)).scalar() or "deleted"


def due_sites(connection: Connection, now: datetime) -> list[str]:
    """The sites that have an address due, in alphabetical order."""
    query = sa.select(links.c.site).where(links.c.due_at <= now).distinct().order_by(links.c.site)
    return list(connection.execute(query).scalars())


def count_due(connection: Connection, now: datetime) -> dict[str, int]:
    """Site -> number of addresses due."""
    query = (
        sa.select(links.c.site, sa.func.count())
        .where(links.c.due_at <= now)
        .group_by(links.c.site)
        .order_by(links.c.site)
    )
    return {str(site): int(n) for site, n in connection.execute(query)}


def due_links(connection: Connection, site: str, now: datetime, limit: int) -> list[DueLink]:
    """Up to `limit` addresses of the site that are due: never fetched ones first, then the newest."""
    query = (
        sa.select(links, pages.c.sha256, pages.c.is_rendered)
        .outerjoin(pages, pages.c.id == links.c.page_id)
        .where(links.c.site == site, links.c.due_at <= now)
        .order_by(links.c.checked_at.is_not(None), links.c.published_at.desc(), links.c.id)
        .limit(limit)
    )
    return [_due(row) for row in connection.execute(query)]


def _due(row: Any) -> DueLink:
    return DueLink(
        id=row.id,
        site=row.site,
        request=Request(url=row.url, etag=row.etag, last_modified=row.last_modified),
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        n_tries=row.n_tries,
        n_not_modified=row.n_not_modified,
        page_id=row.page_id,
        page_sha256=row.sha256,
        article_id=row.article_id,
        outcome=row.outcome,
        is_rendered=bool(row.is_rendered),
    )


def save_answer(connection: Connection, link_id: int, answer: Page | NotModified, due_at: datetime | None) -> None:
    """Keeps that the address answered, with its validators, and when it is due next."""
    values: dict[str, Any] = {"of_link": link_id, "checked_at": answer.fetched_at, "due_at": due_at, "n_tries": 0}
    if isinstance(answer, Page):
        values |= {"etag": answer.header("etag"), "last_modified": answer.header("last-modified"), "n_not_modified": 0}
    connection.execute(_BY_ID if isinstance(answer, Page) else _ONCE_MORE_THE_SAME, values)


def save_failure(
    connection: Connection, link_id: int, now: datetime, due_at: datetime | None, *, is_tried: bool = True
) -> None:
    """Keeps that fetching failed and when it is tried again (None: never); `is_tried`: it counts as a try."""
    values = {"checked_at": now, "due_at": due_at, "n_tries": links.c.n_tries + int(is_tried)}
    connection.execute(links.update().where(links.c.id == link_id).values(**values))


def save_fate(connection: Connection, link_id: int, outcome: Outcome, run_id: int | None) -> None:
    """Keeps what became of the address, with reason and run."""
    values = {"outcome": outcome.kind.value, "reason": outcome.reason, "run_id": run_id}
    connection.execute(_BY_ID, {"of_link": link_id, **values})


def save_due(connection: Connection, link_id: int, due_at: datetime | None) -> None:
    """Keeps when the address is due next; None is final."""
    connection.execute(_BY_ID, {"of_link": link_id, "due_at": due_at})
