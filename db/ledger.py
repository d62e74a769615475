"""What the ledger tells people: addresses by fate, the whole story of one, and putting some back to work.

Reads and wakes rows of `links`; `db.links` is what the stages use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from db.schema import articles, extractions, links, outcomes, pages, runs
from db.search import opted_out

WAITING = "waiting"
"""The state of an address that has not been looked at yet."""

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which addresses: of an outcome (or `waiting`), of a site, whose last news is from `since` on; None: any."""

    state: str | None = None
    site: str | None = None
    since: datetime | None = None
    opt_out: str | None = None
    """Those whose article's page keeps this off, or `any`thing (`db.search.opted_out`)."""


def iter_links(connection: Connection, wanted: Wanted, limit: int | None = None) -> Iterator[RowMapping]:
    """`url, site, state, reason, first_seen_at, checked_at, due_at, n_tries, run_id, article_id`, latest first."""
    c = links.c
    state = sa.func.coalesce(c.outcome, WAITING).label("state")
    at = sa.func.coalesce(c.checked_at, c.first_seen_at)
    columns = (c.url, c.site, state, c.reason, c.first_seen_at, c.checked_at, c.due_at, c.n_tries, c.run_id)
    query = sa.select(*columns, c.article_id).where(*_named(wanted)).order_by(at.desc(), c.id.desc()).limit(limit)
    yield from connection.execution_options(yield_per=_BATCH).execute(query).mappings()


def wake(connection: Connection, wanted: Wanted, now: datetime) -> int:
    """The number of addresses that are due now, with all their tries before them; deleted ones stay away."""
    query = links.update().where(links.c.deleted_at.is_(None), *_named(wanted))
    return connection.execute(query.values(due_at=now, n_tries=0)).rowcount


def _named(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(links.c.outcome.is_(None) if wanted.state == WAITING else links.c.outcome == wanted.state)
    if wanted.site is not None:
        found.append(links.c.site == wanted.site)
    if wanted.since is not None:
        found.append(sa.func.coalesce(links.c.checked_at, links.c.first_seen_at) >= wanted.since)
    if wanted.opt_out is not None:
        found.append(links.c.article_id.in_(sa.select(articles.c.id).where(opted_out(wanted.opt_out))))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of one address: its row, then what happened to it, oldest first, each `(at, what, how)`."""

    link: RowMapping
    events: tuple[tuple[datetime, str, str], ...]
    article: RowMapping | None


def get_story(connection: Connection, url: str) -> Story | None:
    """The story of an address; None for one that was never seen."""
    link = connection.execute(sa.select(links).where(links.c.url == url)).mappings().first()
    if link is None:
        return None
    events = [(link["first_seen_at"], "seen", _announcement(link))]
    events += _fetches(connection, link["id"]) + _fates(connection, url)
    if link["deleted_at"] is not None:
        events.append((link["deleted_at"], "deleted", f"{_why_deleted(link)}; it is never fetched again"))
    events.sort(key=lambda event: event[0])
    shown = (articles.c.id, articles.c.url, articles.c.title, articles.c.state, articles.c.n_revisions)
    found = connection.execute(sa.select(*shown).where(articles.c.id == link["article_id"])).mappings().first()
    return Story(link=link, events=tuple(events), article=found)


def _why_deleted(link: RowMapping) -> str:
    return str(link["reason"] or "").removeprefix("deleted ") or "on request"


def _announcement(link: RowMapping) -> str:
    parts = [f"announced by {link['source_url']}" if link["source_url"] else "taken up on request"]
    parts += [f"as “{link['title']}”"] if link["title"] else []
    parts += [f"of {link['published_at']:%Y-%m-%d %H:%M}"] if link["published_at"] else []
    return " ".join(parts)


def _fetches(connection: Connection, link_id: int) -> list[tuple[datetime, str, str]]:
    query = sa.select(pages).where(pages.c.link_id == link_id).order_by(pages.c.fetched_at, pages.c.id)
    events = []
    for page in connection.execute(query).all():
        same = ", the same bytes as before" if page.same_as_id is not None else ""
        where = f"{page.archive_file}:{page.archive_offset}" if page.archive_length else "the archive no longer"
        events.append((page.fetched_at, "fetched", f"status {page.status}, {page.n_bytes} bytes{same}, in {where}"))
        readings = sa.select(extractions).where(extractions.c.page_id == page.id).order_by(extractions.c.id)
        for reading in connection.execute(readings).all():
            by = f"{reading.outcome} by {reading.extractor}, memory {reading.generation}"
            events.append((page.fetched_at, "read", f"{by}: {reading.evidence}" if reading.evidence else by))
    return events


def _fates(connection: Connection, url: str) -> list[tuple[datetime, str, str]]:
    query = sa.select(outcomes, runs.c.command).join(runs, runs.c.id == outcomes.c.run_id).where(outcomes.c.url == url)
    return [
        (row.at, row.kind, f"{row.command} {row.run_id}, {row.stage}" + (f": {row.reason}" if row.reason else ""))
        for row in connection.execute(query.order_by(outcomes.c.run_id)).all()
    ]
