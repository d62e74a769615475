"""Rows of `pages`: one a fetch, pointing into the archive. The bodies are in `db.archive`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.engine import insert
from db.schema import extractions, links, pages, site_memories
from scraper.values import DueLink, Link, NotModified, Page, PageRecord, RecordPlace

# Statements of every page, built once: building one costs three times as much as running it.
_HAS = (
    sa.select(pages.c.id)
    .join(links, links.c.id == pages.c.link_id)
    .where(pages.c.link_id == sa.bindparam("of_link"), pages.c.sha256 == sa.bindparam("bytes"))
    .where(sa.or_(links.c.page_id == pages.c.id, pages.c.fetched_at == sa.bindparam("at")))
    .limit(1)
)
_LATEST = (
    sa.select(pages.c.fetched_at)
    .join(links, links.c.page_id == pages.c.id)
    .where(links.c.id == sa.bindparam("of_link"))
)
_LINK = links.update().where(links.c.id == sa.bindparam("of_link")).values(page_id=sa.bindparam("of_page"))
_LEARNED = pages.update().where(pages.c.id == sa.bindparam("of_page")).values(learned_at=sa.bindparam("at"))
_LAST_OUTCOME = (
    sa.select(extractions.c.outcome)
    .where(extractions.c.page_id == sa.bindparam("of_page"))
    .order_by(extractions.c.id.desc())
    .limit(1)
)
_FORGET_EXTRACTION = extractions.delete().where(
    extractions.c.page_id == sa.bindparam("of_page"),
    extractions.c.extractor == sa.bindparam("by"),
    extractions.c.generation == sa.bindparam("with_memory"),
)
_ADD_EXTRACTION = extractions.insert()
_NOT_DUE = pages.update().where(pages.c.id == sa.bindparam("of_page"), pages.c.is_due).values(is_due=False)


def has_page(connection: Connection, page: Page, link_id: int) -> bool:
    """Whether these very bytes are the address's latest, or were already taken as fetched at that time."""
    known = connection.execute(_HAS, {"of_link": link_id, "bytes": page.sha256, "at": page.fetched_at})
    return known.first() is not None


def add_page(
    connection: Connection, page: Page, link_id: int, place: RecordPlace, *, same_as_id: int | None, run_id: int | None
) -> int:
    """The id of the new row, which becomes the address's latest unless it repeats the latest or a later one is known.

    `same_as_id` is the address's latest page when the bytes are the same; such a row is never digested.
    """
    row: dict[str, Any] = {"link_id": link_id, "url": page.url, "final_url": page.final_url, "status": page.status}
    row |= {"sha256": page.sha256, "n_bytes": len(page.body), "fetched_at": page.fetched_at}
    row |= {"archive_file": place.file, "archive_offset": place.offset, "archive_length": place.length}
    row |= {"opt_outs": " ".join(page.opt_outs) or None, "is_rendered": page.is_rendered}
    page_id = insert(connection, pages, row | {"same_as_id": same_as_id, "run_id": run_id})
    known = connection.execute(_LATEST, {"of_link": link_id}).scalar()
    if same_as_id is None and (known is None or known <= page.fetched_at):
        connection.execute(_LINK, {"of_link": link_id, "of_page": page_id})
    return page_id


def add_not_modified(
    connection: Connection, answer: NotModified, link: DueLink, place: RecordPlace, run_id: int | None
) -> None:
    """Adds the row of a 304: the bytes are still those of the address's latest page."""
    row: dict[str, Any] = {"link_id": link.id, "url": answer.url, "final_url": answer.url, "status": 304}
    row |= {"sha256": link.page_sha256, "n_bytes": 0, "fetched_at": answer.fetched_at}
    row |= {"archive_file": place.file, "archive_offset": place.offset, "archive_length": place.length}
    insert(connection, pages, row | {"same_as_id": link.page_id, "run_id": run_id})


def last_id(connection: Connection) -> int:
    """The greatest id of a page, 0 where there is none."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(pages.c.id), 0))).scalar_one())


def due_learning(connection: Connection, limit: int, site: str | None = None) -> list[PageRecord]:
    """Up to `limit` pages (of all sites or one) that no site memory has counted yet, by site, oldest first."""
    query = _of_site(_records(), site).where(pages.c.learned_at.is_(None), pages.c.same_as_id.is_(None))
    return _fetch(connection, query.order_by(links.c.site, pages.c.fetched_at, pages.c.id).limit(limit))


def save_learned(connection: Connection, page_id: int, now: datetime) -> None:
    """Marks the page as counted."""
    connection.execute(_LEARNED, {"of_page": page_id, "at": now})


def due_digest(
    connection: Connection,
    extractor: tuple[str, Mapping[str, str]],
    since: datetime,
    limit: int,
    site: str | None = None,
) -> list[PageRecord]:
    """Up to `limit` pages (of all sites or one) to be digested, oldest first.

    Those never digested, those asked for, and of those fetched after `since` the latest of each address that were
    not digested by this extractor (or that of their site, where the second half of the pair names one) with the site's
    present memory.
    """
    for_all, by_site = extractor
    own = sa.case(dict(by_site), value=links.c.site, else_=for_all) if by_site else for_all
    generation = sa.func.coalesce(site_memories.c.generation, 0)
    of_page = sa.select(extractions.c.page_id).where(extractions.c.page_id == pages.c.id)
    present = of_page.where(extractions.c.extractor == own, extractions.c.generation == generation)
    present = present.where(~_overtaken(for_all, own))
    is_stale = sa.and_(pages.c.fetched_at >= since, links.c.page_id == pages.c.id, ~present.exists())
    query = (
        _of_site(_records(), site)
        .outerjoin(site_memories, site_memories.c.site == links.c.site)
        .where(pages.c.same_as_id.is_(None), pages.c.learned_at.is_not(None), links.c.deleted_at.is_(None))
        .where(sa.or_(~of_page.exists(), pages.c.is_due, is_stale), pages.c.archive_length > 0)
    )
    return _fetch(connection, query.order_by(pages.c.fetched_at, pages.c.id).limit(limit))


def undigested_sites(connection: Connection) -> list[str]:
    """The sites with pages that were never digested, in alphabetical order."""
    of_page = sa.select(extractions.c.page_id).where(extractions.c.page_id == pages.c.id)
    query = sa.select(links.c.site).join_from(pages, links, links.c.id == pages.c.link_id)
    query = query.where(pages.c.same_as_id.is_(None), links.c.deleted_at.is_(None), pages.c.archive_length > 0)
    query = query.where(sa.or_(pages.c.learned_at.is_(None), ~of_page.exists()))
    return list(connection.execute(query.distinct().order_by(links.c.site)).scalars())


def _of_site(query: sa.Select[Any], site: str | None) -> sa.Select[Any]:
    return query if site is None else query.where(links.c.site == site)


def _overtaken(for_all: str, own: Any) -> sa.ColumnElement[bool]:
    """Whether the page was read later by another rule, or by one where there is none now.

    Not by another version: two of them at work on one database would read each other's pages anew for ever.
    """
    later = extractions.alias()
    is_ours = sa.or_(later.c.extractor == for_all, later.c.extractor.startswith(f"{for_all}+", autoescape=True))
    return (
        sa.select(later.c.page_id)
        .where(later.c.page_id == pages.c.id, later.c.id > extractions.c.id, later.c.extractor != own, is_ours)
        .correlate(pages, extractions, links)
        .exists()
    )


def mark_due(connection: Connection, site: str | None, since: datetime | None) -> int:
    """The number of pages that are to be read again: the latest of each address, of a site, fetched from `since` on."""
    latest = sa.select(links.c.page_id).where(links.c.page_id.is_not(None), links.c.deleted_at.is_(None))
    if site is not None:
        latest = latest.where(links.c.site == site)
    is_there = sa.and_(pages.c.same_as_id.is_(None), pages.c.archive_length > 0)
    query = pages.update().where(pages.c.id.in_(latest), is_there).values(is_due=True)
    if since is not None:
        query = query.where(pages.c.fetched_at >= since)
    return connection.execute(query).rowcount


def count_due(connection: Connection) -> int:
    """The number of pages that are still to be read again on request."""
    return connection.execute(sa.select(sa.func.count()).where(pages.c.is_due)).scalar_one()


def count_bodies(connection: Connection) -> tuple[int, int]:
    """The number of pages whose body is in the archive, and the bytes of those bodies."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(pages.c.n_bytes), 0))
    is_there = sa.and_(pages.c.same_as_id.is_(None), pages.c.archive_length > 0)
    n_pages, n_bytes = connection.execute(query.where(is_there)).one()
    return int(n_pages), int(n_bytes)


def iter_records(connection: Connection, batch: int = 500) -> Iterator[PageRecord]:
    """All pages whose body is in the archive, by file and place."""
    is_there = sa.and_(pages.c.same_as_id.is_(None), pages.c.archive_length > 0)
    query = _records().where(is_there).order_by(pages.c.id).limit(batch)
    last = 0
    while found := _fetch(connection, query.where(pages.c.id > last)):
        yield from found
        last = found[-1].id


def latest_pages(connection: Connection, site: str, limit: int, *, of_articles: bool = True) -> list[PageRecord]:
    """The site's latest pages that became articles, or its latest of all."""
    query = _records().where(links.c.site == site, links.c.page_id == pages.c.id, pages.c.archive_length > 0)
    if of_articles:
        query = query.where(links.c.article_id.is_not(None))
    return _fetch(connection, query.order_by(pages.c.fetched_at.desc(), pages.c.id.desc()).limit(limit))


def get_page(connection: Connection, page_id: int) -> PageRecord:
    """The page of that id."""
    return _fetch(connection, _records().where(pages.c.id == page_id))[0]


def last_outcome(connection: Connection, page_id: int) -> str | None:
    """What came of digesting the page the last time, None if it never was."""
    return connection.execute(_LAST_OUTCOME, {"of_page": page_id}).scalar()


def add_extraction(
    connection: Connection, record: PageRecord, key: tuple[str, int], outcome: str, evidence: str, run_id: int | None
) -> None:
    """Marks the page as digested by `key`, an extractor version and a memory generation, with what came of it."""
    extractor, generation = key
    row = {"page_id": record.id, "extractor": extractor, "generation": generation}
    # In place of what the same key said before, and behind all others: the last row is what holds.
    connection.execute(_FORGET_EXTRACTION, {"of_page": record.id, "by": extractor, "with_memory": generation})
    connection.execute(_ADD_EXTRACTION, row | {"outcome": outcome, "evidence": evidence, "run_id": run_id})
    connection.execute(_NOT_DUE, {"of_page": record.id})


def file_ends(connection: Connection) -> dict[str, int]:
    """File -> where the last record that a row points at ends."""
    end = sa.func.max(pages.c.archive_offset + pages.c.archive_length)
    query = sa.select(pages.c.archive_file, end).where(pages.c.archive_length > 0).group_by(pages.c.archive_file)
    return {file: int(at) for file, at in connection.execute(query)}


def get_places(connection: Connection, link_ids: list[int]) -> list[RecordPlace]:
    """Where all answers of these addresses lie in the archive."""
    query = sa.select(pages.c.archive_file, pages.c.archive_offset, pages.c.archive_length)
    return [
        RecordPlace(file=f, offset=o, length=n)
        for f, o, n in connection.execute(query.where(pages.c.link_id.in_(link_ids), pages.c.archive_length > 0))
    ]


def delete_pages(connection: Connection, link_ids: list[int]) -> None:
    """Removes the rows of all answers of these addresses."""
    connection.execute(
        links.update().where(links.c.id.in_(link_ids)).values(page_id=None, etag=None, last_modified=None)
    )
    connection.execute(pages.delete().where(pages.c.link_id.in_(link_ids)))


def _records() -> sa.Select[Any]:
    announced = [links.c.url.label("link_url"), links.c.site, links.c.source_url, links.c.title]
    announced += [links.c.published_at, links.c.modified_at, links.c.language, links.c.image]
    return sa.select(pages, *announced).join(links, links.c.id == pages.c.link_id)


def _fetch(connection: Connection, query: sa.Select[Any]) -> list[PageRecord]:
    return [_record(row) for row in connection.execute(query)]


def _record(row: Any) -> PageRecord:
    link = Link(
        url=row.link_url,
        source_url=row.source_url or "",
        title=row.title,
        published_at=row.published_at,
        modified_at=row.modified_at,
        language=row.language,
        image=row.image,
    )
    return PageRecord(
        id=row.id,
        link_id=row.link_id,
        site=row.site,
        link=link,
        url=row.url,
        final_url=row.final_url,
        status=row.status,
        sha256=row.sha256,
        fetched_at=row.fetched_at,
        place=RecordPlace(file=row.archive_file, offset=row.archive_offset, length=row.archive_length),
        opt_outs=tuple((row.opt_outs or "").split()),
        is_rendered=row.is_rendered,
    )
